"""Volume to vector and back: the one place where the two meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas, Hemisphere, Index
from napari_connectome.core.errors import AtlasError


class VoxelMask:
    """A fixed, ordered set of voxels of a box: the rows of a vector.

    Parameters
    ----------
    shape : tuple of int
        Box, axes AP, DV, ML.
    indices : array of int, shape (n,)
        Flat C-order voxel indices, strictly increasing.

    Raises
    ------
    AtlasError
        When the indices are empty, not increasing, or outside the box.
    """

    def __init__(self, shape: Sequence[int], indices: npt.ArrayLike) -> None:
        n_ap, n_dv, n_ml = (int(n) for n in shape)
        self.shape: Index = (n_ap, n_dv, n_ml)
        self.indices: npt.NDArray[np.int64] = np.array(indices, dtype=np.int64)
        self.indices.setflags(write=False)
        size = n_ap * n_dv * n_ml
        inside = len(self.indices) and self.indices[0] >= 0 and self.indices[-1] < size
        if not inside or np.any(np.diff(self.indices) <= 0):
            raise AtlasError(
                f"A voxel mask needs increasing indices inside the box {self.shape}; "
                f"got {len(self.indices)} of them. Does the atlas have these structures?"
            )

    @classmethod
    def from_volume(cls, volume: npt.NDArray[np.bool_]) -> VoxelMask:
        """Voxels where `volume` is true."""
        return cls(volume.shape, np.flatnonzero(volume))

    @classmethod
    def from_atlas(
        cls, atlas: Atlas, structure_ids: Iterable[int], hemisphere: Hemisphere = "both"
    ) -> VoxelMask:
        """Voxels of the given structures and their descendants."""
        return cls.from_volume(atlas.structure_mask(structure_ids, hemisphere))

    def __len__(self) -> int:
        return len(self.indices)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, VoxelMask):
            return NotImplemented
        return self.shape == other.shape and np.array_equal(self.indices, other.indices)

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def coordinates(self) -> npt.NDArray[np.int32]:
        """Voxel indices (AP, DV, ML) of each row, shape (n, 3)."""
        return np.stack(np.unravel_index(self.indices, self.shape), axis=1).astype(np.int32)

    @cached_property
    def row_volume(self) -> npt.NDArray[np.int32]:
        """Row of each voxel of the box, -1 outside the mask."""
        rows = np.full(int(np.prod(self.shape)), -1, dtype=np.int32)
        rows[self.indices] = np.arange(len(self), dtype=np.int32)
        return rows.reshape(self.shape)

    def row_of(self, index: Sequence[int]) -> int:
        """Row of a voxel, -1 when it is outside the mask or the box."""
        if not all(0 <= i < n for i, n in zip(index, self.shape, strict=True)):
            return -1
        ap, dv, ml = index
        return int(self.row_volume[ap, dv, ml])

    def to_vector(self, volume: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values of a volume on the mask, shape (n,)."""
        if volume.shape != self.shape:
            raise AtlasError(
                f"A volume of shape {self.shape} was expected, {volume.shape} came. "
                "Data and atlas must be of one resolution."
            )
        return volume.ravel()[self.indices]

    def to_volume(
        self,
        vector: npt.NDArray[Any],
        out: npt.NDArray[Any] | None = None,
        *,
        mirrored: bool = False,
    ) -> npt.NDArray[Any]:
        """Put a vector back into the box; voxels outside the mask are 0 (or left as in `out`).

        Parameters
        ----------
        vector : ndarray, shape (n,)
            A value for each voxel of the mask.
        out : ndarray, optional
            Volume to write into.
        mirrored : bool
            Whether each value is put in the same place of the other hemisphere.
        """
        if out is None:
            out = np.zeros(self.shape, dtype=vector.dtype)
        np.put(out[:, :, ::-1] if mirrored else out, self.indices, vector)
        return out
