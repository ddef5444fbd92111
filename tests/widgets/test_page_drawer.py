"""Figures drawn for a page: the newest one, words while it lasts, words in place of a fault."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from napari_connectome.core.errors import DataError
from napari_connectome.state.background import Background
from napari_connectome.widgets.bindings.figures import PageDrawer
from napari_connectome.widgets.figure_page import FigurePage
from napari_connectome.widgets.qt_runner import QtRunner


@pytest.fixture
def page(qtbot: Any) -> FigurePage:
    page = FigurePage("page")
    qtbot.addWidget(page)
    page.resize(420, 300)
    with qtbot.waitExposed(page):
        page.show()
    return page


@pytest.fixture
def drawer(page: FigurePage) -> Any:
    drawer = PageDrawer(page, Background(QtRunner()))
    yield drawer
    drawer.close()


def figure(width_mm: float) -> Figure:
    return Figure(figsize=(width_mm / 25.4, width_mm / 50.8))


def test_a_figure_is_drawn_as_wide_as_the_page(
    page: FigurePage, drawer: PageDrawer, qtbot: Any
) -> None:
    widths: list[float] = []

    def make(width_mm: float) -> Figure:
        widths.append(width_mm)
        return figure(width_mm)

    with qtbot.waitSignal(page.shown, timeout=5000):
        drawer.show(make, lambda _figure: np.array([[10.0, 10.0]]), narrowest_mm=20.0)
    assert len(page.sheet.places) == 1
    with qtbot.waitSignal(page.shown, timeout=5000):
        page.resize(840, 300)
    assert widths[-1] > 1.9 * widths[0]


def test_what_cannot_be_drawn_is_said(page: FigurePage, drawer: PageDrawer, qtbot: Any) -> None:
    with qtbot.waitSignal(page.shown, timeout=5000):
        drawer.show(figure)

    def refuse(width_mm: float) -> Figure:
        raise DataError("Nothing was predicted.")

    drawer.show(refuse)
    qtbot.waitUntil(lambda: page.words.text() == "Nothing was predicted.", timeout=5000)
    assert not page.sheet.isVisible()


def test_another_figure_does_not_stand_in_for_one_that_takes_long(
    page: FigurePage, drawer: PageDrawer, qtbot: Any
) -> None:
    with qtbot.waitSignal(page.shown, timeout=5000):
        drawer.show(figure)
    go = threading.Event()

    def slow(width_mm: float) -> Figure:
        go.wait(10.0)
        return figure(width_mm)

    drawer.show(slow)
    qtbot.waitUntil(page.words.isVisible, timeout=5000)
    assert page.words.text() == "Drawing the figure …"
    with qtbot.waitSignal(page.shown, timeout=5000):
        go.set()
    assert page.sheet.isVisible()
    assert not page.words.isVisible()
