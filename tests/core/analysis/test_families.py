"""Families of distributions: likelihoods, distribution functions and fits are those of scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from napari_connectome.core.analysis.families import FAMILIES, FamilyName
from tests.core.analysis.planted_distributions import FROZEN, PLANTED

SCIPY = {
    "lognormal": (stats.lognorm, {"floc": 0}),
    "inverse_gamma": (stats.invgamma, {"floc": 0}),
    "inverse_gaussian": (stats.invgauss, {"floc": 0}),
    "exponential": (stats.expon, {"floc": 0}),
    "normal": (stats.norm, {}),
}
ALL = pytest.mark.parametrize("name", FAMILIES)


@ALL
def test_density_and_distribution_function(name: FamilyName) -> None:
    x = np.geomspace(1e-4, 30.0, 50)
    frozen, family = FROZEN[name](*PLANTED[name]), FAMILIES[name]
    parameters = tuple(map(np.asarray, PLANTED[name]))
    np.testing.assert_allclose(family.log_density(x, *parameters), frozen.logpdf(x), rtol=1e-10)
    np.testing.assert_allclose(family.cdf(x, *parameters), frozen.cdf(x), rtol=1e-9, atol=1e-300)


@ALL
def test_random_numbers_follow_the_distribution(name: FamilyName) -> None:
    x = FAMILIES[name].sample(np.random.default_rng(1), (4000,), *map(np.asarray, PLANTED[name]))
    assert stats.kstest(x, FROZEN[name](*PLANTED[name]).cdf).pvalue > 0.01


@ALL
def test_the_fit_is_as_likely_as_scipys_and_near_the_truth(name: FamilyName) -> None:
    frozen, family = FROZEN[name](*PLANTED[name]), FAMILIES[name]
    x = np.asarray(frozen.rvs(5000, random_state=np.random.default_rng(2)))
    found = [float(value[0]) for value in family.fit(x)]
    assert found == pytest.approx(PLANTED[name], rel=0.1)
    scipy, options = SCIPY[name]
    theirs = scipy(*scipy.fit(x, **options)).logpdf(x).sum()
    ours = float(family.log_density(x, *family.fit(x)).sum())
    assert ours == pytest.approx(theirs, rel=1e-6)
    assert ours >= theirs - 1e-6 * abs(theirs)


@ALL
def test_many_samples_are_fitted_at_once(name: FamilyName) -> None:
    x = FAMILIES[name].sample(np.random.default_rng(3), (6, 80), *map(np.asarray, PLANTED[name]))
    together = FAMILIES[name].fit(x)
    for number, row in enumerate(x):
        for one, many in zip(FAMILIES[name].fit(row), together, strict=True):
            assert many[number] == pytest.approx(one, rel=1e-10)


def test_weights_over_thirty_decades_break_nothing() -> None:
    """As the voxel model has them: kernels fall off without end."""
    x = np.geomspace(1e-33, 1e3, 400)
    for family in FAMILIES.values():
        parameters = family.fit(x)
        assert all(np.isfinite(value).all() for value in parameters)
        assert np.isfinite(family.log_density(x, *parameters)).all()
        cdf = family.cdf(x, *parameters)
        assert np.isfinite(cdf).all()
        assert ((cdf >= 0) & (cdf <= 1)).all()
        sample = family.sample(np.random.default_rng(0), (3, 400), *parameters)
        assert np.isfinite(sample).all()
        assert all(np.isfinite(value).all() for value in family.fit(np.abs(sample)))
