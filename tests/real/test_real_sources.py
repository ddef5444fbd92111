"""Drawings on the published annotation: both hemispheres, and files as they are published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources import RegionSource, TwoSidedWeights, VolumeSource
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.mask_files import read_mask

ISOCORTEX = 315
RIGHT, LEFT = 61_878, 61_367
"""Published numbers of Isocortex voxels in either hemisphere at 100 µm."""


@pytest.fixture(scope="module")
def atlas(realdata: Path) -> Atlas:
    return open_cache(realdata / "allen_cache", resolution_um=100).atlas


@pytest.fixture(scope="module")
def mask(atlas: Atlas) -> VoxelMask:
    return VoxelMask.from_atlas(atlas, atlas.tree.division_ids(), "right")


def test_a_painted_hemisphere_is_the_region(atlas: Atlas, mask: VoxelMask) -> None:
    painted = VolumeSource(atlas.structure_mask((ISOCORTEX,), "right")).weights(atlas, mask)
    region = RegionSource((ISOCORTEX,)).weights(atlas, mask)
    assert len(painted.rows) == RIGHT
    np.testing.assert_array_equal(painted.rows, region.rows)
    np.testing.assert_allclose(painted.values, region.values)
    assert painted.inside_fraction == 1


def test_what_the_left_hemisphere_loses_is_told(atlas: Atlas, mask: VoxelMask) -> None:
    """The two halves of the annotation are not exactly alike: some voxels have no twin."""
    drawn = atlas.structure_mask((ISOCORTEX,))
    weights = VolumeSource(drawn, scale="as drawn").weights(atlas, mask)
    assert isinstance(weights, TwoSidedWeights)
    twins = drawn & (mask.row_volume[:, :, ::-1] >= 0)
    expected = RIGHT + np.count_nonzero(twins[:, :, : atlas.midline])
    assert drawn.sum() == RIGHT + LEFT
    assert weights.together.values.sum() == expected
    assert weights.inside_fraction == pytest.approx(expected / (RIGHT + LEFT))
    assert 0.98 < weights.inside_fraction < 0.99


def test_published_volumes_are_read_as_masks(realdata: Path, atlas: Atlas) -> None:
    folder = realdata / "allen_cache" / "annotation" / "ccf_2017"
    for name in ("annotation_100.nrrd", "annotation_25.nrrd"):
        found = read_mask(folder / name, atlas)
        assert "its coordinates are AP, DV, ML, in micrometres, as in Allen files" in found.assumed
        assert "it fills the box of the atlas" in found.assumed
        inside = atlas.annotation > 0
        assert found.values[inside].mean() > 0.98
        assert found.values[~inside].mean() < 0.02
