"""How fast the matrix view redraws at full size: 291 sources, 582 targets.

``python -m benchmarks.matrix_view``; without a screen under ``xvfb-run``. Every run ends when
Qt has painted the window. The plain twin is a canvas of the same size with nothing on it: what
the screen itself costs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from qtpy.QtCore import QPointF
from qtpy.QtWidgets import QApplication, QWidget

from benchmarks.timing import HEADER, Measured, compare
from napari_connectome.widgets.canvas import CanvasWidget
from napari_connectome.widgets.matrix.content import AxisRegion, MatrixContent
from napari_connectome.widgets.matrix.view import MatrixView

N_REGIONS = 291
DIVISION_SIZES = (43, 11, 12, 7, 11, 8, 41, 44, 38, 25, 31, 20)
LIMIT = 0.016
SIZES = {"bottom dock, 520 x 330": (520, 330), "window, 1100 x 700": (1100, 700)}
RUNS = 41


def full_size_content(seed: int = 0) -> MatrixContent:
    """Lognormal values, a tenth of them zero, one row missing."""
    rng = np.random.default_rng(seed)
    divisions = np.repeat(np.arange(len(DIVISION_SIZES)), DIVISION_SIZES)
    regions = tuple(
        AxisRegion(i, f"R{i}", f"Region {i}", (60, d * 20, 90), f"D{d}", (60, d * 20, 90))
        for i, d in enumerate(divisions.tolist())
    )
    values = rng.lognormal(-8.0, 2.0, (N_REGIONS, 2 * N_REGIONS))
    values[rng.random(values.shape) < 0.1] = 0.0
    values[5] = np.nan
    sides = ("ipsi",) * N_REGIONS + ("contra",) * N_REGIONS
    return MatrixContent(regions, regions * 2, sides, values, "Connection strength", "1")


def open_window(widget: QWidget, size: tuple[int, int]) -> None:
    """Show a widget and wait until it is drawn."""
    widget.resize(*size)
    widget.show()
    paint()


def paint() -> None:
    """Let Qt paint what was asked for."""
    for _ in range(3):
        QApplication.processEvents()


def measure(place: str, size: tuple[int, int]) -> list[Measured]:
    """Lines of the table for one size of the view."""
    view, bare = MatrixView(), CanvasWidget()
    open_window(view, size)
    open_window(bare, size)
    view.set_content(full_size_content())
    paint()

    def hover(run: int) -> None:
        view.picture.cells.hovered.emit(QPointF(5.0 + 4 * run, 3.0 + 2 * run))

    def select_cell(run: int) -> None:
        view.set_cell((run, run + 40, "contra"))

    def select_regions(run: int) -> None:
        view.set_regions((run, run + 20, run + 21))

    def zoom(run: int) -> None:
        view.picture.zoom_by(1.25 if run % 20 < 10 else 0.8, QPointF(90.0, 90.0))

    def content(run: int) -> None:
        view.set_content(contents[run % 2])

    contents = (full_size_content(1), full_size_content(2))
    tasks = {
        "hover": (hover, LIMIT),
        "select a cell": (select_cell, LIMIT),
        "select three regions": (select_regions, LIMIT),
        "zoom by a notch": (zoom, None),
        "other values": (content, None),
    }
    found = [
        compare(f"{name} ({place})", painted(task), painted(redraw(bare)), limit=limit, runs=RUNS)
        for name, (task, limit) in tasks.items()
    ]
    view.close()
    bare.close()
    return found


def painted(task: Callable[[int], Any]) -> Callable[[int], None]:
    """A task that ends when its effect is painted."""

    def run(number: int) -> None:
        task(number)
        paint()

    return run


def redraw(canvas: CanvasWidget) -> Callable[[int], None]:
    """A redraw of a canvas."""
    return lambda _run: canvas.redraw()


def main() -> None:
    """Print the table."""
    app = QApplication.instance() or QApplication([])
    print(HEADER)
    for place, size in SIZES.items():
        for line in measure(place, size):
            print(line.row(), flush=True)
    del app


if __name__ == "__main__":
    main()
