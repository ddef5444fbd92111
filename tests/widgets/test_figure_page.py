"""A figure in a view: as wide as the view, pointed at and clicked with the mouse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QColor

from napari_connectome.figures.raster import FigureImage
from napari_connectome.widgets.figure_page import FigurePage


@pytest.fixture
def page(qtbot: Any) -> FigurePage:
    page = FigurePage("page")
    qtbot.addWidget(page)
    page.resize(420, 300)
    with qtbot.waitExposed(page):
        page.show()
    return page


def image(*places: tuple[float, float]) -> FigureImage:
    rgba = np.full((200, 400, 4), 255, dtype=np.uint8)
    rgba[:, 200:, :2] = 0
    return FigureImage(rgba, np.array(places).reshape(-1, 2))


def test_the_image_fills_the_width_and_keeps_its_proportions(page: FigurePage, qtbot: Any) -> None:
    page.set_image(image())
    sheet = page.sheet
    qtbot.waitUntil(lambda: sheet.minimumHeight() == round(sheet.width() / 2))
    grabbed = sheet.grab().toImage()
    middle = grabbed.height() // 4
    assert grabbed.pixelColor(5, middle) == QColor("white")
    assert grabbed.pixelColor(grabbed.width() - 5, middle) == QColor("blue")


def test_a_figure_is_asked_for_once_the_width_has_settled(page: FigurePage, qtbot: Any) -> None:
    widths: list[int] = []
    page.width_changed.connect(widths.append)
    qtbot.waitUntil(lambda: len(widths) == 1)
    for width in (430, 450, 500):
        page.resize(width, 300)
    qtbot.waitUntil(lambda: len(widths) == 2)
    assert widths[-1] - widths[0] == 80
    assert widths[-1] == page.width_px
    page.resize(500, 200)
    qtbot.wait(200)
    assert len(widths) == 2, "another height needs no other figure"


def test_places_are_pointed_at_and_clicked(page: FigurePage, qtbot: Any) -> None:
    pointed: list[int] = []
    clicked: list[int] = []
    page.pointed.connect(pointed.append)
    page.clicked.connect(clicked.append)
    page.set_image(image((0.25, 0.5), (np.nan, np.nan), (0.75, 0.5)))
    sheet = page.sheet
    qtbot.waitUntil(lambda: sheet.height() > 100)
    at = sheet.position_of(2).toPoint()
    qtbot.mouseMove(sheet, at)
    qtbot.waitUntil(lambda: pointed == [2])
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=at)
    assert clicked == [2]
    beside = sheet.rect().center()
    qtbot.mouseMove(sheet, beside)
    qtbot.waitUntil(lambda: pointed == [2, -1])
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=beside)
    assert clicked == [2]


def test_a_marked_place_has_a_ring_until_another_figure_comes(page: FigurePage, qtbot: Any) -> None:
    page.set_image(image((0.25, 0.25)))
    sheet = page.sheet
    qtbot.waitUntil(lambda: sheet.height() > 100)

    def has_ring() -> bool:
        at, grabbed = sheet.position_of(0).toPoint(), sheet.grab().toImage()
        colors = [grabbed.pixelColor(at.x() + dx, at.y()) for dx in range(3, 8)]
        return any(color.blue() < 150 for color in colors)

    assert not has_ring()
    page.mark(0)
    assert has_ring()
    page.set_image(image((0.25, 0.25)))
    assert not has_ring()


def test_a_mark_for_the_figure_to_come_waits_for_it(page: FigurePage, qtbot: Any) -> None:
    page.set_image(image((0.25, 0.25)))
    qtbot.waitUntil(lambda: page.sheet.height() > 100)
    before = page.sheet.grab().toImage()
    page.mark(7)
    assert page.sheet.grab().toImage() == before


def test_words_stand_in_place_of_a_figure(page: FigurePage) -> None:
    page.set_image(image((0.5, 0.5)))
    page.set_words("Nothing to draw.")
    assert page.words.isVisible()
    assert page.words.text() == "Nothing to draw."
    assert not page.sheet.isVisible()
    assert len(page.sheet.places) == 0
