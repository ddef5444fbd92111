"""Opening a folder of the published size: the first time, and again.

``python -m benchmarks.loading [FOLDER]``. Without a folder 428 experiments are simulated on the
demo brain's atlas first, which takes minutes. "Cold" means that no file of the folder, or of the
copy, is in the system's page cache. The plain version reads the same volumes one after the other
with pynrrd and makes nothing of them.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import nrrd

from napari_connectome.core.io.user_cache import FOLDER_VARIABLE
from napari_connectome.core.progress import run_to_end
from napari_connectome.data.allen_cache import VOLUME_KINDS, AllenCache, open_cache
from napari_connectome.data.simulate.job import simulate
from napari_connectome.data.tracing import load_experiments

RUNS = 3
AGAIN_LIMIT_S = 3.0


def main(arguments: list[str]) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as place:
        os.environ[FOLDER_VARIABLE] = str(Path(place) / "copies")
        if arguments:
            folder = Path(arguments[0])
        else:
            folder = run_to_end(simulate(Path(place) / "simulated", experiments=428))
        _measure(folder, Path(place) / "copies")


def _measure(folder: Path, copies: Path) -> None:
    cache = open_cache(folder)
    n_bytes = sum(path.stat().st_size for path in _volumes(cache))
    count = len(cache.experiments.with_volumes)
    print(f"{count} experiments at {cache.resolution_um} µm, {n_bytes / 1e6:.0f} MB of volumes\n")
    print("| task | page cache | median | goal | runs |\n|---|---|---|---|---|")
    _row("plain: every volume with pynrrd", "warm", [_seconds_of_plain(cache)])
    for state in ("warm", "cold"):
        first, again = [], []
        for _ in range(RUNS):
            for copy in copies.glob("*"):
                copy.unlink()
            if state == "cold":
                _forget(_volumes(cache))
            first.append(_seconds(folder))
            if state == "cold":
                _forget([*_volumes(cache), *copies.glob("*")])
            again.append(_seconds(folder))
        _row("first opening, copy kept", state, first)
        _row("second opening", state, again, AGAIN_LIMIT_S)


def _seconds(folder: Path) -> float:
    """Seconds from the name of the folder to matrices that can be fitted to."""
    start = time.perf_counter()
    run_to_end(load_experiments(open_cache(folder)))
    return time.perf_counter() - start


def _seconds_of_plain(cache: AllenCache) -> float:
    start = time.perf_counter()
    for path in _volumes(cache):
        nrrd.read(str(path))
    return time.perf_counter() - start


def _volumes(cache: AllenCache) -> list[Path]:
    ids = cache.experiments.with_volumes
    return [cache.volume_path(i, kind) for i in sorted(ids) for kind in VOLUME_KINDS]


def _forget(paths: Iterable[Path]) -> None:
    """Take files out of the system's page cache."""
    os.sync()
    for path in paths:
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _row(name: str, state: str, times: list[float], limit: float | None = None) -> None:
    goal = "" if limit is None else f"≤ {limit:.2f} s"
    print(f"| {name} | {state} | {statistics.median(times):.2f} s | {goal} | {len(times)} |")


if __name__ == "__main__":
    main(sys.argv[1:])
