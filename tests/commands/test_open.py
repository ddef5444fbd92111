"""``open`` refuses what no window could show, before there is one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from napari_connectome.cli import main
from napari_connectome.state.controller import Controller
from napari_connectome.state.exploration import exploration_of
from napari_connectome.state.exploration_file import write_exploration
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams
from napari_connectome.state.runner import ImmediateRunner


@pytest.fixture
def exploration_file(small_brain: Path, tmp_path: Path) -> Path:
    state = ExplorerState()
    Controller(state, ImmediateRunner()).load(DatasetParams(path=small_brain))
    return write_exploration(tmp_path / "a look.json", exploration_of(state))


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["open", *map(str, arguments)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_moved_data_are_told_with_the_option_that_helps(
    exploration_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads(exploration_file.read_text())
    content["data"]["params"]["path"] = str(tmp_path / "gone")
    content["data"]["relative"] = "gone"
    exploration_file.write_text(json.dumps(content))
    line = refused(capsys, exploration_file, "--screenshot", tmp_path / "a.png")
    assert f"not at {tmp_path / 'gone'}" in line
    assert "--data DIR" in line
    line = refused(capsys, exploration_file, "--data", tmp_path / "nowhere")
    assert "nowhere is not there" in line


def test_other_files_take_no_places(
    small_brain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "belong to an exploration" in refused(capsys, small_brain, "--data", tmp_path)


def test_a_newer_exploration_is_refused(
    exploration_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = exploration_file.read_text().replace('"version": 1', '"version": 7', 1)
    exploration_file.write_text(text)
    assert "version 7" in refused(capsys, exploration_file)
