"""Planted laws and exponents are recovered within their error."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import curve_fit

from napari_connectome.core.analysis.distance_dependence import distance_dependence
from napari_connectome.core.errors import ModelError

RNG = np.random.default_rng(0)
DISTANCES_MM = np.exp(RNG.uniform(np.log(0.4), np.log(9.0), 800))


def weights(law: str, slope: float, noise: float, seed: int = 1) -> np.ndarray:
    u = np.log(DISTANCES_MM) if law == "power_law" else DISTANCES_MM
    return np.exp(-3.0 + slope * u + np.random.default_rng(seed).normal(0, noise, len(u)))


@pytest.mark.parametrize("scale", ["log", "linear"])
@pytest.mark.parametrize(("law", "slope"), [("power_law", -2.0), ("exponential", -0.8)])
def test_without_noise_the_law_is_exact(law: str, slope: float, scale: str) -> None:
    found = distance_dependence(weights(law, slope, 0.0), 1000 * DISTANCES_MM)
    fit = found.fit_of(law, scale)
    assert fit.slope == pytest.approx(slope, rel=1e-6)
    assert fit.intercept == pytest.approx(-3.0, rel=1e-6)
    assert fit.rmse == pytest.approx(0.0, abs=1e-7)
    np.testing.assert_allclose(fit.weight(DISTANCES_MM), weights(law, slope, 0.0), rtol=1e-5)


@pytest.mark.parametrize(("law", "slope"), [("power_law", -2.9), ("exponential", -0.6)])
def test_with_noise_the_planted_law_wins_and_its_error_covers_it(law: str, slope: float) -> None:
    deviations = []
    for seed in range(40):
        found = distance_dependence(weights(law, slope, 1.5, seed), 1000 * DISTANCES_MM)
        assert found.best.law == law
        assert found.best.rmse == pytest.approx(1.5, rel=0.1)
        deviations.append((found.best.slope - slope) / found.best.slope_error)
    assert np.abs(deviations).max() < 3.5
    assert np.std(deviations) == pytest.approx(1.0, abs=0.35)


def test_the_fit_of_logarithms_is_the_straight_line() -> None:
    w = weights("power_law", -2.0, 1.0)
    fit = distance_dependence(w, 1000 * DISTANCES_MM).fit_of("power_law")
    (slope, intercept), covariance = np.polyfit(np.log(DISTANCES_MM), np.log(w), 1, cov=True)
    assert (fit.slope, fit.intercept) == pytest.approx((slope, intercept), rel=1e-8)
    assert fit.slope_error == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-8)


def test_the_fit_of_weights_is_scipys() -> None:
    w = weights("exponential", -0.7, 0.3)
    fit = distance_dependence(w, 1000 * DISTANCES_MM).fit_of("exponential", "linear")
    (height, slope), covariance = curve_fit(
        lambda d, a, s: a * np.exp(s * d), DISTANCES_MM, w, p0=(0.05, -0.7)
    )
    assert (np.exp(fit.intercept), fit.slope) == pytest.approx((height, slope), rel=1e-4)
    assert fit.slope_error == pytest.approx(np.sqrt(covariance[1, 1]), rel=1e-3)
    assert fit.length_mm == pytest.approx(-1 / fit.slope)
    assert fit.length_error_mm == pytest.approx(fit.slope_error / fit.slope**2)
    expected = np.sqrt(np.mean((w - fit.weight(DISTANCES_MM)) ** 2))
    assert fit.rmse == pytest.approx(expected)


def test_the_unit_of_the_weights_changes_nothing_but_the_height() -> None:
    w = weights("power_law", -2.0, 1.0)
    small, large = (distance_dependence(k * w, 1000 * DISTANCES_MM) for k in (1e-12, 1e9))
    for one, other in zip(small.fits, large.fits, strict=True):
        assert one.slope == pytest.approx(other.slope, rel=1e-5)
        assert one.slope_error == pytest.approx(other.slope_error, rel=1e-4)


def test_no_distance_and_distance_zero_are_left_out() -> None:
    w = np.append(weights("power_law", -2.0, 0.0), [5.0, 6.0, 7.0])
    d = np.append(1000 * DISTANCES_MM, [0.0, np.nan, np.inf])
    found = distance_dependence(w, d)
    assert (found.left_out, len(found.weights)) == (3, 800)
    assert found.best.slope == pytest.approx(-2.0)


def test_an_exponential_that_rises_has_no_length() -> None:
    w = np.exp(0.5 * DISTANCES_MM)
    assert distance_dependence(w, 1000 * DISTANCES_MM).fit_of("exponential").length_mm == np.inf
    with pytest.raises(ModelError, match="exponent and no length"):
        _ = distance_dependence(w, 1000 * DISTANCES_MM).fit_of("power_law").length_mm


@pytest.mark.parametrize(
    ("w", "d", "words"),
    [
        (np.arange(1.0, 21.0), np.full(20, 500.0), "All 20 connections span 1 distance"),
        (np.arange(1.0, 21.0), np.repeat([500.0, 900.0], 10), "span 2 distances"),
        (np.ones(9), np.arange(1.0, 10.0), "at least 10 connections .*; 9 came"),
        (np.ones(20), np.full(20, np.nan), "0 came .20 have none"),
        (np.zeros(20), np.arange(1.0, 21.0), "larger than 0"),
        (np.ones(20), np.arange(1.0, 20.0), "19 for 20"),
    ],
)
def test_bad_input_is_refused_with_words(w: np.ndarray, d: np.ndarray, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        distance_dependence(w, d)
