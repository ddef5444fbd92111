"""Completed matrices and their files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from napari_connectome.core.completion.methods import method_of
from napari_connectome.core.measures import Measure
from napari_connectome.state.params import CompletionParams
from napari_connectome.state.recording.python import called, literal
from napari_connectome.state.recording.steps import FileStep, Name, Step

Found = Literal["completed", "series", "curve"]


@dataclass(frozen=True)
class Complete(Step):
    """Base of what is done with an incomplete table.

    Parameters
    ----------
    params : CompletionParams
        Which table, what of it is observed, and how it is completed.
    measure : Measure
        Of the regional matrix, where that is the table.
    of_known : bool
        Whether that is the matrix of which the one that is shown is the completion.
    named : bool
        Whether names in a file are regions of the open brain.
    """

    params: CompletionParams
    measure: Measure
    of_known: bool = False
    named: bool = False

    @property
    def matrix(self) -> Name:
        """The variable of the regional matrix."""
        return "known_matrix" if self.of_known else "matrix"

    @property
    def needs(self) -> frozenset[Name]:
        """What the table is made of."""
        needed: dict[str, frozenset[Name]] = {
            "model": frozenset({self.matrix}),
            "experiments": frozenset({"brain"}),
            "file": frozenset({"brain"} if self.named else ()),
        }
        return needed[self.params.matrix]

    def table(self) -> list[str]:
        """Lines that make the table."""
        params = self.params
        if params.matrix == "file":
            return called("nc.read_labelled", literal(params.path), into="table")
        if params.matrix == "experiments":
            return called("nc.experiments_table", "brain", into="table")
        return called("nc.matrix_table", self.matrix, literal(self.measure), into="table")

    def regions(self) -> dict[str, str]:
        """Arguments that say what its rows and columns are."""
        if self.params.matrix == "model":
            return {"matrix": self.matrix}
        return {"brain": "brain"} if self.params.matrix == "file" and self.named else {}

    def method(self, *without: str) -> dict[str, str]:
        """Arguments that are not as always."""
        usual = CompletionParams()
        changed = {
            name: literal(getattr(self.params, name))
            for name in ("pattern", "fraction", "seed", "method")
            if name not in without and getattr(self.params, name) != getattr(usual, name)
        }
        if self.params.pattern == "painted" and "pattern" not in without:
            changed["painted"] = literal(sorted(self.params.painted))
        return changed | {name: literal(value) for name, value in self.params.values.items()}


@dataclass(frozen=True)
class CompleteTable(Complete):
    """A table whose hidden entries were found again."""

    makes = frozenset[Name]({"completed"})

    @property
    def comment(self) -> str:
        """What is observed, and how it is completed."""
        title = method_of(self.params.method).title
        return f"Hide entries of a table, and find them again from the others: {title}."

    def lines(self) -> list[str]:
        """The table, then the answer."""
        options = self.regions() | self.method()
        done = called("nc.complete_table", "table", into="completed", **options)
        return [*self.table(), *done]


@dataclass(frozen=True)
class CompleteSeries(Complete):
    """A table that was completed with more and more of it removed."""

    makes = frozenset[Name]({"series"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "Complete a table with 90, 80 and 50 % of it removed at random."

    def lines(self) -> list[str]:
        """The table, then the answers."""
        options = self.method("pattern", "fraction")
        return [*self.table(), *called("nc.complete_series", "table", into="series", **options)]


@dataclass(frozen=True)
class DrawCurve(Complete):
    """The error of completion by observed fraction.

    Parameters
    ----------
    whole : bool
        Whether it is the fine one, or a preview.
    """

    whole: bool = False
    makes = frozenset[Name]({"curve"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "How many entries would have been enough? Complete with more and more of them."

    def lines(self) -> list[str]:
        """The table, then the curve."""
        function = "nc.whole_curve" if self.whole else "nc.preview_curve"
        return [*self.table(), *called(function, "table", into="curve")]


@dataclass(frozen=True)
class ShowCompleted(Step):
    """The completed matrix in place of the one that is shown; what it was made of is kept."""

    makes = frozenset[Name]({"matrix", "known_matrix"})

    @property
    def needs(self) -> frozenset[Name]:
        """The answer."""
        return frozenset({"completed"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "Go on with the completed matrix."

    def lines(self) -> list[str]:
        """Both matrices."""
        return ["known_matrix = completed.made_of", "matrix = completed.regional"]


@dataclass(frozen=True)
class UseCompleted(Step):
    """The completed matrix as the present model."""

    makes = frozenset[Name]({"model"})

    @property
    def needs(self) -> frozenset[Name]:
        """The answer, and the brain that it lives in."""
        return frozenset({"completed", "brain"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "Ask the completed matrix like a model: spread evenly over the voxels of regions."

    def lines(self) -> list[str]:
        """One call."""
        return called("nc.completed_model", "brain", "completed", into="model")


@dataclass(frozen=True)
class SaveCompleted(FileStep):
    """A completed table, or a curve, as a table.

    Parameters
    ----------
    found : {"completed", "series", "curve"}
        What is saved; of several completions it is that with the least removed.
    """

    found: Found

    @property
    def needs(self) -> frozenset[Name]:
        """What is saved."""
        return frozenset({self.found})

    @property
    def comment(self) -> str:
        """What it does."""
        return "Save the curve." if self.found == "curve" else "Save the completed table."

    def lines_to(self, target: str) -> list[str]:
        """One call."""
        if self.found == "curve":
            return called("nc.write_curve", target, "curve")
        one = "series[-1]" if self.found == "series" else "completed"
        return called("nc.write_completed", target, one)
