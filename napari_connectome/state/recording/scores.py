"""Cross-validations and their files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from napari_connectome.state.params import ValidationParams
from napari_connectome.state.recording.python import called, literal
from napari_connectome.state.recording.steps import FileStep, Name, Step


@dataclass(frozen=True)
class CrossValidate(Step):
    """A cross-validation.

    Parameters
    ----------
    params : ValidationParams
        Of what.
    stopped : bool
        Whether it was stopped before its end.
    """

    params: ValidationParams
    stopped: bool = False
    makes = frozenset[Name]({"scores"})

    @property
    def needs(self) -> frozenset[Name]:
        """The data."""
        return frozenset({"brain"})

    @property
    def comment(self) -> str:
        """What it does; one that was stopped is done whole."""
        folds = self.params.folds
        said = "leaving out one experiment at a time" if folds == "loo" else f"in {folds} folds"
        rest = " It was stopped before its end; here it is done whole." if self.stopped else ""
        return f"Cross-validate models, {said}.{rest}"

    def lines(self) -> list[str]:
        """Parameters that are as always are left out."""
        usual = ValidationParams()
        changed = {
            name: literal(value)
            for name, value in self.params.model_dump(exclude={"models"}).items()
            if value != getattr(usual, name)
        }
        models = literal(self.params.models)
        return called("nc.cross_validate", "brain", models, into="scores", **changed)


@dataclass(frozen=True)
class SaveScores(FileStep):
    """Scores as a table, or everything as a record.

    Parameters
    ----------
    what : {"csv", "json"}
        Which.
    """

    what: Literal["csv", "json"]

    @property
    def needs(self) -> frozenset[Name]:
        """The cross-validation."""
        return frozenset({"scores"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "Save the scores." if self.what == "csv" else "Save all of the cross-validation."

    def lines_to(self, target: str) -> list[str]:
        """One call."""
        writer = "nc.write_scores" if self.what == "csv" else "nc.write_result"
        return called(writer, target, "scores")
