"""Maps made from an annotation alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from napari_connectome.sample_data import folder

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.cortex.computed import compute_views
from napari_connectome.core.cortex.view import CorticalView
from napari_connectome.core.errors import AtlasError
from napari_connectome.core.progress import Progress, run_to_end
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.cortical_views import load_cortical_views
from napari_connectome.data.demo_brain import build_demo_atlas
from tests.core.cortex.shapes import ISOCORTEX, THALAMUS, TRACTS, shell_atlas, shell_views


@pytest.fixture(scope="module")
def demo() -> Atlas:
    return build_demo_atlas(400).atlas()


@pytest.fixture(scope="module")
def views(demo: Atlas) -> tuple[CorticalView, CorticalView]:
    return run_to_end(compute_views(demo))


def test_both_maps_belong_to_the_atlas(
    demo: Atlas, views: tuple[CorticalView, CorticalView]
) -> None:
    top, dorsal = views
    assert (top.name, dorsal.name) == ("top", "dorsal")
    assert top.shape == (demo.shape[0], demo.shape[2])
    assert top.distortion is None
    assert dorsal.distortion is not None
    for view in views:
        view.check_against(demo)
        assert view.cortical_part(demo) == 1.0
        assert view.origin == "computed from the annotation"
        for path in view.paths:
            found = path[path >= 0].tolist()
            assert len(set(found)) == len(found)


def test_the_maps_of_a_symmetric_brain_are_symmetric() -> None:
    atlas = shell_atlas()
    assert np.array_equal(atlas.annotation, atlas.annotation[:, :, ::-1])
    for view in shell_views():
        assert_symmetric(view)


def test_the_demo_brain_s_maps_are_symmetric() -> None:
    cache = open_cache(folder())
    for view in run_to_end(load_cortical_views(cache.atlas, cache.cortical_paths)):
        assert_symmetric(view)


def assert_symmetric(view: CorticalView) -> None:
    there = view.lookup >= 0
    assert np.array_equal(there, there[:, ::-1])
    ap, dv, ml = np.unravel_index(np.maximum(view.paths, 0), view.box)
    mirrored = np.ravel_multi_index((ap, dv, view.box[2] - 1 - ml), view.box)
    mirrored = np.where(view.paths >= 0, mirrored, -1)
    assert np.array_equal(mirrored[view.lookup[there]], view.paths[view.lookup[:, ::-1][there]])
    half = view.shape[1] // 2
    assert np.array_equal(view.left_image()[:, :half], there[:, :half])
    assert not view.left_image()[:, half:].any()


def test_the_top_view_shows_what_is_seen_from_above(
    demo: Atlas, views: tuple[CorticalView, CorticalView]
) -> None:
    top = views[0]
    first = np.argmax(demo.annotation > 0, axis=1)
    cortex = demo.structure_mask([ISOCORTEX])
    for row, column in np.argwhere(top.lookup >= 0).tolist():
        index = (row, int(first[row, column]), column)
        assert cortex[index]
        assert top.voxel_at(row, column, 0.0) == index


def test_most_of_the_surface_is_on_the_flatmap(
    demo: Atlas, views: tuple[CorticalView, CorticalView]
) -> None:
    dorsal = views[1]
    cortex = np.argwhere(demo.structure_mask([ISOCORTEX], "right"))
    found = sum(dorsal.pixel_of(tuple(voxel)) is not None for voxel in cortex.tolist())
    assert found > 0.97 * len(cortex)


def test_a_finer_atlas_gets_finer_paths_on_the_same_sheet() -> None:
    fine = shell_atlas(50.0)
    top, dorsal = shell_views()
    fine_top, fine_dorsal = run_to_end(compute_views(fine))
    assert fine_top.shape == (2 * top.shape[0], 2 * top.shape[1])
    assert np.mean((fine_top.lookup[::2, ::2] >= 0) == (top.lookup >= 0)) > 0.95
    assert abs((fine_dorsal.lookup >= 0).sum() / (dorsal.lookup >= 0).sum() - 4) < 0.4
    assert 1.7 < np.median(fine_dorsal.lengths) / np.median(dorsal.lengths) < 2.4
    fine_dorsal.check_against(fine)
    for path in fine_dorsal.paths[::50]:
        places = np.stack(np.unravel_index(path[path >= 0], fine.shape), axis=1)
        assert np.abs(np.diff(places, axis=0)).max(initial=1) == 1


def test_progress_is_told() -> None:
    told: list[Progress] = []
    run_to_end(compute_views(build_demo_atlas(400).atlas()), told.append)
    texts = " ".join(moment.text for moment in told)
    for part in ("Laplace", "Cortical paths", "distances along the pia", "flattening"):
        assert part in texts


def test_an_atlas_without_cortex_is_refused() -> None:
    atlas = shell_atlas()
    bare = np.where(atlas.annotation == ISOCORTEX, THALAMUS, atlas.annotation)
    with pytest.raises(AtlasError, match="shell has no isocortex"):
        run_to_end(compute_views(replace(atlas, annotation=bare.astype(np.uint32))))


def test_cortex_over_nothing_is_refused() -> None:
    atlas = shell_atlas()
    hollow = np.where(atlas.annotation == TRACTS, THALAMUS, atlas.annotation)
    with pytest.raises(AtlasError, match="Cortical depth is not defined"):
        run_to_end(compute_views(replace(atlas, annotation=hollow.astype(np.uint32))))
