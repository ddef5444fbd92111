"""A download in the window, from a small archive on this machine: how much, progress, opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QComboBox, QLineEdit

from napari_connectome.widgets.explorer import ExplorerWidget
from tests.data.archive_server import Archive, serving

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:napari.*")

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def archive(small_brain: Path) -> Iterator[Archive]:
    with serving(small_brain) as archive:
        yield archive


def test_planned_downloaded_and_opened(
    explorer: ExplorerWidget, archive: Archive, qtbot: Any, tmp_path: Path
) -> None:
    state = explorer.state
    explorer.downloads.open(archive.url, f"{archive.url}/informatics-archive")
    dialog = explorer.downloads.dialog
    qtbot.waitUntil(dialog.isVisible, timeout=5000)
    qtbot.mouseClick(dialog.plan_button, LEFT)
    assert "Name the folder" in dialog.words.text()
    box = dialog.findChild(QComboBox, "download_resolution")
    box.addItem("200 µm", 200)
    box.setCurrentIndex(box.count() - 1)
    dialog.findChild(QLineEdit, "download_folder").setText(str(tmp_path / "cache"))
    dialog.findChild(QLineEdit, "download_ids").setText("900000001, x")
    qtbot.mouseClick(dialog.plan_button, LEFT)
    assert "'x' came" in dialog.words.text()
    ids = " ".join(str(900000001 + n) for n in range(12))
    dialog.findChild(QLineEdit, "download_ids").setText(ids)
    qtbot.mouseClick(dialog.plan_button, LEFT)
    assert not dialog.start_button.isEnabled()
    qtbot.waitUntil(lambda: "12 experiments" in dialog.words.text(), timeout=60_000)
    assert not (tmp_path / "cache").exists()

    archive.faults["experiment_900000003/data_mask"] = ("missing", -1)
    qtbot.waitUntil(dialog.start_button.isEnabled, timeout=5000)
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(
        lambda: state.dataset is not None and state.dataset.folder == tmp_path / "cache",
        timeout=60_000,
    )
    assert len(state.dataset.records) == 40, "the list of all experiments comes along"
    assert len(state.dataset.experiments) == 11
    qtbot.waitUntil(lambda: state.job is None, timeout=30_000)


def test_a_server_that_is_not_there(explorer: ExplorerWidget, qtbot: Any, tmp_path: Path) -> None:
    state, model = explorer.state, explorer.state.model
    explorer.downloads.open("http://127.0.0.1:9", "http://127.0.0.1:9")
    dialog = explorer.downloads.dialog
    dialog.findChild(QLineEdit, "download_folder").setText(str(tmp_path / "cache"))
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: state.error is not None, timeout=60_000)
    assert "cannot be reached" in state.error
    assert state.model is model
