"""The ontology that a table of regions implies, for when no atlas is at hand."""

from __future__ import annotations

from collections.abc import Iterator

from napari_connectome.core.structures import (
    DIVISION_ACRONYMS,
    ROOT_ID,
    Structure,
    StructureTree,
)
from napari_connectome.data.matrix_table import Label, MatrixTable

GREY = "808080"


def tree_of_table(table: MatrixTable) -> StructureTree:
    """Root, major divisions and the table's regions in the order of the table.

    Regions without an id get one of their own below zero, which no atlas uses; without a
    name they are called by what stands in the table; without a colour they are grey.
    """
    divisions = {d.id: d for d in _divisions(table)}
    regions: dict[int, Structure] = {}
    for label in dict.fromkeys([*table.rows, *table.columns]):
        place = _id_of(label, regions)
        if place not in regions and place not in divisions and place != ROOT_ID:
            regions[place] = _region(label, place, len(divisions) + len(regions) + 1, divisions)
    root = _structure(ROOT_ID, "root", "root", GREY, (ROOT_ID,), 0)
    return StructureTree([root, *divisions.values(), *regions.values()])


def _id_of(label: Label, known: dict[int, Structure]) -> int:
    try:
        return int(label.text)
    except ValueError:
        same = (i for i, region in known.items() if region.acronym == label.text)
        return next(same, -len(known) - 1)


def _divisions(table: MatrixTable) -> Iterator[Structure]:
    """Divisions that lines ``# division: ID COLOR ACRONYM NAME`` tell of."""
    stated = (value.split(maxsplit=3) for key, value in table.notes if key == "division")
    for order, parts in enumerate(stated, start=1):
        if len(parts) == 4 and parts[0].isdecimal() and int(parts[0]) in DIVISION_ACRONYMS:
            number, color, acronym, name = parts
            path = (ROOT_ID, int(number))
            yield _structure(int(number), acronym, name, color, path, order)


def _region(label: Label, place: int, order: int, divisions: dict[int, Structure]) -> Structure:
    above = (d.id for d in divisions.values() if d.acronym == label.division)
    acronym = label.acronym or label.text
    path = (ROOT_ID, *above, place)
    return _structure(place, acronym, label.name or acronym, label.color or GREY, path, order)


def _structure(
    structure_id: int, acronym: str, name: str, color: str, path: tuple[int, ...], order: int
) -> Structure:
    try:
        red, green, blue = bytes.fromhex(color)
    except ValueError:
        red, green, blue = bytes.fromhex(GREY)
    return Structure(
        id=structure_id,
        acronym=acronym,
        name=name,
        rgb=(red, green, blue),
        path=path,
        graph_order=order,
    )
