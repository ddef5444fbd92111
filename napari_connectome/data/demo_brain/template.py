"""A grey-level image of the demo brain, as a microscope would average it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from napari_connectome.data.demo_brain.regions import structures

GREY = 190.0
DIVISION_CONTRAST = {
    "Isocortex": 1.0, "OLF": 1.08, "HPF": 1.12, "CTXsp": 1.0, "STR": 0.9, "PAL": 0.72,
    "TH": 0.78, "HY": 1.0, "MB": 0.84, "P": 0.7, "MY": 0.68, "CB": 1.05,
}  # fmt: skip
WHITE = 95.0
FLUID = 30.0
LAYER_DEPTHS = (0.0, 0.08, 0.14, 0.32, 0.42, 0.52, 0.68, 0.8, 1.0)
LAYER_CONTRAST = (1.25, 1.22, 1.0, 0.98, 1.12, 1.02, 0.86, 0.95, 0.82)
"""Bright layer 1, a brighter layer 4, a darker layer 5, fading into the white matter."""


def draw_template(
    annotation: NDArray[np.uint32], depth: NDArray[np.float32], seed: int = 7
) -> NDArray[np.float32]:
    """Grey values of one half of the brain.

    Parameters
    ----------
    annotation, depth : ndarray
        Structure ids and cortical depth (NaN outside the isocortex) of the half.
    seed : int
        Of the fine texture and of each region's own shade.

    Returns
    -------
    ndarray of float32
        0 outside the brain, up to about 300.
    """
    rng = np.random.default_rng(seed)
    image = np.zeros(annotation.shape)
    for structure in structures().values():
        here = annotation == structure.id
        if structure.is_region:
            shade = DIVISION_CONTRAST[str(structure.division)] * rng.uniform(0.93, 1.07)
            image[here] = GREY * shade
        elif here.any():
            fluid = structure.acronym in ("VL", "V3", "AQ", "V4")
            image[here] = FLUID if fluid else WHITE
    cortex = np.isfinite(depth)
    image[cortex] *= np.interp(depth[cortex], LAYER_DEPTHS, LAYER_CONTRAST)
    texture = gaussian_filter(rng.standard_normal(image.shape), 1.0)
    image *= 1 + 0.12 * texture
    return np.asarray(gaussian_filter(image, 0.6), dtype=np.float32)
