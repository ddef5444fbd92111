"""The published paths of the CCF cortex, and maps computed from the same annotation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import AtlasError
from napari_connectome.core.flatmap import CorticalView, FlatmapProjector
from napari_connectome.core.progress import run_to_end
from napari_connectome.data.allen_cache import AllenCache, open_cache
from napari_connectome.data.cortical_views import load_cortical_views, read_cortical_view
from napari_connectome.state.jobs import demo_folder

ISOCORTEX = 315
Views = tuple[CorticalView, ...]


@pytest.fixture(scope="module")
def cache(realdata: Path) -> AllenCache:
    return open_cache(realdata / "allen_cache")


@pytest.fixture(scope="module")
def published(realdata: Path, cache: AllenCache) -> Views:
    return run_to_end(load_cortical_views(cache.atlas, realdata / "cortical_paths"))


@pytest.fixture(scope="module")
def computed(cache: AllenCache, tmp_path_factory: pytest.TempPathFactory) -> Views:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NAPARI_CONNECTOME_CACHE", str(tmp_path_factory.mktemp("maps")))
        return run_to_end(load_cortical_views(cache.atlas, None))


def test_published_facts(published: Views, cache: AllenCache) -> None:
    top, dorsal = published
    assert (top.shape, dorsal.shape) == ((132, 114), (136, 272))
    assert round(100 * top.cortical_part(cache.atlas), 1) == 91.9
    assert round(100 * dorsal.cortical_part(cache.atlas), 1) == 90.2
    assert np.argwhere(top.missing).tolist() == [[51, 44], [51, 69]]
    assert not dorsal.missing.any()


def test_holes_of_the_top_view_are_missing_and_not_zero(
    published: Views, cache: AllenCache
) -> None:
    image = FlatmapProjector(published[0]).image(np.zeros(cache.atlas.shape, dtype=np.float32))
    assert np.all(np.isnan(image[[51, 51], [44, 69]]))
    assert np.count_nonzero(np.isnan(image[40:60, 30:84])) == 2


def test_regions_of_the_published_maps(published: Views, cache: AllenCache) -> None:
    for view in published:
        regions = view.region_image(cache.atlas)
        acronyms = {cache.tree[int(i)].acronym for i in np.unique(regions) if i}
        assert {"VISp", "MOs", "SSp-bfd", "RSPd"} <= acronyms
    image = FlatmapProjector(published[1], aggregate="max").image(
        cache.atlas.structure_mask([385]).astype(np.float32)
    )
    visp = published[1].region_image(cache.atlas) == 385
    assert np.all(image[visp] == 1.0)


def test_computed_paths_are_like_the_published_ones(
    published: Views, computed: Views, cache: AllenCache
) -> None:
    ours, theirs = computed[0], published[0]
    both = (ours.lookup >= 0) & (theirs.lookup >= 0)
    assert both.sum() / ((ours.lookup >= 0) | (theirs.lookup >= 0)).sum() > 0.96
    apart, angles, depths = compared(
        ours.paths[ours.lookup[both]], theirs.paths[theirs.lookup[both]], cache.atlas
    )
    assert np.mean(apart) < 0.6
    assert np.median(angles) < 5.0
    assert np.percentile(angles, 90) < 12.0
    assert np.corrcoef(depths.T)[0, 1] > 0.97
    assert np.median(np.abs(depths[:, 0] - depths[:, 1])) < 0.05


def test_both_top_views_show_an_experiment_alike(
    published: Views, computed: Views, cache: AllenCache
) -> None:
    volume = cache.volume(112596790, "projection_density")
    ours, theirs = (FlatmapProjector(views[0]).image(volume) for views in (computed, published))
    both = np.isfinite(ours) & np.isfinite(theirs)
    assert np.corrcoef(ours[both], theirs[both])[0, 1] > 0.94
    regions = [views[0].region_image(cache.atlas)[both] for views in (computed, published)]
    assert np.mean(regions[0] == regions[1]) > 0.92


def test_the_computed_flatmap_keeps_areas_and_lengths(computed: Views, cache: AllenCache) -> None:
    dorsal = computed[1]
    dorsal.check_against(cache.atlas)
    assert dorsal.distortion is not None
    assert dorsal.distortion.length_stress < 0.06
    assert dorsal.distortion.area_low > 0.8
    assert dorsal.distortion.area_high < 1.2
    assert not dorsal.missing.any()
    there = dorsal.lookup >= 0
    assert np.mean(there != there[:, ::-1]) < 0.005


def test_both_flatmaps_show_the_same_cortex(
    published: Views, computed: Views, cache: AllenCache
) -> None:
    ours, theirs = computed[1], published[1]
    pixels = np.argwhere((ours.lookup >= 0) & ~ours.left_image())[::5]
    voxels = [ours.voxel_at(*pixel) for pixel in pixels.tolist()]
    found = [theirs.pixel_of(voxel) for voxel in voxels if voxel is not None]
    there = np.array([pixel is not None for pixel in found])
    assert there.mean() > 0.98
    own, other = pixels[there], np.array([pixel for pixel in found if pixel is not None])
    rng = np.random.default_rng(0)
    one, two = rng.integers(0, len(own), (2, 5000))
    distances = [np.linalg.norm(place[one] - place[two], axis=1) for place in (own, other)]
    assert np.corrcoef(distances)[0, 1] > 0.97


def test_a_brain_at_25_um_is_mapped_on_the_100_um_sheet(
    realdata: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NAPARI_CONNECTOME_CACHE", str(tmp_path))
    from napari_connectome.core.cortex.sheet import sheets_of

    atlas = open_cache(realdata / "allen_cache", 25).atlas
    right, _left = sheets_of(atlas)
    assert right.tissue.shape == (134, 82, 59)
    assert abs(right.inside.sum() - 61878) < 100


def compared(
    ours: npt.NDArray[np.int32], theirs: npt.NDArray[np.int32], atlas: Atlas
) -> tuple[list[float], list[float], npt.NDArray[np.float64]]:
    """Mean distance (voxels), angle (degrees), and both depths of shared voxels, path by path."""
    cortical = atlas.structure_mask([ISOCORTEX]).ravel()
    apart, angles, depths = [], [], []
    for one, other in zip(ours, theirs, strict=True):
        own, its = one[one >= 0], other[other >= 0]
        its = its[cortical[its]]
        if min(len(own), len(its)) < 5:
            continue
        a, b = (np.stack(np.unravel_index(path, atlas.shape), axis=1) for path in (own, its))
        apart.append(float(np.linalg.norm(a[:, None] - b[None], axis=2).min(axis=1).mean()))
        u, w = a[-1] - a[0], b[-1] - b[0]
        cosine = u @ w / np.linalg.norm(u) / np.linalg.norm(w)
        angles.append(float(np.degrees(np.arccos(np.clip(cosine, -1, 1)))))
        _shared, i, j = np.intersect1d(own, its, return_indices=True)
        depths.append(np.column_stack([(i + 0.5) / len(own), (j + 0.5) / len(its)]))
    return apart, angles, np.concatenate(depths)


@pytest.mark.parametrize("name", ["top_view_paths_100.h5", "dorsal_flatmap_paths_100.h5"])
def test_the_published_paths_are_refused_for_another_brain(realdata: Path, name: str) -> None:
    """The demo brain has the same box, so that only what lies under the paths can tell."""
    demo = open_cache(demo_folder()).atlas
    with pytest.raises(AtlasError, match=r"another atlas"):
        read_cortical_view(realdata / "cortical_paths" / name, demo)
