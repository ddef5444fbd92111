"""A picture on a canvas, drawn with as little as a graphics card must do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from vispy.gloo import Texture2D, VertexBuffer
from vispy.scene.visuals import create_visual_node
from vispy.visuals import Visual

from napari_connectome.widgets.flatmap.colors import Colored

Area = tuple[float, float, float, float]
"""Left, top, width and height in pixels of the picture."""
VERTEX = """
attribute vec2 a_position;
uniform vec2 u_size;
varying vec2 v_place;
void main() {
    gl_Position = $transform(vec4(a_position, 0.0, 1.0));
    v_place = a_position / u_size;
}
"""
FRAGMENT = """
uniform sampler2D u_texture;
varying vec2 v_place;
void main() {
    gl_FragColor = texture2D(u_texture, v_place);
}
"""
CORNERS = np.array([(0, 0), (1, 0), (1, 1), (0, 0), (1, 1), (0, 1)], dtype=np.float32)
"""Two triangles that make a square."""


class PixelsVisual(Visual):
    """Bytes as they are, each pixel a square of 1 × 1; row 0 at y = 0.

    vispy's own image applies limits, gamma and a colormap to every pixel of the screen,
    which costs several times as much where a processor stands in for a graphics card.
    """

    def __init__(self) -> None:
        super().__init__(vcode=VERTEX, fcode=FRAGMENT)
        self._texture = Texture2D(
            np.zeros((1, 1, 4), dtype=np.uint8), interpolation="nearest", wrapping="clamp_to_edge"
        )
        self._corners = VertexBuffer(CORNERS)
        self.shared_program["a_position"] = self._corners
        self.shared_program["u_texture"] = self._texture
        self.shared_program["u_size"] = (1.0, 1.0)
        self._draw_mode = "triangles"
        self.set_gl_state("translucent", depth_test=False, cull_face=False)
        self.freeze()

    def set_data(self, colored: Colored, areas: Sequence[Area] | None = None) -> None:
        """Show another picture.

        Parameters
        ----------
        colored : ndarray of uint8, shape (rows, columns, 4)
            Red, green, blue and opacity.
        areas : sequence of tuple of float, optional
            Parts that are drawn, where the rest is transparent; at least one.
        """
        rows, columns = colored.shape[:2]
        self._texture.set_data(colored)
        drawn = np.array([(0, 0, columns, rows)] if areas is None else areas, dtype=np.float32)
        places = drawn[:, None, :2] + CORNERS * drawn[:, None, 2:]
        self._corners.set_data(np.ascontiguousarray(places.reshape(-1, 2)))
        self.shared_program["u_size"] = (float(columns), float(rows))
        self.update()

    @staticmethod
    def _prepare_transforms(view: Any) -> None:
        view.view_program.vert["transform"] = view.get_transform()


Pixels = create_visual_node(PixelsVisual)
