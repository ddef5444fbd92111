from __future__ import annotations

import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QLabel, QLineEdit, QPushButton

from napari_connectome.core.errors import SourceError
from napari_connectome.core.sources import (
    GaussianSource,
    RegionSource,
    SphereSource,
    VoxelSource,
    format_um,
)
from napari_connectome.widgets.appearance import NumberBox, StillLine, Swatch
from napari_connectome.widgets.places import parse_coordinates, place_of
from napari_connectome.widgets.source_panel import SourcePanel

POINT = (9250.0, 3050.0, 8950.0)


@pytest.fixture
def panel(qtbot):
    panel = SourcePanel()
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.resolution_um = 100.0
    return panel


def press(qtbot, panel, name):
    qtbot.mouseClick(panel.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def enter(qtbot, field, text):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    "text",
    [
        "9250, 3050, 8950",
        "9250 3050 8950",
        " 9250;3050;8950 ",
        "9250\t3050\t8950",
        "[9250, 3050, 8950]",
        "AP 9250, DV 3050, ML 8950 µm",
        "9.25e3, 3.05e3, 8950.0 um",
        "9.25, 3.05, 8.95 mm",
        "(92, 30, 89)",
        "( 92 30 89 )",
    ],
)
def test_a_place_is_read_as_people_write_it(text):
    assert parse_coordinates(text, 100.0) == pytest.approx(POINT)


def test_what_the_program_writes_it_reads_back():
    assert parse_coordinates(format_um(POINT), 25.0) == POINT


def test_an_index_depends_on_the_resolution():
    assert parse_coordinates("(0, 1, 2)", 25.0) == (12.5, 37.5, 62.5)


@pytest.mark.parametrize(
    "text", ["", "1, 2", "1, 2, 3, 4", "here", "9250 x 3050 x 8950 km", "1-2-3-"]
)
def test_anything_else_is_refused_with_an_example(text):
    with pytest.raises(SourceError, match="Three numbers were expected"):
        parse_coordinates(text, 100.0)


def test_an_index_is_whole():
    with pytest.raises(SourceError, match="whole numbers"):
        parse_coordinates("(1.5, 2, 3)", 100.0)


def test_place_of_each_kind():
    assert place_of(VoxelSource(POINT)) == POINT
    assert place_of(SphereSource(POINT, 1.0)) == POINT
    assert place_of(GaussianSource(POINT, 1.0)) == POINT
    assert place_of(RegionSource((385,))) is None
    assert place_of(None) is None


def test_without_data_it_says_what_to_do(qtbot):
    panel = SourcePanel()
    qtbot.addWidget(panel)
    assert "Open the demo brain" in panel.findChild(QLabel, "source_region").text()
    assert not panel.findChild(QLineEdit, "source_place").isEnabled()


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("source_voxel", VoxelSource(POINT)),
        ("source_sphere", SphereSource(POINT, 420.0)),
        ("source_gaussian", GaussianSource(POINT, 150.0)),
    ],
)
def test_a_source_is_shown_silently(qtbot, panel, name, source):
    with qtbot.assertNotEmitted(panel.source_requested):
        panel.show_source(source, "VISp  Primary visual area", (8, 133, 140), (92, 30, 89))
    assert panel.findChild(QPushButton, name).isChecked()
    assert panel.findChild(QLabel, "source_region").text() == "VISp  Primary visual area"
    assert panel.findChild(StillLine, "source_index").text() == "voxel (92, 30, 89)"
    assert panel.findChild(Swatch, "source_swatch").rgb == (8, 133, 140)
    assert panel.findChild(NumberBox, "source_radius").isVisible() == (name != "source_voxel")
    assert [panel.findChild(NumberBox, f"source_{a}").value() for a in ("ap", "dv", "ml")] == [
        *POINT
    ]
    assert panel.requested(POINT) == source


def test_a_region_has_no_place(panel):
    panel.show_source(RegionSource((385,)), "Whole region: VISp", (8, 133, 140))
    assert not panel.findChild(QPushButton, "copy_place").isEnabled()
    assert not panel.findChild(StillLine, "source_index").isVisible()
    assert {panel.findChild(NumberBox, f"source_{a}").text() for a in ("ap", "dv", "ml")} == {"–"}


def test_a_place_is_typed_over_a_region_once_it_has_three_coordinates(qtbot, panel):
    panel.show_source(RegionSource((385,)), "Whole region: VISp", (8, 133, 140))
    with qtbot.assertNotEmitted(panel.source_requested):
        enter(qtbot, panel.findChild(NumberBox, "source_ap"), "9250")
        enter(qtbot, panel.findChild(NumberBox, "source_dv"), "3050")
    with qtbot.waitSignal(panel.source_requested) as asked:
        enter(qtbot, panel.findChild(NumberBox, "source_ml"), "8950")
    assert asked.args == [VoxelSource((9250.0, 3050.0, 8950.0))]
    panel.show_source(asked.args[0], "VISp", None, (92, 30, 89))
    assert panel.findChild(NumberBox, "source_ap").text() == "9250"


def test_another_shape_is_asked_for_at_the_same_place(qtbot, panel):
    panel.show_source(VoxelSource(POINT), "VISp", None, (92, 30, 89))
    with qtbot.waitSignal(panel.source_requested) as asked:
        press(qtbot, panel, "source_sphere")
    assert asked.args == [SphereSource(POINT, 300.0)]
    with qtbot.waitSignal(panel.source_requested) as asked:
        enter(qtbot, panel.findChild(NumberBox, "source_radius"), "500")
    assert asked.args == [SphereSource(POINT, 500.0)]


def test_a_shape_without_a_source_waits_for_a_place(qtbot, panel):
    with qtbot.assertNotEmitted(panel.source_requested):
        press(qtbot, panel, "source_gaussian")
    assert panel.requested(POINT) == GaussianSource(POINT, 300.0)


def test_a_pasted_place_is_asked_for(qtbot, panel):
    field = panel.findChild(QLineEdit, "source_place")
    QGuiApplication.clipboard().setText("(92, 30, 89)")
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(panel.source_requested) as asked:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert asked.args == [VoxelSource(POINT)]
    assert field.text() == ""


def test_a_bad_place_is_told_and_stays_to_be_corrected(qtbot, panel):
    field = panel.findChild(QLineEdit, "source_place")
    with (
        qtbot.assertNotEmitted(panel.source_requested),
        qtbot.waitSignal(panel.failed) as failed,
    ):
        enter(qtbot, field, "1, 2")
    assert "'1, 2' came" in failed.args[0]
    assert field.text() == "1, 2"


def test_each_coordinate_can_be_typed_and_stepped_by_a_voxel(qtbot, panel):
    panel.show_source(VoxelSource(POINT), "VISp", None, (92, 30, 89))
    ml = panel.findChild(NumberBox, "source_ml")
    with qtbot.waitSignal(panel.source_requested) as asked:
        enter(qtbot, ml, "2450")
    assert asked.args == [VoxelSource((9250.0, 3050.0, 2450.0))]
    with qtbot.waitSignal(panel.source_requested) as asked:
        qtbot.keyClick(ml, Qt.Key.Key_Up)
    assert asked.args == [VoxelSource((9250.0, 3050.0, 2550.0))]


def test_the_place_can_be_copied(qtbot, panel):
    panel.show_source(VoxelSource(POINT), "VISp", None, (92, 30, 89))
    press(qtbot, panel, "copy_place")
    assert parse_coordinates(QGuiApplication.clipboard().text(), 100.0) == POINT


def test_pick_mode_is_told_and_explained(qtbot, panel):
    gestures = panel.findChild(QLabel, "source_gestures")
    assert gestures.isVisible()
    with qtbot.waitSignal(panel.pick_mode_changed) as changed:
        press(qtbot, panel, "pick_mode")
    assert changed.args == [False]
    assert not gestures.isVisible()
    with qtbot.assertNotEmitted(panel.pick_mode_changed):
        panel.set_pick_mode(True)
    assert gestures.isVisible()
