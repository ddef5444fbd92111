"""From results to what flatmap and matrix show: pure functions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.flatmap import Aggregate, CorticalView
from napari_connectome.core.measures import MEASURES
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.sides import SIDES
from napari_connectome.core.structures import StructureTree
from napari_connectome.state.evidence_values import ShownAnswer
from napari_connectome.state.painted_cells import painted_mask
from napari_connectome.state.params import PaintedCell
from napari_connectome.state.values import BrainMap, ShownMatrix
from napari_connectome.widgets.flatmap.content import FlatmapContent, MapRegion, Place
from napari_connectome.widgets.matrix.content import (
    PAINTED,
    AxisRegion,
    MatrixContent,
    MeasureName,
)

ACROSS_DEPTH: dict[Aggregate, str] = {
    "mean": "mean over the depth",
    "max": "largest of the depth",
    "sum": "sum over the depth",
}
NO_DIVISION_RGB = (128, 128, 128)


def map_content(shown: BrainMap, atlas: Atlas, pick_depth: float) -> FlatmapContent:
    """The fixed part of a map: regions, hemispheres, and the place under each pixel."""
    view = shown.view

    def place_under(row: int, column: int) -> Place | None:
        index = view.voxel_at(row, column, pick_depth)
        return None if index is None else atlas.um_of_index(index)

    return FlatmapContent(
        name=view.name,
        title=view.title,
        region_ids=shown.region_ids,
        has_path=view.lookup >= 0,
        missing=view.missing,
        left=view.left_image(),
        regions={
            s.id: MapRegion(s.id, s.acronym, s.name, s.rgb)
            for s in (atlas.tree[int(i)] for i in np.unique(shown.region_ids) if i)
        },
        pixel_um=view.pixel_um,
        place_of=place_under,
        note=map_note(view),
    )


def map_note(view: CorticalView) -> str:
    """Where a map comes from, and how far its lengths and areas can be trusted."""
    note = f"{view.title}: {view.origin}."
    if view.distortion is None:
        return note
    words = view.distortion.label
    return f"{note} {words[0].upper()}{words[1:]}."


def map_unit(answer: ShownAnswer, aggregate: Aggregate) -> str:
    """What the numbers of a map are."""
    unit = answer.model.connectivity.unit
    return f"{unit[0].upper()}{unit[1:]}, {ACROSS_DEPTH[aggregate]}"


def matrix_content(
    shown: ShownMatrix, prefix: str = "", painted: frozenset[PaintedCell] = frozenset()
) -> MatrixContent:
    """Rows, columns and values as the matrix view takes them.

    Parameters
    ----------
    shown : ShownMatrix
        In its order.
    prefix : str
        Stands before the title.
    painted : frozenset of (source, target, side)
        Cells that were marked as missing.
    """
    matrix = shown.matrix
    return MatrixContent(
        rows=_axis(matrix.tree, matrix.source_ids.tolist()),
        columns=_axis(matrix.tree, matrix.target_ids.tolist()),
        sides=tuple(SIDES[int(contra)] for contra in matrix.contra),
        values=matrix.values(shown.measure),
        title=prefix + matrix.title(shown.measure),
        unit=matrix.unit(shown.measure),
        marks=_marks(matrix, painted),
    )


def _marks(matrix: RegionalMatrix, painted: frozenset[PaintedCell]) -> NDArray[np.int8] | None:
    if not painted:
        return matrix.marks
    marks = np.zeros(matrix.shape, np.int8) if matrix.marks is None else matrix.marks
    return np.where(painted_mask(matrix, painted), np.int8(PAINTED), marks)


def measure_names(matrix: RegionalMatrix) -> dict[str, MeasureName]:
    """What the measures of a matrix are called, and what they are."""
    known = {name: MEASURES[name] for name in matrix.measures}
    return {
        name: MeasureName(m.short, f"{m.title}: {m.unit}\n{m.formula}") for name, m in known.items()
    }


def _axis(tree: StructureTree, ids: list[int]) -> tuple[AxisRegion, ...]:
    found = []
    for structure in map(tree.__getitem__, ids):
        division_id = tree.division_of(structure.id)
        division = None if division_id is None else tree[division_id]
        found.append(
            AxisRegion(
                structure.id,
                structure.acronym,
                structure.name,
                structure.rgb,
                "" if division is None else division.acronym,
                NO_DIVISION_RGB if division is None else division.rgb,
            )
        )
    return tuple(found)
