from __future__ import annotations

import pytest

from napari_connectome.core.errors import AtlasError
from napari_connectome.core.structures import SUMMARY_SET_ID, Structure, StructureTree


def structure(i: int, acronym: str, *path: int, order: int = 0, sets=()) -> Structure:
    return Structure(i, acronym, f"{acronym} area", (1, 2, 3), (*path, i), order, frozenset(sets))


@pytest.fixture
def tree() -> StructureTree:
    """Handed over out of order on purpose."""
    return StructureTree(
        [
            structure(549, "TH", 997, order=5),
            structure(385, "VISp", 997, 315, order=2, sets=[SUMMARY_SET_ID]),
            structure(997, "root", order=0),
            structure(315, "Isocortex", 997, order=1),
            structure(33, "VISp6a", 997, 315, 385, order=3),
            structure(1009, "fiber tracts", 997, order=7, sets=[SUMMARY_SET_ID]),
            structure(934, "ENTmv", 997, order=6, sets=[SUMMARY_SET_ID]),
            structure(170, "LGd", 997, 549, order=5, sets=[SUMMARY_SET_ID]),
        ]
    )


def test_ontology_order(tree: StructureTree) -> None:
    assert [s.id for s in tree] == [997, 315, 385, 33, 170, 549, 934, 1009]
    assert len(tree) == 8
    assert 385 in tree
    assert 386 not in tree


def test_relations(tree: StructureTree) -> None:
    assert tree[997].parent_id is None
    assert tree[33].parent_id == 385
    assert [s.id for s in tree.children(315)] == [385]
    assert tree.children(33) == ()
    assert tree.descendant_ids(315) == (315, 385, 33)
    assert tree.descendant_ids(33) == (33,)


def test_divisions_and_summary_regions(tree: StructureTree) -> None:
    assert tree.division_ids() == (315, 549)
    assert tree.division_of(33) == 315
    assert tree.division_of(315) == 315
    assert tree.division_of(1009) is None
    assert tree.division_of(123456) is None
    assert tree.ids_in_set(SUMMARY_SET_ID) == (385, 170, 934, 1009)
    assert tree.summary_ids() == (385, 170)


def test_deepest_ancestor_wins(tree: StructureTree) -> None:
    assert tree.assign([315, 385, 549]) == {315: 315, 385: 385, 33: 385, 549: 549, 170: 549}
    assert tree.assign([]) == {}


def test_acronyms_and_search(tree: StructureTree) -> None:
    assert tree.by_acronym("VISp").id == 385
    assert tree.by_acronym("visp").id == 385
    with pytest.raises(AtlasError, match="Did you mean one of: VISp, VISp6a"):
        tree.by_acronym("vis")
    with pytest.raises(AtlasError, match="Search the region tree"):
        tree.by_acronym("cerebrum")
    assert [s.id for s in tree.search("VIS")] == [385, 33]
    assert [s.id for s in tree.search("area fiber")] == [1009]
    assert len(tree.search("")) == len(tree)


def test_exact_acronym_wins_over_another_case() -> None:
    tree = StructureTree([structure(1, "sm", order=0), structure(2, "SM", order=1)])
    assert tree.by_acronym("SM").id == 2
    assert tree.by_acronym("sm").id == 1
    assert tree.by_acronym("Sm").id == 1


def test_unknown_ids(tree: StructureTree) -> None:
    for ask in (lambda: tree[5], lambda: tree.descendant_ids(5)):
        with pytest.raises(AtlasError, match="Structure id 5 is not in this atlas"):
            ask()


def test_records_go_there_and_back(tree: StructureTree) -> None:
    assert list(StructureTree.from_records(tree.to_records())) == list(tree)


def test_damaged_lists() -> None:
    with pytest.raises(AtlasError, match="name every structure once"):
        StructureTree([])
    with pytest.raises(AtlasError, match="2 entries with 1 different ids"):
        StructureTree([structure(1, "a"), structure(1, "b")])
    with pytest.raises(AtlasError, match="acronym"):
        StructureTree.from_records([{"id": 1, "rgb_triplet": [1, 2, 3]}])
    with pytest.raises(AtlasError, match=r"Allen structures\.json"):
        StructureTree.from_records([{"id": 1, "rgb_triplet": [1, 2]}])
