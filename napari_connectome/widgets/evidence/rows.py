"""Experiments with their share of a number, as rows."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from napari_connectome.widgets.appearance import Rgb
from napari_connectome.widgets.ticks import number_text


@dataclass(frozen=True)
class ExperimentShare:
    """An experiment that contributes.

    Parameters
    ----------
    experiment_id : int
        Allen id.
    acronym, name : str
        Structure of the injection; empty where it is not known.
    rgb : tuple of int or None
        Atlas colour of the structure.
    share : float
        Part of the number that is due to it, 0 to 1.
    numbers : tuple of float
        What else is known of it, NaN for unknown; one for each further column.
    """

    experiment_id: int
    acronym: str
    name: str
    rgb: Rgb | None
    share: float
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True)
class NumberColumn:
    """A further column.

    Parameters
    ----------
    name : str
        In a file.
    title : str
        Short, with the unit where there is one.
    tip : str
        What the numbers are.
    whole : bool
        Whether they are written without decimals.
    """

    name: str
    title: str
    tip: str
    whole: bool = False

    def text(self, value: float) -> str:
        """A number as it is written; nothing for one that is not known."""
        if math.isnan(value):
            return ""
        return f"{value:.0f}" if self.whole else number_text(value)


def share_text(share: float) -> str:
    """A share in per cent: two digits below ten, one decimal at least."""
    percent = 100 * share
    if percent == 0:
        return "0 %"
    return f"{percent:.1f} %" if percent >= 0.1 else "< 0.1 %"


def csv_text(rows: Iterable[ExperimentShare], columns: Sequence[NumberColumn]) -> str:
    """Rows in their order as comma-separated values with a header; shares are parts of 1."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [column.name for column in columns]
    writer.writerow(["experiment_id", "structure", "name", "share", *names])
    for r in rows:
        writer.writerow([r.experiment_id, r.acronym, r.name, r.share, *r.numbers])
    return out.getvalue()
