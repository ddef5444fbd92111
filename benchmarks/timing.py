"""Medians of alternated runs, so that a busy moment of the computer strikes both sides alike."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Measured:
    """A line of a result table; seconds.

    ``cpu`` is processor time of all threads: a busy computer stretches it less than the clock.
    """

    name: str
    ours: float
    best: float
    cpu: float
    plain: float | None
    limit: float | None
    runs: int

    def row(self) -> str:
        """Line of a Markdown table."""
        plain = "" if self.plain is None else _ms(self.plain)
        ratio = "" if self.plain is None else f"{self.plain / self.ours:.1f}"
        limit = "" if self.limit is None else f"≤ {_ms(self.limit)}"
        ours = (_ms(self.ours), _ms(self.best), _ms(self.cpu))
        cells = (self.name, *ours, limit, plain, ratio, str(self.runs))
        return f"| {' | '.join(cells)} |"


HEADER = (
    "| task | median | best | processor | goal | plain | plain / ours | runs |\n"
    "|---|---|---|---|---|---|---|---|"
)


def compare(
    name: str,
    ours: Callable[[int], Any],
    plain: Callable[[int], Any] | None = None,
    *,
    limit: float | None = None,
    runs: int = 11,
) -> Measured:
    """Time two implementations in turns; each is called with the number of the run."""
    times: dict[str, list[float]] = {"ours": [], "cpu": [], "plain": []}
    for run in range(runs + 1):
        start, busy = time.perf_counter(), time.process_time()
        ours(run)
        times["ours"].append(time.perf_counter() - start)
        times["cpu"].append(time.process_time() - busy)
        if plain is not None:
            start = time.perf_counter()
            plain(run)
            times["plain"].append(time.perf_counter() - start)
    # The first run pays for caches, threads and imports.
    medians = {key: statistics.median(found[1:]) for key, found in times.items() if found}
    best = min(times["ours"][1:])
    return Measured(name, medians["ours"], best, medians["cpu"], medians.get("plain"), limit, runs)


def peak_bytes() -> int:
    """Largest memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def current_bytes() -> int:
    """Memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"
