"""Maps of the cortex: against a loop over pixels, and where the answer is known."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from napari_connectome.core.errors import AtlasError, ModelError
from napari_connectome.core.factored import FactoredConnectivity
from napari_connectome.core.flatmap import Aggregate, CorticalView, FlatmapProjector
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import SourceWeights
from napari_connectome.core.structures import SUMMARY_SET_ID, StructureTree
from tests.core.model_data import ISOCORTEX, PONS, SHAPE, THALAMUS, experiment_set, small_atlas

NAN = float("nan")


def small_view(seed: int = 4) -> CorticalView:
    """Random paths through the box of the small atlas; a third of the pixels have none."""
    rng = np.random.default_rng(seed)
    paths = np.full((30, 7), -1, dtype=np.int32)
    for path in paths:
        length = int(rng.integers(1, 8))
        path[:length] = rng.choice(int(np.prod(SHAPE)), length, replace=False)
    lookup = rng.integers(-10, 30, (9, 11)).clip(-1).astype(np.int32)
    return CorticalView("top", "Top view", SHAPE, paths, lookup, "test", 100.0)


def by_loop(
    view: CorticalView,
    volume: npt.NDArray[np.float32],
    aggregate: Aggregate,
    depth: tuple[float, float] = (0.0, 1.0),
) -> npt.NDArray[np.float64]:
    """One pixel after the other, as plainly as can be."""
    image = np.full(view.shape, NAN)
    for row, column in np.ndindex(*view.shape):
        number = view.lookup[row, column]
        if number < 0:
            continue
        path = [int(i) for i in view.paths[number] if i >= 0]
        depths = [(k + 0.5) / len(path) for k in range(len(path))]
        taken = [i for i, d in zip(path, depths, strict=True) if depth[0] <= d < depth[1]]
        if not taken and aggregate != "sum":
            middle = sum(depth) / 2
            taken = [min(zip(depths, path, strict=True), key=lambda p: abs(p[0] - middle))[1]]
        values = [float(volume.flat[i]) for i in taken]
        fold = {"mean": lambda v: sum(v) / len(v), "max": max, "sum": sum}[aggregate]
        image[row, column] = fold(values)
    return image


@pytest.fixture
def volume() -> npt.NDArray[np.float32]:
    return np.random.default_rng(0).random(SHAPE, dtype=np.float32)


@pytest.mark.parametrize("aggregate", ["mean", "max", "sum"])
@pytest.mark.parametrize("depth", [(0.0, 1.0), (0.0, 0.3), (0.45, 0.5)])
def test_a_loop_over_pixels_gives_the_same(
    volume: npt.NDArray[np.float32], aggregate: Aggregate, depth: tuple[float, float]
) -> None:
    view = small_view()
    image = FlatmapProjector(view, depth=depth, aggregate=aggregate).image(volume)
    assert image.dtype == np.float32
    np.testing.assert_allclose(image, by_loop(view, volume, aggregate, depth), rtol=1e-6)


@pytest.mark.parametrize("aggregate", ["mean", "max", "sum"])
@pytest.mark.parametrize("mirrored", [False, True])
def test_vectors_are_seen_as_their_volume_is(
    volume: npt.NDArray[np.float32], aggregate: Aggregate, mirrored: bool
) -> None:
    view = small_view()
    mask = VoxelMask.from_atlas(small_atlas(), [ISOCORTEX, THALAMUS])
    vector = mask.to_vector(volume)
    image = FlatmapProjector(view, mask, aggregate=aggregate).image(vector, mirrored=mirrored)
    whole = mask.to_volume(vector)
    shown = whole[:, :, ::-1] if mirrored else whole
    np.testing.assert_allclose(image, by_loop(view, shown, aggregate), rtol=1e-6)


def test_a_constant_volume_is_constant() -> None:
    view = small_view()
    image = FlatmapProjector(view, depth=(0.2, 0.6)).image(np.ones(SHAPE, dtype=np.float32))
    np.testing.assert_allclose(image[view.lookup >= 0], 1.0, rtol=1e-6)
    assert np.all(np.isnan(image[view.lookup < 0]))


def test_sums_over_depths_add_up(volume: npt.NDArray[np.float32]) -> None:
    view = small_view()
    edges = (0.0, 0.25, 0.5, 1.0)
    parts = [
        FlatmapProjector(view, depth=(low, high), aggregate="sum").image(volume)
        for low, high in pairwise(edges)
    ]
    whole = FlatmapProjector(view, aggregate="sum").image(volume)
    np.testing.assert_allclose(sum(parts), whole, rtol=1e-6)


@pytest.fixture(scope="module")
def fitted() -> tuple[FactoredConnectivity, list[SourceWeights]]:
    atlas = small_atlas()
    experiments = experiment_set(atlas, {ISOCORTEX: 8, THALAMUS: 6, PONS: 4})
    connectivity = run_to_end(entry_of("voxel").fit(experiments, atlas)).connectivity
    assert isinstance(connectivity, FactoredConnectivity)
    n = len(connectivity.source_mask)
    sources = [
        SourceWeights(np.array([3]), np.ones(1)),
        SourceWeights(np.array([n - 1]), np.ones(1), mirrored=True),
        SourceWeights(np.arange(n), np.full(n, 1 / n)),
    ]
    return connectivity, sources


@pytest.mark.parametrize("aggregate", ["mean", "sum"])
def test_a_source_is_seen_without_its_volume(
    fitted: tuple[FactoredConnectivity, list[SourceWeights]], aggregate: Aggregate
) -> None:
    connectivity, sources = fitted
    projector = FlatmapProjector(small_view(), connectivity.target_mask, aggregate=aggregate)
    flat = projector.of_model(connectivity)
    for source in sources:
        whole = projector.image(connectivity.from_source(source), mirrored=source.mirrored)
        np.testing.assert_allclose(flat.from_source(source), whole, rtol=1e-5, atol=1e-9)


def test_any_model_is_seen_through_its_answers(
    fitted: tuple[FactoredConnectivity, list[SourceWeights]],
) -> None:
    connectivity, sources = fitted
    operator = FlatmapProjector(small_view(), connectivity.target_mask).operator()
    plain = super(FactoredConnectivity, connectivity).through(operator)
    fast = connectivity.through(operator)
    for source in sources:
        np.testing.assert_allclose(
            fast.from_source(source), plain.from_source(source), rtol=1e-5, atol=1e-9
        )


def test_a_maximum_needs_the_answer(
    fitted: tuple[FactoredConnectivity, list[SourceWeights]],
) -> None:
    connectivity, _sources = fitted
    projector = FlatmapProjector(small_view(), connectivity.target_mask, aggregate="max")
    with pytest.raises(ModelError, match="Predict first, or choose mean or sum"):
        projector.of_model(connectivity)
    with pytest.raises(AtlasError, match="target mask"):
        FlatmapProjector(small_view()).of_model(connectivity)


@pytest.mark.parametrize("depth", [(0.5, 0.5), (-0.1, 1.0), (0.0, 1.2), (NAN, 1.0)])
def test_a_depth_range_has_two_ends(depth: tuple[float, float]) -> None:
    with pytest.raises(ModelError, match="depth range"):
        FlatmapProjector(small_view(), depth=depth)


def test_values_of_another_atlas_are_refused() -> None:
    view = small_view()
    with pytest.raises(AtlasError, match=r"shape \(12, 8, 10\) were expected, \(4, 4, 4\) came"):
        FlatmapProjector(view).image(np.zeros((4, 4, 4)))
    with pytest.raises(AtlasError, match="same atlas"):
        FlatmapProjector(view, VoxelMask((4, 4, 4), [1, 2]))
    with pytest.raises(ModelError, match="median"):
        FlatmapProjector(view, aggregate="median")  # type: ignore[arg-type]


def columns_view() -> CorticalView:
    """Straight columns down through the small atlas's cortex; one pixel is missing."""
    ap, ml = np.meshgrid(np.arange(10), np.arange(SHAPE[2]), indexing="ij")
    paths = np.stack([np.ravel_multi_index((ap, dv, ml), SHAPE) for dv in range(4)], axis=-1)
    lookup = np.full((SHAPE[0], SHAPE[2]), -1, dtype=np.int32)
    lookup[:10] = np.arange(100).reshape(10, 10)
    lookup[5, 3] = -1
    return CorticalView(
        "top", "Top view", SHAPE, paths.reshape(-1, 4).astype(np.int32), lookup, "test", 100.0
    )


def test_pixels_and_voxels_find_one_another() -> None:
    view = columns_view()
    assert view.voxel_at(2, 7) == (2, 2, 7)
    assert [view.voxel_at(2, 7, d) for d in (0.0, 0.3, 1.0)] == [(2, 0, 7), (2, 1, 7), (2, 3, 7)]
    assert view.voxel_at(5, 3) is None
    assert view.voxel_at(11, 0) is None
    assert view.voxel_at(-1, 0) is None
    for pixel in np.argwhere(view.lookup >= 0):
        row, column = pixel.tolist()
        for depth in (0.0, 0.5, 1.0):
            index = view.voxel_at(row, column, depth)
            assert index is not None
            assert view.pixel_of(index) == (row, column)
    assert view.pixel_of((2, 5, 7)) == (2, 7)  # two voxels below the end of the path
    assert view.pixel_of((2, 6, 7)) is None
    assert view.pixel_of((11, 7, 0)) is None


def test_a_voxel_goes_to_its_own_hemisphere() -> None:
    view = columns_view()
    assert view.left_image()[2].tolist() == [True] * 5 + [False] * 5
    lookup = view.lookup.copy()
    lookup[:, 5:] = -1  # a map of the left hemisphere alone
    left_only = replace(view, lookup=lookup)
    assert left_only.pixel_of((2, 1, 4)) == (2, 4)
    assert left_only.pixel_of((2, 1, 5)) is None


def test_a_voxel_on_many_paths_belongs_to_the_pixel_in_their_middle() -> None:
    view = columns_view()
    paths = view.paths.copy()
    shared = int(np.ravel_multi_index((6, 3, 7), SHAPE))
    paths[[57, 66, 67, 68, 77], 3] = shared
    assert replace(view, paths=paths).pixel_of((6, 3, 7)) == (6, 7)


def test_pixels_enclosed_by_the_map_are_missing() -> None:
    missing = columns_view().missing
    assert np.argwhere(missing).tolist() == [[5, 3]]


def test_a_pixel_belongs_to_the_region_of_most_of_its_path() -> None:
    view, atlas = columns_view(), small_atlas()
    assert set(np.unique(view.region_image(atlas))) == {0}  # the small atlas has no summary set
    annotation = np.zeros(SHAPE, dtype=np.uint32)
    annotation[:10, :1], annotation[:10, 1:3], annotation[:3, 3:] = PONS, ISOCORTEX, THALAMUS
    members = frozenset({SUMMARY_SET_ID})
    tree = StructureTree([replace(s, set_ids=members) if s.id != 997 else s for s in atlas.tree])
    image = view.region_image(replace(atlas, tree=tree, annotation=annotation))
    assert np.all(image[:10][view.lookup[:10] >= 0] == ISOCORTEX)
    assert np.all(image[view.lookup < 0] == 0)


def test_paths_of_another_atlas_are_refused() -> None:
    view, atlas = columns_view(), small_atlas()
    view.check_against(atlas)
    assert view.cortical_part(atlas) == 1.0
    other = replace(atlas, annotation=atlas.annotation[:, ::-1].copy())
    with pytest.raises(AtlasError, match="0% of its path voxels lie in the isocortex"):
        view.check_against(other)
    with pytest.raises(AtlasError, match="Choose the path file of this atlas and resolution"):
        view.check_against(replace(atlas, annotation=atlas.annotation[:10].copy()))
    with pytest.raises(AtlasError, match="voxel indices from 0 to 95 were expected"):
        replace(view, box=(12, 4, 2))
    with pytest.raises(AtlasError, match="path numbers from 0 to 9 were expected"):
        replace(view, paths=view.paths[:10])
    with pytest.raises(AtlasError, match="paths without a voxel"):
        replace(view, paths=np.full_like(view.paths, -1))
    with pytest.raises(AtlasError, match="no pixel has a path"):
        replace(view, lookup=np.full_like(view.lookup, -1))
