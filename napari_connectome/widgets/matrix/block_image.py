"""Pictures of the cells, with missing ones hatched."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vispy.gloo import Texture2D, VertexBuffer
from vispy.scene import Node
from vispy.scene.visuals import create_visual_node
from vispy.visuals import Visual
from vispy.visuals.transforms import STTransform

from napari_connectome.widgets.matrix.axis_scale import AxisScale
from napari_connectome.widgets.matrix.bars import Rgba

HATCH_PERIOD_PX = 6.0
STRIPE_PART = 0.3
"""Width of a stripe in a period."""
CORNERS = np.array([[0, 0], [1, 0], [0, 1], [1, 0], [0, 1], [1, 1]], np.float32)
"""Two triangles that fill the unit square."""


def hatch_tones(ink: Rgba, background: Rgba) -> tuple[Rgba, Rgba]:
    """Stripes and ground of missing cells: greys between a theme's text and its background."""

    def between(part: float) -> Rgba:
        red, green, blue = (
            part * i + (1 - part) * b for i, b in zip(ink[:3], background[:3], strict=True)
        )
        return (red, green, blue, 1.0)

    return between(0.5), between(0.28)


class _CellsVisual(Visual):
    """A texture over the unit square; stripes that keep their width where it is transparent."""

    VERTEX = """
        attribute vec2 a_corner;
        varying vec2 v_place;
        void main() {
            v_place = a_corner;
            gl_Position = $transform(vec4(a_corner, 0.0, 1.0));
        }
    """
    FRAGMENT = f"""
        uniform sampler2D u_colors;
        uniform vec4 u_stripe;
        uniform vec4 u_ground;
        uniform float u_period;
        varying vec2 v_place;
        void main() {{
            vec4 color = texture2D(u_colors, v_place);
            float along = fract((gl_FragCoord.x - gl_FragCoord.y) / u_period);
            vec4 hatch = along < {STRIPE_PART} ? u_stripe : u_ground;
            gl_FragColor = color.a > 0.5 ? color : hatch;
        }}
    """

    def __init__(self) -> None:
        super().__init__(vcode=self.VERTEX, fcode=self.FRAGMENT)
        self._colors = Texture2D(np.zeros((1, 1, 4), np.uint8), interpolation="nearest")
        self.shared_program["a_corner"] = VertexBuffer(CORNERS)
        self.shared_program["u_colors"] = self._colors
        self._draw_mode = "triangles"
        self.set_gl_state("opaque", depth_test=False, cull_face=False)

    def set_colors(self, colors: NDArray[np.uint8]) -> None:
        """Take other cells, RGBA."""
        self._colors.set_data(colors)
        self.update()

    def set_hatch(self, stripe: Rgba, ground: Rgba, period: float) -> None:
        """Take other stripes; the period in the screen's own pixels."""
        self.shared_program["u_stripe"] = stripe
        self.shared_program["u_ground"] = ground
        self.shared_program["u_period"] = period
        self.update()

    def _prepare_transforms(self, view: Visual) -> None:
        view.view_program.vert["transform"] = view.get_transform()


_CellsNode = create_visual_node(_CellsVisual)


class BlockImage:
    """The cells of one block.

    Parameters
    ----------
    columns : slice
        Columns of the block.
    parent : vispy.scene.Node
        What it is drawn in.
    """

    def __init__(self, columns: slice, parent: Node) -> None:
        self.columns = columns
        self._node = _CellsNode(parent=parent)
        self._node.transform = STTransform()

    def set_colors(self, colors: NDArray[np.uint8]) -> None:
        """Take the colours of the block, RGBA; of fewer pixels than cells where those are means."""
        self._node.set_colors(np.ascontiguousarray(colors))

    def set_look(self, ink: Rgba, background: Rgba, pixel_ratio: float) -> None:
        """Take the theme's colours and the screen's pixels."""
        self._node.set_hatch(*hatch_tones(ink, background), HATCH_PERIOD_PX * pixel_ratio)

    def place(self, rows: AxisScale, columns: AxisScale) -> None:
        """Follow zoom and place."""
        first, stop = self.columns.start, self.columns.stop
        scale = ((stop - first) * columns.cell_px, rows.count * rows.cell_px)
        self._node.transform.scale = scale
        self._node.transform.translate = (columns.start_of(first), rows.start_of(0))

    def remove(self) -> None:
        """Take it out of the scene."""
        self._node.parent = None
