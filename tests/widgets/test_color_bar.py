from __future__ import annotations

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QCheckBox, QLabel

from napari_connectome.widgets.appearance import NumberBox
from napari_connectome.widgets.color_bar import ColorBar

COLORS = [(1.0, 0.0, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0), (0.0, 0.0, 1.0, 1.0)]


@pytest.fixture
def bar(qtbot):
    bar = ColorBar()
    qtbot.addWidget(bar)
    bar.resize(320, 120)
    with qtbot.waitExposed(bar):
        bar.show()
    bar.set_colors(COLORS)
    return bar


def enter(qtbot, bar, name, text):
    field = bar.findChild(NumberBox, name)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_the_colours_run_from_left_to_right(bar):
    image = bar.scale.grab().toImage()
    y, width = bar.scale.fontMetrics().height() // 2, bar.scale.width()
    left, middle, right = (image.pixelColor(x, y) for x in (3, width // 2, width - 4))
    assert left.red() > 240
    assert left.blue() < 15
    assert middle.green() > 240
    assert right.blue() > 240


def test_ticks_are_round_and_in_place(bar):
    bar.set_limits(0.0, 0.004)
    assert bar.scale.ticks() == [
        (pytest.approx(position), text)
        for position, text in [
            (0.0, "0"),
            (0.25, "0.001"),
            (0.5, "0.002"),
            (0.75, "0.003"),
            (1.0, "0.004"),
        ]
    ]


def test_a_logarithmic_scale_reaches_three_decades_down(bar):
    bar.set_limits(0.0, 1.0)
    bar.set_log(True)
    assert bar.scale.limits == (pytest.approx(1e-3), 1.0)
    assert bar.scale.ticks() == [
        (pytest.approx(0.0), "0.001"),
        (pytest.approx(1 / 3), "0.01"),
        (pytest.approx(2 / 3), "0.1"),
        (pytest.approx(1.0), "1"),
    ]
    bar.set_limits(0.1, 1.0)
    assert bar.scale.limits == (0.1, 1.0)


def test_setters_are_silent(qtbot, bar):
    signals = (bar.limits_changed, bar.log_changed, bar.lock_changed)
    with (
        qtbot.assertNotEmitted(signals[0]),
        qtbot.assertNotEmitted(signals[1]),
        qtbot.assertNotEmitted(signals[2]),
    ):
        bar.set_limits(1e-5, 2e-3)
        bar.set_log(True)
        bar.set_locked(True)
        bar.set_unit("Density")
    assert bar.limits() == (1e-5, 2e-3)
    assert bar.findChild(QCheckBox, "log_scale").isChecked()
    assert bar.findChild(QCheckBox, "lock_limits").isChecked()
    assert bar.findChild(QLabel, "unit").text() == "Density"


def test_typed_limits_are_asked_for(qtbot, bar):
    bar.set_limits(0.0, 1.0)
    with qtbot.waitSignal(bar.limits_changed) as changed:
        enter(qtbot, bar, "high_limit", "2.5e-4")
    assert changed.args == [0.0, 2.5e-4]
    assert bar.scale.limits == (0.0, 2.5e-4)


@pytest.mark.parametrize(
    ("name", "text", "limits"),
    [("low_limit", "3", [3.0, 6.0]), ("high_limit", "0.1", [0.0, 0.1])],
)
def test_limits_stay_in_order(qtbot, bar, name, text, limits):
    bar.set_limits(0.5, 1.0)
    with qtbot.waitSignal(bar.limits_changed) as changed:
        enter(qtbot, bar, name, text)
    assert changed.args == pytest.approx(limits)
    assert bar.limits() == pytest.approx(tuple(limits))


@pytest.mark.parametrize("text", ["0", "-1", "many"])
def test_an_upper_limit_that_means_nothing_is_put_back(qtbot, bar, text):
    bar.set_limits(0.0, 0.002)
    with qtbot.assertNotEmitted(bar.limits_changed):
        enter(qtbot, bar, "high_limit", text)
    assert bar.limits() == (0.0, 0.002)


def test_log_and_lock_are_told(qtbot, bar):
    for name, signal in (("log_scale", bar.log_changed), ("lock_limits", bar.lock_changed)):
        with qtbot.waitSignal(signal) as changed:
            bar.findChild(QCheckBox, name).click()
        assert changed.args == [True]


def test_limits_that_are_equal_can_be_painted(bar):
    bar.set_limits(0.0, 0.0)
    assert bar.scale.ticks() == []
    assert not bar.grab().isNull()


def test_a_larger_font_takes_more_room(bar):
    before = bar.scale.sizeHint().height()
    font = bar.scale.font()
    font.setPointSize(font.pointSize() * 2)
    bar.scale.setFont(font)
    assert bar.scale.sizeHint().height() > before * 1.5


def test_fields_are_reached_with_the_keyboard(qtbot, bar):
    bar.activateWindow()
    bar.findChild(NumberBox, "low_limit").setFocus()
    reached = []
    for _ in range(3):
        qtbot.keyClick(bar.window().focusWidget(), Qt.Key.Key_Tab)
        reached.append(bar.window().focusWidget().objectName())
    assert reached == ["log_scale", "lock_limits", "high_limit"]
