"""The planted connectome is what it says: symmetric, topographic, known everywhere."""

from __future__ import annotations

import json

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import AtlasError, DataError, SourceError
from napari_connectome.core.structures import Structure, StructureTree
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.demo_brain import build_demo_atlas
from napari_connectome.data.simulate import PlantedConnectome, WiringParams


@pytest.fixture(scope="module")
def planted(small_brain):
    return PlantedConnectome.from_json(
        small_brain / "ground_truth.json", open_cache(small_brain).atlas
    )


@pytest.fixture(scope="module")
def coarse() -> Atlas:
    """Demo brain at 400 µm: an odd number of voxels from left to right."""
    return build_demo_atlas(400).atlas()


def tiny_atlas() -> Atlas:
    """Isocortex above thalamus, without any named region."""
    tree = StructureTree(
        [
            Structure(997, "root", "root", (0, 0, 0), (997,), 0),
            Structure(315, "Isocortex", "Isocortex", (0, 0, 0), (997, 315), 1),
            Structure(549, "TH", "Thalamus", (0, 0, 0), (997, 549), 2),
        ]
    )
    annotation = np.zeros((9, 8, 12), dtype=np.uint32)
    annotation[1:8, 1:4, 1:11] = 315
    annotation[2:7, 4:7, 2:10] = 549
    return Atlas(tree, annotation, 300.0)


def voxels(planted, acronym, count=6):
    """Some right-hemisphere source voxels of a structure, the middle one first."""
    atlas = planted.brain.atlas
    inside = np.argwhere(atlas.structure_mask([atlas.tree.by_acronym(acronym).id], "right"))
    middle = np.argmin(((inside - inside.mean(axis=0)) ** 2).sum(axis=1))
    picks = [middle, *np.linspace(0, len(inside) - 1, count).astype(int)]
    return [tuple(int(i) for i in inside[p]) for p in picks]


def strength(planted, volume, acronym, hemisphere):
    atlas = planted.brain.atlas
    mask = atlas.structure_mask([atlas.tree.by_acronym(acronym).id], hemisphere)
    return float(volume[mask].sum())


@pytest.mark.parametrize("odd", [False, True])
def test_projections_are_exactly_mirror_symmetric(coarse, odd):
    atlas = coarse if odd else tiny_atlas()
    assert atlas.shape[2] % 2 == odd
    connectome = PlantedConnectome.on(atlas)
    source = np.random.default_rng(0).random(atlas.shape)
    mirrored = connectome.project(source[:, :, ::-1])
    assert np.array_equal(mirrored[:, :, ::-1], connectome.project(source))


def test_projection_is_linear_and_nonnegative(planted):
    rng = np.random.default_rng(1)
    a, b = (rng.random(planted.brain.atlas.shape) * (rng.random() + 0.5) for _ in range(2))
    both = planted.project(2.0 * a + b)
    assert both.min() >= 0
    assert np.allclose(both, 2.0 * planted.project(a) + planted.project(b), rtol=1e-5, atol=1e-6)


def test_every_source_voxel_projects_somewhere(planted):
    totals = planted.total_projection()
    assert totals.shape == (len(planted.source_mask),)
    assert totals.min() > 0.5


def test_column_sums_are_the_total_projection(planted):
    rows = [0, 777, len(planted.source_mask) - 1]
    for row in rows:
        voxel = tuple(int(i) for i in planted.source_mask.coordinates[row])
        assert planted.true_column(voxel).sum() == pytest.approx(
            planted.total_projection()[row], rel=1e-4
        )


def test_terminals_stay_in_grey_matter(planted):
    atlas = planted.brain.atlas
    volume = planted.true_column(voxels(planted, "VISp")[0])
    grey = planted.source_mask.to_volume(np.ones(len(planted.source_mask))) > 0
    assert not volume[~(grey | grey[:, :, ::-1])].any()
    assert atlas.shape == volume.shape


@pytest.mark.parametrize("acronym", ["MOp", "MOs", "SSs", "ACAd", "RSPagl"])
def test_contralateral_peak_is_homotopic(planted, acronym):
    atlas = planted.brain.atlas
    voxel = voxels(planted, acronym)[0]
    volume = planted.true_column(voxel) * atlas.structure_mask([315], "left")
    index = np.unravel_index(np.argmax(volume), atlas.shape)
    apart = np.subtract(index, atlas.mirror_index(voxel)) * atlas.resolution_um
    assert np.linalg.norm(apart) < 1000
    peaks = {a: strength(planted, volume, a, "left") for a in ("VISp", "SSp-bfd", "AUDp", acronym)}
    assert max(peaks, key=peaks.get) == acronym


def mapped(planted, source, target, count=60):
    """Places of source voxels, and mean places of their projection in a target area."""
    brain, atlas = planted.brain, planted.brain.atlas
    inside = brain.mask.to_vector(atlas.structure_mask([atlas.tree.by_acronym(target).id], "right"))
    rows = [brain.mask.row_of(v) for v in voxels(planted, source, count)[1:]]
    places = []
    for row in rows:
        column = planted.true_column(tuple(int(i) for i in brain.mask.coordinates[row]))
        weights = brain.mask.to_vector(column) * inside
        places.append(weights @ brain.frame_mm / weights.sum())
    return brain.frame_mm[rows], np.array(places)


@pytest.mark.parametrize(
    ("source", "target", "along_ap", "across"),
    [("VISp", "VISl", 1, -1), ("LGd", "VISp", 1, 1), ("VISp", "SCs", 1, 1), ("SSp", "SSs", 1, -1)],
)
def test_maps_between_areas_are_topographic(planted, source, target, along_ap, across):
    places, images = mapped(planted, source, target)
    assert along_ap * np.corrcoef(places[:, 0], images[:, 0])[0, 1] > 0.8
    assert across * np.corrcoef(places[:, 1], images[:, 1])[0, 1] > 0.7


def test_cortex_maps_onto_the_striatum_as_a_whole(planted):
    places, images = [], []
    for acronym in ("ACAd", "MOp", "SSp-bfd", "VISp", "AUDp", "AId"):
        where, image = mapped(planted, acronym, "CP", 8)
        places.append(where)
        images.append(image)
    places, images = np.concatenate(places), np.concatenate(images)
    assert np.corrcoef(places[:, 0], images[:, 0])[0, 1] > 0.8
    assert np.corrcoef(places[:, 1], images[:, 1])[0, 1] > 0.8


@pytest.mark.parametrize(
    ("cortex", "thalamus"),
    [("VISp", "LGd"), ("VISl", "LP"), ("SSp-bfd", "VPM"), ("SSp-bfd", "PO"), ("MOp", "VAL"),
     ("AUDp", "MG"), ("ACAd", "MD"), ("PL", "MD")],
)  # fmt: skip
def test_cortex_and_thalamus_are_reciprocally_connected(planted, cortex, thalamus):
    down = planted.true_column(voxels(planted, cortex)[0])
    assert strength(planted, down, thalamus, "right") > 0.2
    up = planted.project(_region(planted, thalamus))
    assert strength(planted, up, cortex, "right") > 0.05


def _region(planted, acronym):
    """One unit of tracer spread evenly over a right-hemisphere structure."""
    atlas = planted.brain.atlas
    mask = atlas.structure_mask([atlas.tree.by_acronym(acronym).id], "right").astype(float)
    return mask / mask.sum()


def test_thalamic_fibres_end_in_the_middle_of_the_cortex(planted):
    brain = planted.brain
    deep = {}
    for acronym in ("VPM", "VISl"):
        weights = brain.mask.to_vector(planted.project(_region(planted, acronym))) * brain.in_cortex
        near = np.abs(brain.depth - 0.42) < 0.15
        deep[acronym] = (weights * near).sum() / weights.sum()
    assert deep["VPM"] > 1.25 * deep["VISl"]


def test_known_crossings(planted):
    motor = planted.project(_region(planted, "MOp"))
    assert (
        0.2 < strength(planted, motor, "CP", "left") / strength(planted, motor, "CP", "right") < 0.8
    )
    nucleus = planted.project(_region(planted, "DN"))
    crossed, same = (strength(planted, nucleus, "VAL", side) for side in ("left", "right"))
    assert crossed > 3 * same
    striatum = planted.project(_region(planted, "CP"))
    assert strength(planted, striatum, "Isocortex", "both") < 0.02 * striatum.sum()


def test_same_seed_same_connectome(coarse):
    a, b, c = (PlantedConnectome.on(coarse, WiringParams(seed=s)) for s in (3, 3, 4))
    voxel = tuple(int(i) for i in a.source_mask.coordinates[100])
    assert np.array_equal(a.true_column(voxel), b.true_column(voxel))
    assert not np.allclose(a.true_column(voxel), c.true_column(voxel))


def test_description_rebuilds_the_connectome(coarse):
    planted = PlantedConnectome.on(coarse, WiringParams(seed=5, terminal_um=300.0))
    again = PlantedConnectome.from_json(json.loads(json.dumps(planted.to_json())), coarse)
    source = np.random.default_rng(2).random(coarse.shape)
    assert np.array_equal(again.project(source), planted.project(source))


def test_description_of_another_atlas_is_refused(coarse, planted):
    with pytest.raises(DataError, match="another annotation"):
        PlantedConnectome.from_json(planted.to_json(), coarse)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"format": "other 2"}, "has format 'other 2'"), ({"wiring": {"speed": 3}}, "speed")],
)
def test_other_descriptions_are_refused(coarse, change, message):
    record = PlantedConnectome.on(coarse).to_json() | change
    with pytest.raises(DataError, match=message):
        PlantedConnectome.from_json(record, coarse)


def test_file_without_a_description_is_named(coarse, tmp_path):
    path = tmp_path / "truth.json"
    path.write_text("{}")
    with pytest.raises(DataError, match=r"truth\.json: a description"):
        PlantedConnectome.from_json(path, coarse)


def test_a_brain_without_named_regions_gets_a_connectome_too():
    planted = PlantedConnectome.on(tiny_atlas())
    assert planted.total_projection().min() > 0
    volume = planted.true_column((4, 2, 8))
    assert volume[:, :, :6].sum() > 0
    assert volume[:, :, 6:].sum() > volume[:, :, :6].sum()


def test_a_brain_without_grey_matter_is_refused():
    atlas = tiny_atlas()
    empty = Atlas(atlas.tree, np.where(atlas.annotation > 0, 997, 0).astype(np.uint32), 300.0)
    with pytest.raises(AtlasError, match="no grey matter"):
        PlantedConnectome.on(empty)


def test_a_voxel_outside_grey_matter_has_no_column(planted):
    with pytest.raises(SourceError, match="no source voxel"):
        planted.true_column((0, 0, 0))
