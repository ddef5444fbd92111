"""Filled rectangles over the cells: lines that are sharp and as wide as they should be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from vispy.gloo import VertexBuffer
from vispy.scene import Node
from vispy.scene.visuals import create_visual_node
from vispy.visuals import Visual

Rect = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels."""
Rgba = tuple[float, float, float, float]
Bar = tuple[Rect, Rgba]
CORNERS = (0, 1, 2, 1, 2, 3, 0, 1, 2, 3, 0, 3)
"""Which sides of a rectangle make the corners of its two triangles, x and y in turn."""


class _BarsVisual(Visual):
    """Rectangles with a colour each, drawn in one call.

    vispy's meshes compile their shaders anew whenever their data change; wide lines need
    not be drawn wide by every driver.
    """

    VERTEX = """
        attribute vec2 a_position;
        attribute vec4 a_color;
        varying vec4 v_color;
        void main() {
            v_color = a_color;
            gl_Position = $transform(vec4(a_position, 0.0, 1.0));
        }
    """
    FRAGMENT = """
        varying vec4 v_color;
        void main() {
            gl_FragColor = v_color;
        }
    """

    def __init__(self) -> None:
        super().__init__(vcode=self.VERTEX, fcode=self.FRAGMENT)
        self._positions, self._colors = VertexBuffer(), VertexBuffer()
        self._draw_mode = "triangles"
        self.set_gl_state("translucent", depth_test=False, cull_face=False)
        self.set_corners(np.zeros((6, 2), np.float32), np.zeros((6, 4), np.float32))

    def set_corners(self, positions: np.ndarray, colors: np.ndarray) -> None:
        """Take other triangles."""
        self._positions.set_data(positions)
        self._colors.set_data(colors)
        self.shared_program["a_position"] = self._positions
        self.shared_program["a_color"] = self._colors
        self.update()

    def _prepare_transforms(self, view: Visual) -> None:
        view.view_program.vert["transform"] = view.get_transform()


_BarsNode = create_visual_node(_BarsVisual)


class Bars:
    """Rectangles in pixels, later ones over earlier ones.

    Parameters
    ----------
    order : int
        Drawn after what has a lower one.
    parent : vispy.scene.Node
        What they are drawn in.
    """

    def __init__(self, order: int, parent: Node) -> None:
        self._node = _BarsNode(parent=parent)
        self._node.order = order
        self._node.visible = False
        self.shown: tuple[Bar, ...] = ()

    def show(self, bars: Sequence[Bar]) -> None:
        """Show other rectangles; nothing is drawn when they are the same."""
        if tuple(bars) == self.shown:
            return
        self.shown = tuple(bars)
        self._node.visible = bool(bars)
        if bars:
            rects = np.array([rect for rect, _color in bars], np.float32)
            colors = np.array([color for _rect, color in bars], np.float32)
            self._node.set_corners(rects[:, CORNERS].reshape(-1, 2), np.repeat(colors, 6, axis=0))


def around(rect: Rect, outside: float, inside: float, color: Rgba) -> tuple[Bar, ...]:
    """Four bars around a rectangle, from so far outside of it to so far inside."""
    left, top, right, bottom = rect
    outer = (left - outside, top - outside, right + outside, bottom + outside)
    inner = (left + inside, top + inside, right - inside, bottom - inside)
    return (
        ((outer[0], outer[1], outer[2], inner[1]), color),
        ((outer[0], inner[3], outer[2], outer[3]), color),
        ((outer[0], inner[1], inner[0], inner[3]), color),
        ((inner[2], inner[1], outer[2], inner[3]), color),
    )
