"""Experiments as they came out of a folder, and what became of the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.structures import DIVISION_ACRONYMS


@dataclass(frozen=True)
class LeftOut:
    """An experiment that is not used, and why.

    Parameters
    ----------
    id : int
        Experiment id.
    reason : str
        In the user's words.
    bad : bool
        Whether its files are damaged, as opposed to not wanted.
    """

    id: int
    reason: str
    bad: bool = False


@dataclass(frozen=True)
class LoadReport:
    """What became of the experiments of a folder.

    Parameters
    ----------
    used : int
        Experiments loaded.
    left_out : tuple of LeftOut
        Wanted or not, with volumes on disk, and not used.
    without_volumes : tuple of int
        Wanted by their metadata, but without volumes at this resolution.
    unknown_ids : tuple of int
        Asked for by id and not in the folder's list.
    empty_divisions : tuple of int
        Major divisions of the atlas without any experiment: models cannot answer there.
    """

    used: int
    left_out: tuple[LeftOut, ...] = ()
    without_volumes: tuple[int, ...] = ()
    unknown_ids: tuple[int, ...] = ()
    empty_divisions: tuple[int, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """The report as short lines; nothing to say gives none."""
        lines = []
        if self.unknown_ids:
            lines.append(f"Not in the folder's list: {_listed(self.unknown_ids)}.")
        if self.without_volumes:
            lines.append(
                f"{len(self.without_volumes)} experiments have no volumes here: "
                f"{_listed(self.without_volumes)}."
            )
        for reason, ids in self._ids_by_reason().items():
            what = f"Experiment {ids[0]}" if len(ids) == 1 else f"{len(ids)} experiments"
            which = "" if len(ids) == 1 else f" ({_listed(ids)})"
            lines.append(f"{what} left out{which}: {reason}")
        if self.empty_divisions:
            names = ", ".join(DIVISION_ACRONYMS[i] for i in self.empty_divisions)
            lines.append(f"No experiment in {names}: no prediction from there.")
        return tuple(lines)

    def _ids_by_reason(self) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {}
        for entry in self.left_out:
            groups.setdefault(entry.reason, []).append(entry.id)
        return groups


@dataclass(frozen=True, eq=False, kw_only=True)
class LoadedExperiments(ExperimentSet):
    """Experiments together with what became of those that are not among them.

    Parameters
    ----------
    report : LoadReport
        Everything left out, with reasons.
    """

    report: LoadReport


def _listed(ids: Iterable[int], most: int = 8) -> str:
    """The first few ids, and how many more there are."""
    ids = list(ids)
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return ", ".join(map(str, ids[:most])) + more
