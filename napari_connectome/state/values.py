"""Results: frozen values that are replaced, never edited."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.progress import Progress
from napari_connectome.data.records import ExperimentRecord


@dataclass(frozen=True, eq=False)
class Dataset:
    """What was opened: an atlas, and experiments when there are any to fit.

    Parameters
    ----------
    title : str
        Shown in the window.
    folder : Path
        Cache folder or model file that it came from.
    atlas : Atlas
        The brain.
    records : tuple of ExperimentRecord
        Metadata of every experiment in the folder.
    with_volumes : frozenset of int
        Ids whose volumes are there.
    experiments : ExperimentSet or None
        The experiments that models are fitted to; None when no volume is there.
    notes : tuple of str
        What was left out and why.
    is_demo : bool
        Whether this is the brain that comes with the program.
    """

    title: str
    folder: Path
    atlas: Atlas
    records: tuple[ExperimentRecord, ...] = ()
    with_volumes: frozenset[int] = frozenset()
    experiments: ExperimentSet | None = None
    notes: tuple[str, ...] = ()
    is_demo: bool = False


@dataclass(frozen=True)
class JobStatus:
    """What runs in the background.

    Parameters
    ----------
    kind : str
        "load" or "fit".
    title : str
        In the user's words.
    progress : Progress
        Latest report.
    elapsed_s : float
        Seconds since the start.
    """

    kind: str
    title: str
    progress: Progress
    elapsed_s: float
