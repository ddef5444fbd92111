"""Evidence on a viewer model: measured volumes, support with hatching, compared answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from napari.components import ViewerModel

from napari_connectome.core.evidence import SupportMaps
from napari_connectome.core.hypothetical import with_hypothetical
from napari_connectome.core.sources import VoxelSource
from napari_connectome.layers.evidence_scene import EvidenceScene
from napari_connectome.layers.evidence_styles import difference_rgba
from napari_connectome.layers.scene import Scene
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams
from napari_connectome.state.runner import ImmediateRunner
from napari_connectome.state.site_values import HypotheticalSupport

PLACE = VoxelSource((8750.0, 1250.0, 8350.0))
OTHER = VoxelSource((8150.0, 1050.0, 8150.0))
Made = tuple[Controller, ExplorerState, ViewerModel]


@pytest.fixture
def made(small_brain: Path) -> Iterator[Made]:
    viewer, state = ViewerModel(), ExplorerState()
    scene = Scene(viewer, state)
    evidence = EvidenceScene(viewer, state, scene.projection)
    controller = Controller(state, ImmediateRunner())
    controller.load(DatasetParams(path=small_brain), then_fit=True)
    state.source = PLACE
    yield controller, state, viewer
    controller.close()
    evidence.close()
    scene.close()


def visible(viewer: ViewerModel) -> set[str]:
    return {layer.name for layer in viewer.layers if layer.visible}


def test_measured_volumes_share_the_limits_of_the_projection(made: Made) -> None:
    controller, state, viewer = made
    first, second = state.prediction.support.experiment_ids[:2].tolist()
    controller.evidence.toggle_measured(first)
    controller.evidence.toggle_measured(second)
    layers = [viewer.layers[f"Experiment {i}"] for i in (first, second)]
    np.testing.assert_array_equal(layers[0].data, state.measured[0].measured.volume())
    assert layers[0].colormap.name != layers[1].colormap.name
    state.limits = (0.0, 0.5)
    limits = {tuple(layer.contrast_limits) for layer in [*layers, viewer.layers["Projection"]]}
    assert limits == {(0.0, 0.5)}
    controller.evidence.toggle_measured(first)
    assert f"Experiment {first}" not in viewer.layers
    assert f"Experiment {second}" in viewer.layers


def test_a_layer_removed_in_the_list_is_no_longer_shown(made: Made) -> None:
    controller, state, viewer = made
    first, second = state.prediction.support.experiment_ids[:2].tolist()
    for experiment_id in (first, second):
        controller.evidence.toggle_measured(experiment_id)
    viewer.layers.remove(f"Experiment {first}")
    assert [m.experiment_id for m in state.measured] == [second]


def test_support_is_nan_outside_and_hatched_where_nothing_is_known(made: Made) -> None:
    _, state, viewer = made
    state.support_shown = "distance"
    name = "Distance to injection (µm)"
    layer = viewer.layers[name]
    maps = state.support
    assert np.isnan(layer.data[maps.mask.row_volume < 0]).all()
    row = maps.mask.row_of(state.dataset.atlas.index_of_um(PLACE.point_um))
    assert layer.data[state.dataset.atlas.index_of_um(PLACE.point_um)] == maps.nearest_um[row]
    assert "No support" not in viewer.layers

    nearest = maps.nearest_um.copy()
    nearest[:5000] = np.nan
    state.support = SupportMaps(maps.mask, nearest, np.where(np.isnan(nearest), nearest, 1))
    assert viewer.layers[name] is layer, "another map of the same kind"
    hatched = viewer.layers["No support"].data
    np.testing.assert_array_equal(hatched > 0, state.support.unsupported_volume())
    assert set(np.unique(hatched)) == {0, 1, 2}
    state.support_shown = "off"
    assert "No support" not in viewer.layers
    assert name not in viewer.layers


def test_hypothetical_injections_change_the_support(made: Made) -> None:
    _, state, viewer = made
    state.support_shown = "distance"
    layer = viewer.layers["Distance to injection (µm)"]
    before = layer.data.copy()
    place = PLACE.point_um
    maps = with_hypothetical(state.model, [place])
    state.hypothetical_support = HypotheticalSupport((place,), maps, ())
    index = state.dataset.atlas.index_of_um(place)
    offset = np.subtract(state.dataset.atlas.um_of_index(index), place)
    assert layer.data[index] == pytest.approx(np.linalg.norm(offset), rel=1e-4)
    assert layer.data[index] < before[index]
    state.hypothetical_support = None
    np.testing.assert_array_equal(layer.data, before)


def test_one_of_a_b_and_difference_is_visible(made: Made) -> None:
    controller, state, viewer = made
    first = state.prediction.volume()
    controller.comparison.keep()
    state.source = OTHER
    three = {"Projection", "A (kept)", "A − B"}
    assert three <= {layer.name for layer in viewer.layers}
    for side, name in (("a", "A (kept)"), ("difference", "A − B"), ("b", "Projection")):
        state.compared_side = side
        assert visible(viewer) & three == {name}
    np.testing.assert_array_equal(viewer.layers["A (kept)"].data, first)
    difference = first - state.prediction.volume()
    np.testing.assert_allclose(viewer.layers["A − B"].data, difference, atol=1e-9)
    low, high = viewer.layers["A − B"].contrast_limits
    assert low == -high
    assert (low, high) == state.difference_limits

    # Contrast that is changed by hand is that of both.
    viewer.layers["Projection"].contrast_limits = (0.0, 0.001)
    assert tuple(viewer.layers["A (kept)"].contrast_limits) == (0.0, 0.001)
    controller.comparison.hold_out(int(state.model.experiment_ids[3]))
    viewer.layers["Projection"].contrast_limits = (0.0, 0.7)
    limits = [tuple(layer.contrast_limits) for layer in viewer.layers if "9" in layer.name]
    assert (0.0, 0.7) not in limits, "the projection is not B any more"
    controller.comparison.keep()
    state.compared_side = "difference"
    controller.comparison.drop()
    assert not three & {layer.name for layer in viewer.layers} - {"Projection"}
    assert "Projection" in visible(viewer)


def test_a_logarithmic_scale_leaves_the_difference_linear(made: Made) -> None:
    controller, state, viewer = made
    controller.comparison.keep()
    state.source = OTHER
    linear = viewer.layers["A − B"].data.copy()
    state.log_scale = True
    np.testing.assert_array_equal(viewer.layers["A − B"].data, linear)
    assert viewer.layers["A (kept)"].data.min() < -20


def test_held_out_is_three_layers_instead_of_the_projection(made: Made) -> None:
    controller, state, viewer = made
    chosen = int(state.model.experiment_ids[3])
    controller.comparison.hold_out(chosen)
    names = {f"Measured {chosen}", f"Predicted without {chosen}", f"Residual {chosen}"}
    assert names <= {layer.name for layer in viewer.layers}
    assert visible(viewer) & {*names, "Projection"} == {f"Predicted without {chosen}"}
    held = state.compared.held_out
    np.testing.assert_array_equal(viewer.layers[f"Measured {chosen}"].data, held.measured.volume())
    other = int(state.model.experiment_ids[4])
    controller.comparison.hold_out(other)
    assert not names & {layer.name for layer in viewer.layers}
    state.source = OTHER
    assert not any(str(other) in layer.name for layer in viewer.layers)
    assert "Projection" in visible(viewer)


def test_the_colours_of_a_difference_are_centred() -> None:
    colors = difference_rgba(257)
    np.testing.assert_array_equal(colors[128], 0)
    assert colors[0, 2] > colors[0, 0]
    assert colors[-1, 0] > colors[-1, 2]
    np.testing.assert_array_equal(colors[:, 3], colors[::-1, 3])


def test_missing_is_not_zero_in_a_difference(made: Made) -> None:
    controller, state, viewer = made
    controller.comparison.keep()
    compared = state.compared
    vector = compared.comparison.difference.vector.copy()
    vector[:100] = np.nan
    missing = replace(compared.comparison.difference, vector=vector)
    state.compared = replace(compared, comparison=replace(compared.comparison, difference=missing))
    assert np.isnan(viewer.layers["A − B"].data).sum() == 100
