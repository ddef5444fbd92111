"""An object of a drawing, and what all kinds of drawings share."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Affine = npt.NDArray[np.float64]
"""From a layer's own coordinates to CCF micrometres, shape (4, 4)."""


@dataclass(frozen=True)
class DrawnObject:
    """A label, a shape or a point.

    Parameters
    ----------
    number : int
        Of the label; of a shape or point its place in the layer, from 0.
    title : str
        For lists.
    strength : float
        Its weight among the others.
    radius_um : float or None
        Of a point.
    """

    number: int
    title: str
    strength: float
    radius_um: float | None = None


def moved(points: npt.NDArray[np.float64], affine: Affine) -> npt.NDArray[np.float64]:
    """Apply an affine to points, shape (n, 3)."""
    return np.asarray(points @ affine[:3, :3].T + affine[:3, 3])


def step_um(affine: Affine) -> float:
    """Mean length of a step along the three axes."""
    return float(np.linalg.norm(affine[:3, :3], axis=0).mean())


def digest(*parts: object) -> bytes:
    """Bytes that differ where any part differs."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        made.update(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
    return made.digest()
