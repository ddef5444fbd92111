from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from qtpy.QtCore import QSettings, Qt
from qtpy.QtGui import QTextDocument
from qtpy.QtWidgets import QComboBox, QLabel, QMenu, QPushButton

from napari_connectome.data.needs import Needs
from napari_connectome.widgets.dataset_panel import (
    MAX_RECENT,
    RECENT_KEY,
    DatasetPanel,
    DatasetSummary,
    RecentFolders,
)


@pytest.fixture
def settings(tmp_path):
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def panel(qtbot, settings):
    panel = DatasetPanel(settings)
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def summary(folder: Path | None, notes: tuple[str, ...] = ()) -> DatasetSummary:
    return DatasetSummary("Some brain", folder, 100.0, (132, 80, 114), 291, 2995, 18, notes)


def press(qtbot, panel, name):
    qtbot.mouseClick(panel.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def menu_of(panel):
    menu = panel.findChild(QMenu, "recent_menu")
    menu.aboutToShow.emit()
    return [a for a in menu.actions() if not a.isSeparator() and not a.objectName()]


def test_an_empty_panel_says_what_to_do(panel):
    hint = panel.findChild(QLabel, "dataset_hint")
    assert hint.isVisible()
    assert "Open the demo brain or an Allen cache folder" in hint.text()


def test_the_demo_is_asked_for(qtbot, panel):
    with qtbot.waitSignal(panel.load_requested) as asked:
        press(qtbot, panel, "open_demo")
    assert asked.args == [None]


def test_a_chosen_folder_is_asked_for(qtbot, panel, monkeypatch, tmp_path):
    monkeypatch.setattr(
        "napari_connectome.widgets.dataset_panel.QFileDialog.getExistingDirectory",
        lambda *_: str(tmp_path),
    )
    with qtbot.waitSignal(panel.load_requested) as asked:
        press(qtbot, panel, "open_folder")
    assert asked.args == [tmp_path]


def test_a_dialog_that_is_closed_asks_for_nothing(qtbot, panel, monkeypatch):
    monkeypatch.setattr(
        "napari_connectome.widgets.dataset_panel.QFileDialog.getExistingDirectory", lambda *_: ""
    )
    with qtbot.assertNotEmitted(panel.load_requested):
        press(qtbot, panel, "open_folder")


def test_what_is_in_the_data_is_told(panel, tmp_path):
    panel.show_dataset(summary(tmp_path, ("2 experiments left out.",)))
    assert "Some brain" in panel.findChild(QLabel, "dataset_title").text()
    facts = panel.findChild(QLabel, "dataset_facts").text()
    for part in ("100 µm", "132 × 80 × 114", "291 regions", "18 of 2995 experiments"):
        assert part in facts
    assert panel.findChild(QLabel, "dataset_path").toolTip() == str(tmp_path)
    assert panel.findChild(QLabel, "dataset_hint").text() == "2 experiments left out."


@pytest.mark.parametrize("published", [False, True])
def test_an_opened_model_says_so_and_from_where(panel, settings, tmp_path, published):
    place = tmp_path / "voxel model"
    if published:
        place.mkdir()
    model = DatasetSummary(place.name, place, 100.0, (132, 80, 114), 291, 0, 0, of_model=True)
    panel.show_dataset(model)
    facts = panel.findChild(QLabel, "dataset_facts").text()
    assert "A model is open" in facts
    assert "volumes" not in facts
    path = panel.findChild(QLabel, "dataset_path")
    assert path.isVisible()
    assert path.text() == str(place)
    # The list is of folders that *Open folder* can open.
    assert RecentFolders(settings).folders() == []


def test_names_that_look_like_markup_are_shown_as_they_are(panel):
    name = "<img src=x><b>brain"
    panel.show_dataset(DatasetSummary(name, None, 100.0, (1, 1, 1), 1, 1, 1, (f"{name} left out",)))
    title, hint = (panel.findChild(QLabel, f"dataset_{part}") for part in ("title", "hint"))
    document = QTextDocument()
    document.setHtml(title.text())
    assert document.toPlainText() == name
    assert hint.text() == f"{name} left out"
    assert hint.textFormat() == Qt.TextFormat.PlainText


def test_the_demo_shows_no_folder_and_is_not_remembered(panel, settings):
    panel.show_dataset(summary(None))
    assert not panel.findChild(QLabel, "dataset_path").isVisible()
    assert RecentFolders(settings).folders() == []


def test_an_opened_folder_can_be_opened_again(qtbot, panel, settings, tmp_path):
    panel.show_dataset(summary(tmp_path))
    action = menu_of(panel)[0]
    assert action.text() == str(tmp_path)
    with qtbot.waitSignal(panel.load_requested) as asked:
        action.trigger()
    assert asked.args == [tmp_path]
    settings.sync()
    again = QSettings(settings.fileName(), QSettings.Format.IniFormat)
    assert RecentFolders(again).folders() == [tmp_path]


def test_recent_folders_can_be_forgotten(panel, tmp_path):
    panel.show_dataset(summary(tmp_path))
    menu_of(panel)[-1].trigger()
    (only,) = menu_of(panel)
    assert not only.isEnabled()


def test_a_download_can_be_asked_for(qtbot, panel):
    menu = panel.findChild(QMenu, "recent_menu")
    menu.aboutToShow.emit()
    action = menu.actions()[-1]
    with qtbot.waitSignal(panel.download_requested):
        action.trigger()


@pytest.mark.parametrize("name", ["open_exploration", "save_exploration"])
def test_explorations_can_be_asked_for(qtbot, panel, name):
    panel.show_dataset(summary(None))
    menu = panel.findChild(QMenu, "recent_menu")
    menu.aboutToShow.emit()
    action = next(a for a in menu.actions() if a.objectName() == name)
    signal = panel.open_requested if name == "open_exploration" else panel.save_requested
    with qtbot.waitSignal(signal):
        action.trigger()


def test_an_empty_panel_has_nothing_to_save(panel):
    menu = panel.findChild(QMenu, "recent_menu")
    menu.aboutToShow.emit()
    assert [a.objectName() for a in menu.actions() if not a.isEnabled() and a.objectName()] == [
        "save_exploration"
    ]


def test_recent_folders_are_few_distinct_and_there(settings, tmp_path):
    recent = RecentFolders(settings)
    folders = [tmp_path / str(i) for i in range(MAX_RECENT + 2)]
    for folder in folders:
        folder.mkdir()
        recent.add(folder)
    recent.add(folders[5])
    assert len(recent.folders()) == MAX_RECENT
    assert recent.folders()[0] == folders[5]
    folders[5].rmdir()
    assert folders[5] not in recent.folders()


@pytest.mark.parametrize("stored", ["{", "3", '{"a": 1}', "[1, null]"])
def test_damaged_settings_are_no_obstacle(settings, stored):
    settings.setValue(RECENT_KEY, stored)
    assert RecentFolders(settings).folders() == []


def test_buttons_rest_while_data_are_opened(qtbot, panel):
    panel.set_busy(True)
    with qtbot.assertNotEmitted(panel.load_requested):
        press(qtbot, panel, "open_demo")
    panel.set_busy(False)
    with qtbot.waitSignal(panel.load_requested):
        press(qtbot, panel, "open_demo")


def test_resolutions_are_offered_with_what_they_need(qtbot, panel):
    box = panel.findChild(QComboBox, "dataset_resolution")
    panel.show_dataset(summary(Path("/data/one")))
    assert not box.isVisible()
    fine = Needs(25, 24, 28_700_000, 4_300_000_000, 970_000_000)
    coarse = Needs(100, 428, 449_000, 1_200_000_000, 0)
    both = replace(summary(Path("/data/one")), needs=(fine, coarse))
    panel.show_dataset(both)
    assert box.isVisible()
    assert [box.itemText(i) for i in range(box.count())] == [
        "25 µm · needs 4.3 GB + 0.97 GB disk",
        "100 µm · needs 1.2 GB",
    ]
    assert box.currentData() == 100
    with qtbot.waitSignal(panel.resolution_requested) as asked:
        box.setFocus()
        qtbot.keyClick(box, Qt.Key.Key_Home)
    assert asked.args == [25]
    assert box.currentData() == 100
    panel.set_busy(True)
    assert not box.isEnabled()
