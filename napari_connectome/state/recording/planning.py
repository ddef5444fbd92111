"""Places for further injections, and movies along a path."""

from __future__ import annotations

from dataclasses import dataclass

from napari_connectome.core.models.fitted import Direction
from napari_connectome.core.path_answers import PathAnswers
from napari_connectome.core.sources import GaussianSource, Source, SphereSource
from napari_connectome.state.recording.python import called, expression, literal, source_text
from napari_connectome.state.recording.steps import FileStep, Name, Step

Point = tuple[float, float, float]


@dataclass(frozen=True)
class RankSites(Step):
    """Places where a further injection would help most.

    Parameters
    ----------
    division_id : int
        Major division.
    acronym : str
        Its short name.
    count : int
        How many places.
    """

    division_id: int
    acronym: str
    count: int
    makes = frozenset[Name]({"sites"})

    @property
    def needs(self) -> frozenset[Name]:
        """The model."""
        return frozenset({"model"})

    @property
    def comment(self) -> str:
        """Where."""
        return f"Where in {self.acronym} would further injections help most?"

    def lines(self) -> list[str]:
        """One call."""
        numbers = literal(self.division_id), literal(self.count)
        return called("nc.rank_sites", "model", *numbers, into="sites")


@dataclass(frozen=True)
class PlanInjections(Step):
    """Hypothetical injections, as if they were among the experiments.

    Parameters
    ----------
    points_um : tuple of (float, float, float)
        Where.
    """

    points_um: tuple[Point, ...]
    makes = frozenset[Name]({"planned"})

    @property
    def needs(self) -> frozenset[Name]:
        """The model."""
        return frozenset({"model"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "What would injections here change?"

    def lines(self) -> list[str]:
        """One call."""
        points = literal(self.points_um)
        return called("nc.with_hypothetical", "model", points, into="planned")


@dataclass(frozen=True)
class Film(Step):
    """Answers along a path.

    Parameters
    ----------
    points_um : tuple of (float, float, float)
        The place of every frame.
    direction : {"anterograde", "retrograde"}
        What is asked.
    like : Source or None
        Whose kind and size the source has.
    """

    points_um: tuple[Point, ...]
    direction: Direction
    like: Source | None
    makes = frozenset[Name]({"movie"})

    @classmethod
    def of(cls, movie: PathAnswers, like: Source | None) -> Film:
        """The path and the questions of a movie; of what it is like only the size counts."""
        points = tuple((ap, dv, ml) for ap, dv, ml in movie.path.points_um.tolist())
        has_size = isinstance(like, SphereSource | GaussianSource)
        return cls(points, movie.direction, like if has_size else None)

    @property
    def needs(self) -> frozenset[Name]:
        """The model."""
        return frozenset({"model"})

    @property
    def comment(self) -> str:
        """How long."""
        return f"Move the source along a path, and ask at each of {len(self.points_um)} places."

    def lines(self) -> list[str]:
        """The path, then the movie."""
        points = literal(self.points_um)
        options = {} if self.direction == "anterograde" else {"direction": literal(self.direction)}
        if self.like is not None:
            options["like"] = source_text(self.like)
        return [
            *called("nc.SourcePath", expression("np.array", points), into="path"),
            *called("nc.answers_at", "model", "path", into="movie", **options),
        ]


@dataclass(frozen=True)
class SaveMovie(FileStep):
    """A movie in a file.

    Parameters
    ----------
    view : str or None
        Name of the map beside the brain.
    plane : str
        Of the slice through the brain.
    fps : float
        Frames per second.
    limits : tuple of float
        Values of the lowest and the highest colour.
    log : bool
        Whether colours are logarithmic.
    """

    view: str | None
    plane: str
    fps: float
    limits: tuple[float, float]
    log: bool

    @property
    def needs(self) -> frozenset[Name]:
        """The movie, and the brain for its map."""
        return frozenset({"movie"} if self.view is None else {"movie", "brain"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "Save the movie."

    def lines_to(self, target: str) -> list[str]:
        """The map, then the file."""
        names = ("plane", "fps", "limits", "log")
        look = {name: literal(getattr(self, name)) for name in names}
        if self.view is None:
            return called("nc.write_movie", target, "movie", **look)
        view = called("nc.cortical_map", "brain", literal(self.view), into="view")
        return [*view, *called("nc.write_movie", target, "movie", "view", **look)]
