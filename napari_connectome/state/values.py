"""Results: frozen values that are replaced, never edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.flatmap import CorticalView
from napari_connectome.core.measures import Measure
from napari_connectome.core.progress import Progress
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.regional_order import Order
from napari_connectome.data.needs import Needs
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
    cortical_paths : Path or None
        Folder with paths from pia to white matter; None: they are computed.
    provenance : mapping
        Where the experiments come from: plain JSON values.
    needs : tuple of Needs
        What every resolution of the folder needs, finest first.
    of_model : bool
        Whether this is no more than the atlas of a model that was opened from `folder`.
    """

    title: str
    folder: Path
    atlas: Atlas
    records: tuple[ExperimentRecord, ...] = ()
    with_volumes: frozenset[int] = frozenset()
    experiments: ExperimentSet | None = None
    notes: tuple[str, ...] = ()
    is_demo: bool = False
    cortical_paths: Path | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[Needs, ...] = ()
    of_model: bool = False


@dataclass(frozen=True, eq=False)
class BrainMap:
    """A map of the cortex of a brain, with what takes a moment to find.

    Parameters
    ----------
    view : CorticalView
        Pixels and paths.
    region_ids : ndarray of uint32, shape (rows, columns)
        Summary structure of each pixel, 0 for none.
    """

    view: CorticalView
    region_ids: npt.NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class ShownMatrix:
    """A regional matrix in one measure and in the order in which it is shown.

    Parameters
    ----------
    matrix : RegionalMatrix
        Rows and columns in that order.
    measure : Measure
        What its cells show.
    made_of : tuple
        The matrix, the measure and the order that were asked for.
    """

    matrix: RegionalMatrix
    measure: Measure
    made_of: tuple[RegionalMatrix, Measure, Order]


@dataclass(frozen=True)
class JobStatus:
    """What runs in the background.

    Parameters
    ----------
    kind : str
        "load", "fit", "save", "hold_out", "validate" or another word.
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
