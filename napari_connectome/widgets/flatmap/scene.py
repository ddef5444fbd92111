"""The visuals of a map: pixels, borders, selected regions, the source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from vispy.scene import Node
from vispy.scene.visuals import Line, Markers
from vispy.visuals.transforms import STTransform

from napari_connectome.widgets.flatmap.colors import Colored
from napari_connectome.widgets.flatmap.content import FlatmapContent, Pixel
from napari_connectome.widgets.flatmap.frame import Frame
from napari_connectome.widgets.flatmap.outlines import (
    Segments,
    border_segments,
    map_labels,
    regions_mask,
)
from napari_connectome.widgets.flatmap.paper import Painted
from napari_connectome.widgets.flatmap.pixels import Pixels

Color = tuple[float, float, float, float]
BASE_OPACITY = 0.4
"""Of the regions' atlas colours while there are no data."""
SELECTED_OPACITY = 0.25
NO_REGION = (128, 128, 128)
MISSING_TONE = (128, 128, 128, 255)
HATCH_COLOR: Color = (0.85, 0.85, 0.85, 1.0)
BORDER_COLOR: Color = (1.0, 1.0, 1.0, 0.4)
CASING_COLOR: Color = (0.0, 0.0, 0.0, 0.35)
SEAM_FROM = 3.0
"""Screen pixels per pixel of the map from which the pale borders have a dark seam."""
BORDER_OPACITY = 0.5
"""Of borders in the theme's ink, while there are no data."""
SELECTED_COLOR: Color = (1.0, 1.0, 1.0, 1.0)
SOURCE_COLOR: Color = (0.2, 0.95, 1.0, 1.0)
CLEAR: Color = (0.0, 0.0, 0.0, 0.0)
DARK: Color = (0.0, 0.0, 0.0, 0.8)
RING = 15.0
"""Diameter of the ring around a source of one pixel, screen pixels."""
EMPTY: Colored = np.zeros((1, 1, 4), dtype=np.uint8)
NOWHERE: Segments = np.zeros((2, 2), dtype=np.float32)


class MapScene:
    """Owns the visuals of one map.

    Parameters
    ----------
    root : Node
        Parent of the visuals, in screen pixels.
    ink : tuple of float
        The theme's colour of text.

    Attributes
    ----------
    above : Node
        Parent of what is drawn over everything, in pixels of the map.
    """

    def __init__(self, root: Node, ink: Color) -> None:
        self._map = Node(parent=root)
        self._map.transform = STTransform()
        self._ink = ink
        self._has_seam = True
        self._rgb = EMPTY[..., :3]
        self._base = EMPTY
        self.has_data = False
        self._pixels = self._image(0)
        self._hatch = self._lines(2, HATCH_COLOR, 1)
        self._selected = self._image(3)
        self._casing = self._lines(4, CASING_COLOR, 3)
        self._borders = self._lines(5, BORDER_COLOR, 1)
        self._selected_casing = self._lines(6, DARK, 5)
        self._selected_border = self._lines(7, SELECTED_COLOR, 2.5)
        self._source_casing = self._lines(8, DARK, 4)
        self._source_border = self._lines(9, SOURCE_COLOR, 2)
        # Over the writing, which is no part of the map.
        self.above = Node(parent=root)
        self.above.transform = self._map.transform
        self.above.order = 11
        self._ring = Markers(parent=self.above)
        self._ring.set_gl_state("translucent", depth_test=False)
        self._ring.visible = False
        self._marks = self._image(10)
        self._marks.parent = root
        self._marks.transform = STTransform()

    def set_frame(self, frame: Frame) -> None:
        """Place the map on the screen."""
        fine = frame.scale >= SEAM_FROM
        if fine != self._has_seam:
            self._has_seam = fine
            self._tint_borders()
        self._map.transform.scale = (frame.scale, frame.scale)
        self._map.transform.translate = (frame.left, frame.top)

    def set_content(self, content: FlatmapContent | None) -> None:
        """Show another map, without data, selection and source."""
        self._rgb = EMPTY[..., :3] if content is None else _atlas_colors(content)
        self._base = EMPTY
        if content is not None:
            self._base = _tinted(self._rgb, content.has_path, BASE_OPACITY)
            self._base[content.missing] = MISSING_TONE
        self.set_data(None)
        borders = NOWHERE[:0] if content is None else border_segments(map_labels(content))
        for line in (self._casing, self._borders):
            _show_lines(line, borders)
        _show_lines(self._hatch, NOWHERE[:0] if content is None else _hatching(content.missing))
        self.set_regions(content, ())
        self.set_source(content, ())

    def set_data(self, colored: Colored | None) -> None:
        """Show the colours of the data; None shows the regions' own, as transparent ones do.

        Parameters
        ----------
        colored : ndarray of uint8, shape (rows, columns, 4), optional
            Red, green, blue and opacity; what is transparent is filled in.
        """
        had_data, self.has_data = self.has_data, colored is not None
        if colored is None:
            self._pixels.set_data(self._base)
        else:
            empty = colored[..., 3] == 0
            colored[empty] = self._base[empty]
            self._pixels.set_data(colored)
        if had_data != self.has_data:
            self._tint_borders()

    def set_regions(self, content: FlatmapContent | None, ids: Sequence[int]) -> None:
        """Fill and frame regions in both hemispheres."""
        if content is None or not ids:
            self._selected.visible = False
            borders = NOWHERE[:0]
        else:
            mask = regions_mask(content, ids)
            self._selected.visible = True
            self._selected.set_data(_tinted(self._rgb, mask, SELECTED_OPACITY))
            borders = border_segments(np.where(mask, map_labels(content), 0))
        for line in (self._selected_casing, self._selected_border):
            _show_lines(line, borders)

    def set_source(self, content: FlatmapContent | None, pixels: Sequence[Pixel]) -> None:
        """Mark a source: a ring around one pixel, the borders of many."""
        borders = NOWHERE[:0]
        if content is not None and len(pixels) > 1:
            mask = np.zeros(content.shape, dtype=np.int64)
            mask[tuple(np.asarray(pixels, dtype=np.intp).T)] = 1
            borders = border_segments(mask)
        for line in (self._source_casing, self._source_border):
            _show_lines(line, borders)
        self._ring.visible = content is not None and len(pixels) == 1
        if self._ring.visible:
            row, column = pixels[0]
            self._ring.set_data(
                np.full((2, 2), (column + 0.5, row + 0.5)),
                size=np.array([RING, RING]),
                edge_width=np.array([5.0, 2.5]),
                edge_color=np.array([DARK, SOURCE_COLOR]),
                face_color=CLEAR,
            )

    def set_marks(self, painted: Painted | None) -> None:
        """Show the writing."""
        self._marks.visible = painted is not None
        if painted is not None:
            self._marks.transform.scale = (1 / painted.ratio, 1 / painted.ratio)
            self._marks.set_data(painted.pixels, painted.areas)

    def set_ink(self, ink: Color) -> None:
        """Follow the theme."""
        self._ink = ink
        self._tint_borders()

    def _tint_borders(self) -> None:
        """Pale with a dark seam on data; the theme's ink on the regions' pale colours."""
        on_data = self.has_data
        ink = (*self._ink[:3], BORDER_OPACITY)
        self._borders.set_data(color=BORDER_COLOR if on_data else ink)
        self._casing.set_data(color=CASING_COLOR if on_data and self._has_seam else CLEAR)

    def _image(self, order: int) -> Any:
        image = Pixels(parent=self._map)
        image.order = order
        return image

    def _lines(self, order: int, color: Color, width: float) -> Line:
        line = Line(
            NOWHERE, color=color, width=width, connect="segments", parent=self._map, method="gl"
        )
        line.order = order
        line.set_gl_state("translucent", depth_test=False)
        line.visible = False
        return line


def _show_lines(line: Line, segments: Segments) -> None:
    line.visible = len(segments) > 0
    if line.visible:
        line.set_data(pos=segments)


def _atlas_colors(content: FlatmapContent) -> Colored:
    """Red, green and blue of every pixel's region; grey where there is none."""
    known = sorted(content.regions)
    rgb = np.array([content.regions[i].rgb for i in known] + [NO_REGION], dtype=np.uint8)
    ids = np.array(known, dtype=np.uint32)
    at = np.searchsorted(ids, content.region_ids)
    found = np.append(ids, 0)[at] == content.region_ids
    return rgb[np.where(found & (at < len(ids)), at, len(ids))]


def _tinted(rgb: Colored, mask: npt.NDArray[np.bool_], opacity: float) -> Colored:
    """Colours of the masked pixels, partly transparent; the rest is empty."""
    opacities = np.where(mask, round(255 * opacity), 0).astype(np.uint8)
    return np.concatenate([rgb, opacities[..., None]], axis=2)


def _hatching(missing: npt.NDArray[np.bool_]) -> Segments:
    """Three diagonal strokes across every missing pixel."""
    row, column = np.nonzero(missing)
    strokes = np.array(
        [[(0.0, 0.5), (0.5, 0.0)], [(0.0, 1.0), (1.0, 0.0)], [(0.5, 1.0), (1.0, 0.5)]]
    )
    corners = np.stack([column, row], axis=1)[:, None, None, :]
    return (corners + strokes[None]).reshape(-1, 2).astype(np.float32)
