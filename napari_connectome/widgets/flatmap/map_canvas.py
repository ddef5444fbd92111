"""The canvas of a map: what is drawn, and which part of it is seen."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QEvent
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QWidget

from napari_connectome.widgets.canvas import CanvasWidget
from napari_connectome.widgets.flatmap.colors import Colored
from napari_connectome.widgets.flatmap.content import FlatmapContent, Pixel
from napari_connectome.widgets.flatmap.frame import Frame, Size
from napari_connectome.widgets.flatmap.marks import Marks
from napari_connectome.widgets.flatmap.outlines import label_places
from napari_connectome.widgets.flatmap.paper import Ink, Paper
from napari_connectome.widgets.flatmap.scene import MapScene

WHITE, BLACK = QColor(255, 255, 255), QColor(0, 0, 0, 150)


class MapCanvas(CanvasWidget):
    """Draws a map and what is marked on it, as large as a :class:`Frame` says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("flatmap_canvas")
        self.setMinimumSize(160, 120)
        self.scene = MapScene(self.root, self.ink())
        self.frame = Frame()
        self.content: FlatmapContent | None = None
        self._marks: Marks | None = None
        self._names = True
        self._is_whole = True
        self.resized.connect(self._refit)
        self.theme_changed.connect(self._retint)

    def set_content(self, content: FlatmapContent | None) -> None:
        """Show another map; a map of the same name and size keeps zoom and place."""
        before = self.content
        self.content = content
        self._marks = None if content is None else Marks(content, label_places(content))
        self.scene.set_content(content)
        if content is None or before is None or not _is_like(content, before):
            self._is_whole = True
        self._refit()

    def set_data(self, colored: Colored | None) -> None:
        """Show the colours of the data; None shows the regions' own."""
        had_data = self.scene.has_data
        self.scene.set_data(colored)
        if had_data != self.scene.has_data:
            self._write()

    def set_regions(self, ids: Sequence[int]) -> None:
        """Mark regions."""
        self.scene.set_regions(self.content, ids)

    def set_source(self, pixels: Sequence[Pixel]) -> None:
        """Mark the source."""
        self.scene.set_source(self.content, pixels)

    def set_names(self, on: bool) -> None:
        """Write acronyms or not."""
        self._names = on
        self._write()

    def show_whole(self) -> None:
        """Show the whole map."""
        self._is_whole = True
        self._refit()

    def set_frame(self, frame: Frame) -> None:
        """Show another part of the map, kept in sight and no smaller than the whole."""
        if self.content is None:
            return
        kept = frame.kept_in(self.content.extent, self.size_px())
        self._is_whole = kept == Frame.whole(self.content.extent, self.size_px())
        self.frame = kept
        self.scene.set_frame(kept)
        self._write()

    def pixel_at(self, x: float, y: float) -> Pixel | None:
        """Row and column under a place on the screen, None where the map shows no cortex."""
        pixel = self.frame.pixel_at(x, y)
        return pixel if self.content is not None and self.content.shows(pixel) else None

    def size_px(self) -> Size:
        """Width and height in logical pixels."""
        return float(max(self.width(), 1)), float(max(self.height(), 1))

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the size of the text."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._write()

    def _refit(self) -> None:
        """After another map or size: the whole map again, or the same part of it."""
        if self.content is not None:
            whole = Frame.whole(self.content.extent, self.size_px())
            self.set_frame(whole if self._is_whole else self.frame)
        else:
            self._write()

    def _write(self) -> None:
        """Paint acronyms, L and R and the scale bar again: they keep their size on the screen."""
        if self._marks is None:
            self.scene.set_marks(None)
            return
        paper = Paper(self.size_px(), self.devicePixelRatioF(), self.font(), self._inks())
        self.scene.set_marks(self._marks.painted(self.frame, paper, names=self._names))

    def _inks(self) -> Ink:
        """White on data, whatever their colours; the theme's ink on the regions' pale ones."""
        ink, background = QColor.fromRgbF(*self.ink()), QColor.fromRgbF(*self.background())
        background.setAlpha(200)
        if self.scene.has_data:
            return Ink(on_map=WHITE, map_halo=BLACK, beside=ink, halo=background)
        return Ink(on_map=ink, map_halo=background, beside=ink, halo=background)

    def _retint(self) -> None:
        self.scene.set_ink(self.ink())
        self._write()


def _is_like(content: FlatmapContent, before: FlatmapContent) -> bool:
    return content.name == before.name and content.shape == before.shape
