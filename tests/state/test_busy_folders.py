"""Folders that cannot be written to, or that another process is writing to."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from napari_connectome.core.progress import run_to_end
from napari_connectome.state import jobs
from napari_connectome.state.params import DatasetParams


def state_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of everything in a folder, itself included."""
    places = [folder, *sorted(folder.rglob("*"))]
    return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in places}


@pytest.fixture
def brain(small_brain: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_brain, tmp_path / "brain"))


def test_loading_writes_nothing_into_the_folder(brain: Path) -> None:
    before = state_of(brain)
    assert len(run_to_end(jobs.load(DatasetParams(path=brain))).experiments) == 40
    assert state_of(brain) == before


def test_a_file_that_is_being_written_leaves_its_experiment_out(brain: Path) -> None:
    file = next(brain.glob("experiment_*/projection_density_*.nrrd"))
    number = int(file.parent.name.removeprefix("experiment_"))
    file.write_bytes(file.read_bytes()[:-200])
    dataset = run_to_end(jobs.load(DatasetParams(path=brain)))
    assert number not in dataset.experiments.ids
    assert len(dataset.experiments) == 39
    assert any(str(number) in note and "damaged" in note for note in dataset.notes)


@pytest.mark.parametrize(
    ("owner", "told"),
    [(str(os.getpid()), True), ("0", False), ("x", False)],
    ids=["running", "nobody", "damaged"],
)
def test_a_running_download_is_told(brain: Path, owner: str, *, told: bool) -> None:
    (brain / ".download").mkdir()
    (brain / ".download" / "owner.pid").write_text(owner)
    dataset = run_to_end(jobs.load(DatasetParams(path=brain)))
    assert (jobs.DOWNLOADING in dataset.notes) is told
    assert len(dataset.experiments) == 40
