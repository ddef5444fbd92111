"""Intent: what a person asked for. It serialises to JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


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
