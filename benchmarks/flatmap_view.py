"""How fast the flatmap follows a dragged source: new values to a drawn canvas, at full scale.

``python -m benchmarks.flatmap_view``; without a screen under ``xvfb-run``. The map is the size
of the published dorsal flatmap at 100 µm, all of it cortex, in 86 regions.
"""

from __future__ import annotations

import numpy as np

from benchmarks.timing import HEADER, compare
from napari_connectome.widgets.flatmap.content import FlatmapContent, MapRegion

SHAPE = (136, 272)
SIZE = (700, 520)
RUNS = 101


def full_map() -> FlatmapContent:
    """A map whose pixels all show the cortex, in square regions."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    left = columns < SHAPE[1] // 2
    across = np.minimum(columns, SHAPE[1] - 1 - columns)
    ids = (1 + rows // 20 + 7 * (across // 22)).astype(np.uint32)
    regions = {
        int(i): MapRegion(int(i), f"R{i}", f"Region {i}", (80, 160, 120)) for i in np.unique(ids)
    }
    return FlatmapContent(
        name="dorsal",
        title="Dorsal flatmap",
        region_ids=ids,
        has_path=np.ones(SHAPE, dtype=bool),
        missing=np.zeros(SHAPE, dtype=bool),
        left=left,
        regions=regions,
        pixel_um=100.0,
        place_of=lambda row, column: (100.0 * row, 0.0, 100.0 * column),
        note="",
    )


def main() -> None:
    """Print the figures."""
    from qtpy.QtWidgets import QApplication

    from napari_connectome.widgets.flatmap.view import FlatmapView

    app = QApplication.instance() or QApplication([])
    view = FlatmapView()
    view.resize(*SIZE)
    view.set_content(full_map())
    view.set_limits(0.0, 1.0, log=False)
    view.show()
    view.set_image(np.zeros(SHAPE, dtype=np.float32), "")
    while not view.redraws:
        app.processEvents()
    images = np.random.default_rng(0).random((RUNS + 1, *SHAPE), dtype=np.float32)
    frames = [view.canvas.frame.zoomed(2.0, 350, 200).moved(run, 0) for run in range(RUNS + 1)]

    canvas = view.canvas.canvas
    # Drawing is asynchronous: the figure is the time until the last pixel is there.
    canvas.events.draw.connect(lambda _event: canvas.context.finish(), position="last")

    def draw() -> None:
        before = view.redraws
        canvas.update()
        while view.redraws == before:
            app.processEvents()

    def step(run: int) -> None:
        view.set_image(images[run], "density")
        view.mark_source([(run, run)])
        draw()

    def own_limits(run: int) -> None:
        view.set_image(images[run], "density")
        draw()

    def pan(run: int) -> None:
        view.canvas.set_frame(frames[run])
        draw()

    print(HEADER)
    print(
        compare(
            "set_image alone", lambda run: view.set_image(images[run], ""), limit=3e-3, runs=RUNS
        ).row()
    )
    print(compare("set_image, mark_source, drawn", step, limit=16e-3, runs=RUNS).row())
    view.set_limits_mode(False)
    print(compare("the same with limits of its own", own_limits, limit=16e-3, runs=RUNS).row())
    print(compare("pan by a pixel, drawn", pan, limit=16e-3, runs=RUNS).row())
    view.close()


if __name__ == "__main__":
    main()
