"""Answers kept and compared, experiments held out, maps of what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from napari_connectome.state.params import MapParams
from napari_connectome.state.recording.python import called, expression, literal
from napari_connectome.state.recording.steps import FileStep, Name, Step

Shown = Literal["answer", "a", "b", "difference"] | int
"""What a map shows: the present answer, a side of a comparison, or a frame of a movie."""


@dataclass(frozen=True)
class KeepAnswer(Step):
    """An answer that others are compared with.

    Parameters
    ----------
    held_out : bool
        Whether it is the prediction of a held-out experiment, in place of the present answer.
    """

    held_out: bool = False
    makes = frozenset[Name]({"kept"})

    @property
    def needs(self) -> frozenset[Name]:
        """What is kept."""
        return frozenset({"held_out" if self.held_out else "answer"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "Keep this answer as A, to compare others with it."

    def lines(self) -> list[str]:
        """A second name."""
        return ["kept = held_out.predicted" if self.held_out else "kept = answer"]


@dataclass(frozen=True)
class KeepMeasured(Step):
    """What was measured in an experiment, kept to compare answers with it.

    Parameters
    ----------
    experiment_id : int
        Allen id.
    from_data : bool
        Whether the open data hold it, in place of the model.
    mirrored : bool
        Whether it is shown in the left hemisphere.
    """

    experiment_id: int
    from_data: bool
    mirrored: bool
    makes = frozenset[Name]({"kept"})

    @property
    def needs(self) -> frozenset[Name]:
        """The model's target voxels, and perhaps the experiments."""
        return frozenset({"brain", "model"} if self.from_data else {"model"})

    @property
    def comment(self) -> str:
        """Which experiment."""
        return f"Keep as A what was measured in experiment {self.experiment_id}."

    def lines(self) -> list[str]:
        """The measured projection."""
        options = {"experiments": "brain.experiments"} if self.from_data else {}
        options |= {"mirrored": "True"} if self.mirrored else {}
        number = literal(self.experiment_id)
        return called("nc.measured", "model", number, into="kept", **options)


@dataclass(frozen=True)
class KeepModel(Step):
    """A model that is asked everything that the present one is asked.

    Parameters
    ----------
    path : Path or None
        A saved model; None: the one that is fitted at that time.
    """

    path: Path | None = None
    makes = frozenset[Name]({"kept_model"})

    @property
    def needs(self) -> frozenset[Name]:
        """The model, unless it comes from a file."""
        return frozenset({"model"} if self.path is None else ())

    @property
    def comment(self) -> str:
        """What it does."""
        return "Keep a model as A, to compare its answers with those of another one."

    def lines(self) -> list[str]:
        """A second name, or the model of a file."""
        if self.path is None:
            return ["kept_model = model"]
        return called("nc.open_model", literal(self.path), into="_, kept_model")


@dataclass(frozen=True)
class Compare(Step):
    """Two answers that were compared.

    Parameters
    ----------
    models : bool
        Whether A is a model that is asked the same, in place of a kept answer.
    """

    models: bool
    makes = frozenset[Name]({"comparison"})

    @property
    def needs(self) -> frozenset[Name]:
        """A and B."""
        return frozenset({"kept_model" if self.models else "kept", "answer"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "Compare A with the answer."

    def lines(self) -> list[str]:
        """A, then the comparison."""
        if not self.models:
            return called("nc.compare", "kept", "answer", into="comparison")
        asked = called("kept_model.answer", "answer.source", "answer.direction", into="other")
        return [*asked, *called("nc.compare", "other", "answer", into="comparison")]


@dataclass(frozen=True)
class HoldOut(Step):
    """An experiment that was predicted from all the others.

    Parameters
    ----------
    experiment_id : int
        Allen id.
    """

    experiment_id: int
    makes = frozenset[Name]({"held_out", "comparison"})

    @property
    def needs(self) -> frozenset[Name]:
        """The model and all experiments."""
        return frozenset({"brain", "model"})

    @property
    def ends(self) -> frozenset[Name]:
        """What was kept before gives way."""
        return super().ends | {"kept", "kept_model"}

    @property
    def comment(self) -> str:
        """Which experiment."""
        return (
            f"Predict experiment {self.experiment_id} from all the others, and compare with what "
            "was measured."
        )

    def lines(self) -> list[str]:
        """The held-out experiment with its comparison."""
        number = literal(self.experiment_id)
        made = called("nc.hold_out", "model", "brain.experiments", number, into="held_out")
        return [*made, "comparison = held_out.comparison"]


@dataclass(frozen=True)
class SaveMap(FileStep):
    """The values of a map of the cortex.

    Parameters
    ----------
    view : str
        Name of the map.
    params : MapParams
        Depth and what becomes of the values along it.
    shown : {"answer", "a", "b", "difference"} or int
        What the map shows.
    """

    view: str
    params: MapParams
    shown: Shown

    @property
    def needs(self) -> frozenset[Name]:
        """The brain's map, and what is on it."""
        if isinstance(self.shown, int):
            return frozenset({"brain", "movie"})
        return frozenset({"brain", "answer" if self.shown == "answer" else "comparison"})

    @property
    def comment(self) -> str:
        """What it does."""
        what = {"a": "A", "b": "B", "difference": "A − B", "answer": "the answer"}
        shown = f"frame {self.shown + 1}" if isinstance(self.shown, int) else what[self.shown]
        return f"Save the values of {shown} on the map of the cortex."

    def lines_to(self, target: str) -> list[str]:
        """The map, then its values."""
        view = called("nc.cortical_map", "brain", literal(self.view), into="view")
        if self.shown == "difference":
            # Not the map of the difference: the largest values of a path may lie apart.
            first, second = self._image("comparison.first"), self._image("comparison.second")
            images = [f"first = {first}", f"second = {second}"]
            made = "\n".join([*images, "image = first - second"])
        else:
            made = f"image = {self._image(self._values)}"
        return [*view, *made.split("\n"), *called("nc.write_npy", target, "image")]

    @property
    def _values(self) -> str:
        if isinstance(self.shown, int):
            return f"movie.prediction({self.shown})"
        names = {"a": "comparison.first", "b": "comparison.second"}
        return names.get(self.shown, "answer")

    def _image(self, values: str) -> str:
        usual, given = MapParams(), self.params
        options = {
            name: literal(getattr(given, name))
            for name in ("aggregate", "depth")
            if getattr(given, name) != getattr(usual, name)
        }
        return expression("nc.map_image", values, "view", **options)
