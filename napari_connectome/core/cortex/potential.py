"""Cortical depth: a potential that is 0 at the pia and 1 at the white matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter
from scipy.sparse import csr_array

from napari_connectome.core.cortex.sheet import Sheet, Tissue
from napari_connectome.core.progress import Job, Progress

TOLERANCE = 1e-6
MOST_ROUNDS = 5000
ROUNDS_BETWEEN_YIELDS = 50
SMOOTHING = 1.0
"""Standard deviation, in voxels, of the smoothing of the descent: hides steps of the surface."""
Vectors = npt.NDArray[np.float64]


def solve_potential(sheet: Sheet) -> Job[Vectors]:
    """Solve Laplace's equation on a sheet.

    Seven-point differences; the potential is held at 0 on faces beyond which the pia
    lies, and at 1 on those to deep tissue; nothing flows through the other ones. A
    planar sheet of n voxels gets exactly (k + 1/2) / n.

    Parameters
    ----------
    sheet : Sheet
        Every piece of it touches both surfaces.

    Returns
    -------
    ndarray of float64, shape of the sheet's voxels
        In C order.
    """
    matrix, right_side = _equations(sheet)
    scale = matrix.diagonal()
    found = np.full(len(right_side), 0.5)
    residual = right_side - matrix @ found
    direction = np.zeros_like(found)
    before, enough = 1.0, TOLERANCE**2 * float(right_side @ right_side)
    for done in range(MOST_ROUNDS):
        if float(residual @ residual) <= enough:
            break
        if done % ROUNDS_BETWEEN_YIELDS == 0:
            yield Progress(0, 0, "Cortical depth: solving Laplace's equation")
        scaled = residual / scale
        now = float(residual @ scaled)
        direction = scaled + (now / before if done else 0.0) * direction
        flow = matrix @ direction
        step = now / float(direction @ flow)
        found += step * direction
        residual -= step * flow
        before = now
    return found


def _equations(sheet: Sheet) -> tuple[csr_array, Vectors]:
    where = np.flatnonzero(sheet.inside)
    number = np.full(sheet.tissue.size, -1, dtype=np.int64)
    number[where] = np.arange(len(where))
    diagonal, right_side = np.zeros(len(where)), np.zeros(len(where))
    rows, columns = [], []
    for step, kind in zip(sheet.steps(), sheet.neighbours(), strict=True):
        inner = np.flatnonzero(kind == Tissue.SHEET)
        rows.append(inner)
        columns.append(number[where[inner] + step])
        # The surface lies half a voxel away, hence the factor.
        diagonal += (kind == Tissue.SHEET) + 2.0 * np.isin(kind, (Tissue.BEYOND, Tissue.DEEP))
        right_side += 2.0 * (kind == Tissue.DEEP)
    ones = -np.ones(sum(map(len, rows)))
    own = np.arange(len(where))
    entries = np.concatenate([ones, diagonal])
    places = np.concatenate([*rows, own]), np.concatenate([*columns, own])
    return csr_array((entries, places), shape=(len(where), len(where))), right_side


@dataclass(frozen=True, eq=False)
class Descent:
    """Direction from pia to white matter, also just outside the sheet.

    Parameters
    ----------
    directions : ndarray of float32, shape (*padded half box, 3)
        Unit vectors; 0 far from the sheet.
    surface_distance : ndarray of float64, shape of the sheet's voxels
        Distance, in voxels, from each voxel's centre back to the pia, to first order.
    """

    directions: npt.NDArray[np.float32]
    surface_distance: Vectors


def descent_of(sheet: Sheet, potential: Vectors) -> Descent:
    """Gradient of a potential, smoothed over a voxel."""
    inside = sheet.inside
    slopes = _slopes(sheet, potential)
    weight = gaussian_filter(inside.astype(np.float64), SMOOTHING)
    field = np.zeros((*inside.shape, 3))
    for axis in range(3):
        part = np.zeros(inside.shape)
        part[inside] = slopes[axis]
        field[..., axis] = gaussian_filter(part, SMOOTHING) / np.maximum(weight, 1e-9)
    size = np.linalg.norm(field, axis=-1)
    near = (weight > 1e-3) & (size > 0)
    directions = np.where(near[..., None], field / np.maximum(size, 1e-30)[..., None], 0.0)
    distance = potential / np.maximum(size[inside], 1e-30)
    return Descent(directions.astype(np.float32), distance)


def _slopes(sheet: Sheet, potential: Vectors) -> list[Vectors]:
    """Derivative along each axis at the sheet's voxels, minding what the surfaces are held at."""
    where = np.flatnonzero(sheet.inside)
    values = np.zeros(sheet.tissue.size)
    values[where] = potential
    sides = []
    for step, kind in zip(sheet.steps(), sheet.neighbours(), strict=True):
        change = values[where + step] - potential
        change = np.where(kind == Tissue.BEYOND, -2.0 * potential, change)
        change = np.where(kind == Tissue.DEEP, 2.0 * (1.0 - potential), change)
        sides.append(np.where(kind == Tissue.BESIDE, 0.0, change))
    return [(after - before) / 2 for before, after in zip(sides[::2], sides[1::2], strict=True)]
