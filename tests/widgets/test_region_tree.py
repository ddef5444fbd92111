from __future__ import annotations

import pytest
from qtpy.QtCore import QItemSelectionModel, Qt
from qtpy.QtGui import QAction, QGuiApplication
from qtpy.QtTest import QAbstractItemModelTester
from qtpy.QtWidgets import QLabel

from napari_connectome.core.structures import Structure, StructureTree
from napari_connectome.widgets.region_model import NAME, VOLUME, RegionModel
from napari_connectome.widgets.region_tree import RegionTree

PRESENT = (385, 409, 170)
VOLUMES = {385: 3.21, 409: 0.0123, 669: 3.2223}


@pytest.fixture
def view(qtbot, tree):
    view = RegionTree()
    qtbot.addWidget(view)
    view.resize(360, 400)
    with qtbot.waitExposed(view):
        view.show()
    view.set_tree(tree, PRESENT, VOLUMES)
    return view


def index_of(view, structure_id):
    return view.view.model().mapFromSource(view.model.index_of(structure_id))


def click(qtbot, view, structure_id, modifier=Qt.KeyboardModifier.NoModifier):
    index = index_of(view, structure_id)
    view.view.scrollTo(index)
    place = view.view.visualRect(index).center()
    qtbot.mouseClick(view.view.viewport(), Qt.MouseButton.LeftButton, modifier, place)
    return place


def shown(view):
    """Acronyms of the rows that can be seen, from top to bottom."""
    index, found = view.view.model().index(0, NAME), []
    while index.isValid():
        found.append(index.data().split()[0])
        index = view.view.indexBelow(index)
    return found


def test_the_model_keeps_qts_rules(qtbot, tree):
    model = RegionModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_tree(tree, PRESENT, VOLUMES)
    model.clear()
    assert model.rowCount() == 0


def test_only_present_structures_and_their_ancestors_are_shown(view):
    assert set(view.model.ids()) == {8, 315, 669, 385, 409, 549, 170}


def test_divisions_can_be_seen_at_once(view):
    assert shown(view) == ["grey", "Isocortex", "TH"]


def test_a_row_has_name_colour_and_volume(view, tree):
    index = view.model.index_of(385)
    assert index.data() == "VISp  Primary visual area"
    color = index.data(Qt.ItemDataRole.DecorationRole)
    assert color.getRgb()[:3] == tree[385].rgb
    assert index.siblingAtColumn(VOLUME).data() == "3.21"
    assert view.model.index_of(409).siblingAtColumn(VOLUME).data() == "0.012"
    assert view.model.index_of(170).siblingAtColumn(VOLUME).data() is None


def test_volumes_are_optional(view, tree):
    view.set_tree(tree, PRESENT)
    assert view.view.isColumnHidden(VOLUME)


def test_a_tree_without_the_root_is_shown_too(view):
    lone = StructureTree([Structure(385, "VISp", "Primary visual area", (1, 2, 3), (385,), 0)])
    view.set_tree(lone, (385,))
    assert shown(view) == ["VISp"]


def test_a_click_selects_and_tells(qtbot, view):
    view.view.expandAll()
    with qtbot.waitSignal(view.selection_changed) as changed:
        click(qtbot, view, 385)
    assert changed.args == [(385,)]
    with qtbot.waitSignal(view.selection_changed) as changed:
        click(qtbot, view, 170, Qt.KeyboardModifier.ControlModifier)
    assert set(changed.args[0]) == {385, 170}


def test_selecting_from_outside_reveals_and_is_silent(qtbot, view):
    with qtbot.assertNotEmitted(view.selection_changed):
        view.select((409, 385, 12345))
    rows = view.view.selectionModel().selectedRows(NAME)
    assert {view.view.model().mapToSource(i).internalId() for i in rows} == {409, 385}
    assert "VISl" in shown(view)
    with qtbot.assertNotEmitted(view.selection_changed):
        view.select(())
    assert not view.view.selectionModel().hasSelection()


def test_a_double_click_asks_for_a_source(qtbot, view):
    view.view.expandAll()
    place = click(qtbot, view, 170)
    with qtbot.waitSignal(view.source_requested) as asked:
        qtbot.mouseDClick(view.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [(170,)]


def test_enter_and_the_menu_ask_for_a_source(qtbot, view):
    view.select((385,))
    view.activateWindow()
    view.view.setFocus()
    qtbot.waitUntil(view.view.hasFocus)
    with qtbot.waitSignal(view.source_requested) as asked:
        qtbot.keyClick(view.view, Qt.Key.Key_Return)
    assert asked.args == [(385,)]
    view.select((170,))
    with qtbot.waitSignal(view.source_requested) as asked:
        view.findChild(QAction, "use_as_source").trigger()
    assert asked.args == [(170,)]


def test_the_name_can_be_copied(view):
    view.select((385,))
    view.findChild(QAction, "copy_region_name").trigger()
    assert QGuiApplication.clipboard().text() == "VISp  Primary visual area"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("visp", ["grey", "Isocortex", "VIS", "VISp"]),
        ("area visual lateral", ["grey", "Isocortex", "VIS", "VISl"]),
        ("geniculate", ["grey", "TH", "LGd"]),
    ],
)
def test_a_search_finds_by_acronym_and_by_words_of_the_name(qtbot, view, text, rows):
    qtbot.keyClicks(view.search, text)
    assert shown(view) == rows


def test_a_search_keeps_what_is_below_a_match(qtbot, view):
    qtbot.keyClicks(view.search, "thalamus")
    view.view.expandAll()
    assert shown(view) == ["grey", "TH", "LGd"]


def test_a_search_without_a_match_says_so(qtbot, view):
    qtbot.keyClicks(view.search, "zebra")
    hint = view.findChild(QLabel, "region_hint")
    assert hint.isVisible()
    assert "zebra" in hint.text()
    view.search.clear()
    assert not hint.isVisible()
    assert shown(view) == ["grey", "Isocortex", "TH"]


def test_a_search_leaves_the_selection_alone(qtbot, view):
    view.select((385,))
    with qtbot.assertNotEmitted(view.selection_changed):
        qtbot.keyClicks(view.search, "geniculate")
    assert view.selected_ids() == (385,)
    with qtbot.assertNotEmitted(view.selection_changed):
        view.search.clear()
    flags = QItemSelectionModel.SelectionFlag
    assert view.view.selectionModel().isSelected(index_of(view, 385))
    with qtbot.waitSignal(view.selection_changed) as changed:
        view.view.selectionModel().select(index_of(view, 385), flags.Deselect | flags.Rows)
    assert changed.args == [()]


def test_without_data_it_says_what_to_do(qtbot, view):
    view.set_tree(None)
    hint = view.findChild(QLabel, "region_hint")
    assert hint.isVisible()
    assert "Open the demo brain" in hint.text()
    assert not view.search.isEnabled()
    assert view.model.rowCount() == 0


def test_several_regions_can_be_one_source(qtbot, view):
    view.select((385, 170))
    with qtbot.waitSignal(view.source_requested) as asked:
        view.findChild(QAction, "use_as_source").trigger()
    assert asked.args == [(385, 170)]
