"""A list in which several things can be ticked with the mouse."""

from __future__ import annotations

from typing import Any

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QMenu

from napari_connectome.widgets.check_menu import CheckMenu


@pytest.fixture
def button(qtbot: Any) -> CheckMenu:
    button = CheckMenu("within", "Whole brain", "Which divisions")
    qtbot.addWidget(button)
    with qtbot.waitExposed(button):
        button.show()
    button.set_entries({1: "Isocortex", 2: "OLF", 3: "HPF"})
    return button


def click(button: CheckMenu, title: str, qtbot: Any) -> QMenu:
    """Click an entry in the open list."""
    menu = button.menu()
    if not menu.isVisible():
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
        qtbot.waitUntil(menu.isVisible)
    action = next(found for found in menu.actions() if found.text() == title)
    centre = menu.actionGeometry(action).center()
    qtbot.mouseMove(menu, centre)
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=centre)
    return menu


def test_several_are_ticked_in_one_go(button: CheckMenu, qtbot: Any) -> None:
    told: list[tuple[int, ...]] = []
    button.changed.connect(told.append)
    assert (button.text(), button.keys) == ("Whole brain", ())
    assert click(button, "HPF", qtbot).isVisible(), "it stays open"
    click(button, "Isocortex", qtbot)
    assert told == [(3,), (1, 3)]
    assert button.text() == "Isocortex, HPF"
    click(button, "OLF", qtbot)
    assert button.text() == "Isocortex, OLF + 1"
    click(button, "HPF", qtbot)
    assert told[-1] == (1, 2)
    assert not click(button, "Whole brain", qtbot).isVisible()
    assert told[-1] == ()
    assert button.text() == "Whole brain"


def test_entries_that_stay_keep_their_ticks(button: CheckMenu) -> None:
    button.set_keys([2, 3])
    button.set_entries({3: "HPF", 4: "TH"})
    assert button.keys == (3,)
    assert button.text() == "HPF"
