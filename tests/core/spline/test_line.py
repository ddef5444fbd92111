"""The test problem of Harris et al. 2016, section 4: what each part of the model is good for."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.progress import run_to_end
from napari_connectome.core.spline.full_rank import full_solution_job
from napari_connectome.core.spline.line import line_problem, line_weights, unsmoothed_weights
from napari_connectome.core.spline.low_rank import LowRankLimits, fit_low_rank_job
from napari_connectome.core.spline.low_rank_start import starting_factors_job
from napari_connectome.core.spline.nonneg.solve import NonnegativeLimits
from napari_connectome.core.spline.nonneg.whole import solve_nonnegative_job

WEIGHTS = line_weights()


def error(found):
    return np.linalg.norm(found - WEIGHTS) / np.linalg.norm(WEIGHTS)


def solved(problem, gap):
    return run_to_end(solve_nonnegative_job(problem, NonnegativeLimits(gap=gap)))


@pytest.mark.parametrize("seed", [0, 1])
def test_full_rank_recovers_the_weights(seed):
    problem = line_problem(seed=seed)
    found = solved(problem, 1e-6)
    assert 0.03 < error(found.weights) < 0.07
    slope = problem.gradient(found.weights)
    left = np.where(found.weights > 1e-6, slope, np.minimum(slope, 0))
    scale = np.linalg.norm(problem.gradient(np.zeros_like(WEIGHTS)))
    assert np.linalg.norm(left) <= 1e-5 * scale


def test_rank_twenty_recovers_them_too():
    problem = line_problem()
    full = run_to_end(full_solution_job(problem))
    start = run_to_end(starting_factors_job(full.matrix, 20))
    limits = LowRankLimits(lower_bound=full.objective, gap=0.01)
    found = run_to_end(fit_low_rank_job(problem, start, limits))
    assert 0.04 < error(found.factors.sources @ found.factors.targets.T) < 0.09


def test_injection_sites_that_are_taken_for_what_they_read_bias_everything():
    assert 0.57 < error(solved(line_problem(hide=False), 1e-2).weights) < 0.70


def test_without_smoothness_nothing_is_filled_in():
    for seed in range(3):
        assert 0.63 < error(unsmoothed_weights(line_problem(seed=seed))) < 0.72


def test_injections_at_random_places():
    centres = tuple(np.random.default_rng(5).random(5))
    assert 0.05 < error(solved(line_problem(centres), 1e-4).weights) < 0.26
