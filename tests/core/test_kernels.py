"""Kernels: closed forms, compact support, and the Gaussian limit of the polynomial family."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.kernels import (
    GaussianKernel,
    PolynomialKernel,
    bandwidth_of_gamma,
    gamma_of_bandwidth,
    gaussian_of_width,
    kernel_of,
)


@pytest.mark.parametrize("degree", [0.5, 1, 2, 7, 55])
def test_polynomial_closed_form(degree):
    distance = np.array([0.0, 0.5, 1.0, 2.9])
    expected = (1 - (distance / 3.0) ** 2) ** degree
    np.testing.assert_allclose(PolynomialKernel(3.0, degree)(distance), expected, rtol=1e-12)


def test_gaussian_closed_form_and_width():
    kernel = gaussian_of_width(4.0)
    assert kernel.gamma == pytest.approx(1 / 16)
    assert kernel.bandwidth == pytest.approx(4.0)
    np.testing.assert_allclose(kernel([0.0, 4.0, 8.0]), np.exp([0.0, -1.0, -4.0]))


@pytest.mark.parametrize("degree", [0, 1, 3])
def test_polynomial_ends_at_its_support_for_every_degree(degree):
    kernel = PolynomialKernel(2.0, degree)
    assert np.all(kernel([2.0001, 3.0, 100.0]) == 0)
    assert np.all(kernel([0.0, 1.9]) > 0)


def test_degree_zero_is_uniform_up_to_and_with_the_end():
    assert PolynomialKernel(2.0, 0)([0.0, 1.0, 2.0, 2.0000001]).tolist() == [1, 1, 1, 0]


def test_the_end_of_the_support_has_no_weight_otherwise():
    assert PolynomialKernel(2.0, 1)(2.0) == 0


def test_polynomial_tends_to_the_gaussian_of_the_stated_gamma():
    gamma, distance = 0.05, np.linspace(0, 10, 21)
    wanted = GaussianKernel(gamma)(distance)
    worst = [
        np.abs(PolynomialKernel(bandwidth_of_gamma(gamma, d), d)(distance) - wanted).max()
        for d in (10, 100, 1000, 10000)
    ]
    assert worst == sorted(worst, reverse=True)
    assert worst[-1] < 1e-4
    assert gamma_of_bandwidth(bandwidth_of_gamma(gamma, 8), 8) == pytest.approx(gamma)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_widths_out_of_bounds_are_refused(value):
    with pytest.raises(ModelError, match="larger than 0"):
        GaussianKernel(value)
    with pytest.raises(ModelError, match="larger than 0"):
        PolynomialKernel(value)
    with pytest.raises(ModelError, match="larger than 0"):
        gaussian_of_width(value)


@pytest.mark.parametrize("degree", [-1.0, np.nan, np.inf])
def test_degrees_out_of_bounds_are_refused(degree):
    with pytest.raises(ModelError, match="at least 0"):
        PolynomialKernel(2.0, degree)


@pytest.mark.parametrize("kernel", [GaussianKernel(0.05), PolynomialKernel(7.5, 3.0)])
def test_a_kernel_is_made_again_from_its_parameters(kernel):
    assert kernel_of({**kernel.parameters, "how": "as given"}) == kernel


def test_parameters_of_no_kernel_are_refused():
    with pytest.raises(ModelError, match="'uniform' came"):
        kernel_of({"kernel": "uniform"})
    with pytest.raises(ModelError, match="None came"):
        kernel_of({"experiments": 0})
