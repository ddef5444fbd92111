"""The published table that the first source document completes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from napari_connectome.core.completion.complete import complete_job
from napari_connectome.core.completion.curve import CurveRequest
from napari_connectome.core.completion.curve_job import one_repeat
from napari_connectome.core.completion.problem import CompletionProblem
from napari_connectome.core.progress import run_to_end
from napari_connectome.data.completion_files import read_labelled

TABLE = "oh2014/nature13186-s3.xlsx"


def test_the_table_as_it_was_published(realdata: Path) -> None:
    found = read_labelled(realdata / TABLE)
    assert found.values.shape == (469, 590)
    assert np.isnan(found.values).sum() == 106
    assert np.nanmin(found.values) == 0
    assert found.columns[0] == "FRP R"
    assert found.columns[295] == "FRP L"
    assert found.rows[0] == "100141273"


def test_error_falls_with_what_is_observed(realdata: Path) -> None:
    """The thesis's shape, on a part of the table: steeply for rank 2, slowly for the matrix."""
    values = read_labelled(realdata / TABLE).values[:120, :295]
    asked = CurveRequest(values, fractions=(0.0, 0.25, 0.5, 0.75, 0.95), repeats=1)
    whole, rank_two = (one_repeat(asked, curve, 0)[1] for curve in range(2))
    assert (np.diff(whole) < 0).all()
    assert (np.diff(rank_two) < 0).all()
    assert whole[2] > 0.3
    assert (rank_two[1:] < whole[1:]).all()


def test_half_of_the_table_is_certified(realdata: Path) -> None:
    values = read_labelled(realdata / TABLE).values
    rng = np.random.default_rng(0)
    problem = CompletionProblem(values, np.isfinite(values) & (rng.random(values.shape) < 0.5))
    found = run_to_end(complete_job(problem, delta=0.05 * problem.norm, tol=1e-3))
    assert found.certificate.gap <= 1e-3
    assert found.misfit <= 0.05 * problem.norm * (1 + 1e-6)
    assert found.relative_error(values) < 0.6
