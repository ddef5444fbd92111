"""What the plot of a running fit shows."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.widgets.live_plot import LivePlot


@pytest.fixture
def plot(qtbot):
    widget = LivePlot()
    qtbot.addWidget(widget)
    widget.resize(300, 150)
    return widget


def dark_pixels(widget):
    image = (
        widget.grab().toImage().convertToFormat(widget.grab().toImage().Format.Format_Grayscale8)
    )
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    grey = np.frombuffer(bits, np.uint8).reshape(image.height(), image.bytesPerLine())
    return int((grey != grey[0, -1]).sum())


def test_objective_and_bound_are_drawn_together(plot):
    blank = dark_pixels(plot)
    for second, objective in enumerate((100.0, 50.0, 40.0)):
        plot.add(float(second), {"objective": objective, "lower_bound": 30.0, "residual": 0.1})
    assert plot.drawn() == ("objective", "lower_bound")
    assert plot.curves["objective"] == [(0.0, 100.0), (1.0, 50.0), (2.0, 40.0)]
    assert dark_pixels(plot) > blank + 200


def test_what_cannot_be_drawn_is_left_out(plot):
    plot.add(0.0, {"objective": float("nan"), "lower_bound": 0.0, "residual": 0.5, "steps": 3.0})
    assert plot.drawn() == ("residual",)
    assert set(plot.curves) == {"residual"}


def test_another_part_begins_anew(plot):
    for second, part in enumerate((0, 0, 1, 1)):
        plot.add(float(second), {"objective": 10.0 + second, "part": part})
    assert plot.curves == {"objective": [(2.0, 12.0), (3.0, 13.0)]}
    plot.clear()
    assert not plot.drawn()
