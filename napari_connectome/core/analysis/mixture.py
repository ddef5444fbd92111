"""Log weights as a mixture of normal distributions (Knox et al. 2018, §2.4)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.analysis.weight_distribution import checked_weights
from napari_connectome.core.progress import Job, Progress, run_to_end

if TYPE_CHECKING:
    from sklearn.mixture import GaussianMixture

MOST_COMPONENTS = 10
STARTS = 10
PATIENCE = 3
"""So many numbers of components in a row may be worse than the best before the search ends."""
ITERATION: Mapping[str, Any] = {"tol": 1e-4, "max_iter": 1000}
"""Expectation maximisation goes on while a step adds so much to the mean log-likelihood."""
SPLITS = ((0.5, (0.8, 0.8)), (0.0, (0.5, 1.5)))
"""How one component becomes two: apart, or about one middle, one narrow and one wide.

Shift of the middles and both deviations, in its deviation.
"""
LEAST_SD = 0.05
"""A component that is narrower, in decades, stands on a few equal weights and on no distribution.

Its likelihood grows without bound as it narrows, so that mixtures with such a one are passed over.
"""
TRIED_WEIGHTS = 4000
"""Starts are tried on so many of the weights."""
SEED = 0
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class WeightMixture:
    """The mixture with the lowest BIC.

    Parameters
    ----------
    means, sds, shares : ndarray of float64, shape (k,)
        Mean and standard deviation of each component in log₁₀ of the weight, in order of
        the mean, and its part of all weights.
    bics : tuple of float
        BIC of 1, 2, ... components, as far as was searched.
    converged : bool
        Whether expectation maximisation of the chosen one came to rest.
    count : int
        Weights that were fitted.
    """

    means: Values
    sds: Values
    shares: Values
    bics: tuple[float, ...]
    converged: bool
    count: int

    @property
    def components(self) -> int:
        """How many there are."""
        return len(self.means)

    def densities_per_decade(self, log10_weights: npt.ArrayLike) -> Values:
        """Density of each component over log₁₀ of the weight, shape (k, n); they add up."""
        x = np.asarray(log10_weights, dtype=np.float64)
        z = (x - self.means[:, None]) / self.sds[:, None]
        heights = self.shares / (self.sds * np.sqrt(2.0 * np.pi))
        return np.asarray(heights[:, None] * np.exp(-0.5 * z**2))


def weight_mixture(
    weights: npt.ArrayLike, *, most_components: int = MOST_COMPONENTS
) -> WeightMixture:
    """Fit mixtures of 1, 2, ... normal distributions to log₁₀ weights; the lowest BIC wins.

    Parameters
    ----------
    weights : array of float, shape (n,)
        Connections that exist: finite and larger than 0.
    most_components : int
        The search ends there, when three more components in a row did not lower the BIC, or
        when there is no room for another one that is not on a few equal weights.

    Returns
    -------
    WeightMixture
        The same for the same weights: ten starts are random with a fixed seed, the others
        split a component of the mixture before.

    Raises
    ------
    ModelError
        When a weight is not larger than 0, there are fewer than 10, or all are equal.
    """
    return run_to_end(weight_mixture_job(weights, most_components=most_components))


def weight_mixture_job(
    weights: npt.ArrayLike, *, most_components: int = MOST_COMPONENTS
) -> Job[WeightMixture]:
    """Do what :func:`weight_mixture` does, as a job that can be stopped."""
    x = np.log10(checked_weights(weights))[:, None]
    part = x
    if len(x) > TRIED_WEIGHTS:
        part = np.quantile(x, (np.arange(TRIED_WEIGHTS) + 0.5) / TRIED_WEIGHTS)[:, None]
    most = min(most_components, len(np.unique(x)))
    best: GaussianMixture | None = None
    mixture: GaussianMixture | None = None
    bics: list[float] = []
    for number in range(1, most + 1):
        yield Progress(number - 1, most, f"Fitting mixtures: {number} of at most {most} components")
        mixture = _fitted(x, part, number, mixture)
        if mixture is None:
            break
        bics.append(float(mixture.bic(x)))
        if best is None or bics[-1] < min(bics[:-1]):
            best = mixture
        if number - 1 - int(np.argmin(bics)) >= PATIENCE:
            break
    assert best is not None
    means, sds, shares = _parameters(best)
    order = np.argsort(means)
    return WeightMixture(
        means=means[order],
        sds=sds[order],
        shares=shares[order],
        bics=tuple(bics),
        converged=bool(best.converged_),
        count=len(x),
    )


def _fitted(
    x: Values, part: Values, components: int, fewer: GaussianMixture | None
) -> GaussianMixture | None:
    """The likeliest mixture of several random starts and of those made from one with fewer.

    Random starts alone miss small components: with one of them split in two, a larger
    mixture is hardly ever less likely than a smaller one. Starts are tried on a part of
    the weights; the best one of each kind goes on with all of them. None: every one of
    them has a component that is too narrow.
    """
    # scikit-learn takes a second to load and is not needed before a fit.
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    random = [
        GaussianMixture(components, init_params="k-means++", random_state=SEED + one, **ITERATION)
        for one in range(STARTS)
    ]
    splits = (
        []
        if fewer is None
        else [
            _split(fewer, one, shift, widths)
            for one in range(components - 1)
            for shift, widths in SPLITS
        ]
    )
    with warnings.catch_warnings():
        # `converged` says so.
        warnings.simplefilter("ignore", ConvergenceWarning)
        tried = [_likeliest([start.fit(part) for start in one], part) for one in (random, splits)]
        best = [found for found in tried if found is not None]
        if len(part) < len(x):
            best = [_start(*_parameters(found)).fit(x) for found in best]
        return _likeliest(best, x)


def _likeliest(fitted: list[GaussianMixture], x: Values) -> GaussianMixture | None:
    wide = [one for one in fitted if one.n_components == 1 or _parameters(one)[1].min() > LEAST_SD]
    return max(wide, key=lambda one: float(one.score(x)), default=None)


def _parameters(mixture: GaussianMixture) -> tuple[Values, Values, Values]:
    """Means, standard deviations and shares."""
    return mixture.means_[:, 0], np.sqrt(mixture.covariances_[:, 0, 0]), mixture.weights_


def _start(means: Values, sds: Values, shares: Values) -> GaussianMixture:
    """A mixture that is iterated from there."""
    from sklearn.mixture import GaussianMixture

    return GaussianMixture(
        len(means),
        means_init=means[:, None],
        weights_init=shares / shares.sum(),
        precisions_init=sds[:, None, None] ** -2.0,
        **ITERATION,
    )


def _split(
    mixture: GaussianMixture, one: int, shift: float, widths: tuple[float, float]
) -> GaussianMixture:
    """A mixture to start from, with two components in place of one."""
    means, sds, shares = _parameters(mixture)
    twice = np.append(np.arange(len(means)), one)
    means, sds, shares = means[twice], sds[twice], shares[twice]
    pair = [one, -1]
    means[pair] += np.array([-shift, shift]) * sds[pair]
    sds[pair] *= widths
    shares[pair] /= 2.0
    return _start(means, sds, shares)
