"""What happens when: the only writer of results."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from napari_connectome.core.errors import ConnectomeError
from napari_connectome.core.models.catalog import CATALOG
from napari_connectome.core.models.fitted import Direction, FittedModel, Prediction
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.sources import Source
from napari_connectome.state import jobs
from napari_connectome.state.background import Background
from napari_connectome.state.compared_matrix import ComparedMatrix
from napari_connectome.state.comparison_results import ComparisonResults
from napari_connectome.state.completion_results import CompletionResults
from napari_connectome.state.download_results import DownloadResults
from napari_connectome.state.evidence_results import EvidenceResults
from napari_connectome.state.exploration_results import ExplorationResults, Install
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.movie_results import MovieResults
from napari_connectome.state.params import DatasetParams, FitParams, Selection
from napari_connectome.state.predictor import Predictor
from napari_connectome.state.recording.asking import Ask, SaveVolume
from napari_connectome.state.recording.opening import FitModel, OpenBrain, OpenModel, SaveModel
from napari_connectome.state.recording.record import record
from napari_connectome.state.recording.regional import OpenMatrix
from napari_connectome.state.recording.steps import FileStep
from napari_connectome.state.runner import Handle, Runner
from napari_connectome.state.site_results import SiteResults
from napari_connectome.state.statistics_results import StatisticsResults
from napari_connectome.state.stopped_fits import checkpoint_of
from napari_connectome.state.validation_results import ValidationResults
from napari_connectome.state.values import Dataset, JobStatus
from napari_connectome.state.view_results import ViewResults

log = logging.getLogger(__name__)


@dataclass
class _Running:
    """The one load or fit in progress."""

    kind: str
    title: str
    started: float
    handle: Handle | None = None


class Controller:
    """Loads, fits and predicts on request, and keeps the state consistent.

    One load or fit runs at a time: a second request is refused with a notice.
    A failed or cancelled job leaves everything as it was. A new dataset clears
    the model and the prediction; a new model asks again for the present source.

    Parameters
    ----------
    state : ExplorerState
        What is changed, on the thread that calls this object.
    runner : Runner
        Where jobs run.

    Attributes
    ----------
    views : ViewResults
        Makes what flatmap and matrix show, when they ask for it.
    evidence : EvidenceResults
        Makes what tells how far to trust answers.
    comparison : ComparisonResults
        Keeps answers, compares, and holds experiments out.
    compared_matrix : ComparedMatrix
        Makes the matrix that is shown while two models are compared.
    movies : MovieResults
        Makes movies.
    sites : SiteResults
        Ranks places for further injections.
    statistics : StatisticsResults
        Makes statistics of weights and data.
    validation : ValidationResults
        Cross-validates models.
    completion : CompletionResults
        Completes matrices.
    downloads : DownloadResults
        Downloads data.
    explorations : ExplorationResults
        Saves and reopens explorations.
    """

    def __init__(self, state: ExplorerState, runner: Runner) -> None:
        self.state = state
        self._runner = runner
        self._running: _Running | None = None
        self._predictor = Predictor(runner, self._on_prediction, self._on_prediction_error)
        self._asked: tuple[Any, ...] = ()
        self.views = ViewResults(state, runner)
        self.evidence = EvidenceResults(state, runner)
        self.comparison = ComparisonResults(state, runner, self._start)
        self.compared_matrix = ComparedMatrix(state, runner)
        self.movies = MovieResults(state, self._start)
        self.sites = SiteResults(state, runner, self._start, self.evidence)
        self.statistics = StatisticsResults(state, runner)
        self.validation = ValidationResults(state, runner, self._start)
        self.completion = CompletionResults(
            state, self._start, self.views.show_matrix, self._install_completed
        )
        self.downloads = DownloadResults(state, self._start)
        install = Install(self._install_dataset, self._install_model)
        self.explorations = ExplorationResults(state, self._start, install)
        state.events.source.connect(self._ask)
        state.events.direction.connect(self._ask)

    def load(self, params: DatasetParams, *, then_fit: bool = False) -> None:
        """Open data; optionally fit the form's model as soon as it is there."""

        def done(dataset: Dataset) -> None:
            record(self.state, OpenBrain(params))
            fits = then_fit and dataset.experiments is not None
            self._install_dataset(params, dataset, then=self.fit if fits else None)

        self._start("load", f"Opening {params.title}", lambda: jobs.load(params), done)

    def save_model(self, path: Path) -> None:
        """Save the fitted model; an older file of that name is replaced when it is complete."""
        model = self.state.model
        if model is None:
            self.state.error = "There is no model to save yet: fit one first."
            return

        def note() -> None:
            record(self.state, SaveModel(path))
            if self.state.model is model:
                self.state.model_file = path

        self._save(path, lambda: jobs.save(model, path), note)

    def save_volume(self, path: Path) -> None:
        """Save the present prediction as an NRRD volume."""
        prediction = self.state.prediction
        if prediction is None:
            self.state.error = "There is no prediction to save yet: click a source first."
            return
        self.save(SaveVolume(path), lambda: jobs.save_volume(prediction, path))

    def save(self, step: FileStep, make_job: Callable[[], Job[Path]]) -> None:
        """Run a job that writes a file.

        Parameters
        ----------
        step : FileStep
            How a script writes the same file.
        make_job : callable
            Makes the job; it returns where the file is.
        """
        self._save(step.path, make_job, lambda: record(self.state, step))

    def save_text(self, path: Path, text: str) -> None:
        """Save a script or a notebook, which is itself no step of one."""
        self._save(path, lambda: jobs.save_text(path, text), lambda: None)

    def _save(
        self, path: Path, make_job: Callable[[], Job[Path]], note: Callable[[], None]
    ) -> None:
        def done(saved: Path) -> None:
            note()
            self._say(f"Saved to {saved}.")

        self._start("save", f"Saving {path.name}", make_job, done)

    def read(
        self, path: Path, make_job: Callable[[], Job[Any]], done: Callable[[Any], None]
    ) -> None:
        """Run a job that reads a file, and hand its result over."""
        self._start("load", f"Opening {path.name}", make_job, done)

    def open_model(self, path: Path) -> None:
        """Open a saved model together with the atlas inside it."""

        def done(opened: tuple[Dataset, FittedModel]) -> None:
            dataset, model = opened
            record(self.state, OpenModel(path))
            self._install_dataset(DatasetParams(path=dataset.folder), dataset)
            params = FitParams(model=model.model, values=dict(model.parameters))
            if params.model in CATALOG:
                self.state.fit_params = params
            self._install_model(params, model)
            self.state.model_file = dataset.folder

        self._start("load", f"Opening {path.name}", lambda: jobs.open_model(path), done)

    def open_matrix(self, path: Path) -> None:
        """Show a regional matrix from a file in place of the model's."""
        dataset = self.state.dataset

        def done(matrix: RegionalMatrix) -> None:
            record(self.state, OpenMatrix(path, named=dataset is not None))
            self.views.show_matrix(matrix)

        self._start("load", f"Opening {path.name}", lambda: jobs.open_matrix(path, dataset), done)

    def ask(self, source: Source | None, direction: Direction) -> None:
        """Ask where a place projects to, or what projects onto it."""
        with self.state.together():
            self.state.direction = direction
            self.state.source = source

    def fit(self, *, resume: bool = False) -> None:
        """Fit the model that the form asks for to the loaded data, anew or where it was stopped."""
        dataset = self.state.dataset
        if dataset is None or dataset.experiments is None:
            self.state.error = (
                "There is nothing to fit yet: open the demo brain, or an Allen cache folder "
                "that holds experiment volumes."
            )
            return
        params = self.state.fit_params
        checkpoint = checkpoint_of(self.state, resume=resume)

        def done(model: FittedModel) -> None:
            record(self.state, FitModel(params))
            self._install_model(params, model)

        self._start("fit", "Fitting the model", lambda: jobs.fit(dataset, params, checkpoint), done)

    def background(self) -> Background:
        """A place for what only one view waits for, such as the drawing of a figure."""
        return Background(self._runner)

    def cancel(self) -> None:
        """Stop the running load or fit; nothing changes."""
        if self._running is not None and self._running.handle is not None:
            self._running.handle.cancel()

    def close(self) -> None:
        """Stop everything; answers that still come are dropped."""
        self.state.events.source.disconnect(self._ask)
        self.state.events.direction.disconnect(self._ask)
        self._predictor.close()
        for results in (
            self.views,
            self.evidence,
            self.comparison,
            self.compared_matrix,
            self.movies,
            self.sites,
            self.statistics,
            self.validation,
            self.completion,
        ):
            results.close()
        self.cancel()

    def _start(
        self,
        kind: str,
        title: str,
        make_job: Callable[[], Job[Any]],
        done: Callable[[Any], None],
        stopped: Callable[[], None] = lambda: None,
    ) -> None:
        if self._running is not None:
            self.state.notice = (
                f"{self._running.title} is still running. Wait for it or cancel it first."
            )
            return
        running = _Running(kind, title, time.monotonic())
        self._running = running
        self.state.error = None
        self.state.notice = None
        self._on_progress(running, Progress(0, 0, title))

        def finish(apply: Callable[[], None], then: Callable[[], None] = lambda: None) -> None:
            self._running = None
            self.state.job = None
            apply()
            then()

        running.handle = self._runner.start(
            make_job(),
            title=title,
            on_progress=lambda progress: self._on_progress(running, progress),
            on_result=lambda result: finish(lambda: done(result)),
            on_error=lambda error: finish(lambda: self._on_error(title, error), stopped),
            on_cancelled=lambda: finish(lambda: self._say(f"{title}: cancelled."), stopped),
        )

    def _on_progress(self, running: _Running, progress: Progress) -> None:
        elapsed_s = time.monotonic() - running.started
        self.state.job = JobStatus(running.kind, running.title, progress, elapsed_s)

    def _on_error(self, title: str, error: Exception) -> None:
        if isinstance(error, ConnectomeError):
            self.state.error = str(error)
        else:
            log.error("%s failed", title, exc_info=error)
            self.state.error = f"{title} failed unexpectedly: {type(error).__name__}: {error}"

    def _say(self, text: str) -> None:
        self.state.notice = text

    def _install_dataset(
        self,
        params: DatasetParams,
        dataset: Dataset,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Replace the data; `then` starts before views hear of it: drawing takes its time."""
        self._forget()
        with self.state.together():
            self.views.forget_maps()
            self.views.forget_matrix()
            self.movies.forget()
            self.sites.forget()
            self.evidence.forget_data()
            self.statistics.forget_data()
            self.validation.forget()
            self.completion.forget()
            self.comparison.forget()
            self.state.factor_pair = None
            self.state.prediction = None
            self.state.model = None
            self.state.model_params = None
            self.state.model_file = None
            self.state.source = None
            self.state.selection = Selection()
            self.state.dataset_params = params
            self.state.dataset = dataset
            if then is not None:
                then()

    def _install_model(self, params: FitParams, model: FittedModel) -> None:
        self._forget()
        with self.state.together():
            self.views.forget_matrix()
            self.movies.forget()
            self.sites.forget()
            self.evidence.forget_model()
            self.state.factor_pair = None
            self.state.model_params = params
            self.state.model_file = None
            self.state.model = model
        self._ask()

    def _install_completed(self, model: FittedModel) -> None:
        """A model that no form fits: the form stays as it is."""
        params = FitParams(model=model.model, values=dict(model.parameters))
        self._install_model(params, model)

    def _ask(self) -> None:
        """Ask the model about the present source, once for each question."""
        state = self.state
        question = (state.model, state.source, state.direction)
        if question == self._asked:
            return
        self._asked = question
        if state.model is None or state.source is None:
            self._predictor.forget()
            state.prediction = None
        else:
            self._predictor.request(
                state.model, state.source, state.direction, log_scale=state.log_scale
            )

    def _forget(self) -> None:
        self._predictor.forget()
        self._asked = ()

    def _on_prediction(self, prediction: Prediction) -> None:
        self.state.error = None
        record(self.state, Ask.of(prediction))
        self.state.prediction = prediction

    def _on_prediction_error(self, error: Exception) -> None:
        self._on_error("The prediction", error)
