"""Where a file's volume lies in the brain: decided from its header, or refused with words.

Programs write coordinates in different ways. Each :class:`Convention` is one of them; the one
is taken in which the volume fills the box of the atlas, or else lies inside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import AXIS_LABELS, Atlas
from napari_connectome.core.errors import DataError

Numbers = npt.NDArray[np.float64]
UNITS_UM = {"micrometres": 1.0, "millimetres": 1000.0, "metres": 1e6}
EDGES_UM = (1.0, 2000.0)
"""Voxels smaller or larger than that are in another unit than the header says."""
_TURNED = 1e-3
"""Part of a step that may lead along another axis."""
_HALF = 0.01
"""How far from a half, in steps, an origin may be that names the centre of a voxel."""


@dataclass(frozen=True)
class Convention:
    """What a file's coordinates stand for.

    Parameters
    ----------
    words : str
        For the person.
    axes : tuple of int
        Which of the file's coordinates AP, DV and ML are.
    signs : tuple of int
        1 where they grow alike, -1 where they do not.
    """

    words: str
    axes: tuple[int, int, int]
    signs: tuple[int, int, int]


PIR = Convention("its coordinates are AP, DV, ML", (0, 1, 2), (1, 1, 1))
RAS = Convention("its coordinates are right, anterior, superior", (1, 2, 0), (-1, -1, 1))
LAS = Convention("its coordinates are left, anterior, superior", (1, 2, 0), (-1, -1, -1))
LPS = Convention("its coordinates are left, posterior, superior", (1, 2, 0), (1, -1, -1))
TURNED_PIR = Convention(
    "its coordinates are AP, DV, ML, the first two negative, as converted from an Allen NRRD",
    (0, 1, 2),
    (-1, -1, 1),
)


@dataclass(frozen=True, eq=False)
class FileGrid:
    """What a header says.

    Parameters
    ----------
    shape : tuple of int
        Voxels along the file's axes.
    steps_um : ndarray, shape (3, 3)
        Column j: from one voxel to the next along the file's axis j, in its coordinates.
    origin_um : ndarray, shape (3,)
        Coordinates of its first voxel.
    conventions : sequence of Convention
        What its coordinates may stand for, likeliest first.
    unit : str
        Unit that its numbers were taken to be in, and why: "in millimetres, as ...".
    """

    shape: tuple[int, ...]
    steps_um: Numbers
    origin_um: Numbers
    conventions: Sequence[Convention]
    unit: str


@dataclass(frozen=True, eq=False)
class _Placed:
    """A grid in CCF coordinates, its axes still in the file's order."""

    convention: Convention
    axes: npt.NDArray[np.intp]
    steps: Numbers
    counts: Numbers
    low: Numbers

    @property
    def sides(self) -> Numbers:
        """Extent along AP, DV, ML."""
        return self.counts * np.abs(self.steps)

    def affine(self, low: Numbers, sides: Numbers) -> Numbers:
        """From the file's index to CCF µm, for a box that begins at `low`."""
        steps = np.copysign(sides / self.counts, self.steps)
        affine = np.zeros((4, 4))
        affine[range(3), self.axes] = steps
        affine[:3, 3] = np.where(steps > 0, low, low + sides) + steps / 2
        affine[3, 3] = 1
        return affine


def locate(grid: FileGrid, atlas: Atlas) -> tuple[Numbers, str]:
    """Affine from a file's voxel index to CCF µm (AP, DV, ML), and what was assumed.

    Raises
    ------
    DataError
        When units or axes do not fit the atlas; what fits them is named.
    """
    _check_edges(grid)
    box = np.array(atlas.shape) * atlas.resolution_um
    placed = [_placed(grid, convention) for convention in grid.conventions]
    filling = [p for p in placed if np.all(np.abs(p.sides - box) <= np.abs(p.steps) / 2)]
    there = [p for p in filling if np.all(np.abs(p.low) <= 1.01 * np.abs(p.steps))]
    if there:
        chosen, words = there[0], "it fills the box of the atlas"
        affine = chosen.affine(np.zeros(3), box)
    elif filling:
        chosen = _only(filling, box)
        words = f"it has the size of the atlas's box; its origin at {_at(chosen.low)} was not used"
        affine = chosen.affine(np.zeros(3), box)
    else:
        chosen = _inside(placed, box)
        words = f"it is a part of the atlas's box, from {_at(chosen.low)}"
        affine = chosen.affine(chosen.low, chosen.sides)
    return affine, f"{chosen.convention.words}, {grid.unit}; {words}"


def place(grid: FileGrid) -> tuple[Numbers, str]:
    """Affine from a file's voxel index to CCF µm, without an atlas to compare with.

    The likeliest reading of its coordinates is taken under which it lies where a brain can be.

    Raises
    ------
    DataError
        When the unit is not the stated one, or the axes are turned against those of the CCF.
    """
    _check_edges(grid)
    placed = [_placed(grid, convention) for convention in grid.conventions]
    inside = [p for p in placed if np.all(p.low >= -1.01 * np.abs(p.steps))]
    chosen = (inside or placed)[0]
    return chosen.affine(chosen.low, chosen.sides), f"{chosen.convention.words}, {grid.unit}"


def _check_edges(grid: FileGrid) -> None:
    edges = np.linalg.norm(grid.steps_um, axis=0)
    if np.all((edges >= EDGES_UM[0]) & (edges <= EDGES_UM[1])):
        return
    size = _by(edges * grid.shape)
    wrong, unit = (
        ("small", "millimetres") if edges.min() < EDGES_UM[0] else ("large", "micrometres")
    )
    raise DataError(
        f"its box is {size} µm with voxels of {_by(edges)} µm ({grid.unit}). That is about 1000 "
        f"times too {wrong} for a brain: its numbers are probably {unit}. State that unit in "
        "the file's header."
    )


def _placed(grid: FileGrid, convention: Convention) -> _Placed:
    signs = np.array(convention.signs, dtype=np.float64)
    steps = grid.steps_um[list(convention.axes)] * signs[:, None]
    axes = np.argmax(np.abs(steps), axis=1)
    along = steps[range(3), axes]
    beside = np.abs(steps).sum(axis=1) - np.abs(along)
    if sorted(axes.tolist()) != [0, 1, 2] or np.any(beside > _TURNED * np.abs(along)):
        raise DataError(
            "its axes are turned against those of the atlas. Resample it to axes along AP, DV and "
            "ML first."
        )
    counts = np.array(grid.shape, dtype=np.float64)[axes]
    first = grid.origin_um[list(convention.axes)] * signs
    edge = np.abs(along)
    # The Allen Institute's files give voxel 0 the coordinate 0: that of its corner.
    low = np.minimum(first, first + along * (counts - 1))
    if np.all(np.abs(np.mod(first / edge, 1.0) - 0.5) < _HALF):
        low = low - edge / 2
    return _Placed(convention, axes, along, counts, low)


def _only(filling: list[_Placed], box: Numbers) -> _Placed:
    if len(filling) > 1:
        both = " or ".join(f"that {p.convention.words}, from {_at(p.low)}" for p in filling)
        raise DataError(
            f"it has the size of the atlas's box ({_by(box)} µm), but lies elsewhere, and its "
            f"header can be read to say {both}. Write it with its first corner at 0."
        )
    return filling[0]


def _inside(placed: list[_Placed], box: Numbers) -> _Placed:
    """The convention in which a smaller volume lies inside the box."""
    for candidate in placed:
        edge = 1.01 * np.abs(candidate.steps)
        high = candidate.low + candidate.sides
        if np.all(candidate.low >= -edge) and np.all(high <= box + edge):
            return candidate
    found = "; ".join(
        f"if {p.convention.words}: {_at(p.low)} to {_at(p.low + p.sides)}" for p in placed
    )
    raise DataError(
        f"it does not fit the box of the atlas, which is 0 to {_at(box)}. {found}."
        f"{_exchanged(placed[0], box)} Bring its axes and its origin to those of the atlas."
    )


def _exchanged(placed: _Placed, box: Numbers) -> str:
    """Words for a volume whose sides are those of the atlas in another order."""
    sides, tolerance = placed.sides, float(np.abs(placed.steps).max()) / 2
    order = [int(np.argmin(np.abs(box - side))) for side in sides]
    if sorted(order) != [0, 1, 2] or np.any(np.abs(box[order] - sides) > tolerance):
        return ""
    names = ", ".join(AXIS_LABELS[i] for i in order)
    return f" Its sides are those of the atlas if its axes are {names}, not AP, DV, ML."


def _at(point: Numbers) -> str:
    return "(" + ", ".join(f"{value:.4g}" for value in point) + ") µm"


def _by(numbers: Numbers) -> str:
    return " × ".join(f"{value:.4g}" for value in numbers)
