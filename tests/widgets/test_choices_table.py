"""The table of what a fit chose: the columns that the model has something for."""

from __future__ import annotations

from typing import Any

from napari_connectome.widgets.choices_table import COLUMNS, ChoicesTable

TITLES = [title for title, _ in COLUMNS]
KERNEL = {"experiments": 12, "bandwidth_um": 464.2, "leave_one_out_mse_rel": 0.518, "how": "best"}
REGIONS = {"experiments": 9, "regions": 42, "regions_fitted": 30, "how": "not injected: AUDv"}


def shown(qtbot: Any, choices: dict[str, dict[str, Any]]) -> tuple[list[str], list[str], str]:
    """Titles of the columns that are shown, texts of the first row, and its tooltip."""
    table = ChoicesTable()
    qtbot.addWidget(table)
    table.show_choices(choices)
    columns = [c for c in range(len(TITLES)) if not table.isColumnHidden(c)]
    texts = [table.item(0, c).text() for c in columns]
    return [TITLES[c] for c in columns], texts, table.item(0, 0).toolTip()


def test_a_kernel_model(qtbot: Any) -> None:
    titles, texts, tip = shown(qtbot, {"Isocortex": KERNEL, "TH": {"experiments": 0}})
    assert titles == ["Division", "Exp.", "Width (µm)", "Error"]
    assert texts == ["Isocortex", "12", "464", "0.52"]
    assert tip == "Isocortex: best"


def test_a_regional_model(qtbot: Any) -> None:
    titles, texts, tip = shown(qtbot, {"Isocortex": REGIONS})
    assert titles == ["Division", "Exp.", "Regions"]
    assert texts == ["Isocortex", "9", "30 of 42"]
    assert "AUDv" in tip
