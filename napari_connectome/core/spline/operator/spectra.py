"""Smooth patterns that were computed before: kept in memory, and in the user's cache folder."""

from __future__ import annotations

import hashlib
import zipfile
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.errors import DataError, ModelError
from napari_connectome.core.io.atomic import appearing
from napari_connectome.core.io.user_cache import cache_folder, mark_used, remove_beyond
from napari_connectome.core.laplacian import components
from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.spline.operator.preparation import Geometry
from napari_connectome.core.spline.operator.spectrum import MODES, Spectrum, spectrum_job
from napari_connectome.core.spline.problem import SplineProblem

FEWEST = 50
"""Patterns of a small lattice: a matter of a second."""
VOXELS_FOR_EACH = 300
"""More patterns than this asks for would cost more than the shorter polynomials save."""
KEPT_IN_MEMORY = 4
"""Sources and targets of what is fitted now, few patterns and many of each."""
MOST_BYTES = 2**30
"""All files together; the longest unused go first."""
SUFFIX = ".patterns"
kept_spectra: OrderedDict[str, Spectrum] = OrderedDict()
"""By digest of their lattice, those used last at the end."""
_lock = Lock()
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, ModelError)


def patterns_for(voxels: int) -> int:
    """How many patterns suit a lattice of some size."""
    return int(np.clip(voxels // VOXELS_FOR_EACH, FEWEST, MODES))


def geometry_job(
    problem: SplineProblem, count: int | None = None, dtype: npt.DTypeLike = np.float32
) -> Job[Geometry]:
    """Smooth patterns of a problem's lattices, computed once for each lattice.

    Parameters
    ----------
    problem : SplineProblem
        Whose lattices.
    count : int, optional
        How many of each; as many as suit its size where nothing is said.
    dtype : data type
        Precision of the patterns and of all that is computed with them.
    """
    job = kept_spectrum_job(problem.source_laplacian, count, dtype)
    source = yield from stretch(job, 0, 1, 2)
    job = kept_spectrum_job(problem.target_laplacian, count, dtype)
    target = yield from stretch(job, 1, 1, 2)
    return Geometry.of(source, None if target is source else target)


def kept_spectrum_job(
    laplacian: csr_array, count: int | None = None, dtype: npt.DTypeLike = np.float32
) -> Job[Spectrum]:
    """Smooth patterns of one lattice, from memory or the disk where they are there.

    A file that cannot be read, or is not what it should be, is no error: they are computed anew
    and written in its place. Neither is a disk that cannot be written to.
    """
    wanted = patterns_for(laplacian.shape[0]) if count is None else count
    key = _digest(laplacian, wanted, np.dtype(dtype))
    with _lock:
        found = kept_spectra.get(key)
    if found is None:
        path = _path(key)
        found = _read(path, laplacian)
        if found is None:
            found = yield from spectrum_job(laplacian, wanted, dtype)
            _write(path, found)
    with _lock:
        kept_spectra[key] = found
        kept_spectra.move_to_end(key)
        while len(kept_spectra) > KEPT_IN_MEMORY:
            kept_spectra.popitem(last=False)
    return found


def _digest(laplacian: csr_array, count: int, dtype: np.dtype[Any]) -> str:
    found = hashlib.sha256(f"patterns 1 {count} {dtype}".encode())
    for array in (laplacian.indptr, laplacian.indices, laplacian.data.astype(np.float64)):
        kind = np.int64 if array.dtype.kind == "i" else np.float64
        found.update(np.ascontiguousarray(array, dtype=kind).tobytes())
    return found.hexdigest()[:32]


def _path(key: str) -> Path | None:
    """None on a system without a home."""
    try:
        return cache_folder() / "patterns" / f"{key}{SUFFIX}"
    except RuntimeError:
        return None


def _read(path: Path | None, laplacian: csr_array) -> Spectrum | None:
    """What was written for this lattice; every array of the archive has a checksum."""
    if path is None:
        return None
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            values, modes, ends = (file[name] for name in ("values", "modes", "ends"))
        mark_used(path)
    except _UNREADABLE:
        return None
    n = laplacian.shape[0]
    if values.ndim != 1 or modes.shape != (n, len(values)) or ends.shape != (2,):
        return None
    roughness = csr_array(-laplacian.astype(modes.dtype))
    return Spectrum(roughness, components(laplacian), values, modes, float(ends[0]), float(ends[1]))


def _write(path: Path | None, found: Spectrum) -> None:
    if path is None:
        return
    with suppress(OSError, DataError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with appearing(path) as part, part.open("xb") as file:
            np.savez(
                file,
                values=found.values,
                modes=found.modes,
                ends=np.array([found.low, found.high]),
            )
        others = sorted(path.parent.glob(f"*{SUFFIX}"), key=lambda p: p.stat().st_mtime)
        remove_beyond(path, reversed(others), MOST_BYTES)
