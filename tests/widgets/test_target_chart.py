"""The chart of targets, with the mouse and the keyboard."""

from __future__ import annotations

import csv
import io
from itertools import pairwise

import pytest
from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
from qtpy.QtGui import QAction, QColor, QGuiApplication, QPainter, QPalette, QPixmap, QWheelEvent
from qtpy.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QPushButton
from superqt import QElidingLabel

from napari_connectome.data.target_table import TargetRow
from napari_connectome.widgets.target_chart import TargetChart
from napari_connectome.widgets.target_list import TargetList
from napari_connectome.widgets.target_paint import ChartPainter

UNIT = "projection density per unit of injection"
TITLE = "Targets of VISp"


def row(number, side, value, rgb=None):
    name = f"Region number {number}"
    return TargetRow(number, f"R{number}", name, rgb or (number, 200, 9), side, value)


def rows_of(count):
    """Regions 1, 2, ...: ipsilateral 1/1, 1/2, ...; every other one contralateral, too."""
    rows = [row(i, "ipsi", 1.0 / i) for i in range(1, count + 1)]
    rows += [row(i, "contra", 0.25 / i) for i in range(2, count + 1, 2)]
    return sorted(rows, key=lambda r: -r.value)


@pytest.fixture
def chart(qtbot):
    chart = TargetChart()
    qtbot.addWidget(chart)
    chart.resize(420, 300)
    chart.set_targets(rows_of(60), UNIT, TITLE, "Mean density")
    with qtbot.waitExposed(chart):
        chart.show()
    return chart


def choose(chart, name, text):
    box = chart.findChild(QComboBox, f"target_chart_{name}")
    box.setCurrentIndex(box.findText(text))


def ids(chart):
    return [bar.structure_id for bar in chart.bars]


def place(chart, index, dx=0):
    """A place in a region's line, `dx` pixels right of the axis."""
    area = chart.view.frame.row_rect(index, chart.view.offset)
    return QPoint(round(chart.view.frame.axis) + dx, round(area.center().y()))


def click(qtbot, chart, index):
    viewport = chart.view.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place(chart, index, 3))


def point(qtbot, chart, at):
    qtbot.mouseMove(chart.view.viewport(), at)


def turn_wheel(widget):
    center = QPointF(widget.rect().center())
    wheel = QWheelEvent(
        center,
        widget.mapToGlobal(center),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, wheel)


def told(chart):
    """Both parts of the line under the chart."""
    found = (chart.findChild(QElidingLabel, f"target_chart_{n}") for n in ("region", "values"))
    return [label.text() for label in found]


def reach(chart, index):
    """How far the bars of a region reach from the axis in the picture: left, right."""
    bar, image = chart.bars[index], chart.view.viewport().grab().toImage()
    y, axis = place(chart, index).y(), round(chart.view.frame.axis)

    def run(step):
        x = axis + step
        while QColor(image.pixel(x, y)).getRgb()[:3] == bar.rgb:
            x += step
        return abs(x - axis)

    return run(-1), run(1)


def test_each_region_is_one_line_sorted_by_its_larger_side(chart):
    rows = [row(1, "ipsi", 3.0), row(2, "contra", 2.0), row(3, "ipsi", 1.0), row(2, "ipsi", 0.5)]
    chart.set_targets(rows, "", "")
    assert [(b.structure_id, b.ipsi, b.contra) for b in chart.bars] == [
        (1, 3.0, 0.0),
        (2, 0.5, 2.0),
        (3, 1.0, 0.0),
    ]
    choose(chart, "order", "By ipsilateral")
    assert ids(chart) == [1, 3, 2]
    choose(chart, "order", "By contralateral")
    assert ids(chart) == [2, 1, 3]


@pytest.mark.parametrize(("text", "count"), [("Top 10", 10), ("Top 50", 50), ("All", 60)])
def test_how_many_are_shown(chart, text, count):
    assert len(chart.bars) == 20
    choose(chart, "count", text)
    assert ids(chart) == list(range(1, count + 1))


def test_bars_are_painted_as_long_as_their_values(chart):
    chart.set_targets([row(1, "ipsi", 0.8), row(1, "contra", 0.2), row(2, "ipsi", 0.4)], UNIT, "")
    frame = chart.view.frame
    width = frame.right - frame.left
    # 0.2 to the left and 0.8 to the right of the axis fill the width.
    assert frame.axis - frame.left == pytest.approx(0.2 * width, abs=1)
    assert reach(chart, 0) == (pytest.approx(0.2 * width, abs=2), pytest.approx(0.8 * width, abs=2))
    assert reach(chart, 1)[1] == pytest.approx(0.4 * width, abs=2)


def test_a_logarithmic_axis_has_equal_steps_for_equal_ratios(chart):
    values = (1.0, 0.1, 0.01)
    chart.set_targets([row(i, "ipsi", v) for i, v in enumerate(values, 1)], UNIT, "")
    chart.findChild(QCheckBox, "target_chart_log").click()
    assert chart.log
    first, second, third = (reach(chart, i)[1] for i in range(3))
    assert first - second == pytest.approx(second - third, abs=2)
    assert third > 3


def test_more_regions_than_fit_are_scrolled(qtbot, chart):
    choose(chart, "count", "All")
    view = chart.view
    assert view.offset == 0
    assert view.frame.hidden > 0
    for _ in range(20):
        turn_wheel(view.viewport())
    assert view.offset == view.frame.hidden
    with qtbot.waitSignal(chart.region_chosen) as chosen:
        click(qtbot, chart, 59)
    assert chosen.args == [60]


def test_a_click_chooses_a_region_once_and_draws_once(qtbot, chart):
    qtbot.wait(50)
    chosen = []
    chart.region_chosen.connect(chosen.append)
    # The state answers with the same selection.
    chart.region_chosen.connect(lambda region: chart.set_regions((region,)))
    click(qtbot, chart, 2)
    assert chosen == [3]
    qtbot.wait(30)
    before = chart.redraws
    chart.set_regions((3,))
    qtbot.wait(30)
    assert chart.redraws == before
    chart.set_regions((4,))
    qtbot.wait(30)
    assert chart.redraws == before + 1


def test_a_click_on_the_axis_or_the_titles_chooses_nothing(qtbot, chart):
    viewport = chart.view.viewport()
    with qtbot.assertNotEmitted(chart.region_chosen):
        for y in (2, viewport.height() - 3):
            qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(200, y))


def test_keys_move_the_selection_and_keep_it_in_sight(qtbot, chart):
    chart.activateWindow()
    chart.view.setFocus()
    qtbot.waitUntil(chart.view.hasFocus)
    for key, reached in (
        ("Down", 1),
        ("Down", 2),
        ("Up", 1),
        ("Up", 1),
        ("End", 20),
        ("Down", 20),
        ("Home", 1),
    ):
        with qtbot.waitSignal(chart.region_chosen) as chosen:
            qtbot.keyClick(chart.view, getattr(Qt.Key, f"Key_{key}"))
        assert chosen.args == [reached]
        area = chart.view.frame.row_rect(reached - 1, chart.view.offset)
        assert area.top() >= chart.view.frame.head - 1
        assert area.bottom() <= chart.view.frame.foot + 1


def test_the_line_tells_what_is_under_the_mouse(qtbot, chart):
    assert "Click" in told(chart)[0]
    point(qtbot, chart, place(chart, 1, 5))
    assert told(chart) == ["R2  Region number 2", f"ipsi 0.5, contra 0.125 {UNIT}"]
    # Other values come while the mouse stands still.
    chart.set_targets([row(7, "ipsi", 4.0), row(8, "ipsi", 3.0)], "", "")
    point(qtbot, chart, place(chart, 1, 5))
    assert told(chart) == ["R8  Region number 8", "ipsi 3, contra 0"]
    chart.set_targets([row(7, "ipsi", 4.0), row(9, "ipsi", 2.0)], "", "")
    assert told(chart) == ["R9  Region number 9", "ipsi 2, contra 0"]
    chart.set_regions((7,))
    QApplication.sendEvent(chart.view.viewport(), QEvent(QEvent.Type.Leave))
    assert told(chart)[0] == "R7  Region number 7"


def test_a_low_chart_has_one_line_of_words_that_says_what_the_numbers_are(qtbot, chart):
    tall = chart.view.frame.height - chart.view.frame.foot
    chart.resize(500, 260)
    qtbot.wait(30)
    assert told(chart) == [f"Mean density ({UNIT})", ""]
    assert chart.view.frame.height - chart.view.frame.foot < tall
    point(qtbot, chart, place(chart, 1, 5))
    qtbot.waitUntil(lambda: told(chart) == ["R2  Region number 2", "ipsi 0.5, contra 0.125"])


def test_selected_regions_are_marked(qtbot, chart):
    def ground(index):
        image = chart.view.viewport().grab().toImage()
        area = chart.view.frame.row_rect(index, chart.view.offset)
        return image.pixelColor(chart.view.viewport().width() - 3, round(area.center().y()))

    plain = ground(0)
    with qtbot.assertNotEmitted(chart.region_chosen):
        chart.set_regions((2, 3, 999))
    assert ground(0) == plain
    assert ground(1) == ground(2) != plain
    chart.set_regions(())
    assert ground(1) == plain


def test_a_selected_region_out_of_sight_is_scrolled_to(chart):
    chart.set_regions((20,))
    assert 19 in chart.view.frame.visible(chart.view.offset)
    offset = chart.view.offset
    chart.set_targets(rows_of(50), UNIT, TITLE)
    assert chart.view.offset == offset


def test_an_update_is_one_redraw(qtbot, chart):
    qtbot.wait(50)
    before = chart.redraws
    chart.set_targets(rows_of(59), UNIT, TITLE)
    qtbot.wait(30)
    assert chart.redraws == before + 1


def test_title_and_unit(chart):
    assert chart.findChild(QLabel, "target_chart_title").text() == TITLE
    assert (chart.title, chart.unit, chart.value_title) == (TITLE, UNIT, "Mean density")


def test_the_table_that_is_copied_is_that_of_the_list(qtbot, chart):
    QGuiApplication.clipboard().clear()
    chart.findChild(QAction, "target_chart_copy").trigger()
    text = QGuiApplication.clipboard().text()
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0][-1] == f"Mean density ({UNIT})"
    # Twenty regions, ten of them on both sides.
    assert len(lines) == 1 + 20 + 10
    assert {line[1] for line in lines[1:]} == {str(i) for i in range(1, 21)}
    targets = TargetList()
    qtbot.addWidget(targets)
    targets.set_targets([r for r in rows_of(60) if r.structure_id <= 20], UNIT, "Mean density")
    box = targets.findChild(QComboBox, "target_top")
    box.setCurrentIndex(box.findText("All"))
    assert targets.csv_text() == text


def test_the_menu_asks_for_exports(qtbot, chart):
    button = chart.findChild(QPushButton, "target_chart_export")
    assert [a.text() for a in button.menu().actions()] == [
        "Copy as CSV",
        "Save as CSV…",
        "Save figure…",
    ]
    for kind in ("csv", "figure"):
        with qtbot.waitSignal(chart.export_requested) as asked:
            chart.findChild(QAction, f"target_chart_export_{kind}").trigger()
        assert asked.args == [kind]


def test_an_empty_chart_says_what_to_do(chart):
    hint = chart.findChild(QLabel, "target_chart_hint")
    assert not hint.isVisible()
    chart.set_targets((), "", "")
    assert hint.isVisible()
    assert "Choose a source" in hint.text()
    assert not chart.findChild(QAction, "target_chart_export_csv").isEnabled()
    chart.set_targets([row(1, "ipsi", 0.0), row(2, "ipsi", float("nan"))], UNIT, "")
    assert hint.text() == "No region has a value above zero."
    chart.set_targets(rows_of(3), UNIT, "")
    assert not hint.isVisible()


def test_names_are_written_where_there_is_room(chart):
    assert not chart.view.frame.names
    chart.resize(1000, 800)
    assert chart.view.frame.names
    assert chart.view.frame.hidden == 0


def test_the_theme_is_followed(qtbot, chart):
    def corner():
        image = chart.view.viewport().grab().toImage()
        return image.pixelColor(1, image.height() - 1).lightnessF()

    for background, ink in (("#23242b", "#f0f1f2"), ("#ebe7e6", "#1e1e21")):
        palette = QPalette(chart.palette())
        palette.setColor(QPalette.ColorRole.Window, QColor(background))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(ink))
        before = chart.redraws
        chart.setPalette(palette)
        qtbot.waitUntil(lambda before=before: chart.redraws > before)
        assert corner() == pytest.approx(QColor(background).lightnessF(), abs=0.02)


def test_larger_text_gets_larger_lines(qtbot, chart):
    before = chart.view.frame.row
    chart.setStyleSheet("QLabel { font-size: 20pt; }")
    qtbot.waitUntil(lambda: chart.view.frame.row > 1.5 * before)


def test_numbers_on_the_axis_are_the_same_on_both_sides_and_do_not_touch(chart):

    for power in range(-9, 6):
        rows = [row(1, "ipsi", 0.83 * 10.0**power), row(1, "contra", 0.61 * 10.0**power)]
        for width in (420, 700, 1000):
            chart.resize(width, 300)
            chart.set_targets(rows, UNIT, "")
            picture = QPixmap(chart.view.viewport().size())
            painter = QPainter(picture)
            ticks = ChartPainter(painter, chart.view, chart.view.frame, 0).ticks()
            metrics = painter.fontMetrics()
            painter.end()
            axis = round(chart.view.frame.axis)
            left = [(axis - x, text) for x, text in ticks if x < axis]
            right = [(x - axis, text) for x, text in ticks if x > axis]
            assert [text for _, text in left[::-1]] == [text for _, text in right]
            assert len(right) >= 1
            ends = [(x, metrics.horizontalAdvance(text) / 2) for x, text in ticks]
            assert all(x + a < y - b for (x, a), (y, b) in pairwise(ends))
