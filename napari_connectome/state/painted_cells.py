"""Cells of the regional matrix that a person marked as missing, whatever their order is."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from napari_connectome.core.completion.problem import Mask
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.sides import SIDES, Side
from napari_connectome.state.params import PaintedCell


def painted_mask(matrix: RegionalMatrix, cells: Iterable[PaintedCell]) -> Mask:
    """Where marked cells lie in a matrix, shape (r, t); those that it lacks are passed over."""
    rows = {i: row for row, i in enumerate(matrix.source_ids.tolist())}
    sides = [SIDES[int(contra)] for contra in matrix.contra]
    keys = zip(matrix.target_ids.tolist(), sides, strict=True)
    columns = {key: column for column, key in enumerate(keys)}
    mask = np.zeros(matrix.shape, dtype=bool)
    for source, target, side in cells:
        row, column = rows.get(source), columns.get((target, side))
        if row is not None and column is not None:
            mask[row, column] = True
    return mask


def repainted(
    painted: frozenset[PaintedCell],
    sources: Iterable[int],
    targets: Iterable[tuple[int, Side]],
    *,
    missing: bool,
) -> frozenset[PaintedCell]:
    """Marked cells after a block of rows and columns was marked as missing, or no longer is."""
    targets = tuple(targets)
    block = frozenset((source, target, side) for source in sources for target, side in targets)
    return painted | block if missing else painted - block
