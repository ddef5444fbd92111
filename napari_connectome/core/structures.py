"""The ontology: brain structures, their parents, colours and sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from napari_connectome.core.errors import AtlasError

ROOT_ID = 997
SUMMARY_SET_ID = 687527945
"""Structure set of the regions of Knox et al. 2018 (before :data:`EXCLUDED_SUMMARY_IDS`)."""
EXCLUDED_SUMMARY_IDS = frozenset({934, 1009})
"""ENTmv (absent from the 100 µm annotation) and fiber tracts: left out by Knox et al. 2018."""
ISOCORTEX_ID = 315
DIVISION_ACRONYMS: Mapping[int, str] = {
    ISOCORTEX_ID: "Isocortex",
    698: "OLF",
    1089: "HPF",
    703: "CTXsp",
    477: "STR",
    803: "PAL",
    549: "TH",
    1097: "HY",
    313: "MB",
    771: "P",
    354: "MY",
    512: "CB",
}
"""The 12 major brain divisions, in the order of Knox et al. 2018."""


@dataclass(frozen=True)
class Structure:
    """One node of the ontology.

    Parameters
    ----------
    id : int
        Allen structure id, the value found in the annotation volume.
    acronym, name : str
        Short and full name.
    rgb : tuple of int
        Colour of the Allen atlas, 0 to 255.
    path : tuple of int
        Ids from the root to this structure, itself included.
    graph_order : int
        Position in ontology order.
    set_ids : frozenset of int
        Structure sets that this structure belongs to.
    """

    id: int
    acronym: str
    name: str
    rgb: tuple[int, int, int]
    path: tuple[int, ...]
    graph_order: int
    set_ids: frozenset[int] = frozenset()

    @property
    def parent_id(self) -> int | None:
        """Id of the parent, None for the root."""
        return self.path[-2] if len(self.path) > 1 else None


class StructureTree:
    """All structures of an atlas, in ontology order.

    Parameters
    ----------
    structures : iterable of Structure
        In any order. Ids and acronyms are unique.

    Raises
    ------
    AtlasError
        When an id appears twice or there is no structure at all.
    """

    def __init__(self, structures: Iterable[Structure]) -> None:
        ordered = sorted(structures, key=lambda s: (s.graph_order, s.id))
        self._by_id = {s.id: s for s in ordered}
        if not ordered or len(self._by_id) != len(ordered):
            raise AtlasError(
                "The structure list must name every structure once; "
                f"got {len(ordered)} entries with {len(self._by_id)} different ids."
            )
        self._by_acronym = {s.acronym.casefold(): s for s in reversed(ordered)}
        self._by_acronym |= {s.acronym: s for s in ordered}
        self._children: dict[int, list[int]] = {}
        for structure in ordered:
            if structure.parent_id is not None:
                self._children.setdefault(structure.parent_id, []).append(structure.id)

    @classmethod
    def from_records(cls, records: Iterable[Mapping[str, Any]]) -> StructureTree:
        """Build the tree from the records of an Allen ``structures.json``."""
        try:
            return cls(_structure_from_record(record) for record in records)
        except (KeyError, TypeError, ValueError) as error:
            raise AtlasError(
                "The structure list must be that of an Allen structures.json "
                f"(id, acronym, name, rgb_triplet, structure_id_path, ...); {error!r} came."
            ) from error

    def to_records(self) -> list[dict[str, Any]]:
        """Records that :meth:`from_records` reads back without loss."""
        return [
            {
                "id": s.id,
                "acronym": s.acronym,
                "name": s.name,
                "rgb_triplet": list(s.rgb),
                "structure_id_path": list(s.path),
                "graph_order": s.graph_order,
                "structure_set_ids": sorted(s.set_ids),
            }
            for s in self
        ]

    def __iter__(self) -> Iterator[Structure]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, structure_id: object) -> bool:
        return structure_id in self._by_id

    def __getitem__(self, structure_id: int) -> Structure:
        try:
            return self._by_id[int(structure_id)]
        except KeyError:
            raise AtlasError(
                f"Structure id {structure_id} is not in this atlas's structure list."
            ) from None

    def by_acronym(self, acronym: str) -> Structure:
        """Structure of an acronym; the exact spelling wins over a case-blind match."""
        found = self._by_acronym.get(acronym) or self._by_acronym.get(acronym.casefold())
        if found is None:
            near = ", ".join(s.acronym for s in self.search(acronym)[:5])
            hint = f" Did you mean one of: {near}?" if near else " Search the region tree for it."
            raise AtlasError(f"No structure has the acronym {acronym!r}.{hint}")
        return found

    def search(self, text: str) -> list[Structure]:
        """Structures whose acronym or name holds every word of `text`, acronym matches first."""
        words = text.casefold().split()
        hits = [s for s in self if all(w in f"{s.acronym} {s.name}".casefold() for w in words)]
        return sorted(hits, key=lambda s: not s.acronym.casefold().startswith(text.casefold()))

    def children(self, structure_id: int) -> tuple[Structure, ...]:
        """Direct children, in ontology order."""
        return tuple(self[i] for i in self._children.get(structure_id, ()))

    def descendant_ids(self, structure_id: int) -> tuple[int, ...]:
        """Ids of the structure and everything below it, in ontology order."""
        self[structure_id]
        return tuple(s.id for s in self if structure_id in s.path)

    def ids_in_set(self, set_id: int) -> tuple[int, ...]:
        """Ids of the members of a structure set, in ontology order."""
        return tuple(s.id for s in self if set_id in s.set_ids)

    def division_ids(self) -> tuple[int, ...]:
        """The major divisions that this tree has, in the order of Knox et al. 2018."""
        return tuple(i for i in DIVISION_ACRONYMS if i in self)

    def division_of(self, structure_id: int) -> int | None:
        """Major division that holds the structure, None outside all of them."""
        if structure_id not in self:
            return None
        return next((i for i in self[structure_id].path if i in DIVISION_ACRONYMS), None)

    def summary_ids(self) -> tuple[int, ...]:
        """Regions of the regional matrices (Knox et al. 2018), in ontology order."""
        members = self.ids_in_set(SUMMARY_SET_ID)
        return tuple(i for i in members if i not in EXCLUDED_SUMMARY_IDS)

    def regions_of(self, structure_ids: Iterable[int]) -> tuple[int, ...]:
        """Regions of the regional matrices that structures consist of, or are part of.

        In ontology order; structures that this tree does not have are passed over.
        """
        chosen = [self[i] for i in structure_ids if i in self]
        wanted, above = {s.id for s in chosen}, {i for s in chosen for i in s.path}
        return tuple(
            i for i in self.summary_ids() if i in above or not wanted.isdisjoint(self[i].path)
        )

    def assign(self, ancestor_ids: Iterable[int]) -> dict[int, int]:
        """Map every structure id to the one of `ancestor_ids` at or above it.

        The deepest match wins; ids below none of them are left out.
        """
        wanted = frozenset(ancestor_ids)
        found = {}
        for structure in self:
            match = next((i for i in reversed(structure.path) if i in wanted), None)
            if match is not None:
                found[structure.id] = match
        return found


def _structure_from_record(record: Mapping[str, Any]) -> Structure:
    red, green, blue = (int(c) for c in record["rgb_triplet"])
    return Structure(
        id=int(record["id"]),
        acronym=str(record["acronym"]),
        name=str(record["name"]),
        rgb=(red, green, blue),
        path=tuple(int(i) for i in record["structure_id_path"]),
        graph_order=int(record["graph_order"]),
        set_ids=frozenset(int(i) for i in record.get("structure_set_ids") or ()),
    )
