"""The atlas: annotation, template, resolution, hemispheres and the two coordinate systems.

Volumes are in CCFv3 order PIR: axis 0 anterior to posterior (AP), axis 1 superior
to inferior (DV), axis 2 left to right (ML). Voxel ``i`` of an axis covers
``[i, i + 1) * resolution_um``; its centre lies at ``(i + 0.5) * resolution_um``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import AtlasError
from napari_connectome.core.structures import StructureTree

Hemisphere = Literal["left", "right", "both"]
Index = tuple[int, int, int]
AXIS_LABELS = ("AP", "DV", "ML")


@dataclass(frozen=True, eq=False)
class Atlas:
    """An annotated brain.

    Parameters
    ----------
    tree : StructureTree
        The ontology. It must know every id of the annotation.
    annotation : ndarray of uint32, shape (n_ap, n_dv, n_ml)
        Structure id per voxel, 0 outside the brain.
    resolution_um : float
        Edge of a voxel.
    template : ndarray or None
        Grey-level average brain of the same shape.
    name : str
        Where it came from, for titles and provenance.

    Raises
    ------
    AtlasError
        When the annotation is not a volume, the template has another shape, or
        annotation ids are missing from the tree.
    """

    tree: StructureTree
    annotation: npt.NDArray[np.uint32]
    resolution_um: float
    template: npt.NDArray[np.float32] | None = None
    name: str = "atlas"
    _ids: npt.NDArray[np.uint32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.annotation.ndim != 3:
            raise AtlasError(
                f"An annotation is a 3-D volume (AP, DV, ML); this one has "
                f"{self.annotation.ndim} dimensions."
            )
        if self.template is not None and self.template.shape != self.annotation.shape:
            raise AtlasError(
                f"The template has shape {self.template.shape}, the annotation "
                f"{self.annotation.shape}. Both must be of one resolution."
            )
        object.__setattr__(self, "_ids", unique_ids(self.annotation))
        unknown = [int(i) for i in self._ids if i and int(i) not in self.tree]
        if unknown:
            raise AtlasError(
                f"{len(unknown)} annotation ids are missing from the structure list "
                f"({', '.join(map(str, unknown[:8]))}{', ...' if len(unknown) > 8 else ''}). "
                "Annotation and structures.json must come from the same atlas release."
            )

    @property
    def shape(self) -> Index:
        """Voxels along AP, DV, ML."""
        n_ap, n_dv, n_ml = self.annotation.shape
        return n_ap, n_dv, n_ml

    @property
    def midline(self) -> int:
        """First index of the right hemisphere along axis 2."""
        return self.shape[2] // 2

    @property
    def voxel_volume_mm3(self) -> float:
        """Volume of a voxel."""
        return float((self.resolution_um / 1000.0) ** 3)

    @property
    def structure_ids(self) -> tuple[int, ...]:
        """Ids that occur in the annotation (0 left out)."""
        return tuple(int(i) for i in self._ids if i)

    @cached_property
    def regions(self) -> npt.NDArray[np.uint32]:
        """Summary structure of each voxel, 0 outside all of them; shape of the annotation."""
        return self.relabel(self.tree.summary_ids())

    @cached_property
    def divisions(self) -> npt.NDArray[np.uint32]:
        """Major division of each voxel, 0 outside all of them; shape of the annotation."""
        return self.relabel(self.tree.division_ids())

    def relabel(self, ancestor_ids: Iterable[int]) -> npt.NDArray[np.uint32]:
        """Replace each voxel's id by the one of `ancestor_ids` at or above it, else by 0."""
        return self.replaced(self.tree.assign(ancestor_ids), np.uint32)

    def replaced(self, values: Mapping[int, int], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """Replace each voxel's id by its value, or by 0 where it has none; one look-up a voxel."""
        lookup = np.array([values.get(int(i), 0) for i in self._ids], dtype=dtype)
        found: npt.NDArray[Any] = lookup[self._dense_ids]
        return found

    def structure_mask(
        self, structure_ids: Iterable[int], hemisphere: Hemisphere = "both"
    ) -> npt.NDArray[np.bool_]:
        """Voxels that lie in any of the structures or their descendants."""
        mask = self.relabel(structure_ids) > 0
        if hemisphere == "left":
            mask[:, :, self.midline :] = False
        elif hemisphere == "right":
            mask[:, :, : self.midline] = False
        return mask

    def volume_mm3(self, structure_id: int, hemisphere: Hemisphere = "right") -> float:
        """Volume of a structure with all its descendants."""
        count = int(self.structure_mask([structure_id], hemisphere).sum())
        return count * self.voxel_volume_mm3

    def contains(self, index: Sequence[float]) -> bool:
        """Whether a voxel index lies in the box."""
        return all(0 <= i < n for i, n in zip(index, self.shape, strict=True))

    def index_of_um(self, point_um: Sequence[float]) -> Index:
        """Voxel that holds a CCF point; it may lie outside the box (see :meth:`contains`)."""
        ap, dv, ml = (int(np.floor(p / self.resolution_um)) for p in point_um)
        return ap, dv, ml

    def um_of_index(self, index: Sequence[float]) -> tuple[float, float, float]:
        """CCF coordinates of a voxel's centre."""
        ap, dv, ml = ((i + 0.5) * self.resolution_um for i in index)
        return float(ap), float(dv), float(ml)

    def region_at(self, index: Index) -> int:
        """Summary structure of a voxel, the annotated one outside all of them; 0 for none."""
        annotated = int(self.annotation[index])
        return self._summary_above.get(annotated, annotated)

    @cached_property
    def _summary_above(self) -> dict[int, int]:
        return self.tree.assign(self.tree.summary_ids())

    def mirror_index(self, index: Sequence[int]) -> Index:
        """The same place in the other hemisphere."""
        ap, dv, ml = (int(i) for i in index)
        return ap, dv, self.shape[2] - 1 - ml

    def is_left(self, index: Sequence[float]) -> bool:
        """Whether a voxel lies in the left hemisphere."""
        return index[2] < self.midline

    def voxel_counts(self, hemisphere: Hemisphere = "both") -> dict[int, int]:
        """Voxels of each annotated id, 0 where a hemisphere has none."""
        first = self.midline if hemisphere == "right" else 0
        last = self.midline if hemisphere == "left" else self.shape[2]
        counts = np.zeros(len(self._ids), dtype=np.int64)
        for slab in self._dense_ids:
            counts += np.bincount(slab[:, first:last].ravel(), minlength=len(counts))
        return dict(zip(self._ids.tolist(), counts.tolist(), strict=True))

    @cached_property
    def _dense_ids(self) -> npt.NDArray[np.unsignedinteger]:
        """Position of each voxel's id in ``_ids``, slab by slab: it is found in eight bytes."""
        dense = np.empty(self.annotation.shape, dtype=np.min_scalar_type(len(self._ids)))
        for slab, ids in zip(dense, self.annotation, strict=True):
            slab[:] = np.searchsorted(self._ids, ids)
        return dense


def unique_ids(annotation: npt.NDArray[np.unsignedinteger]) -> npt.NDArray[np.uint32]:
    """Sorted ids of an annotation.

    Runs of equal neighbours are collapsed first: sorting what is left is much
    faster than sorting every voxel.
    """
    flat = annotation.ravel()
    if flat.size == 0:
        return np.zeros(0, dtype=np.uint32)
    starts = np.flatnonzero(np.diff(flat) != 0) + 1
    return np.unique(np.concatenate([flat[:1], flat[starts]])).astype(np.uint32)
