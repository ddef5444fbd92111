"""The structures of the demo brain, in the form of an Allen ``structures.json``.

Ids, acronyms, names, colours and parents are those of the Allen mouse brain ontology (graph 1);
``graph_order`` counts the structures kept here, depth first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from napari_connectome.data.demo_brain.ontology_table import ONTOLOGY

DIVISIONS = (
    "Isocortex", "OLF", "HPF", "CTXsp", "STR", "PAL", "TH", "HY", "MB", "P", "MY", "CB",
)  # fmt: skip
"""Acronyms of the twelve major divisions, in ontology order."""

DIVISION_SET = 2
"""Structure set of the twelve divisions."""
SUMMARY_SET = 687527945
"""Structure set of the summary structures: the regions."""
REGION_SETS = (SUMMARY_SET, 167587189)
"""Structure sets that every region of the demo brain is in."""


@dataclass(frozen=True)
class Structure:
    """One line of the ontology.

    Parameters
    ----------
    path
        Ids from the root to the structure itself.
    order
        Place in the table, depth first.
    division
        Acronym of the major division that the structure is or lies in, or None.
    is_region
        Whether it is a leaf of the table inside a division: a region that voxels are labelled with.
    """

    id: int
    acronym: str
    name: str
    rgb: tuple[int, int, int]
    path: tuple[int, ...]
    order: int
    division: str | None
    is_region: bool

    @property
    def structure_set_ids(self) -> tuple[int, ...]:
        """Ids of the structure sets that the structure is a member of."""
        if self.is_region:
            return REGION_SETS
        return (DIVISION_SET,) if self.acronym in DIVISIONS else ()


@cache
def structures() -> Mapping[str, Structure]:
    """Every structure by acronym, in ontology order."""
    rows = [line.split(maxsplit=4) for line in ONTOLOGY.strip().splitlines()]
    parents = {row[2] for row in rows}
    found: dict[str, Structure] = {}
    for order, (id_, acronym, parent, colour, name) in enumerate(rows):
        above = found.get(parent)
        division = acronym if acronym in DIVISIONS else (above.division if above else None)
        found[acronym] = Structure(
            id=int(id_),
            acronym=acronym,
            name=name,
            rgb=(int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:], 16)),
            path=(*(above.path if above else ()), int(id_)),
            order=order,
            division=division,
            is_region=division is not None and acronym not in parents,
        )
    return MappingProxyType(found)


def regions(*divisions: str) -> tuple[Structure, ...]:
    """Regions of the named divisions (all twelve when none is named), in ontology order."""
    wanted = divisions or DIVISIONS
    return tuple(s for s in structures().values() if s.is_region and s.division in wanted)


def ids(*acronyms: str) -> list[int]:
    """Structure ids of acronyms."""
    return [structures()[acronym].id for acronym in acronyms]


def structure_records() -> list[dict[str, Any]]:
    """All structures as records of an Allen ``structures.json``, ready for JSON."""
    return [
        {
            "acronym": s.acronym.replace("_", " "),
            "rgb_triplet": list(s.rgb),
            "graph_id": 1,
            "graph_order": s.order,
            "id": s.id,
            "name": s.name,
            "structure_id_path": list(s.path),
            "structure_set_ids": list(s.structure_set_ids),
        }
        for s in structures().values()
    ]
