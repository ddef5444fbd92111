"""How well the views keep up with a dragged source: the real window on the demo brain.

``python -m benchmarks.linked_views``; without a screen under ``xvfb-run``. All views are open;
matrix and target chart share a place, and stand in front in turn. A source is dragged through
60 places as fast as answers come: an update ends when the answer to it has come and the volume
and the flatmap have been drawn. ``--profile`` lists where the time goes.
"""

from __future__ import annotations

import cProfile
import pstats
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from qtpy.QtCore import QEventLoop, QTimer
from qtpy.QtWidgets import QApplication, QDockWidget, QWidget

from napari_connectome.core.sources import VoxelSource
from napari_connectome.widgets.app import open_window
from napari_connectome.widgets.explorer import ExplorerWidget

PLACES = 60
GOAL = 20.0
FRONTS = ("matrix", "targets")
SETTLE_S = 2.0
HEARTBEAT_MS = 2
PROFILE_LINES = 40
Times = dict[str, list[float]]


def opened() -> tuple[Any, ExplorerWidget]:
    """The window, once everything in it is there."""
    viewer, explorer = open_window()
    wait_until(lambda: explorer.is_ready)
    explorer.show_first_source("VISp")
    wait_until(lambda: explorer.is_complete)
    settle()
    return viewer, explorer


def wait_until(done: Callable[[], bool]) -> None:
    """Let Qt work until something has happened, asleep in between as a program is.

    A loop that spins would hold the interpreter's lock, and the answers would wait for it.
    """
    app = QApplication.instance()
    assert app is not None
    heartbeat = QTimer()
    heartbeat.start(HEARTBEAT_MS)
    while not done():
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    heartbeat.stop()


def settle() -> None:
    """Let layouts and late redraws pass."""
    end = time.perf_counter() + SETTLE_S
    wait_until(lambda: time.perf_counter() > end)


def places(explorer: ExplorerWidget) -> list[VoxelSource]:
    """Source voxels beside one another, along AP, to and fro."""
    state = explorer.state
    mask, atlas = state.model.connectivity.source_mask, state.dataset.atlas
    start = atlas.index_of_um(state.source.point_um)
    line = [i for i in mask.coordinates.tolist() if i[1:] == list(start[1:])]
    way = [*line, *line[::-1]]
    return [VoxelSource(atlas.um_of_index(tuple(way[i % len(way)]))) for i in range(PLACES)]


def volume_canvas(viewer: Any) -> Any:
    """The canvas that napari draws the volume on."""
    return viewer.window._qt_viewer.canvas._scene_canvas  # noqa: SLF001


def bring_to_front(widget: QWidget) -> None:
    """Show the dock of a view that stands behind another one."""
    part: Any = widget
    while not isinstance(part, QDockWidget):
        part = part.parent()
    part.raise_()
    settle()


@contextmanager
def measured(viewer: Any, explorer: ExplorerWidget) -> Iterator[Times]:
    """Seconds of what each view does with an answer, and of each canvas's drawing."""
    times: Times = defaultdict(list)
    widget = explorer.views.docks.widget
    told = {
        "volume: new data": (explorer.scene.projection, "show"),
        "flatmap: new data": (widget("flatmap"), "set_image"),
        "matrix: source marked": (widget("matrix"), "mark_source"),
        "target chart: new bars": (widget("targets"), "set_targets"),
        "target list: new rows": (explorer.panels.targets, "set_targets"),
        "source panel": (explorer.panels.source, "show_source"),
    }
    for name, (owner, method) in told.items():
        setattr(owner, method, _timed(getattr(owner, method), times[name]))
    canvases = {
        "volume: drawn": volume_canvas(viewer),
        "flatmap: drawn": widget("flatmap").canvas.canvas,
    }
    clocks = [_Clock(canvas, times[name]) for name, canvas in canvases.items()]
    try:
        yield times
    finally:
        for owner, method in told.values():
            delattr(owner, method)
        for clock in clocks:
            clock.stop()


class _Clock:
    """Times a canvas from the first to the last of what draws it."""

    def __init__(self, canvas: Any, times: list[float]) -> None:
        self._canvas, self._times = canvas, times
        self._start = 0.0
        canvas.events.draw.connect(self._begin, position="first")
        canvas.events.draw.connect(self._end, position="last")

    def stop(self) -> None:
        """Measure no more."""
        self._canvas.events.draw.disconnect(self._begin)
        self._canvas.events.draw.disconnect(self._end)

    def _begin(self, event: object) -> None:
        del event
        self._start = time.perf_counter()

    def _end(self, event: object) -> None:
        del event
        self._canvas.context.finish()
        self._times.append(time.perf_counter() - self._start)


def _timed(function: Callable[..., Any], times: list[float]) -> Callable[..., Any]:
    def run(*values: Any, **named: Any) -> Any:
        start = time.perf_counter()
        result = function(*values, **named)
        times.append(time.perf_counter() - start)
        return result

    return run


def drag(
    viewer: Any, explorer: ExplorerWidget, way: list[VoxelSource]
) -> tuple[list[float], list[float]]:
    """Seconds of each update of a drag, drawing included: by the clock and of the processor."""
    state, flatmap = explorer.state, explorer.views.docks.widget("flatmap")
    canvas = volume_canvas(viewer)
    drawn, at_answer = [0], [(0, 0)]

    def count(event: object) -> None:
        del event
        drawn[0] += 1

    def answered() -> None:
        at_answer[0] = (drawn[0], flatmap.redraws)

    def is_drawn() -> bool:
        return drawn[0] > at_answer[0][0] and flatmap.redraws > at_answer[0][1]

    canvas.events.draw.connect(count)
    state.events.prediction.connect(answered)
    seconds, busy = [], []
    state.dragging = True
    for source in way:
        start, worked = time.perf_counter(), time.process_time()
        state.source = source
        wait_until(lambda source=source: state.prediction.source == source and is_drawn())
        seconds.append(time.perf_counter() - start)
        busy.append(time.process_time() - worked)
    state.dragging = False
    state.events.prediction.disconnect(answered)
    canvas.events.draw.disconnect(count)
    return seconds, busy


def without_drawing(explorer: ExplorerWidget, way: list[VoxelSource]) -> dict[str, list[float]]:
    """Seconds of the answer itself, and of telling it to every view."""
    state = explorer.state
    times: Times = defaultdict(list)
    state.dragging = True
    for source in way:
        start = time.perf_counter()
        prediction = state.model.answer(source, state.direction)
        answered = time.perf_counter()
        state.prediction = prediction
        times["the answer"].append(answered - start)
        times["all views told"].append(time.perf_counter() - answered)
    state.dragging = False
    settle()
    return times


def ms(seconds: list[float]) -> str:
    """Median in milliseconds."""
    return f"{1e3 * statistics.median(seconds):.1f} ms"


def report(front: str, viewer: Any, explorer: ExplorerWidget, way: list[VoxelSource]) -> None:
    """Print the figures with one view in front."""
    bring_to_front(explorer.views.docks.widget(front))
    drag(viewer, explorer, way[:5])
    seconds, busy = drag(viewer, explorer, way)
    rate = len(seconds) / sum(seconds)
    print(f"| {front} in front: updates a second, drawing included | {rate:.1f} | ≥ {GOAL:.0f} |")
    print(f"| {front} in front: one update, drawing included | {ms(seconds)} | |")
    print(f"| … processor time of all threads | {ms(busy)} | |")
    alone = without_drawing(explorer, way)
    both = [sum(pair) for pair in zip(*alone.values(), strict=True)]
    print(f"| {front} in front: one update without drawing | {ms(both)} | |")
    for name, times in alone.items():
        print(f"| … {name} | {ms(times)} | |")
    with measured(viewer, explorer) as parts:
        drag(viewer, explorer, way)
    for name, times in parts.items():
        if times:
            print(f"| … {name} | {ms(times)} × {len(times) / len(way):.1f} | |")


def main() -> None:
    """Print the table, or a profile of one drag."""
    viewer, explorer = opened()
    way = places(explorer)
    if "--profile" in sys.argv:
        bring_to_front(explorer.views.docks.widget("matrix"))
        profile = cProfile.Profile()
        profile.runcall(drag, viewer, explorer, way)
        pstats.Stats(profile).sort_stats("cumulative").print_stats(PROFILE_LINES)
    else:
        print("| demo brain, all views open, 1400 × 900 | measured | goal |\n|---|---|---|")
        for front in FRONTS:
            report(front, viewer, explorer, way)
    explorer.shut_down()
    viewer.close()


if __name__ == "__main__":
    main()
