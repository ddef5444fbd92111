"""Spectrum of W in its forms, against decompositions of dense matrices."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.linalg import aslinearoperator

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.spline.energy import EnergySpectrum, distance_job, energy_spectrum_job
from napari_connectome.core.spline.factors import Factors


def decaying(n=60, m=45, ratio=0.7):
    """A matrix whose singular values fall by a ratio."""
    rng = np.random.default_rng(4)
    left, right = (np.linalg.qr(rng.standard_normal((k, m)))[0] for k in (n, m))
    return (left * ratio ** np.arange(m)) @ right.T


def test_factors_are_decomposed_exactly():
    rng = np.random.default_rng(0)
    factors = Factors(rng.random((30, 5)), rng.random((40, 5)))
    whole = factors.sources @ factors.targets.T
    found = run_to_end(energy_spectrum_job(factors))
    np.testing.assert_allclose(found.values, np.linalg.svd(whole)[1][:5], rtol=1e-10)
    assert found.squared_norm == pytest.approx(np.vdot(whole, whole))
    assert found.cumulative[-1] == pytest.approx(1.0)
    assert found.compression(5) == pytest.approx(30 * 40 / (5 * 70))


@pytest.mark.parametrize("form", [np.asarray, aslinearoperator])
def test_products_are_enough(form):
    whole = decaying()
    found = run_to_end(energy_spectrum_job(form(whole), 12))
    expected = np.linalg.svd(whole, compute_uv=False)
    np.testing.assert_allclose(found.values, expected[:12], rtol=1e-6)
    assert found.squared_norm == pytest.approx(np.vdot(whole, whole), rel=1e-4)
    energy = np.cumsum(expected**2) / np.sum(expected**2)
    for level in (0.5, 0.95, 0.99):
        assert found.components(level) == int(np.argmax(energy >= level)) + 1
    assert run_to_end(energy_spectrum_job(form(whole), 3)).components(0.99) is None


def test_all_values_leave_nothing_out():
    whole = decaying(8, 6)
    found = run_to_end(energy_spectrum_job(whole))
    assert found.squared_norm == pytest.approx(np.vdot(whole, whole), rel=1e-12)
    assert found.components(1.0) == 6


def test_distance_of_factors():
    rng = np.random.default_rng(1)
    factors = Factors(rng.random((20, 3)), rng.random((15, 3)))
    own = factors.sources @ factors.targets.T
    whole = own + 0.3 * rng.standard_normal(own.shape)
    size = float(np.vdot(whole, whole))
    expected = np.linalg.norm(own - whole) / np.linalg.norm(whole)
    assert run_to_end(distance_job(factors, whole, size)) == pytest.approx(expected)
    assert run_to_end(distance_job(factors, aslinearoperator(whole), size)) == pytest.approx(
        expected
    )
    assert run_to_end(distance_job(factors, own, float(np.vdot(own, own)))) < 1e-7
    assert factors.distance(whole) == pytest.approx(expected)


def test_refused():
    factors = Factors(np.ones((4, 1)), np.ones((3, 1)))
    with pytest.raises(ModelError, match="different voxels"):
        run_to_end(distance_job(factors, np.ones((3, 3)), 9.0))
    with pytest.raises(ModelError, match="zero everywhere"):
        run_to_end(distance_job(factors, np.zeros((4, 3)), 0.0))
    assert EnergySpectrum(np.zeros(2), 0.0, (4, 3)).components(0.95) is None
