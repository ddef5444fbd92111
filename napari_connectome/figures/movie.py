"""The frames of a movie: the brain and the map of its cortex side by side, while a source moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.text import Text

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.color_limits import PROJECTION_DECADES
from napari_connectome.core.flatmap import CorticalView, FlatmapProjector
from napari_connectome.core.models.fitted import Prediction
from napari_connectome.core.path_answers import PathAnswers
from napari_connectome.core.sources import format_um
from napari_connectome.figures.brain_picture import COLORMAP, BrainPicture, Plane, added_colors
from napari_connectome.figures.map_drawing import (
    SOURCE_COLOUR,
    draw_borders,
    draw_sides,
    map_extent,
)

WIDTH_PX = 1200
DPI = 100
EDGE, TITLE, FOOT, GAP, BAR = 16, 72, 44, 28, 112
"""Pixels: margin, height of the title, of what stands under the pictures, room between them and for
the colour bar."""
TALLEST_PX = 460
BACKGROUND, INK, FAINT = "#14161a", "#f0f2f5", "#a8adb7"
BAR_MM = 1.0
RING: dict[str, Any] = {"marker": "o", "markersize": 11, "markerfacecolor": "none"}
Frame = npt.NDArray[np.uint8]


class MovieFigure:
    """Draws one frame after the other; colours mean the same in all of them.

    Parameters
    ----------
    answers : PathAnswers
        What is shown.
    view : CorticalView, optional
        Map beside the brain; None where the brain has no cortex.
    plane : {"coronal", "sagittal", "horizontal", "mip"}
        Slice through the source, or the largest values seen from above.
    limits : tuple of float, optional
        Values of the lowest and the highest colour; by default those that suit all frames.
    log : bool
        Logarithmic colours.
    """

    def __init__(
        self,
        answers: PathAnswers,
        view: CorticalView | None,
        *,
        plane: Plane = "coronal",
        limits: tuple[float, float] | None = None,
        log: bool = False,
    ) -> None:
        self._answers, self._view = answers, view
        self._brain = BrainPicture(answers.model.atlas, plane)
        self._norm = _norm(limits or answers.limits, log)
        self._projector = None if view is None else FlatmapProjector(view, answers.mask)
        self._figure, places = self._laid_out()
        self._volume = np.zeros(answers.model.atlas.shape, dtype=np.float32)
        self._draw_brain(self._axes(places[0]))
        if view is not None:
            self._draw_map(self._axes(places[1]), view)
        self._draw_bar(places[-1])
        self._title = self._text(EDGE, EDGE + 12, 13, weight="bold")
        self._place = self._text(EDGE, EDGE + 34, 10, color=FAINT)
        self._number = self._text(WIDTH_PX - EDGE, EDGE + 12, 11, ha="right")

    def __len__(self) -> int:
        return len(self._answers)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of every frame, both even: video codecs want that."""
        width, height = self._figure.get_size_inches() * DPI
        return round(width), round(height)

    def frame(self, number: int) -> Frame:
        """Draw a frame, counted from 0.

        Returns
        -------
        ndarray of uint8, shape (height, width, 3)
        """
        prediction = self._answers.prediction(number)
        point = tuple(self._answers.path.points_um[number].tolist())
        self._write(number, prediction)
        self._show_brain(prediction, point)
        if self._view is not None:
            self._show_map(prediction, point)
        canvas: Any = FigureCanvasAgg(self._figure)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()

    def _laid_out(self) -> tuple[Figure, list[tuple[float, float, float, float]]]:
        """The empty figure, and where pictures and colour bar stand: left, top, width, height."""
        shapes = [self._brain.shape]
        if self._view is not None:
            left, right, bottom, top = map_extent(self._view)
            shapes.append((bottom - top, right - left))
        ratios = [columns / rows for rows, columns in shapes]
        room = WIDTH_PX - 2 * EDGE - BAR - GAP * (len(ratios) - 1)
        tall = min(room / sum(ratios), TALLEST_PX)
        spare = (room - tall * sum(ratios)) / 2
        height = 2 * round((TITLE + tall + FOOT + EDGE) / 2)
        places, x = [], EDGE + spare
        for ratio in ratios:
            places.append((x, float(TITLE), tall * ratio, tall))
            x += tall * ratio + GAP
        places.append((x - GAP + 18, TITLE + 0.1 * tall, 14.0, 0.8 * tall))
        size = (WIDTH_PX / DPI, height / DPI)
        return Figure(figsize=size, dpi=DPI, facecolor=BACKGROUND), places

    def _axes(self, place: tuple[float, float, float, float]) -> Axes:
        x, y, wide, tall = place
        width, height = self.size_px
        box = (x / width, 1 - (y + tall) / height, wide / width, tall / height)
        axes: Axes = self._figure.add_axes(box)
        axes.set_axis_off()
        return axes

    def _text(self, x: float, y: float, size: float, **options: Any) -> Text:
        width, height = self.size_px
        options = {"color": INK, "va": "center"} | options
        return self._figure.text(x / width, 1 - y / height, "", fontsize=size, **options)

    def _draw_brain(self, axes: Axes) -> None:
        rows, columns = self._brain.shape
        self._slice = _image(axes, (rows, columns), interpolation="bilinear")
        axes.set(xlim=(0, columns), ylim=(rows, 0))
        path = self._answers.path.points_um.tolist()
        if self._brain.plane == "mip":
            xs, ys = zip(*(self._brain.place(tuple(point)) for point in path), strict=True)
            axes.plot(xs, ys, color=SOURCE_COLOUR, linewidth=1, alpha=0.6)
        if self._brain.plane != "sagittal":
            draw_sides(axes, color=FAINT)
        self._slice_rings = _rings(axes)
        self._slice_title = axes.text(
            0, -0.02, "", transform=axes.transAxes, va="top", fontsize=9, color=FAINT
        )
        _scale_bar(axes, 1000 * BAR_MM / self._answers.model.atlas.resolution_um, columns, "1 mm")

    def _draw_map(self, axes: Axes, view: CorticalView) -> None:
        left, right, bottom, top = map_extent(view)
        self._map = _image(axes, view.shape, interpolation="nearest")
        axes.set(xlim=(left, right), ylim=(bottom, top))
        draw_borders(axes, view, view.region_image(self._answers.model.atlas))
        draw_sides(axes, color=FAINT)
        found = [self._pixel(tuple(p)) for p in self._answers.path.points_um.tolist()]
        ys, xs = zip(*((np.nan, np.nan) if p is None else p for p in found), strict=True)
        axes.plot(np.add(xs, 0.5), np.add(ys, 0.5), color=SOURCE_COLOUR, linewidth=1, alpha=0.6)
        self._map_rings = _rings(axes)
        title = f"{view.title}, mean over the depth"
        axes.text(0, -0.02, title, transform=axes.transAxes, va="top", fontsize=9, color=FAINT)
        length = "1 mm" if view.name == "top" else "≈ 1 mm"
        _scale_bar(axes, 1000 * BAR_MM / view.pixel_um, right, length)

    def _draw_bar(self, place: tuple[float, float, float, float]) -> None:
        axes = self._axes(place)
        axes.set_axis_on()
        bar = self._figure.colorbar(ScalarMappable(self._norm, COLORMAP), cax=axes)
        unit = self._answers.model.connectivity.unit
        bar.set_label(f"{unit[0].upper()}{unit[1:]}", fontsize=9, color=INK)
        axes.tick_params(labelsize=8, colors=FAINT, width=0.5, length=3)
        bar.outline.set_linewidth(0)

    def _write(self, number: int, prediction: Prediction) -> None:
        atlas = prediction.model.atlas
        point = self._answers.path.points_um[number].tolist()
        what = "Projection of" if prediction.direction == "anterograde" else "Input of"
        self._title.set_text(f"{what} {_region(atlas, point)}")
        self._place.set_text(f"Source at {format_um(point)}, {prediction.side} hemisphere")
        self._number.set_text(f"{number + 1} / {len(self)}")

    def _show_brain(self, prediction: Prediction, point: tuple[float, float, float]) -> None:
        self._volume[:] = 0
        prediction.volume(out=self._volume)
        index = prediction.model.atlas.index_of_um(point)
        self._slice.set_data(self._brain.colored(self._volume, index, self._norm))
        self._slice_title.set_text(self._brain.title(index))
        x, y = self._brain.place(point)
        for ring in self._slice_rings:
            ring.set_data([x], [y])

    def _show_map(self, prediction: Prediction, point: tuple[float, float, float]) -> None:
        if self._projector is None:
            return
        values = self._projector.image(prediction.vector, mirrored=prediction.mirrored)
        empty = np.isnan(values)
        colors = added_colors(np.where(empty, np.float32(0), values), self._norm)
        self._map.set_data(np.concatenate([colors, ~empty[..., None]], axis=2, dtype=np.float32))
        pixel = self._pixel(point)
        for ring in self._map_rings:
            ring.set_data(*([], []) if pixel is None else ([pixel[1] + 0.5], [pixel[0] + 0.5]))

    def _pixel(self, point: tuple[float, float, float]) -> tuple[int, int] | None:
        if self._view is None:
            return None
        return self._view.pixel_of(self._answers.model.atlas.index_of_um(point))


def _norm(limits: tuple[float, float], log: bool) -> Normalize:
    low, high = limits
    if not log:
        return Normalize(low, high)
    return LogNorm(max(low, high / 10**PROJECTION_DECADES), high)


def _region(atlas: Atlas, point: list[float]) -> str:
    index = atlas.index_of_um(point)
    structure_id = int(atlas.regions[index]) or int(atlas.annotation[index])
    structure = atlas.tree[structure_id]
    return f"{structure.acronym}  {structure.name}"


def _image(axes: Axes, shape: tuple[int, int], *, interpolation: str) -> AxesImage:
    rows, columns = shape
    black = np.zeros((rows, columns, 3), dtype=np.float32)
    extent = (0, columns, rows, 0)
    return axes.imshow(black, extent=extent, interpolation=interpolation, aspect="auto")


def _rings(axes: Axes) -> list[Line2D]:
    """Cyan in a black rim is seen on dark and on bright colours."""
    rings: list[Line2D] = []
    for colour, width in (("black", 3.6), (SOURCE_COLOUR, 1.8)):
        rings += axes.plot([], [], markeredgewidth=width, markeredgecolor=colour, **RING)
    return rings


def _scale_bar(axes: Axes, length: float, right: float, text: str) -> None:
    """A length at the lower right, under the picture."""
    transform = axes.get_xaxis_transform()
    line: dict[str, Any] = {"color": INK, "linewidth": 2, "clip_on": False}
    axes.plot([right - length, right], [-0.03, -0.03], transform=transform, **line)
    axes.text(
        right - length / 2, -0.045, text, transform=transform, ha="center", va="top",
        fontsize=8, color=INK,
    )  # fmt: skip
