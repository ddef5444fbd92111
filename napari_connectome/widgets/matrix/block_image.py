"""Pictures of the cells: missing ones hatched, completed ones dotted, blind ones crossed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from vispy.gloo import Texture2D, VertexBuffer
from vispy.scene import Node
from vispy.scene.visuals import create_visual_node
from vispy.visuals import Visual
from vispy.visuals.transforms import STTransform

from napari_connectome.widgets.matrix.axis_scale import AxisScale
from napari_connectome.widgets.matrix.bars import Rgba
from napari_connectome.widgets.matrix.colors import MARK_ALPHA

HATCH_PERIOD_PX = 6.0
STRIPE_PART = 0.3
"""Width of a stripe in a period."""
DOT_PART, LINE_PART = 0.22, 0.17
"""Radius of the dots of completed cells, and width of the crossing lines of blind ones."""
LARGE_PERIODS = 1.0
"""Cells of more periods than this have one dot in their middle; smaller ones share a pattern."""
_ALPHA = [alpha / 255 for alpha in (*MARK_ALPHA, 0)]
_BETWEEN = [(high + low) / 2 for high, low in pairwise(_ALPHA)]
"""Opacities between which lie those of the marks, from none to painted, and of missing cells."""
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
    """A texture over the unit square; patterns that keep their size tell marks by its opacity."""

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
        uniform vec2 u_cells;
        uniform vec2 u_cell_px;
        varying vec2 v_place;
        void main() {{
            vec4 color = texture2D(u_colors, v_place);
            float along = fract((gl_FragCoord.x - gl_FragCoord.y) / u_period);
            float across = fract((gl_FragCoord.x + gl_FragCoord.y) / u_period);
            bool stripe = along < {STRIPE_PART};
            bool large = min(u_cell_px.x, u_cell_px.y) > {LARGE_PERIODS} * u_period;
            vec2 from_middle = (fract(v_place * u_cells) - 0.5) * u_cell_px;
            if (!large) from_middle = (fract(gl_FragCoord.xy / u_period) - 0.5) * u_period;
            bool is_dot = length(from_middle) < {DOT_PART} * u_period;
            bool cross = min(along, across) < {LINE_PART};
            float light = dot(color.rgb, vec3(0.299, 0.587, 0.114));
            vec3 ink = mix(color.rgb, vec3(light > 0.4 ? 0.0 : 1.0), large ? 0.8 : 0.7);
            vec3 shown = color.rgb;
            if (color.a < {_BETWEEN[3]})
                shown = stripe ? u_stripe.rgb : u_ground.rgb;
            else if (color.a < {_BETWEEN[2]})
                shown = stripe ? u_stripe.rgb : color.rgb;
            else if (color.a < {_BETWEEN[1]})
                shown = cross ? ink : color.rgb;
            else if (color.a < {_BETWEEN[0]})
                shown = is_dot ? ink : color.rgb;
            gl_FragColor = vec4(shown, 1.0);
        }}
    """

    def __init__(self) -> None:
        super().__init__(vcode=self.VERTEX, fcode=self.FRAGMENT)
        self._colors = Texture2D(np.zeros((1, 1, 4), np.uint8), interpolation="nearest")
        self.shared_program["a_corner"] = VertexBuffer(CORNERS)
        self.shared_program["u_colors"] = self._colors
        self.set_cells((1.0, 1.0), (1.0, 1.0))
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

    def set_cells(self, cells: tuple[float, float], cell_px: tuple[float, float]) -> None:
        """Take how many cells lie across and down, and their size in the screen's own pixels."""
        self.shared_program["u_cells"] = cells
        self.shared_program["u_cell_px"] = cell_px

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
        self._pixel_ratio = 1.0

    def set_colors(self, colors: NDArray[np.uint8]) -> None:
        """Take the colours of the block, RGBA; of fewer pixels than cells where those are means."""
        self._node.set_colors(np.ascontiguousarray(colors))

    def set_look(self, ink: Rgba, background: Rgba, pixel_ratio: float) -> None:
        """Take the theme's colours and the screen's pixels."""
        self._pixel_ratio = pixel_ratio
        self._node.set_hatch(*hatch_tones(ink, background), HATCH_PERIOD_PX * pixel_ratio)

    def place(self, rows: AxisScale, columns: AxisScale) -> None:
        """Follow zoom and place."""
        first, stop = self.columns.start, self.columns.stop
        scale = ((stop - first) * columns.cell_px, rows.count * rows.cell_px)
        self._node.transform.scale = scale
        ratio = self._pixel_ratio
        cell_px = (columns.cell_px * ratio, rows.cell_px * ratio)
        self._node.set_cells((float(stop - first), float(rows.count)), cell_px)
        self._node.transform.translate = (columns.start_of(first), rows.start_of(0))

    def remove(self) -> None:
        """Take it out of the scene."""
        self._node.parent = None
