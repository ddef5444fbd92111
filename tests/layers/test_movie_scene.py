"""A movie in a real viewer: frames, markers, limits, and what its slider does to the state."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from napari.components import ViewerModel

from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.source_path import path_through
from napari_connectome.core.sources import VoxelSource
from napari_connectome.layers.movie_layers import FrameVolumes
from napari_connectome.layers.movie_scene import MovieScene
from napari_connectome.layers.scene import Scene
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams
from napari_connectome.state.runner import ImmediateRunner
from napari_connectome.state.values import Dataset
from tests.core.model_data import ISOCORTEX, SHAPE, THALAMUS, experiment_set, small_atlas

ENDS = [(150.0, 150.0, 950.0), (850.0, 250.0, 650.0)]


class Window:
    """State, controller and scenes on a viewer, with a fitted model."""

    def __init__(self) -> None:
        self.viewer = ViewerModel()
        self.state = ExplorerState()
        self.controller = Controller(self.state, ImmediateRunner())
        self.scene = Scene(self.viewer, self.state)
        self.movie_scene = MovieScene(
            self.viewer, self.state, self.scene.projection, self.scene.source_layer
        )
        atlas = small_atlas()
        experiments = experiment_set(atlas, {ISOCORTEX: 12, THALAMUS: 8})
        self.state.dataset = Dataset("small", Path(), atlas, experiments=experiments)
        self.state.model = run_to_end(entry_of("voxel").fit(experiments, atlas))
        self.state.source = VoxelSource(ENDS[0])

    def film(self, frames: int = 5) -> None:
        self.controller.movies.film(
            lambda atlas, mask: path_through(ENDS, atlas, mask, frames=frames)
        )

    @property
    def frame_axis(self) -> int:
        return self.viewer.dims.ndim - 4


@pytest.fixture
def window() -> Window:
    return Window()


def test_frames_are_the_answers_cut_as_numpy_does(window: Window) -> None:
    window.film()
    movie = window.state.movie
    assert movie is not None
    frames = FrameVolumes(movie, log_scale=False)
    whole = np.asarray(frames)
    assert whole.shape == frames.shape == (5, *SHAPE)
    for frame in range(5):
        np.testing.assert_array_equal(frames[frame], movie.prediction(frame).volume())
    np.testing.assert_array_equal(frames[-1], whole[-1])
    np.testing.assert_array_equal(frames[2, :, 3], whole[2, :, 3])
    np.testing.assert_array_equal(frames[1:4:2, 5, :, 2:4], whole[1:4:2, 5, :, 2:4])
    logged = np.asarray(FrameVolumes(movie, log_scale=True))
    shown = whole > 1e-20
    np.testing.assert_allclose(logged[shown], np.log10(whole[shown]), rtol=1e-5)


def test_the_movie_stands_in_the_place_of_the_answer(window: Window) -> None:
    state, layers = window.state, window.viewer.layers
    window.film()
    movie = state.movie
    assert movie is not None
    image, marks = layers["Movie"], layers["Movie source"]
    assert state.frame == 0
    assert window.viewer.dims.ndim == 4
    assert image.visible
    assert marks.visible
    assert not layers["Projection"].visible
    assert not layers["Source"].visible
    assert tuple(image.contrast_limits) == state.limits == movie.limits
    np.testing.assert_allclose(image.scale, (1, 100, 100, 100))
    np.testing.assert_allclose(image.translate, (0, 50, 50, 50))
    assert tuple(image.axis_labels) == ("Frame", "AP", "DV", "ML")
    world = [marks.data_to_world(place) for place in marks.data]
    np.testing.assert_allclose(np.array(world)[:, 1:], movie.path.points_um)
    np.testing.assert_allclose(np.array(world)[:, 0], range(5))


def test_the_slider_moves_the_frame_and_the_slices_follow(window: Window) -> None:
    state, dims = window.state, window.viewer.dims
    window.film()
    movie = state.movie
    assert movie is not None
    told: list[int | None] = []
    state.events.frame.connect(told.append)
    dims.set_current_step(window.frame_axis, 3)
    assert told == [3]
    hidden = dims.not_displayed[-1]
    assert dims.point[hidden] == pytest.approx(movie.path.points_um[3][hidden - 1], abs=51)
    state.follow = False
    before = dims.point[hidden]
    dims.set_current_step(window.frame_axis, 0)
    assert state.frame == 0
    assert dims.point[hidden] == before


def test_a_new_question_puts_the_movie_aside_and_the_slider_brings_it_back(
    window: Window,
) -> None:
    state, layers = window.state, window.viewer.layers
    window.film()
    state.source = VoxelSource(ENDS[1])
    assert state.frame is None
    assert state.movie is not None
    assert layers["Projection"].visible
    assert not layers["Movie"].visible
    assert not layers["Movie source"].visible
    window.viewer.dims.set_current_step(window.frame_axis, 2)
    assert state.frame == 2
    assert layers["Movie"].visible
    assert not layers["Projection"].visible


def test_limits_and_scale_are_those_of_the_window(window: Window) -> None:
    state, layers = window.state, window.viewer.layers
    window.film()
    state.limits = (0.0, 0.125)
    assert tuple(layers["Movie"].contrast_limits) == (0.0, 0.125)
    state.log_scale = True
    low, high = layers["Movie"].contrast_limits
    assert high == pytest.approx(np.log10(0.125))
    assert low == pytest.approx(high - 3)
    assert np.asarray(layers["Movie"].data[0]).max() < 0


@pytest.mark.parametrize("way", ["by hand", "another model"])
def test_a_movie_goes_with_all_that_belongs_to_it(window: Window, way: str) -> None:
    state, viewer = window.state, window.viewer
    window.film()
    if way == "by hand":
        viewer.layers.remove(viewer.layers["Movie"])
    else:
        window.controller.movies.forget()
    assert state.movie is None
    assert state.frame is None
    assert "Movie source" not in viewer.layers
    assert viewer.dims.ndim == 3
    assert viewer.layers["Projection"].visible


def test_a_bad_path_is_said_and_changes_nothing(window: Window) -> None:
    state = window.state
    before = state.prediction
    window.controller.movies.film(lambda atlas, mask: path_through(ENDS[:1], atlas, mask))
    assert state.error is not None
    assert "one point came" in state.error
    assert state.movie is None
    assert state.prediction is before
    state.model = None
    window.film()
    assert "fit one first" in str(state.error)


def test_another_dataset_takes_the_movie_away(window: Window, small_brain: Path) -> None:
    window.film()
    window.controller.load(DatasetParams(path=small_brain))
    assert window.state.error is None
    assert window.state.movie is None
    assert "Movie" not in window.viewer.layers
    assert window.viewer.dims.ndim == 3
    middle = [n * 200 / 2 for n in window.state.dataset.atlas.shape]
    assert np.all(np.abs(np.array(window.viewer.dims.point) / middle - 1) < 0.5)
