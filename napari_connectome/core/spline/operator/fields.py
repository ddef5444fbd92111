"""Columns over a lattice in two parts: smooth patterns in float64, and what is left of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.spline.operator.spectrum import Spectrum
from napari_connectome.core.spline.operator.tall import inner, outer, subtract_outer

Array = npt.NDArray[Any]
Float = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fields:
    """modes @ smooth + rough, the two orthogonal.

    (A + a)⁻² magnifies smooth patterns a millionfold: in float32 they would drown.

    Parameters
    ----------
    smooth : ndarray of float64, shape (r, k)
        Coefficients of the spectrum's patterns.
    rough : ndarray, shape (n, k)
        The rest, in the precision of the spectrum.
    """

    smooth: Float
    rough: Array

    @classmethod
    def of(cls, spectrum: Spectrum, columns: Array) -> Fields:
        """Take columns apart, shape (n, k). They are overwritten where that saves a copy."""
        rough = np.ascontiguousarray(columns, dtype=spectrum.modes.dtype)
        smooth = inner(spectrum.modes, rough)
        subtract_outer(rough, spectrum.modes, smooth)
        # Once more, against rounding.
        again = inner(spectrum.modes, rough)
        subtract_outer(rough, spectrum.modes, again)
        return cls(smooth + again, rough)

    @classmethod
    def of_rows(cls, spectrum: Spectrum, rows: csr_array) -> Fields:
        """Rows of a sparse matrix, shape (k, n), as columns."""
        return cls.of(spectrum, rows.T.toarray())

    def whole(self, spectrum: Spectrum) -> Array:
        """Both parts together, shape (n, k)."""
        found = outer(spectrum.modes, self.smooth)
        found += self.rough
        return found
