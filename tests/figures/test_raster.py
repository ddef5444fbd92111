"""A figure as an image: as wide as was asked, places where they are drawn."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from napari_connectome.figures.raster import rasterized


def dotted(x: float, y: float) -> Figure:
    """A single dot on axes that fill the figure, from 0 to 1."""
    figure = Figure(figsize=(4.0, 2.0), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    axes.plot(x, y, "s", color="red", markersize=8)
    return figure


def test_the_image_has_the_width_and_the_proportions() -> None:
    image = rasterized(dotted(0.5, 0.5), 600)
    assert image.rgba.shape == (300, 600, 4)
    assert image.places.shape == (0, 2)


def test_a_place_lies_where_its_dot_is() -> None:
    figure = dotted(0.25, 0.9)
    image = rasterized(
        figure, 800, lambda made: made.axes[0].transData.transform([[0.25, 0.9], [np.nan, 0.5]])
    )
    red = (image.rgba[..., 0] > 200) & (image.rgba[..., 1] < 50)
    rows, columns = np.nonzero(red)
    height, width = red.shape
    expected = ((columns.mean() + 0.5) / width, (rows.mean() + 0.5) / height)
    np.testing.assert_allclose(image.places[0], expected, atol=2e-3)
    assert np.isnan(image.places[1]).any()


def test_very_small_and_very_large_images_stay_within_bounds() -> None:
    assert rasterized(dotted(0.5, 0.5), 10).rgba.shape[1] == 240
    assert rasterized(dotted(0.5, 0.5), 10_000).rgba.shape[1] == 1600
