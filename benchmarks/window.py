"""How fast the window is: from command to a clickable brain, from click to new overlay.

``python -m benchmarks.window``; without a screen under ``xvfb-run``. Start-up is measured in
processes of their own, in turn with an empty napari viewer and with one that shows an image and
labels of the same size, which is what napari itself needs; the brain's packed copy is there from
a first run that does not count.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

STARTS = 3
CLICKS = 60

EMPTY = """
import napari
from qtpy.QtWidgets import QApplication
viewer = napari.Viewer()
QApplication.processEvents()
viewer.close()
"""
TWO_LAYERS = """
import napari
import numpy as np
from qtpy.QtWidgets import QApplication
viewer = napari.Viewer()
viewer.window.resize(1400, 900)
viewer.add_image(np.random.rand(132, 80, 114).astype(np.float32))
viewer.add_labels(np.arange(132 * 80 * 114).reshape(132, 80, 114) // 5000).contour = 1
QApplication.processEvents()
viewer.close()
"""
DEMO = """
from qtpy.QtCore import QEventLoop
from qtpy.QtWidgets import QApplication
from napari_connectome.widgets.app import open_window
viewer, explorer = open_window()
loop = QEventLoop()
explorer.ready.connect(loop.quit)
loop.exec()
QApplication.processEvents()
explorer.shut_down()
viewer.close()
"""


def start_seconds(code: str) -> float:
    """Seconds of a process that runs `code`, interpreter included."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
    return time.perf_counter() - start


def click_ms() -> tuple[float, float]:
    """Median milliseconds from a new source to new overlay data, and drags answered a second."""
    from qtpy.QtWidgets import QApplication

    from napari_connectome.core.sources import VoxelSource
    from napari_connectome.widgets.app import open_window

    viewer, explorer = open_window()
    while not explorer.is_ready:
        QApplication.processEvents()
    state = explorer.state
    mask = state.model.connectivity.source_mask
    step = len(mask) // CLICKS
    places = [state.dataset.atlas.um_of_index(i) for i in mask.coordinates[::step].tolist()]
    times = []
    started = time.perf_counter()
    for place in places:
        before = time.perf_counter()
        state.source = VoxelSource(place)
        while state.prediction is None or state.prediction.source != state.source:
            QApplication.processEvents()
        times.append(time.perf_counter() - before)
    rate = len(places) / (time.perf_counter() - started)
    explorer.shut_down()
    viewer.close()
    return 1000 * statistics.median(times), rate


def update_ms() -> float:
    """Median milliseconds from a new source to new overlay data, without drawing."""
    from napari.components import ViewerModel

    from napari_connectome.core.sources import VoxelSource
    from napari_connectome.layers.scene import Scene
    from napari_connectome.state.controller import Controller
    from napari_connectome.state.explorer import ExplorerState
    from napari_connectome.state.params import DatasetParams
    from napari_connectome.state.runner import ImmediateRunner

    state = ExplorerState()
    scene = Scene(ViewerModel(), state)
    Controller(state, ImmediateRunner()).load(DatasetParams(), then_fit=True)
    mask = state.model.connectivity.source_mask
    times = []
    for index in mask.coordinates[:: len(mask) // CLICKS].tolist():
        before = time.perf_counter()
        state.source = VoxelSource(state.dataset.atlas.um_of_index(index))
        times.append(time.perf_counter() - before)
    scene.close()
    return 1000 * statistics.median(times)


def main() -> None:
    """Print the figures."""
    start_seconds(DEMO)
    rounds = [[start_seconds(code) for code in (EMPTY, TWO_LAYERS, DEMO)] for _ in range(STARTS)]
    empty, layers, demo = (statistics.median(times) for times in zip(*rounds, strict=True))
    ratio = statistics.median(ours / theirs for theirs, _, ours in rounds)
    own = statistics.median(ours - theirs for _, theirs, ours in rounds)
    print(f"empty napari viewer {empty:.2f} s, fitted demo brain {demo:.2f} s, ratio {ratio:.2f}")
    print(f"napari viewer with two layers {layers:.2f} s; our own time beyond it {own:.2f} s")
    print(f"click to new overlay, without drawing: {update_ms():.1f} ms median")
    click, rate = click_ms()
    print(f"click to new overlay, drawing included: {click:.1f} ms median, {rate:.0f} a second")


if __name__ == "__main__":
    main()
