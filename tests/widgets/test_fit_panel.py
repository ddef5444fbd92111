from __future__ import annotations

from typing import Any

import pytest

from napari_connectome.core.models.catalog import CATALOG
from napari_connectome.widgets.fit_panel import FitPanel


@pytest.mark.parametrize("name", CATALOG)
def test_a_paper_is_cited_once_in_the_list_and_in_full_below(qtbot: Any, name: str) -> None:
    panel = FitPanel()
    qtbot.addWidget(panel)
    box = panel.model_box
    box.setCurrentIndex(box.findData(name))
    author = CATALOG[name].citation.split()[0]
    assert box.currentText().count(author) == 1
    assert panel.summary.text().count(CATALOG[name].citation) == 1
