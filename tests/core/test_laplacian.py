"""The stencil on lattices of one, two and three dimensions, with borders and gaps."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.errors import ModelError
from napari_connectome.core.laplacian import components, lattice_laplacian


def brute_force(points, keys):
    apart = np.abs(points[:, None] - points[None]).sum(axis=-1)
    near = (apart == 1) & (keys[:, None] == keys[None])
    return near.astype(float) - np.diag(near.sum(axis=1))


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_against_all_pairs(dimensions):
    rng = np.random.default_rng(dimensions)
    grid = np.argwhere(np.ones((5,) * dimensions, dtype=bool)) - 2
    points = rng.permutation(grid[rng.random(len(grid)) < 0.7])
    keys = rng.integers(0, 2, len(points))
    for given in (None, keys):
        found = lattice_laplacian(points, given).toarray()
        expected = brute_force(points, np.zeros(len(points)) if given is None else keys)
        np.testing.assert_array_equal(found, expected)
        assert np.linalg.eigvalsh(found).max() < 1e-12


def test_rows_sum_to_zero():
    box = lattice_laplacian(np.argwhere(np.ones((4, 5, 6), dtype=bool)))
    assert np.abs(box.sum(axis=1)).max() == 0
    assert (box != box.T).nnz == 0


def test_pieces_are_counted_in_order():
    points = np.array([[9, 9], [0, 0], [0, 1], [9, 8], [4, 4]])
    assert components(lattice_laplacian(points)).tolist() == [0, 1, 1, 0, 2]


def test_bad_points():
    with pytest.raises(ModelError, match="more than once"):
        lattice_laplacian(np.array([[1, 1], [1, 1]]))
    with pytest.raises(ModelError, match="whole-number"):
        lattice_laplacian(np.array([[0.5]]))
    with pytest.raises(ModelError, match="needs a key"):
        lattice_laplacian(np.array([[0], [1]]), np.array([1]))
