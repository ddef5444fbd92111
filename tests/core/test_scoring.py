"""MSE_rel: the values of the papers, and what may not be scored."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.errors import ModelError
from napari_connectome.core.scoring import BLOCK, mse_rel


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
