"""A click tells where the answer comes from and what to cite, and copies it."""

from __future__ import annotations

import json
from typing import Any

from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QPushButton, QTreeWidget

from napari_connectome.core.citations import KNOX
from napari_connectome.core.provenance_words import PROGRAM
from napari_connectome.core.sources import VoxelSource, from_record
from napari_connectome.layers.metadata import PROVENANCE
from napari_connectome.widgets.explorer import ExplorerWidget
from tests.story.gestures import cortex_in_view


def shown(table: QTreeWidget) -> dict[str, dict[str, str]]:
    groups = [table.topLevelItem(i) for i in range(table.topLevelItemCount())]
    return {
        group.text(0): {
            group.child(i).text(0): group.child(i).text(1) for i in range(group.childCount())
        }
        for group in groups
    }


def test_provenance_follows_the_answer_and_can_be_copied(
    explorer: ExplorerWidget, qtbot: Any
) -> None:
    state = explorer.state
    button = explorer.findChild(QPushButton, "show_provenance")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    dialog = explorer.origins.dialog
    qtbot.waitExposed(dialog)
    table = shown(dialog.table)
    assert "Question" not in table
    assert table["Model"]["model"] == "voxel"
    assert table["Data"]["folder"] == str(state.dataset.folder)
    assert len(table["SHA-256 of files"]) == 3
    assert table["Experiments"]["number"] == "40"

    state.source = VoxelSource(cortex_in_view(explorer))
    qtbot.waitUntil(lambda: "Question" in shown(dialog.table), timeout=5000)
    qtbot.mouseClick(dialog.copy_all, Qt.MouseButton.LeftButton)
    copied = json.loads(QGuiApplication.clipboard().text())
    assert from_record(copied["source"]) == state.source
    assert copied["data"] == state.dataset.provenance
    layer = explorer.viewer.layers["Projection"]
    assert layer.metadata[PROVENANCE] == copied
    qtbot.mouseClick(dialog.copy_citations, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == KNOX
    assert lines[-1] == PROGRAM
    assert all(PROVENANCE in one.metadata for one in explorer.viewer.layers if one.name != "Source")
