"""How connection weights are distributed: families by BIC, with tests (Knox et al. 2018, §2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.analysis.families import FAMILIES, Family, FamilyName
from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Job, Progress, run_to_end

LEAST_WEIGHTS = 10
"""Fewer numbers say nothing about the shape of a distribution."""
DRAWS = 499
"""Simulated samples behind the p of a fitted distribution: it is never below 1/500."""
DRAWN_WEIGHTS = 1000
"""Most weights of a simulated sample; √n D hardly depends on n beyond that."""
SHAPIRO_WEIGHTS = 5000
"""The p of Shapiro and Wilk's test is known up to this many numbers (Royston 1995)."""
SEED = 0
Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DistributionFit:
    """One family, fitted by maximum likelihood.

    Parameters
    ----------
    family : FamilyName
        Which one.
    parameters : mapping of str to float
        By their names.
    log_likelihood : float
        Natural logarithm.
    bic : float
        Bayesian information criterion k ln n − 2 ln L; the lowest is best.
    ks_distance : float
        Kolmogorov and Smirnov's D: the largest distance between the two distribution functions.
    ks_p : float
        p of D for a distribution that was given beforehand. The parameters were fitted to the
        same weights, so that it is far too large.
    ks_p_fitted : float
        p of D among samples of the fitted distribution, each fitted again (Lilliefors 1967).
    """

    family: FamilyName
    parameters: Mapping[str, float]
    log_likelihood: float
    bic: float
    ks_distance: float
    ks_p: float
    ks_p_fitted: float

    @property
    def title(self) -> str:
        """Name for people."""
        return FAMILIES[self.family].title

    def density(self, weights: npt.ArrayLike) -> Values:
        """Probability density at weights larger than 0."""
        x = np.asarray(weights, dtype=np.float64)
        values = (np.float64(value) for value in self.parameters.values())
        return np.asarray(np.exp(FAMILIES[self.family].log_density(x, *map(np.asarray, values))))

    def density_per_decade(self, weights: npt.ArrayLike) -> Values:
        """Density over log₁₀ of the weight: what a histogram with a logarithmic axis shows."""
        x = np.asarray(weights, dtype=np.float64)
        return np.asarray(np.log(10.0) * x * self.density(x))


@dataclass(frozen=True)
class WeightDistribution:
    """All families, and whether log weights are normal.

    Parameters
    ----------
    fits : tuple of DistributionFit
        Lowest BIC first.
    count : int
        Weights that were fitted.
    log10_mean, log10_sd : float
        Mean and standard deviation of log₁₀ of the weights.
    shapiro_w, shapiro_p : float
        Shapiro and Wilk's test of normality of the log weights.
    shapiro_count : int
        Weights tested: a random part where there are more than the test is made for.
    """

    fits: tuple[DistributionFit, ...]
    count: int
    log10_mean: float
    log10_sd: float
    shapiro_w: float
    shapiro_p: float
    shapiro_count: int

    @property
    def best(self) -> DistributionFit:
        """The family with the lowest BIC."""
        return self.fits[0]

    def fit_of(self, family: FamilyName) -> DistributionFit:
        """The fit of one family."""
        return next(fit for fit in self.fits if fit.family == family)


def weight_distribution(weights: npt.ArrayLike) -> WeightDistribution:
    """Fit all families to weights.

    Parameters
    ----------
    weights : array of float, shape (n,)
        Connections that exist: finite and larger than 0.

    Returns
    -------
    WeightDistribution
        The same for the same weights: random numbers have a fixed seed.

    Raises
    ------
    ModelError
        When a weight is not larger than 0, there are fewer than 10, or all are equal.
    """
    return run_to_end(weight_distribution_job(weights))


def weight_distribution_job(weights: npt.ArrayLike) -> Job[WeightDistribution]:
    """Do what :func:`weight_distribution` does, as a job that can be stopped."""
    from scipy.stats import shapiro  # slow to load

    x = checked_weights(weights)
    fits = []
    for number, family in enumerate(FAMILIES.values()):
        yield Progress(number, len(FAMILIES), f"Fitting distributions: {family.title.lower()}")
        fits.append(_fitted(family, x))
    log10 = np.log10(x)
    tested = log10
    if len(x) > SHAPIRO_WEIGHTS:
        tested = np.random.default_rng(SEED).choice(log10, SHAPIRO_WEIGHTS, replace=False)
    test = shapiro(tested)
    return WeightDistribution(
        fits=tuple(sorted(fits, key=lambda fit: fit.bic)),
        count=len(x),
        log10_mean=float(log10.mean()),
        log10_sd=float(log10.std()),
        shapiro_w=float(test.statistic),
        shapiro_p=float(test.pvalue),
        shapiro_count=len(tested),
    )


def checked_weights(weights: npt.ArrayLike) -> Values:
    """Sorted weights that a distribution can be fitted to.

    Raises
    ------
    ModelError
        Saying what is wrong with them.
    """
    x = np.sort(np.asarray(weights, dtype=np.float64).ravel())
    wrong = int(np.count_nonzero(~(np.isfinite(x) & (x > 0))))
    if wrong:
        raise ModelError(
            f"Weights larger than 0 were expected; {wrong} of {len(x)} are not. "
            "Leave out zero and missing connections."
        )
    if len(x) < LEAST_WEIGHTS:
        raise ModelError(
            f"A distribution needs at least {LEAST_WEIGHTS} weights larger than 0; {len(x)} came. "
            "Choose more regions."
        )
    if x[0] == x[-1]:
        raise ModelError(
            f"All {len(x)} weights are {x[0]:g}: a distribution needs weights that differ."
        )
    return x


def _fitted(family: Family, x: Values) -> DistributionFit:
    from scipy.stats import kstwo

    parameters = family.fit(x)
    log_likelihood = float(family.log_density(x, *parameters).sum())
    distance = float(_ks_distances(family.cdf(x, *parameters)))
    return DistributionFit(
        family=family.name,
        parameters={
            name: float(value[0])
            for name, value in zip(family.parameter_names, parameters, strict=True)
        },
        log_likelihood=log_likelihood,
        bic=len(parameters) * float(np.log(len(x))) - 2.0 * log_likelihood,
        ks_distance=distance,
        ks_p=float(kstwo.sf(distance, len(x))),
        ks_p_fitted=_simulated_p(family, parameters, distance, len(x)),
    )


def _ks_distances(cdf: Values) -> Values:
    """D over the last axis of sorted values of the distribution function."""
    n = cdf.shape[-1]
    steps = np.arange(n + 1) / n
    return np.asarray(np.maximum(steps[1:] - cdf, cdf - steps[:-1]).max(axis=-1))


def _simulated_p(
    family: Family, parameters: tuple[Values, ...], distance: float, count: int
) -> float:
    """How often samples of the fitted distribution lie as far from their own fit."""
    drawn = min(count, DRAWN_WEIGHTS)
    rng = np.random.default_rng(SEED)
    samples = np.sort(family.sample(rng, (DRAWS, drawn), *parameters), axis=-1)
    again = _ks_distances(family.cdf(samples, *family.fit(samples)))
    as_far = np.count_nonzero(np.sqrt(drawn) * again >= np.sqrt(count) * distance)
    return float(1 + as_far) / (DRAWS + 1)
