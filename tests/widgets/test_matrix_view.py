from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtGui import QColor, QPalette, QWheelEvent
from qtpy.QtWidgets import QApplication, QCheckBox, QComboBox, QPushButton, QWidget

from napari_connectome.core.color_limits import color_limits
from napari_connectome.widgets.appearance import HintLabel
from napari_connectome.widgets.matrix import cells, colors
from napari_connectome.widgets.matrix.colors import ZERO_RGBA
from napari_connectome.widgets.matrix.content import AxisRegion, MatrixContent, MeasureName
from napari_connectome.widgets.matrix.labels import Detail
from napari_connectome.widgets.matrix.view import EMPTY_HINT, MatrixView
from napari_connectome.widgets.ticks import number_text

MEASURES = {
    "strength": MeasureName("Strength", "Connection strength: summed"),
    "density": MeasureName("Density", "Connection density: summed, mean"),
    "normalized_connection_density": MeasureName(
        "Norm. density", "Normalised connection density: mean"
    ),
}
DIVISIONS = ("Isocortex", "OLF", "HPF", "CTXsp", "STR", "PAL", "TH", "HY")
PARTS = (
    "matrix_order",
    "matrix_log",
    "matrix_export",
    "matrix_rows",
    "matrix_columns",
    "matrix_cells",
    "matrix_info",
    "matrix_legend",
    "matrix_measure_title",
)


def regions(count):
    return tuple(
        AxisRegion(
            1000 + i, f"R{i}", f"Region {i}", (i, 90, 90), DIVISIONS[i * 8 // count], (9, 90, 200)
        )
        for i in range(count)
    )


def content(count=80, seed=0):
    values = np.random.default_rng(seed).lognormal(-5.0, 2.0, (count, 2 * count))
    values[3:4, 5] = 0.0
    values[4:5, 5] = np.nan
    sides = ("ipsi",) * count + ("contra",) * count
    rows = regions(count)
    return MatrixContent(rows, rows * 2, sides, values, "Connection density", "1/voxel")


@pytest.fixture
def view(qtbot):
    view = MatrixView()
    qtbot.addWidget(view)
    view.resize(640, 440)
    view.set_measures(MEASURES)
    view.set_content(content())
    with qtbot.waitExposed(view):
        view.show()
    settle(qtbot)
    return view


def settle(qtbot):
    for _ in range(3):
        QApplication.processEvents()
        qtbot.wait(1)


def pixel(view, row, column):
    """Where the middle of a cell is on the canvas."""
    picture = view.picture
    return QPoint(round(picture.columns.middle_of(column)), round(picture.rows.middle_of(row)))


def wheel(widget, at, notches=1):
    position = QPointF(at)
    event = QWheelEvent(
        position,
        QPointF(widget.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def drag(qtbot, widget, start, stop):
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
    for part in (0.25, 0.5, 0.75, 1.0):
        qtbot.mouseMove(widget, start + (stop - start) * part)
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=stop)


def zoom_close(view, row=4, column=5):
    view.picture.zoom_by(8.0, QPointF(pixel(view, row, column)))


def drawn(view, row, column):
    """Colours around the middle of a cell, as the canvas draws them."""
    image = view.picture.cells.canvas.render(alpha=False)
    at = pixel(view, row, column)
    return image[at.y() - 3 : at.y() + 4, at.x() - 3 : at.x() + 4].reshape(-1, 3)


@pytest.mark.parametrize(
    ("row", "column", "side"), [(0, 0, "ipsi"), (70, 40, "ipsi"), (12, 150, "contra")]
)
@pytest.mark.parametrize("close", [False, True])
def test_a_click_on_a_cell_gives_its_ids(qtbot, view, row, column, side, close):
    if close:
        zoom_close(view, row, column)
    with qtbot.waitSignal(view.cell_chosen) as asked:
        qtbot.mouseClick(
            view.picture.cells, Qt.MouseButton.LeftButton, pos=pixel(view, row, column)
        )
    assert asked.args == [1000 + row, 1000 + column % 80, side]


def test_a_click_on_a_row_label_asks_for_a_source(qtbot, view):
    labels = view.picture.row_labels
    at = QPoint(labels.width() - 20, pixel(view, 33, 0).y())
    with qtbot.waitSignal(view.row_chosen) as asked:
        qtbot.mouseClick(labels, Qt.MouseButton.LeftButton, pos=at)
    assert asked.args == [1033]


def test_a_click_on_a_column_label_asks_what_projects_there(qtbot, view):
    labels = view.picture.column_labels
    at = QPoint(pixel(view, 0, 100).x(), labels.height() - 20)
    with qtbot.waitSignal(view.column_chosen) as asked:
        qtbot.mouseClick(labels, Qt.MouseButton.LeftButton, pos=at)
    assert asked.args == [1020, "contra"]


def test_the_gap_between_the_blocks_is_no_cell(qtbot, view):
    columns = view.picture.columns
    gap = QPoint(round((columns.stop_of(79) + columns.start_of(80)) / 2), 40)
    with qtbot.assertNotEmitted(view.cell_chosen):
        qtbot.mouseClick(view.picture.cells, Qt.MouseButton.LeftButton, pos=gap)


def test_the_wheel_zooms_about_the_cell_under_the_mouse(view):
    at = pixel(view, 30, 120)
    for notches in (1, 1, 2, 4, -3):
        wheel(view.picture.cells, at, notches)
        assert view.picture.place_at(QPointF(at)) == (30, 120)
    assert view.picture.rows.zoom > 2


def test_a_drag_moves_the_matrix_and_chooses_nothing(qtbot, view):
    zoom_close(view, 40, 40)
    before = view.picture.rows.start_of(40), view.picture.columns.start_of(40)
    with qtbot.assertNotEmitted(view.cell_chosen):
        drag(qtbot, view.picture.cells, QPoint(200, 200), QPoint(240, 180))
    after = view.picture.rows.start_of(40), view.picture.columns.start_of(40)
    assert (after[0] - before[0], after[1] - before[1]) == (-20.0, 40.0)


def test_a_press_that_shakes_by_three_pixels_is_a_click(qtbot, view):
    zoom_close(view, 40, 40)
    start = pixel(view, 40, 40)
    with qtbot.waitSignal(view.cell_chosen):
        drag(qtbot, view.picture.cells, start, start + QPoint(2, 1))


def test_a_double_click_shows_the_whole_matrix_and_chooses_no_second_cell(qtbot, view):
    zoom_close(view)
    chosen = []
    view.cell_chosen.connect(lambda *cell: chosen.append(cell))
    at = QPoint(100, 100)
    qtbot.mouseClick(view.picture.cells, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(view.picture.cells, Qt.MouseButton.LeftButton, pos=at)
    assert view.picture.rows.zoom == view.picture.columns.zoom == 1.0
    assert len(chosen) == 1


def test_the_keyboard_zooms_moves_and_shows_the_whole(qtbot, view):
    cells, picture = view.picture.cells, view.picture
    for _ in range(5):
        qtbot.keyClick(cells, Qt.Key.Key_Plus)
    zoomed = picture.rows.zoom
    assert zoomed == pytest.approx(1.25**5)
    left = picture.columns.start_of(0)
    qtbot.keyClick(cells, Qt.Key.Key_Right)
    assert picture.columns.start_of(0) < left
    qtbot.keyClick(cells, Qt.Key.Key_Minus)
    assert picture.rows.zoom < zoomed
    qtbot.keyClick(cells, Qt.Key.Key_Home)
    assert picture.rows.zoom == 1.0


@pytest.mark.parametrize(
    ("zoom", "detail"), [(1.0, Detail.DIVISIONS), (3.0, Detail.SOME), (9.0, Detail.ALL)]
)
def test_labels_never_overlap(qtbot, view, zoom, detail):
    view.resize(700, 420)
    settle(qtbot)
    view.picture.zoom_by(zoom, QPointF(200.0, 100.0))
    settle(qtbot)
    assert view.picture.column_labels.detail() is detail
    for gutter in (view.picture.row_labels, view.picture.column_labels):
        middles = sorted(label.middle for label in gutter.labels)
        line = 0.85 * gutter.fontMetrics().height()
        assert len(middles) >= 5
        assert all(b - a >= line for a, b in pairwise(middles))


def test_zero_missing_and_small_values_look_different(qtbot, view):
    zoom_close(view)
    view.picture.pan(1e6, 1e6)
    zero, missing, value = (drawn(view, *place) for place in ((3, 5), (4, 5), (4, 6)))
    np.testing.assert_allclose(zero, [ZERO_RGBA[:3]] * len(zero), atol=2)
    assert len(np.unique(missing, axis=0)) >= 2
    assert missing.min() > 40
    assert len(np.unique(value, axis=0)) == 1
    assert np.abs(value[0].astype(int) - ZERO_RGBA[:3]).sum() > 60


def test_each_cell_is_drawn_where_a_click_finds_it(qtbot, view):
    values = np.full((80, 160), 1e-6)
    values[50, 139] = values[:, 0] = 1.0
    c = view.content
    view.set_content(MatrixContent(c.rows, c.columns, c.sides, values, c.title, c.unit))
    zoom_close(view, 50, 139)
    settle(qtbot)
    bright = drawn(view, 50, 139)[24].astype(int).sum()
    assert all(
        bright > drawn(view, *place)[24].astype(int).sum() + 200
        for place in ((50, 138), (50, 140), (49, 139), (51, 139))
    )


def test_the_line_below_says_what_is_under_the_mouse(qtbot, view):
    qtbot.mouseMove(view.picture.cells, pixel(view, 3, 100))
    value = view.content.values[3, 100]
    assert view.info.text.startswith("R3 Region 3  →  R20 Region 20 (contralateral):")
    assert view.info.text.endswith(f": {number_text(value)} 1/voxel")
    qtbot.mouseMove(view.picture.cells, pixel(view, 3, 5))
    assert (view.info.value, view.info.unit) == ("0", "1/voxel")
    qtbot.mouseMove(view.picture.cells, pixel(view, 4, 5))
    assert (view.info.value, view.info.unit) == ("missing: no value for this pair", "")


def test_a_region_without_any_value_is_named_as_the_reason(qtbot, view):
    c = view.content
    values = c.values.copy()
    values[10] = np.nan
    values[:, 20] = np.nan
    view.set_content(MatrixContent(c.rows, c.columns, c.sides, values, c.title, c.unit))
    qtbot.mouseMove(view.picture.cells, pixel(view, 10, 100))
    assert view.info.value == "missing: no data for R10 as a source"
    qtbot.mouseMove(view.picture.cells, pixel(view, 11, 20))
    assert view.info.value == "missing: no data for R20 as a target"


def test_a_label_under_the_mouse_is_named_alone(qtbot, view):
    labels = view.picture.row_labels
    qtbot.mouseMove(labels, QPoint(20, pixel(view, 12, 0).y()))
    assert view.info.text == "R12 Region 12"
    assert labels.tip_of(12).startswith("R12: Region 12\n")


def test_hover_redraws_no_cell_and_places_no_label(qtbot, view):
    picture = view.picture
    before = (view.redraws, picture.cells.uploads)
    layouts = (picture.row_labels.layouts, picture.column_labels.layouts)
    painted = picture.row_labels.redraws
    for row in range(0, 60, 7):
        qtbot.mouseMove(picture.cells, pixel(view, row, 2 * row))
        settle(qtbot)
    assert (view.redraws, picture.cells.uploads) == before
    assert (picture.row_labels.layouts, picture.column_labels.layouts) == layouts
    assert picture.row_labels.redraws == painted + 9


@pytest.mark.parametrize(
    "act",
    [
        lambda view: view.set_cell((1010, 1020, "ipsi")),
        lambda view: view.set_regions((1010, 1011, 1044)),
        lambda view: view.set_content(content(seed=5)),
        lambda view: view.set_log(False),
    ],
)
def test_one_change_is_one_redraw(qtbot, view, act):
    before = view.redraws
    act(view)
    settle(qtbot)
    assert view.redraws == before + 1


def test_what_is_shown_already_is_not_drawn_again(qtbot, view):
    view.set_cell((1010, 1020, "ipsi"))
    view.set_regions((1010,))
    settle(qtbot)
    before = view.redraws
    view.set_cell((1010, 1020, "ipsi"))
    view.set_regions((1010,))
    view.set_log(True)
    view.mark_source((1033,))
    settle(qtbot)
    assert view.redraws == before


def test_a_selection_draws_no_cell(qtbot, view):
    before = view.picture.cells.redraws
    view.set_cell((1010, 1020, "ipsi"))
    view.set_regions((1010, 1044))
    settle(qtbot)
    assert view.picture.cells.redraws == before
    seen = view.grab().toImage()
    at = view.picture.cells.mapTo(view, pixel(view, 10, 20))
    edge = round(max(view.picture.columns.cell_px, cells.FRAME_PX) / 2) + 1
    frame = {seen.pixelColor(at.x() - edge + step, at.y()).name() for step in range(3)}
    assert QColor.fromRgbF(*cells.MARK_RGBA).name() in frame


def test_marks_send_no_colours_to_the_graphics_card(qtbot, view):
    before = view.picture.cells.uploads
    view.set_cell((1010, 1020, "ipsi"))
    view.set_regions((1010,))
    settle(qtbot)
    assert view.picture.cells.uploads == before
    view.set_log(False)
    assert view.picture.cells.uploads == before + 1


def test_a_selected_cell_outside_comes_into_view(qtbot, view):
    zoom_close(view, 3, 3)
    view.set_cell((1070, 1060, "contra"))
    rows, columns = view.picture.rows, view.picture.columns
    assert 0 <= rows.start_of(70) <= rows.room_px - rows.cell_px
    assert 0 <= columns.start_of(140) <= columns.room_px - columns.cell_px
    assert view.info.text.startswith("R70 Region 70  →  R60 Region 60 (contralateral)")


def test_the_same_axes_keep_zoom_and_place_and_others_do_not(qtbot, view):
    zoom_close(view, 40, 40)
    before = view.picture.rows.start_of(40)
    view.set_content(content(seed=8))
    assert view.picture.rows.start_of(40) == before
    view.set_content(content(60))
    assert view.picture.rows.zoom == 1.0


def test_selected_regions_and_the_source_are_marked_on_both_axes(view):
    picture = view.picture
    view.set_content(content(16))
    view.set_regions((1003, 1005))
    view.mark_source((1007,))
    QApplication.processEvents()
    plain = grab(picture.row_labels)
    view.set_regions(())
    view.mark_source(())
    QApplication.processEvents()
    bare = grab(picture.row_labels)
    for row in range(16):
        middle = int(picture.rows.middle_of(row))
        differs = (plain[middle - 3 : middle + 3] != bare[middle - 3 : middle + 3]).any()
        assert differs == (row in (3, 5, 7))


def grab(widget):
    image = widget.grab().toImage().convertToFormat(widget.grab().toImage().Format.Format_RGB32)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    return np.frombuffer(bits, np.uint8).reshape(image.height(), -1).copy()


@pytest.mark.parametrize("background", [QColor(20, 22, 26), QColor(245, 245, 245)])
def test_the_canvas_takes_the_background_of_the_theme(qtbot, view, background):
    view.set_content(content(3))
    ink = QColor("white") if background.lightness() < 128 else QColor("black")
    palette = view.palette()
    palette.setColor(QPalette.ColorRole.Window, background)
    palette.setColor(QPalette.ColorRole.WindowText, ink)
    view.setPalette(palette)
    settle(qtbot)
    corner = view.picture.cells.canvas.render(alpha=False)[-3, -3]
    np.testing.assert_allclose(corner, background.getRgb()[:3], atol=2)
    text = grab(view.picture.row_labels).reshape(-1, 4)[:, :3].astype(int)
    assert np.abs(text - ink.getRgb()[:3]).sum(axis=1).min() < 30


@pytest.mark.parametrize(
    "values",
    [
        np.full((1, 2), 0.3),
        np.zeros((4, 8)),
        np.full((4, 8), np.nan),
        np.full((4, 8), 2.0),
        np.full((1, 40), 1e-9),
        np.full((40, 2), 1e9),
    ],
)
@pytest.mark.parametrize("log", [True, False])
def test_plain_and_empty_values_are_drawn(qtbot, view, values, log):
    n_rows, n_columns = values.shape
    half = n_columns // 2
    sides = ("ipsi",) * half + ("contra",) * half
    view.set_log(log)
    view.set_content(
        MatrixContent(regions(n_rows), regions(half) * 2, sides, values, "Strength", "")
    )
    settle(qtbot)
    seen = drawn(view, n_rows - 1, n_columns - 1)
    if not np.isfinite(values).any():
        assert len(np.unique(seen, axis=0)) >= 2
    elif values.max() == 0:
        np.testing.assert_allclose(seen, [ZERO_RGBA[:3]] * len(seen), atol=2)
    else:
        assert seen.max() > 150
    assert view.legend.scale.isVisible() == bool(np.nanmax(values, initial=0.0) > 0)


def test_one_side_alone_and_mixed_sides_have_their_titles(view):
    c = content(10)
    view.set_content(
        MatrixContent(c.rows, c.rows, ("ipsi",) * 10, c.values[:, :10], c.title, c.unit)
    )
    assert view.picture.columns.split is None
    order = np.random.default_rng(0).permutation(20)
    view.set_content(
        MatrixContent(
            c.rows,
            tuple(c.columns[i] for i in order),
            tuple(c.sides[i] for i in order),
            c.values[:, order],
            c.title,
            c.unit,
        )
    )
    assert view.picture.columns.split is None


def test_cells_smaller_than_a_pixel_are_drawn_as_means_and_that_is_said(qtbot, view):
    big = content(1200)
    view.set_content(big)
    settle(qtbot)
    down, across = view.picture.cells.means
    assert min(down, across) > 1
    assert f"mean of {down} × {across} cells" in view.info.text
    zoom_close(view, 600, 600)
    assert view.picture.cells.means == (1, 1)


def test_a_matrix_larger_than_a_texture_is_drawn_as_means_at_every_zoom(qtbot, view, monkeypatch):
    monkeypatch.setattr(cells, "LARGEST_TEXTURE", 50)
    shown = content(60)
    view.set_content(shown)
    zoom_close(view, 30, 31)
    settle(qtbot)
    assert view.picture.cells.means == (2, 3)
    assert "mean of 2 × 3 cells" in view.info.text
    mean = shown.values[30:32, 30:33].mean()
    color = colors.cell_colors(np.array([[mean]]), color_limits(shown.values, log=True))
    np.testing.assert_allclose(drawn(view, 30, 31)[24], color[0, 0, :3], atol=2)


def test_the_legend_stands_beside_the_controls_where_there_is_room(qtbot, view):
    def beside():
        settle(qtbot)
        legend, measure = view.legend, view.findChild(QComboBox, "matrix_measure")
        return legend.mapTo(view, QPoint(0, 0)).y() < measure.mapTo(view, QPoint(0, 0)).y() + 20

    assert not beside()
    view.resize(1500, 440)
    assert beside()
    view.set_content(None)
    assert not view.legend.isVisible()
    view.set_content(content())
    assert view.legend.isVisible()
    view.resize(420, 440)
    assert not beside()


def test_a_low_view_has_its_legend_in_the_corner_beside_the_labels(qtbot, view):
    tall = view.picture.column_labels.height()
    view.resize(508, 270)
    settle(qtbot)
    legend, rows, columns = view.legend, view.picture.row_labels, view.picture.column_labels
    assert legend.isVisible()
    assert legend.scale.isVisible()
    assert legend.mapTo(view, QPoint(legend.width(), 0)).x() <= columns.mapTo(view, QPoint()).x()
    assert legend.mapTo(view, QPoint(0, legend.height())).y() <= rows.mapTo(view, QPoint()).y()
    assert columns.height() < tall
    assert view.picture.cells.height() > 0.4 * 270
    assert "Connection density: 1/voxel" in legend.scale.toolTip()
    view.resize(640, 520)
    settle(qtbot)
    assert columns.height() == tall
    assert view.findChild(QWidget, "matrix_measure_title").isVisible()


def test_a_measure_has_a_short_name_and_says_what_it_is(qtbot, view):
    measure = view.findChild(QComboBox, "matrix_measure")
    view.set_measure("density")
    assert measure.toolTip() == MEASURES["density"].tip
    measure.setCurrentIndex(2)
    assert (measure.currentText(), measure.toolTip()) == MEASURES["normalized_connection_density"]


def test_nothing_to_show_says_why(view):
    view.set_content(None, "This model has no regions.")
    hint = view.findChild(HintLabel, "matrix_hint")
    assert hint.isVisible()
    assert hint.text() == "This model has no regions."
    assert not view.picture.isVisible()
    view.set_content(None)
    assert hint.text() == EMPTY_HINT
    view.set_content(content())
    assert view.picture.isVisible()


def test_a_matrix_without_regions_says_so(view):
    view.set_content(MatrixContent((), (), (), np.empty((0, 0)), "Strength", ""))
    assert "no regions" in view.findChild(HintLabel, "matrix_hint").text()


def test_controls_emit_what_a_person_chooses_and_nothing_else(qtbot, view):
    measure = view.findChild(QComboBox, "matrix_measure")
    order = view.findChild(QComboBox, "matrix_order")
    with qtbot.waitSignal(view.measure_changed) as asked:
        measure.setCurrentIndex(2)
    assert asked.args == ["normalized_connection_density"]
    with qtbot.waitSignal(view.order_changed) as asked:
        order.setCurrentIndex(1)
    assert asked.args == ["clustered"]
    with qtbot.waitSignal(view.log_changed) as asked:
        view.findChild(QCheckBox, "matrix_log").click()
    assert asked.args == [False]
    heard = []
    for signal in (view.measure_changed, view.order_changed, view.log_changed):
        signal.connect(heard.append)
    view.set_measure("density")
    view.set_order("ontology")
    view.set_log(True)
    view.set_measures(MEASURES)
    assert heard == []
    assert (measure.currentData(), order.currentData()) == ("density", "ontology")


@pytest.mark.parametrize("kind", ["csv", "figure"])
def test_the_export_menu_asks(qtbot, view, kind):
    actions = {
        a.objectName(): a for a in view.findChild(QPushButton, "matrix_export").menu().actions()
    }
    with qtbot.waitSignal(view.export_requested) as asked:
        actions[f"matrix_export_{kind}"].trigger()
    assert asked.args == [kind]
    with qtbot.waitSignal(view.open_requested):
        actions["matrix_open"].trigger()
    view.set_content(None)
    assert not actions[f"matrix_export_{kind}"].isEnabled()
    assert actions["matrix_open"].isEnabled()


@pytest.mark.parametrize("width", [300, 420, 900, 1500])
def test_nothing_is_cut_off_at_any_width(qtbot, view, width):
    view.resize(width, 420)
    settle(qtbot)
    assert view.width() == width
    for name in PARTS:
        part = view.findChild(QWidget, name)
        assert part.mapTo(view, QPoint(part.width(), 0)).x() <= width, name
        assert part.width() >= part.minimumSizeHint().width(), name
    if width >= 420:
        for name in ("matrix_order", "matrix_log", "matrix_export"):
            part = view.findChild(QWidget, name)
            assert part.width() >= part.sizeHint().width(), name


def test_a_larger_font_makes_room_for_its_labels(qtbot, view):
    before = view.picture.row_labels.width()
    font = view.font()
    font.setPointSizeF(font.pointSizeF() * 1.6)
    view.setFont(font)
    settle(qtbot)
    assert view.picture.row_labels.width() > 1.2 * before


def test_content_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"shape \(3, 6\)"):
        MatrixContent(regions(3), regions(3) * 2, ("ipsi",) * 6, np.zeros((3, 5)), "Strength", "")
