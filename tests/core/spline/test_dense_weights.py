"""All of W, put together from tall factors, against one large linear system."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from napari_connectome.core import laplacian
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.spline.dense_weights import dense_weights_job
from napari_connectome.core.spline.operator import spectrum
from napari_connectome.core.spline.operator.preparation import Geometry
from napari_connectome.core.spline.operator.solve import fit_operator_job
from tests.core.spline_data import free_solution, line_problem, sheet_problem

APART = replace(
    sheet_problem(m=9),
    source_laplacian=laplacian.lattice_laplacian(
        np.argwhere(np.ones((4, 3), dtype=bool)), np.arange(12) // 6
    ),
)


@pytest.mark.parametrize("patterns", [(40, 40), (4, 4), (40, 4), (4, 40)])
@pytest.mark.parametrize(
    "problem",
    [line_problem(n=30, lam=0.3)[0], sheet_problem(), APART],
    ids=["line", "two lattices", "pieces"],
)
def test_against_the_large_system(problem, patterns, monkeypatch):
    monkeypatch.setattr(spectrum, "DENSE_SIZE", 5)
    lattices = problem.source_laplacian, problem.target_laplacian
    jobs = (
        spectrum.spectrum_job(*pair, np.float64) for pair in zip(lattices, patterns, strict=True)
    )
    geometry = Geometry.of(*map(run_to_end, jobs))
    solution = run_to_end(fit_operator_job(problem, geometry, tol=1e-11))
    found = run_to_end(dense_weights_job(solution.weights))
    expected = free_solution(problem)
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())
