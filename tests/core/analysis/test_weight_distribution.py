"""Planted distributions are found, and tests mean what they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from napari_connectome.core.analysis.families import FAMILIES, FamilyName
from napari_connectome.core.analysis.weight_distribution import weight_distribution
from napari_connectome.core.errors import ModelError
from tests.core.analysis.planted_distributions import FROZEN, PLANTED


def planted(name: FamilyName, count: int, seed: int = 0) -> np.ndarray:
    return np.asarray(
        FROZEN[name](*PLANTED[name]).rvs(count, random_state=np.random.default_rng(seed))
    )


@pytest.mark.parametrize("name", FAMILIES)
def test_the_planted_distribution_is_chosen(name: FamilyName) -> None:
    found = weight_distribution(planted(name, 2000))
    assert found.best.family == name
    assert list(found.best.parameters.values()) == pytest.approx(PLANTED[name], rel=0.1)
    assert found.best.ks_p_fitted > 0.05
    assert [fit.bic for fit in found.fits] == sorted(fit.bic for fit in found.fits)


def test_numbers_are_those_of_their_definitions() -> None:
    x = planted("lognormal", 500)
    fit = weight_distribution(x).fit_of("lognormal")
    frozen = FROZEN["lognormal"](*fit.parameters.values())
    assert fit.log_likelihood == pytest.approx(frozen.logpdf(x).sum())
    assert fit.bic == pytest.approx(2 * np.log(500) - 2 * frozen.logpdf(x).sum())
    test = stats.kstest(x, frozen.cdf)
    assert (fit.ks_distance, fit.ks_p) == pytest.approx((test.statistic, test.pvalue))
    np.testing.assert_allclose(fit.density(x), frozen.pdf(x))
    decades = np.linspace(-12, 8, 4001)
    assert np.trapezoid(fit.density_per_decade(10.0**decades), decades) == pytest.approx(1.0)
    exponential = weight_distribution(x).fit_of("exponential")
    assert exponential.bic == pytest.approx(np.log(500) - 2 * exponential.log_likelihood)


def test_log_normality_is_tested_on_log_weights() -> None:
    x = planted("lognormal", 800)
    found = weight_distribution(x)
    test = stats.shapiro(np.log(x))
    # The test does not depend on the base of the logarithm, nor on the order.
    assert (found.shapiro_w, found.shapiro_p) == pytest.approx((test.statistic, test.pvalue))
    assert found.shapiro_count == 800
    assert found.shapiro_p > 0.05
    assert weight_distribution(planted("exponential", 800)).shapiro_p < 1e-6


def test_large_samples_are_tested_in_part() -> None:
    found = weight_distribution(planted("lognormal", 20_000))
    assert (found.count, found.shapiro_count) == (20_000, 5000)
    assert found.shapiro_p > 0.01
    assert found.best.ks_p_fitted > 0.05


def test_p_of_fitted_parameters_is_evenly_spread_where_the_family_is_true() -> None:
    """Plain p is not: it lies near 1, since the parameters follow the sample."""
    plain, simulated = [], []
    for seed in range(60):
        fit = weight_distribution(planted("lognormal", 60, seed)).fit_of("lognormal")
        plain.append(fit.ks_p)
        simulated.append(fit.ks_p_fitted)
    assert stats.kstest(simulated, "uniform").pvalue > 0.01
    assert stats.kstest(plain, "uniform").pvalue < 1e-6


def test_the_same_weights_give_the_same_numbers_in_any_order() -> None:
    x = planted("inverse_gamma", 300)
    assert weight_distribution(x) == weight_distribution(x[::-1])


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([], "at least 10 weights larger than 0; 0 came"),
        ([1.0] * 9, "at least 10 weights larger than 0; 9 came"),
        ([0.0] * 20, "20 of 20 are not"),
        ([1.0] * 20 + [np.nan], "1 of 21 are not"),
        ([1.0] * 20 + [-1.0], "1 of 21 are not"),
        ([0.5] * 20, "All 20 weights are 0.5"),
    ],
)
def test_bad_weights_are_refused_with_words(weights: list[float], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        weight_distribution(weights)
