"""Bregma in the source panel: said in a dialog, places told from there."""

from __future__ import annotations

from typing import Any

import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QDialog, QLineEdit, QPushButton

from napari_connectome.core.bregma import Bregma
from napari_connectome.core.sources import RegionSource, VoxelSource
from napari_connectome.widgets.appearance import StillLine
from napari_connectome.widgets.bregma_line import bregma_words
from napari_connectome.widgets.source_panel import SourcePanel

BREGMA_UM = (5400.0, 332.5, 5700.0)
PLACE = (6600.0, 1232.5, 8800.0)
WORDS = "bregma: AP −1.20, DV 0.90, ML 3.10 mm"


@pytest.fixture
def panel(qtbot: Any) -> SourcePanel:
    panel = SourcePanel()
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.resolution_um = 100.0
    panel.show_source(VoxelSource(PLACE), "VISp", None, (66, 12, 88))
    return panel


def click(qtbot: Any, panel: SourcePanel, name: str) -> None:
    qtbot.mouseClick(panel.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def opened(qtbot: Any, panel: SourcePanel) -> QDialog:
    click(qtbot, panel, "bregma")
    dialog: QDialog = panel.findChild(QDialog, "bregma_dialog")
    qtbot.waitExposed(dialog)
    return dialog


def fields(dialog: QDialog) -> list[QLineEdit]:
    return [dialog.findChild(QLineEdit, f"bregma_{axis}") for axis in ("ap", "dv", "ml")]


def line(panel: SourcePanel) -> StillLine:
    found: StillLine = panel.findChild(StillLine, "source_bregma")
    return found


def test_three_coordinates_are_typed_and_asked_for(qtbot: Any, panel: SourcePanel) -> None:
    assert not line(panel).isVisible()
    dialog = opened(qtbot, panel)
    for field, value in zip(fields(dialog), BREGMA_UM, strict=True):
        assert field.text() == ""
        assert not dialog.findChild(QPushButton, "bregma_set").isEnabled()
        qtbot.keyClicks(field, f"{value:g}")
    with qtbot.waitSignal(panel.bregma_changed) as changed:
        qtbot.mouseClick(dialog.findChild(QPushButton, "bregma_set"), Qt.MouseButton.LeftButton)
    assert changed.args == [BREGMA_UM]
    assert not dialog.isVisible()


def test_a_place_is_told_from_bregma_and_copied_in_ccf_um(qtbot: Any, panel: SourcePanel) -> None:
    panel.set_bregma(BREGMA_UM)
    assert line(panel).isVisible()
    assert line(panel).text() == WORDS
    click(qtbot, panel, "copy_place")
    assert QGuiApplication.clipboard().text() == "6600, 1232.5, 8800"
    panel.show_source(VoxelSource((5300.0, 332.5, 2600.0)), "MOp", None, (53, 3, 26))
    assert line(panel).text() == "bregma: AP 0.10, DV 0.00, ML −3.10 mm"
    panel.show_source(RegionSource((385,)), "Whole region: VISp")
    assert not line(panel).isVisible()


def test_it_is_cleared(qtbot: Any, panel: SourcePanel) -> None:
    panel.set_bregma(BREGMA_UM)
    dialog = opened(qtbot, panel)
    assert [field.text() for field in fields(dialog)] == ["5400", "332.5", "5700"]
    with qtbot.waitSignal(panel.bregma_changed) as changed:
        qtbot.mouseClick(dialog.findChild(QPushButton, "bregma_clear"), Qt.MouseButton.LeftButton)
    assert changed.args == [None]
    panel.set_bregma(None)
    assert not line(panel).isVisible()
    opened(qtbot, panel)
    assert not dialog.findChild(QPushButton, "bregma_clear").isEnabled()
    qtbot.mouseClick(dialog.findChild(QPushButton, "bregma_cancel"), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("text", ["here", "5,400", "1e3", "1000000"])
def test_what_is_no_coordinate_cannot_be_set(qtbot: Any, panel: SourcePanel, text: str) -> None:
    dialog = opened(qtbot, panel)
    ap, dv, ml = fields(dialog)
    qtbot.keyClicks(dv, "0")
    qtbot.keyClicks(ml, "5700")
    ap.setText(text)
    with qtbot.assertNotEmitted(panel.bregma_changed):
        qtbot.keyClick(ml, Qt.Key.Key_Return)
    assert dialog.isVisible()
    ap.setText("-12.5")
    with qtbot.waitSignal(panel.bregma_changed) as changed:
        qtbot.keyClick(ap, Qt.Key.Key_Return)
    assert changed.args == [(-12.5, 0.0, 5700.0)]


def test_no_zero_below_zero() -> None:
    words = bregma_words(Bregma(5400.0, 0.0, 5700.0), (5401.0, 0.0, 5699.0))
    assert words == "bregma: AP 0.00, DV 0.00, ML 0.00 mm"


def test_help_says_that_the_ccf_has_none(panel: SourcePanel) -> None:
    tip = panel.findChild(QPushButton, "bregma").toolTip()
    assert "CCF itself has no bregma" in tip
    assert "your choice" in tip
