"""What the flatmap and the matrix view need, made when they ask for it."""

from __future__ import annotations

from napari_connectome.core.progress import run_to_end
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.state import jobs
from napari_connectome.state.background import Background
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.recording.record import record
from napari_connectome.state.recording.regional import MakeMatrix
from napari_connectome.state.runner import Runner
from napari_connectome.state.values import BrainMap, ShownMatrix


class ViewResults:
    """Writes the results that only some views need, so that nobody waits for the others.

    Parameters
    ----------
    state : ExplorerState
        What is changed, on the thread that calls this object.
    runner : Runner
        Where jobs run.
    """

    def __init__(self, state: ExplorerState, runner: Runner) -> None:
        self._state = state
        self._maps = Background(runner)
        self._matrix = Background(runner)
        self._order = Background(runner)
        state.events.matrix.connect(self._arrange)
        state.events.compared_matrix.connect(self._arrange)
        state.events.matrix_params.connect(self._arrange)

    @property
    def are_busy(self) -> bool:
        """Whether anything is in the making."""
        return any(job.is_running for job in (self._maps, self._matrix, self._order))

    def close(self) -> None:
        """Stop everything."""
        self._state.events.matrix.disconnect(self._arrange)
        self._state.events.compared_matrix.disconnect(self._arrange)
        self._state.events.matrix_params.disconnect(self._arrange)
        for background in (self._maps, self._matrix, self._order):
            background.stop()

    def forget_maps(self) -> None:
        """Drop the maps: the brain is another one."""
        self._maps.stop()
        self._state.no_maps = None
        self._state.maps = ()

    def forget_matrix(self) -> None:
        """Drop the matrix: the model is another one."""
        self._matrix.stop()
        self._state.no_matrix = None
        self._state.matrix = None

    def show_matrix(self, matrix: RegionalMatrix) -> None:
        """Show a matrix in place of the model's, in a measure that it has."""
        state = self._state
        self._matrix.stop()
        with state.together():
            if state.matrix_params.measure not in matrix.measures:
                update = {"measure": matrix.measures[0]}
                state.matrix_params = state.matrix_params.model_copy(update=update)
            state.no_matrix = None
            state.matrix = matrix

    def need_maps(self) -> None:
        """Make the maps of the cortex, unless they are there or in the making."""
        state, dataset = self._state, self._state.dataset
        if dataset is None or state.maps or state.no_maps is not None:
            return

        def told(text: str) -> None:
            state.no_maps = text

        def made(maps: tuple[BrainMap, ...]) -> None:
            with state.together():
                state.no_maps = None
                state.maps = maps

        told("Making the maps of the cortex …")
        self._maps.start(jobs.brain_maps(dataset), "Maps of the cortex", told, made)

    def need_matrix(self) -> None:
        """Make the regional matrix of the model, unless it is there or in the making."""
        state, model = self._state, self._state.model
        if model is None or state.matrix is not None or state.no_matrix is not None:
            return

        def told(text: str) -> None:
            state.no_matrix = text

        def made(matrix: RegionalMatrix) -> None:
            record(state, MakeMatrix())
            with state.together():
                state.no_matrix = None
                state.matrix = matrix

        told("Making the regional matrix …")
        self._matrix.start(jobs.regional(model), "Regional matrix", told, made)

    def _arrange(self) -> None:
        """Order the matrix as it is asked for; what is shown stays until that is done."""
        state = self._state
        present, params = state.matrix, state.matrix_params
        self._order.stop()
        if present is None:
            state.shown_matrix = None
            return
        matrix = present if state.compared_matrix is None else state.compared_matrix
        measure = matrix.measure_or_first(params.measure)
        shown = state.shown_matrix
        if shown is not None and shown.made_of == (matrix, measure, params.order):
            return

        def ordered(result: ShownMatrix) -> None:
            state.shown_matrix = result

        job = jobs.arrange(matrix, measure, params.order, like=present)
        if params.order == "ontology":
            ordered(run_to_end(job))
        else:
            self._order.start(job, "Order of the matrix", self._tell, ordered)

    def _tell(self, text: str) -> None:
        self._state.notice = text
