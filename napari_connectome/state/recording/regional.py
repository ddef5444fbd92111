"""Regional matrices, and statistics of weights and data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from napari_connectome.core.measures import Measure
from napari_connectome.core.regional_order import Order
from napari_connectome.state.params import StatisticsParams
from napari_connectome.state.recording.python import called, literal
from napari_connectome.state.recording.steps import FileStep, Name, Step

ShownSide = Literal["matrix", "a", "difference"]
"""The matrix itself, or what is shown while two models are compared."""


@dataclass(frozen=True)
class MakeMatrix(Step):
    """The regional matrix of the model."""

    makes = frozenset[Name]({"matrix"})

    @property
    def needs(self) -> frozenset[Name]:
        """The model."""
        return frozenset({"model"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "How strongly does every region project to every region?"

    def lines(self) -> list[str]:
        """One call."""
        return called("nc.regional_matrix", "model", into="matrix")


@dataclass(frozen=True)
class OpenMatrix(Step):
    """A matrix from a file.

    Parameters
    ----------
    path : Path
        CSV file.
    named : bool
        Whether its regions are known by the ontology of the open brain.
    """

    path: Path
    named: bool
    makes = frozenset[Name]({"matrix"})

    @property
    def needs(self) -> frozenset[Name]:
        """The ontology, when a brain is open."""
        return frozenset({"brain"} if self.named else ())

    @property
    def comment(self) -> str:
        """What it does."""
        return "Open a regional matrix from a file."

    def lines(self) -> list[str]:
        """One call."""
        tree = ["brain.atlas.tree"] if self.named else []
        return called("nc.read_matrix", literal(self.path), *tree, into="matrix")


@dataclass(frozen=True)
class MatrixFile(FileStep):
    """Base of the files of a regional matrix.

    Parameters
    ----------
    measure : Measure
        What its cells hold.
    order : {"ontology", "clustered"}
        Of rows and columns.
    shown : {"matrix", "a", "difference"}
        Which matrix.
    """

    measure: Measure
    order: Order
    shown: ShownSide

    @property
    def needs(self) -> frozenset[Name]:
        """The matrix, and the one that it is compared with."""
        return frozenset({"matrix"} if self.shown == "matrix" else {"matrix", "kept_model"})

    def matrix(self) -> tuple[list[str], str]:
        """Lines that make the matrix in its order, and its name."""
        lines, name = self._compared()
        if self.order == "ontology":
            return lines, name
        measure, order = literal(self.measure), literal(self.order)
        made = called("nc.arranged", name, measure, order, like="matrix", into="shown")
        return [*lines, *made], "shown"

    def _compared(self) -> tuple[list[str], str]:
        if self.shown == "matrix":
            return [], "matrix"
        other = called("nc.regional_matrix", "kept_model", into="other")
        if self.shown == "a":
            return other, "other"
        minus = called("nc.matrix_difference", "other", "matrix", into="difference")
        return [*other, *minus], "difference"


@dataclass(frozen=True)
class SaveMatrix(MatrixFile):
    """A matrix as a table.

    Parameters
    ----------
    of_model : bool
        Whether the header says where the model comes from.
    """

    of_model: bool

    @property
    def needs(self) -> frozenset[Name]:
        """The matrix, and what its header tells of."""
        return super().needs | ({"model"} if self.of_model else frozenset())

    @property
    def comment(self) -> str:
        """Which measure."""
        return f"Save the regional matrix: {self.measure.replace('_', ' ')}."

    def lines_to(self, target: str) -> list[str]:
        """The matrix, then the file."""
        lines, name = self.matrix()
        said = {"provenance": "model.provenance"} if self.of_model else {}
        return [*lines, *called("nc.write_matrix", target, name, literal(self.measure), **said)]


@dataclass(frozen=True)
class DrawMatrix(MatrixFile):
    """A matrix as a figure.

    Parameters
    ----------
    log : bool
        Whether its colours are logarithmic.
    """

    log: bool

    @property
    def comment(self) -> str:
        """Which measure."""
        return f"Save the regional matrix as a figure: {self.measure.replace('_', ' ')}."

    def lines_to(self, target: str) -> list[str]:
        """The matrix, the figure, then the file."""
        lines, name = self.matrix()
        log = literal(self.log)
        figure = called("matrix_figure", name, literal(self.measure), into="figure", log=log)
        imported = "from napari_connectome.figures.matrix import matrix_figure"
        return [imported, "", *lines, *figure, *called("nc.save_figure", "figure", target)]


@dataclass(frozen=True)
class Statistics(Step):
    """Statistics of the weights of some connections.

    Parameters
    ----------
    params : StatisticsParams
        Which connections.
    placed : bool
        Whether an open brain tells how far apart regions are.
    """

    params: StatisticsParams
    placed: bool
    makes = frozenset[Name]({"statistics"})

    @property
    def needs(self) -> frozenset[Name]:
        """The matrix, and the brain for distances."""
        return frozenset({"matrix", "brain"} if self.placed else {"matrix"})

    @property
    def comment(self) -> str:
        """Which connections."""
        where = "some structures" if self.params.within else "the whole brain"
        return (
            f"How are the weights of {self.params.side}lateral connections of {where} distributed?"
        )

    def lines(self) -> list[str]:
        """Parameters that are as always are left out."""
        usual = StatisticsParams()
        changed = {
            name: literal(value)
            for name, value in self.params.model_dump().items()
            if value != getattr(usual, name)
        }
        placed = {"atlas": "brain.atlas"} if self.placed else {}
        return called("nc.weight_statistics", "matrix", into="statistics", **placed, **changed)


@dataclass(frozen=True)
class SaveStatistics(FileStep):
    """Statistics of the weights as a table."""

    @property
    def needs(self) -> frozenset[Name]:
        """The statistics."""
        return frozenset({"statistics"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "Save the statistics, one number a line."

    def lines_to(self, target: str) -> list[str]:
        """One call."""
        return called("nc.write_rows", target, "nc.statistics_rows(statistics)")


@dataclass(frozen=True)
class Summarise(Step):
    """How well the experiments cover each division."""

    makes = frozenset[Name]({"summary"})

    @property
    def needs(self) -> frozenset[Name]:
        """The data."""
        return frozenset({"brain"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "How well do the experiments cover each major division?"

    def lines(self) -> list[str]:
        """One call."""
        return called("nc.experiment_summary", "brain", into="summary")


@dataclass(frozen=True)
class SaveSummary(FileStep):
    """The summary of the data as a table."""

    @property
    def needs(self) -> frozenset[Name]:
        """The summary, and names of divisions."""
        return frozenset({"summary", "brain"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "Save the summary of the data."

    def lines_to(self, target: str) -> list[str]:
        """One call."""
        return called("nc.write_rows", target, "nc.summary_rows(summary, brain.atlas.tree)")
