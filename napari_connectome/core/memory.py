"""Whether what a job needs fits in memory, asked before it starts."""

from __future__ import annotations

import os
from pathlib import Path

from napari_connectome.core.errors import ModelError

MEMINFO = Path("/proc/meminfo")
GB = 1e9


def available_bytes() -> int | None:
    """Memory that a job can have without pushing others out; None where the system does not say.

    Where only the size of all memory is known, that is what is given.
    """
    try:
        lines = MEMINFO.read_text(encoding="ascii").splitlines()
        found = next(line for line in lines if line.startswith("MemAvailable:"))
        return int(found.split()[1]) * 1024
    except (OSError, StopIteration, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def check_memory(need_bytes: float, what: str, advice: str) -> None:
    """Refuse a job that needs more memory than there is.

    Parameters
    ----------
    need_bytes : float
        What it takes at its peak.
    what : str
        The job, as the subject of a sentence.
    advice : str
        What to do instead, as a sentence.

    Raises
    ------
    ModelError
        Saying what is needed, what there is, and what to do.
    """
    there = available_bytes()
    if there is not None and need_bytes > there:
        raise ModelError(
            f"{what} needs about {gigabytes(need_bytes)} of memory, and {gigabytes(there)} are "
            f"available. {advice}"
        )


def gigabytes(count: float) -> str:
    """A number of bytes in words.

    Examples
    --------
    >>> gigabytes(1.26e9)
    '1.3 GB'
    """
    return f"{max(count / GB, 0.1):,.1f} GB"
