"""How weights fall off with distance: a power law against an exponential (Knox et al. 2018, §2.4).

Both laws are straight lines in ln w: ln w = A + s u with u = ln(d / 1 mm) for the power law
(s is the exponent) and u = d / 1 mm for the exponential (−1/s is the length in mm).

Weights span many decades and scatter by factors, not by amounts: the laws are compared on
ln w, as in the published code, where every connection counts alike. The fit of w itself is
given beside it; the few largest weights alone decide it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError

Law = Literal["power_law", "exponential"]
Scale = Literal["log", "linear"]
LAWS: dict[Law, str] = {"power_law": "Power law", "exponential": "Exponential"}
LEAST_PAIRS = 10
LEAST_DISTANCES = 3
"""Two distances are on any straight line."""
UM_PER_MM = 1000.0
Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DistanceFit:
    """One law, fitted by Levenberg and Marquardt's method.

    Parameters
    ----------
    law : {"power_law", "exponential"}
        Which one.
    scale : {"log", "linear"}
        Whether squares of ln w or of w are least.
    intercept : float
        A: ln of the weight at 1 mm (power law) or at no distance (exponential).
    slope, slope_error : float
        s, and its standard error as if connections were independent.
    rmse : float
        Root mean squared error of ln w, or of w in its unit.
    """

    law: Law
    scale: Scale
    intercept: float
    slope: float
    slope_error: float
    rmse: float

    @property
    def title(self) -> str:
        """Name for people."""
        return LAWS[self.law]

    @property
    def length_mm(self) -> float:
        """Distance over which an exponential falls to 1/e; infinite where it does not fall.

        Raises
        ------
        ModelError
            When the law is a power law, which has no length.
        """
        if self.law != "exponential":
            raise ModelError("A power law has an exponent and no length; ask for `slope`.")
        return -1.0 / self.slope if self.slope < 0 else float("inf")

    @property
    def length_error_mm(self) -> float:
        """Standard error of :attr:`length_mm`, from that of the slope."""
        return self.length_mm**2 * self.slope_error

    def weight(self, distance_mm: npt.ArrayLike) -> Values:
        """Weight that the law has at distances larger than 0."""
        d = np.asarray(distance_mm, dtype=np.float64)
        return np.asarray(np.exp(self.intercept + self.slope * _argument(self.law, d)))


@dataclass(frozen=True, eq=False)
class DistanceDependence:
    """Both laws on both scales, and the pairs behind them.

    Parameters
    ----------
    distances_mm, weights : ndarray of float64, shape (n,)
        Pairs that were fitted.
    fits : tuple of DistanceFit
        On the logarithmic scale, lowest RMSE first, then on the linear one.
    left_out : int
        Connections without a known distance, or of a region with itself.
    pairs : ndarray of int64, shape (n,)
        Which of the given connections each pair is.
    notes : tuple of str
        What could not be fitted, and why.
    """

    distances_mm: Values
    weights: Values
    fits: tuple[DistanceFit, ...]
    left_out: int
    pairs: npt.NDArray[np.int64]
    notes: tuple[str, ...] = ()

    @property
    def best(self) -> DistanceFit:
        """The law with the lower RMSE of ln w."""
        return self.fits[0]

    def fit_of(self, law: Law, scale: Scale = "log") -> DistanceFit:
        """One of the fits.

        Raises
        ------
        ModelError
            When it could not be made.
        """
        found = next((f for f in self.fits if (f.law, f.scale) == (law, scale)), None)
        if found is None:
            raise ModelError(" ".join(self.notes))
        return found


def distance_dependence(weights: npt.ArrayLike, distances_um: npt.ArrayLike) -> DistanceDependence:
    """Fit both laws.

    Parameters
    ----------
    weights : array of float, shape (n,)
        Larger than 0.
    distances_um : array of float, shape (n,)
        Between the centroids of source and target. Pairs at distance 0 (a region with itself)
        and NaN (not known) are left out.

    Raises
    ------
    ModelError
        When there are fewer than 10 pairs or fewer than 3 distances, or a weight is not
        larger than 0.
    """
    w, d = (np.asarray(a, dtype=np.float64).ravel() for a in (weights, distances_um))
    if w.shape != d.shape:
        raise ModelError(f"One distance per weight was expected; {len(d)} for {len(w)} came.")
    known = np.isfinite(d) & (d > 0)
    left_out = int(np.count_nonzero(~known))
    w, d = w[known], d[known] / UM_PER_MM
    _check(w, d, left_out)
    logs = [_log_fit(law, w, d) for law in LAWS]
    fits, notes = sorted(logs, key=lambda fit: fit.rmse), []
    for start in logs:
        try:
            fits.append(_linear_fit(start, w, d))
        except ModelError as error:
            notes.append(str(error))
    pairs = np.flatnonzero(known)
    return DistanceDependence(d, w, tuple(fits), left_out, pairs, tuple(notes))


def _check(w: Values, d: Values, left_out: int) -> None:
    if not np.all(np.isfinite(w) & (w > 0)):
        raise ModelError("Weights larger than 0 were expected. Leave out those that are zero.")
    if len(w) < LEAST_PAIRS:
        raise ModelError(
            f"A fall-off with distance needs at least {LEAST_PAIRS} connections between regions "
            f"at a known distance; {len(w)} came ({left_out} have none). Choose more regions."
        )
    different = len(np.unique(d))
    if different < LEAST_DISTANCES:
        raise ModelError(
            f"All {len(w)} connections span {different} distance{'s' if different > 1 else ''} "
            f"({', '.join(f'{one:g} mm' for one in np.unique(d))}): a fall-off needs at least "
            f"{LEAST_DISTANCES} different ones. Choose regions that lie further apart."
        )


def _argument(law: Law, distance_mm: Values) -> Values:
    return np.log(distance_mm) if law == "power_law" else distance_mm


def _log_fit(law: Law, w: Values, d: Values) -> DistanceFit:
    from scipy.optimize import least_squares  # slow to load

    u, target = _argument(law, d), np.log(w)
    jacobian = np.stack([np.ones_like(u), u], axis=1)

    def residuals(x: Values) -> Values:
        return np.asarray(x[0] + x[1] * u - target)

    def slopes(x: Values) -> Values:
        return jacobian

    found = least_squares(residuals, [target.mean(), 0.0], jac=slopes, method="lm")
    return _fit(law, "log", found.x, found.fun, jacobian, 1.0)


def _linear_fit(start: DistanceFit, w: Values, d: Values) -> DistanceFit:
    """Least squares of w, from the fit of ln w.

    Raises
    ------
    ModelError
        When no minimum is found.
    """
    from scipy.optimize import least_squares

    u = _argument(start.law, d)
    # In units of its spread no step is tiny or immense.
    unit = float(np.sqrt(np.mean(w**2)))
    target, middle = w / unit, float(u.mean())

    def curve(x: Values) -> Values:
        return np.asarray(np.exp(np.minimum(x[0] + x[1] * (u - middle), 300.0)))

    def residuals(x: Values) -> Values:
        return curve(x) - target

    def jacobian(x: Values) -> Values:
        c = curve(x)
        return np.stack([c, c * (u - middle)], axis=1)

    height = float(np.log(target.mean()))
    found = least_squares(residuals, [height, start.slope], jac=jacobian, method="lm")
    at_found = jacobian(found.x)
    if not found.success or np.linalg.matrix_rank(at_found) < 2:
        raise ModelError(
            f"{start.title} on a linear scale: no fit was found; a few connections are so much "
            "larger than the others that they alone decide it. Use the fit on a logarithmic scale."
        )
    x = np.array([found.x[0] - found.x[1] * middle + np.log(unit), found.x[1]])
    return _fit(start.law, "linear", x, found.fun, at_found, unit)


def _fit(
    law: Law, scale: Scale, x: Values, residuals: Values, jacobian: Values, unit: float
) -> DistanceFit:
    n = len(residuals)
    variance = float(residuals @ residuals) / (n - 2)
    covariance = variance * np.linalg.inv(jacobian.T @ jacobian)
    return DistanceFit(
        law=law,
        scale=scale,
        intercept=float(x[0]),
        slope=float(x[1]),
        slope_error=float(np.sqrt(covariance[1, 1])),
        rmse=unit * float(np.sqrt(np.mean(residuals**2))),
    )
