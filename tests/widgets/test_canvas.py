from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QEvent, Qt
from qtpy.QtGui import QColor, QPalette
from qtpy.QtWidgets import QApplication, QDockWidget, QMainWindow
from vispy.scene.visuals import Image, Line, Markers

from napari_connectome.widgets.canvas import CanvasWidget


def settle(canvas):
    for _round in range(4):
        QApplication.processEvents()
    assert canvas.redraws


def furnish(canvas):
    """One of each kind of visual."""
    data = np.linspace(0, 1, 200 * 100, dtype=np.float32).reshape(100, 200)
    image = Image(data, parent=canvas.root, clim=(0, 1), cmap="viridis")
    line = Line(np.array([(0.0, 0.0), (200.0, 150.0)]), color="red", width=2, parent=canvas.root)
    dots = Markers(pos=np.array([(50.0, 150.0), (90.0, 150.0)]), size=20, parent=canvas.root)
    for order, visual in enumerate((image, line, dots)):
        visual.order = order
        visual.set_gl_state(depth_test=False)
    return image, line, dots


def on_screen(canvas):
    """What Qt shows of the canvas, RGB."""
    picture = canvas.canvas.native.grabFramebuffer()
    picture = picture.convertToFormat(picture.Format.Format_RGBA8888)
    data = np.frombuffer(picture.constBits().asstring(picture.sizeInBytes()), dtype=np.uint8)
    return data.reshape(picture.height(), picture.width(), 4)[..., :3]


@pytest.fixture
def canvas(qtbot):
    canvas = CanvasWidget()
    qtbot.addWidget(canvas)
    canvas.resize(240, 200)
    with qtbot.waitExposed(canvas):
        canvas.show()
    settle(canvas)
    return canvas


@pytest.fixture
def docked(qtbot):
    """A canvas in a dock of a window."""
    window = QMainWindow()
    qtbot.addWidget(window)
    canvas = CanvasWidget()
    canvas.setFixedSize(240, 200)
    furnish(canvas)
    dock = QDockWidget("Canvas")
    dock.setWidget(canvas)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    with qtbot.waitExposed(window):
        window.show()
    settle(canvas)
    yield canvas, dock
    # The window lives as long as this frame knows it.
    window.close()


def test_a_dock_that_is_taken_out_and_put_back_keeps_its_picture(docked, caplog):
    canvas, dock = docked
    before = on_screen(canvas).copy()
    assert len(np.unique(before.reshape(-1, 3), axis=0)) > 50
    for floating in (True, False, True):
        dock.setFloating(floating)
        settle(canvas)
        np.testing.assert_array_equal(on_screen(canvas), before)
    assert not caplog.records


def test_what_has_changed_before_a_move_is_there_after_it(docked):
    canvas, dock = docked
    image, line, dots = furnish(canvas)
    settle(canvas)
    for visual in (line, dots):
        visual.parent = None
    image.set_data(np.zeros((30, 60), dtype=np.float32))
    image.cmap = "magma"
    settle(canvas)
    before = on_screen(canvas).copy()
    del line, dots
    dock.setFloating(True)
    settle(canvas)
    np.testing.assert_array_equal(on_screen(canvas), before)


def test_a_hidden_dock_comes_back_with_its_picture(docked):
    canvas, dock = docked
    before = on_screen(canvas).copy()
    dock.close()
    settle(canvas)
    dock.show()
    settle(canvas)
    np.testing.assert_array_equal(on_screen(canvas), before)


def test_several_requests_are_one_redraw(canvas):
    before = canvas.redraws
    for _request in range(5):
        canvas.redraw()
    settle(canvas)
    assert canvas.redraws == before + 1


def test_the_background_is_the_palette_s(canvas, qtbot):
    palette = canvas.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor("#123456"))
    with qtbot.waitSignal(canvas.theme_changed):
        canvas.setPalette(palette)
    settle(canvas)
    assert on_screen(canvas)[10, 10].tolist() == [0x12, 0x34, 0x56]


def test_the_mouse_comes_to_the_widget_and_not_to_vispy(canvas, qtbot):
    seen = []
    canvas.canvas.events.mouse_press.connect(seen.append)
    presses = []
    canvas.mousePressEvent = presses.append
    child = canvas.childAt(20, 20)
    assert child is None
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton)
    assert (len(presses), seen) == (1, [])


def test_a_canvas_that_qt_destroys_leaves_nothing_behind(qtbot, caplog):
    canvas = CanvasWidget()
    furnish(canvas)
    with qtbot.waitExposed(canvas):
        canvas.show()
    settle(canvas)
    with qtbot.waitSignal(canvas.destroyed):
        canvas.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    assert not caplog.records
