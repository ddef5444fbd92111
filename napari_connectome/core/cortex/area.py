"""An area of a map of the cortex, as voxels of the brain."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.cortex.depth import in_depth
from napari_connectome.core.cortex.view import CorticalView
from napari_connectome.core.errors import SourceError
from napari_connectome.core.sources.drawing import Drawing


def area_drawing(
    view: CorticalView, pixels: npt.NDArray[np.bool_], depth: tuple[float, float] = (0.0, 1.0)
) -> Drawing:
    """Voxels on the paths of some pixels.

    Parameters
    ----------
    view : CorticalView
        The map.
    pixels : ndarray of bool, shape (rows, columns)
        The area.
    depth : tuple of float
        Part of the depth, 0 at the pia to 1 at the white matter. Voxel k of a path of L takes
        part when (k + 0.5) / L is at least the first and less than the second number; a path
        with no such voxel takes the nearest one.

    Returns
    -------
    Drawing
        Each voxel once, with strength 1.

    Raises
    ------
    SourceError
        When no pixel of the area has a path.
    """
    numbers = np.unique(view.lookup[pixels & (view.lookup >= 0)])
    if not len(numbers):
        raise SourceError("The area holds no cortex: draw it on the coloured part of the map.")
    paths = view.paths[numbers]
    taken = in_depth(paths, depth, nearest=True)
    indices = np.unique(paths[taken]).astype(np.int64)
    return Drawing(view.box, indices, np.ones(len(indices)))


def area_pixels(view: CorticalView, voxels: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Pixels whose path passes any of some voxels, shape (rows, columns).

    Parameters
    ----------
    view : CorticalView
        The map.
    voxels : ndarray of int64
        Flat C-order indices in the box.
    """
    inside = np.zeros(int(np.prod(view.box)) + 1, dtype=bool)
    inside[voxels] = True
    # Paths are padded with -1, which is the additional last place.
    passed = np.any(inside[view.paths], axis=1)
    return np.asarray((view.lookup >= 0) & np.take(passed, view.lookup))
