"""From a cache folder to the matrices X and Y that models are fitted to.

Two passes: injections first, because they decide which experiments are used and
in which order; then each projection straight into its row of the matrix, so that
the matrix is never held twice. A matrix that is too large for memory is made on the disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.errors import DataError, ExperimentError
from napari_connectome.core.io.user_cache import FOLDER_VARIABLE
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.structures import DIVISION_ACRONYMS
from napari_connectome.data.allen_cache import AllenCache
from napari_connectome.data.copies import STORED_SUFFIX, copy_path
from napari_connectome.data.destination import ArrayRows, FileRows
from napari_connectome.data.injection import (
    Grid,
    Injection,
)
from napari_connectome.data.loaded import LeftOut, LoadedExperiments, LoadReport
from napari_connectome.data.needs import Needs, check_memory, needs_at
from napari_connectome.data.pack import read_pack, write_pack
from napari_connectome.data.reading import Reading, read_injections, read_projections
from napari_connectome.data.settings import LoadSettings
from napari_connectome.data.stored import IN_MEMORY_BYTES, read_stored, storing

__all__ = ["LoadReport", "LoadSettings", "LoadedExperiments", "load_experiments", "needs_of"]


def load_experiments(
    cache: AllenCache,
    settings: LoadSettings | None = None,
    *,
    keep_copy: bool = True,
    in_memory_bytes: int = IN_MEMORY_BYTES,
) -> Job[LoadedExperiments]:
    """Read the experiments of a folder; a job that may be stopped between experiments.

    Parameters
    ----------
    cache : AllenCache
        The opened folder.
    settings : LoadSettings, optional
        Which experiments, and how.
    keep_copy : bool
        Whether to look for, and leave, a ready-made copy in the user's cache folder,
        which makes the next load fast (see :mod:`napari_connectome.data.pack`).
    in_memory_bytes : int
        Projections larger than this are kept in a file of that folder, whatever `keep_copy`
        says, and read from there where they are needed
        (see :mod:`napari_connectome.data.stored`).

    Returns
    -------
    job
        Yields :class:`Progress`; its result is a :class:`LoadedExperiments`, ordered
        by division, then id.

    Raises
    ------
    AtlasError
        When the atlas cannot be read or has none of the major divisions.
    ExperimentError
        When an experiment is bad (with ``on_bad="raise"``), or none is left.
    DataError
        When memory or disk have no room for the projections.

    Examples
    --------
    >>> from napari_connectome.core.progress import run_to_end
    >>> cache = open_cache("connectivity")  # doctest: +SKIP
    >>> experiments = run_to_end(load_experiments(cache))  # doctest: +SKIP
    >>> experiments.projections.shape  # doctest: +SKIP
    (428, 448962)
    """
    settings = LoadSettings() if settings is None else settings
    yield Progress(0, 0, "Reading the atlas")
    grid = Grid(cache.atlas)
    ids, report = _choose(cache, settings)
    check_memory(cache, ids)
    reading = Reading(cache, grid, ids, settings, report)
    if 4 * len(ids) * len(grid.target_mask) > in_memory_bytes:
        return (yield from _from_disk(reading))
    return (yield from _in_memory(reading, keep_copy=keep_copy))


def _in_memory(reading: Reading, *, keep_copy: bool) -> Job[LoadedExperiments]:
    """From a ready-made copy, else from the files into one array."""
    grid, copy = reading.grid, None
    if keep_copy:
        copy = copy_path(reading.cache, reading.ids, reading.settings)
    if copy is not None:
        yield Progress(0, 0, "Looking for a copy from last time")
        ready = read_pack(copy, grid.source_mask, grid.target_mask)
        if ready is not None:
            return ready
    injections, left_out = yield from read_injections(reading)
    rows = ArrayRows(len(injections), len(grid.target_mask))
    used, numbers, report = yield from read_projections(reading, injections, left_out, rows)
    loaded = _assembled(grid, used, rows.closed_up(numbers), report)
    if copy is not None:
        yield Progress(1, 1, "Keeping a copy for next time")
        write_pack(copy, loaded)
    return loaded


def _from_disk(reading: Reading) -> Job[LoadedExperiments]:
    """From a stored copy, which is made from the files first when there is none."""
    grid = reading.grid
    path = copy_path(reading.cache, reading.ids, reading.settings, STORED_SUFFIX)
    if path is None:
        raise DataError(
            "The projections are too large for memory, and this system names no folder to keep "
            f"them in. Name one in {FOLDER_VARIABLE}."
        )
    yield Progress(0, 0, "Looking for a copy from last time")
    ready = read_stored(path, grid.source_mask, grid.target_mask)
    if ready is not None:
        return ready
    injections, left_out = yield from read_injections(reading)
    shape = len(injections), len(grid.target_mask)
    with storing(path, shape) as copy:
        rows = FileRows(copy.writer, shape[1])
        used, numbers, report = yield from read_projections(reading, injections, left_out, rows)
        nothing = np.broadcast_to(np.float32(0), (len(used), shape[1]))
        copy.finish(_assembled(grid, used, nothing, report), numbers)
    ready = read_stored(path, grid.source_mask, grid.target_mask)
    if ready is None:
        raise DataError(f"{path} was written and cannot be read. Is the disk damaged?")
    return ready


def needs_of(cache: AllenCache, settings: LoadSettings) -> Needs:
    """Estimate what loading and fitting take, before anything but the atlas is read.

    Raises
    ------
    ExperimentError
        When there is no experiment to load.
    """
    return needs_at(cache, cache.resolution_um, _choose(cache, settings)[0])


def _choose(cache: AllenCache, settings: LoadSettings) -> tuple[tuple[int, ...], LoadReport]:
    """Ids to read, and a report on those that metadata or missing volumes rule out."""
    table = cache.experiments
    reasons = settings.wanted.reasons(table, cache.tree)
    wanted = [i for i, reason in reasons.items() if reason is None]
    ids = tuple(i for i in wanted if i in table.with_volumes)
    report = LoadReport(
        used=0,
        left_out=tuple(
            LeftOut(i, f"{reason}.")
            for i, reason in reasons.items()
            if reason is not None and i in table.with_volumes
        ),
        without_volumes=tuple(i for i in wanted if i not in table.with_volumes),
        unknown_ids=tuple(sorted(set(settings.wanted.ids or ()) - set(table.ids))),
    )
    if not ids:
        raise ExperimentError(
            f"No experiment to load from {cache.folder} at {cache.resolution_um} µm: "
            f"{len(table)} are listed, {len(table.with_volumes)} of them have volumes, "
            f"{len(wanted)} are wanted. Widen the filters, or download volumes."
        )
    return ids, report


def _assembled(
    grid: Grid,
    injections: Sequence[Injection],
    projections: npt.NDArray[np.float32],
    report: LoadReport,
) -> LoadedExperiments:
    starts = np.cumsum([0, *(len(e.rows) for e in injections)])
    X = csr_array(
        (
            np.concatenate([e.values for e in injections]),
            np.concatenate([e.rows for e in injections]),
            starts.astype(np.int32),
        ),
        shape=(len(injections), len(grid.source_mask)),
    )
    X.sort_indices()
    division_ids = np.array([e.division_id for e in injections], dtype=np.int64)
    of_atlas = {grid.atlas.tree.division_of(i) for i in grid.atlas.structure_ids}
    empty = [i for i in DIVISION_ACRONYMS if i in of_atlas and i not in division_ids]
    return LoadedExperiments(
        ids=np.array([e.id for e in injections], dtype=np.int64),
        division_ids=division_ids,
        centroids=np.stack([e.centroid for e in injections]),
        injections=X,
        projections=projections,
        injection_sums=np.array([e.total for e in injections]),
        mirrored=np.array([e.mirrored for e in injections], dtype=np.bool_),
        source_mask=grid.source_mask,
        target_mask=grid.target_mask,
        report=replace(report, used=len(injections), empty_divisions=tuple(empty)),
    )
