"""Distributions of positive numbers that are fitted to connection weights.

Each is fitted by maximum likelihood over its last axis, so that many samples are
fitted at once. The location is 0 where the definition has none: a shifted distribution
is another one, and its likelihood can grow without bound.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaincc, gammaln, log_ndtr, ndtr, polygamma

FamilyName = Literal["lognormal", "inverse_gamma", "inverse_gaussian", "exponential", "normal"]
Values = npt.NDArray[np.float64]
Parameters = tuple[Values, ...]
NEWTON_STEPS = 60
NEWTON_TOLERANCE = 1e-12


class Family(ABC):
    """One kind of distribution.

    Attributes
    ----------
    name : FamilyName
        Key in :data:`FAMILIES`.
    title : str
        Name for people.
    parameter_names : tuple of str
        In the order in which :meth:`fit` returns them.
    """

    name: ClassVar[FamilyName]
    title: ClassVar[str]
    parameter_names: ClassVar[tuple[str, ...]]

    @abstractmethod
    def fit(self, x: Values) -> Parameters:
        """Maximum likelihood over the last axis, which is kept with length 1."""

    @abstractmethod
    def log_density(self, x: Values, *parameters: Values) -> Values:
        """Natural logarithm of the density."""

    @abstractmethod
    def cdf(self, x: Values, *parameters: Values) -> Values:
        """Part of the distribution that is not larger than x."""

    @abstractmethod
    def sample(
        self, rng: np.random.Generator, shape: tuple[int, ...], *parameters: Values
    ) -> Values:
        """Random numbers of the distribution."""


class Lognormal(Family):
    """ln x is normal with mean μ and standard deviation σ."""

    name = "lognormal"
    title = "Lognormal"
    parameter_names = ("mu", "sigma")

    def fit(self, x: Values) -> Parameters:
        """Mean and standard deviation of ln x."""
        return _moments(np.log(x))

    def log_density(self, x: Values, *parameters: Values) -> Values:
        """Normal in ln x."""
        log_x = np.log(x)
        return np.asarray(_log_normal(log_x, *parameters) - log_x)

    def cdf(self, x: Values, *parameters: Values) -> Values:
        """Normal in ln x."""
        mu, sigma = parameters
        return np.asarray(ndtr((np.log(x) - mu) / sigma))

    def sample(
        self, rng: np.random.Generator, shape: tuple[int, ...], *parameters: Values
    ) -> Values:
        """Exponential of normal numbers."""
        mu, sigma = parameters
        return np.asarray(np.exp(mu + sigma * rng.standard_normal(shape)))


class InverseGamma(Family):
    """1 / x follows a gamma distribution: density ∝ x^(−α−1) exp(−β/x)."""

    name = "inverse_gamma"
    title = "Inverse gamma"
    parameter_names = ("alpha", "beta")

    def fit(self, x: Values) -> Parameters:
        """Shape by Newton's method (Minka 2002) on 1 / x, scale from its mean."""
        mean = np.mean(1.0 / x, axis=-1, keepdims=True)
        spread = np.log(mean) + np.mean(np.log(x), axis=-1, keepdims=True)
        alpha = _gamma_shape(spread)
        return alpha, alpha / mean

    def log_density(self, x: Values, *parameters: Values) -> Values:
        """α ln β − ln Γ(α) − (α + 1) ln x − β/x."""
        alpha, beta = parameters
        constant = alpha * np.log(beta) - gammaln(alpha)
        return np.asarray(constant - (alpha + 1.0) * np.log(x) - beta / x)

    def cdf(self, x: Values, *parameters: Values) -> Values:
        """Upper incomplete gamma function of β/x."""
        alpha, beta = parameters
        return np.asarray(gammaincc(alpha, beta / x))

    def sample(
        self, rng: np.random.Generator, shape: tuple[int, ...], *parameters: Values
    ) -> Values:
        """β over gamma numbers, none of them so small that its inverse is not finite."""
        alpha, beta = parameters
        return np.asarray(beta / np.maximum(rng.gamma(alpha, 1.0, shape), 1e-280))


class InverseGaussian(Family):
    """Mean μ, shape λ: density ∝ x^(−3/2) exp(−λ(x − μ)²/(2μ²x))."""

    name = "inverse_gaussian"
    title = "Inverse Gaussian"
    parameter_names = ("mu", "lambda")

    def fit(self, x: Values) -> Parameters:
        """Closed form (Tweedie 1957)."""
        mu = np.mean(x, axis=-1, keepdims=True)
        return mu, 1.0 / np.mean(1.0 / x - 1.0 / mu, axis=-1, keepdims=True)

    def log_density(self, x: Values, *parameters: Values) -> Values:
        """½ ln(λ/(2π)) − 3/2 ln x − λ(x − μ)²/(2μ²x)."""
        mu, shape = parameters
        constant = 0.5 * np.log(shape / (2.0 * np.pi)) - 1.5 * np.log(x)
        return np.asarray(constant - 0.5 * shape * (x / mu - 1.0) ** 2 / x)

    def cdf(self, x: Values, *parameters: Values) -> Values:
        """Two normal tails, the second one in logarithms: its factor can be immense."""
        mu, shape = parameters
        root = np.sqrt(shape / x)
        second = 2.0 * shape / mu + log_ndtr(-root * (x / mu + 1.0))
        return np.asarray(ndtr(root * (x / mu - 1.0)) + np.exp(second))

    def sample(
        self, rng: np.random.Generator, shape: tuple[int, ...], *parameters: Values
    ) -> Values:
        """Michael, Schucany & Haas 1976; the smaller root without a difference of equals."""
        mu, lam = parameters
        ratio = mu / lam * rng.standard_normal(shape) ** 2
        root = 2.0 / (2.0 + ratio + np.sqrt(ratio * (4.0 + ratio)))
        is_small = rng.random(shape) * (1.0 + root) <= 1.0
        return np.asarray(mu * np.where(is_small, root, 1.0 / root))


class Exponential(Family):
    """Density exp(−x/s)/s."""

    name = "exponential"
    title = "Exponential"
    parameter_names = ("scale",)

    def fit(self, x: Values) -> Parameters:
        """The mean."""
        return (np.mean(x, axis=-1, keepdims=True),)

    def log_density(self, x: Values, *parameters: Values) -> Values:
        """−ln s − x/s."""
        (scale,) = parameters
        return np.asarray(-np.log(scale) - x / scale)

    def cdf(self, x: Values, *parameters: Values) -> Values:
        """1 − exp(−x/s)."""
        (scale,) = parameters
        return np.asarray(-np.expm1(-x / scale))

    def sample(
        self, rng: np.random.Generator, shape: tuple[int, ...], *parameters: Values
    ) -> Values:
        """Exponential numbers."""
        (scale,) = parameters
        return np.asarray(scale * rng.standard_exponential(shape))


class Normal(Family):
    """Mean μ, standard deviation σ; it also covers numbers below zero."""

    name = "normal"
    title = "Normal"
    parameter_names = ("mu", "sigma")

    def fit(self, x: Values) -> Parameters:
        """Mean and standard deviation."""
        return _moments(x)

    def log_density(self, x: Values, *parameters: Values) -> Values:
        """−½((x − μ)/σ)² − ln σ − ½ ln 2π."""
        return _log_normal(x, *parameters)

    def cdf(self, x: Values, *parameters: Values) -> Values:
        """Normal integral."""
        mu, sigma = parameters
        return np.asarray(ndtr((x - mu) / sigma))

    def sample(
        self, rng: np.random.Generator, shape: tuple[int, ...], *parameters: Values
    ) -> Values:
        """Normal numbers."""
        mu, sigma = parameters
        return np.asarray(mu + sigma * rng.standard_normal(shape))


FAMILIES: Mapping[FamilyName, Family] = {
    family.name: family
    for family in (Lognormal(), InverseGamma(), InverseGaussian(), Exponential(), Normal())
}
"""All families, in the order in which Knox et al. 2018 name them."""


def _moments(x: Values) -> Parameters:
    mean = np.mean(x, axis=-1, keepdims=True)
    return mean, np.sqrt(np.mean((x - mean) ** 2, axis=-1, keepdims=True))


def _log_normal(x: Values, mu: Values, sigma: Values) -> Values:
    constant = np.log(sigma) + 0.5 * np.log(2.0 * np.pi)
    return np.asarray(-0.5 * ((x - mu) / sigma) ** 2 - constant)


def _gamma_shape(spread: Values) -> Values:
    """Solve ln a − ψ(a) = spread, which is larger than 0."""
    shape = (3.0 - spread + np.sqrt((spread - 3.0) ** 2 + 24.0 * spread)) / (12.0 * spread)
    for _ in range(NEWTON_STEPS):
        gap = np.log(shape) - digamma(shape) - spread
        # Newton's method on 1 / a: from this start it never leaves the positive numbers.
        slope = shape**2 * (1.0 / shape - polygamma(1, shape))
        new = 1.0 / (1.0 / shape + gap / slope)
        done = np.all(np.abs(new - shape) <= NEWTON_TOLERANCE * shape)
        shape = new
        if done:
            break
    return np.asarray(shape)
