"""What a fit tells while it runs."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.spline.convergence import Moment, Trace, relative_gap


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [(3.0, 2.0, 0.5), (2.0, 2.0, 0.0), (1.0, 2.0, 0.0), (1.0, -1.0, np.inf), (0.0, -1.0, 0.0)],
)
def test_gap_is_relative_to_the_bound(objective, bound, gap):
    assert relative_gap(objective, bound) == gap


def test_a_trace_tells_when_a_gap_was_reached():
    trace = Trace().then(Moment(1.0, 4.0, 2.0, 0.3)).then(Moment(2.0, 3.0, 2.0, 0.1))
    assert trace.seconds_to(0.5) == 2.0
    assert trace.seconds_to(0.1) is None
    assert trace.last.figures == {
        "objective": 3.0,
        "lower_bound": 2.0,
        "gap": 0.5,
        "residual": 0.1,
    }
    np.testing.assert_array_equal(trace.table()["gap"], [1.0, 0.5])
    assert trace.table()["elapsed_s"].tolist() == [1.0, 2.0]
    assert Trace().table()["gap"].shape == (0,)
