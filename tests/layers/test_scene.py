"""Layers on a viewer model without a window: geometry, mirroring, limits, picking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from napari.components import ViewerModel

from napari_connectome.core.color_limits import robust_limits
from napari_connectome.core.sources import RegionSource, SphereSource, VoxelSource
from napari_connectome.layers.picking import first_hit, ray_through_box
from napari_connectome.layers.projection_layer import log_limits
from napari_connectome.layers.scene import Scene, describe_place, pickable_volume
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams, Selection
from napari_connectome.state.runner import ImmediateRunner

RIGHT = VoxelSource((8700.0, 1300.0, 8300.0))
LEFT = VoxelSource((8700.0, 1300.0, 11400.0 - 8300.0))


class LateRunner(ImmediateRunner):
    """Keeps every prediction until the test lets it come."""

    def __init__(self) -> None:
        self.held: list[Callable[[], None]] = []

    def call(self, function: Callable[[], Any], **callbacks: Any) -> None:
        self.held.append(lambda: super(LateRunner, self).call(function, **callbacks))

    def release(self) -> None:
        while self.held:
            self.held.pop(0)()


@pytest.fixture
def scene(small_brain: Path) -> Iterator[tuple[Scene, ExplorerState, ViewerModel]]:
    viewer, state = ViewerModel(), ExplorerState()
    made = Scene(viewer, state)
    controller = Controller(state, ImmediateRunner())
    controller.load(DatasetParams(path=small_brain), then_fit=True)
    assert state.error is None
    yield made, state, viewer
    controller.close()
    made.close()


def test_layers_lie_in_ccf_micrometres(scene: tuple[Scene, ExplorerState, ViewerModel]) -> None:
    _, state, viewer = scene
    state.source = RIGHT
    assert [layer.name for layer in viewer.layers] == [
        "Template",
        "Regions",
        "Projection",
        "Source",
    ]
    for layer in viewer.layers[:3]:
        np.testing.assert_allclose(layer.scale, 200)
        np.testing.assert_allclose(layer.translate, 100)
        assert layer.axis_labels == ("AP", "DV", "ML")
        assert [str(unit) for unit in layer.units] == ["micrometer"] * 3
    np.testing.assert_allclose(viewer.layers["Template"].extent.world[1], (13100, 7900, 11300))


def test_the_overlay_is_the_prediction(scene: tuple[Scene, ExplorerState, ViewerModel]) -> None:
    _, state, viewer = scene
    state.source = RIGHT
    assert state.prediction is not None
    np.testing.assert_array_equal(viewer.layers["Projection"].data, state.prediction.volume())


def test_a_left_source_is_the_mirror_image(
    scene: tuple[Scene, ExplorerState, ViewerModel],
) -> None:
    _, state, viewer = scene
    state.source = RIGHT
    right = viewer.layers["Projection"].data.copy()
    state.source = LEFT
    left = viewer.layers["Projection"].data
    np.testing.assert_array_equal(left, right[:, :, ::-1])
    middle = right.shape[2] // 2
    assert right[:, :, middle:].sum() > right[:, :, :middle].sum()
    assert left[:, :, middle:].sum() < left[:, :, :middle].sum()


def test_the_overlay_is_updated_in_place(scene: tuple[Scene, ExplorerState, ViewerModel]) -> None:
    _, state, viewer = scene
    state.source = RIGHT
    layer, data = viewer.layers["Projection"], viewer.layers["Projection"].data
    state.source = SphereSource(RIGHT.point_um, 600.0)
    assert viewer.layers["Projection"] is layer
    assert layer.data is data


def test_limits_stay_while_dragging_and_when_locked(
    scene: tuple[Scene, ExplorerState, ViewerModel],
) -> None:
    _, state, viewer = scene
    state.source = RIGHT
    first = state.limits
    state.dragging = True
    state.source = VoxelSource((5000.0, 1500.0, 7500.0))
    assert state.limits == first
    state.dragging = False
    state.lock_limits = True
    state.source = VoxelSource((4600.0, 1500.0, 7500.0))
    assert state.limits == first
    assert tuple(viewer.layers["Projection"].contrast_limits) == pytest.approx(first)
    state.lock_limits = False
    assert state.limits != first


def test_limits_stay_when_the_last_answers_come_after_the_drag(
    scene: tuple[Scene, ExplorerState, ViewerModel],
) -> None:
    _, fitted, _ = scene
    state, runner = ExplorerState(), LateRunner()
    late = Scene(ViewerModel(), state)
    controller = Controller(state, runner)
    state.dataset, state.model = fitted.dataset, fitted.model
    state.source = RIGHT
    runner.release()
    first = state.limits

    late.picker.drag_started.emit()
    for ml in (8100.0, 7900.0, 7500.0):
        late.picker.dragged.emit((8700.0, 1300.0, ml))
    late.picker.drag_ended.emit()
    runner.release()
    assert state.prediction is not None
    assert state.prediction.source == VoxelSource((8700.0, 1300.0, 7500.0))
    assert state.limits == first

    late.picker.picked.emit((4600.0, 1500.0, 7500.0))
    runner.release()
    assert state.limits != first
    controller.close()
    late.close()


def test_log_scale_shows_the_same_numbers(scene: tuple[Scene, ExplorerState, ViewerModel]) -> None:
    _, state, viewer = scene
    state.source = RIGHT
    linear = viewer.layers["Projection"].data.copy()
    state.log_scale = True
    logged = viewer.layers["Projection"].data
    seen = linear > 0
    np.testing.assert_allclose(logged[seen], np.log10(linear[seen]), rtol=1e-5)
    # What is zero lies far below the darkest colour, not above the brightest.
    assert logged[~seen].max() < viewer.layers["Projection"].contrast_limits[0]
    state.log_scale = False
    np.testing.assert_array_equal(viewer.layers["Projection"].data, linear)


def test_a_region_source_has_no_marker(scene: tuple[Scene, ExplorerState, ViewerModel]) -> None:
    _, state, viewer = scene
    state.source = RIGHT
    assert "Source" in viewer.layers
    state.source = RegionSource((385,))
    assert "Source" not in viewer.layers
    assert state.prediction is not None


def test_layers_that_a_person_removed_come_back(
    scene: tuple[Scene, ExplorerState, ViewerModel],
) -> None:
    _, state, viewer = scene
    state.source = RIGHT
    viewer.layers.remove("Projection")
    viewer.layers.remove("Source")
    state.source = VoxelSource((5000.0, 1500.0, 7500.0))
    assert "Projection" in viewer.layers
    assert "Source" in viewer.layers


def test_place_under_the_cursor(scene: tuple[Scene, ExplorerState, ViewerModel]) -> None:
    _, state, _ = scene
    assert state.dataset is not None
    text = describe_place(state.dataset.atlas, RIGHT.point_um)
    assert text.startswith("VIS")
    assert "(right)" in text
    assert "(left)" in describe_place(state.dataset.atlas, LEFT.point_um)
    assert describe_place(state.dataset.atlas, (-10.0, 0.0, 0.0)) == ""


def test_only_visible_source_voxels_can_be_picked(
    scene: tuple[Scene, ExplorerState, ViewerModel],
) -> None:
    _, state, _ = scene
    assert state.dataset is not None
    assert state.model is not None
    atlas, mask = state.dataset.atlas, state.model.connectivity.source_mask
    allowed = pickable_volume(atlas, mask, ())
    np.testing.assert_array_equal(allowed, allowed[:, :, ::-1])
    thalamus = pickable_volume(atlas, mask, (549,))
    np.testing.assert_array_equal(thalamus, allowed & atlas.structure_mask([549]))
    start, end = np.array([35.0, -1.0, 35.0]), np.array([35.0, 45.0, 35.0])
    hit, deep = first_hit(start, end, allowed), first_hit(start, end, thalamus)
    assert hit is not None
    assert deep is not None
    assert hit[1] == np.flatnonzero(allowed[35, :, 35])[0]
    assert deep[1] == np.flatnonzero(thalamus[35, :, 35])[0] > hit[1]


def test_rays_meet_the_first_allowed_voxel() -> None:
    allowed = np.zeros((5, 6, 7), dtype=bool)
    allowed[2, 3, 4] = allowed[2, 3, 6] = True
    toward, back = np.array([2.0, 3.0, -1.0]), np.array([2.0, 3.0, 7.0])
    assert first_hit(toward, back, allowed) == (2, 3, 4)
    assert first_hit(back, toward, allowed) == (2, 3, 6)
    assert first_hit(np.array([0.0, 0, 0]), np.array([0.0, 0, 6]), allowed) is None


def test_a_ray_through_the_box(scene: tuple[Scene, ExplorerState, ViewerModel]) -> None:
    _, state, _ = scene
    assert state.dataset is not None
    atlas = state.dataset.atlas
    near, far = ray_through_box((6600.0, -5000.0, 5700.0), (0.0, 1.0, 0.0), atlas)
    assert near is not None
    assert far is not None
    np.testing.assert_allclose(near, (32.5, -0.5, 28.0), atol=1e-6)
    np.testing.assert_allclose(far, (32.5, 39.5, 28.0), atol=1e-6)
    assert ray_through_box((-10.0, -10.0, -10.0), (0.0, 0.0, 1.0), atlas) == (None, None)


def test_limits_of_simple_data() -> None:
    assert robust_limits(np.zeros(5, dtype=np.float32)) == (0.0, 1.0)
    low, high = robust_limits(np.arange(1001, dtype=np.float32))
    assert low == 0
    assert high == pytest.approx(995, abs=1)
    assert log_limits((0.0, 0.01)) == pytest.approx((-5.0, -2.0))
    assert log_limits((1e-3, 1e-2)) == pytest.approx((-3.0, -2.0))


def test_a_source_does_not_change_the_steps_of_the_sliders(
    scene: tuple[Scene, ExplorerState, ViewerModel],
) -> None:
    _, state, viewer = scene
    steps = [r.step for r in viewer.dims.range]
    state.source = RIGHT
    assert "Source" in viewer.layers
    assert [r.step for r in viewer.dims.range] == steps
    point = viewer.dims.point
    state.source = RegionSource((385,))
    assert viewer.dims.point == point


def test_selected_regions_are_outlined_and_filled_in_3d(
    scene: tuple[Scene, ExplorerState, ViewerModel],
) -> None:
    _, state, viewer = scene
    state.selection = Selection(ids=(385, 170))
    layer = viewer.layers["Selected regions"]
    expected = state.dataset.atlas.structure_mask([385, 170])
    np.testing.assert_array_equal(np.asarray(layer.data) > 0, expected)
    assert layer.contour == 1
    viewer.dims.ndisplay = 3
    assert layer.contour == 0
    state.selection = Selection()
    assert "Selected regions" not in viewer.layers


def test_the_marker_moves_with_the_answer_while_dragging(
    scene: tuple[Scene, ExplorerState, ViewerModel],
) -> None:
    _, state, viewer = scene
    state.source = RIGHT
    layer = viewer.layers["Source"]

    def marked() -> tuple[float, ...]:
        return tuple(float(x) for x in layer.data_to_world(layer.data[0]))

    assert marked() == pytest.approx(RIGHT.point_um)
    state.dragging = True
    moved = VoxelSource((8700.0, 1300.0, 8100.0))
    state.source = moved
    assert marked() == pytest.approx(moved.point_um)
    outside = VoxelSource((100.0, 100.0, 100.0))
    state.source = outside
    assert marked() == pytest.approx(moved.point_um), "no answer came"
    state.dragging = False
    assert marked() == pytest.approx(outside.point_um)
