"""Explorations: all that was asked comes back, wherever its data are, or is refused with words."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_connectome import open_exploration
from napari_connectome.core.errors import DataError
from napari_connectome.core.io import save_model
from napari_connectome.core.sources import (
    CombinedSource,
    GaussianSource,
    RegionSource,
    Source,
    SphereSource,
    VolumeSource,
    VoxelSource,
    to_record,
)
from napari_connectome.data.source_files import NamedSource
from napari_connectome.state.controller import Controller
from napari_connectome.state.exploration import Exploration, ViewParams, exploration_of
from napari_connectome.state.exploration_file import (
    FORMAT,
    is_exploration,
    read_exploration,
    write_exploration,
)
from napari_connectome.state.exploration_places import MovedError, Places
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams, FitParams, MatrixParams, Selection
from napari_connectome.state.runner import ImmediateRunner

NOWHERE_ELSE = Places()
VISP = VoxelSource((8750.0, 1250.0, 8350.0))
VIEW = ViewParams(
    ndisplay=2,
    order=(1, 0, 2),
    point_um=(8750.0, 1250.0, 8350.0),
    center_um=(0.0, 4000.0, 5700.0),
    zoom=0.05,
    open_views=("flatmap", "matrix"),
)


@pytest.fixture(scope="module")
def fitted(small_brain: Path) -> ExplorerState:
    state = ExplorerState()
    Controller(state, ImmediateRunner()).load(DatasetParams(path=small_brain), then_fit=True)
    assert state.error is None
    state.source = VISP
    return state


@pytest.fixture
def exploration(fitted: ExplorerState) -> Exploration:
    return exploration_of(fitted, VIEW)


def painted(fitted: ExplorerState, *, every: int = 1) -> VolumeSource:
    mask = fitted.model.connectivity.source_mask
    chosen = np.zeros(len(mask), dtype=np.float32)
    rng = np.random.default_rng(3)
    chosen[::every] = rng.random(len(chosen[::every])) + 0.5
    return VolumeSource(mask.to_volume(chosen), "a drawing")


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def reopened(path: Path, places: Places = NOWHERE_ELSE) -> tuple[ExplorerState, list[Any]]:
    state, told = ExplorerState(), []
    controller = Controller(state, ImmediateRunner())
    controller.explorations.open(path, places, told.append, told.append)
    return state, told


def test_everything_that_was_asked_comes_back(
    fitted: ExplorerState, small_brain: Path, tmp_path: Path
) -> None:
    state = ExplorerState()
    controller = Controller(state, ImmediateRunner())
    controller.load(DatasetParams(path=small_brain, min_contained=0.25), then_fit=True)
    state.fit_params = FitParams(model="homogeneous")
    state.selection = Selection(ids=(385,))
    state.matrix_params = MatrixParams(measure="connection_strength", log=False)
    state.named_sources = (NamedSource("first", SphereSource(VISP.point_um, 300.0)),)
    state.hypothetical = (VISP.point_um,)
    state.bregma_um = (5400.0, -12.5, 5700.0)
    state.lock_limits, state.limits = True, (0.0, 0.5)
    controller.ask(GaussianSource(VISP.point_um, 200.0), "retrograde")
    before = state.prediction.vector.copy()
    file = tmp_path / "a look.json"
    controller.explorations.save(file, VIEW)
    assert state.error is None

    again, told = reopened(file)
    assert again.error is None
    assert [found.view for found in told] == [VIEW]
    assert again.dataset_params.min_contained == 0.25
    assert again.dataset_params.path == small_brain
    assert again.dataset_params.resolution_um == 200
    assert again.model_params == state.model_params
    names = ("fit_params", "selection", "matrix_params", "hypothetical", "limits", "bregma_um")
    for name in (*names, "direction"):
        assert getattr(again, name) == getattr(state, name), name
    assert [(n.name, n.source) for n in again.named_sources] == [
        ("first", SphereSource(VISP.point_um, 300.0))
    ]
    assert again.is_stale
    np.testing.assert_array_equal(again.prediction.vector, before)
    assert not again.notice


@pytest.mark.parametrize(
    "source",
    [
        VISP,
        SphereSource(VISP.point_um, 300.0),
        GaussianSource(VISP.point_um, 200.0),
        RegionSource((385,), "left"),
        CombinedSource(((VISP, 1.0), (RegionSource((385,)), 0.5)), "both"),
    ],
    ids=lambda source: type(source).__name__,
)
def test_sources_of_all_kinds(exploration: Exploration, source: Source, tmp_path: Path) -> None:
    file = write_exploration(tmp_path / "one.json", replace(exploration, source=source))
    assert to_record(read_exploration(file).source) == to_record(source)
    assert names_in(tmp_path) == ["one.json"]


def test_a_large_drawing_lies_beside_and_goes_when_it_is_replaced(
    exploration: Exploration, fitted: ExplorerState, tmp_path: Path
) -> None:
    small, large = painted(fitted, every=400), painted(fitted)
    file = write_exploration(tmp_path / "a.json", replace(exploration, source=small))
    assert names_in(tmp_path) == ["a.json"]
    assert to_record(read_exploration(file).source) == to_record(small)

    named = (NamedSource("kept", large),)
    write_exploration(file, replace(exploration, source=large, named_sources=named))
    beside = next(p for p in tmp_path.iterdir() if p != file)
    assert file.stat().st_size < 10_000
    found = read_exploration(file)
    assert to_record(found.source) == to_record(large)
    assert to_record(found.named_sources[0].source) == to_record(large)

    write_exploration(file, replace(exploration, source=small))
    assert not beside.exists()

    write_exploration(file, replace(exploration, source=large))
    beside.unlink()
    with pytest.raises(DataError, match="which is missing"):
        read_exploration(file)


def test_the_model_is_read_from_its_file(
    small_brain: Path, fitted: ExplorerState, tmp_path: Path
) -> None:
    state = ExplorerState()
    controller = Controller(state, ImmediateRunner())
    controller.load(DatasetParams(path=small_brain), then_fit=True)
    controller.save_model(tmp_path / "model.h5")
    state.source = VISP
    file = tmp_path / "with model.json"
    controller.explorations.save(file, None)

    again, _ = reopened(file)
    assert again.error is None
    assert again.model_file == (tmp_path / "model.h5").resolve()
    assert again.dataset.experiments is not None
    assert again.model.atlas is again.dataset.atlas
    np.testing.assert_array_equal(again.prediction.vector, state.prediction.vector)

    # Fitted anew: no longer the model of the file.
    controller.fit()
    assert state.model_file is None

    # Another model under that name is said, and used.
    other = ExplorerState()
    other_controller = Controller(other, ImmediateRunner())
    other_controller.load(DatasetParams(path=small_brain, min_contained=0.5), then_fit=True)
    other_controller.save_model(tmp_path / "model.h5")
    again, _ = reopened(file)
    assert "holds another model" in again.notice

    # Without the file, it is fitted again from the data.
    (tmp_path / "model.h5").unlink()
    again, _ = reopened(file)
    assert again.model_file is None
    np.testing.assert_array_equal(again.prediction.vector, state.prediction.vector)


def test_a_model_file_alone(fitted: ExplorerState, tmp_path: Path) -> None:
    state = ExplorerState()
    controller = Controller(state, ImmediateRunner())
    saved = tmp_path / "model.h5"
    save_model(fitted.model, saved)
    controller.open_model(saved)
    state.source = VISP
    file = tmp_path / "sub" / "alone.json"
    file.parent.mkdir()
    controller.explorations.save(file, VIEW)
    found = open_exploration(file)
    assert found.exploration.data is None
    np.testing.assert_array_equal(found.answer().vector, state.prediction.vector)

    # Both moved together: found as seen from the exploration.
    shutil.copytree(tmp_path, tmp_path.with_name(f"{tmp_path.name} moved"))
    saved.unlink()
    moved = tmp_path.with_name(f"{tmp_path.name} moved") / "sub" / "alone.json"
    assert open_exploration(moved).exploration.model.file.parent == moved.parent.parent

    with pytest.raises(MovedError, match="model file of this exploration is not at") as caught:
        open_exploration(file)
    assert (caught.value.kind, caught.value.optional) == ("model", False)
    found = open_exploration(file, model_file=moved.parent.parent / "model.h5")
    np.testing.assert_array_equal(found.answer().vector, state.prediction.vector)


def test_data_that_moved_are_asked_for(
    small_brain: Path, exploration: Exploration, tmp_path: Path
) -> None:
    brain = tmp_path / "here" / "brain"
    shutil.copytree(small_brain, brain)
    params = exploration.data.params.model_copy(update={"path": brain})
    file = write_exploration(
        tmp_path / "a.json",
        replace(exploration, data=exploration.data.model_copy(update={"params": params})),
    )
    there = tmp_path / "there"
    shutil.move(brain, there)
    state, told = reopened(file)
    assert state.dataset is None
    assert [(type(t), t.kind, t.place) for t in told] == [(MovedError, "data", brain)]
    state, _ = reopened(file, Places(data=there))
    assert state.dataset.folder == there
    assert state.model is not None
    with pytest.raises(DataError, match="is not there"):
        open_exploration(file, data=tmp_path / "nowhere")

    # Other data at that place are used, and said.
    structures = there / "structures.json"
    structures.write_text(f"{structures.read_text()} ")
    state, _ = reopened(file, Places(data=there))
    assert "not what they were" in state.notice


def test_a_model_of_another_atlas_is_refused(
    exploration: Exploration, fitted: ExplorerState, tmp_path: Path
) -> None:
    other = replace(
        fitted.model,
        atlas=replace(fitted.model.atlas, annotation=fitted.model.atlas.annotation[::-1]),
    )
    save_model(other, tmp_path / "model.h5")
    model = exploration.model.model_copy(update={"file": tmp_path / "model.h5"})
    file = write_exploration(tmp_path / "a.json", replace(exploration, model=model))
    state, _ = reopened(file)
    assert "another atlas" in state.error
    assert state.dataset is None


def changed(file: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))
    return file


BAD: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "newer": (lambda c: c.update(version=2), "has version 2"),
    "another format": (lambda c: c.update(format="x"), "no exploration"),
    "stranger": (lambda c: c["asked"].update(run="rm"), "asked.run"),
    "infinite": (lambda c: c["view"].update(zoom=1e999), "view.zoom"),
    "no number": (lambda c: c["view"].update(point_um=["a", 0, 0]), "view.point_um"),
    "no digest": (lambda c: c["data"]["sha256"].update(x="../.."), "data.sha256"),
    "source": (lambda c: c.update(source={"version": 1, "kind": "code"}), "source cannot be used"),
    "path beside": (lambda c: c.update(beside="../a.0123456789abcdef.sources.json"), "same folder"),
    "absolute beside": (lambda c: c.update(beside="/etc/passwd"), "same folder"),
    "shelf": (lambda c: c.update(source={"beside": 3}), "Source 3"),
    "names": (lambda c: c.update(named_sources=[{"name": " "}]), "source 1 has no name"),
    "list": (lambda c: c.update(named_sources=3), "named_sources"),
    "nothing": (lambda c: c.update(data=None, model=None), "neither data"),
    "model": (lambda c: c["model"]["params"].update(model="os.system"), "no model 'os.system'"),
    "parameter": (lambda c: c["asked"]["fit_params"]["values"].update(z=1), "no parameter 'z'"),
    "method": (lambda c: c["asked"]["completion_params"].update(method="x"), "no method 'x'"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used_is_refused_and_nothing_is_lost(
    exploration: Exploration, tmp_path: Path, case: str
) -> None:
    change, words = BAD[case]
    file = changed(write_exploration(tmp_path / "a.json", exploration), change)
    state = ExplorerState(named_sources=(NamedSource("mine", VISP),))
    Controller(state, ImmediateRunner()).explorations.open(
        file, Places(), lambda _: None, lambda _: None
    )
    assert words in state.error
    assert state.dataset is None
    assert [named.name for named in state.named_sources] == ["mine"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe{}", b"[" * 100_000, b"null"])
def test_what_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(content)
    assert not is_exploration(file)
    with pytest.raises(DataError, match=r"a\.json"):
        read_exploration(file)


def test_explorations_are_known_by_their_first_words(
    exploration: Exploration, small_brain: Path, tmp_path: Path
) -> None:
    assert is_exploration(write_exploration(tmp_path / "a.json", exploration))
    assert not is_exploration(small_brain / "structures.json")
    assert not is_exploration(tmp_path)
    assert not is_exploration(tmp_path / "none.json")


def test_structures_that_the_brain_does_not_know_are_not_selected(
    exploration: Exploration, tmp_path: Path
) -> None:
    asked = exploration.asked.model_copy(update={"selection": Selection(ids=(385, 999_999_999))})
    file = write_exploration(tmp_path / "a.json", replace(exploration, asked=asked))
    state, _ = reopened(file)
    assert state.selection.ids == (385,)


def test_nothing_to_save_is_said(tmp_path: Path) -> None:
    state = ExplorerState()
    Controller(state, ImmediateRunner()).explorations.save(tmp_path / "a.json", None)
    assert "no exploration to save yet" in state.error
    assert not list(tmp_path.iterdir())


KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from napari_connectome.state.exploration_file import read_exploration, write_exploration

path = Path(sys.argv[1])
two = read_exploration(path)
one = replace(two, named_sources=two.named_sources[:1])

def killed_at(moment):
    count = 0
    def die(event, arguments):
        nonlocal count
        if event in ("open", "os.rename", "os.remove") and str(path.parent) in str(arguments):
            count += 1
            if count == moment:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(die)
    write_exploration(path, one)
    os._exit(0)

for moment in range(1, 100):
    write_exploration(path, two)
    child = os.fork()
    if not child:
        killed_at(moment)
    _, status = os.waitpid(child, 0)
    print(os.WIFSIGNALED(status), len(read_exploration(path).named_sources))
    if not os.WIFSIGNALED(status):
        break
"""


def test_a_killed_process_leaves_an_exploration_that_opens(
    exploration: Exploration, fitted: ExplorerState, tmp_path: Path
) -> None:
    """Killed wherever a file is opened, renamed or removed, while one drawing replaces two."""
    named = tuple(NamedSource(str(i), painted(fitted, every=i)) for i in (10, 20))
    file = write_exploration(tmp_path / "a.json", replace(exploration, named_sources=named))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(file)], capture_output=True, text=True, check=True
    )
    outcomes = [tuple(line.split()) for line in done.stdout.splitlines()]
    assert outcomes[-1] == ("False", "1")
    assert {found for killed, found in outcomes if killed == "True"} == {"1", "2"}


def test_the_format_comes_first() -> None:
    assert list(json.loads(FORMAT.text({"a": 1}))) == ["format", "version", "a"]
