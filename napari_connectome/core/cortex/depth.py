"""Which voxels of paths from pia to white matter lie in a range of depth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def in_depth(
    paths: npt.NDArray[np.int32], depth: tuple[float, float], *, nearest: bool
) -> npt.NDArray[np.bool_]:
    """Entries of a table of paths that lie in a range of depth.

    Parameters
    ----------
    paths : ndarray of int32, shape (n, longest)
        Voxels from pia to white matter, padded with -1 at the end.
    depth : tuple of float
        0 at the pia, 1 at the white matter. Voxel k of a path of L lies in the range when
        (k + 0.5) / L is at least the first and less than the second number.
    nearest : bool
        Whether a path with no such voxel gives the nearest one.

    Returns
    -------
    ndarray of bool, shape (n, longest)
    """
    there = paths >= 0
    lengths = np.maximum(np.count_nonzero(there, axis=1), 1)[:, None]
    at = (np.arange(paths.shape[1]) + 0.5) / lengths
    taken: npt.NDArray[np.bool_] = there & (at >= depth[0]) & (at < depth[1])
    if nearest:
        none = np.flatnonzero(~taken.any(axis=1))
        off = np.abs(at - sum(depth) / 2)
        taken[none, np.where(there, off, np.inf)[none].argmin(axis=1)] = True
    return taken
