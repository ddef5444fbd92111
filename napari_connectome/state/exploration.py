"""An exploration: what was asked of which data, in a form that can be saved and reopened."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, FiniteFloat, StringConstraints

from napari_connectome.core.completion.methods import method_of
from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.catalog import CATALOG, entry_of
from napari_connectome.core.models.fitted import Direction
from napari_connectome.core.sources import Source
from napari_connectome.data.source_files import NamedSource
from napari_connectome.state.evidence_values import SupportKind
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import (
    CompletionParams,
    DatasetParams,
    DrawingParams,
    FitParams,
    MapParams,
    MatrixParams,
    Params,
    Selection,
    StatisticsParams,
    ValidationParams,
)

PlacePoint = tuple[FiniteFloat, FiniteFloat, FiniteFloat]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class DataReference(Params):
    """Which data an exploration is about.

    ``params`` are those of the loading, with the folder; ``relative`` is the folder as seen from
    the exploration's file; ``sha256`` are digests of the files that define the data.
    """

    params: DatasetParams = DatasetParams()
    relative: str | None = None
    sha256: dict[str, Digest] = Field(default_factory=dict)


class ModelReference(Params):
    """Which model an exploration asks.

    ``params`` are what was fitted. ``file`` is where it was saved, None when it was not;
    ``relative`` is that file as seen from the exploration's, and ``fingerprint`` tells whether
    it is still the same model.
    """

    params: FitParams
    file: Path | None = None
    relative: str | None = None
    fingerprint: Digest | None = None


class ViewParams(Params):
    """How the window stood: slices and camera in µm, and the views that were open."""

    ndisplay: Literal[2, 3] = 2
    order: tuple[int, int, int] = (0, 1, 2)
    point_um: PlacePoint
    center_um: PlacePoint
    zoom: float = Field(gt=0.0, allow_inf_nan=False)
    angles_deg: PlacePoint = (0.0, 0.0, 0.0)
    open_views: tuple[str, ...] = ()


class Asked(Params):
    """Everything else that a person has chosen; fields are those of the state."""

    fit_params: FitParams = FitParams()
    direction: Direction = "anterograde"
    selection: Selection = Selection()
    only_selected: bool = False
    picking: bool = True
    log_scale: bool = False
    lock_limits: bool = False
    limits: tuple[FiniteFloat, FiniteFloat] = (0.0, 1.0)
    map_params: MapParams = MapParams()
    matrix_params: MatrixParams = MatrixParams()
    drawing_params: DrawingParams = DrawingParams()
    bregma_um: PlacePoint | None = None
    statistics_params: StatisticsParams = StatisticsParams()
    validation_params: ValidationParams = ValidationParams()
    completion_params: CompletionParams = CompletionParams()
    support_shown: SupportKind = "off"
    experiment: int | None = None
    hypothetical: tuple[PlacePoint, ...] = ()

    @classmethod
    def of(cls, state: ExplorerState) -> Self:
        """What a state holds."""
        return cls(**{name: getattr(state, name) for name in cls.model_fields})

    def check(self, fitted: FitParams | None) -> None:
        """Refuse choices that no form of this program could show.

        Raises
        ------
        ModelError
            When a model, a method or a parameter is unknown, or a value is refused.
        """
        method_of(self.completion_params.method).values(self.completion_params.values)
        # A model that was opened from a file need not be one that can be fitted.
        if self.fit_params != fitted:
            entry_of(self.fit_params.model).values(self.fit_params.values)

    def put_into(self, state: ExplorerState) -> None:
        """Ask all of it again, where the open brain knows what it is about."""
        known = _known_structures(state)
        selection = self.selection
        if not set(selection.ids) <= known:
            selection = Selection(ids=tuple(i for i in selection.ids if i in known))
        within = tuple(i for i in self.statistics_params.within if i in known)
        fitting: dict[str, Any] = {
            "selection": selection,
            "statistics_params": self.statistics_params.model_copy(update={"within": within}),
            "experiment": self.experiment if self.experiment in _known_experiments(state) else None,
        }
        for name in type(self).model_fields:
            setattr(state, name, fitting.get(name, getattr(self, name)))


@dataclass(frozen=True, eq=False)
class Exploration:
    """What was asked of which data.

    Parameters
    ----------
    data : DataReference or None
        None when the model's file is all that there is.
    model : ModelReference or None
        None when no model was fitted.
    source : Source or None
        The place that was asked about.
    named_sources : tuple of NamedSource
        Those that were kept.
    asked : Asked
        Everything else that was chosen.
    view : ViewParams or None
        How the window stood.
    """

    data: DataReference | None
    model: ModelReference | None
    source: Source | None = None
    named_sources: tuple[NamedSource, ...] = ()
    asked: Asked = field(default_factory=Asked)
    view: ViewParams | None = None


def exploration_of(state: ExplorerState, view: ViewParams | None = None) -> Exploration:
    """The exploration that a state shows, for saving.

    Raises
    ------
    ModelError
        When there is nothing to save, or the model could not be had again.
    """
    dataset = state.dataset
    if dataset is None:
        raise ModelError("There is no exploration to save yet: open data or a model first.")
    of_a_file = dataset.folder == state.model_file
    data = None
    if not of_a_file:
        # A folder that gets files of another resolution would else be opened at that one.
        resolution_um = round(dataset.atlas.resolution_um)
        params = (state.dataset_params or DatasetParams()).model_copy(
            update={"resolution_um": resolution_um}
        )
        data = DataReference(params=params, sha256=dict(dataset.provenance.get("sha256", {})))
    return Exploration(
        data=data,
        model=_model_reference(state),
        source=state.source,
        named_sources=state.named_sources,
        asked=Asked.of(state),
        view=view,
    )


def _model_reference(state: ExplorerState) -> ModelReference | None:
    dataset, model = state.dataset, state.model
    if dataset is None or model is None or state.model_params is None:
        return None
    can_be_fitted = dataset.experiments is not None and state.model_params.model in CATALOG
    file = state.model_file if state.model_file and state.model_file.is_file() else None
    if file is None and not can_be_fitted:
        raise ModelError(
            "The model cannot be fitted again from the open data: save it to a file first, so that "
            "the exploration can refer to it."
        )
    return ModelReference(params=state.model_params, file=file)


def _known_structures(state: ExplorerState) -> set[int]:
    return set() if state.dataset is None else {s.id for s in state.dataset.atlas.tree}


def _known_experiments(state: ExplorerState) -> set[int | None]:
    return set() if state.dataset is None else {record.id for record in state.dataset.records}
