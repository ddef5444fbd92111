"""A layer that is drawn in and the source that follows it, without a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Labels

from napari_connectome.core.sources import VoxelSource
from napari_connectome.layers.drawing_follower import DrawingFollower
from napari_connectome.layers.drawing_layers import Tool, add_drawing_layer, set_strength
from napari_connectome.layers.scene import Scene
from napari_connectome.layers.source_area import SourceArea
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.history import SourceHistory
from napari_connectome.state.params import DatasetParams, DrawingParams
from napari_connectome.state.runner import ImmediateRunner


@dataclass
class Desk:
    """Everything but the window."""

    viewer: ViewerModel
    state: ExplorerState
    controller: Controller
    follower: DrawingFollower
    history: SourceHistory
    area: SourceArea

    def new(self, tool: Tool = "paint") -> Any:
        """A layer made for drawing, which is followed."""
        assert self.state.dataset is not None
        layer = add_drawing_layer(self.viewer, self.state.dataset.atlas, tool, 200.0)
        self.follower.follow(layer, own=True, ask=False)
        return layer

    def voxels(self, count: int) -> list[tuple[int, int, int]]:
        """Source voxels of the isocortex, far apart."""
        assert self.state.model is not None
        places = self.state.model.connectivity.source_mask.coordinates
        chosen = places[:: len(places) // count][:count]
        return [(int(ap), int(dv), int(ml)) for ap, dv, ml in chosen]


class LateRunner(ImmediateRunner):
    """Keeps what it is asked until the test lets it happen, one after the other."""

    def __init__(self) -> None:
        self.held: list[Callable[[], None]] = []

    def call(self, function: Callable[[], Any], **callbacks: Any) -> None:
        self.held.append(lambda: super(LateRunner, self).call(function, **callbacks))

    def release(self) -> None:
        while self.held:
            self.held.pop(0)()


@pytest.fixture
def desk(small_brain: Path) -> Iterator[Desk]:
    viewer, state, runner = ViewerModel(), ExplorerState(), ImmediateRunner()
    scene, controller = Scene(viewer, state), Controller(state, runner)
    made = Desk(
        viewer,
        state,
        controller,
        DrawingFollower(viewer, state, runner),
        SourceHistory(state),
        SourceArea(viewer, state),
    )
    controller.load(DatasetParams(path=small_brain), then_fit=True)
    assert state.error is None
    yield made
    for part in (made.follower, made.area, made.history, scene, controller):
        part.close()


def test_a_painted_voxel_is_that_voxel(desk: Desk) -> None:
    (voxel,) = desk.voxels(1)
    layer = desk.new()
    assert desk.state.source is None
    layer.data_setitem(tuple(np.array([i]) for i in voxel), 1)
    drawn = desk.state.prediction
    atlas = desk.state.dataset.atlas
    desk.state.source = VoxelSource(atlas.um_of_index(voxel))
    np.testing.assert_allclose(drawn.volume(), desk.state.prediction.volume(), rtol=1e-6)
    assert desk.follower.made.n_voxels == 1
    assert desk.follower.made.inside == 1


def test_the_outlined_voxels_are_those_that_count(desk: Desk) -> None:
    one, other = desk.voxels(2)
    layer = desk.new()
    layer.data[one] = layer.data[other] = 1
    layer.data[0, 0, 0] = 1
    layer.refresh()
    shown = desk.viewer.layers["Source voxels"]
    assert {tuple(i) for i in np.argwhere(shown.data)} == {one, other}
    assert desk.follower.made.inside == pytest.approx(2 / 3)
    desk.state.drawing_params = DrawingParams(side="both")
    twins = {(ap, dv, shown.data.shape[2] - 1 - ml) for ap, dv, ml in (one, other)}
    assert {tuple(i) for i in np.argwhere(shown.data)} == {one, other} | twins
    desk.viewer.dims.ndisplay = 3
    desk.state.source = VoxelSource((8700.0, 1300.0, 8300.0))
    assert "Source voxels" not in desk.viewer.layers


def test_answers_add_up_when_taken_as_drawn(desk: Desk) -> None:
    """P(a + b) = P(a) + P(b), drawn on both sides of the brain."""
    one, other = desk.voxels(2)
    left = (other[0], other[1], desk.state.dataset.atlas.shape[2] - 1 - other[2])
    desk.state.drawing_params = DrawingParams(scale="as drawn")
    layer = desk.new()

    def answer(*voxels: tuple[int, int, int]) -> np.ndarray:
        layer.data = np.zeros_like(layer.data)
        for voxel in voxels:
            layer.data[voxel] = 1
        layer.refresh()
        return desk.state.prediction.volume().astype(np.float64)

    together = answer(one, left)
    apart = answer(one) + answer(left)
    assert np.abs(together - apart).max() <= 1e-6 * apart.max()
    assert together[:, :, : together.shape[2] // 2].any()


def test_empty_hidden_and_outside_are_told_and_the_answer_stays(desk: Desk) -> None:
    (voxel,) = desk.voxels(1)
    layer = desk.new()
    layer.data[voxel] = 1
    layer.refresh()
    prediction, source = desk.state.prediction, desk.state.source
    layer.data = np.zeros_like(layer.data)
    assert "Nothing is drawn" in desk.state.error
    layer.data[0, 0, 0] = 1
    layer.refresh()
    assert "touches no source voxel: all of it lies outside the brain" in desk.state.error
    layer.visible = False
    assert "is hidden" in desk.state.error
    assert (desk.state.prediction, desk.state.source) == (prediction, source)
    layer.data[voxel] = 1
    layer.visible = True
    assert desk.state.error is None


def test_bad_strengths_are_told_and_can_be_mended(desk: Desk) -> None:
    one, other = desk.voxels(2)
    layer = desk.new()
    layer.data[one], layer.data[other] = 1, 2
    layer.refresh()
    prediction = desk.state.prediction
    for bad in (-1.0, float("nan")):
        set_strength(layer, 2, bad)
        assert "expected for label 2 of Painted source" in desk.state.error
        assert desk.state.prediction is prediction
    set_strength(layer, 2, 0.0)
    assert desk.state.error is None
    assert desk.follower.made.n_voxels == 1


def test_a_removed_layer_leaves_the_answer(desk: Desk) -> None:
    (voxel,) = desk.voxels(1)
    layer = desk.new()
    layer.data[voxel] = 1
    layer.refresh()
    prediction = desk.state.prediction
    desk.viewer.layers.remove(layer)
    assert "Painted source is gone" in desk.state.notice
    assert desk.state.prediction is prediction
    assert desk.follower.layer is None


def test_going_back_brings_the_drawing_back(desk: Desk) -> None:
    one, other = desk.voxels(2)
    layer = desk.new()
    for voxel in (one, other):
        layer.data_setitem(tuple(np.array([i]) for i in voxel), 1)
    first_two = desk.state.source
    desk.state.drawing_params = DrawingParams(side="mirrored")
    desk.history.undo()
    assert desk.state.source is first_two
    assert desk.state.drawing_params.side == "drawn"
    desk.history.undo()
    assert np.argwhere(layer.data).tolist() == [list(one)]
    desk.viewer.dims.set_point(0, 3000)
    assert desk.state.steps == (0, 2)
    desk.history.redo()
    desk.history.redo()
    assert np.count_nonzero(layer.data) == 2
    assert desk.state.drawing_params.side == "mirrored"


def test_napari_takes_a_stroke_back_too(desk: Desk) -> None:
    one, other = desk.voxels(2)
    layer = desk.new()
    for voxel in (one, other):
        layer.data_setitem(tuple(np.array([i]) for i in voxel), 1)
    layer.undo()
    assert desk.follower.made.n_voxels == 1


def test_a_layer_of_the_person_is_followed_and_never_written_to(desk: Desk) -> None:
    """On a grid of its own: 100 µm voxels on a brain of 200, a part of the box."""
    atlas = desk.state.dataset.atlas
    (voxel,) = desk.voxels(1)
    low = np.array(voxel) * atlas.resolution_um
    data = np.zeros((6, 6, 6), dtype=np.uint8)
    data[2:4, 2:4, 2:4] = 1
    layer = Labels(data, name="Mine", scale=(100,) * 3, translate=low - 200 + 50, units=("um",) * 3)
    desk.viewer.layers.append(layer)
    desk.follower.follow(layer)
    assert desk.follower.made.n_voxels == 1
    np.testing.assert_array_equal(desk.area.layer.data.nonzero(), np.array([voxel]).T)
    before = desk.state.source
    layer.data[4, 2, 2] = 1
    layer.refresh()
    desk.history.undo()
    assert desk.state.source is before
    assert layer.data[4, 2, 2] == 1
    desk.viewer.dims.set_point(0, 3000)
    assert desk.state.source is before


def test_an_unchanged_layer_asks_nothing(desk: Desk) -> None:
    (voxel,) = desk.voxels(1)
    layer = desk.new()
    layer.data[voxel] = 1
    layer.refresh()
    elsewhere = VoxelSource((8700.0, 1300.0, 8300.0))
    desk.state.source = elsewhere
    desk.viewer.dims.set_point(0, 3000)
    layer.refresh()
    assert desk.state.source is elsewhere
    desk.follower.ask_again()
    assert desk.follower.made.n_voxels == 1
    assert desk.state.source is not elsewhere


def test_a_polygon_counts_once_it_is_closed(desk: Desk) -> None:
    ap, dv, ml = desk.voxels(3)[1]
    layer = desk.new("polygon")
    outline = np.array([(ap, dv - 1, ml - 1), (ap, dv - 1, ml + 1), (ap, dv + 1, ml)], dtype=float)
    layer.add(outline[:2], shape_type="path", gui=True)
    layer.refresh()
    assert (desk.state.source, desk.state.error) == (None, None)
    layer.data = [(outline, "polygon")]
    assert desk.state.error is None
    assert desk.follower.made.n_voxels > 0


def test_another_brain_ends_it(desk: Desk, small_brain: Path) -> None:
    layer = desk.new()
    desk.controller.load(DatasetParams(path=small_brain))
    assert desk.follower.layer is None
    layer.data[3, 3, 3] = 1
    layer.refresh()
    assert desk.state.source is None


def test_strokes_that_come_faster_than_answers_end_in_the_last(small_brain: Path) -> None:
    viewer, state, runner = ViewerModel(), ExplorerState(), LateRunner()
    controller = Controller(state, ImmediateRunner())
    controller.load(DatasetParams(path=small_brain), then_fit=True)
    follower = DrawingFollower(viewer, state, runner)
    layer = add_drawing_layer(viewer, state.dataset.atlas, "paint", 200.0)
    follower.follow(layer, own=True, ask=False)
    places = state.model.connectivity.source_mask.coordinates[:40]
    sources = []
    state.events.source.connect(sources.append)
    for place in places:
        layer.data_setitem(tuple(np.array([i]) for i in place), 1)
    assert len(runner.held) == 1
    runner.release()
    assert follower.made.n_voxels == 40
    assert len(sources) == 2
    follower.close()
    controller.close()
