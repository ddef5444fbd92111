"""How far to trust an answer, in a real window: clicks on rows, cells, buttons and points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtWidgets import QComboBox, QLabel, QPushButton

from napari_connectome.core.hold_out import hold_out
from napari_connectome.core.sources import VoxelSource
from napari_connectome.layers.support_layer import NAMES
from napari_connectome.widgets.compare.view import CompareView
from napari_connectome.widgets.evidence.share_model import REGION, SHARE
from napari_connectome.widgets.evidence.share_table import ShareTable
from napari_connectome.widgets.evidence.view import EvidenceView
from napari_connectome.widgets.explorer import ExplorerWidget
from tests.story.gestures import canvas_of, cell_pixel, cortex_in_view, pixel_of

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:napari.*")

VISP, LGD = 385, 170
LEFT = Qt.MouseButton.LeftButton


def opened(explorer: ExplorerWidget, qtbot: Any, name: str) -> Any:
    """A view, opened with its button, and the answer to a first source."""
    if explorer.state.prediction is None:
        explorer.state.source = VoxelSource(cortex_in_view(explorer))
        qtbot.waitUntil(lambda: explorer.state.prediction is not None, timeout=10_000)
    if not explorer.views.docks.is_open(name):
        qtbot.mouseClick(explorer.panels.view_buttons[name], LEFT)
    view = explorer.views.docks.widget(name)
    qtbot.waitUntil(view.isVisible, timeout=5000)
    return view


def click_row(qtbot: Any, table: ShareTable, row: int) -> None:
    place = table.visualRect(table.shares.index(row, REGION)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)


def layer_names(explorer: ExplorerWidget) -> set[str]:
    return {layer.name for layer in explorer.viewer.layers}


def settle(qtbot: Any, view: Any) -> None:
    before = -1
    while before != view.redraws:
        before = view.redraws
        qtbot.wait(150)


def test_a_click_on_a_row_shows_what_was_measured_and_takes_it_away(
    explorer: ExplorerWidget, qtbot: Any
) -> None:
    state = explorer.state
    view: EvidenceView = opened(explorer, qtbot, "evidence")
    table = view.answer.table
    qtbot.waitUntil(lambda: len(table.shares.rows) > 0, timeout=5000)
    rows = table.shares.rows
    assert sum(row.share for row in rows) == pytest.approx(1.0)
    assert [row.share for row in rows] == sorted((row.share for row in rows), reverse=True)
    assert all(row.acronym and row.rgb is not None for row in rows)

    chosen = rows[0].experiment_id
    click_row(qtbot, table, 0)
    qtbot.waitUntil(lambda: f"Experiment {chosen}" in layer_names(explorer), timeout=5000)
    layer = explorer.viewer.layers[f"Experiment {chosen}"]
    assert tuple(layer.contrast_limits) == state.limits
    listed = explorer.panels.experiments
    assert listed.model.rows[listed.view.currentIndex().row()].id == chosen
    assert chosen in table.shares.shown

    # A double click on another row shows it; it does not show and hide it.
    other = rows[1].experiment_id
    place = table.visualRect(table.shares.index(1, SHARE)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    qtbot.mouseDClick(table.viewport(), LEFT, pos=place)
    qtbot.waitUntil(lambda: f"Experiment {other}" in layer_names(explorer), timeout=5000)
    qtbot.wait(100)
    assert f"Experiment {other}" in layer_names(explorer)

    click_row(qtbot, table, 0)
    qtbot.waitUntil(lambda: f"Experiment {chosen}" not in layer_names(explorer), timeout=5000)
    assert f"Experiment {other}" in layer_names(explorer)


def test_rows_follow_the_source_and_say_when_they_do_not_apply(
    explorer: ExplorerWidget, qtbot: Any
) -> None:
    state = explorer.state
    view: EvidenceView = opened(explorer, qtbot, "evidence")
    facts = view.findChild(QLabel, "evidence_facts")
    qtbot.waitUntil(lambda: "effective" in facts.text(), timeout=5000)
    place = cortex_in_view(explorer, "left")
    qtbot.mouseClick(canvas_of(explorer), LEFT, pos=pixel_of(explorer, place))
    qtbot.waitUntil(lambda: state.prediction.mirrored, timeout=5000)
    qtbot.waitUntil(lambda: state.contributions.prediction is state.prediction, timeout=5000)
    assert f"{state.prediction.support.nearest_um:.0f} µm" in facts.text()
    state.direction = "retrograde"
    qtbot.waitUntil(lambda: not view.answer.table.isVisible(), timeout=5000)
    assert "Asked backwards" in view.findChild(QLabel, "evidence_hint").text()


def test_the_support_is_shown_in_the_volume(explorer: ExplorerWidget, qtbot: Any) -> None:
    view: EvidenceView = opened(explorer, qtbot, "evidence")
    choice = view.findChild(QComboBox, "support_kind")
    assert not view.support.scale.isVisible()
    for kind in ("distance", "effective"):
        choice.setCurrentIndex(choice.findData(kind))
        qtbot.waitUntil(lambda kind=kind: NAMES[kind] in layer_names(explorer), timeout=10_000)
        assert view.support.scale.isVisible()
    assert NAMES["distance"] not in layer_names(explorer)
    layer = explorer.viewer.layers[NAMES["effective"]]
    assert np.isnan(layer.data[0, 0, 0])
    assert view.support.scale.limits == tuple(layer.contrast_limits)
    choice.setCurrentIndex(choice.findData("off"))
    assert NAMES["effective"] not in layer_names(explorer)


def test_a_second_click_on_a_cell_says_why(explorer: ExplorerWidget, qtbot: Any) -> None:
    state = explorer.state
    matrix = opened(explorer, qtbot, "matrix")
    opened(explorer, qtbot, "evidence")
    qtbot.waitUntil(lambda: explorer.shows_matrix, timeout=30_000)
    explorer.views.docks.bring_forward("matrix")
    settle(qtbot, matrix)
    row, column = matrix.content.place_of((VISP, LGD, "ipsi"))
    pixel = cell_pixel(matrix, row, column)
    qtbot.mouseClick(matrix.picture.cells, LEFT, pos=pixel)
    qtbot.waitUntil(lambda: state.selection.connection is not None, timeout=5000)
    evidence: EvidenceView = explorer.views.docks.widget("evidence")
    assert evidence.visibleRegion().isEmpty(), "the matrix stays in front"
    qtbot.wait(600)  # no double click
    qtbot.mouseClick(matrix.picture.cells, LEFT, pos=pixel)
    qtbot.waitUntil(lambda: not evidence.visibleRegion().isEmpty(), timeout=5000)
    qtbot.waitUntil(lambda: state.cell is not None, timeout=10_000)
    assert evidence.pages.key == "cell"
    connection = state.selection.connection
    tree = state.dataset.atlas.tree
    title = evidence.findChild(QLabel, "cell_title").text()
    assert title.startswith(tree[connection.source_id].acronym)
    assert len(evidence.findChildren(QLabel, "cell_value")) == 4
    shares = [r.share for r in evidence.cell.table.shares.rows]
    value = state.cell.cell.values["normalized_connection_density"]
    assert sum(shares) == pytest.approx(1.0 if value > 0 else 0.0)


def test_a_kept_answer_is_compared_with_those_that_follow(
    explorer: ExplorerWidget, qtbot: Any
) -> None:
    state = explorer.state
    flatmap = opened(explorer, qtbot, "flatmap")
    qtbot.waitUntil(lambda: bool(state.maps), timeout=30_000)
    view: CompareView = opened(explorer, qtbot, "compare")
    first = state.prediction
    view.findChild(QPushButton, "compare_keep").menu().actions()[0].trigger()
    qtbot.waitUntil(lambda: state.compared is not None, timeout=5000)
    assert view.findChild(QLabel, "voxel_mse_rel").text() == "0.0 %"

    qtbot.mouseClick(view.sides.buttons["difference"], LEFT)
    assert state.compared_side == "difference"
    settle(qtbot, flatmap)
    before = flatmap.redraws
    point = first.source.point_um
    place = (point[0], point[1], point[2] + 600.0)
    state.source = VoxelSource(place)
    qtbot.waitUntil(
        lambda: state.compared.b is state.prediction and state.prediction is not first,
        timeout=5000,
    )
    settle(qtbot, flatmap)
    assert flatmap.redraws - before == 1, "the map waits for the comparison"
    found = state.compared.comparison
    assert view.findChild(QLabel, "region_r").text() == f"{found.regional.correlation:.3f}"
    layers = explorer.viewer.layers
    assert [layers[n].visible for n in ("A − B", "A (kept)", "Projection")] == [True, False, False]
    assert flatmap.scale.limits == pytest.approx(state.difference_limits)

    qtbot.mouseClick(view.sides.buttons["b"], LEFT)
    assert layers["Projection"].visible
    qtbot.mouseClick(view.findChild(QPushButton, "compare_end"), LEFT)
    assert state.compared is None
    assert "A (kept)" not in layer_names(explorer)
    assert not view.scatter.isVisible()


def test_an_experiment_is_held_out_from_the_list(explorer: ExplorerWidget, qtbot: Any) -> None:
    state, experiments = explorer.state, explorer.panels.experiments
    chosen = int(state.dataset.experiments.ids[4])
    row = experiments.model.row_of(chosen)
    experiments.view.setCurrentIndex(experiments.model.index(row, 0))
    assert state.experiment == chosen
    action = next(a for a in experiments.view.actions() if a.objectName() == "experiment_hold_out")
    action.trigger()
    qtbot.waitUntil(lambda: state.compared is not None, timeout=20_000)
    view: CompareView = explorer.views.docks.widget("compare")
    qtbot.waitUntil(view.isVisible, timeout=5000)
    expected = hold_out(state.model, state.dataset.experiments, chosen)
    text = f"{100 * expected.voxel_mse_rel:.1f} %"
    qtbot.waitUntil(lambda: view.findChild(QLabel, "voxel_mse_rel").text() == text, timeout=5000)
    regional = view.findChild(QLabel, "region_mse_rel").text()
    assert regional == f"{100 * expected.regional_mse_rel:.1f} %"
    names = {f"Measured {chosen}", f"Predicted without {chosen}", f"Residual {chosen}"}
    assert names <= layer_names(explorer)

    # A point of the scatter names its region, and a click selects it everywhere.
    scatter = view.scatter
    qtbot.waitUntil(lambda: scatter.frame is not None and scatter.redraws > 0, timeout=5000)
    point = max(scatter.points, key=lambda p: p.a)
    place = scatter.frame.place_of(point)
    at = QPoint(round(place.x()), round(place.y()))
    qtbot.mouseMove(scatter, at)
    shown = scatter.point_at(QPointF(at))
    said = view.findChild(QLabel, "compare_region")
    qtbot.waitUntil(lambda: shown.acronym in said.text(), timeout=5000)
    qtbot.mouseClick(scatter, LEFT, pos=at)
    assert state.selection.ids == (shown.structure_id,)
    assert explorer.panels.region_tree.selected_ids() == (shown.structure_id,)

    # A click in the brain ends it: the answer to the new source is shown.
    place_um = cortex_in_view(explorer)
    qtbot.mouseClick(canvas_of(explorer), LEFT, pos=pixel_of(explorer, place_um))
    qtbot.waitUntil(lambda: state.compared is None, timeout=5000)
    assert not names & layer_names(explorer)
    assert explorer.viewer.layers["Projection"].visible


def test_a_double_click_in_the_list_shows_an_experiment(
    explorer: ExplorerWidget, qtbot: Any
) -> None:
    experiments = explorer.panels.experiments
    explorer.panels.tabs.setCurrentWidget(experiments)
    qtbot.waitUntil(experiments.view.isVisible, timeout=5000)
    chosen = experiments.model.rows[0].id
    place = experiments.view.visualRect(experiments.model.index(0, 0)).center()
    for _ in range(2):
        shown = f"Experiment {chosen}" in layer_names(explorer)
        qtbot.mouseClick(experiments.view.viewport(), LEFT, pos=place)
        qtbot.mouseDClick(experiments.view.viewport(), LEFT, pos=place)
        qtbot.waitUntil(
            lambda shown=shown: (f"Experiment {chosen}" in layer_names(explorer)) != shown,
            timeout=5000,
        )
    assert explorer.state.experiment == chosen
