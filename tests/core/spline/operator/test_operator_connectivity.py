"""The face of a model without a matrix against the matrix that it stands for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy.sparse import csr_array

from napari_connectome.core.both_sides_connectivity import BothSidesConnectivity
from napari_connectome.core.errors import ModelError
from napari_connectome.core.io import load_model, save_model
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.operator_connectivity import OperatorConnectivity
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import SourceWeights
from napari_connectome.core.spline.energy import energy_spectrum_job
from napari_connectome.core.spline.model_energy import WithMatrix
from napari_connectome.core.spline.operator import spectrum
from napari_connectome.core.spline.operator.preparation import Geometry
from napari_connectome.core.spline.operator.solve import fit_operator_job
from napari_connectome.core.spline.operator.spectrum import spectrum_job
from napari_connectome.core.spline.proximity import Proximity
from tests.core.model_data import small_atlas
from tests.core.spline.operator.planted import BOX, OTHER, PIECES, Points, problem

BOX_SHAPE = (40, 5, 8)
IDS = np.arange(6) + 101


@pytest.fixture(autouse=True)
def large_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Lanczos and the polynomials do what small pieces are too small for."""
    monkeypatch.setattr(spectrum, "DENSE_SIZE", 5)


def mask_of(points: Points, shift: int = 0) -> VoxelMask:
    places = points + np.array([0, 0, shift])
    return VoxelMask(BOX_SHAPE, np.ravel_multi_index(tuple(places.T), BOX_SHAPE))


def fitted(sources: Points, targets: Points, *, patterns: int = 5, shift: int = 0):
    """A connectivity, and W by least squares on the whole problem."""
    case = problem(sources, targets, len(IDS), 1e-2, hidden=sources is targets)
    lattice = run_to_end(spectrum_job(case.source_laplacian, patterns))
    other = lattice
    if sources is not targets:
        other = run_to_end(spectrum_job(case.target_laplacian, patterns))
    geometry = Geometry.of(lattice, None if other is lattice else other)
    solution = run_to_end(fit_operator_job(case, geometry))
    centroids = np.zeros((len(IDS), 3))
    found = OperatorConnectivity(
        mask_of(sources),
        mask_of(targets, shift),
        solution.weights,
        Proximity(IDS, centroids, 100.0),
    )
    return found, solution.weights.predict(np.eye(len(sources)))


CASES = {
    "one lattice": (BOX, BOX, 5),
    "other targets": (BOX, OTHER, 5),
    "pieces": (PIECES, OTHER, 5),
    "all patterns": (BOX, OTHER, 36),
    "targets whose patterns are all known": (PIECES, OTHER, 24),
}


@pytest.mark.parametrize("name", CASES)
def test_every_answer_is_the_matrix_cut_off_at_zero(name: str) -> None:
    sources, targets, patterns = CASES[name]
    found, matrix = fitted(sources, targets, patterns=patterns)
    size = np.abs(matrix).max()
    assert matrix.min() < -0.01 * size, "otherwise nothing is cut off"
    rng = np.random.default_rng(1)
    source = SourceWeights(np.array([1, 4, 9]), rng.random(3))
    expected = np.maximum(source.values @ matrix[source.rows], 0)
    np.testing.assert_allclose(found.from_source(source), expected, atol=2e-4 * size)
    operator = csr_array(rng.random((3, len(targets))).astype(np.float32))
    seen = found.through(operator).from_source(source)
    np.testing.assert_allclose(seen, operator @ expected, atol=1e-3 * size)
    rows, values = np.array([0, 7]), np.array([0.25, 0.75])
    expected = np.maximum(matrix[:, rows] @ values, 0)
    np.testing.assert_allclose(found.onto_target(rows, values), expected, atol=2e-4 * size)
    for few in ((np.array([3, 1]), np.array([5, 0, 2])), (np.array([3, 1, 8]), np.array([4]))):
        expected = np.maximum(matrix[np.ix_(*few)], 0)
        np.testing.assert_allclose(found.block(*few), expected, atol=2e-4 * size)


def test_regional_strengths_are_sums_of_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("napari_connectome.core.operator_connectivity.VOXELS_AT_ONCE", 2)
    found, matrix = fitted(BOX, OTHER)
    sources, targets = np.arange(len(BOX)) % 4 - 1, np.arange(len(OTHER)) % 3 - 1
    expected = np.array(
        [[matrix[np.ix_(sources == s, targets == t)].sum() for t in range(2)] for s in range(3)]
    )
    strengths = found.regional_strength(sources, targets)
    np.testing.assert_allclose(strengths, np.maximum(expected, 0), atol=1e-4 * abs(expected).max())


def test_a_saved_model_answers_alike_on_both_sides(tmp_path: Path) -> None:
    ipsi, _ = fitted(BOX, BOX)
    contra, _ = fitted(BOX, OTHER, shift=3)
    both = BothSidesConnectivity(ipsi, contra)
    save_model(FittedModel("spline", {}, both, small_atlas(), IDS), tmp_path / "model.h5")
    again = load_model(tmp_path / "model.h5").connectivity
    source = SourceWeights(np.array([2]), np.ones(1))
    np.testing.assert_array_equal(again.from_source(source), both.from_source(source))
    rows, values = np.arange(5), np.full(5, 0.2)
    np.testing.assert_array_equal(again.onto_target(rows, values), both.onto_target(rows, values))
    assert again.support(source).effective_experiments == both.support(source).effective_experiments


def test_its_singular_values_are_those_of_the_matrix() -> None:
    found, matrix = fitted(BOX, OTHER)
    assert isinstance(found, WithMatrix)
    spectrum = run_to_end(energy_spectrum_job(found.matrix, 5))
    expected = np.linalg.svd(matrix, compute_uv=False)[:5]
    np.testing.assert_allclose(spectrum.values, expected, rtol=1e-3)


def damaged(name: str, value: npt.NDArray) -> None:
    parts = fitted(BOX, OTHER)[0].parts()
    OperatorConnectivity.from_parts(parts)
    OperatorConnectivity.from_parts(parts | {name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("misfit/rough", np.zeros((3, 6))),
        ("source/modes", np.zeros((3, 6))),
        ("source_indices", np.arange(4)),
    ],
)
def test_parts_that_do_not_fit_are_refused(name: str, value: npt.NDArray) -> None:
    with pytest.raises(ModelError, match="expected"):
        damaged(name, value)


def test_a_sparse_matrix_that_points_outside_is_refused() -> None:
    with pytest.raises(ValueError, match="indices"):
        damaged("injections/indices", np.full(1, 10**6, dtype=np.int32))
