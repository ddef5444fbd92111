"""Ranked sites against trying every voxel."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core import injection_sites
from napari_connectome.core.errors import ModelError
from napari_connectome.core.evidence import support_maps
from napari_connectome.core.hypothetical import with_hypothetical
from napari_connectome.core.injection_sites import (
    greedy_sites,
    rank_sites,
    rank_sites_job,
    rank_sites_of_experiments_job,
)
from napari_connectome.core.models.voxel_fit import fit_voxel
from napari_connectome.core.progress import run_to_end
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS, experiment_set
from tests.core.regional_data import AREA_A, AREA_B, BACK, region_atlas


@pytest.fixture(scope="module")
def model():
    atlas = region_atlas()
    return run_to_end(fit_voxel(experiment_set(atlas, {ISOCORTEX: 3, THALAMUS: 2}), atlas))


def irregular(seed):
    """Voxels of a shape with holes, negative indices left out."""
    rng = np.random.default_rng(seed)
    everywhere = np.argwhere(np.ones((9, 7, 8), dtype=bool)) + 3
    return everywhere[np.sort(rng.choice(len(everywhere), 260, replace=False))]


def by_trying(voxels, nearest, count, step):
    """Every candidate against every voxel."""
    candidates = np.flatnonzero((voxels % step == 0).all(axis=1))
    everywhere = np.sqrt(((voxels[:, None] - voxels[None, candidates]) ** 2).sum(axis=2))
    means = []
    for _ in range(count):
        tried = np.minimum(nearest[:, None], everywhere)
        best = int(np.argmin(tried.mean(axis=0)))
        nearest = tried[:, best]
        means.append(nearest.mean())
    return means


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_every_site_is_the_best_one_left(seed, step):
    voxels = irregular(seed)
    centroids = np.random.default_rng(seed + 10).uniform(3, 11, (3, 3))
    nearest = np.sqrt(((voxels[:, None] - centroids) ** 2).sum(axis=2)).min(axis=1)
    found = run_to_end(greedy_sites(voxels, nearest, 6, step))
    assert [after for _, _, after in found] == pytest.approx(by_trying(voxels, nearest, 6, step))
    assert found[0][1] == pytest.approx(nearest.mean())
    assert [b for _, b, _ in found[1:]] == [a for _, _, a in found[:-1]]
    for row, _, after in found:
        nearest = np.minimum(nearest, np.sqrt(((voxels - voxels[row]) ** 2).sum(axis=1)))
        assert nearest.mean() == pytest.approx(after)


@pytest.mark.parametrize("step", [1, 2])
def test_the_first_site_of_a_division_is_its_middle(step):
    voxels = irregular(7)
    found = run_to_end(greedy_sites(voxels, np.full(len(voxels), np.inf), 4, step))
    expected = by_trying(voxels, np.full(len(voxels), np.inf), 4, step)
    assert [after for _, _, after in found] == pytest.approx(expected)
    assert found[0][1] == np.inf


def test_no_site_is_ranked_once_every_voxel_has_one():
    voxels = irregular(0)[:5]
    found = run_to_end(greedy_sites(voxels, np.full(5, np.inf), 9))
    assert sorted(row for row, _, _ in found) == [0, 1, 2, 3, 4]
    assert found[-1][2] == 0


def test_a_shape_that_the_steps_miss_is_weighed_whole():
    voxels = np.array([[1, 1, 1], [1, 1, 3], [1, 1, 5]])
    assert run_to_end(greedy_sites(voxels, np.full(3, 9.0), 1, 2)) == [(1, 9.0, 4 / 3)]


def test_sites_of_a_model(model):
    maps = support_maps(model)
    ours = maps.mask.to_vector(model.atlas.divisions) == ISOCORTEX
    sites = rank_sites(model, ISOCORTEX, 3)
    assert sites[0].mean_before_um == pytest.approx(maps.nearest_um[ours].mean(), rel=1e-5)
    assert {s.structure_id for s in sites} <= {AREA_A, AREA_B}
    drops = [site.drop_um for site in sites]
    assert drops == sorted(drops, reverse=True)
    for site in sites:
        assert model.atlas.divisions[site.index] == ISOCORTEX
        assert not model.atlas.is_left(site.index)
        assert model.atlas.index_of_um(site.point_um) == site.index
    added = with_hypothetical(model, [site.point_um for site in sites])
    assert added.nearest_um[ours].mean() == pytest.approx(sites[-1].mean_after_um, rel=1e-5)


def test_a_division_without_experiments_gets_its_first(model):
    first, second = rank_sites(model, PONS, 2)
    assert first.mean_before_um == np.inf == first.drop_um
    assert second.mean_before_um == first.mean_after_um > second.mean_after_um
    assert first.structure_id == BACK


def test_a_ranking_can_be_stopped(model, monkeypatch):
    monkeypatch.setattr(injection_sites, "OFFSETS_AT_ONCE", 5)
    moments = []
    assert len(run_to_end(rank_sites_job(model, ISOCORTEX, 2), moments.append)) == 2
    assert len(moments) > 20
    job = rank_sites_job(model, ISOCORTEX)
    next(job)
    next(job)
    job.close()


def test_what_cannot_be_ranked_is_refused(model):
    with pytest.raises(ModelError, match=r"no major division with voxels.*Isocortex, TH, P"):
        rank_sites(model, AREA_A)
    with pytest.raises(ModelError, match="at least 1; 0 and 1 came"):
        rank_sites(model, ISOCORTEX, 0)
    with pytest.raises(ModelError, match="at least 1; 3 and 0 came"):
        rank_sites(model, ISOCORTEX, 3, step=0)


@pytest.mark.parametrize("division", [ISOCORTEX, THALAMUS, PONS])
def test_experiments_alone_rank_like_the_model_fitted_to_them(model, division):
    experiments = experiment_set(model.atlas, {ISOCORTEX: 3, THALAMUS: 2})
    job = rank_sites_of_experiments_job(model.atlas, experiments, division, 4)
    alone, fitted = run_to_end(job), rank_sites(model, division, 4)
    # Where several voxels are equally good, rounding may choose another one of them.
    for one, other in zip(alone, fitted, strict=True):
        assert one.mean_before_um == pytest.approx(other.mean_before_um, rel=1e-5)
        assert one.mean_after_um == pytest.approx(other.mean_after_um, rel=1e-5)
