"""Take the pictures of the tutorial: the real window on the demo brain, worked with the mouse.

    python docs/pictures/make.py [NAME ...]      all of them, or those of some steps

Needs a screen or a virtual one of at least 1500 × 950 pixels (``xvfb-run -s "-screen 0
1920x1200x24"``). Pictures are written beside this file.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from napari import Viewer
from PIL import Image
from qtpy.QtCore import QEventLoop, QPoint, Qt, QTimer
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QComboBox, QPushButton, QWidget

from napari_connectome.core.sources import RegionSource, VoxelSource
from napari_connectome.state.params import Selection
from napari_connectome.widgets.app import open_window
from napari_connectome.widgets.evidence.view import EvidenceView
from napari_connectome.widgets.explorer import ExplorerWidget
from napari_connectome.widgets.matrix.view import MatrixView

FOLDER = Path(__file__).parent
SIZE = (1500, 950)
QUALITY = 92
"""Of the pictures: text stays crisp, and files are a fifth of the size of PNGs."""
TIMEOUT_S = 120.0
LEFT = Qt.MouseButton.LeftButton
VISP, LGD = 385, 170


class Window:
    """The window, and a person who works it."""

    def __init__(self) -> None:
        self.viewer: Viewer
        self.viewer, self.explorer = open_window()
        self.viewer.window.resize(*SIZE)
        self.wait(lambda: self.explorer.is_ready)
        self.explorer.show_first_source("VISp")
        self.settle()

    def wait(self, done: Callable[[], bool]) -> None:
        """Let the window work until something is so."""
        end = time.monotonic() + TIMEOUT_S
        while not done():
            if time.monotonic() > end:
                raise TimeoutError("The window did not come to rest.")
            turn(50)

    def settle(self) -> None:
        """Wait for answers, and for what is drawn of them."""
        self.wait(lambda: self.explorer.is_complete)
        for _ in range(8):
            turn(150)

    def press(self, name: str) -> None:
        """Click a button by its object name."""
        button = self.explorer.findChild(QPushButton, name)
        QTest.mouseClick(button, LEFT)

    def open(self, name: str) -> QWidget:
        """Bring a view to the front."""
        docks = self.explorer.views.docks
        docks.bring_forward(name)
        turn(300)
        return docks.widget(name)

    def picture(self, name: str) -> None:
        """Keep what the window shows."""
        self.settle()
        shown = self.viewer.screenshot(canvas_only=False, flash=False)
        path = FOLDER / f"{name}.webp"
        Image.fromarray(shown).convert("RGB").save(path, quality=QUALITY, method=6)


def turn(milliseconds: int) -> None:
    """One turn of the event loop."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def canvas_of(explorer: ExplorerWidget) -> QWidget:
    """The widget that napari draws the brain into."""
    return explorer.viewer.window._qt_viewer.canvas.native  # noqa: SLF001


def pixel_of(explorer: ExplorerWidget, dv_um: float, ml_um: float) -> QPoint:
    """Where a place of the shown coronal slice is drawn."""
    canvas, camera = canvas_of(explorer), explorer.viewer.scene.camera
    down, across = camera.center[-2:]
    return QPoint(
        round(canvas.width() / 2 + (ml_um - across) * camera.zoom),
        round(canvas.height() / 2 + (dv_um - down) * camera.zoom),
    )


def tutorial_source(window: Window) -> None:
    """Click a place in the brain: the thalamus of the shown slice."""
    explorer = window.explorer
    explorer.viewer.dims.set_point(0, 7250.0)
    window.settle()
    QTest.mouseClick(canvas_of(explorer), LEFT, pos=pixel_of(explorer, 3550, 7000))
    window.wait(lambda: explorer.state.prediction is not None)
    window.picture("tutorial_source")


def tutorial_drawing(window: Window) -> None:
    """Paint an injection."""
    explorer = window.explorer
    explorer.viewer.dims.set_point(0, 8750.0)
    window.settle()
    window.press("source_drawing")
    window.press("draw_paint")
    window.settle()
    canvas = canvas_of(explorer)
    stroke = [pixel_of(explorer, 1150 + 90 * k, 7700 + 130 * k) for k in range(7)]
    QTest.mouseMove(canvas, stroke[0])
    QTest.mousePress(canvas, LEFT, pos=stroke[0])
    for place in stroke[1:]:
        QTest.mouseMove(canvas, place)
        turn(30)
    QTest.mouseRelease(canvas, LEFT, pos=stroke[-1])
    window.picture("tutorial_drawing")


def tutorial_retrograde(window: Window) -> None:
    """Ask what projects to a place."""
    explorer = window.explorer
    explorer.state.source = RegionSource((LGD,))
    explorer.state.direction = "retrograde"
    window.picture("tutorial_retrograde")
    explorer.state.direction = "anterograde"


def tutorial_evidence(window: Window) -> None:
    """Why a connection of the matrix is as strong as it is."""
    explorer = window.explorer
    explorer.state.source = RegionSource((VISP,))
    window.settle()
    explorer.state.selection = Selection.of_connection(VISP, LGD, "ipsi")
    evidence = window.open("evidence")
    if isinstance(evidence, EvidenceView):
        evidence.set_page("cell")
    window.picture("tutorial_evidence")


def tutorial_support(window: Window) -> None:
    """How far each voxel is from an injection."""
    explorer = window.explorer
    explorer.show_first_source("VISp")
    evidence = window.open("evidence")
    if isinstance(evidence, EvidenceView):
        evidence.set_page("answer")
    choice = evidence.findChild(QComboBox, "support_kind")
    if isinstance(choice, QComboBox):
        choice.setCurrentIndex(1)
    window.wait(lambda: explorer.state.support is not None)
    window.picture("tutorial_support")
    explorer.state.support_shown = "off"


def tutorial_statistics(window: Window) -> None:
    """The fall-off of the connections with distance."""
    view = window.open("statistics")
    window.settle()
    QTest.mouseClick(view.findChild(QPushButton, "statistics_distance"), LEFT)
    window.picture("tutorial_statistics")


def tutorial_matrix(window: Window) -> None:
    """The regional matrix, a row made the source."""
    explorer = window.explorer
    explorer.state.source = RegionSource((VISP,))
    view = window.open("matrix")
    assert isinstance(view, MatrixView)
    explorer.state.selection = Selection(ids=(VISP,))
    window.picture("tutorial_matrix")


def tutorial_script(window: Window) -> None:
    """What was done, as a script."""
    window.open("targets")
    window.explorer.state.source = VoxelSource((8750.0, 1250.0, 8350.0))
    window.settle()
    window.open("script")
    window.picture("tutorial_script")


def tutorial_3d(window: Window) -> None:
    """The projection in three dimensions."""
    explorer = window.explorer
    explorer.state.source = VoxelSource((8750.0, 1250.0, 8350.0))
    explorer.state.selection = Selection()
    explorer.viewer.dims.ndisplay = 3
    explorer.viewer.reset_view()
    window.settle()
    explorer.viewer.scene.camera.angles = (10.0, -35.0, 100.0)
    explorer.viewer.scene.camera.zoom *= 0.75
    window.picture("tutorial_3d")
    explorer.viewer.dims.ndisplay = 2


STEPS: dict[str, Callable[[Window], None]] = {
    step.__name__: step
    for step in (
        tutorial_source,
        tutorial_retrograde,
        tutorial_matrix,
        tutorial_evidence,
        tutorial_support,
        tutorial_statistics,
        tutorial_script,
        tutorial_3d,
        # Last: napari leaves a mark of the brush on the canvas.
        tutorial_drawing,
    )
}


def main(names: list[str]) -> None:
    """Take the pictures of these steps, or all."""
    window = Window()
    for name in names or STEPS:
        STEPS[name](window)
    window.explorer.shut_down()
    window.viewer.close()


if __name__ == "__main__":
    main(sys.argv[1:])
