"""Figures that were saved, and how a script draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from napari_connectome.core.flatmap import Aggregate
from napari_connectome.state.recording.python import called, literal
from napari_connectome.state.recording.steps import FileStep, Name

FIGURES = "napari_connectome.figures"


@dataclass(frozen=True)
class Drawing:
    """How a script draws a figure.

    Parameters
    ----------
    needs : frozenset of Name
        Variables that the lines use.
    lines : tuple of str
        Python that makes a variable ``figure``.
    """

    needs: frozenset[Name]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class SaveFigure(FileStep):
    """A picture.

    Parameters
    ----------
    what : str
        What it shows.
    drawing : Drawing or None
        How a script draws it; None: it only says that there is one.
    """

    what: str
    drawing: Drawing | None = None

    @property
    def needs(self) -> frozenset[Name]:
        """What is drawn."""
        return frozenset() if self.drawing is None else self.drawing.needs

    @property
    def comment(self) -> str:
        """What was saved."""
        if self.drawing is None:
            return f"{self.what} was saved as {self.path}. It is not drawn again here."
        return f"Save as a figure: {self.what[0].lower()}{self.what[1:]}."

    def lines_to(self, target: str) -> list[str]:
        """The figure, then the file."""
        if self.drawing is None:
            return []
        return [*self.drawing.lines, *called("nc.save_figure", "figure", target)]


def drawn(
    module: str,
    function: str,
    needs: frozenset[Name],
    *arguments: str,
    ahead: tuple[str, ...] = (),
    **named: Any,
) -> Drawing:
    """A figure by a function of :mod:`napari_connectome.figures`.

    Parameters
    ----------
    module, function : str
        Where the function is, and what it is called.
    needs : frozenset of Name
        Variables that the lines use.
    *arguments : str
        Python text.
    ahead : tuple of str
        Lines before the figure is drawn.
    **named
        Values.
    """
    values = {name: literal(value) for name, value in named.items()}
    figure = called(function, *arguments, into="figure", **values)
    return Drawing(needs, (f"from {FIGURES}.{module} import {function}", "", *ahead, *figure))


def map_drawing(
    view: str,
    mark: str,
    *,
    aggregate: Aggregate,
    depth: tuple[float, float],
    **look: Any,
) -> Drawing:
    """How a script draws the answer on a map of the cortex.

    Parameters
    ----------
    view : str
        Name of the map.
    mark : str
        Python that makes the mark of the source.
    aggregate, depth
        What becomes of the values along a path, and which part of it.
    **look
        Title, unit, caption, limits and scale, as ``flatmap_figure`` takes them.
    """
    image = called(
        "nc.map_image",
        "answer",
        "view",
        into="image",
        aggregate=literal(aggregate),
        depth=literal(depth),
    )
    values = {name: literal(value) for name, value in look.items()}
    made = called(
        "flatmap_figure", "view", "image", "brain.atlas", into="figure", **values, source=mark
    )
    lines = (
        f"from {FIGURES}.flatmap import MapSource, flatmap_figure",
        "",
        *called("nc.cortical_map", "brain", literal(view), into="view"),
        *image,
        *made,
    )
    return Drawing(frozenset({"brain", "answer"}), lines)


def statistics_drawing(page: str, width_mm: float, *, log_distance: bool) -> Drawing:
    """How a script draws a page of the statistics of weights, or of the data."""
    needs = frozenset[Name]({"statistics"})
    connections = "statistics.connections"
    if page == "data":
        parts = "summary", "brain.atlas.tree"
        of_data = frozenset[Name]({"summary", "brain"})
        return drawn("summary", "summary_figure", of_data, *parts, width_mm=width_mm)
    if page == "distribution":
        parts = connections, "statistics.distribution"
        return drawn("distributions", "distribution_figure", needs, *parts, width_mm=width_mm)
    if page == "mixture":
        parts = connections, "statistics.mixture"
        return drawn("mixture", "mixture_figure", needs, *parts, width_mm=width_mm)
    if page == "distance":
        parts = connections, "statistics.distance"
        return drawn(
            "distance",
            "distance_figure",
            needs,
            *parts,
            width_mm=width_mm,
            log_distance=log_distance,
        )
    return drawn("statistics", "statistics_figure", needs, "[statistics]", width_mm=width_mm)


def completion_drawing(page: str, width_mm: float) -> Drawing:
    """How a script draws a page of the completion."""
    if page == "curve":
        of_curve = frozenset[Name]({"curve"})
        return drawn("completion_curve", "curve_figure", of_curve, "curve", width_mm=width_mm)
    if page == "removed":
        parts = ("parts = [(1.0 - one.observed_part, one.completion) for one in series]",)
        arguments, needs = ("parts", "series[0].truth"), frozenset[Name]({"series"})
        return drawn(
            "completion", "removed_figure", needs, *arguments, ahead=parts, width_mm=width_mm
        )
    function = "matrices_figure" if page == "matrices" else "spectrum_figure"
    arguments, needs = ("completed.completion", "completed.truth"), frozenset[Name]({"completed"})
    return drawn("completion", function, needs, *arguments, width_mm=width_mm)


def scores_drawing(page: str, width_mm: float) -> Drawing | None:
    """How a script draws a page of the cross-validation; None for a single source."""
    needs = frozenset[Name]({"scores"})
    if page == "scatter":
        return None
    if page == "sources":
        module, function = "source_correlation", "source_correlation_figure"
        return drawn(module, function, needs, "scores", width_mm=width_mm)
    function = "errors_figure" if page == "errors" else "correlation_figure"
    return drawn("validation", function, needs, "scores", width_mm=width_mm)
