from __future__ import annotations

import pytest
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtGui import QWheelEvent
from qtpy.QtWidgets import QApplication, QLabel, QTreeView, QVBoxLayout, QWidget

from napari_connectome.widgets.appearance import FontFollower, HintLabel, NumberBox, Swatch, there


def typed(qtbot, box, text):
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("text", "value"), [("0.0153", 0.0153), ("1e5", 1e5), ("2,5", 2.5), ("3", 3.0), ("-2", -2.0)]
)
def test_a_number_is_read_as_people_write_it(qtbot, text, value):
    box = NumberBox(unit="µm")
    qtbot.addWidget(box)
    typed(qtbot, box, text)
    assert box.value() == value
    assert box.text() == f"{value:.6g} µm"


def test_a_number_out_of_bounds_leaves_the_old_one(qtbot):
    box = NumberBox(0.0, 10.0)
    qtbot.addWidget(box)
    box.setValue(4.0)
    typed(qtbot, box, "50")
    assert box.value() == 4.0
    typed(qtbot, box, "nan")
    assert box.value() == 4.0


def test_digits_that_are_not_shown_are_kept(qtbot):
    box = NumberBox(written=".0f")
    qtbot.addWidget(box)
    box.setValue(9250.4)
    assert box.text() == "9250"
    box.interpretText()
    assert box.value() == 9250.4


def test_a_typed_number_counts_once_when_it_is_finished(qtbot):
    box = NumberBox()
    qtbot.addWidget(box)
    seen = []
    box.valueChanged.connect(seen.append)
    typed(qtbot, box, "125")
    assert seen == [125.0]


def wheel(widget):
    center = QPointF(widget.rect().center())
    event = QWheelEvent(
        center,
        QPointF(widget.mapToGlobal(center.toPoint())),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_the_wheel_changes_a_number_only_when_it_has_the_focus(qtbot):
    box = NumberBox()
    qtbot.addWidget(box)
    box.setValue(5.0)
    with qtbot.waitExposed(box):
        box.show()
    box.clearFocus()
    wheel(box)
    assert box.value() == 5.0
    box.activateWindow()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    wheel(box)
    assert box.value() > 5.0


def test_the_unit_is_never_hidden(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.setStyleSheet("QAbstractSpinBox { min-width: 10px; padding: 1px 10px }")
    box = NumberBox(unit="1/voxel²")
    QVBoxLayout(parent).addWidget(box)
    with qtbot.waitExposed(parent):
        parent.show()
    assert box.minimumWidth() > box.fontMetrics().horizontalAdvance("0.01 1/voxel²")


def test_a_hint_follows_the_colour_of_the_theme(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    hint = HintLabel("what to do")
    QVBoxLayout(parent).addWidget(hint)
    with qtbot.waitExposed(parent):
        parent.show()
    for color, rgb in (("#ff0000", "255, 0, 0"), ("#0000ff", "0, 0, 255")):
        parent.setStyleSheet(f"QWidget {{ color: {color} }}")
        QApplication.processEvents()
        assert rgb in hint.styleSheet()


def test_a_swatch_shows_its_colour(qtbot):
    swatch = Swatch()
    qtbot.addWidget(swatch)
    swatch.set_color((10, 200, 30))
    middle = swatch.grab().toImage().pixelColor(swatch.rect().center())
    assert middle.getRgb()[:3] == (10, 200, 30)
    assert swatch.rgb == (10, 200, 30)
    swatch.set_color(None)
    assert swatch.rgb is None


def test_views_take_the_font_of_a_label(qtbot):
    label, view = QLabel(), QTreeView()
    qtbot.addWidget(label)
    qtbot.addWidget(view)
    FontFollower(label, view)
    font = label.font()
    font.setPointSize(font.pointSize() + 5)
    label.setFont(font)
    assert view.font().pointSize() == font.pointSize()


def test_there_passes_on_what_is_there():
    assert there(3) == 3
    with pytest.raises(RuntimeError):
        there(None)
