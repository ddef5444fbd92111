"""Fixed-point iterations in fewer steps: Anderson's mixing of the last ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]
REGULAR = 1e-10
JUMP = 2.0
"""A residual that has grown by this factor over the best one: the memory is thrown away."""


class AndersonMixer:
    """Proposes the next iterate from the last ones and their residuals.

    Parameters
    ----------
    memory : int
        How many differences are kept.

    References
    ----------
    Walker and Ni 2011, SIAM J. Numer. Anal. 49, 1715-1735 (type II).
    """

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._residuals: Array | None = None
        self._images: Array | None = None
        self._gram = np.zeros((memory, memory))
        self._count = 0
        self._last: tuple[Array, Array] | None = None
        self._best = np.inf

    def next_iterate(self, iterate: Array, image: Array) -> Array:
        """Next iterate, given one and what the map makes of it; the arrays are kept."""
        residual = image - iterate
        size = float(np.linalg.norm(residual))
        if size > JUMP * self._best:
            self._count, self._last, self._best = 0, None, np.inf
        self._best = min(self._best, size)
        last, self._last = self._last, (residual, image)
        if last is None:
            return image
        residuals, images = self._add(residual - last[0], image - last[1])
        used = min(self._count, self._memory)
        gram = self._gram[:used, :used]
        ridge = REGULAR * np.trace(gram) * np.eye(used)
        pulls = (residuals[:used] @ residual.ravel()).astype(np.float64)
        weights = np.linalg.solve(gram + ridge, pulls).astype(image.dtype)
        return image - (weights @ images[:used]).reshape(image.shape)

    def _add(self, residual: Array, image: Array) -> tuple[Array, Array]:
        """Put differences in the place of the oldest ones."""
        if self._residuals is None or self._images is None:
            shape = (self._memory, residual.size)
            self._residuals = np.empty(shape, dtype=residual.dtype)
            self._images = np.empty(shape, dtype=residual.dtype)
        place = self._count % self._memory
        self._count += 1
        used = min(self._count, self._memory)
        self._residuals[place] = residual.ravel()
        self._images[place] = image.ravel()
        row = (self._residuals[:used] @ self._residuals[place]).astype(np.float64)
        self._gram[place, :used] = self._gram[:used, place] = row
        return self._residuals, self._images
