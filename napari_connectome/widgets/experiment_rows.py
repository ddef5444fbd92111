"""Tracing experiments as rows, and which of them a person wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ExperimentRow:
    """What the table shows of an experiment.

    Parameters
    ----------
    id : int
        Allen experiment id.
    structure_acronym, structure_name : str
        Primary injection structure.
    division : str
        Acronym of the major division that holds it, "" outside all of them.
    line : str or None
        Transgenic line, None for wild type.
    strain : str or None
        As published.
    injection_volume_mm3 : float
        NaN where it is not known.
    hemisphere : {"left", "right", ""}
        Side of the injection, "" where it is not known. Left ones are mirrored for fitting.
    has_volumes : bool
        Whether its volumes are in the folder.
    used : bool
        Whether it is among the experiments that models are fitted to.
    """

    id: int
    structure_acronym: str
    structure_name: str
    division: str
    line: str | None
    strain: str | None
    injection_volume_mm3: float
    hemisphere: Literal["left", "right", ""] = ""
    has_volumes: bool = False
    used: bool = False

    @property
    def data_text(self) -> str:
        """How far the experiment is there: "used", "yes" or nothing."""
        return "used" if self.used else "yes" if self.has_volumes else ""


@dataclass(frozen=True)
class ExperimentFilter:
    """Which experiments are shown.

    Parameters
    ----------
    text : str
        Every word must occur in the id, structure, line or strain.
    wild_type_only, with_volumes_only : bool
        Leave out transgenic lines, or experiments that are only listed.
    division : str
        Acronym of a major division, "" for all.
    min_volume_mm3, max_volume_mm3 : float or None
        Inclusive bounds of the injection volume; None for none. An unknown
        volume passes no bound.
    """

    text: str = ""
    wild_type_only: bool = False
    with_volumes_only: bool = False
    division: str = ""
    min_volume_mm3: float | None = None
    max_volume_mm3: float | None = None

    def accepts(self, row: ExperimentRow) -> bool:
        """Whether a row is shown."""
        low, high, volume = self.min_volume_mm3, self.max_volume_mm3, row.injection_volume_mm3
        return (
            not (self.wild_type_only and row.line is not None)
            and not (self.with_volumes_only and not row.has_volumes)
            and self.division in ("", row.division)
            and (low is None or volume >= low)
            and (high is None or volume <= high)
            and self._has_words(row)
        )

    def _has_words(self, row: ExperimentRow) -> bool:
        words = self.text.casefold().split()
        if not words:
            return True
        parts = (str(row.id), row.structure_acronym, row.structure_name, row.line, row.strain)
        whole = " ".join(p for p in parts if p).casefold()
        return all(word in whole for word in words)
