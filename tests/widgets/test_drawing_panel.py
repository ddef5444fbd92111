from __future__ import annotations

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton

from napari_connectome.state.params import DrawingParams
from napari_connectome.widgets.appearance import NumberBox
from napari_connectome.widgets.drawing_panel import DrawingPanel
from napari_connectome.widgets.object_table import ObjectRow

ROWS = (ObjectRow(1, "Label 1", 1.0), ObjectRow(7, "Label 7", 2.5))
POINTS = (ObjectRow(0, "Point 1", 1.0, 300.0),)


@pytest.fixture
def panel(qtbot):
    panel = DrawingPanel()
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def press(qtbot, panel, name):
    qtbot.mouseClick(panel.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def enter(qtbot, panel, name, text):
    box = panel.findChild(NumberBox, name)
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def edit(qtbot, table, row, column, text):
    """Type into a cell as a person does."""
    place = table.visualItemRect(table.item(row, column)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    (editor,) = (e for e in table.viewport().findChildren(QLineEdit) if e.isVisible())
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)


@pytest.mark.parametrize("tool", ["paint", "polygon", "points", "mask"])
def test_a_tool_is_asked_for(qtbot, panel, tool):
    with qtbot.waitSignal(panel.tool_requested) as asked:
        press(qtbot, panel, f"draw_{tool}")
    assert asked.args == [tool]


def test_only_the_controls_of_the_tool_are_shown(panel):
    names = ("brush_size", "polygon_depth", "point_radius")
    shown = {}
    for tool in (None, "paint", "polygon", "points", "image"):
        panel.set_tool(tool)
        boxes = [panel.findChild(NumberBox, name) for name in names]
        shown[tool] = [name for name, box in zip(names, boxes, strict=True) if box.isVisible()]
    assert shown == {
        None: [],
        "paint": ["brush_size"],
        "polygon": ["polygon_depth"],
        "points": ["point_radius"],
        "image": [],
    }


def test_sizes_are_diameters(qtbot, panel):
    with qtbot.assertNotEmitted(panel.size_changed):
        panel.set_tool("paint", 350.0, ball=True)
    assert (panel.size_um, panel.findChild(QCheckBox, "brush_ball").isChecked()) == (350.0, True)
    with qtbot.waitSignal(panel.size_changed) as changed:
        enter(qtbot, panel, "brush_size", "500")
    assert changed.args == [500.0]
    panel.set_tool("points", 350.0)
    assert panel.findChild(NumberBox, "point_radius").value() == 175
    with qtbot.waitSignal(panel.size_changed) as changed:
        enter(qtbot, panel, "point_radius", "200")
    assert changed.args == [400.0]


def test_a_ball_is_asked_for(qtbot, panel):
    panel.set_tool("paint", 350.0)
    with qtbot.waitSignal(panel.volume_brush_toggled) as toggled:
        panel.findChild(QCheckBox, "brush_ball").click()
    assert toggled.args == [True]


def test_layers_are_chosen_by_number(qtbot, panel):
    layers = panel.findChild(QComboBox, "drawing_layer")
    with qtbot.assertNotEmitted(panel.layer_chosen):
        panel.set_layers(["Mine", "Yours"], 1)
    assert layers.currentText() == "Yours"
    with qtbot.waitSignal(panel.layer_chosen) as chosen:
        qtbot.keyClick(layers, Qt.Key.Key_Up)
    assert chosen.args == [0]
    with qtbot.waitSignal(panel.layer_chosen) as chosen:
        qtbot.keyClick(layers, Qt.Key.Key_Home)
    assert chosen.args == [-1]


def test_how_a_drawing_counts_is_told_and_shown(qtbot, panel):
    panel.set_tool("polygon")
    with qtbot.waitSignal(panel.params_changed) as changed:
        press(qtbot, panel, "drawing_side_both")
    assert changed.args == [DrawingParams(side="both")]
    with qtbot.waitSignal(panel.params_changed) as changed:
        press(qtbot, panel, "drawing_scale_as_drawn")
    assert changed.args == [DrawingParams(side="both", scale="as drawn")]
    with qtbot.waitSignal(panel.params_changed) as changed:
        enter(qtbot, panel, "polygon_depth", "900")
    assert changed.args == [DrawingParams(side="both", scale="as drawn", depth_um=900.0)]
    with qtbot.assertNotEmitted(panel.params_changed):
        panel.set_params(DrawingParams(side="mirrored"))
    assert panel.findChild(QPushButton, "drawing_side_mirrored").isChecked()
    assert panel.findChild(QPushButton, "drawing_scale_unit-sum").isChecked()
    assert panel.findChild(NumberBox, "polygon_depth").value() == 500


def test_what_is_drawn_is_listed(qtbot, panel):
    assert not panel.objects.isVisible()
    panel.set_objects(ROWS, "312 source voxels")
    assert panel.findChild(QLabel, "drawing_status").text() == "312 source voxels"
    texts = [[panel.objects.item(row, c).text() for c in (0, 2)] for row in range(2)]
    assert texts == [["Label 1", "1"], ["Label 7", "2.5"]]
    assert panel.objects.isColumnHidden(1)
    panel.set_objects(POINTS)
    assert panel.objects.item(0, 1).text() == "300"
    assert not panel.objects.isColumnHidden(1)


def test_a_strength_is_typed(qtbot, panel):
    panel.set_objects(ROWS)
    with qtbot.waitSignal(panel.objects.strength_changed) as changed:
        edit(qtbot, panel.objects, 1, 2, "0,5")
    assert changed.args == [7, 0.5]
    panel.set_objects(POINTS)
    with qtbot.waitSignal(panel.objects.radius_changed) as changed:
        edit(qtbot, panel.objects, 0, 1, "450")
    assert changed.args == [0, 450.0]


@pytest.mark.parametrize("bad", ["-1", "nan", "inf", "much", ""])
def test_a_bad_strength_is_told_and_taken_back(qtbot, panel, bad):
    panel.set_objects(ROWS)
    with (
        qtbot.assertNotEmitted(panel.objects.strength_changed),
        qtbot.waitSignal(panel.objects.failed) as failed,
    ):
        edit(qtbot, panel.objects, 1, 2, bad or " ")
    assert failed.args == [f"A strength of at least 0 was expected for Label 7; {bad!r} came."]
    assert panel.objects.item(1, 2).text() == "2.5"


def test_a_radius_is_above_zero(qtbot, panel):
    panel.set_objects(POINTS)
    with qtbot.waitSignal(panel.objects.failed) as failed:
        edit(qtbot, panel.objects, 0, 1, "0")
    assert "A radius above 0 µm was expected for Point 1" in failed.args[0]


def test_names_of_objects_cannot_be_typed_over(panel):
    panel.set_objects(ROWS)
    assert not panel.objects.item(0, 0).flags() & Qt.ItemFlag.ItemIsEditable
