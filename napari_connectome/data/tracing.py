"""From a cache folder to the matrices X and Y that models are fitted to.

Two passes: injections first, because they decide which experiments are used and
in which order; then each projection straight into its row of the matrix, so that
the matrix is never held twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.errors import DataError, ExperimentError
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.structures import DIVISION_ACRONYMS
from napari_connectome.data.allen_cache import AllenCache
from napari_connectome.data.injection import (
    Grid,
    Injection,
    read_injection,
    read_projection,
    reason_against,
)
from napari_connectome.data.loaded import LeftOut, LoadedExperiments, LoadReport
from napari_connectome.data.pack import pack_path, read_pack, write_pack
from napari_connectome.data.records import within
from napari_connectome.data.settings import LoadSettings

__all__ = ["LoadReport", "LoadSettings", "LoadedExperiments", "load_experiments"]


class _HasId(Protocol):
    @property
    def id(self) -> int: ...


Item = TypeVar("Item", bound=_HasId)
Value = TypeVar("Value")
_THREADS = max(2, min(8, os.cpu_count() or 2))


def load_experiments(
    cache: AllenCache, settings: LoadSettings | None = None, *, keep_copy: bool = True
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
    copy = pack_path(cache, ids, settings) if keep_copy else None
    if copy is not None:
        yield Progress(0, 0, "Looking for a copy from last time")
        ready = read_pack(copy, grid.source_mask, grid.target_mask)
        if ready is not None:
            return ready
    loaded = yield from _read(cache, grid, ids, settings, report)
    if copy is not None:
        yield Progress(1, 1, "Keeping a copy for next time")
        write_pack(copy, loaded)
    return loaded


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


def _read(
    cache: AllenCache,
    grid: Grid,
    ids: Sequence[int],
    settings: LoadSettings,
    report: LoadReport,
) -> Job[LoadedExperiments]:
    """Both passes over the files."""
    records = [cache.experiments[i] for i in ids]
    found, left_out = yield from _in_threads(
        "Reading injections",
        records,
        lambda record: read_injection(cache, grid, record.id, settings),
        settings,
        (0, 2 * len(ids)),
    )
    injections, refused = _sorted_out(found, grid, settings)
    left_out += refused
    projections = _room_for(len(injections), len(grid.target_mask))
    rows = {injection.id: row for row, injection in enumerate(injections)}
    sums, damaged = yield from _in_threads(
        "Reading projections",
        injections,
        lambda injection: (
            injection.id,
            read_projection(cache, grid, injection, projections[rows[injection.id]]),
        ),
        settings,
        (len(ids), len(ids) + len(injections)),
    )
    left_out += damaged
    kept, refused = _within_bounds(sums, grid, settings)
    left_out += refused
    report = replace(report, left_out=(*report.left_out, *left_out))
    used = [injection for injection in injections if injection.id in kept]
    if not used:
        raise ExperimentError(
            f"No experiment of {cache.folder} is left to fit. " + " ".join(report.notes[:4])
        )
    projections = _closed_up(projections, [rows[injection.id] for injection in used])
    return _assembled(grid, used, projections, report)


def _in_threads(
    text: str,
    items: Sequence[Item],
    read: Callable[[Item], Value],
    settings: LoadSettings,
    steps: tuple[int, int],
) -> Generator[Progress, None, tuple[list[Value], list[LeftOut]]]:
    """Read items side by side and in order; closing the generator stops after the current ones.

    Returns
    -------
    values : list
        What was read.
    damaged : list of LeftOut
        Items that could not be read, when the settings say to go on.
    """
    before, total = steps
    values: list[Value] = []
    damaged: list[LeftOut] = []
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="read-experiments")
    try:
        futures = [pool.submit(read, item) for item in items]
        for done, (item, future) in enumerate(zip(items, futures, strict=True), start=1):
            try:
                values.append(future.result())
            except DataError as error:
                if settings.on_bad == "raise":
                    raise
                reason = str(error).removeprefix(f"Experiment {item.id}: ")
                damaged.append(LeftOut(item.id, reason, bad=True))
            yield Progress(before + done, total, text)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return values, damaged


def _sorted_out(
    found: Sequence[Injection], grid: Grid, settings: LoadSettings
) -> tuple[list[Injection], list[LeftOut]]:
    """Injections that are used, in the order of the matrix, and those that are refused."""
    reasons = {injection.id: reason_against(injection, grid, settings) for injection in found}
    refused = [LeftOut(i, reason) for i, reason in reasons.items() if reason is not None]
    rank = {division_id: place for place, division_id in enumerate(DIVISION_ACRONYMS)}
    used = [injection for injection in found if reasons[injection.id] is None]
    return sorted(used, key=lambda e: (rank[e.division_id], e.id)), refused


def _within_bounds(
    sums: Sequence[tuple[int, float]], grid: Grid, settings: LoadSettings
) -> tuple[set[int], list[LeftOut]]:
    """Ids whose projection volume is within bounds, and the others."""
    volumes_mm3 = {i: total * grid.atlas.voxel_volume_mm3 for i, total in sums}
    kept = {i for i, v in volumes_mm3.items() if within(v, settings.projection_volume_mm3)}
    refused = [
        LeftOut(i, f"its projection volume of {v:.3g} mm³ is out of bounds.")
        for i, v in volumes_mm3.items()
        if i not in kept
    ]
    return kept, refused


def _room_for(n_experiments: int, n_target: int) -> npt.NDArray[np.float32]:
    try:
        return np.empty((n_experiments, n_target), dtype=np.float32)
    except MemoryError:
        raise DataError(
            f"{n_experiments} experiments on {n_target} voxels take "
            f"{n_experiments * n_target * 4 / 2**30:.1f} GiB of memory, more than there is. "
            "Choose a coarser resolution or fewer experiments."
        ) from None


def _closed_up(
    projections: npt.NDArray[np.float32], rows: Sequence[int]
) -> npt.NDArray[np.float32]:
    """Rows that are used, moved up in place: a second matrix might not fit."""
    for new, old in enumerate(rows):
        if new != old:
            projections[new] = projections[old]
    return projections[: len(rows)]


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
