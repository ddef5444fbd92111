"""A long fit that can be stopped and gone on with: its finished steps and its state, on disk."""

from __future__ import annotations

import hashlib
import json
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.errors import DataError
from napari_connectome.core.io.atomic import appearing
from napari_connectome.core.spline.problem import SplineProblem

Arrays = Mapping[str, npt.NDArray[Any]]
FORMAT, VERSION = "napari-connectome fit in progress", 1
HEADER = "header"
EVERY_S = 20.0
"""Least time between two states on disk."""
LONGEST_PART = 0.05
"""Part of the time that writing may take."""


@dataclass(frozen=True)
class Checkpointing:
    """Where a fit keeps what it has reached.

    Parameters
    ----------
    path : Path
        File; the fit removes it when it is done.
    resume : bool
        Whether the file of a fit that was stopped is gone on with. Otherwise it is replaced.
    """

    path: Path
    resume: bool = False


class Ledger:
    """Steps of a fit by name, each a set of arrays; kept in memory, and in a file now and then.

    Parameters
    ----------
    place : Checkpointing or None
        None keeps nothing on disk.
    digest : str
        Stands for data and parameters; a file of another one is refused.

    Raises
    ------
    DataError
        When a file to go on with is missing, damaged, altered, or of other data or parameters.
    """

    def __init__(self, place: Checkpointing | None, digest: str) -> None:
        self._place, self._digest = place, digest
        self._steps: dict[str, dict[str, npt.NDArray[Any]]] = {}
        self._written = time.monotonic()
        self._took_s = 0.0
        self._changed = False
        if place is not None and place.resume:
            self._steps = _read(place.path, digest)

    def get(self, step: str) -> dict[str, npt.NDArray[Any]] | None:
        """What a step has left, None where it has not."""
        return self._steps.get(step)

    def put(self, step: str, arrays: Arrays) -> None:
        """Keep what a step has reached, in place of what it had; written when it is time."""
        self._steps[step] = dict(arrays)
        self._changed = True
        waited = time.monotonic() - self._written
        if waited > max(EVERY_S, self._took_s / LONGEST_PART):
            self.write()

    def drop(self, step: str) -> None:
        """Forget a step, such as a state whose result is there."""
        self._steps.pop(step, None)

    def write(self) -> None:
        """Write the file now."""
        if self._place is None or not self._changed:
            return
        began = time.monotonic()
        _write(self._place.path, self._digest, self._steps)
        self._written = time.monotonic()
        self._took_s = self._written - began
        self._changed = False

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Write what there is when the work inside is stopped, and remove it when it is done."""
        try:
            yield
        except BaseException:
            self.write()
            raise
        if self._place is not None:
            self._place.path.unlink(missing_ok=True)


def digest_of(problems: Mapping[str, SplineProblem], parameters: Mapping[str, Any]) -> str:
    """A text that is another one when any number of the data or parameters is."""
    found = hashlib.sha256(json.dumps(dict(parameters), sort_keys=True).encode())
    for name, problem in sorted(problems.items()):
        found.update(name.encode())
        for matrix in (
            problem.injections,
            csr_array(problem.hidden),
            problem.source_laplacian,
            problem.target_laplacian,
        ):
            for array in (matrix.data, matrix.indices.astype(np.int64), matrix.indptr):
                found.update(np.ascontiguousarray(array).tobytes())
        found.update(np.ascontiguousarray(problem.projections).tobytes())
    return found.hexdigest()


def _content(arrays: Arrays) -> str:
    found = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        found.update(f"{name} {array.dtype} {array.shape}".encode())
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def _write(path: Path, digest: str, steps: Mapping[str, Arrays]) -> None:
    flat = {f"{step}|{name}": a for step, arrays in steps.items() for name, a in arrays.items()}
    header = {
        "format": FORMAT,
        "version": VERSION,
        "digest": digest,
        "steps": list(steps),
        "content": _content(flat),
    }
    text = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
    with appearing(path) as part, zipfile.ZipFile(part, "w") as file:
        for name, array in {HEADER: text, **flat}.items():
            # Sizes beyond 2 GiB must be told before the first byte.
            with file.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)


def _read(path: Path, digest: str) -> dict[str, dict[str, npt.NDArray[Any]]]:
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            flat = {name: file[name] for name in file.files}
            header = json.loads(flat.pop(HEADER).tobytes())
            known = (header["format"], header["version"]) == (FORMAT, VERSION)
            whole = known and header["content"] == _content(flat)
            same, steps = header["digest"] == digest, header["steps"]
    except FileNotFoundError:
        raise DataError(
            f"{path} is missing: there is no fit to go on with. Start it anew."
        ) from None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is damaged or no fit in progress. Start it anew.") from error
    if not whole:
        raise DataError(f"{path} was altered, or is of another version. Start the fit anew.")
    if not same:
        raise DataError(
            f"{path} is a fit of other data or with other parameters than those that are asked "
            "for. Open its data and set its parameters, or start anew."
        )
    found: dict[str, dict[str, npt.NDArray[Any]]] = {step: {} for step in steps}
    for key, array in flat.items():
        step, _, name = key.rpartition("|")
        found[step][name] = array
    return found
