"""What later steps have superseded goes; what a kept step needs stays."""

from __future__ import annotations

from functools import reduce
from pathlib import Path

import pytest

from napari_connectome.core.sources import VoxelSource
from napari_connectome.data.download import DownloadRequest
from napari_connectome.state.params import CompletionParams, DatasetParams, FitParams
from napari_connectome.state.recording.asking import Ask, SaveTargets, SaveVolume
from napari_connectome.state.recording.comparing import Compare, HoldOut, KeepAnswer
from napari_connectome.state.recording.completing import CompleteTable
from napari_connectome.state.recording.condense import with_step
from napari_connectome.state.recording.opening import Download, FitModel, OpenBrain, SaveModel
from napari_connectome.state.recording.regional import MakeMatrix, SaveMatrix
from napari_connectome.state.recording.steps import Forget, Step

OPEN = OpenBrain(DatasetParams())
VOXEL, HOMOGENEOUS = FitModel(FitParams()), FitModel(FitParams(model="homogeneous"))
TARGETS = SaveTargets(Path("/a/targets.csv"))
MATRIX = SaveMatrix(
    Path("/a/m.csv"), "connection_density", "ontology", shown="matrix", of_model=True
)


def ask(ml: float) -> Ask:
    return Ask(VoxelSource((1.0, 2.0, ml)), "anterograde", f"{ml:g}")


def done(*steps: Step) -> list[Step]:
    return list(reduce(with_step, steps, ()))


def test_a_dragged_marker_leaves_its_last_place() -> None:
    assert done(OPEN, VOXEL, *(ask(i) for i in range(50))) == [OPEN, VOXEL, ask(49)]


def test_a_place_at_which_something_was_saved_stays() -> None:
    steps = (OPEN, VOXEL, ask(1), ask(2), TARGETS, ask(3), ask(4))
    assert done(*steps) == [OPEN, VOXEL, ask(2), TARGETS, ask(4)]


def test_a_replaced_fit_goes_with_what_was_made_of_it() -> None:
    assert done(OPEN, VOXEL, MakeMatrix(), HOMOGENEOUS) == [OPEN, HOMOGENEOUS]


def test_an_answer_stays_until_the_new_model_has_answered() -> None:
    steps = (OPEN, VOXEL, ask(1), HOMOGENEOUS)
    assert done(*steps) == list(steps)
    assert done(*steps, TARGETS) == [*steps, TARGETS]
    assert done(*steps, ask(1)) == [OPEN, HOMOGENEOUS, ask(1)]


def test_a_replaced_fit_stays_with_what_was_saved_of_it() -> None:
    steps = (OPEN, VOXEL, MakeMatrix(), ask(1), MATRIX, HOMOGENEOUS, ask(1))
    assert done(*steps) == [OPEN, VOXEL, MakeMatrix(), MATRIX, HOMOGENEOUS, ask(1)]


def test_another_brain_drops_the_one_before() -> None:
    other = OpenBrain(DatasetParams(path=Path("/other")))
    assert done(OPEN, VOXEL, ask(1), other) == [other]
    assert done(OPEN, VOXEL, ask(1), TARGETS, other) == [OPEN, VOXEL, ask(1), TARGETS, other]


def test_a_file_that_was_written_again_is_written_once() -> None:
    steps = (OPEN, VOXEL, ask(1), TARGETS, ask(2), TARGETS)
    assert done(*steps) == [OPEN, VOXEL, ask(2), TARGETS]
    other = SaveVolume(Path("/a/volume.nrrd"))
    assert done(OPEN, VOXEL, ask(1), TARGETS, other) == [OPEN, VOXEL, ask(1), TARGETS, other]


def test_what_is_there_already_is_not_made_again() -> None:
    assert done(OPEN, VOXEL, MakeMatrix(), ask(1), MakeMatrix()) == [
        OPEN,
        VOXEL,
        MakeMatrix(),
        ask(1),
    ]
    assert done(OPEN, VOXEL, MakeMatrix(), MATRIX, VOXEL, MakeMatrix()) == [
        OPEN,
        VOXEL,
        MakeMatrix(),
        MATRIX,
    ]


def test_a_download_that_was_gone_on_with_is_one() -> None:
    download = Download(DownloadRequest(Path("/data/allen")))
    assert done(download, OPEN, download) == [download, OPEN]


def test_paths_do_not_depend_on_where_a_script_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert OpenBrain(DatasetParams(path=Path("allen"))).lines() == [
        'brain = nc.open_brain("/allen")'
    ]


def test_going_back_to_an_answer_asks_again() -> None:
    steps = (OPEN, VOXEL, ask(1), TARGETS, ask(2), SaveVolume(Path("/a/v.nrrd")), ask(1))
    assert done(*steps) == list(steps)


def test_a_completed_matrix_outlives_the_fit_that_it_was_made_of() -> None:
    completed = CompleteTable(CompletionParams(), "connection_density")
    steps = (OPEN, VOXEL, MakeMatrix(), completed, HOMOGENEOUS)
    assert done(*steps) == list(steps)


def test_a_comparison_that_was_ended_goes() -> None:
    ended = Forget(frozenset({"kept", "kept_model", "held_out", "comparison"}))
    steps = (OPEN, VOXEL, ask(1), KeepAnswer(), ask(2), Compare(models=False))
    assert done(*steps) == list(steps)
    assert done(*steps, ended) == [OPEN, VOXEL, ask(2)]


def test_a_held_out_experiment_takes_the_place_of_what_was_kept() -> None:
    steps = (OPEN, VOXEL, ask(1), KeepAnswer(), ask(2), HoldOut(7))
    assert done(*steps) == [OPEN, VOXEL, ask(2), HoldOut(7)]
    assert done(*steps, KeepAnswer(held_out=True)) == [
        OPEN,
        VOXEL,
        ask(2),
        HoldOut(7),
        KeepAnswer(held_out=True),
    ]


@pytest.mark.parametrize("step", [SaveModel(Path("/a/model.h5")), MATRIX, TARGETS])
def test_files_need_what_they_are_made_of(step: Step) -> None:
    assert step.needs
    assert step.is_output
    assert not step.makes
