"""Where a source lies: voxels where they were drawn, regions by weight."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.errors import OutsideError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.source_voxels import source_regions, source_voxels
from napari_connectome.core.sources import CombinedSource, Source, VolumeSource, VoxelSource
from napari_connectome.core.structures import SUMMARY_SET_ID, Structure, StructureTree
from tests.core.model_data import ISOCORTEX, SHAPE, THALAMUS, small_atlas

ATLAS = small_atlas()
MASK = VoxelMask.from_atlas(ATLAS, (ISOCORTEX, THALAMUS), "right")


def found(source: Source) -> dict[tuple[int, ...], float]:
    indices, weights = source_voxels(source, ATLAS, MASK)
    assert np.all(np.diff(indices) > 0)
    places = np.stack(np.unravel_index(indices, SHAPE), axis=1)
    return dict(zip(map(tuple, places.tolist()), weights.tolist(), strict=True))


def test_voxels_stay_on_the_side_that_was_drawn():
    volume = np.zeros(SHAPE)
    volume[3, 1, 2] = 3
    volume[4, 5, 8] = 1
    volume[11, 1, 8] = 9  # pons, which is no source here
    assert found(VolumeSource(volume)) == {(3, 1, 2): 0.75, (4, 5, 8): 0.25}
    assert found(VoxelSource((350.0, 150.0, 250.0))) == {(3, 1, 2): 1.0}


def test_regions_come_by_weight():
    parts = ((VoxelSource((350.0, 150.0, 250.0)), 1.0), (VoxelSource((350.0, 550.0, 850.0)), 3.0))
    structures = [
        Structure(s.id, s.acronym, s.name, s.rgb, s.path, s.graph_order, (SUMMARY_SET_ID,))
        for s in ATLAS.tree
        if s.id != 997
    ]
    root = Structure(997, "root", "root", (0, 0, 0), (997,), 0)
    atlas = type(ATLAS)(StructureTree([root, *structures]), ATLAS.annotation, 100.0)
    source = CombinedSource(parts, "two")
    assert source_regions(source, atlas, MASK) == (THALAMUS, ISOCORTEX)


def test_what_touches_no_source_voxel_is_refused():
    volume = np.zeros(SHAPE)
    volume[11, 1, 8] = 1
    with pytest.raises(OutsideError, match="touches no source voxel"):
        source_voxels(VolumeSource(volume), ATLAS, MASK)
