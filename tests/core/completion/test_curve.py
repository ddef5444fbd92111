"""The curve: nested choices, going on after a stop, several processes, what is enough."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.completion.bound import error_bound
from napari_connectome.core.completion.curve import Curve, CurveRequest
from napari_connectome.core.completion.curve_job import curve_job, one_repeat
from napari_connectome.core.completion.patterns import observed_entries
from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import run_to_end


def request(**changed: object) -> CurveRequest:
    rng = np.random.default_rng(0)
    matrix = rng.random((20, 3)) @ rng.random((3, 24))
    values = {"fractions": (0.0, 0.3, 0.6, 0.9, 1.0), "repeats": 3, **changed}
    return CurveRequest(matrix, **values)


def test_the_error_falls_from_that_of_zero_to_none() -> None:
    asked = request()
    found = run_to_end(curve_job(asked))
    assert not found.is_partial
    for curve in range(2):
        truth = asked.truth(curve)
        means = found.mean(curve)
        assert means[0] == pytest.approx(np.mean(truth**2))
        assert means[-1] < 1e-10
        assert (np.diff(means[:3]) < 0).all()
        assert (means[3:] < 1e-8).all()
    assert found.recovered(1)[-2:].tolist() == [1.0, 1.0]
    assert found.enough_for(1e-6, 1) <= 0.9
    assert found.enough_for(2.0) == 0.0


def test_choices_are_nested_and_of_the_asked_size() -> None:
    there = np.random.default_rng(1).random((15, 16)) < 0.9
    before = np.zeros_like(there)
    for fraction in (0.1, 0.4, 0.7, 1.0):
        seen = observed_entries(there, "random", fraction, seed=3)
        assert (before <= seen).all()
        assert (seen <= there).all()
        before = seen
    np.testing.assert_array_equal(before, there)
    rows = observed_entries(np.ones((10, 4), dtype=bool), "rows", 0.3, seed=0)
    assert rows.all(axis=1).sum() == 3
    assert rows.any(axis=1).sum() == 3
    columns = observed_entries(np.ones((4, 10), dtype=bool), "columns", 0.5)
    assert columns.all(axis=0).sum() == 5
    with pytest.raises(ModelError, match="between 0 and 1"):
        observed_entries(there, "random", 1.5)
    with pytest.raises(ModelError, match="pattern"):
        observed_entries(there, "stripes")  # type: ignore[arg-type]


def test_a_stopped_curve_is_gone_on_with() -> None:
    asked, kept = request(), []
    points = len(asked.fractions)
    job = curve_job(asked, keep=kept.append)
    for moment in job:
        if moment.done == 2 * points + 2:
            break
    job.close()
    assert kept[-1].is_partial
    assert np.isfinite(kept[-1].mse).sum() == 2 * points + 2
    assert moment.figures["mean_squared_error"] == kept[-1].mse[0, 1, 1]
    seen = []
    whole = run_to_end(curve_job(asked, begun=kept[-1]), seen.append)
    assert seen[0].done == 2 * points
    np.testing.assert_array_equal(whole.mse, run_to_end(curve_job(asked)).mse)
    with pytest.raises(ModelError, match="cannot be gone on with"):
        run_to_end(curve_job(request(seed=1), begun=kept[-1]))


def test_threads_give_the_same_numbers_and_stop_at_once() -> None:
    asked, kept = request(repeats=2), []
    alone = run_to_end(curve_job(asked))
    together = run_to_end(curve_job(asked, threads=2, keep=kept.append))
    np.testing.assert_array_equal(together.mse, alone.mse)
    assert not kept[-1].is_partial
    job = curve_job(request(repeats=500), threads=2)
    for moment in job:
        if moment.done:
            break
    job.close()
    assert moment.done < moment.total


def test_processes_give_the_same_numbers() -> None:
    asked = request(repeats=2, fractions=(0.3, 0.8))
    np.testing.assert_array_equal(
        run_to_end(curve_job(asked, n_jobs=2)).mse, run_to_end(curve_job(asked)).mse
    )


def test_unknown_entries_are_neither_seen_nor_scored() -> None:
    asked = request()
    matrix = asked.matrix.copy()
    matrix[0, :5] = np.nan
    hidden = CurveRequest(matrix, fractions=(0.0,), repeats=1)
    mse = one_repeat(hidden, 0, 0)[0]
    assert mse[0] == pytest.approx(np.nanmean(matrix**2))


def test_requests_are_checked() -> None:
    bad_ones = (
        {"fractions": (2.0,)},
        {"fractions": (0.5, 0.2)},
        {"repeats": 0},
        {"delta": -1.0},
    )
    for bad in bad_ones:
        with pytest.raises(ModelError):
            request(**bad)
    with pytest.raises(ModelError, match="at least one known entry"):
        CurveRequest(np.full((2, 2), np.nan))


def test_the_bound_by_hand() -> None:
    ours = error_bound(0.5, 0.1, 50, factor=1.0)
    assert ours == pytest.approx(np.sqrt(2.5 * 50 / 0.5) * 0.1 + 0.2)
    assert error_bound(0.5, 0.1, 50) == pytest.approx(4 * np.sqrt(250) * 0.1 + 0.2)
    # Noise of which the squared size is in proportion to what is observed.
    np.testing.assert_allclose(
        error_bound([0.25, 1.0], [0.1, 0.2], 4), [4 * 6 * 0.1 + 0.2, 4 * np.sqrt(12) * 0.2 + 0.4]
    )


def test_means_of_what_there_is() -> None:
    asked = request(fractions=(0.2, 0.5), repeats=3, truncated=False)
    mse = np.array([[[1.0, 3.0, np.nan], [2.0, np.nan, np.nan]]])
    curve = Curve(asked, mse, np.sqrt(mse))
    np.testing.assert_allclose(curve.mean(), [2.0, 2.0])
    np.testing.assert_allclose(curve.sd(), [np.sqrt(2), 0.0])
    assert curve.is_partial


def test_what_was_enough_is_read_from_what_was_reached() -> None:
    asked = request(fractions=(0.2, 0.5, 0.8, 1.0), repeats=2, truncated=False)
    errors = np.array([[[0.9, 0.9], [0.1, 0.4], [1e-7, 1e-2], [1e-9, 1e-9]]])
    curve = Curve(asked, errors**2, errors)
    assert curve.enough_for(0.3) == 0.5
    assert curve.enough_for(1.0) == 0.2
    assert curve.enough_for(1e-12) is None
    assert curve.recovered_from() == 1.0
    assert curve.recovered()[2] == 0.5
    errors[0, 2:] = np.nan
    begun = Curve(asked, errors**2, errors)
    assert begun.enough_for(0.3) == 0.5
    assert begun.enough_for(0.1) is None
    assert begun.recovered_from() is None
