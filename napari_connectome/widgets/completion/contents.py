"""From a completion to words and figures: pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from napari_connectome.core.completion.curve import Curve
from napari_connectome.core.completion.methods import METHODS
from napari_connectome.state.completion_values import Completed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEVELS = (0.5, 0.2, 0.1)
NOTHING = "Nothing completed yet: choose a matrix and what of it is observed, then press Complete."
NO_SERIES = "Press Complete on this page to complete the matrix with 90, 80 and 50 % of it removed."
NO_CURVE = (
    "No curve yet: press Curve to complete the matrix for observed fractions from 0 to 1, one "
    "random choice each."
)

PREVIEW = (
    "A preview: one random choice each, so that there is no spread, and no search for exact "
    "recovery. Whole curve makes up for both."
)


def words(found: Completed) -> str:
    """What came out, in a few sentences."""
    completion = found.completion
    certificate = completion.certificate
    parts = [f"{completion.problem.fraction:.0%} observed; rank {completion.rank}."]
    if certificate is not None:
        parts.append(
            f"No matrix has a nuclear norm lower by more than {certificate.gap:.1e} of it "
            f"({completion.iterations} steps)."
        )
    error, baselines = found.errors.error, found.errors.baselines
    if error is not None:
        best = min(baselines, key=lambda name: baselines[name])
        worth = "worth it" if error < 0.98 * baselines[best] else "not worth it"
        parts.append(
            f"Relative error of the hidden entries {error:.3f}; of the best means "
            f"({METHODS[best].title.lower()}) {baselines[best]:.3f}: {worth}."
        )
    if completion.is_recovered(found.truth):
        parts.append("Recovered: the error is below a millionth.")
    undetermined = int((~completion.determined).sum())
    if undetermined:
        entries = "1 entry is" if undetermined == 1 else f"{undetermined} entries are"
        parts.append(f"{entries} not determined by any other one.")
    return " ".join([*parts, *completion.notes])


def painted_words(count: int) -> str:
    """How many cells are marked as missing, and where that is done."""
    cells = "1 cell is" if count == 1 else f"{count or 'No'} cells are"
    return f"{cells} marked as missing: drag over cells in the view Regional matrix."


def curve_words(curve: Curve) -> str:
    """How much would have been enough."""
    parts = []
    for level in LEVELS:
        fraction = curve.enough_for(level)
        share = "no part below all" if fraction is None else f"{fraction:.0%}"
        parts.append(f"{level:.0%}: {share}")
    state = " So far:" if curve.is_partial else ""
    told = f"Observed part that is enough for a relative error of{state} {', '.join(parts)}."
    return told if curve.request.refined else f"{told} {PREVIEW}"


def series_figure_of(series: Sequence[Completed], width_mm: float) -> Figure:
    """Figure of the matrix with more and less of it removed."""
    from napari_connectome.figures.completion import removed_figure

    parts = [(1.0 - one.observed_part, one.completion) for one in series]
    return removed_figure(parts, series[0].truth, width_mm=width_mm)


def series_words(series: Sequence[Completed]) -> str:
    """Errors by what was removed."""
    listed = (
        f"{1.0 - one.observed_part:.0%} removed: {one.completion.relative_error(one.truth):.3f}"
        for one in series
    )
    return f"Relative error of all known entries. {'; '.join(listed)}."


def figure_of(page: str, found: Completed, width_mm: float) -> Figure:
    """Figure of matrices or spectrum."""
    from napari_connectome.figures.completion import matrices_figure, spectrum_figure

    draw = matrices_figure if page == "matrices" else spectrum_figure
    return draw(found.completion, found.truth, width_mm=width_mm)


def curve_figure_of(curve: Curve, width_mm: float) -> Figure:
    """Figure of the curve."""
    from napari_connectome.figures.completion_curve import curve_figure

    return curve_figure(curve, width_mm=width_mm)
