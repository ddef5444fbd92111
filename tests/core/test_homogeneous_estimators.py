"""NonnegativeRegression and HomogeneousModel: scikit-learn's contract, planted weights, options."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models import HomogeneousModel, NonnegativeRegression

# Nothing is expected to fail; the mapping is passed so that an exception needs a reason here.
EXPECTED_FAILURES: dict[str, str] = {}


@parametrize_with_checks(
    [
        NonnegativeRegression(),
        NonnegativeRegression(alpha=0.5),
        HomogeneousModel(),
        HomogeneousModel(threshold=True, ridge=0.1),
    ],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
# The check of other array libraries skips itself, with a warning, unless they are switched on.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def injections(seed: int = 0, m: int = 60, r: int = 12) -> np.ndarray:
    """Each experiment in a region and a neighbour."""
    rng = np.random.default_rng(seed)
    x = np.zeros((m, r))
    for row, region in enumerate(rng.integers(0, r, m)):
        share = rng.uniform(0.5, 1.0)
        x[row, region] = share
        x[row, (region + 1) % r] = 1 - share
    return x


def test_planted_weights_are_recovered():
    x = injections()
    rng = np.random.default_rng(1)
    weights = rng.lognormal(0, 2, (12, 30)) * (rng.random((12, 30)) < 0.6)
    for model in (HomogeneousModel(), NonnegativeRegression()):
        model.fit(x, x @ weights)
        np.testing.assert_allclose(model.coef_, weights.T, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(model.predict(x), x @ weights, rtol=1e-8, atol=1e-9)


def test_ridge_is_least_squares_on_extended_data():
    x, y = injections(), np.random.default_rng(2).normal(size=(60, 4))
    ridge = NonnegativeRegression(alpha=0.7).fit(x, y)
    longer = np.vstack([x, np.sqrt(0.7) * np.eye(12)])
    plain = NonnegativeRegression().fit(longer, np.vstack([y, np.zeros((12, 4))]))
    np.testing.assert_allclose(ridge.coef_, plain.coef_, rtol=1e-9, atol=1e-12)


def test_relative_ridge_is_a_ridge_of_the_mean_squared_length():
    x, y = injections(), np.random.default_rng(3).random((60, 4))
    alpha = 0.2 * (x**2).sum() / 12
    found = HomogeneousModel(ridge=0.2).fit(x, y).coef_
    expected = NonnegativeRegression(alpha=alpha).fit(x, y).coef_
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_what_is_left_out_is_said():
    x = injections()
    x[:, 4] = 2 * x[:, 7]
    x[:, 9] = 0
    model = HomogeneousModel().fit(x, x @ np.ones((12, 3)))
    assert len(model.left_out_) == 1
    assert model.left_out_[0] in (4, 7)
    assert 9 not in model.columns_
    assert 9 not in model.left_out_
    assert model.condition_ <= 1000
    assert not model.coef_[:, 9].any()


def test_threshold_drops_the_small_injections():
    x = np.diag(np.arange(1.0, 41.0))
    model = HomogeneousModel(threshold=True).fit(x, x)
    # The 5th percentile of 1 ... 40 is 2.95.
    assert model.columns_.tolist() == list(range(2, 40))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [({"kappa": 0.1}, "kappa must be"), ({"ridge": -1.0}, "ridge must be")],
)
def test_bad_parameters_are_refused(parameters, message):
    with pytest.raises(ModelError, match=message):
        HomogeneousModel(**parameters).fit(injections(), np.ones((60, 2)))
    with pytest.raises(ModelError, match="alpha must be"):
        NonnegativeRegression(alpha=np.nan).fit(injections(), np.ones(60))


def test_no_tracer_at_all_is_refused():
    with pytest.raises(ModelError, match="No region of the atlas holds tracer"):
        HomogeneousModel().fit(np.zeros((5, 3)), np.ones((5, 2)))
