"""The example notebooks run from top to bottom, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "examples"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
WRITES = {
    "first_steps": {"map.npy", "map.png", "model.h5", "projection.nii.gz", "targets.csv"},
    "regions_and_models": {"matrix.csv", "matrix.pdf", "scores.csv", "statistics.csv"},
    "completion": {"completed.csv"},
    "splines_on_a_line": {"line.png"},
}
SAYS = {
    # A model that was saved and loaded answers the same.
    "first_steps": "\nTrue\n",
    "regions_and_models": "(160, 320)",
    "splines_on_a_line": "Full rank             0.059",
    "completion": "voxel model of sample_data, completed (nuclear-norm)",
}
RUN = """\
import ast, json, pathlib, sys
names = {"__name__": "__main__"}
for cell in json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        tree = ast.parse("".join(cell["source"]))
        shown = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)
        if shown is not None:
            value = eval(compile(ast.Expression(shown.value), "cell", "eval"), names)
            if value is not None:
                print(repr(value))
"""
"""Runs the cells as a notebook does, and prints what it would show: no server, no kernel."""


def test_every_notebook_is_known() -> None:
    assert {path.stem for path in NOTEBOOKS} == set(WRITES) == set(SAYS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "MPLBACKEND": "agg"}
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN, str(path)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert SAYS[path.stem] in ended.stdout
    written = {file.name: file.stat().st_size for file in (tmp_path / "results").iterdir()}
    assert set(written) == WRITES[path.stem]
    assert min(written.values()) > 500


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_kept_without_outputs(path: Path) -> None:
    book = json.loads(path.read_text(encoding="utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    cells = book["cells"]
    assert len({cell["id"] for cell in cells}) == len(cells)
    assert cells[0]["cell_type"] == "markdown"
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
