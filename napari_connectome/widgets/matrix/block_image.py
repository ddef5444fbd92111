"""Pictures of the cells, with missing ones hatched."""

from __future__ import annotations

import numpy as np
from vispy.scene import Node
from vispy.scene.visuals import Image
from vispy.visuals.filters import Filter
from vispy.visuals.transforms import STTransform

from napari_connectome.widgets.matrix.axis_scale import AxisScale
from napari_connectome.widgets.matrix.bars import Rgba

HATCH_PERIOD_PX = 6.0
STRIPE_PART = 0.3
"""Width of a stripe in a period."""


def hatch_tones(ink: Rgba, background: Rgba) -> tuple[Rgba, Rgba]:
    """Stripes and ground of missing cells: greys between a theme's text and its background."""

    def between(part: float) -> Rgba:
        red, green, blue = (
            part * i + (1 - part) * b for i, b in zip(ink[:3], background[:3], strict=True)
        )
        return (red, green, blue, 1.0)

    return between(0.5), between(0.28)


class Hatch(Filter):
    """Fills transparent cells with slanted stripes that keep their width at every zoom."""

    CODE = f"""
        void hatch() {{
            if (gl_FragColor.a < 0.5) {{
                float along = mod(gl_FragCoord.x - gl_FragCoord.y, $period);
                gl_FragColor = along < {STRIPE_PART} * $period ? $stripe : $ground;
            }}
        }}
    """

    def __init__(self) -> None:
        super().__init__(fcode=self.CODE)
        self.set_look((1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 0.0, 1.0), 1.0)

    def set_look(self, ink: Rgba, background: Rgba, pixel_ratio: float) -> None:
        """Take the theme's colours and the screen's pixels."""
        stripe, ground = hatch_tones(ink, background)
        self.fshader["stripe"] = stripe
        self.fshader["ground"] = ground
        self.fshader["period"] = HATCH_PERIOD_PX * pixel_ratio


class BlockImage:
    """The cells of one block, from one column up to another.

    Parameters
    ----------
    first, stop : int
        Columns of the block.
    hatch : Hatch
        Fills its missing cells.
    parent : vispy.scene.Node
        What it is drawn in.
    """

    def __init__(self, first: int, stop: int, hatch: Hatch, parent: Node) -> None:
        self._first, self._stop = first, stop
        self._image = Image(np.zeros((1, 1, 4), np.uint8), interpolation="nearest", parent=parent)
        self._image.attach(hatch)
        # Hatched, no pixel is left transparent.
        self._image.set_gl_state("opaque", depth_test=False, cull_face=False)
        self._image.transform = STTransform()
        self._shape = (1, 1)

    def set_colors(self, colors: np.ndarray) -> None:
        """Take the colours of the block, RGBA; of fewer pixels than cells where those are means."""
        self._shape = colors.shape[:2]
        self._image.set_data(np.ascontiguousarray(colors))

    def place(self, rows: AxisScale, columns: AxisScale) -> None:
        """Follow zoom and place."""
        width = (self._stop - self._first) * columns.cell_px
        height = rows.count * rows.cell_px
        scale = (width / self._shape[1], height / self._shape[0])
        left, top = columns.start_of(self._first), rows.start_of(0)
        self._image.transform.scale = scale
        self._image.transform.translate = (left, top)

    def remove(self) -> None:
        """Take it out of the scene."""
        self._image.parent = None
