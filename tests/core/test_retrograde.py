"""Retrograde answers are the same numbers as anterograde ones, read the other way."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.voxel_fit import fit_voxel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import RegionSource, SphereSource, VoxelSource
from napari_connectome.core.targets import rank_targets
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS, experiment_set, small_atlas


@pytest.fixture(scope="module")
def model() -> FittedModel:
    atlas = small_atlas()
    experiments = experiment_set(atlas, {ISOCORTEX: 9, THALAMUS: 7, PONS: 3})
    return run_to_end(fit_voxel(experiments, atlas))


def anterograde(model: FittedModel, index: tuple[int, int, int]) -> np.ndarray:
    """Volume of what a voxel of either hemisphere projects to."""
    return model.predict(VoxelSource(model.atlas.um_of_index(index))).volume()


@pytest.mark.parametrize("target", [(3, 2, 7), (3, 2, 1), (8, 5, 5)])
def test_every_source_sends_what_it_is_predicted_to_send(
    model: FittedModel, target: tuple[int, int, int]
) -> None:
    answer = model.trace_back(VoxelSource(model.atlas.um_of_index(target))).volume()
    for source in [(1, 1, 8), (1, 1, 1), (9, 5, 5), (9, 5, 4), (11, 3, 6), (11, 0, 0)]:
        assert answer[source] == pytest.approx(anterograde(model, source)[target], rel=1e-5)


def test_a_region_receives_the_mean_over_its_voxels(model: FittedModel) -> None:
    atlas = model.atlas
    answer = model.trace_back(RegionSource((PONS,))).volume()
    inside = atlas.structure_mask([PONS], "right")
    for source in [(2, 0, 9), (2, 0, 0), (5, 6, 6)]:
        assert answer[source] == pytest.approx(anterograde(model, source)[inside].mean(), rel=1e-5)


def test_a_target_on_the_left_is_the_mirror_image(model: FittedModel) -> None:
    atlas = model.atlas
    right = model.trace_back(SphereSource(atlas.um_of_index((4, 3, 7)), 150.0))
    left = model.trace_back(SphereSource(atlas.um_of_index((4, 3, 2)), 150.0))
    assert (right.mirrored, left.mirrored) == (False, True)
    np.testing.assert_array_equal(left.volume(), right.volume()[:, :, ::-1])


def test_twins_that_are_no_target_are_left_out() -> None:
    """One voxel of the left hemisphere is missing from the annotation."""
    whole = small_atlas()
    annotation = whole.annotation.copy()
    annotation[3, 2, 2] = 0
    atlas = Atlas(whole.tree, annotation, whole.resolution_um)
    experiments = experiment_set(atlas, {ISOCORTEX: 9, THALAMUS: 7, PONS: 3})
    model = run_to_end(fit_voxel(experiments, atlas))
    answer = model.trace_back(VoxelSource(atlas.um_of_index((3, 2, 7)))).volume()
    assert answer[:, :, 5:].any()
    assert not answer[:, :, :5].any()


def test_regions_are_ranked_by_what_they_send(model: FittedModel) -> None:
    prediction = model.trace_back(VoxelSource(model.atlas.um_of_index((3, 2, 7))))
    assert prediction.support is None
    assert rank_targets(prediction) == []  # this atlas has no summary structures
    assert len(prediction.mask) == 2 * len(model.connectivity.source_mask)


def test_a_target_outside_the_brain_is_refused(model: FittedModel) -> None:
    with pytest.raises(SourceError, match="outside the brain"):
        model.trace_back(VoxelSource((1150.0, 750.0, 650.0)))
