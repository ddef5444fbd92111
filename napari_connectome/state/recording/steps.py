"""What a step is: what it makes, what it needs, and its lines in a script."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from napari_connectome.state.recording.python import literal

Name = Literal[
    "brain",
    "model",
    "answer",
    "kept",
    "kept_model",
    "held_out",
    "comparison",
    "matrix",
    "known_matrix",
    "statistics",
    "summary",
    "scores",
    "completed",
    "series",
    "curve",
    "sites",
    "planned",
    "movie",
]
"""Variables of a script: each stands for something that the window shows."""
_OF_MODEL: frozenset[Name] = frozenset(
    {"held_out", "comparison", "matrix", "known_matrix", "statistics", "sites", "planned", "movie"}
)
ENDED_BY: Mapping[Name, frozenset[Name]] = {
    "brain": _OF_MODEL
    | {
        "model",
        "answer",
        "kept",
        "kept_model",
        "summary",
        "scores",
        "completed",
        "series",
        "curve",
    },
    # An answer stays until the new model has answered.
    "model": _OF_MODEL,
    "answer": frozenset({"held_out", "comparison"}),
    "kept": frozenset({"kept_model", "held_out", "comparison"}),
    "kept_model": frozenset({"kept", "held_out", "comparison"}),
    "matrix": frozenset({"statistics"}),
}
"""What is no longer shown once another one of these is made."""


@dataclass(frozen=True)
class Step(ABC):
    """Something a person did. One class for each kind of action."""

    makes: ClassVar[frozenset[Name]] = frozenset()
    """Variables that its lines set."""
    is_output: ClassVar[bool] = False
    """Whether it leaves something outside the script, and so is never superseded."""

    @property
    def needs(self) -> frozenset[Name]:
        """Variables that its lines use."""
        return frozenset()

    @property
    def ends(self) -> frozenset[Name]:
        """Variables that mean nothing from here on, unless they are set anew."""
        return self.makes.union(*(ENDED_BY.get(name, frozenset()) for name in self.makes))

    @property
    @abstractmethod
    def comment(self) -> str:
        """What it does, in one sentence in the words of the window."""

    @abstractmethod
    def lines(self) -> list[str]:
        """Python that does it; ``nc`` is the package."""


@dataclass(frozen=True)
class FileStep(Step):
    """A file that was saved.

    Parameters
    ----------
    path : Path
        Where to. A script writes a file of that name into a folder of its own.
    """

    path: Path
    is_output = True

    def lines(self) -> list[str]:
        """Python that writes the file into the folder of the script."""
        return self.lines_to(f"results / {literal(self.path.name)}")

    @abstractmethod
    def lines_to(self, target: str) -> list[str]:
        """Python that writes the file to the place that an expression gives."""


@dataclass(frozen=True)
class Forget(Step):
    """What is no longer shown.

    Parameters
    ----------
    names : frozenset of Name
        What a person took away.
    """

    names: frozenset[Name]

    @property
    def ends(self) -> frozenset[Name]:
        """What was taken away."""
        return self.names

    @property
    def comment(self) -> str:
        """Nothing is said of what is not there."""
        return ""

    def lines(self) -> list[str]:
        """Nothing is done."""
        return []
