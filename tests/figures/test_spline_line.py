"""The four panels of the test problem: values, bars of the injections, titles that fit."""

from __future__ import annotations

import numpy as np

from napari_connectome.figures.spline_line import line_figure


def test_panels_show_targets_upwards_and_injections_below():
    weights = np.arange(25.0).reshape(5, 5)
    injections = np.zeros((2, 5))
    injections[0, :2] = injections[1, 3:] = 1
    figure = line_figure({"One": weights, "Two": 2 * weights}, injections)
    first, _, second, _ = figure.axes
    image = first.images[0]
    np.testing.assert_array_equal(image.get_array(), weights.T)
    assert (image.origin, image.get_clim()) == ("lower", (0, 24))
    assert second.images[0].get_clim() == (0, 48)
    assert [list(line.get_xdata()) for line in first.lines] == [[0.0, 0.25], [0.75, 1.0]]
    assert [text.get_text() for text in figure.texts] == ["One", "Two"]
    assert (first.get_xlabel(), first.get_ylabel()) == ("source", "target")
