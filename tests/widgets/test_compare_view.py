"""Comparison: the scatter of regions with its strips of zeros, numbers and buttons."""

from __future__ import annotations

import pytest
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtWidgets import QLabel, QPushButton

from napari_connectome.widgets.compare.numbers import AgreementTexts
from napari_connectome.widgets.compare.points import PointScale, RegionPoint, scale_of
from napari_connectome.widgets.compare.view import CompareView

LEFT = Qt.MouseButton.LeftButton
TEXTS = AgreementTexts("0.939", "0.998", "11.8 %", "0.6 %")


def point(structure_id: int, a: float, b: float, *, left: bool = False) -> RegionPoint:
    return RegionPoint(structure_id, f"R{structure_id}", "Region", (200, 60, 60), left, a, b)


POINTS = (
    point(1, 1e-3, 1e-3),
    point(2, 1e-1, 1e-2, left=True),
    point(3, 0.0, 1e-2),
    point(4, 1e-2, 0.0),
    point(5, 0.0, 0.0),
)


@pytest.fixture
def view(qtbot):
    view = CompareView()
    qtbot.addWidget(view)
    view.resize(560, 320)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def shown(view, qtbot):
    view.show_comparison(("Targets of VISp", "Targets of VISl"), TEXTS, POINTS, ("A", "B"))
    qtbot.waitUntil(lambda: view.scatter.redraws > 0, timeout=5000)
    return view


def test_an_axis_reaches_six_decades_and_no_disc_is_cut():
    scale = scale_of([point(1, 1.0, 1e-12)])
    assert scale == PointScale(pytest.approx(1e-6 / 1.3), pytest.approx(1.3))
    assert scale_of([point(1, 0.5, 0.5)]).low < 0.5 < scale_of([point(1, 0.5, 0.5)]).high
    assert scale_of([point(1, 0.0, 0.0)]) is None


def test_places(shown):
    frame = shown.scatter.frame
    equal, _, only_b, only_a = (frame.place_of(p) for p in POINTS[:4])
    plot = frame.plot
    right, up = equal.x() - plot.left(), plot.bottom() - equal.y()
    assert right / plot.width() == pytest.approx(up / plot.height()), "equal ones on the diagonal"
    assert only_b.x() < plot.left(), "zeros stand in a strip of their own"
    assert plot.top() < only_b.y() < plot.bottom()
    assert only_a.y() > plot.bottom()
    assert len(shown.scatter.points) == 4, "nothing in both is left out"


def test_hover_names_a_region_and_a_click_chooses_it(shown, qtbot):
    scatter = shown.scatter
    place = scatter.frame.place_of(POINTS[1])
    at = QPoint(round(place.x()), round(place.y()))
    told = []
    shown.region_chosen.connect(told.append)
    qtbot.mouseMove(scatter, at)
    said = shown.findChild(QLabel, "compare_region")
    qtbot.waitUntil(lambda: said.text().startswith("R2"), timeout=5000)
    assert "(left): A 0.1, B 0.01" in said.text()
    qtbot.mouseClick(scatter, LEFT, pos=at)
    assert told == [2]
    corner = QPointF(scatter.frame.plot.topLeft())
    assert scatter.point_at(corner + QPointF(3, 3)) is None


def test_another_size_is_laid_out_anew(shown, qtbot):
    before = shown.scatter.frame
    shown.resize(900, 500)
    qtbot.waitUntil(lambda: shown.scatter.frame != before, timeout=5000)
    assert shown.scatter.frame.plot.width() > before.plot.width()


def test_numbers_titles_and_scale(shown):
    for name, text in (("voxel_r", "0.939"), ("region_mse_rel", "0.6 %")):
        assert shown.findChild(QLabel, name).text() == text
    assert "Targets of VISl" in shown.findChild(QLabel, "compare_b").text()
    shown.set_scale((-2.0, 2.0), [(0, 0, 1, 1), (1, 0, 0, 1)], "A − B", log=False)
    assert shown.scale.limits == (-2.0, 2.0)


def test_nothing_compared(view):
    end, hint = view.findChild(QPushButton, "compare_end"), view.findChild(QLabel, "compare_hint")
    assert not end.isEnabled()
    assert "Keep the present answer as A" in hint.text()
    view.show_nothing("A is kept. Choose a source.")
    assert end.isEnabled()
    assert hint.text() == "A is kept. Choose a source."
    assert not view.scatter.isVisible()


def test_holding_out_needs_an_experiment(view, qtbot):
    button = view.findChild(QPushButton, "compare_hold_out")
    assert not button.isEnabled()
    assert "Select an experiment" in button.toolTip()
    view.set_experiment(123456789)
    assert button.text() == "Hold out 123456789"
    with qtbot.waitSignal(view.hold_out_requested, timeout=1000):
        qtbot.mouseClick(button, LEFT)


def test_requests(shown, qtbot):
    told = []
    shown.keep_requested.connect(told.append)
    for action in shown.findChild(QPushButton, "compare_keep").menu().actions():
        action.trigger()
    assert told == ["answer", "model", "file"], "no experiment is selected"
    with qtbot.waitSignal(shown.side_changed, timeout=1000) as chosen:
        qtbot.mouseClick(shown.sides.buttons["difference"], LEFT)
    assert chosen.args == ["difference"]
