"""A smooth kernel planted on the visual areas of the demo brain, and what becomes of it.

Every voxel sends to its surroundings, to its mirror image, and to a place that moves with it
along AP and DV and against it along ML: a map of the visual field and its reflection.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.sparse import csr_array

from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.spline_data import unobserved_voxels
from napari_connectome.core.models.voxel_left_out import injection_weights
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.scoring import relative_errors
from napari_connectome.core.sources import VoxelSource
from napari_connectome.core.spline.selection import VISUAL_AREAS
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.simulate.sites import spread

SIGMA, CLOUD = 3.5, 0.6
"""Widths of what arrives and of injections in voxels of 200 µm."""
REFLECTED = np.array([1.0, 1.0, -1.0])
VALUES = {"min_contained": 0.0, "max_injection_volume_mm3": 10.0}
SPLINE = {**VALUES, "lam": 10.0, "rank": 16, "tol": 3e-3}


@dataclass
class Planted:
    """Experiments, and the kernel that they were made with."""

    atlas: object
    experiments: ExperimentSet
    weights: np.ndarray
    middle: np.ndarray


@pytest.fixture(scope="module")
def planted(small_brain):
    atlas = open_cache(small_brain).atlas
    ids = [atlas.tree.by_acronym(name).id for name in VISUAL_AREAS]
    source = VoxelMask.from_volume(atlas.structure_mask(ids, "right"))
    target = VoxelMask.from_volume(atlas.structure_mask(ids))
    voxels, places = source.coordinates.astype(float), target.coordinates.astype(float)
    middle = voxels.mean(axis=0)
    mirrored = voxels * [1, 1, -1] + [0, 0, atlas.shape[2] - 1]
    weights = (
        near(voxels, places, SIGMA)
        + 0.8 * near(middle + REFLECTED * (voxels - middle), places, SIGMA)
        + 0.4 * near(mirrored, places, SIGMA)
    )
    rng = np.random.default_rng(1)
    centroids = spread(voxels, 40, np.ones(len(voxels)), rng)
    clouds = near(centroids, voxels, CLOUD)
    clouds[clouds < 0.02] = 0
    clouds /= clouds.sum(axis=1, keepdims=True)
    noise = 1 + 0.05 * rng.standard_normal((40, len(places)))
    experiments = ExperimentSet(
        ids=np.arange(1, 41),
        division_ids=np.full(40, 315),
        centroids=centroids,
        injections=csr_array(clouds.astype(np.float32)),
        projections=(clouds @ weights * noise).astype(np.float32),
        injection_sums=np.full(40, 10.0),
        mirrored=np.zeros(40, dtype=bool),
        source_mask=source,
        target_mask=target,
    )
    return Planted(atlas, experiments, weights, middle)


@pytest.fixture(scope="module")
def model(planted):
    return fitted("low-rank-spline", planted.experiments, planted.atlas, SPLINE)


def near(centres, places, width):
    squared = ((centres[:, None] - places[None]) ** 2).sum(axis=2)
    return np.exp(-squared / (2 * width**2))


def fitted(name, experiments, atlas, given):
    entry = entry_of(name)
    return run_to_end(entry.fit(experiments, atlas, **entry.values(given)))


def test_the_kernel_is_recovered(planted, model):
    """Voxels between the injections and inside of them, where nothing was observed."""
    every = np.arange(0, len(planted.weights), 7)
    answers = np.array([answer(planted, model, row) for row in every])
    truth = planted.weights[every]
    assert np.linalg.norm(answers - truth) < 0.2 * np.linalg.norm(truth)


def test_two_sources_800_um_apart_give_shifted_bumps(planted, model):
    """In the higher areas the bump moves as it was planted: with AP, against ML."""
    source, target = planted.experiments.source_mask, planted.experiments.target_mask
    primary = planted.atlas.tree.by_acronym("VISp").id
    right = target.coordinates[:, 2] >= planted.atlas.midline
    higher = right & (target.to_vector(planted.atlas.regions) != primary)
    rows = np.flatnonzero(source.to_vector(planted.atlas.regions) == primary)
    # Far from its image a source's own surroundings cannot be taken for the bump.
    aside = np.abs(source.coordinates[rows, 2] - planted.middle[2])
    rows = rows[np.argsort(-aside, kind="stable")]
    for axis in (0, 2):
        offset = 4 * np.eye(3)[axis] * np.sign(planted.middle - source.coordinates[rows[0]])
        first, second = next(
            (int(row), int(other))
            for row in rows
            for other in rows[(source.coordinates[rows] == source.coordinates[row] + offset).all(1)]
        )
        shifts = []
        for answers in (planted.weights.__getitem__, lambda row: answer(planted, model, row)):
            tops = [bump(planted, row, answers(row), higher) for row in (first, second)]
            shifts.append(tops[1] - tops[0])
        expected, found = shifts
        assert np.sign(expected[axis]) == REFLECTED[axis] * np.sign(offset[axis])
        assert abs(expected[axis]) > 1.5
        np.testing.assert_allclose(found, expected, atol=1.0)


def answer(planted, model, row):
    return model.predict(source_at(planted, row)).vector


def bump(planted, row, vector, higher):
    """Centre of what arrives nearer to a source's image than to the source itself."""
    own = planted.experiments.source_mask.coordinates[row]
    image = planted.middle + REFLECTED * (own - planted.middle)
    places = planted.experiments.target_mask.coordinates
    far = ((places - image) ** 2).sum(axis=1) < ((places - own) ** 2).sum(axis=1)
    mass = np.where(higher & far, vector, 0.0) ** 3
    return mass @ places / mass.sum()


def source_at(planted, row):
    place = planted.experiments.source_mask.coordinates[row]
    return VoxelSource(planted.atlas.um_of_index(tuple(int(i) for i in place)))


def test_held_out_experiments_are_predicted_better_than_by_regions(planted):
    test = np.arange(2, 40, 5)
    train = planted.experiments.subset(np.setdiff1d(np.arange(40), test))
    errors = {}
    for name, given in (("spline-regional", VALUES), ("low-rank-spline", SPLINE)):
        other = fitted(name, train, planted.atlas, given)
        sums = np.zeros(3)
        for row in test.tolist():
            source = injection_weights(other, planted.experiments, row)
            p = other.connectivity.from_source(source).astype(float)
            y = planted.experiments.projections[row].astype(float)
            hidden = unobserved_voxels(other, planted.experiments, row)
            p[hidden] = y[hidden] = 0
            sums += [p @ p, p @ y, y @ y]
        errors[name] = relative_errors(sums)
    assert errors["low-rank-spline"] < 0.1
    assert errors["low-rank-spline"] < 0.5 * errors["spline-regional"]
