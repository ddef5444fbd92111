"""How a script writes what matrix and map show: the state tells what that is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.recording.comparing import SaveMap, Shown
from napari_connectome.state.recording.regional import DrawMatrix, MatrixFile, SaveMatrix, ShownSide
from napari_connectome.state.values import ShownMatrix
from napari_connectome.widgets.compare_contents import movie_frame


def matrix_step(
    state: ExplorerState, shown: ShownMatrix, what: str
) -> Callable[[Path], MatrixFile]:
    """How a script writes ("csv") or draws the matrix that is shown, once it is known where to."""
    side: ShownSide = "matrix"
    if shown.made_of[0] is state.compared_matrix:
        side = "a" if state.compared_side == "a" else "difference"
    measure, order, log = shown.measure, shown.made_of[2], state.matrix_params.log
    of_model = state.model is not None
    if what == "csv":
        return lambda path: SaveMatrix(path, measure, order, side, of_model)
    return lambda path: DrawMatrix(path, measure, order, side, log)


def map_step(state: ExplorerState, view: str) -> Callable[[Path], SaveMap]:
    """How a script writes the values of the map that is shown."""
    shown: Shown = "answer" if state.compared is None else state.compared_side
    if movie_frame(state) is not None and state.frame is not None:
        shown = state.frame
    return partial(SaveMap, view=view, params=state.map_params, shown=shown)
