"""Questions to a model, and the files of its answers."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from napari_connectome.core.models.fitted import Direction, Prediction
from napari_connectome.core.sources import RegionSource, Source
from napari_connectome.data.source_files import NamedSource
from napari_connectome.data.target_table import VALUE_TITLE
from napari_connectome.state.recording.python import called, expression, literal, source_text
from napari_connectome.state.recording.steps import FileStep, Name, Step


@dataclass(frozen=True)
class Ask(Step):
    """A question that was answered.

    Parameters
    ----------
    source : Source
        The place.
    direction : {"anterograde", "retrograde"}
        Where it projects to, or what projects onto it.
    where : str
        The place in words.
    """

    source: Source
    direction: Direction
    where: str
    makes = frozenset[Name]({"answer"})

    @classmethod
    def of(cls, prediction: Prediction) -> Ask:
        """The question of an answer."""
        source, tree = prediction.source, prediction.model.atlas.tree
        where = source.label
        if isinstance(source, RegionSource):
            names = ", ".join(tree[i].acronym for i in source.structure_ids)
            where = names + (" (left)" if source.hemisphere == "left" else "")
        return cls(source, prediction.direction, where)

    @property
    def needs(self) -> frozenset[Name]:
        """The model."""
        return frozenset({"model"})

    @property
    def comment(self) -> str:
        """The question."""
        if self.direction == "anterograde":
            return f"Where does this project to: {self.where}?"
        return f"What projects onto this: {self.where}?"

    def lines(self) -> list[str]:
        """The place by name, then the question."""
        ask = "model.predict" if self.direction == "anterograde" else "model.trace_back"
        made = source_text(self.source).split("\n")
        return [f"source = {made[0]}", *made[1:], *called(ask, "source", into="answer")]


@dataclass(frozen=True)
class AnswerFile(FileStep):
    """Base of the files of an answer."""

    @property
    def needs(self) -> frozenset[Name]:
        """The answer."""
        return frozenset({"answer"})


@dataclass(frozen=True)
class SaveVolume(AnswerFile):
    """An answer as a volume."""

    @property
    def comment(self) -> str:
        """What it does."""
        return "Save the answer as a volume."

    def lines_to(self, target: str) -> list[str]:
        """One call."""
        return called("nc.save_volume", "answer", target)


@dataclass(frozen=True)
class SaveTargets(AnswerFile):
    """The regions that an answer reaches as a table."""

    @property
    def comment(self) -> str:
        """What it does."""
        return "List the regions of the answer, strongest first."

    def lines_to(self, target: str) -> list[str]:
        """One call."""
        return called("nc.write_targets", target, "answer")


@dataclass(frozen=True)
class DrawTargets(AnswerFile):
    """The strongest regions of an answer as a figure.

    Parameters
    ----------
    title : str
        Of the figure.
    order : {"larger", "ipsi", "contra"}
        What regions are ranked by.
    top : int or None
        How many regions; None for all.
    log : bool
        Whether the axis is logarithmic.
    """

    title: str
    order: str
    top: int | None
    log: bool

    @property
    def comment(self) -> str:
        """What it does."""
        return "Save the chart of the regions as a figure."

    def lines_to(self, target: str) -> list[str]:
        """The bars, the figure, then the file."""
        chosen = {"order": literal(self.order), "top": literal(self.top)}
        figure = called(
            "targets_figure",
            "bars",
            into="figure",
            title=literal(self.title),
            unit="answer.model.connectivity.unit",
            value_title=literal(VALUE_TITLE),
            log=literal(self.log),
            words="side_words(answer)",
        )
        return [
            "from napari_connectome.data.target_table import side_words",
            "from napari_connectome.figures.target_bars import target_bars",
            "from napari_connectome.figures.targets import targets_figure",
            "",
            *called("target_bars", "answer", into="bars", **chosen),
            *figure,
            *called("nc.save_figure", "figure", target),
        ]


@dataclass(frozen=True)
class SaveSources(FileStep):
    """Named sources in a file.

    Parameters
    ----------
    sources : tuple of NamedSource
        In the order of the list.
    """

    sources: tuple[NamedSource, ...]

    @property
    def comment(self) -> str:
        """What it does."""
        return "Save the named sources."

    def lines_to(self, target: str) -> list[str]:
        """Every source with its name."""
        named = [
            expression("nc.NamedSource", literal(one.name), source_text(one.source))
            for one in self.sources
        ]
        listed = [textwrap.indent(f"{text},", "    ") for text in named]
        made = "\n".join(["sources = [", *listed, "]"]).split("\n")
        return [*made, *called("nc.write_sources", target, "sources")]
