"""Planted mixtures are found."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.analysis.mixture import weight_mixture
from napari_connectome.core.errors import ModelError

MEANS, SDS, SHARES = (-6.0, -3.0, 0.0), (0.5, 0.4, 0.6), (0.2, 0.5, 0.3)


def planted(count: int = 3000, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    which = rng.choice(3, count, p=SHARES)
    return 10.0 ** rng.normal(np.array(MEANS)[which], np.array(SDS)[which])


def test_three_planted_components_are_three() -> None:
    found = weight_mixture(planted())
    assert found.components == 3
    assert found.converged
    assert found.means == pytest.approx(MEANS, abs=0.06)
    assert found.sds == pytest.approx(SDS, abs=0.06)
    assert found.shares == pytest.approx(SHARES, abs=0.03)
    assert int(np.argmin(found.bics)) == 2


def test_one_planted_component_is_one() -> None:
    x = np.exp(np.random.default_rng(1).normal(-4.0, 2.0, 1000))
    found = weight_mixture(x)
    assert found.components == 1
    assert found.means[0] == pytest.approx(np.log10(x).mean())
    assert found.sds[0] == pytest.approx(np.log10(x).std(), rel=1e-4)
    # The BIC of one normal distribution, in closed form.
    closed = 1000 * (np.log(2 * np.pi * np.log10(x).var()) + 1.0) + 2 * np.log(1000)
    assert found.bics[0] == pytest.approx(closed, rel=1e-6)


def test_more_components_are_never_less_likely() -> None:
    x = planted(600, 3)
    bics = np.array(weight_mixture(x).bics)
    # Three more parameters for each component.
    assert (np.diff(bics) < 3 * np.log(len(x)) + 0.5).all()


def test_the_search_ends() -> None:
    x = planted()
    assert len(weight_mixture(x).bics) == 6
    assert len(weight_mixture(x, most_components=2).bics) == 2


def test_densities_add_up_to_one() -> None:
    found = weight_mixture(planted())
    decades = np.linspace(-12, 6, 5001)
    parts = found.densities_per_decade(decades)
    assert parts.shape == (3, 5001)
    assert np.trapezoid(parts, decades, axis=1) == pytest.approx(found.shares, abs=1e-6)


def test_the_same_weights_give_the_same_mixture() -> None:
    one, other = weight_mixture(planted(500)), weight_mixture(planted(500)[::-1])
    np.testing.assert_array_equal(one.means, other.means)
    assert one.bics == other.bics


def test_no_more_components_than_different_weights() -> None:
    found = weight_mixture([1.0, 2.0] * 10)
    assert found.components <= 2
    assert np.isfinite(found.bics).all()


def test_a_few_equal_weights_are_no_component() -> None:
    """Their likelihood would grow without bound."""
    x = np.append(planted(200, 5), [3.3e-5] * 6)
    found = weight_mixture(x)
    assert found.sds.min() > 0.05
    assert found.components <= 4


def test_weights_that_hardly_differ_are_one_component() -> None:
    found = weight_mixture(np.linspace(1.0, 1.01, 40))
    assert found.components == 1


def test_bad_weights_are_refused_with_words() -> None:
    with pytest.raises(ModelError, match="All 12 weights are 3"):
        weight_mixture([3.0] * 12)
    with pytest.raises(ModelError, match="12 of 12 are not"):
        weight_mixture(np.zeros(12))
