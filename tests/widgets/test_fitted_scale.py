from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.widgets.fitted_scale import FittedScale

GREEN = [(0.0, 0.2, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0)]


@pytest.fixture
def scale(qtbot):
    scale = FittedScale()
    qtbot.addWidget(scale)
    scale.set_colors(GREEN)
    scale.set_scale(0.0, 0.25, log=False)
    return scale


def green_columns(scale):
    """Columns of the middle line that have a colour of the scale."""
    image = scale.grab().toImage()
    row = image.height() // 2
    colors = [image.pixelColor(x, row) for x in range(image.width())]
    return np.flatnonzero([c.green() > 40 and c.red() == c.blue() == 0 for c in colors])


def test_one_line_is_as_high_as_text_and_the_other_form_comes_back(scale):
    tall = scale.sizeHint()
    scale.set_one_line(True)
    assert scale.sizeHint().height() == scale.fontMetrics().height() < tall.height()
    scale.set_one_line(False)
    assert scale.sizeHint() == tall


def test_in_one_line_colours_stand_between_the_limits(scale):
    scale.set_one_line(True)
    scale.resize(240, scale.sizeHint().height())
    green = green_columns(scale)
    advance = scale.fontMetrics().horizontalAdvance
    assert advance("0") < green[0] < 40
    assert 180 < green[-1] < 240 - advance("0.25")


def test_where_numbers_have_no_room_colours_are_alone(scale):
    scale.set_one_line(True)
    scale.resize(40, scale.sizeHint().height())
    green = green_columns(scale)
    assert green[0] <= 1
    assert green[-1] >= 38
