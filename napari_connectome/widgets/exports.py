"""Files that views write: jobs, so that a figure is drawn off the main thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.flatmap import FlatmapProjector
from napari_connectome.core.io.npy import write_npy
from napari_connectome.core.models.fitted import Prediction
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.sources import RegionSource
from napari_connectome.data.regional_files import write_matrix
from napari_connectome.data.target_table import VALUE_TITLE, side_words, write_targets
from napari_connectome.figures.paired_bars import PairedBar
from napari_connectome.state.recording import figures
from napari_connectome.state.recording.figures import Drawing
from napari_connectome.state.recording.python import expression, literal
from napari_connectome.state.values import ShownMatrix
from napari_connectome.widgets import view_contents
from napari_connectome.widgets.places import place_of
from napari_connectome.widgets.source_words import question

SaveJob = Job[Path]


def matrix_table(shown: ShownMatrix, path: Path, provenance: Mapping[str, Any]) -> SaveJob:
    """Write the matrix as it is shown to a CSV file that reads back without loss."""
    yield _writing(path)
    write_matrix(path, shown.matrix, shown.measure, provenance=provenance)
    return path


def matrix_picture(shown: ShownMatrix, path: Path, *, log: bool) -> SaveJob:
    """Draw the matrix as it is shown as a figure for a paper."""
    yield _writing(path)
    from napari_connectome.figures.matrix import matrix_figure
    from napari_connectome.figures.saving import save_figure

    save_figure(matrix_figure(shown.matrix, shown.measure, log=log), path)
    return path


def map_array(image: npt.NDArray[np.float32], path: Path) -> SaveJob:
    """Write the values of a map as a NumPy array, NaN where there is no path."""
    yield _writing(path)
    write_npy(path, image)
    return path


def map_look(
    projector: FlatmapProjector,
    prediction: Prediction,
    *,
    log: bool,
    limits: tuple[float, float] | None,
) -> dict[str, Any]:
    """Title, unit, caption and colours of the figure of a map."""
    low, high = projector.depth
    note = view_contents.map_note(projector.view)
    return {
        "title": question(prediction),
        "unit": view_contents.map_unit(prediction, projector.aggregate),
        "caption": f"{note} Depth {low:g} to {high:g} (pia 0, white matter 1)",
        "log": log,
        "limits": limits,
    }


def map_picture(
    projector: FlatmapProjector, prediction: Prediction, path: Path, look: Mapping[str, Any]
) -> SaveJob:
    """Draw a map as a figure for a paper."""
    yield _writing(path)
    from napari_connectome.figures.flatmap import MapSource, flatmap_figure
    from napari_connectome.figures.saving import save_figure

    mark = MapSource(**_mark(projector, prediction))
    image = projector.image(prediction.vector, mirrored=prediction.mirrored)
    figure = flatmap_figure(projector.view, image, prediction.model.atlas, **look, source=mark)
    save_figure(figure, path)
    return path


def map_drawing(
    projector: FlatmapProjector, prediction: Prediction, look: Mapping[str, Any]
) -> Drawing:
    """How a script draws the same figure."""
    named = {name: literal(value) for name, value in _mark(projector, prediction).items()}
    return figures.map_drawing(
        projector.view.name,
        expression("MapSource", **named),
        aggregate=projector.aggregate,
        depth=projector.depth,
        **look,
    )


def _mark(projector: FlatmapProjector, prediction: Prediction) -> dict[str, Any]:
    """What is marked as the source."""
    source, place = prediction.source, place_of(prediction.source)
    if isinstance(source, RegionSource):
        return {"structure_ids": source.structure_ids, "left": prediction.mirrored}
    if place is None:
        return {}
    return {"pixel": projector.view.pixel_of(prediction.model.atlas.index_of_um(place))}


def target_table(prediction: Prediction, path: Path) -> SaveJob:
    """Write all target regions of a prediction to a CSV file."""
    yield _writing(path)
    return write_targets(path, prediction)


def target_picture(
    prediction: Prediction, path: Path, bars: Sequence[PairedBar], *, log: bool
) -> SaveJob:
    """Draw the chart of targets, as it is shown, as a figure for a paper."""
    yield _writing(path)
    from napari_connectome.figures.saving import save_figure
    from napari_connectome.figures.targets import targets_figure

    figure = targets_figure(
        bars,
        title=question(prediction),
        unit=prediction.model.connectivity.unit,
        value_title=VALUE_TITLE,
        log=log,
        words=side_words(prediction),
    )
    save_figure(figure, path)
    return path


def _writing(path: Path) -> Progress:
    return Progress(0, 0, f"Writing {path.name}")
