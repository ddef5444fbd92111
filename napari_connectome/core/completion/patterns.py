"""Which entries are taken to be missing: at random, whole rows or columns, or as they are."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from napari_connectome.core.completion.problem import Mask
from napari_connectome.core.errors import ModelError

Pattern = Literal["found", "random", "rows", "columns"]
TITLES: dict[Pattern, str] = {
    "found": "As found",
    "random": "Random entries",
    "rows": "Whole rows",
    "columns": "Whole columns",
}


def observed_entries(
    there: Mask, pattern: Pattern, fraction: float = 1.0, *, seed: int = 0
) -> Mask:
    """Choose what is observed among the entries that are there.

    Parameters
    ----------
    there : ndarray of bool, shape (r, c)
        Entries with a value.
    pattern : {"found", "random", "rows", "columns"}
        All of them, a random part, or whole rows (sites that were injected) or columns.
    fraction : float
        Part that is observed, 0 to 1. With one seed a larger part holds every smaller one.
    seed : int
        Of the choice.

    Raises
    ------
    ModelError
        When the pattern is unknown or the fraction out of bounds.
    """
    if pattern not in TITLES:
        raise ModelError(f"The pattern is one of {', '.join(TITLES)}; {pattern!r} came.")
    if not 0.0 <= fraction <= 1.0:
        raise ModelError(f"The observed fraction lies between 0 and 1; {fraction} came.")
    if pattern == "found":
        return there.copy()
    rng = np.random.default_rng(seed)
    shape = {"random": there.shape, "rows": (len(there), 1), "columns": (1, there.shape[1])}
    return np.asarray(there & (draws(rng, shape[pattern]) < fraction))


def draws(rng: np.random.Generator, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Evenly spaced numbers in a random order: a fraction f holds f of them, as near as can be."""
    count = int(np.prod(shape))
    return np.asarray(((rng.permutation(count) + 0.5) / count).reshape(shape))
