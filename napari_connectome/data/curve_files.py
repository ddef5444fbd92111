"""Completion curves in files: a table for people, a record to go on from."""

from __future__ import annotations

import csv
import json
import math
import time
from pathlib import Path

import numpy as np

from napari_connectome.core.completion.curve import Curve, CurveRequest
from napari_connectome.core.errors import DataError
from napari_connectome.core.io.atomic import appearing

FORMAT, VERSION = "napari-connectome completion curve", 1
COLUMNS = (
    *("matrix", "observed_fraction", "repeats", "mean_mse", "sd_mse"),
    *("mean_relative_error", "recovered"),
)
NAMES = ("matrix", "rank 2")
EVERY_S = 5.0
"""Least time between two states on disk."""


def write_curve(path: str | Path, curve: Curve) -> Path:
    """Write mean, standard deviation and recoveries by observed fraction as CSV.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    target = Path(path).expanduser().absolute()
    with appearing(target) as part, part.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# {FORMAT}, version {VERSION}; partial: {str(curve.is_partial).lower()}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for number in range(curve.request.curves):
            means, sds, parts = curve.mean(number), curve.sd(number), curve.recovered(number)
            for place, fraction in enumerate(curve.request.fractions):
                errors = curve.relative[number, place]
                known = errors[np.isfinite(errors)]
                relative = float(known.mean()) if len(known) else float("nan")
                row = (means[place], sds[place], relative, parts[place])
                cells = ["" if math.isnan(value) else repr(float(value)) for value in row]
                writer.writerow([NAMES[number], repr(fraction), len(known), *cells])
    return target


def save_checkpoint(path: Path, curve: Curve) -> None:
    """Keep what there is, so that :func:`load_checkpoint` can go on from it.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    record = {
        "format": FORMAT,
        "version": VERSION,
        "digest": curve.request.digest,
        "repeats": curve.request.repeats,
        "mse": _plain(curve.mse),
        "relative": _plain(curve.relative),
    }
    with appearing(path.expanduser().absolute()) as part:
        part.write_text(json.dumps(record), encoding="utf-8")


class CheckpointWriter:
    """Keeps a growing curve in a file, now and then.

    Parameters
    ----------
    path : Path
        File; an older one is replaced.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._latest: Curve | None = None
        self._written = time.monotonic()

    def keep(self, curve: Curve) -> None:
        """Take what there is; written when it is time."""
        self._latest = curve
        if time.monotonic() - self._written > EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Write what was taken and is not on the disk.

        Raises
        ------
        DataError
            When the file cannot be written.
        """
        if self._latest is not None:
            save_checkpoint(self._path, self._latest)
            self._latest = None
        self._written = time.monotonic()


def load_checkpoint(path: Path, request: CurveRequest) -> Curve:
    """What a stopped run of the same request came to.

    Raises
    ------
    DataError
        When the file is missing, damaged, or of another matrix or other choices.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"{path} is missing: there is nothing to go on from.") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path} is damaged ({error}). Begin anew without it.") from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise DataError(f"{path} is no checkpoint of a completion curve.")
    if record.get("version") != VERSION or record.get("digest") != request.digest:
        raise DataError(
            f"{path} is of another matrix, or of other fractions, δ or seed. Ask for the same as "
            "when it was begun, or begin anew with another file."
        )
    try:
        mse, relative = (_array(record[name]) for name in ("mse", "relative"))
        shape = (request.curves, len(request.fractions), int(record["repeats"]))
        if mse.shape != shape or relative.shape != shape:
            raise ValueError(f"shape {mse.shape} instead of {shape}")
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path} is damaged ({error}). Begin anew without it.") from None
    kept = min(shape[2], request.repeats)
    wide = (request.curves, len(request.fractions), request.repeats)
    found = [np.full(wide, np.nan) for _ in range(2)]
    for whole, part in zip(found, (mse, relative), strict=True):
        whole[:, :, :kept] = part[:, :, :kept]
    return Curve(request, *found)


def _plain(values: np.ndarray) -> object:
    """Nested lists, None where there is no number."""
    listed = values.astype(object)
    listed[np.isnan(values)] = None
    return listed.tolist()


def _array(values: object) -> np.ndarray:
    return np.array(values, dtype=np.float64)
