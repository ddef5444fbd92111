"""Cross-validations that a person asks for; what there is of a stopped one is kept."""

from __future__ import annotations

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.validation.requests import assignment_of, requests_of
from napari_connectome.core.validation.result import ValidationResult
from napari_connectome.core.validation.run import CrossValidation
from napari_connectome.state.background import Background
from napari_connectome.state.comparison_results import Start
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import ValidationParams
from napari_connectome.state.recording.record import record
from napari_connectome.state.recording.scores import CrossValidate
from napari_connectome.state.runner import Runner
from napari_connectome.state.validation_values import Validated
from napari_connectome.state.values import Dataset

NO_DATA = (
    "There are no experiments to hold out: open the demo brain, or an Allen cache folder that "
    "holds experiment volumes."
)


class ValidationResults:
    """Runs cross-validations.

    Parameters
    ----------
    state : ExplorerState
        What is changed, on the thread that calls this object.
    runner : Runner
        Where tables are made.
    start : callable
        Starts what a person asks for.
    """

    def __init__(self, state: ExplorerState, runner: Runner, start: Start) -> None:
        self._state, self._start = state, start
        self._tables = Background(runner)

    @property
    def is_busy(self) -> bool:
        """Whether tables are in the making."""
        return self._tables.is_running

    def close(self) -> None:
        """Stop everything."""
        self._tables.stop()

    def forget(self) -> None:
        """Drop the result: the data are others."""
        self._tables.stop()
        self._state.validation = None

    def run(self) -> None:
        """Cross-validate what the parameters ask for."""
        state, dataset = self._state, self._state.dataset
        if dataset is None or dataset.experiments is None:
            state.error = NO_DATA
            return
        try:
            validation = validation_of(dataset, state.validation_params)
        except ModelError as error:
            state.error = str(error)
            return

        def told(text: str) -> None:
            state.notice = text

        params = state.validation_params

        def made(validated: Validated) -> None:
            record(state, CrossValidate(params, stopped=validated.result.partial))
            state.notice = None
            state.validation = validated

        def keep(result: ValidationResult | None) -> None:
            if result is not None and state.dataset is dataset:
                self._tables.start(_tables(result), "Tables of the scores", told, made)

        self._start(
            "validate",
            "Cross-validating",
            validation.job,
            keep,
            lambda: keep(validation.result()),
        )


def _tables(result: ValidationResult) -> Job[Validated]:
    yield Progress(0, 0, "Making tables of the scores")
    return Validated.of(result)


def validation_of(dataset: Dataset, params: ValidationParams) -> CrossValidation:
    """The cross-validation that parameters ask for.

    Raises
    ------
    ModelError
        When there is nothing to hold out, or a model, parameter or value is refused.
    """
    if dataset.experiments is None:
        raise ModelError(NO_DATA)
    return CrossValidation(
        dataset.experiments,
        dataset.atlas,
        requests_of(params.models, map(assignment_of, params.values)),
        folds=params.folds,
        seed=params.seed,
        power_to_predict=params.power_to_predict,
        n_jobs=params.n_jobs,
        provenance=dataset.provenance,
    )
