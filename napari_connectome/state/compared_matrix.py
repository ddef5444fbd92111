"""The regional matrices of two models that are compared: A's, or A minus B."""

from __future__ import annotations

from napari_connectome.core.matrix_difference import are_alike, matrix_difference
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.state import jobs
from napari_connectome.state.background import Background
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.runner import Runner


class ComparedMatrix:
    """Writes the matrix that is shown in place of the present model's.

    Answers of one model have one matrix; only where A is a model of its own is there
    another one to show.

    Parameters
    ----------
    state : ExplorerState
        What is changed, on the thread that calls this object.
    runner : Runner
        Where the matrix is made.
    """

    def __init__(self, state: ExplorerState, runner: Runner) -> None:
        self._state = state
        self._background = Background(runner)
        self._known: tuple[FittedModel, RegionalMatrix] | None = None
        self._signals = (state.events.kept, state.events.compared_side, state.events.matrix)
        for signal in self._signals:
            signal.connect(self._update)

    @property
    def is_busy(self) -> bool:
        """Whether A's matrix is in the making."""
        return self._background.is_running

    def close(self) -> None:
        """Stop everything."""
        for signal in self._signals:
            signal.disconnect(self._update)
        self._background.stop()

    def _update(self) -> None:
        state = self._state
        self._background.stop()
        kept, matrix = state.kept, state.matrix
        model = None if kept is None else kept.model
        if model is None:
            self._known = None
        if model is None or matrix is None or state.compared_side == "b":
            state.compared_matrix = None
        elif self._known is None or self._known[0] is not model:
            self._make(model)
        else:
            self._show(self._known[1], matrix)

    def _make(self, model: FittedModel) -> None:
        state = self._state

        def told(text: str) -> None:
            state.notice = f"Matrix of A: {text}"

        def made(matrix: RegionalMatrix) -> None:
            self._known = (model, matrix)
            state.notice = None
            self._update()

        self._background.start(jobs.regional(model), "Regional matrix of A", told, made)

    def _show(self, first: RegionalMatrix, second: RegionalMatrix) -> None:
        state = self._state
        if not are_alike(first, second):
            state.compared_matrix = None
            state.notice = (
                "The matrix stays as it is: A has other regions, or other voxels in them, so that "
                "the two cannot be laid over each other."
            )
        elif state.compared_side == "a":
            state.compared_matrix = first
        else:
            state.compared_matrix = matrix_difference(first, second)
