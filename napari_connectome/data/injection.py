"""One experiment: from its four files to a row of X and a row of Y.

Everything works on flat volumes in the order of the files (AP fastest), which
spares a transposed copy of each of them.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import ExperimentError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.data.allen_cache import AllenCache, VolumeKind
from napari_connectome.data.nrrd import Room
from napari_connectome.data.records import within
from napari_connectome.data.settings import LoadSettings

Flat = npt.NDArray[Any]
_BLOCK = 1 << 18


class Rooms(threading.local):
    """Memory for the two volumes that a thread looks at together."""

    def __init__(self) -> None:
        self.first = Room()
        self.second = Room()


class Grid:
    """The voxels that rows are made of, and where they are in a file.

    Parameters
    ----------
    atlas : Atlas
        The brain. Sources are the right hemisphere of its major divisions, targets
        both hemispheres.
    """

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas
        divisions = atlas.tree.division_ids()
        self.source_mask = VoxelMask.from_atlas(atlas, divisions, "right")
        self.target_mask = VoxelMask.from_atlas(atlas, divisions)
        self.rooms = Rooms()

    @cached_property
    def target_places(self) -> npt.NDArray[np.intp]:
        """Place in a file of each target voxel."""
        return self._places(mirrored=False)

    @cached_property
    def mirrored_target_places(self) -> npt.NDArray[np.intp]:
        """Place in a file of each target voxel's mirror image."""
        return self._places(mirrored=True)

    def _places(self, mirrored: bool) -> npt.NDArray[np.intp]:
        """Block by block: coordinates of all of them would take three times the memory."""
        indices, shape = self.target_mask.indices, self.atlas.shape
        places = np.empty(len(indices), dtype=np.intp)
        for start in range(0, len(indices), _BLOCK):
            block = slice(start, start + _BLOCK)
            ap, dv, ml = np.unravel_index(indices[block], shape)
            ml = shape[2] - 1 - ml if mirrored else ml
            places[block] = np.ravel_multi_index((ap, dv, ml), shape, order="F")
        return places


@dataclass(frozen=True, eq=False)
class Injection:
    """What an experiment's injection files tell.

    Parameters
    ----------
    id : int
        Experiment id.
    rows, values : ndarray, shape (k,)
        Source voxels that the injection touches, and its density there divided by `total`.
    total : float
        Sum of true injection density over the whole brain.
    centroid : ndarray, shape (3,)
        Density-weighted mean voxel index, on the right when mirrored.
    mirrored : bool
        Whether it lay on the left.
    contained : float
        Fraction of `total` inside the source mask.
    division_id : int
        Major division, 0 for none.
    hidden : ndarray of uint8 or None
        Packed bits of the voxels that are not valid, in file order; None when all are.
    """

    id: int
    rows: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]
    total: float
    centroid: npt.NDArray[np.float64]
    mirrored: bool
    contained: float
    division_id: int
    hidden: npt.NDArray[np.uint8] | None


def read_injection(
    cache: AllenCache, grid: Grid, experiment_id: int, settings: LoadSettings
) -> Injection:
    """Read an injection, mirror it if need be, and say where it lies.

    True injection density is injection_density × injection_fraction, zero where the
    data mask is below the tolerance. Its sum, its centroid and the hemisphere that
    holds most of it are taken over the whole brain, before any mask.

    Raises
    ------
    ExperimentError
        When a file is missing, damaged or of another shape, a density is negative or
        not finite, or nothing was injected.
    """
    rooms = grid.rooms
    hidden = _hidden_voxels(cache, experiment_id, settings.data_mask_tolerance, rooms.first)
    fraction = _density(cache, experiment_id, "injection_fraction", hidden, rooms.first)
    density = _density(cache, experiment_id, "injection_density", hidden, rooms.second)
    touched = (fraction > 0) & (density > 0)
    places = np.flatnonzero(touched if hidden is None else touched & ~hidden)
    mass = density[places].astype(np.float64) * fraction[places]
    total = float(mass.sum())
    if not total > 0:
        raise ExperimentError(
            f"Experiment {experiment_id}: no injection. injection_density × injection_fraction is "
            f"zero in every valid voxel ({cache.volume_path(experiment_id, 'injection_density')}). "
            "Leave the experiment out, or lower the data mask tolerance."
        )
    ap, dv, ml = np.unravel_index(places, grid.atlas.shape, order="F")
    left = float(mass[ml < grid.atlas.midline].sum())
    mirrored = settings.mirror and left > total - left
    ml = grid.atlas.shape[2] - 1 - ml if mirrored else ml
    rows = grid.source_mask.row_volume[ap, dv, ml]
    inside = rows >= 0
    centroid = np.array([float(mass @ axis) / total for axis in (ap, dv, ml)])
    divisions = grid.atlas.divisions[ap, dv, ml][inside]
    return Injection(
        id=experiment_id,
        rows=rows[inside],
        values=(mass[inside] / total).astype(np.float32),
        total=total,
        centroid=centroid,
        mirrored=bool(mirrored),
        contained=float(mass[inside].sum()) / total,
        division_id=_division(
            cache, grid, experiment_id, settings, centroid, divisions, mass[inside]
        ),
        hidden=None if hidden is None else np.packbits(hidden),
    )


def reason_against(injection: Injection, grid: Grid, settings: LoadSettings) -> str | None:
    """Why an injection is not wanted, None when it is."""
    volume_mm3 = injection.total * grid.atlas.voxel_volume_mm3
    if not within(volume_mm3, settings.injection_volume_mm3):
        return f"its injection volume of {volume_mm3:.3g} mm³ is out of bounds."
    if not injection.contained > 0:
        return "it lies outside the source region (right hemisphere of the major divisions)."
    if injection.contained < settings.min_contained:
        return (
            f"{injection.contained:.0%} of the injection lies inside the source region; "
            f"at least {settings.min_contained:.0%} are asked for."
        )
    return None if injection.division_id else "it belongs to no major division."


def read_projection(
    cache: AllenCache, grid: Grid, injection: Injection, row: npt.NDArray[np.float32]
) -> float:
    """Read a projection into its row, divided by the injection's sum.

    Parameters
    ----------
    cache, grid : AllenCache, Grid
        Where from, and which voxels.
    injection : Injection
        Says whether to mirror, what to divide by, and which voxels are not valid.
    row : ndarray of float32, shape (n_target,)
        Filled.

    Returns
    -------
    float
        Sum of the projection density over the whole brain, before division.

    Raises
    ------
    ExperimentError
        As :func:`read_injection`.
    """
    hidden = None
    if injection.hidden is not None:
        n_voxels = int(np.prod(grid.atlas.shape))
        hidden = np.unpackbits(injection.hidden, count=n_voxels).view(np.bool_)
    density = _density(cache, injection.id, "projection_density", hidden, grid.rooms.first)
    places = grid.mirrored_target_places if injection.mirrored else grid.target_places
    np.divide(density[places], injection.total, out=row, casting="same_kind")
    if hidden is None:
        return float(density.sum(dtype=np.float64))
    row[hidden[places]] = 0
    return float(density.sum(dtype=np.float64, where=~hidden))


def _hidden_voxels(
    cache: AllenCache, experiment_id: int, tolerance: float, room: Room
) -> npt.NDArray[np.bool_] | None:
    """Voxels without valid data, None when there is none. At 0 the file is not needed."""
    if tolerance == 0:
        return None
    mask = _flat(cache, experiment_id, "data_mask", room)
    hidden: npt.NDArray[np.bool_] = ~(mask >= tolerance)
    return hidden if hidden.any() else None


def _density(
    cache: AllenCache,
    experiment_id: int,
    kind: VolumeKind,
    hidden: npt.NDArray[np.bool_] | None,
    room: Room,
) -> Flat:
    """A density, hidden voxels included; outside them it must be finite and not negative."""
    volume = _flat(cache, experiment_id, kind, room)
    if volume.min() >= 0 and np.isfinite(volume.max()):
        return volume
    bad = ~np.isfinite(volume) | (volume < 0)
    bad = bad if hidden is None else bad & ~hidden
    if bad.any():
        raise ExperimentError(
            f"Experiment {experiment_id}: {np.count_nonzero(bad)} valid voxels of "
            f"{cache.volume_path(experiment_id, kind)} are negative or not finite; "
            "densities are 0 or more. Leave the experiment out, or download it again."
        )
    return volume


def _flat(cache: AllenCache, experiment_id: int, kind: VolumeKind, room: Room) -> Flat:
    """A volume as a vector in the order of its file; no copy."""
    return cache.volume(experiment_id, kind, room).T.reshape(-1)


def _division(
    cache: AllenCache,
    grid: Grid,
    experiment_id: int,
    settings: LoadSettings,
    centroid: npt.NDArray[np.float64],
    divisions: npt.NDArray[np.uint32],
    mass: npt.NDArray[np.float64],
) -> int:
    """Major division of an experiment by the chosen rule, 0 for none."""
    if settings.division_rule == "primary":
        structure_id = cache.experiments[experiment_id].structure_id
        return grid.atlas.tree.division_of(structure_id) or 0
    if settings.division_rule == "centroid":
        ap, dv, ml = np.floor(centroid + 0.5).astype(int)
        at_centroid = int(grid.atlas.divisions[ap, dv, ml])
        if at_centroid:
            return at_centroid
    if not len(divisions):
        return 0
    found, place = np.unique(divisions, return_inverse=True)
    return int(found[np.argmax(np.bincount(place, weights=mass))])
