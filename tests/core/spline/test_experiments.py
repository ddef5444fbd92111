"""From experiments to spline problems: what is chosen, hidden, and refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from napari_connectome.core.errors import AtlasError, ModelError
from napari_connectome.core.laplacian import components
from napari_connectome.core.spline.experiments import hidden_voxels, spline_data
from napari_connectome.core.spline.selection import Selection, choose, named
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS, experiment_set, small_atlas

CORTEX = Selection(("Isocortex",))


@pytest.fixture(scope="module")
def atlas():
    return small_atlas()


@pytest.fixture(scope="module")
def experiments(atlas):
    """Clouds about centroids; those of the cortex reach a little into the thalamus."""
    plain = experiment_set(atlas, {ISOCORTEX: 6, THALAMUS: 3, PONS: 2})
    voxels = plain.source_mask.coordinates
    squared = ((plain.centroids[:, None] - voxels[None]) ** 2).sum(axis=2)
    clouds = np.where(squared < 5, np.exp(-squared), 0)
    clouds /= clouds.sum(axis=1, keepdims=True)
    sums = np.linspace(20.0, 120.0, len(plain))
    return replace(plain, injections=csr_array(clouds.astype(np.float32)), injection_sums=sums)


def contained(experiments, atlas, acronym):
    inside = experiments.source_mask.to_vector(
        atlas.structure_mask([atlas.tree.by_acronym(acronym).id], "right")
    )
    return experiments.injections.toarray()[:, inside].sum(axis=1)


def test_filters_and_reasons(experiments, atlas):
    part = contained(experiments, atlas, "Isocortex")
    selection = Selection(("Isocortex",), min_contained=0.9, max_injection_volume_mm3=0.05)
    chosen = choose(experiments, atlas, selection)
    volumes = experiments.injection_sums * 0.001
    np.testing.assert_array_equal(chosen.rows, np.flatnonzero((part >= 0.9) & (volumes < 0.05)))
    assert set(chosen.reasons) == set(range(len(experiments))) - set(chosen.rows.tolist())
    assert {text.split(" of its")[0] for text in chosen.reasons.values() if "less" in text}
    everything = choose(experiments, atlas, Selection(("Isocortex",), 0.0, 10.0))
    assert len(everything.rows) == np.count_nonzero(part > 0)


def test_numbers_of_the_problem(experiments, atlas):
    """Densities as they were imaged, on the regions' voxels of either side."""
    data = spline_data(experiments, atlas, replace(CORTEX, min_contained=0.5))
    cortex = atlas.structure_mask([ISOCORTEX])
    source, target = experiments.source_mask, experiments.target_mask
    scale = experiments.injection_sums[data.rows, None]
    inside = source.to_vector(cortex)
    X = experiments.injections.toarray()[data.rows][:, inside] * scale
    np.testing.assert_allclose(data.injections.toarray(), X, rtol=1e-6)
    for side, wanted in zip(data.targets, (cortex, cortex), strict=True):
        right = target.coordinates[:, 2] >= atlas.midline
        columns = target.to_vector(wanted) & (right if side.side == "ipsi" else ~right)
        Y = experiments.projections[data.rows][:, columns] * scale
        np.testing.assert_allclose(side.projections, Y, rtol=1e-6)
    ipsi, contra = data.targets
    np.testing.assert_array_equal(ipsi.hidden.toarray(), X > 0)
    assert contra.hidden.nnz == 0
    problem = data.problem("contra", 100.0)
    assert problem.penalty == pytest.approx(100.0 * len(data.rows) / len(data.source_mask))
    np.testing.assert_allclose(problem.source_laplacian.sum(axis=1), 0, atol=1e-12)


def test_the_threshold_hides_the_core_of_the_injection_alone(experiments, atlas):
    data = spline_data(experiments, atlas, Selection(("Isocortex",), 0.5, 10.0, hidden_above=0.3))
    X = data.injections.toarray()
    whole = (
        experiments.injections.toarray()[data.rows] * experiments.injection_sums[data.rows, None]
    )
    np.testing.assert_array_equal(
        data.targets[0].hidden.toarray(), 0.3 * whole.max(axis=1, keepdims=True) < X
    )
    for place, row in enumerate(data.rows.tolist()):
        found = hidden_voxels(experiments, row, 0.3, data.source_mask)
        np.testing.assert_array_equal(
            found, np.flatnonzero(data.targets[0].hidden[[place]].toarray())
        )


def test_borders_of_regions_cut_the_lattice(experiments, atlas):
    tree = atlas.tree
    both = replace(CORTEX, regions=("Isocortex", "TH"), min_contained=0.5)
    data = spline_data(experiments, atlas, both)
    keys = data.source_mask.to_vector(atlas.regions)
    pieces = len(np.unique(keys))
    smooth = data.problem("ipsi", 1.0).source_laplacian
    assert len(np.unique(components(smooth))) == 1
    cut = data.problem("ipsi", 1.0, boundaries=True).source_laplacian
    assert len(np.unique(components(cut))) == pieces, tree


def test_what_cannot_be_done_is_said_with_the_nearest_values(experiments, atlas):
    part = contained(experiments, atlas, "P")
    with pytest.raises(ModelError) as refused:
        choose(experiments, atlas, Selection(("P",), max_injection_volume_mm3=0.001))
    text = str(refused.value)
    failing = np.count_nonzero(part < 0.95 - 1e-6)
    assert f"None of the 11 experiments passes. {failing} have less than 95% of" in text
    assert f"the nearest has {part[part < 0.95].max():.0%}" in text
    assert "inject 0.001 mm³ or more (the smallest of them 0.1" in text
    with pytest.raises(AtlasError, match="No structure has the acronym 'VISp'"):
        choose(experiments, atlas, Selection(("VISp",)))
    with pytest.raises(AtlasError, match="No structure has the acronym 'VISal'"):
        choose(experiments, atlas, Selection())


def test_one_voxel_is_no_region_to_be_smooth_over(experiments, atlas):
    annotation = np.zeros_like(atlas.annotation)
    annotation[3, 2, 7] = ISOCORTEX
    annotation[5:7, 5] = THALAMUS
    tiny = replace(atlas, annotation=annotation)
    with pytest.raises(ModelError, match="Isocortex hold a single source voxel"):
        choose(experiments, tiny, CORTEX)
    with pytest.raises(AtlasError, match="P have no source voxel in the right hemisphere"):
        choose(experiments, tiny, Selection(("P",)))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"regions": ()}, "at least one region"),
        ({"min_contained": 1.5}, "between 0 and 1; 1.5 came"),
        ({"max_injection_volume_mm3": 0.0}, "larger than 0"),
        ({"hidden_above": 1.0}, "below 1; 1.0 came"),
        ({"min_contained": float("nan")}, "between 0 and 1"),
    ],
)
def test_bad_numbers_are_refused(values, said):
    with pytest.raises(ModelError, match=said):
        Selection(**values)


def test_names_in_messages():
    assert named(("A",)) == "A"
    assert named(tuple("ABCDE")) == "A, B, C, D and 1 more"
