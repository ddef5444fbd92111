"""Pairs of patterns: sorted, balanced, and how much of the whole they hold."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.errors import ModelError
from napari_connectome.core.spline.factors import Factors


def some(seed=0):
    rng = np.random.default_rng(seed)
    return Factors(rng.random((8, 4)) * [1, 9, 0, 3], rng.random((6, 4)))


def test_energy():
    factors = some()
    ordered = factors.by_energy()
    products = [np.outer(u, v) for u, v in zip(ordered.sources.T, ordered.targets.T, strict=True)]
    np.testing.assert_allclose(ordered.energies, [np.linalg.norm(p) for p in products])
    assert np.all(np.diff(ordered.energies) <= 0)
    whole = factors.sources @ factors.targets.T
    np.testing.assert_allclose(sum(products), whole)
    partial = [np.linalg.norm(sum(products[: k + 1])) ** 2 for k in range(4)]
    np.testing.assert_allclose(ordered.cumulative_energy, partial / np.linalg.norm(whole) ** 2)
    assert ordered.cumulative_energy[-1] == pytest.approx(1)


def test_balanced():
    balanced = some().balanced()
    np.testing.assert_allclose(
        balanced.sources @ balanced.targets.T, some().sources @ some().targets.T
    )
    np.testing.assert_allclose(
        np.linalg.norm(balanced.sources, axis=0), np.linalg.norm(balanced.targets, axis=0)
    )


def test_distance():
    factors = some()
    whole = factors.sources @ factors.targets.T
    assert factors.distance(whole) == pytest.approx(0, abs=1e-14)
    assert factors.distance(whole / 2) == pytest.approx(1)
    with pytest.raises(ModelError, match="shape"):
        factors.distance(whole.T)
    with pytest.raises(ModelError, match="zero"):
        factors.distance(np.zeros((8, 6)))


def test_bad_factors():
    with pytest.raises(ModelError, match="rank"):
        Factors(np.ones((3, 2)), np.ones((3, 1)))
    with pytest.raises(ModelError, match="Target factors"):
        Factors(np.ones((3, 2)), np.full((3, 2), np.nan))
    with pytest.raises(ModelError, match="Source factors"):
        Factors(-np.ones((3, 2)), np.ones((3, 2)))
