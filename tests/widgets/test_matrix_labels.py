from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize

from napari_connectome.widgets.matrix.axis_scale import AxisScale
from napari_connectome.widgets.matrix.content import AxisRegion, Run, division_runs, runs_of
from napari_connectome.widgets.matrix.labels import (
    FURTHEST,
    Detail,
    detail_of,
    division_labels,
    region_labels,
    spread,
)

LINE = 12.0
REGIONS = tuple(
    AxisRegion(i, f"R{i}", f"Region {i}", (0, 0, 0), "ABCD"[i // 20], (0, 0, 0)) for i in range(80)
)


def scale_of(zoom, room=240.0, at=0.0):
    scale = AxisScale()
    scale.set_cells(len(REGIONS))
    scale.set_room(room)
    scale.set_zoom(zoom, at)
    return scale


def assert_apart(labels, room=240.0):
    middles = sorted(label.middle for label in labels)
    assert all(b - a >= LINE - 1e-6 for a, b in pairwise(middles))
    assert middles[0] >= LINE / 2 - 1e-9
    assert middles[-1] <= room - LINE / 2 + 1e-9


@pytest.mark.parametrize(
    ("zoom", "detail"), [(1.0, Detail.DIVISIONS), (2.0, Detail.SOME), (4.0, Detail.ALL)]
)
def test_the_closer_the_more_is_named(zoom, detail):
    assert detail_of(scale_of(zoom), LINE, has_blocks=True) is detail


def test_without_divisions_some_acronyms_stand_for_all():
    assert detail_of(scale_of(1.0), LINE, has_blocks=False) is Detail.SOME


@pytest.mark.parametrize("zoom", [1.0, 1.7, 3.9, 4.0, 11.3])
@pytest.mark.parametrize("at", [0.0, 113.0, 240.0])
def test_acronyms_never_overlap_and_none_is_cut(zoom, at):
    scale = scale_of(zoom, at=at)
    labels = region_labels(scale, REGIONS, LINE, first=(7, 8, 30, 79))
    assert_apart(labels)
    for label in labels:
        assert label.text == REGIONS[label.index].acronym
        assert label.middle == scale.middle_of(label.index)


def test_every_row_that_is_high_enough_is_named():
    scale = scale_of(4.0, at=60.0)
    named = {label.index for label in region_labels(scale, REGIONS, LINE)}
    whole = {i for i in range(80) if scale.start_of(i) >= -1e-9 and scale.stop_of(i) <= 240 + 1e-9}
    assert named == whole


def test_what_is_selected_is_named_before_others():
    labels = region_labels(scale_of(1.0), REGIONS, LINE, first=(33,))
    assert 33 in {label.index for label in labels}


def test_a_step_aside_keeps_the_same_regions_named():
    scale = scale_of(2.0)
    before = {label.index for label in region_labels(scale, REGIONS, LINE)}
    scale.pan(-9.0)
    after = {label.index for label in region_labels(scale, REGIONS, LINE)}
    assert len(before & after) >= len(before) - 2


def test_divisions_are_named_beside_their_blocks():
    labels = division_labels(scale_of(1.0), division_runs(REGIONS), LINE)
    assert [label.text for label in labels] == list("ABCD")
    assert [label.middle for label in labels] == [30.0, 90.0, 150.0, 210.0]


def test_crowded_divisions_move_apart_and_the_smallest_go_first():
    sizes = [40, 1, 1, 1, 1, 1, 1, 1, 1, 30, 2]
    keys = [str(i) for i, size in enumerate(sizes) for _ in range(size)]
    labels = division_labels(scale_of(1.0), runs_of(keys), LINE)
    assert_apart(labels)
    assert {"0", "9"} <= {label.text for label in labels}
    assert all(abs(label.middle - label.anchor) <= FURTHEST * LINE + 1e-9 for label in labels)
    assert 3 < len(labels) < len(sizes)


def test_regions_outside_of_every_division_get_no_name():
    runs = (Run(0, 40, ""), Run(40, 80, "B"))
    assert [label.text for label in division_labels(scale_of(1.0), runs, LINE)] == ["B"]


def test_spreading_moves_as_little_as_possible():
    rng = np.random.default_rng(3)
    for _ in range(5):
        anchors = np.sort(rng.uniform(10, 110, 6))
        found = np.array(spread(anchors.tolist(), LINE, -1e3, 1e3))
        best = minimize(
            lambda x, a=anchors: ((x - a) ** 2).sum(),
            x0=np.arange(6) * 20.0,
            constraints={"type": "ineq", "fun": lambda x: np.diff(x) - LINE},
            options={"maxiter": 500, "ftol": 1e-12},
        )
        np.testing.assert_allclose(found, best.x, atol=1e-3)
