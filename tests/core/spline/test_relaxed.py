"""The exact minimum without W >= 0, against one large linear system."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from napari_connectome.core import laplacian
from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.spline import relaxed
from napari_connectome.core.spline.relaxed import relaxed_weights_job
from tests.core.spline_data import free_solution, line_problem, sheet_problem


@pytest.mark.parametrize(
    "problem",
    [line_problem(n=30, lam=0.3)[0], sheet_problem(), sheet_problem(lam=1e-4), sheet_problem(m=1)],
    ids=["line", "two lattices", "small λ", "one experiment"],
)
def test_against_the_large_system(problem):
    found = run_to_end(relaxed_weights_job(problem))
    expected = free_solution(problem)
    np.testing.assert_allclose(found, expected, atol=1e-7 * np.abs(expected).max())


def test_pieces_have_constants_of_their_own():
    problem = sheet_problem(sources=(4, 3), targets=(5, 3), m=9)
    pieces = [np.arange(12) // 6, np.array([0] * 3 + [1] * 12)]
    grids = [np.argwhere(np.ones(shape, dtype=bool)) for shape in ((4, 3), (5, 3))]
    parts = [laplacian.lattice_laplacian(*pair) for pair in zip(grids, pieces, strict=True)]
    apart = replace(problem, source_laplacian=parts[0], target_laplacian=parts[1])
    found = run_to_end(relaxed_weights_job(apart))
    expected = free_solution(apart)
    np.testing.assert_allclose(found, expected, atol=1e-8 * np.abs(expected).max())


def test_a_piece_without_injection_is_a_minimum_too():
    problem = sheet_problem()
    sources = np.argwhere(np.ones((4, 3), dtype=bool))
    injections = problem.injections.toarray()
    injections[:, 6:] = 0
    apart = replace(
        problem,
        injections=type(problem.injections)(injections),
        source_laplacian=laplacian.lattice_laplacian(sources, np.arange(12) // 6),
    )
    found = run_to_end(relaxed_weights_job(apart))
    assert np.abs(apart.gradient(found)).max() < 1e-8
    np.testing.assert_allclose(found[6:], 0, atol=1e-9)


def test_too_many_voxels_are_refused(monkeypatch):
    monkeypatch.setattr(relaxed, "MOST_VOXELS", 10)
    with pytest.raises(ModelError, match="15 voxels are too many"):
        run_to_end(relaxed_weights_job(sheet_problem()))
