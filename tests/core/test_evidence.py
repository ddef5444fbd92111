"""Support maps against each voxel asked by itself, and against models with one experiment more."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.connectivity import Connectivity
from napari_connectome.core.errors import ModelError, SourceError
from napari_connectome.core.evidence import SupportMaps, support_maps
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.hypothetical import with_hypothetical
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.voxel_fit import fit_voxel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import VoxelSource
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS, experiment_set, small_atlas


def fit(experiments: ExperimentSet, atlas: Atlas, **values: float | str | None) -> FittedModel:
    return run_to_end(fit_voxel(experiments, atlas, **values))


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    """One voxel of the left cortex is white matter, one of the left white matter cortex."""
    whole = small_atlas()
    annotation = whole.annotation.copy()
    annotation[3, 2, 2] = 0
    annotation[11, 7, 1] = ISOCORTEX
    return Atlas(whole.tree, annotation, whole.resolution_um)


@pytest.fixture(scope="module")
def experiments(atlas: Atlas) -> ExperimentSet:
    return experiment_set(atlas, {ISOCORTEX: 9, THALAMUS: 7})


def test_each_voxel_has_the_support_of_its_own_prediction(
    atlas: Atlas, experiments: ExperimentSet
) -> None:
    model = fit(experiments, atlas)
    maps = support_maps(model)
    nearest, effective = maps.volume(maps.nearest_um), maps.volume(maps.effective_experiments)
    for index in [(0, 0, 9), (0, 0, 0), (9, 6, 5), (9, 6, 4), (3, 2, 2), (5, 3, 7)]:
        support = model.predict(VoxelSource(atlas.um_of_index(index))).support
        assert support is not None
        assert nearest[index] == pytest.approx(support.nearest_um, rel=1e-5)
        assert effective[index] == pytest.approx(support.effective_experiments, rel=1e-5)


def test_distances_are_those_to_the_division_s_own_centroids(
    atlas: Atlas, experiments: ExperimentSet
) -> None:
    maps = support_maps(fit(experiments, atlas))
    volume = maps.volume(maps.nearest_um)
    ours = experiments.centroids[experiments.division_ids == THALAMUS]
    for index in np.argwhere(atlas.divisions == THALAMUS)[::17]:
        ap, dv, ml = index
        right = (ap, dv, max(ml, 9 - ml))
        expected = np.sqrt(((ours - right) ** 2).sum(axis=1)).min() * 100
        assert volume[ap, dv, ml] == pytest.approx(expected, rel=1e-5)


def test_where_nothing_is_known_there_is_no_number(
    atlas: Atlas, experiments: ExperimentSet
) -> None:
    maps = support_maps(fit(experiments, atlas))
    unsupported = maps.unsupported_volume()
    assert unsupported[atlas.divisions == PONS].all()
    assert unsupported[11, 7, 1]  # its mirror image is no source
    assert np.count_nonzero(unsupported) == np.count_nonzero(atlas.divisions == PONS) + 1
    np.testing.assert_array_equal(np.isnan(maps.effective_experiments), maps.unsupported)
    assert np.isnan(maps.volume(maps.nearest_um)[11, 7, 9])  # no grey matter at all


def test_a_model_without_shares_at_hand_is_asked_voxel_by_voxel(
    atlas: Atlas, experiments: ExperimentSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = fit(experiments, atlas)
    quick = support_maps(model)
    monkeypatch.setattr(
        type(model.connectivity), "evidence_job", lambda self: Connectivity.evidence_job(self)
    )
    same(support_maps(model), quick)


KERNELS = [
    {"kernel": "gaussian", "bandwidth_um": 250.0},
    {"kernel": "gaussian", "bandwidth_um": 60.0},
    {"kernel": "polynomial", "bandwidth_um": 600.0, "degree": 2.0},
    {"kernel": "polynomial", "bandwidth_um": 600.0, "degree": 0.0},
    {"kernel": "polynomial", "bandwidth_um": 150.0, "degree": 3.0},
]


@pytest.mark.parametrize("values", KERNELS)
def test_a_hypothetical_injection_counts_like_a_real_one(
    atlas: Atlas, experiments: ExperimentSet, values: dict[str, float | str]
) -> None:
    rows = np.delete(np.arange(len(experiments)), [2, 5, 12])
    model = fit(experiments.subset(rows), atlas, negligible=0.0, **values)
    points = [atlas.um_of_index(experiments.centroids[row]) for row in (12, 2, 5)]
    same(
        with_hypothetical(model, points),
        support_maps(fit(experiments, atlas, negligible=0.0, **values)),
    )


def test_an_injection_on_the_left_is_mirrored(atlas: Atlas, experiments: ExperimentSet) -> None:
    model = fit(experiments, atlas)
    ap, dv, ml = 330.0, 260.0, 820.0
    left = with_hypothetical(model, [(ap, dv, 1000.0 - ml)])
    same(left, with_hypothetical(model, [(ap, dv, ml)]))


def test_a_first_injection_supports_its_whole_division(
    atlas: Atlas, experiments: ExperimentSet
) -> None:
    model = fit(experiments, atlas)
    maps = with_hypothetical(model, [atlas.um_of_index((10, 2, 7))])
    pons = maps.mask.to_vector(atlas.divisions) == PONS
    np.testing.assert_allclose(maps.effective_experiments[pons], 1.0)
    assert maps.volume(maps.nearest_um)[11, 4, 2] == pytest.approx(100 * 5**0.5, rel=1e-6)
    before = support_maps(model)
    np.testing.assert_allclose(maps.nearest_um[~pons], before.nearest_um[~pons])


def test_the_second_one_has_the_kernel_of_a_fit_to_two(atlas: Atlas) -> None:
    everything = experiment_set(atlas, {ISOCORTEX: 9, THALAMUS: 7, PONS: 2})
    known = everything.subset(np.arange(16))
    points = [atlas.um_of_index(everything.centroids[row]) for row in (16, 17)]
    same(with_hypothetical(fit(known, atlas), points), support_maps(fit(everything, atlas)))


def test_a_place_without_a_division_is_refused(atlas: Atlas, experiments: ExperimentSet) -> None:
    model = fit(experiments, atlas)
    for point in [(1150.0, 750.0, 950.0), (-50.0, 100.0, 100.0)]:
        with pytest.raises(SourceError, match="no major division"):
            with_hypothetical(model, [point])


def test_a_model_without_kernels_is_refused(atlas: Atlas, experiments: ExperimentSet) -> None:
    fitted = fit(experiments, atlas)
    model = FittedModel("flat", {}, fitted.connectivity, atlas, fitted.experiment_ids)
    with pytest.raises(ModelError, match="no kernel of distance"):
        with_hypothetical(model, [atlas.um_of_index((3, 2, 7))])


def same(found: SupportMaps, expected: SupportMaps) -> None:
    assert found.mask == expected.mask
    np.testing.assert_allclose(found.nearest_um, expected.nearest_um, rtol=1e-5)
    np.testing.assert_allclose(
        found.effective_experiments, expected.effective_experiments, rtol=1e-4
    )
