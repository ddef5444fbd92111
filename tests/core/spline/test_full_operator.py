"""The full solution without its matrix stands for the one that is held in full."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.progress import run_to_end
from napari_connectome.core.spline import full_operator, full_rank
from napari_connectome.core.spline.full_rank import full_solution_job
from napari_connectome.core.spline.low_rank_start import leading_spectrum
from napari_connectome.core.spline.operator import spectra
from tests.core.spline_data import free_solution, sheet_problem


@pytest.fixture
def without_matrix(monkeypatch):
    """Treat any size as too large for W, with some patterns of the lattices left to polynomials."""
    monkeypatch.setattr(full_rank, "MOST_VOXELS", 5)
    monkeypatch.setattr(spectra, "FEWEST", 4)


@pytest.mark.usefixtures("without_matrix")
def test_products_with_it_are_those_with_the_solution():
    problem = sheet_problem()
    found, expected = run_to_end(full_solution_job(problem)), free_solution(problem)
    assert isinstance(found, full_operator.ImplicitSolution)
    size = np.abs(expected).max()
    np.testing.assert_allclose(found.matrix @ np.eye(15), expected, atol=1e-5 * size)
    np.testing.assert_allclose(found.matrix.T @ np.eye(12), expected.T, atol=1e-5 * size)
    assert found.objective == pytest.approx(problem.objective(expected), rel=1e-4)
    assert found.objective <= problem.objective(expected) * (1 + 1e-6), "it is a bound"
    values = np.linalg.svd(expected, compute_uv=False)
    np.testing.assert_allclose(leading_spectrum(found.matrix, 3).values, values[:3], rtol=1e-4)
