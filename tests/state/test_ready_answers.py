"""What views need of an answer is made by the thread that predicts, not by the main thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from napari.components import ViewerModel

from napari_connectome.core import overlay_volume, regions
from napari_connectome.core.regions import MaskRegions
from napari_connectome.core.sources import VoxelSource
from napari_connectome.core.targets import rank_targets
from napari_connectome.data.target_table import target_rows
from napari_connectome.layers.scene import Scene
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams
from napari_connectome.state.runner import ImmediateRunner

RIGHT = VoxelSource((8700.0, 1300.0, 8300.0))
LEFT = VoxelSource((8700.0, 1300.0, 11400.0 - 8300.0))


class ThreadRunner(ImmediateRunner):
    """Answers questions in another thread, and comes back when they are answered."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(1)

    def call(self, function: Callable[[], Any], **callbacks: Any) -> None:
        super().call(lambda: self.pool.submit(function).result(), **callbacks)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer counts as a large one."""
    monkeypatch.setattr(overlay_volume, "LARGE", 1)


@pytest.fixture
def shown(small_brain: Path) -> Iterator[tuple[ExplorerState, ViewerModel]]:
    viewer, state, runner = ViewerModel(), ExplorerState(), ThreadRunner()
    scene, controller = Scene(viewer, state), Controller(state, runner)
    controller.load(DatasetParams(path=small_brain), then_fit=True)
    assert state.error is None
    yield state, viewer
    controller.close()
    scene.close()
    runner.pool.shutdown()


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[int]]:
    """Threads that sum over regions, and those that write volumes."""
    used: dict[str, set[int]] = {"sums": set(), "volumes": set()}
    sums, write = MaskRegions.sums, overlay_volume.write

    def noted_sums(self: MaskRegions, vector: Any) -> Any:
        used["sums"].add(threading.get_ident())
        return sums(self, vector)

    def noted_write(*args: Any, **options: Any) -> None:
        used["volumes"].add(threading.get_ident())
        write(*args, **options)

    monkeypatch.setattr(MaskRegions, "sums", noted_sums)
    monkeypatch.setattr(overlay_volume, "write", noted_write)
    return used


@pytest.mark.parametrize("direction", ["anterograde", "retrograde"])
def test_the_main_thread_finds_everything_ready(
    shown: tuple[ExplorerState, ViewerModel],
    threads: dict[str, set[int]],
    large: None,
    direction: Any,
) -> None:
    state, _ = shown
    state.direction = direction
    state.source = RIGHT
    assert state.prediction is not None
    rows = target_rows(state.prediction)
    for used in threads.values():
        assert len(used) == 1
        assert threading.get_ident() not in used
    assert "limits" in vars(state.prediction)
    ranked = rank_targets(state.prediction)
    assert [(r.structure_id, r.hemisphere, r.value) for r in rows] == [
        (r.structure_id, r.hemisphere, r.mean_density) for r in ranked
    ]


def test_small_answers_are_written_in_place(
    shown: tuple[ExplorerState, ViewerModel], threads: dict[str, set[int]]
) -> None:
    state, viewer = shown
    state.source = RIGHT
    data = viewer.layers["Projection"].data
    state.source = LEFT
    assert viewer.layers["Projection"].data is data
    assert threads["volumes"] == {threading.get_ident()}
    assert threading.get_ident() not in threads["sums"]


def test_overlays_written_ahead_are_the_answers(
    shown: tuple[ExplorerState, ViewerModel], large: None
) -> None:
    """In turn on both sides and both scales, with a scale that changes without a new answer."""
    state, viewer = shown
    for log_scale, source in [(False, RIGHT), (False, LEFT), (True, RIGHT), (True, LEFT)]:
        state.log_scale = log_scale
        state.source = source
        assert state.prediction is not None
        layer = viewer.layers["Projection"]
        expected = state.prediction.volume()
        if log_scale:
            expected = np.log10(np.maximum(expected, overlay_volume.TINY))
        np.testing.assert_array_equal(layer.data, expected)
        assert layer.contrast_limits[0] < layer.contrast_limits[1]


def test_a_volume_is_taken_once_and_only_on_its_scale(
    shown: tuple[ExplorerState, ViewerModel],
) -> None:
    state, _ = shown
    state.source = RIGHT
    answer = state.prediction
    assert answer is not None
    overlay_volume.write_ahead(answer, log_scale=False)
    found = overlay_volume.taken(answer, log_scale=False)
    assert found is not None
    np.testing.assert_array_equal(found, answer.volume())
    assert overlay_volume.taken(answer, log_scale=False) is None
    overlay_volume.write_ahead(answer, log_scale=True)
    assert overlay_volume.taken(answer, log_scale=False) is None


def test_sums_in_blocks_are_the_sums(
    shown: tuple[ExplorerState, ViewerModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    state, _ = shown
    assert state.model is not None
    mask = state.model.connectivity.target_mask
    found = MaskRegions(state.model.atlas, mask, by_side=True)
    vector = np.arange(len(mask), dtype=np.float32)
    by_hand = [vector[found.keys == k].sum(dtype=np.float64) for k in range(len(found))]
    monkeypatch.setattr(regions, "BLOCK", 1000)
    assert len(mask) % 1000
    np.testing.assert_array_equal(found.sums(vector), by_hand)
