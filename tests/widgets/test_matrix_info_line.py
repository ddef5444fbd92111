from __future__ import annotations

import pytest

from napari_connectome.widgets.matrix.info_line import InfoLine

NAMES = ("LGd Dorsal part of the lateral geniculate complex", "VISp Primary visual area")
UNIT = "projection density per unit of injection, mean over source voxels"


@pytest.fixture
def line(qtbot):
    line = InfoLine()
    qtbot.addWidget(line)
    return line


@pytest.mark.parametrize("room", [120, 250, 400, 2000])
def test_names_are_cut_to_the_room_and_both_are_seen(line, room):
    line.set_text(NAMES, "0.25", UNIT)
    shown = line.fitted(room)
    assert line.fontMetrics().horizontalAdvance(shown) <= room
    left, right = shown.split("→")
    assert left.strip().startswith("LG")
    assert right.strip().startswith("VI")


def test_the_shorter_name_stays_whole_where_it_can(line):
    line.set_text(NAMES)
    room = line.fontMetrics().horizontalAdvance(line.text) - 40
    assert line.fitted(room).endswith(NAMES[1])


def test_everything_is_shown_where_there_is_room(line):
    line.set_text(NAMES, "0.25", UNIT)
    assert line.fitted(2000) == "  →  ".join(NAMES)
    assert line.text == f"{'  →  '.join(NAMES)}: 0.25 {UNIT}"
    assert line.toolTip() == line.text


@pytest.mark.parametrize("room", [60, 300, 700, 2000])
def test_the_value_is_never_cut_and_the_unit_stands_whole_or_not_at_all(line, room):
    line.set_text(NAMES, "1.25×10⁻³", UNIT)
    shown = line.fitted_value(room)
    assert shown == (f"1.25×10⁻³ {UNIT}" if room == 2000 else "1.25×10⁻³")
