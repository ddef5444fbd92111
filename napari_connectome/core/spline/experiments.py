"""From tracing experiments to the problems that spline models solve, one for each side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.laplacian import lattice_laplacian
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.mirror import rows_in
from napari_connectome.core.models.weights import nearest_distances
from napari_connectome.core.sides import Side
from napari_connectome.core.spline.problem import SplineProblem
from napari_connectome.core.spline.selection import Chosen, Selection, choose

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Targets:
    """The target voxels of one side, and what was measured there.

    Parameters
    ----------
    side : {"ipsi", "contra"}
        As seen from the source voxels.
    mask : VoxelMask
        The regions' voxels of that side.
    projections : ndarray of float64, shape (m, n_target)
        Projection density, 0 to 1.
    hidden : csr_array of bool, shape (m, n_target)
        Where an experiment's own injection hides what it projects: the complement of Ω.
        Nothing is hidden on the contralateral side.
    """

    side: Side
    mask: VoxelMask
    projections: npt.NDArray[np.float64]
    hidden: csr_array


@dataclass(frozen=True, eq=False)
class SplineData:
    """What a spline model is fitted to.

    Injections and projections are densities as they were imaged, as in Harris et al. 2016: an
    experiment with a larger injection counts for more. Divided by the injection's sum, as
    for other models, the weights would be of the same unit.

    Parameters
    ----------
    experiment_ids : ndarray of int64, shape (m,)
        Experiments that take part.
    rows : ndarray of int64, shape (m,)
        Their rows in the set that they come from.
    source_mask : VoxelMask
        Right-hemisphere voxels of the regions.
    region_ids : ndarray of int64, shape (n_source,)
        Summary structure of each source voxel, 0 for none.
    injections : csr_array of float64, shape (m, n_source)
        Injection density, 0 to 1.
    centroids : ndarray of float64, shape (m, 3)
        Injection centroids in voxels.
    targets : tuple of Targets
        Ipsilateral, and contralateral where the regions have voxels there.
    chosen : Chosen
        Which experiments were left out, and why.
    """

    experiment_ids: Rows
    rows: Rows
    source_mask: VoxelMask
    region_ids: Rows
    injections: csr_array
    centroids: npt.NDArray[np.float64]
    targets: tuple[Targets, ...]
    chosen: Chosen
    _target_region_ids: tuple[Rows, ...]

    def problem(self, side: Side, lam: float, *, boundaries: bool = False) -> SplineProblem:
        """The problem of one side.

        Parameters
        ----------
        side : {"ipsi", "contra"}
            Of the targets.
        lam : float
            λ of Harris et al. 2016, larger than 0.
        boundaries : bool
            Whether nothing is smoothed across the borders of regions (summary structures).
        """
        number = [targets.side for targets in self.targets].index(side)
        targets = self.targets[number]
        source_keys = self.region_ids if boundaries else None
        target_keys = self._target_region_ids[number] if boundaries else None
        return SplineProblem(
            injections=self.injections,
            projections=targets.projections,
            hidden=targets.hidden,
            source_laplacian=lattice_laplacian(self.source_mask.coordinates, source_keys),
            target_laplacian=lattice_laplacian(targets.mask.coordinates, target_keys),
            lam=lam,
        )

    @property
    def nearest_voxels(self) -> npt.NDArray[np.float64]:
        """Distance in voxels of each source voxel to the nearest injection centroid."""
        return nearest_distances(self.source_mask.coordinates, self.centroids)


def spline_data(experiments: ExperimentSet, atlas: Atlas, selection: Selection) -> SplineData:
    """Choose regions and experiments, and cut injections and projections down to them.

    Raises
    ------
    AtlasError
        When a region is unknown, or none has a source voxel.
    ModelError
        When no experiment passes; see :func:`~..selection.choose`.
    """
    chosen = choose(experiments, atlas, selection)
    rows, mask = chosen.rows, chosen.source_mask
    columns = rows_in(experiments.source_mask, mask, mirrored=False)
    whole = csr_array(experiments.injections[rows])
    scale = experiments.injection_sums[rows]
    hidden = _hidden(whole, selection.hidden_above)[:, columns]
    injections = csr_array(whole[:, columns].astype(np.float64).multiply(scale[:, None]))
    regions = atlas.structure_mask(chosen.structure_ids)
    targets = [_targets("ipsi", mask, experiments, rows, csr_array(hidden))]
    left = left_voxels(experiments.target_mask, regions, atlas.midline)
    if left is not None:
        nothing = csr_array((len(rows), len(left)), dtype=bool)
        targets.append(_targets("contra", left, experiments, rows, nothing))
    return SplineData(
        experiment_ids=experiments.ids[rows],
        rows=rows,
        source_mask=mask,
        region_ids=mask.to_vector(atlas.regions).astype(np.int64),
        injections=injections,
        centroids=experiments.centroids[rows],
        targets=tuple(targets),
        chosen=chosen,
        _target_region_ids=tuple(t.mask.to_vector(atlas.regions).astype(np.int64) for t in targets),
    )


def hidden_voxels(experiments: ExperimentSet, row: int, above: float, mask: VoxelMask) -> Rows:
    """Rows of a mask where an experiment's own injection hides its projection.

    Parameters
    ----------
    experiments : ExperimentSet
        Holds the experiment.
    row : int
        Which one.
    above : float
        Part of the injection's maximum above which a voxel is hidden.
    mask : VoxelMask
        Any; source voxels that are not in it are passed over.
    """
    hidden = _hidden(csr_array(experiments.injections[[row]]), above)
    places = experiments.source_mask.indices[hidden.indices[hidden.data]]
    found = mask.row_volume.ravel()[places]
    return np.sort(found[found >= 0]).astype(np.int64)


def _hidden(injections: csr_array, above: float) -> csr_array:
    """Where the injection density exceeds a part of its maximum, shape of `injections`."""
    tops = np.asarray(injections.max(axis=1).toarray(), dtype=np.float32).reshape(-1)
    limits = np.repeat(above * tops, np.diff(injections.indptr))
    hidden = csr_array(
        (injections.data > limits, injections.indices, injections.indptr),
        shape=injections.shape,
        copy=True,
    )
    hidden.eliminate_zeros()
    return hidden


def _targets(
    side: Side, mask: VoxelMask, experiments: ExperimentSet, rows: Rows, hidden: csr_array
) -> Targets:
    columns = rows_in(experiments.target_mask, mask, mirrored=False)
    projections = experiments.projections[np.ix_(rows, columns)].astype(np.float64)
    projections *= experiments.injection_sums[rows, None]
    return Targets(side, mask, projections, hidden)


def left_voxels(mask: VoxelMask, regions: npt.NDArray[np.bool_], midline: int) -> VoxelMask | None:
    """Left-hemisphere voxels of the regions; None where there is none."""
    wanted = mask.to_vector(regions) & (mask.coordinates[:, 2] < midline)
    return VoxelMask(mask.shape, mask.indices[wanted]) if wanted.any() else None
