"""The theoretical bound on the error of a completion."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

CANDES_PLAN, SOURCE = 4.0, 1.0
"""Factor before the root: in Candès and Plan 2010, and in the first source document."""


def error_bound(
    fraction: npt.ArrayLike, delta: npt.ArrayLike, shorter: int, *, factor: float = CANDES_PLAN
) -> npt.NDArray[np.float64]:
    """Bound on ‖M − M̂‖_F: k √(C_p min(r, c) / p) δ + 2 δ with C_p = 2 + p.

    It holds with high probability for matrices whose singular vectors are spread out; those of
    connectomes are not.

    Parameters
    ----------
    fraction : array_like
        p, the observed part of the entries, above 0.
    delta : array_like
        δ, the size of the noise on the observed entries, in the unit of the matrix.
    shorter : int
        min(r, c).
    factor : float
        k: 4 in Candès and Plan 2010; the first source document dropped it (eq. 6).
    """
    p, noise = (np.asarray(value, dtype=np.float64) for value in (fraction, delta))
    return np.asarray((factor * np.sqrt((2.0 + p) * shorter / p) + 2.0) * noise)
