"""Who projects to whom in a planted connectome: named pathways and generic strengths.

What the table of pathways does not name follows the generic rule: division-to-division
strengths, a fall with distance, and lognormal variation. Strengths do not depend on
the resolution.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from napari_connectome.data.simulate.rule_tables import GENERIC, PATHWAYS

CONTRALATERAL: Mapping[str, float] = {
    "Isocortex": 0.2, "OLF": 0.15, "HPF": 0.2, "CTXsp": 0.15, "STR": 0.02, "PAL": 0.08, "TH": 0.03,
    "HY": 0.3, "MB": 0.3, "P": 0.5, "MY": 0.6, "CBN": 0.8, "CBX": 0.05,
}  # fmt: skip
"""Contralateral part of a generic connection, relative to the ipsilateral one."""

NEAR_MIDLINE = ("HY", "MB", "P", "MY")
"""Divisions in which some fibres of every pathway cross to the other side."""
LEAST_CROSSING = 0.12
"""Least contralateral part of a pathway into such a division, relative to the ipsilateral one."""
HOMOTOPIC: Mapping[str, float] = {
    "Isocortex": 1.9, "OLF": 0.15, "HPF": 0.4, "CTXsp": 0.3, "STR": 0.04, "PAL": 0.05, "TH": 0.03,
    "HY": 0.3, "MB": 0.25, "P": 0.35, "MY": 0.5, "CBN": 0.05, "CBX": 0.02,
}  # fmt: skip
"""Strength onto the mirrored place in the other hemisphere."""

HOMOTOPIC_FACTOR: Mapping[str, float] = {"VISp": 0.12, "SSp-bfd": 0.6, "MOp": 1.2, "MOB": 0.1}
"""Areas whose callosal projection is weaker or stronger than that of their division."""

LOCAL: Mapping[str, float] = {
    "Isocortex": 4.0, "OLF": 3.0, "HPF": 3.0, "CTXsp": 2.5, "STR": 2.5, "PAL": 2.0, "TH": 1.2,
    "HY": 3.0, "MB": 3.0, "P": 2.5, "MY": 3.0, "CBN": 1.0, "CBX": 1.5,
}  # fmt: skip
"""Strength within the division, falling with distance from the source."""


SHEET_TARGETS = ("CP", "CLA", "PG", "ZI", "RT", "TRN", "SCm", "MRN", "PAG")
"""Structures onto which the whole cortical sheet is mapped, not every area by itself."""


@dataclass(frozen=True)
class Pathway:
    """One named pathway.

    Parameters
    ----------
    source : tuple of str
        Acronyms; together they are the frame of the topographic map.
    target : str
        Acronym; everything below it counts.
    ipsi, contra : float
        Strength on either side.
    flipped : tuple of int
        Axes of the map that are reversed: 0 along AP, 1 medial to lateral.
    border : str or None
        The terminals gather near this neighbouring structure.
    """

    source: tuple[str, ...]
    target: str
    ipsi: float
    contra: float
    flipped: tuple[int, ...]
    border: str | None


@cache
def pathways() -> tuple[Pathway, ...]:
    """All named pathways, in the order of the table."""
    return tuple(_pathways())


@cache
def generic() -> Mapping[str, Mapping[str, float]]:
    """Strength of generic connections from a kind of area (keys) to divisions."""
    found: dict[str, dict[str, float]] = {}
    for source, target, strength in _entries(GENERIC):
        found.setdefault(source, {})[target] = float(strength[0])
    return found


def _pathways() -> Iterator[Pathway]:
    for source, target, (strength, *marks) in _entries(PATHWAYS):
        ipsi, _, contra = strength.partition("/")
        flips = next((m[1:] for m in marks if m.startswith("~")), "")
        yield Pathway(
            source=tuple(source.split()),
            target=target,
            ipsi=float(ipsi),
            contra=float(contra or 0.0),
            flipped=tuple(int(axis) for axis in flips),
            border=next((m[1:] for m in marks if m.startswith("^")), None),
        )


def _entries(table: str) -> Iterator[tuple[str, str, list[str]]]:
    """Source, target and the words behind the target, for every entry of a table."""
    for line in table.strip().splitlines():
        source, _, targets = line.partition(":")
        for entry in targets.split(","):
            target, *words = entry.split()
            yield source, target, words
