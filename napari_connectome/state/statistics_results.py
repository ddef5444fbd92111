"""Statistics of the weights and of the data, made when a view asks for them."""

from __future__ import annotations

from napari_connectome.core.analysis.connections import connections_of
from napari_connectome.core.analysis.data_summary import DivisionSummary, summary_of_experiments
from napari_connectome.core.analysis.region_centroids import region_centroids
from napari_connectome.core.analysis.weight_statistics import (
    WeightStatistics,
    weight_statistics_job,
)
from napari_connectome.core.atlas import Atlas
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.state.background import Background
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import StatisticsParams
from napari_connectome.state.recording.record import record
from napari_connectome.state.recording.regional import Statistics, Summarise
from napari_connectome.state.runner import Runner

STOPPED = "Stopped."


class StatisticsResults:
    """Makes statistics, and keeps those that were made of the present matrix.

    Parameters
    ----------
    state : ExplorerState
        What is changed, on the thread that calls this object.
    runner : Runner
        Where jobs run.
    """

    def __init__(self, state: ExplorerState, runner: Runner) -> None:
        self._state = state
        self._weights, self._data = Background(runner), Background(runner)
        self._made: dict[StatisticsParams, WeightStatistics] = {}
        state.events.matrix.connect(self.forget_weights)
        state.events.statistics_params.connect(self._on_params)

    @property
    def are_busy(self) -> bool:
        """Whether anything is in the making."""
        return self._weights.is_running or self._data.is_running

    @property
    def are_fitting(self) -> bool:
        """Whether statistics of the weights are in the making."""
        return self._weights.is_running

    @property
    def are_stopped(self) -> bool:
        """Whether a person has stopped them."""
        return self._state.no_statistics == STOPPED

    def close(self) -> None:
        """Stop everything."""
        self._state.events.matrix.disconnect(self.forget_weights)
        self._state.events.statistics_params.disconnect(self._on_params)
        self._weights.stop()
        self._data.stop()

    def forget_weights(self) -> None:
        """Drop the statistics: the matrix is another one."""
        self._weights.stop()
        self._made.clear()
        self._state.no_statistics = None
        self._state.statistics = None

    def forget_data(self) -> None:
        """Drop the summary: the data are others."""
        self._data.stop()
        self._state.no_data_summary = None
        self._state.data_summary = ()

    def stop(self) -> None:
        """Stop the statistics of the weights until they are wanted again, or others are."""
        if self.are_fitting:
            self._weights.stop()
            self._state.no_statistics = STOPPED

    def resume(self) -> None:
        """Make what was stopped after all."""
        if self.are_stopped:
            self._state.no_statistics = None
            self.need()

    def need(self) -> None:
        """Make what is asked for, unless it is there or in the making."""
        state, params = self._state, self._state.statistics_params
        matrix, dataset = state.matrix, state.dataset
        if matrix is None or state.statistics is not None or state.no_statistics is not None:
            return
        step = Statistics(params, placed=dataset is not None)
        if params in self._made:
            record(state, step)
            state.statistics = self._made[params]
            return

        def told(text: str) -> None:
            state.no_statistics = text

        def made(found: WeightStatistics) -> None:
            self._made[params] = found
            record(state, step)
            with state.together():
                state.no_statistics = None
                state.statistics = found

        told("Fitting distributions …")
        atlas = None if dataset is None else dataset.atlas
        job = statistics_job(matrix, params, atlas)
        self._weights.start(job, "Statistics of the weights", told, made)

    def need_data(self) -> None:
        """Summarise the experiments, unless that is done or being done."""
        state, dataset = self._state, self._state.dataset
        if dataset is None or state.data_summary or state.no_data_summary is not None:
            return

        def told(text: str) -> None:
            state.no_data_summary = text

        def made(found: tuple[DivisionSummary, ...]) -> None:
            record(state, Summarise())
            with state.together():
                state.no_data_summary = None
                state.data_summary = found

        if dataset.experiments is None:
            told("No experiments are open. Open the demo brain or a cache folder with volumes.")
            return
        told("Summarising the experiments …")
        job = _summary(dataset.experiments, dataset.atlas)
        self._data.start(job, "Summary of the data", told, made)

    def _on_params(self) -> None:
        self._weights.stop()
        with self._state.together():
            self._state.no_statistics = None
            self._state.statistics = None


def _summary(experiments: ExperimentSet, atlas: Atlas) -> Job[tuple[DivisionSummary, ...]]:
    """Nothing of it runs before it is asked for its first progress."""
    yield Progress(0, 0, "Summarising the experiments")
    return (yield from summary_of_experiments(experiments, atlas))


def statistics_job(
    matrix: RegionalMatrix, params: StatisticsParams, atlas: Atlas | None
) -> Job[WeightStatistics]:
    """Statistics of some connections; with an atlas that knows the regions, also by distance.

    Raises
    ------
    ModelError
        When there are too few connections, or all are alike.
    """
    yield Progress(0, 0, "Choosing connections")
    measure = matrix.measure_or_first(params.measure)
    chosen = connections_of(matrix, measure, params.side, params.within)
    distances = None
    if atlas is not None:
        yield Progress(0, 0, "Measuring distances")
        distances = region_centroids(atlas).distances_um(matrix)
    return (yield from weight_statistics_job(chosen, distances))
