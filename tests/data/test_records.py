from __future__ import annotations

import math

import pytest

from napari_connectome.core.errors import AtlasError, DataError, ExperimentError
from napari_connectome.core.structures import StructureTree
from napari_connectome.data.records import ExperimentFilter, ExperimentRecord, ExperimentTable

OF_SDK_2 = {
    "data_set_id": 527712447,
    "gender": "F",
    "injection_structures": "502/926",
    "injection_volume": 0.00665,
    "injection_x": 9240,
    "injection_y": 3070,
    "injection_z": 8990,
    "specimen_name": "Penk-249961",
    "strain": None,
    "structure_abbrev": "SUB",
    "structure_id": 502,
    "structure_name": "Subiculum",
    "transgenic_line": {"id": 298725927, "name": "Penk-IRES2-Cre-neo"},
    "transgenic_line_id": 298725927,
}
AFTER_SDK_2 = {
    **{k: v for k, v in OF_SDK_2.items() if k != "data_set_id"},
    "id": 527712447,
    "injection_structures": [502, 926],
    "primary_injection_structure": 926,
    "transgenic_line": "Penk-IRES2-Cre-neo",
}
OF_SDK_1 = {
    "id": 527712447,
    "gender": "F",
    "injection-structures": [{"id": 502, "abbreviation": "SUB"}, {"id": 926}],
    "injection-volume": 0.00665,
    "injection-coordinates": [9240, 3070, 8990],
    "specimen-name": "Penk-249961",
    "strain": "",
    "structure-abbrev": "SUB",
    "structure-id": 502,
    "structure-name": "Subiculum",
    "transgenic-line": "Penk-IRES2-Cre-neo",
}


@pytest.mark.parametrize("entry", [OF_SDK_2, AFTER_SDK_2, OF_SDK_1])
def test_every_version_gives_the_same_record(entry: dict) -> None:
    assert ExperimentRecord.from_json(entry) == ExperimentRecord(
        id=527712447,
        structure_id=502,
        structure_acronym="SUB",
        structure_name="Subiculum",
        injection_structure_ids=(502, 926),
        injection_volume_mm3=0.00665,
        injection_point_um=(9240.0, 3070.0, 8990.0),
        transgenic_line="Penk-IRES2-Cre-neo",
        strain=None,
        sex="F",
        specimen_name="Penk-249961",
    )


def test_what_may_be_missing() -> None:
    record = ExperimentRecord.from_json({"id": "3", "structure_id": 385})
    assert record.id == 3
    assert record.wild_type
    assert math.isnan(record.injection_volume_mm3)
    assert record.injection_point_um is None
    assert record.injection_structure_ids == ()


@pytest.mark.parametrize("line", [None, "", {}, {"name": None}])
def test_wild_type_is_without_a_line(line: object) -> None:
    entry = {"id": 3, "structure_id": 385, "transgenic_line": line}
    assert ExperimentRecord.from_json(entry).wild_type


@pytest.mark.parametrize(
    "entry", [{"structure_id": 385}, {"id": 3}, {"id": "x", "structure_id": 1}]
)
def test_what_may_not(entry: dict) -> None:
    with pytest.raises(DataError, match="needs data_set_id"):
        ExperimentRecord.from_json(entry)


@pytest.fixture
def table(cache_folder) -> ExperimentTable:
    tree = StructureTree.from_records(cache_folder.structures())
    entries = [
        {"id": 1, "structure_id": 385, "injection_structures": "385", "strain": "C57BL/6J"},
        {"id": 2, "structure_id": 533, "injection_structures": "170/533", "injection_volume": 0.2},
        {"id": 3, "structure_id": 170, "transgenic_line": "Rbp4-Cre", "injection_volume": 0.1},
        {"id": 4, "structure_id": 170, "transgenic_line": "Ntsr1-Cre", "injection_volume": 0.4},
    ]
    return ExperimentTable(map(ExperimentRecord.from_json, entries), tree, {1, 3, 99})


@pytest.mark.parametrize(
    ("criteria", "ids"),
    [
        ({}, (1, 2, 3, 4)),
        ({"wild_type": True}, (1, 2)),
        ({"wild_type": False}, (3, 4)),
        ({"transgenic_line": "rbp4-cre"}, (3,)),
        ({"transgenic_line": ["Rbp4-Cre", "Ntsr1-Cre"]}, (3, 4)),
        ({"strain": "c57bl/6j"}, (1,)),
        ({"structure_ids": [315]}, (1, 2)),
        ({"structure_ids": [549]}, (3, 4)),
        ({"structure_ids": [549], "structure_match": "any"}, (2, 3, 4)),
        ({"structure_ids": []}, ()),
        ({"injection_volume_mm3": (0.1, 0.2)}, (2, 3)),
        ({"ids": [4, 1, 77]}, (1, 4)),
        ({"ids": []}, ()),
        ({"exclude_ids": [1]}, (2, 3, 4)),
        ({"wild_type": True, "structure_ids": [533], "exclude_ids": [1]}, (2,)),
    ],
)
def test_filter(table: ExperimentTable, criteria: dict, ids: tuple[int, ...]) -> None:
    found = table.filter(**criteria)
    assert found.ids == ids
    assert found.with_volumes == {1, 3} & set(ids)


def test_filters_chain_and_keep_the_file_order(table: ExperimentTable) -> None:
    assert table.filter(structure_ids=[549]).filter(wild_type=False, ids=[4]).ids == (4,)
    assert table.on_disk().ids == (1, 3)


def test_equal_filters_are_equal() -> None:
    first = ExperimentFilter(ids=[2, 1], strain="X")
    assert first == ExperimentFilter(ids={1, 2}, strain=("x",))
    assert hash(first) == hash(ExperimentFilter(ids=(2, 1, 1), strain=["x"]))


def test_wrong_criteria(table: ExperimentTable) -> None:
    with pytest.raises(DataError, match="lowest and the highest"):
        table.filter(injection_volume_mm3=(2, 1))
    with pytest.raises(DataError, match="structure_match"):
        table.filter(structure_match="some")
    with pytest.raises(AtlasError, match="123456"):
        table.filter(structure_ids=[123456])
    with pytest.raises(TypeError):
        table.filter(colour="red")


def test_table_is_a_collection(table: ExperimentTable) -> None:
    assert len(table) == 4
    assert 3 in table
    assert 99 not in table
    assert table[3].transgenic_line == "Rbp4-Cre"
    assert [record.id for record in table] == [1, 2, 3, 4]
    with pytest.raises(ExperimentError, match="Experiment 99 is not among the 4"):
        table[99]


def test_frame(table: ExperimentTable) -> None:
    frame = table.to_frame()
    assert list(frame.index) == [1, 2, 3, 4]
    assert list(frame["has_volumes"]) == [True, False, True, False]
    assert frame.loc[2, "injection_structure_ids"] == (170, 533)
    assert frame.loc[2, "injection_volume_mm3"] == 0.2
    assert list(table.filter(ids=[]).to_frame().columns) == list(frame.columns)
