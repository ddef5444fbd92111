"""Volumes seen as a map of the cortex: averaged, summed or maximised along paths."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.atlas import Index
from napari_connectome.core.connectivity import Connectivity, Float, Throughput
from napari_connectome.core.cortex.depth import in_depth
from napari_connectome.core.cortex.distortion import Distortion
from napari_connectome.core.cortex.view import CorticalView
from napari_connectome.core.errors import AtlasError, ModelError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources import SourceWeights

__all__ = [
    "AGGREGATES",
    "Aggregate",
    "CorticalView",
    "Distortion",
    "FlatmapProjector",
    "ModelFlatmap",
]

Aggregate = Literal["mean", "max", "sum"]
AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)
Positions = npt.NDArray[np.int32]


class FlatmapProjector:
    """Turns volumes into pictures of the cortex.

    Parameters
    ----------
    view : CorticalView
        The map.
    mask : VoxelMask, optional
        What the rows of vectors mean. Path voxels outside it count as 0, as they do in a
        volume. Without a mask whole volumes are projected.
    depth : tuple of float
        Range of depth, 0 at the pia to 1 at the white matter. Voxel k of a path of L takes
        part when (k + 0.5) / L is at least the first and less than the second number.
        A path with no such voxel takes the nearest one for a mean or a maximum; its sum
        is 0, so that sums over ranges add up.
    aggregate : {"mean", "max", "sum"}
        What becomes of the values along a path.

    Raises
    ------
    ModelError
        When the depth range is empty or outside 0 ... 1, or the aggregate is unknown.
    AtlasError
        When mask and view belong to different boxes.
    """

    def __init__(
        self,
        view: CorticalView,
        mask: VoxelMask | None = None,
        *,
        depth: tuple[float, float] = (0.0, 1.0),
        aggregate: Aggregate = "mean",
    ) -> None:
        if not 0.0 <= depth[0] < depth[1] <= 1.0:
            raise ModelError(
                "A depth range is two numbers, 0 (pia) <= first < second <= 1 (white matter); "
                f"{depth[0]:g} and {depth[1]:g} came."
            )
        if aggregate not in AGGREGATES:
            raise ModelError(f"Choose {', '.join(AGGREGATES)}; {aggregate!r} came.")
        if mask is not None and mask.shape != view.box:
            raise AtlasError(
                f"The map is for an atlas of {view.box} voxels, the vectors for one of "
                f"{mask.shape}. Use the map of the same atlas."
            )
        self.view = view
        self.mask = mask
        self.depth = depth
        self.aggregate: Aggregate = aggregate
        self._pixels = np.flatnonzero(view.lookup.ravel() >= 0)
        self._numbers = view.lookup.ravel()[self._pixels]
        self._empty = np.full(view.shape, np.nan, dtype=np.float32)

    def image(self, values: npt.NDArray[Any], *, mirrored: bool = False) -> Float:
        """Picture of a vector over the mask or, without a mask, of a volume.

        Parameters
        ----------
        values : ndarray, shape (n,) or the box
            A vector over the mask; without a mask a volume, or the same flat in C order.
        mirrored : bool
            Whether the hemispheres of `values` are to be exchanged, as for a
            prediction whose source is on the left.

        Returns
        -------
        ndarray of float32, shape (rows, columns)
            NaN where there is no path.

        Raises
        ------
        AtlasError
            When `values` have another shape.
        """
        return self.picture(self._along_paths(self._flat(values), mirrored))

    def of_model(self, connectivity: Connectivity) -> ModelFlatmap:
        """Pictures of a model's answers without making the answers first.

        Raises
        ------
        ModelError
            For a maximum, which is not linear.
        AtlasError
            When the projector's mask is not the model's target mask.
        """
        if self.aggregate == "max":
            raise ModelError(
                "A maximum along paths cannot be taken before experiments are combined. "
                "Predict first, or choose mean or sum."
            )
        if self.mask != connectivity.target_mask:
            raise AtlasError("The projector must be made with the model's target mask.")
        return ModelFlatmap(self, connectivity)

    def operator(self, *, mirrored: bool = False) -> csr_array:
        """The mean or sum as a matrix, shape (paths, n); the hemispheres exchanged if asked."""
        return self._mirrored_operator if mirrored else self._operator

    def _flat(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        wanted: tuple[int, ...] = self.view.box if self.mask is None else (len(self.mask),)
        if values.shape != wanted and values.shape != (int(np.prod(wanted)),):
            raise AtlasError(
                f"Values of shape {wanted} were expected, {values.shape} came. "
                "Map and values must be of one atlas and resolution."
            )
        return values.reshape(-1)

    def _along_paths(self, flat: npt.NDArray[Any], mirrored: bool) -> Float:
        if self.aggregate == "max":
            return self._maximum(flat, mirrored)
        return np.asarray(self.operator(mirrored=mirrored) @ flat, dtype=np.float32)

    def _maximum(self, flat: npt.NDArray[Any], mirrored: bool) -> Float:
        columns, outside = self._mirrored_columns if mirrored else self._own_columns
        found = flat[columns]
        found[outside] = 0
        return np.asarray(np.maximum.reduceat(found, self._starts[:-1]), dtype=np.float32)

    def picture(self, per_path: Float) -> Float:
        """Put values of paths, shape (n_paths,), where their pixels are; NaN elsewhere."""
        image = self._empty.copy()
        image.reshape(-1)[self._pixels] = per_path[self._numbers]
        return image

    @cached_property
    def _operator(self) -> csr_array:
        return self._build(mirrored=False)

    @cached_property
    def _mirrored_operator(self) -> csr_array:
        return self._build(mirrored=True)

    def _build(self, mirrored: bool) -> csr_array:
        columns, outside = self._mirrored_columns if mirrored else self._own_columns
        lengths = np.diff(self._starts)
        scale = 1.0 / np.maximum(lengths, 1) if self.aggregate == "mean" else np.ones(len(lengths))
        kept = np.ones(len(columns), dtype=bool)
        kept[outside] = False
        number = np.repeat(np.arange(len(lengths)), lengths)[kept]
        starts = np.concatenate([[0], np.cumsum(np.bincount(number, minlength=len(lengths)))])
        n = int(np.prod(self.view.box)) if self.mask is None else len(self.mask)
        parts = (
            scale[number].astype(np.float32),
            columns[kept].astype(np.int32),
            starts.astype(np.int32),
        )
        return csr_array(parts, shape=(len(lengths), n))

    @cached_property
    def _own_columns(self) -> tuple[Positions, Positions]:
        return self._columns(self._voxels)

    @cached_property
    def _mirrored_columns(self) -> tuple[Positions, Positions]:
        return self._columns(_mirror(self._voxels, self.view.box))

    def _columns(self, voxels: Positions) -> tuple[Positions, Positions]:
        """Position of each path voxel among the values (0 outside the mask); which are outside."""
        if self.mask is None:
            return voxels, np.zeros(0, dtype=np.int32)
        rows = self.mask.row_volume.reshape(-1)[voxels]
        return np.maximum(rows, 0), np.flatnonzero(rows < 0).astype(np.int32)

    @cached_property
    def _voxels(self) -> Positions:
        """Flat indices of the voxels that take part, path after path."""
        return self.view.paths[self._taken]

    @cached_property
    def _starts(self) -> npt.NDArray[np.int64]:
        """Where each path starts in the voxels that take part, and the end of the last."""
        return np.concatenate([[0], np.cumsum(np.count_nonzero(self._taken, axis=1))])

    @cached_property
    def _taken(self) -> npt.NDArray[np.bool_]:
        """Entries of the table of paths that lie in the depth range."""
        return in_depth(self.view.paths, self.depth, nearest=self.aggregate != "sum")


class ModelFlatmap:
    """Pictures of a model's answers; made by :meth:`FlatmapProjector.of_model`.

    Projections of experiments are carried onto the map when they are first needed, once.

    Parameters
    ----------
    projector : FlatmapProjector
        A mean or a sum.
    connectivity : Connectivity
        Whose target mask the projector has.
    """

    def __init__(self, projector: FlatmapProjector, connectivity: Connectivity) -> None:
        self._projector = projector
        self._connectivity = connectivity
        self._through: dict[bool, Throughput] = {}

    def from_source(self, source: SourceWeights) -> Float:
        """Picture of where a source projects to, on the source's own side.

        Returns
        -------
        ndarray of float32, shape (rows, columns)
            NaN where there is no path.
        """
        if source.mirrored not in self._through:
            operator = self._projector.operator(mirrored=source.mirrored)
            self._through[source.mirrored] = self._connectivity.through(operator)
        return self._projector.picture(self._through[source.mirrored].from_source(source))


def _mirror(voxels: Positions, box: Index) -> Positions:
    """The same places in the other hemisphere."""
    ml = voxels % box[2]
    return voxels - ml + (box[2] - 1 - ml)
