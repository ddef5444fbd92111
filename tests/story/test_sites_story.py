"""Where to inject next: a click goes there, a hypothetical injection changes the support."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QCheckBox, QComboBox, QLabel, QPushButton, QSpinBox, QWidget

from napari_connectome.core.hypothetical import with_hypothetical
from napari_connectome.core.injection_sites import rank_sites
from napari_connectome.core.sources import VoxelSource
from napari_connectome.widgets.explorer import ExplorerWidget
from tests.story.gestures import cortex_in_view

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:napari.*")

LEFT = Qt.MouseButton.LeftButton
ISOCORTEX, THALAMUS = 315, 549


@pytest.fixture
def site_view(explorer: ExplorerWidget, qtbot: Any) -> QWidget:
    """The dock, with a source in the cortex."""
    explorer.state.source = VoxelSource(cortex_in_view(explorer))
    qtbot.waitUntil(lambda: explorer.state.prediction is not None, timeout=10_000)
    explorer.views.docks.bring_forward("sites")
    view = explorer.views.docks.widget("sites")
    qtbot.waitUntil(view.isVisible, timeout=5000)
    return view


def press(qtbot: Any, view: QWidget, name: str) -> None:
    qtbot.mouseClick(view.findChild(QPushButton, name), LEFT)


def find(explorer: ExplorerWidget, view: QWidget, qtbot: Any, count: int) -> None:
    view.findChild(QSpinBox, "site_count").setValue(count)
    press(qtbot, view, "site_find")
    qtbot.waitUntil(lambda: explorer.state.sites is not None, timeout=20_000)
    qtbot.wait(100)


def click_row(qtbot: Any, view: Any, row: int) -> None:
    place = view.table.visualRect(view.model.index(row, 1)).center()
    qtbot.mouseClick(view.table.viewport(), LEFT, pos=place)


def test_ranked_sites_are_gone_to_and_added(
    explorer: ExplorerWidget, site_view: Any, qtbot: Any
) -> None:
    state, viewer = explorer.state, explorer.viewer
    assert site_view.division_id == ISOCORTEX, "the division of the source is proposed"
    find(explorer, site_view, qtbot, 3)
    expected = rank_sites(state.model, ISOCORTEX, 3)
    assert [row.point_um for row in site_view.model.rows] == [s.point_um for s in expected]
    assert len(viewer.layers["Injection sites"].data) == 3

    click_row(qtbot, site_view, 1)
    assert state.site == expected[1].point_um
    assert viewer.dims.point[0] == pytest.approx(expected[1].point_um[0], abs=101)
    viewer.dims.set_point(0, 1000.0)
    click_row(qtbot, site_view, 1)
    assert viewer.dims.point[0] == pytest.approx(expected[1].point_um[0], abs=101)
    qtbot.keyClick(site_view.table, Qt.Key.Key_Up)
    assert state.site == expected[0].point_um

    support = site_view.findChild(QCheckBox, "site_support")
    support.click()
    qtbot.waitUntil(lambda: state.support is not None, timeout=10_000)
    before = state.support
    add = site_view.findChild(QPushButton, "site_add")
    assert add.text() == "Add as hypothetical"
    press(qtbot, site_view, "site_add")
    qtbot.waitUntil(lambda: state.hypothetical_support is not None, timeout=10_000)
    assert state.hypothetical == (expected[0].point_um,)
    (mean,) = state.hypothetical_support.means_um
    found = (expected[0].mean_before_um, expected[0].mean_after_um)
    assert mean == (ISOCORTEX, pytest.approx(found[0], rel=1e-4), pytest.approx(found[1], rel=1e-4))
    words = site_view.findChild(QLabel, "site_summary").text()
    assert f"Isocortex {found[0]:.1f} → {found[1]:.1f} µm" in words
    assert "1 hypothetical injection" in words
    planned = with_hypothetical(state.model, state.hypothetical)
    np.testing.assert_array_equal(state.support.nearest_um, planned.nearest_um)
    assert np.nanmean(state.support.nearest_um) < np.nanmean(before.nearest_um)
    assert site_view.model.rows[0].added
    assert add.text() == "Take back"

    press(qtbot, site_view, "site_add")
    qtbot.waitUntil(lambda: state.hypothetical_support is None, timeout=5000)
    qtbot.waitUntil(lambda: state.support is not None, timeout=10_000)
    np.testing.assert_array_equal(state.support.nearest_um, before.nearest_um)
    assert not site_view.model.rows[0].added
    assert state.error is None


def test_several_are_taken_back_at_once_and_copied(
    explorer: ExplorerWidget, site_view: Any, qtbot: Any
) -> None:
    state = explorer.state
    find(explorer, site_view, qtbot, 2)
    for row in (0, 1):
        click_row(qtbot, site_view, row)
        press(qtbot, site_view, "site_add")
    qtbot.waitUntil(
        lambda: (
            state.hypothetical_support is not None
            and len(state.hypothetical_support.points_um) == 2
        ),
        timeout=10_000,
    )
    last = state.sites.sites[-1]
    assert state.hypothetical_support.means_um[0][2] == pytest.approx(last.mean_after_um, rel=1e-4)
    press(qtbot, site_view, "site_copy")
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert [float(row["drop_um"]) for row in rows] == [s.drop_um for s in state.sites.sites]
    assert tuple(float(rows[1][f"{a}_um"]) for a in ("ap", "dv", "ml")) == last.point_um
    press(qtbot, site_view, "site_back")
    assert state.hypothetical == ()
    assert state.hypothetical_support is None


def test_another_division_and_another_model(
    explorer: ExplorerWidget, site_view: Any, qtbot: Any
) -> None:
    state = explorer.state
    box = site_view.findChild(QComboBox, "site_division")
    box.setCurrentIndex(box.findData(THALAMUS))
    find(explorer, site_view, qtbot, 2)
    assert state.sites.division_id == THALAMUS
    atlas = state.dataset.atlas
    for site in state.sites.sites:
        assert atlas.divisions[site.index] == THALAMUS
    click_row(qtbot, site_view, 0)
    with qtbot.waitSignal(explorer.ready, timeout=60_000):
        explorer.controller.fit()
    assert state.sites is None
    assert state.site is None
    assert "Injection sites" not in explorer.viewer.layers
    assert not site_view.model.rows
