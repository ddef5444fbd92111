"""The curve on paper while it grows."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.completion.curve import Curve, CurveRequest
from napari_connectome.core.errors import DataError
from napari_connectome.figures.completion_curve import COLORS, curve_figure


def grown(*points: tuple[int, int]) -> Curve:
    """A curve of two lines of which some points (line, fraction) are there."""
    request = CurveRequest(np.eye(3), fractions=(0.0, 0.5, 1.0), repeats=1)
    mse = np.full((2, 3, 1), np.nan)
    for line, place in points:
        mse[line, place] = 1.0 - place / 3 - line / 10
    return Curve(request, mse, mse)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("line", [0, 1])
def test_one_line_is_drawn_before_the_other_begins(line: int, log: bool) -> None:
    figure = curve_figure(grown((line, 0), (line, 1)), log=log)
    drawn = [one for axes in figure.axes for one in axes.lines if one.get_marker() == "."]
    assert [one.get_color() for one in drawn] == [COLORS[line]]
    values = drawn[0].get_ydata()
    np.testing.assert_allclose(values[:2], [1.0 - line / 10, 1.0 - 1 / 3 - line / 10])
    assert np.isnan(values[2])


def test_nothing_and_too_little_paper_are_refused() -> None:
    with pytest.raises(DataError, match="no curve to draw"):
        curve_figure(grown())
    with pytest.raises(DataError, match="at least 80 mm"):
        curve_figure(grown((0, 0)), width_mm=40)
