"""Cortical depth where Laplace's equation has a closed form."""

from __future__ import annotations

import numpy as np

from napari_connectome.core.cortex.potential import descent_of, solve_potential
from napari_connectome.core.progress import run_to_end
from tests.core.cortex.shapes import ball_shell, radius_from_middle, slab


def test_depth_in_a_plane_sheet_is_linear() -> None:
    sheet = slab(layers=6)
    potential = np.zeros(sheet.tissue.shape)
    potential[sheet.inside] = run_to_end(solve_potential(sheet))
    expected = (np.arange(6) + 0.5) / 6
    inner = potential[1:-1, 1:-1, 1:-1]
    np.testing.assert_allclose(inner, np.broadcast_to(expected[:, None], inner.shape), atol=1e-5)


def test_depth_between_spheres_is_that_of_a_point_charge() -> None:
    outer, inner = 16.0, 9.0
    sheet = ball_shell(outer, inner)
    potential = run_to_end(solve_potential(sheet))
    radius = radius_from_middle(len(sheet.tissue))[sheet.inside]
    expected = (1 / radius - 1 / outer) / (1 / inner - 1 / outer)
    assert np.abs(potential - expected).mean() < 0.02
    assert np.abs(potential - expected).max() < 0.12  # steps of the voxels at the surfaces
    assert np.corrcoef(potential, expected)[0, 1] > 0.997


def test_descent_in_a_sphere_points_to_its_middle() -> None:
    sheet = ball_shell()
    descent = descent_of(sheet, run_to_end(solve_potential(sheet)))
    size = len(sheet.tissue)
    inward = -(np.argwhere(sheet.inside) + 0.5 - size / 2)
    inward /= np.linalg.norm(inward, axis=1)[:, None]
    cosine = (descent.directions[sheet.inside] * inward).sum(axis=1)
    assert np.degrees(np.arccos(np.clip(cosine, -1, 1))).mean() < 3.0
    # To first order the pia is where the potential, followed back along the descent, is 0.
    radius = radius_from_middle(size)[sheet.inside]
    near = radius > 14.0
    np.testing.assert_allclose(radius[near] + descent.surface_distance[near], 16.0, atol=0.7)
