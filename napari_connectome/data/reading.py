"""Two passes over the files of experiments: injections, then projections."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from napari_connectome.core.errors import DataError, ExperimentError
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.structures import DIVISION_ACRONYMS
from napari_connectome.data.allen_cache import AllenCache
from napari_connectome.data.destination import Destination
from napari_connectome.data.injection import (
    Grid,
    Injection,
    read_injection,
    read_projection,
    reason_against,
)
from napari_connectome.data.loaded import LeftOut, LoadReport
from napari_connectome.data.records import within
from napari_connectome.data.settings import LoadSettings


class _HasId(Protocol):
    @property
    def id(self) -> int: ...


Item = TypeVar("Item", bound=_HasId)
Value = TypeVar("Value")
BYTES_PER_THREAD_VOXEL = 9
"""Memory of a thread for each voxel of the box: two volumes, and a packed one."""
_THREADS = max(2, min(8, os.cpu_count() or 2))
_THREADS_BYTES = 1 << 30
"""Memory for volumes that are being read, as far as one thread can do with it."""


def reading_threads(n_voxels: int) -> int:
    """Threads that read volumes of so many voxels side by side: fewer where volumes are large."""
    return max(1, min(_THREADS, _THREADS_BYTES // (BYTES_PER_THREAD_VOXEL * n_voxels)))


@dataclass(frozen=True, eq=False)
class Reading:
    """What is read, and how.

    Parameters
    ----------
    cache : AllenCache
        The folder.
    grid : Grid
        Voxels that rows are made of.
    ids : sequence of int
        Experiments to read.
    settings : LoadSettings
        How they become rows.
    report : LoadReport
        What became of those that are not read.
    """

    cache: AllenCache
    grid: Grid
    ids: Sequence[int]
    settings: LoadSettings
    report: LoadReport


def read_injections(reading: Reading) -> Job[tuple[list[Injection], list[LeftOut]]]:
    """Injections that are used, in the order of the matrix, and experiments that are not."""
    cache, grid, settings = reading.cache, reading.grid, reading.settings
    records = [cache.experiments[i] for i in reading.ids]
    found, left_out = yield from _in_threads(
        "Reading injections",
        records,
        lambda record: read_injection(cache, grid, record.id, settings),
        reading,
        (0, 2 * len(records)),
    )
    injections, refused = _sorted_out(found, grid, settings)
    return injections, left_out + refused


def read_projections(
    reading: Reading,
    injections: Sequence[Injection],
    left_out: list[LeftOut],
    destination: Destination,
) -> Job[tuple[list[Injection], list[int], LoadReport]]:
    """Read the projections of injections into a destination.

    Parameters
    ----------
    reading : Reading
        Where from.
    injections : sequence of Injection
        In the order of the matrix.
    left_out : list of LeftOut
        Experiments that were left out before, for the report.
    destination : Destination
        Takes row after row.

    Returns
    -------
    used : list of Injection
        Those whose projection is within bounds and not damaged.
    rows : list of int
        Where in the destination their projections are.
    report : LoadReport
        The report so far.

    Raises
    ------
    ExperimentError
        When an experiment is bad (with ``on_bad="raise"``), or none is left.
    """
    cache, grid, settings = reading.cache, reading.grid, reading.settings
    rows = {injection.id: row for row, injection in enumerate(injections)}

    def read(injection: Injection) -> tuple[int, float]:
        total = destination.fill(
            rows[injection.id], lambda row: read_projection(cache, grid, injection, row)
        )
        return injection.id, total

    steps = len(reading.ids), len(reading.ids) + len(injections)
    sums, damaged = yield from _in_threads("Reading projections", injections, read, reading, steps)
    kept, refused = _within_bounds(sums, grid, settings)
    report = replace(
        reading.report, left_out=(*reading.report.left_out, *left_out, *damaged, *refused)
    )
    used = [injection for injection in injections if injection.id in kept]
    if not used:
        raise ExperimentError(
            f"No experiment of {cache.folder} is left to fit. " + " ".join(report.notes[:4])
        )
    return used, [rows[injection.id] for injection in used], report


def _in_threads(
    text: str,
    items: Sequence[Item],
    read: Callable[[Item], Value],
    reading: Reading,
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
    threads = reading_threads(reading.grid.atlas.annotation.size)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="read-experiments")
    try:
        futures = [pool.submit(read, item) for item in items]
        for done, (item, future) in enumerate(zip(items, futures, strict=True), start=1):
            try:
                values.append(future.result())
            except DataError as error:
                if reading.settings.on_bad == "raise":
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
