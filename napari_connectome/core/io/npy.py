"""NumPy files that appear when they are complete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.io.atomic import appearing


def write_npy(path: Path, values: npt.NDArray[Any]) -> None:
    """Write an array of numbers; an older file is replaced.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    with appearing(path.absolute()) as part, part.open("xb") as file:
        np.save(file, values, allow_pickle=False)
