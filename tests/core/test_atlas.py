from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas, unique_ids
from napari_connectome.core.errors import AtlasError
from napari_connectome.core.structures import SUMMARY_SET_ID, Structure, StructureTree

SHAPE = (4, 3, 7)
PATHS = {997: (997,), 315: (997, 315), 385: (997, 315, 385), 1009: (997, 1009)}


@pytest.fixture
def tree() -> StructureTree:
    return StructureTree(
        Structure(i, f"s{i}", "name", (0, 0, 0), path, order, frozenset({SUMMARY_SET_ID}))
        for order, (i, path) in enumerate(PATHS.items())
    )


@pytest.fixture
def atlas(tree: StructureTree) -> Atlas:
    """An odd number of sagittal planes: the one in the middle is on the right."""
    annotation = np.zeros(SHAPE, dtype=np.uint32)
    annotation[1:3, 1, 1:6] = 385
    annotation[1, 2, 1:6] = 315
    annotation[3, 2, :] = 1009
    return Atlas(tree, annotation, 200.0)


def test_geometry(atlas: Atlas) -> None:
    assert atlas.shape == SHAPE
    assert atlas.midline == 3
    assert atlas.voxel_volume_mm3 == pytest.approx(0.008)
    assert atlas.structure_ids == (315, 385, 1009)


def test_coordinates_go_there_and_back(atlas: Atlas) -> None:
    assert atlas.um_of_index((0, 1, 6)) == (100.0, 300.0, 1300.0)
    for index in np.ndindex(SHAPE):
        assert atlas.index_of_um(atlas.um_of_index(index)) == index
    assert atlas.index_of_um((399.9, 400.0, 0.0)) == (1, 2, 0)
    assert atlas.index_of_um((-0.1, 0, 0)) == (-1, 0, 0)


def test_box(atlas: Atlas) -> None:
    assert atlas.contains((3, 2, 6))
    assert not atlas.contains((4, 2, 6))
    assert not atlas.contains((0, 0, -1))


def test_mirroring(atlas: Atlas) -> None:
    assert atlas.mirror_index((1, 2, 0)) == (1, 2, 6)
    assert atlas.mirror_index(atlas.mirror_index((1, 2, 5))) == (1, 2, 5)
    assert atlas.is_left((0, 0, 2))
    assert not atlas.is_left((0, 0, 3))


def test_relabelling(atlas: Atlas) -> None:
    np.testing.assert_array_equal(
        atlas.divisions, np.where(np.isin(atlas.annotation, (315, 385)), 315, 0)
    )
    np.testing.assert_array_equal(
        atlas.relabel([315, 385]), np.where(atlas.annotation == 1009, 0, atlas.annotation)
    )
    assert not (atlas.regions == 1009).any()
    assert atlas.relabel([]).shape == SHAPE
    assert not atlas.relabel([]).any()


def test_hemispheres(atlas: Atlas) -> None:
    both = atlas.structure_mask([315])
    left, right = (atlas.structure_mask([315], side) for side in ("left", "right"))
    assert both.sum() == 15
    assert left.sum() == 6
    assert right.sum() == 9
    np.testing.assert_array_equal(left | right, both)
    assert atlas.volume_mm3(315) == pytest.approx(9 * 0.008)
    assert atlas.volume_mm3(385, "both") == pytest.approx(10 * 0.008)


def test_inconsistent_parts(tree: StructureTree, atlas: Atlas) -> None:
    with pytest.raises(AtlasError, match="2 dimensions"):
        Atlas(tree, np.zeros((3, 3), dtype=np.uint32), 100.0)
    with pytest.raises(AtlasError, match="template has shape"):
        Atlas(tree, atlas.annotation, 100.0, template=np.zeros((4, 3, 6), dtype=np.float32))
    strange = atlas.annotation.copy()
    strange[0, 0, :] = np.arange(7) + 5000
    with pytest.raises(AtlasError, match=r"7 annotation ids are missing.*5000, 5001"):
        Atlas(tree, strange, 100.0)


def test_unique_ids() -> None:
    ids = np.array([7, 7, 0, 3, 7, 2**32 - 1], dtype=np.uint32).reshape(1, 2, 3)
    assert unique_ids(ids).tolist() == [0, 3, 7, 2**32 - 1]
    assert unique_ids(np.asfortranarray(ids)).tolist() == [0, 3, 7, 2**32 - 1]
    assert unique_ids(np.zeros((0, 2, 2), dtype=np.uint32)).tolist() == []
