"""Data opened and downloaded, models fitted, opened and saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from napari_connectome.core.models.catalog import entry_of
from napari_connectome.data.download import DownloadRequest
from napari_connectome.state.params import DatasetParams, FitParams
from napari_connectome.state.recording.python import called, literal
from napari_connectome.state.recording.steps import FileStep, Name, Step


@dataclass(frozen=True)
class Download(Step):
    """Files that were downloaded. A script says so; it does not download them again.

    Parameters
    ----------
    request : DownloadRequest
        What was asked for.
    """

    request: DownloadRequest
    is_output = True

    @property
    def comment(self) -> str:
        """How to get the same files."""
        request = self.request
        options = [f"--resolution {request.resolution_um}"]
        options += ["--wild-type"] if request.wild_type else []
        options += [f"--line {literal(line)}" for line in request.lines]
        options += [f"--structure {','.join(request.structures)}"] if request.structures else []
        asked = "" if request.ids is None else f" ({len(request.ids)} chosen experiments)"
        return (
            f"The files of {request.folder} were downloaded{asked}, as with: "
            f"napari-connectome download {literal(str(request.folder))} {' '.join(options)}"
        )

    def lines(self) -> list[str]:
        """They are there."""
        return []


@dataclass(frozen=True)
class OpenBrain(Step):
    """An opened cache folder, or the demo brain.

    Parameters
    ----------
    params : DatasetParams
        Which, and how its experiments are read.
    """

    params: DatasetParams
    makes = frozenset[Name]({"brain"})

    @property
    def comment(self) -> str:
        """Which brain."""
        if self.params.path is None:
            return "Open the demo brain that comes with the program."
        return "Open the atlas and the tracing experiments of a cache folder."

    def lines(self) -> list[str]:
        """Settings that are as always are left out."""
        params, usual = self.params, DatasetParams()
        given = [] if params.path is None else [literal(params.path)]
        settings = {
            name: literal(value)
            for name, value in params.model_dump(exclude={"path"}).items()
            if value != getattr(usual, name)
        }
        return called("nc.open_brain", *given, into="brain", **settings)


@dataclass(frozen=True)
class FitModel(Step):
    """A fitted model.

    Parameters
    ----------
    params : FitParams
        Which, with which parameters.
    """

    params: FitParams
    makes = frozenset[Name]({"model"})

    @property
    def needs(self) -> frozenset[Name]:
        """The data."""
        return frozenset({"brain"})

    @property
    def comment(self) -> str:
        """Its title; what is left to the data is said."""
        entry = entry_of(self.params.model)
        values = entry.values(self.params.values)
        auto = [
            parameter.title.lower()
            for parameter in entry.parameters
            if parameter.automatic
            and values[parameter.name] is None
            and all(values[name] == value for name, value in parameter.relevant.items())
        ]
        rest = f"; chosen from the data: {', '.join(auto)}" if auto else ""
        return f"Fit the {entry.title[0].lower()}{entry.title[1:]}{rest}."

    def lines(self) -> list[str]:
        """Parameters at their defaults are left out."""
        entry = entry_of(self.params.model)
        usual, given = entry.values({}), entry.values(self.params.values)
        changed = {name: literal(v) for name, v in given.items() if v != usual[name]}
        return called("nc.fit_model", "brain", literal(entry.name), into="model", **changed)


@dataclass(frozen=True)
class OpenModel(Step):
    """A saved model that was opened.

    Parameters
    ----------
    path : Path
        Its file.
    """

    path: Path
    makes = frozenset[Name]({"brain", "model"})

    @property
    def comment(self) -> str:
        """What it is."""
        return "Open a saved model, with the atlas inside it."

    def lines(self) -> list[str]:
        """Brain and model."""
        return called("nc.open_model", literal(self.path), into="brain, model")


@dataclass(frozen=True)
class LoadModel(Step):
    """A saved model beside data that are open already.

    Parameters
    ----------
    path : Path
        Its file.
    """

    path: Path
    makes = frozenset[Name]({"model"})

    @property
    def comment(self) -> str:
        """What it is."""
        return "Open a saved model."

    def lines(self) -> list[str]:
        """One call."""
        return called("nc.open_model", literal(self.path), into="_, model")


@dataclass(frozen=True)
class SaveModel(FileStep):
    """The model in a file."""

    @property
    def needs(self) -> frozenset[Name]:
        """The model."""
        return frozenset({"model"})

    @property
    def comment(self) -> str:
        """What it does."""
        return "Save the model with all that it needs to be asked."

    def lines_to(self, target: str) -> list[str]:
        """One call."""
        return called("nc.save_model", "model", target)
