from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
from qtpy.QtGui import QColor, QMouseEvent, QPalette, QWheelEvent
from qtpy.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QSlider, QToolButton
from superqt import QRangeSlider

from napari_connectome.widgets.flatmap.view import FlatmapView
from tests.widgets.flatmap_content import (
    AUD,
    MISSING,
    MOS,
    VISP,
    make_content,
    make_image,
    place_of,
)

GREEN = [(0.0, 0.2, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0)]
PIXEL = (12, 22)
"""A pixel of VISp in the right hemisphere."""
OUTSIDE = (0, 0)
LEFT = Qt.MouseButton.LeftButton
SIGNALS = (
    "place_picked",
    "drag_started",
    "place_dragged",
    "drag_ended",
    "region_chosen",
    "view_changed",
    "aggregate_changed",
    "depth_range_changed",
    "pick_depth_changed",
    "limits_mode_changed",
    "export_requested",
)


@pytest.fixture
def view(qtbot):
    view = FlatmapView()
    qtbot.addWidget(view)
    view.resize(420, 500)
    view.set_views({"top": "Top view", "dorsal": "Dorsal flatmap"})
    view.set_colors(GREEN)
    view.set_limits(0.0, 1.0, log=False)
    view.set_content(make_content())
    with qtbot.waitExposed(view):
        view.show()
    settle(qtbot, view)
    return view


@pytest.fixture
def emitted(view):
    """Names and values of everything that the view says from now on."""
    found = []
    for name in SIGNALS:
        getattr(view, name).connect(lambda *values, name=name: found.append((name, *values)))
    return found


def settle(qtbot, view):
    qtbot.waitUntil(lambda: view.redraws > 0)
    QApplication.processEvents()
    QApplication.processEvents()


def spot(view, pixel):
    """Middle of a pixel of the map, on the screen."""
    x, y = view.canvas.frame.screen_point(pixel[1] + 0.5, pixel[0] + 0.5)
    return QPoint(round(x), round(y))


def drawn_at(view, pixel):
    """Colour of a pixel of the map as it is drawn, away from its borders."""
    picture = view.canvas.canvas.render()
    place = spot(view, pixel)
    ratio = picture.shape[1] / view.canvas.width()
    return picture[round(place.y() * ratio), round(place.x() * ratio), :3].astype(int)


def wheel(view, place, notches):
    event = QWheelEvent(
        QPointF(place),
        QPointF(view.canvas.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.canvas, event)


def move(view, place):
    """A move of the mouse; Qt's own test function says nothing when the cursor is there already."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(view.canvas.mapToGlobal(place)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.canvas, event)


def info(view):
    return view.info.text()


def child(view, kind, name):
    return view.findChild(kind, name) or view.controls.options.findChild(kind, name)


def test_a_click_gives_the_place_under_the_pixel(qtbot, view, emitted):
    qtbot.mouseClick(view.canvas, LEFT, pos=spot(view, PIXEL))
    assert emitted == [("place_picked", place_of(*PIXEL))]


@pytest.mark.parametrize("pixel", [OUTSIDE, (8, 14), MISSING])
def test_a_click_beside_the_map_gives_nothing(qtbot, view, emitted, pixel):
    qtbot.mouseClick(view.canvas, LEFT, pos=spot(view, pixel))
    assert emitted == []


def test_a_drag_gives_every_place_between_its_start_and_its_end(qtbot, view, emitted):
    way = [(12, 22), (12, 24), OUTSIDE, (13, 24)]
    qtbot.mousePress(view.canvas, LEFT, pos=spot(view, way[0]))
    for pixel in way[1:]:
        move(view, spot(view, pixel))
    qtbot.mouseRelease(view.canvas, LEFT, pos=spot(view, way[-1]))
    assert emitted == [
        ("drag_started",),
        ("place_dragged", place_of(12, 24)),
        ("place_dragged", place_of(13, 24)),
        ("drag_ended",),
    ]


def test_a_press_that_shakes_is_a_click(qtbot, view, emitted):
    place = spot(view, PIXEL)
    qtbot.mousePress(view.canvas, LEFT, pos=place)
    move(view, place + QPoint(2, 1))
    qtbot.mouseRelease(view.canvas, LEFT, pos=place + QPoint(2, 1))
    assert emitted == [("place_picked", place_of(*PIXEL))]


def test_a_drag_ends_when_the_map_changes(qtbot, view, emitted):
    qtbot.mousePress(view.canvas, LEFT, pos=spot(view, PIXEL))
    move(view, spot(view, (12, 25)))
    view.set_content(None)
    assert emitted[-1] == ("drag_ended",)


@pytest.mark.parametrize(
    ("pixel", "region"), [(PIXEL, VISP), ((3, 5), MOS), ((12, 27), AUD), (OUTSIDE, 0)]
)
def test_ctrl_click_gives_the_region(qtbot, view, emitted, pixel, region):
    modifier = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(view.canvas, LEFT, modifier, pos=spot(view, pixel))
    assert emitted == [("region_chosen", region)]


def test_hovering_says_what_is_there(qtbot, view, emitted):
    view.set_image(make_image(view.canvas.content, 0.25), "mm³/mm³")
    move(view, spot(view, PIXEL))
    assert info(view) == (
        "VISp  Primary visual area, right\nAP 1250  DV 500  ML 2250 µm   0.25 mm³/mm³"
    )
    move(view, spot(view, (3, 5)))
    assert info(view).startswith("MOs  Secondary motor area, left\n")
    move(view, spot(view, MISSING))
    assert info(view).startswith("Missing\n")
    move(view, spot(view, OUTSIDE))
    assert info(view).startswith("Click or drag: source.")
    assert view.info.toolTip().endswith("\nMade for a test.")
    assert child(view, QLabel, "flatmap_note").text() == "Made for a test."
    assert emitted == []


def test_a_low_view_leaves_the_height_to_the_map(qtbot, view):
    view.set_image(make_image(view.canvas.content, 0.25), "mm³/mm³")
    move(view, spot(view, PIXEL))
    view.resize(420, 300)
    settle(qtbot, view)
    assert view.canvas.height() > 0.65 * 300
    assert info(view) == "VISp  Primary visual area, right\n1250  500  2250 µm   0.25"
    details = child(view, QLabel, "flatmap_details")
    assert details.fontMetrics().horizontalAdvance(details.text()) <= details.width()
    move(view, spot(view, OUTSIDE))
    assert info(view) == "mm³/mm³\n"
    assert "Click or drag" in view.info.toolTip()
    assert view.scale.toolTip() == "mm³/mm³"
    view.resize(420, 500)
    settle(qtbot, view)
    assert info(view).startswith("Click or drag")


def test_the_value_under_a_resting_cursor_follows_the_data(qtbot, view):
    move(view, spot(view, PIXEL))
    assert info(view).endswith("µm")
    view.set_image(make_image(view.canvas.content, 0.5), "")
    assert info(view).endswith("µm   0.5")
    view.set_image(make_image(view.canvas.content, np.nan), "")
    assert info(view).endswith("µm   no data")


def test_a_place_that_fails_is_told_and_not_raised(qtbot, view, emitted):
    def fails(row, column):
        raise IndexError(f"no voxel under {row}, {column}")

    view.set_content(make_content(place_of=fails))
    move(view, spot(view, PIXEL))
    qtbot.mouseClick(view.canvas, LEFT, pos=spot(view, PIXEL))
    assert info(view).endswith("No place: no voxel under 12, 22")
    assert emitted == []


def test_zero_missing_and_outside_are_drawn_differently(view):
    content = view.canvas.content
    view.controls.options.names_toggled.emit(False)
    image = make_image(content, 0.0)
    image[PIXEL] = 1.0
    view.set_image(image, "")
    np.testing.assert_allclose(drawn_at(view, PIXEL), [0, 255, 0], atol=2)
    np.testing.assert_allclose(drawn_at(view, (12, 20)), [0, 51, 0], atol=2)
    background = [round(255 * c) for c in view.canvas.background()[:3]]
    np.testing.assert_allclose(drawn_at(view, (9, 14)), background, atol=2)
    missing = drawn_at(view, MISSING)
    # Grey, hatched or not: nothing that the colours of the data contain.
    assert missing.min() > 100
    assert np.ptp(missing) < 10


def test_pixels_without_data_show_their_region_and_never_the_colour_of_zero(view):
    view.controls.options.names_toggled.emit(False)
    bare = drawn_at(view, PIXEL)
    image = make_image(view.canvas.content, 0.0)
    image[PIXEL] = np.nan
    view.set_image(image, "")
    np.testing.assert_array_equal(drawn_at(view, PIXEL), bare)
    assert np.abs(drawn_at(view, (12, 20)) - bare).max() > 50


def test_one_image_is_one_redraw(qtbot, view):
    content = view.canvas.content
    view.set_image(make_image(content, 0.0), "")
    settle(qtbot, view)
    for value in (0.25, 0.5):
        before = view.redraws
        view.set_image(make_image(content, value), "")
        view.mark_source([PIXEL])
        view.set_regions((VISP,))
        settle(qtbot, view)
        assert view.redraws == before + 1


def test_the_source_is_ringed_and_a_region_source_outlined(view):
    view.controls.options.names_toggled.emit(False)
    view.set_image(make_image(view.canvas.content, 0.0), "")

    def cyan():
        red, green, blue = np.moveaxis(view.canvas.canvas.render()[..., :3].astype(int), -1, 0)
        return int(((blue > 180) & (green > 180) & (red < 120)).sum())

    assert cyan() == 0
    view.mark_source([PIXEL])
    assert cyan() > 10
    rows, columns = np.nonzero(view.canvas.content.region_ids == VISP)
    view.mark_source(list(zip(rows.tolist(), columns.tolist(), strict=True)))
    assert cyan() > 200
    view.mark_source(())
    assert cyan() == 0


def test_selected_regions_are_tinted_in_both_hemispheres(view):
    view.controls.options.names_toggled.emit(False)
    view.set_image(make_image(view.canvas.content, 0.0), "")
    pixels = [(12, 22), (12, 7)]
    plain = [drawn_at(view, pixel) for pixel in pixels]
    other = drawn_at(view, (4, 7))
    view.set_regions((VISP,))
    for before, pixel in zip(plain, pixels, strict=True):
        assert drawn_at(view, pixel)[2] > before[2] + 20
    np.testing.assert_array_equal(drawn_at(view, (4, 7)), other)
    view.set_regions(())
    np.testing.assert_array_equal(drawn_at(view, pixels[0]), plain[0])


def test_the_limits_are_the_overlay_s_or_the_map_s_own(qtbot, view, emitted):
    view.set_image(make_image(view.canvas.content, 0.5), "")
    assert view.scale.limits == (0.0, 1.0)
    box = child(view, QCheckBox, "flatmap_limits")
    box.click()
    assert view.scale.limits == (0.0, pytest.approx(0.5))
    np.testing.assert_allclose(drawn_at(view, (12, 21)), [0, 255, 0], atol=2)
    box.click()
    view.set_limits(1e-4, 0.1, log=True)
    assert view.scale.limits == (pytest.approx(1e-4), 0.1)
    assert emitted == [("limits_mode_changed", False), ("limits_mode_changed", True)]


def test_the_wheel_zooms_about_the_cursor(view):
    place = spot(view, PIXEL)
    before = view.canvas.frame
    under = before.map_point(place.x(), place.y())
    wheel(view, place, 3)
    assert view.canvas.frame.scale > 1.5 * before.scale
    assert view.canvas.frame.map_point(place.x(), place.y()) == pytest.approx(under)
    wheel(view, place, -9)
    assert view.canvas.frame == before


@pytest.mark.parametrize("button", [Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton])
def test_the_other_buttons_push_the_map(qtbot, view, emitted, button):
    place = spot(view, PIXEL)
    wheel(view, place, 3)
    before = view.canvas.frame
    qtbot.mousePress(view.canvas, button, pos=place)
    move(view, place + QPoint(30, -20))
    qtbot.mouseRelease(view.canvas, button, pos=place + QPoint(30, -20))
    after = view.canvas.frame
    assert (after.left - before.left, after.top - before.top) == pytest.approx((30, -20))
    assert emitted == []


def test_space_lets_the_left_button_push(qtbot, view, emitted):
    place = spot(view, PIXEL)
    wheel(view, place, 3)
    before = view.canvas.frame
    qtbot.keyPress(view.canvas, Qt.Key.Key_Space)
    qtbot.mousePress(view.canvas, LEFT, pos=place)
    move(view, place + QPoint(25, 0))
    qtbot.mouseRelease(view.canvas, LEFT, pos=place + QPoint(25, 0))
    qtbot.keyRelease(view.canvas, Qt.Key.Key_Space)
    assert view.canvas.frame.left == pytest.approx(before.left + 25)
    qtbot.mouseClick(view.canvas, LEFT, pos=place)
    assert [name for name, *_values in emitted] == ["place_picked"]


def test_a_double_click_and_home_show_the_whole_map(qtbot, view):
    whole = view.canvas.frame
    wheel(view, spot(view, PIXEL), 4)
    qtbot.mouseDClick(view.canvas, LEFT, pos=QPoint(5, 5))
    assert view.canvas.frame == whole
    qtbot.keyClick(view.canvas, Qt.Key.Key_Plus)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
    assert view.canvas.frame != whole
    qtbot.keyClick(view.canvas, Qt.Key.Key_Home)
    assert view.canvas.frame == whole


def test_another_model_on_the_same_map_keeps_the_zoom(view):
    wheel(view, spot(view, PIXEL), 4)
    zoomed = view.canvas.frame
    view.set_content(make_content())
    assert view.canvas.frame == zoomed
    view.set_content(make_content("dorsal"))
    assert view.canvas.frame.scale < zoomed.scale


def test_what_is_set_from_outside_is_not_emitted(view, emitted):
    view.set_views({"top": "Top view", "dorsal": "Dorsal flatmap"})
    view.set_view("dorsal")
    view.set_aggregate("max")
    view.set_depth_range(0.2, 0.6)
    view.set_pick_depth(0.25)
    view.set_limits_mode(False)
    assert emitted == []
    assert child(view, QComboBox, "flatmap_view").currentText() == "Dorsal flatmap"
    assert child(view, QComboBox, "flatmap_aggregate").currentText() == "Maximum"
    assert child(view, QComboBox, "flatmap_depth").currentText() == "20–60 %"
    assert "25 %" in child(view, QLabel, "flatmap_pick_depth_text").text()
    view.set_depth_range(0.0, 1.0)
    assert child(view, QComboBox, "flatmap_depth").currentText() == "All depths"
    assert child(view, QComboBox, "flatmap_depth").count() == 3


def test_the_controls_say_what_is_chosen(qtbot, view, emitted):
    child(view, QComboBox, "flatmap_view").setCurrentIndex(1)
    depth = child(view, QComboBox, "flatmap_depth")
    depth.setFocus()
    qtbot.keyClick(depth, Qt.Key.Key_Down)
    child(view, QComboBox, "flatmap_aggregate").setCurrentIndex(2)
    child(view, QRangeSlider, "flatmap_depth_range").setValue((10, 40))
    child(view, QSlider, "flatmap_pick_depth").setValue(30)
    for action in child(view, QToolButton, "flatmap_more").menu().actions():
        if action.objectName().startswith("flatmap_save"):
            action.trigger()
    assert emitted == [
        ("view_changed", "dorsal"),
        ("depth_range_changed", 0.0, 0.5),
        ("aggregate_changed", "sum"),
        ("depth_range_changed", 0.1, 0.4),
        ("pick_depth_changed", 0.3),
        ("export_requested", "figure"),
        ("export_requested", "array"),
    ]
    assert depth.currentText() == "10–40 %"


def test_without_a_map_the_view_says_why(view):
    view.set_content(None, "This atlas has no cortex.")
    assert child(view, QLabel, "flatmap_hint").text() == "This atlas has no cortex."
    assert child(view, QLabel, "flatmap_hint").isVisible()
    assert not view.canvas.isVisible()
    view.set_content(make_content())
    assert not child(view, QLabel, "flatmap_hint").isVisible()
    assert view.canvas.isVisible()


def test_the_reason_is_legible_in_a_theme_that_came_before_it(view):
    view.setStyleSheet("QWidget { color: #ffeedd; background: #101010; }")
    view.set_content(None, "This atlas has no cortex.")
    assert "rgba(255, 238, 221" in child(view, QLabel, "flatmap_hint").styleSheet()


def test_an_image_of_another_size_is_refused(view):
    with pytest.raises(ValueError, match=r"\(20, 30\) was expected; \(3, 4\) came"):
        view.set_image(np.zeros((3, 4), dtype=np.float32), "")


def test_the_background_follows_the_palette(view):
    for name in ("#202020", "#f0f0f0"):
        palette = view.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(name))
        view.setPalette(palette)
        assert QColor(*drawn_at(view, OUTSIDE).tolist()).name() == name


def test_names_are_written_only_when_asked_for(view):
    with_names = view.canvas.canvas.render()
    child(view, QCheckBox, "flatmap_names").setChecked(False)
    without = view.canvas.canvas.render()
    assert (with_names != without).any()
    child(view, QCheckBox, "flatmap_names").setChecked(True)
    np.testing.assert_array_equal(view.canvas.canvas.render(), with_names)


@pytest.mark.parametrize("points", [8, 16])
def test_controls_fit_into_420_pixels(qtbot, view, points):
    font = view.font()
    font.setPointSize(points)
    view.setFont(font)
    view.resize(420, 500)
    QApplication.processEvents()
    assert view.width() <= 450
    for part in (view.controls, view.scale, view.info):
        assert part.geometry().right() <= view.width()
    for combo in view.controls.findChildren(QComboBox):
        if combo.isVisible():
            assert combo.width() >= combo.minimumSizeHint().width()
