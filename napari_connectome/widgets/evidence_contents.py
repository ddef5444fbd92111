"""From evidence to what its view shows: pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from napari_connectome.core.measures import DENSITY, MEASURES
from napari_connectome.core.models.fitted import Prediction
from napari_connectome.core.regional_matrix import RegionalCell
from napari_connectome.core.sources import VoxelSource
from napari_connectome.core.structures import StructureTree
from napari_connectome.layers.evidence_styles import MEASURED_RGB, support_colormap
from napari_connectome.state.evidence_values import (
    AnswerEvidence,
    CellEvidence,
    ShownExperiment,
    SupportKind,
)
from napari_connectome.state.site_values import HypotheticalSupport
from napari_connectome.state.values import Dataset
from napari_connectome.widgets.appearance import Rgb
from napari_connectome.widgets.color_bar import Rgba
from napari_connectome.widgets.evidence.cell_page import MeasureLine
from napari_connectome.widgets.evidence.rows import ExperimentShare
from napari_connectome.widgets.ticks import number_text

NO_SOURCE = "Choose a source in the brain to see which experiments its projection is made of."
BACKWARDS = (
    "Asked backwards, every voxel answers from the experiments near it: no single list of "
    "experiments stands behind the whole. The support below shows how far the data of each voxel "
    "carry; for one connection, click its cell in the regional matrix."
)
NO_CELL = "Click a cell of the regional matrix to see the experiments that it is made of."


class Injected(NamedTuple):
    """Where an experiment was injected."""

    acronym: str
    name: str
    rgb: Rgb | None


def injected(dataset: Dataset) -> Mapping[int, Injected]:
    """Primary injection structure of every experiment whose metadata are there."""
    tree = dataset.atlas.tree
    return {
        record.id: Injected(
            record.structure_acronym,
            record.structure_name,
            tree[record.structure_id].rgb if record.structure_id in tree else None,
        )
        for record in dataset.records
    }


def answer_rows(
    evidence: AnswerEvidence, known: Mapping[int, Injected]
) -> Sequence[ExperimentShare]:
    """The experiments behind an answer, with their distance."""
    found = evidence.contributions
    return _rows(found.experiment_ids, found.shares, [found.distances_um], known)


def answer_facts(prediction: Prediction) -> str:
    """Nearest injection and effective number of experiments, as rich text."""
    support = prediction.support
    if support is None:
        return ""
    count = len(support.shares)
    if not count:
        return "No experiment injected this place: the answer comes from a completed matrix."
    mean = "" if isinstance(prediction.source, VoxelSource) else " in the mean"
    near = f"<b>{support.nearest_um:.0f} µm</b> to the nearest injection centroid{mean}"
    if np.isnan(support.nearest_um):
        near = "distance to the injections not known"
    return f"{near} · <b>{support.effective_experiments:.1f}</b> effective of {count} experiments"


def cell_title(cell: RegionalCell, tree: StructureTree) -> str:
    """The connection in words, and the unit that its measures share."""
    source, target = tree[cell.source_id], tree[cell.target_id]
    return f"{source.acronym} → {target.acronym}, {cell.side}lateral: {DENSITY}"


def cell_lines(cell: RegionalCell) -> Sequence[MeasureLine]:
    """The connection in every measure that the matrix has."""
    lines = []
    for measure, value in cell.values.items():
        info = MEASURES[measure]
        text = "missing" if np.isnan(value) else number_text(value)
        source, target = (
            "mean" if divided else "sum"
            for divided in (info.per_source_voxel, info.per_target_voxel)
        )
        over = f"source: {source}, target: {target}"
        tip = f"{info.title}: {info.unit}\n{info.formula}"
        lines.append(MeasureLine(info.short, text, over, tip))
    return lines


def cell_rows(found: CellEvidence, known: Mapping[int, Injected]) -> Sequence[ExperimentShare]:
    """The experiments behind a cell, with their weight and what they show in the target."""
    evidence = found.evidence
    if evidence is None:
        return ()
    numbers = [evidence.weights, evidence.received]
    return _rows(evidence.experiment_ids, evidence.shares, numbers, known)


def shown_colors(shown: Sequence[ShownExperiment]) -> Mapping[int, Rgb]:
    """Colour of each measured volume that is shown, as in its layer."""
    colors = {}
    for one in shown:
        red, green, blue = MEASURED_RGB[one.color_number % len(MEASURED_RGB)]
        colors[one.experiment_id] = (round(255 * red), round(255 * green), round(255 * blue))
    return colors


def hypothetical_words(found: HypotheticalSupport | None) -> str:
    """What the support includes beside the model's own experiments."""
    if found is None:
        return ""
    count = len(found.points_um)
    return f"With {count} hypothetical {'injection' if count == 1 else 'injections'}."


def support_colors(kind: SupportKind, count: int = 64) -> Sequence[Rgba]:
    """Colours of the support layer, from low to high."""
    colors = support_colormap(kind).map(np.linspace(0, 1, count))
    return [tuple(float(c) for c in color) for color in colors]


def _rows(
    ids: np.ndarray,
    shares: np.ndarray,
    numbers: Sequence[np.ndarray],
    known: Mapping[int, Injected],
) -> Sequence[ExperimentShare]:
    nowhere = Injected("", "", None)
    columns = zip(*(column.tolist() for column in numbers), strict=True)
    return [
        ExperimentShare(
            experiment_id, *known.get(experiment_id, nowhere), share=share, numbers=values
        )
        for experiment_id, share, values in zip(ids.tolist(), shares.tolist(), columns, strict=True)
    ]
