from __future__ import annotations

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QLineEdit, QListWidget, QPushButton

from napari_connectome.core.sources import VoxelSource
from napari_connectome.data.source_files import NamedSource
from napari_connectome.widgets.bindings.source_list import free_name
from napari_connectome.widgets.source_list import SourceList
from napari_connectome.widgets.step_buttons import StepButtons

NAMES = (("one", "a voxel"), ("two", "a region"), ("three", "painted"))


@pytest.fixture
def view(qtbot):
    view = SourceList()
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    view.set_names(NAMES)
    return view


@pytest.fixture
def items(view):
    return view.findChild(QListWidget, "named_sources")


def button(view, name):
    return view.findChild(QPushButton, f"sources_{name}")


def activate(qtbot, widget):
    """Shortcuts work in the active window."""
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)


def click(qtbot, items, row):
    place = items.visualItemRect(items.item(row)).center()
    qtbot.mouseClick(items.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_click_asks(qtbot, view, items):
    with qtbot.waitSignal(view.asked) as asked:
        click(qtbot, items, 1)
    assert asked.args == [1]


def test_an_empty_list_says_what_it_is_for(view, items):
    view.set_names(())
    assert not items.isVisible()
    assert "come back to it" in view.findChild(QLabel, "named_sources_hint").text()
    assert not any(button(view, name).isEnabled() for name in ("keep", "rename", "delete", "save"))
    assert button(view, "open").isEnabled()


def test_keep_open_and_save_are_asked_for(qtbot, view):
    view.set_can_keep(True)
    for name in ("keep", "open", "save"):
        with qtbot.waitSignal(getattr(view, f"{name}_requested")):
            qtbot.mouseClick(button(view, name), Qt.MouseButton.LeftButton)


def test_a_name_is_typed(qtbot, view, items):
    click(qtbot, items, 2)
    qtbot.mouseClick(button(view, "rename"), Qt.MouseButton.LeftButton)
    editor = items.viewport().findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "better")
    with qtbot.waitSignal(view.renamed) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == [2, "better"]


def test_a_source_is_deleted_by_button_and_key(qtbot, view, items):
    click(qtbot, items, 0)
    with qtbot.waitSignal(view.deleted) as deleted:
        qtbot.mouseClick(button(view, "delete"), Qt.MouseButton.LeftButton)
    assert deleted.args == [0]
    activate(qtbot, view)
    items.setFocus()
    with qtbot.waitSignal(view.deleted) as deleted:
        qtbot.keyClick(items, Qt.Key.Key_Delete)
    assert deleted.args == [0]


def test_showing_says_nothing(qtbot, view, items):
    with (
        qtbot.assertNotEmitted(view.asked),
        qtbot.assertNotEmitted(view.renamed),
        qtbot.assertNotEmitted(view.deleted),
    ):
        view.select(1)
        view.set_names(NAMES[:2])
        view.select(-1)
    assert items.count() == 2
    assert not button(view, "rename").isEnabled()


def test_names_are_unique():
    named = tuple(NamedSource(name, VoxelSource((0.0, 0.0, 0.0))) for name in ("a", "a (2)"))
    assert free_name("b", named) == "b"
    assert free_name("a", named) == "a (3)"


def test_steps_are_offered_as_far_as_they_go(qtbot):
    steps = StepButtons()
    qtbot.addWidget(steps)
    with qtbot.waitExposed(steps):
        steps.show()
    undo = steps.findChild(QPushButton, "source_undo")
    redo = steps.findChild(QPushButton, "source_redo")
    assert not undo.isEnabled()
    assert not redo.isEnabled()
    steps.set_steps(2, 0)
    assert (undo.isEnabled(), redo.isEnabled()) == (True, False)
    assert "Alt+Left; 2 left" in undo.toolTip()
    activate(qtbot, steps)
    with qtbot.waitSignal(steps.undo_requested):
        qtbot.keyClick(steps, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    with qtbot.assertNotEmitted(steps.redo_requested, wait=50):
        qtbot.keyClick(steps, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
