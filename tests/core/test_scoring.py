"""MSE_rel: the values of the papers, and what may not be scored."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.errors import ModelError
from napari_connectome.core.scoring import BLOCK, mse_rel, relative_errors, row_correlations


def test_values_of_knox_2018():
    assert mse_rel([0.25], [1.0]) == pytest.approx(1.0588, abs=5e-5)
    assert mse_rel([1.0], [0.25]) == pytest.approx(1.0588, abs=5e-5)


def test_limits():
    some, none = np.array([[1.0, 2.0]]), np.zeros((1, 2))
    assert mse_rel(some, some) == 0
    assert mse_rel(some, none) == pytest.approx(2.0)
    assert mse_rel(none, some) == pytest.approx(2.0)
    assert mse_rel(none, none) == 0
    assert mse_rel([], []) == 0


def test_experiments_are_pooled_in_float64_across_blocks():
    rng = np.random.default_rng(0)
    truth = rng.random((3, BLOCK), dtype=np.float32)
    guess = rng.random((3, BLOCK), dtype=np.float32)
    t, g = truth.astype(np.float64), guess.astype(np.float64)
    expected = 2 * ((t - g) ** 2).sum() / ((t**2).sum() + (g**2).sum())
    assert mse_rel(truth, guess) == pytest.approx(expected, rel=1e-12)


def test_inputs_are_left_alone():
    truth, guess = np.ones(3), np.full(3, 2.0)
    mse_rel(truth, guess)
    assert truth.tolist() == [1, 1, 1]
    assert guess.tolist() == [2, 2, 2]


def test_shapes_must_agree():
    with pytest.raises(ModelError, match=r"\(2,\) and \(2, 1\) came"):
        mse_rel(np.ones(2), np.ones((2, 1)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_must_be_finite(bad):
    with pytest.raises(ModelError, match="finite"):
        mse_rel([1.0, bad], [1.0, 1.0])


def test_errors_from_sums_are_those_of_the_values():
    rng = np.random.default_rng(1)
    truth, guess = rng.random((2, 4, 30))
    truth[2], guess[3] = 0, 0
    sums = np.stack([(guess**2).sum(1), (guess * truth).sum(1), (truth**2).sum(1)], axis=1)
    expected = [mse_rel(y, p) for y, p in zip(truth, guess, strict=True)]
    np.testing.assert_allclose(relative_errors(sums), expected)
    assert relative_errors(sums.sum(axis=0)) == pytest.approx(mse_rel(truth, guess))
    assert relative_errors(sums)[2:] == pytest.approx([2.0, 2.0])
    assert relative_errors(np.zeros(3)) == 0
    assert relative_errors(np.array([1.0, 0.25, 0.0625])) == pytest.approx(1.0588, abs=5e-5)


def test_correlations_of_rows():
    first = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 0.0, 5.0], [4.0, 4.0, 4.0]])
    second = np.array([[2.0, 4.0, 6.0], [3.0, 2.0, 1.0], [2.0, 7.0, 1.0], [1.0, 2.0, 3.0]])
    found = row_correlations(first, second)
    assert found[:2] == pytest.approx([1.0, -1.0])
    assert found[2] == pytest.approx(np.corrcoef(first[2], second[2])[0, 1])
    assert np.isnan(found[3])
    assert np.isnan(row_correlations(np.zeros((2, 0)), np.zeros((2, 0)))).all()
