"""Columns seen by a lattice's smoothness: F(a) = Xᵀ (A + a)⁻² Z for any number a."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.spline.operator.chebyshev import expansion
from napari_connectome.core.spline.operator.fields import Fields
from napari_connectome.core.spline.operator.spectrum import Spectrum
from napari_connectome.core.spline.operator.steps import Steps
from napari_connectome.core.spline.operator.tall import inner

Rows = npt.NDArray[np.int64]
Float = npt.NDArray[np.float64]
TOLERANCE = 1e-8
"""Of the polynomial in A that stands for (A + a)⁻² beyond the smooth patterns."""
TEXT = "Moments of the injections"


@dataclass(frozen=True, eq=False)
class Moments:
    """All that F needs: nothing of the size of the lattice.

    Parameters
    ----------
    left, right : ndarray of float64, shapes (r, m) and (r, k)
        X and Z in the smooth patterns of the spectrum.
    rough : ndarray of float64, shape (degrees, m, k)
        X_hᵀ T_q(A) Z_h of their rough parts.
    spectrum : Spectrum
        Of A.
    """

    left: Float
    right: Float
    rough: Float
    spectrum: Spectrum

    def subset(self, left: Rows | slice, right: Rows | slice) -> Moments:
        """Of some of the columns."""
        return replace(
            self,
            left=self.left[:, left],
            right=self.right[:, right],
            rough=np.ascontiguousarray(self.rough[:, left][:, :, right]),
        )

    def response(self, points: Float) -> Float:
        """F at points a > 0, shape (points, m, k)."""
        return self._response(points, 0)

    def response_at_zero(self) -> Float:
        """F at 0 less the constants of the pieces, where it is infinite, shape (m, k)."""
        return np.asarray(self._response(np.zeros(1), self.spectrum.pieces)[0])

    @property
    def constants(self) -> tuple[Float, Float]:
        """X and Z in the constants of the pieces, shapes (pieces, m) and (pieces, k)."""
        pieces = self.spectrum.pieces
        return self.left[:pieces], self.right[:pieces]

    def _response(self, points: Float, first: int) -> Float:
        values = self.spectrum.values[first:]
        left, right = self.left[first:].T, self.right[first:]
        found = np.zeros((len(points), *self.rough.shape[1:]))
        if len(self.rough):
            factors = inverse_squares(points, self.spectrum, TOLERANCE, len(self.rough))
            flat = self.rough.reshape(len(self.rough), -1)
            found = (factors.T @ flat).reshape(found.shape)
        for point, out in zip(points.tolist(), found, strict=True):
            out += (left / (values + point) ** 2) @ right
        return found


def own_moments_job(steps: Steps, columns: Fields) -> Job[Moments]:
    """Moments of columns among themselves; the rough part of the columns is overwritten."""
    spectrum = steps.spectrum
    rough = _room(spectrum, columns, columns)
    count = len(rough)
    # 2 T_p T_q = T_p+q + T_p-q: half of the degrees are enough.
    half = count // 2 + 1 if count else 0
    before: npt.NDArray[np.floating] | None = None
    for degree, now in enumerate(steps.run(columns.rough, half)):
        yield Progress(degree, half, TEXT)
        for other, order in ((before, 2 * degree - 1), (now, 2 * degree)):
            if other is not None and order < count:
                product = inner(other, now)
                product = (product + product.T) / 2
                rough[order] = 2 * product - rough[order % 2] if order > 1 else product
        before = now
    return Moments(columns.smooth, columns.smooth, rough, spectrum)


def moments_job(steps: Steps, left: Fields, right: Fields, text: str = TEXT) -> Job[Moments]:
    """Moments of columns against others; the rough part of `left` is overwritten."""
    spectrum = steps.spectrum
    rough = _room(spectrum, left, right)
    for degree, now in enumerate(steps.run(left.rough, len(rough))):
        yield Progress(degree, len(rough), text)
        rough[degree] = inner(now, right.rough)
    return Moments(left.smooth, right.smooth, rough, spectrum)


def _room(spectrum: Spectrum, left: Fields, right: Fields) -> Float:
    """As many degrees as (A + a)⁻² takes at a = 0, the worst case."""
    degrees = degrees_of(spectrum, TOLERANCE)
    return np.zeros((degrees, left.smooth.shape[1], right.smooth.shape[1]))


def degrees_of(spectrum: Spectrum, tolerance: float) -> int:
    """As many as a polynomial for A⁻² beyond the smooth patterns has; for (A + a)⁻² fewer do."""
    if spectrum.complete:
        return 0
    return len(inverse_squares(np.zeros(1), spectrum, tolerance))


def inverse_squares(
    points: Float, spectrum: Spectrum, tolerance: float, degrees: int | None = None
) -> Float:
    """Coefficients in b of (a + b)⁻² on a spectrum's interval, for any number of points a.

    Parameters
    ----------
    points : ndarray of float64, shape (k,)
        Values of a.
    spectrum : Spectrum
        Whose interval is meant.
    tolerance : float
        Of what is cut off, as part of the largest coefficient.
    degrees : int, optional
        How many coefficients there are to be; by default what the tolerance asks for.

    Returns
    -------
    ndarray of float64, shape (degrees, k)
    """

    def function(b: Float) -> Float:
        return np.asarray((b[:, None] + points) ** -2.0)

    found = expansion(function, spectrum.low, spectrum.high, tolerance)
    if degrees is None:
        return found
    return np.pad(found[:degrees], ((0, max(degrees - len(found), 0)), (0, 0)))
