"""Intent: what a person asked for. It serialises to JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_serializer

from napari_connectome.core.completion.patterns import Pattern
from napari_connectome.core.flatmap import Aggregate
from napari_connectome.core.measures import Measure
from napari_connectome.core.regional_order import Order
from napari_connectome.core.sides import Side
from napari_connectome.core.sources import Scale


class Params(BaseModel):
    """Base of all requests: frozen, and strangers among the fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DatasetParams(Params):
    """Which data to open.

    ``path`` None means the demo brain. ``resolution_um`` None takes what the folder has.
    """

    path: Path | None = None
    resolution_um: int | None = None
    data_mask_tolerance: float = Field(default=0.5, ge=0.0, le=1.0)
    min_contained: float = Field(default=0.0, ge=0.0, le=1.0)

    @property
    def title(self) -> str:
        """Short text for lists and titles."""
        return "Demo brain" if self.path is None else self.path.name


class FitParams(Params):
    """Which model to fit, with the parameters of the catalog."""

    model: str = "voxel"
    values: dict[str, Any] = Field(default_factory=dict)


class Connection(Params):
    """A cell of the regional matrix."""

    source_id: int
    target_id: int
    side: Side


class Selection(Params):
    """What is selected, the same in every view.

    ``ids`` are structures in the order in which they were chosen. A selected ``connection``
    selects its two regions as well.
    """

    ids: tuple[int, ...] = ()
    connection: Connection | None = None

    @classmethod
    def of_connection(cls, source_id: int, target_id: int, side: Side) -> Selection:
        """A connection with its regions."""
        ids = tuple(dict.fromkeys((source_id, target_id)))
        connection = Connection(source_id=source_id, target_id=target_id, side=side)
        return cls(ids=ids, connection=connection)

    def toggled(self, structure_id: int) -> Selection:
        """The selection with a structure added, or taken out when it was in it."""
        kept = tuple(i for i in self.ids if i != structure_id)
        return Selection(ids=kept if len(kept) < len(self.ids) else (*self.ids, structure_id))


class MapParams(Params):
    """How the cortex is shown as a map. Depths run from 0 (pia) to 1 (white matter)."""

    view: str = "dorsal"
    aggregate: Aggregate = "mean"
    depth: tuple[float, float] = (0.0, 1.0)
    pick_depth: float = Field(default=0.5, ge=0.0, le=1.0)
    linked_limits: bool = True


class MatrixParams(Params):
    """How the regional matrix is shown."""

    measure: Measure = "normalized_connection_density"
    order: Order = "ontology"
    log: bool = True


class StatisticsParams(Params):
    """Which connections the statistics of weights are about.

    ``within`` are structures that source and target both lie in; none stands for the whole brain.
    """

    within: tuple[int, ...] = ()
    side: Side = "ipsi"
    measure: Measure = "normalized_connection_density"


class ValidationParams(Params):
    """What to cross-validate.

    ``values`` are written ``MODEL.NAME=VALUE,...``; of several values every fold chooses one.
    """

    models: tuple[str, ...] = ("voxel", "homogeneous")
    values: tuple[str, ...] = ()
    folds: Literal["loo"] | int = "loo"
    seed: int = 0
    power_to_predict: bool = True
    n_jobs: int = 1


CompletedMatrix = Literal["model", "experiments", "file"]
"""What is completed: the model's regional matrix, experiments × regions, or a table."""


PaintedCell = tuple[int, int, Side]
"""Source, target, and the target's side."""
MissingPattern = Pattern | Literal["painted"]
"""What is taken to be missing; painted: those cells of the regional matrix."""


class CompletionParams(Params):
    """What to complete, what of it is observed, and how.

    ``painted`` are the cells (source, target, side) that a person marked in the matrix view.
    """

    matrix: CompletedMatrix = "model"
    path: Path | None = None
    pattern: MissingPattern = "random"
    painted: frozenset[PaintedCell] = frozenset()
    fraction: float = Field(default=0.5, ge=0.0, le=1.0)
    seed: int = 0
    method: str = "nuclear-norm"
    values: dict[str, Any] = Field(default_factory=dict)

    @field_serializer("painted")
    def _in_order(self, cells: frozenset[PaintedCell]) -> list[PaintedCell]:
        """The same cells give the same file."""
        return sorted(cells)


DrawnSide = Literal["drawn", "mirrored", "both"]
"""Where a drawing is asked about: where it is, in the other hemisphere, or in both."""


class DrawingParams(Params):
    """How a drawing becomes a source. A flat shape is extruded to `depth_um` in all."""

    scale: Scale = "unit-sum"
    side: DrawnSide = "drawn"
    depth_um: float = Field(default=500.0, gt=0.0)
