from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from napari_connectome.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def saved(small_brain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model fitted to the small brain."""
    path = tmp_path_factory.mktemp("commands") / "brain.h5"
    assert main(["fit", str(small_brain), "--out", str(path), "--no-template"]) == 0
    return path


@pytest.fixture
def run_command(capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit code, output and remarks of a command."""

    def command(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command
