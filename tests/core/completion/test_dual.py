"""Duals that are allowed, and what they prove."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.completion.certificate import certify
from napari_connectome.core.completion.data_terms import DataTerm, Penalised, WithinDelta
from napari_connectome.core.completion.dual import feasible_dual, spectral_norm


def setting(
    rows: int = 12, columns: int = 17, *, nonnegative: bool = False
) -> tuple[np.ndarray, np.ndarray, list[DataTerm]]:
    rng = np.random.default_rng(4)
    observed = rng.random((rows, columns)) < 0.6
    known = np.where(observed, rng.random((rows, columns)) + 0.1, 0.0)
    terms: list[DataTerm] = [
        WithinDelta(known, observed, 0.3, nonnegative=nonnegative),
        Penalised(known, observed, 0.7, nonnegative=nonnegative),
    ]
    return known, observed, terms


def test_the_spectral_norm_is_the_largest_singular_value() -> None:
    matrix = np.random.default_rng(0).normal(size=(9, 5))
    assert spectral_norm(matrix) == pytest.approx(np.linalg.norm(matrix, 2))
    assert spectral_norm(matrix.T) == pytest.approx(np.linalg.norm(matrix, 2))
    assert spectral_norm(np.zeros((3, 4))) == 0


@pytest.mark.parametrize("nonnegative", [False, True])
@pytest.mark.parametrize("turned", [False, True])
def test_the_dual_is_allowed_and_its_bound_lies_below_every_matrix(
    turned: bool, nonnegative: bool
) -> None:
    shape = (17, 12) if turned else (12, 17)
    known, observed, terms = setting(*shape, nonnegative=nonnegative)
    rng = np.random.default_rng(5)
    for term in terms:
        dual, bound = feasible_dual(term, known + 0.3 * rng.normal(size=shape))
        assert spectral_norm(dual) <= 1 + 1e-9
        outside = dual[~observed]
        assert (outside >= 0).all()
        assert nonnegative or not outside.any()
        assert bound == pytest.approx(term.bound(dual))
        for _ in range(20):
            matrix = term.feasible(np.where(observed, known, 0) + rng.normal(size=shape))
            objective = np.linalg.svd(matrix, compute_uv=False).sum() + term.value(matrix)
            assert bound <= objective


def test_one_singular_value_too_many_does_not_cost_the_whole_bound() -> None:
    """All observed: U Vᵀ is the best dual, and a spoilt one is brought back to nearly that."""
    rng = np.random.default_rng(6)
    left, _, right = np.linalg.svd(rng.normal(size=(10, 14)), full_matrices=False)
    values = np.geomspace(1.0, 0.1, 10)
    matrix = (left * values) @ right
    term = WithinDelta(matrix, np.ones(matrix.shape, dtype=bool), 0.0)
    spoilt = left @ right + 0.5 * np.outer(left[:, 9], right[9])
    by_norm = term.bound(spoilt / 1.5)
    _, bound = feasible_dual(term, spoilt)
    assert by_norm < 0.75 * values.sum()
    assert bound == pytest.approx(values.sum())


def test_a_certificate_is_the_same_in_other_units() -> None:
    known, observed, _ = setting()
    for factor in (1e-6, 1e6):
        one = certify(WithinDelta(known, observed, 0.3), known, known)
        other = certify(WithinDelta(known * factor, observed, 0.3 * factor), known * factor, known)
        again = one.scaled(factor)
        assert other.objective == pytest.approx(again.objective)
        assert other.lower_bound == pytest.approx(again.lower_bound)
        assert other.gap == pytest.approx(again.gap)
        assert other.rank == again.rank
