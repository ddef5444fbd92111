"""The jobs of the window: the same functions a script calls, behind one request each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from napari_connectome.core.io import saving
from napari_connectome.core.io.atomic import write_text
from napari_connectome.core.measures import Measure
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.fitted import FittedModel, Prediction
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.regional import regional_matrix_job
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.regional_order import Order, arranged
from napari_connectome.core.spline.checkpoint import Checkpointing
from napari_connectome.core.targets import regions_of
from napari_connectome.data.allen_cache import AllenCache, open_cache
from napari_connectome.data.allen_download import is_written_to
from napari_connectome.data.export import volumes
from napari_connectome.data.model_files import reading_model
from napari_connectome.data.needs import all_needs
from napari_connectome.data.provenance import provenance
from napari_connectome.data.tracing import LoadSettings, load_experiments
from napari_connectome.state.params import DatasetParams, FitParams
from napari_connectome.state.values import BrainMap, Dataset, ShownMatrix

DOWNLOADING = (
    "A download into this folder is running: what has not come yet is missing here. Open the "
    "folder again when it has ended."
)


def demo_folder() -> Path:
    """Where the demo brain that comes with the program lies."""
    from napari_connectome.sample_data import folder

    return Path(folder())


def load(params: DatasetParams) -> Job[Dataset]:
    """Open a cache folder: the atlas, and every experiment that has volumes.

    Raises
    ------
    DataError
        When the folder is not an Allen cache, or a file in it is unusable.
    """
    yield Progress(0, 0, "Reading the atlas")
    folder = demo_folder() if params.path is None else params.path
    cache = open_cache(folder, params.resolution_um)
    downloading = (DOWNLOADING,) if is_written_to(cache.folder) else ()
    atlas = cache.atlas
    there = cache.experiments.on_disk()
    dataset = Dataset(
        title=params.title,
        folder=folder,
        atlas=atlas,
        records=tuple(cache.experiments),
        with_volumes=frozenset(there.ids),
        notes=downloading,
        is_demo=params.path is None,
        cortical_paths=cache.cortical_paths,
        needs=all_needs(cache),
    )
    if not len(there):
        return dataset
    return (yield from _with_experiments(dataset, cache, params))


def _with_experiments(dataset: Dataset, cache: AllenCache, params: DatasetParams) -> Job[Dataset]:
    settings = LoadSettings(
        data_mask_tolerance=params.data_mask_tolerance,
        min_contained=params.min_contained,
        on_bad="skip",
    )
    loaded = yield from load_experiments(cache, settings)
    notes = loaded.report.notes
    origin = provenance(cache, settings, notes)
    notes = (*dataset.notes, *notes)
    return replace(dataset, experiments=loaded, notes=notes, provenance=origin)


def outlook(dataset: Dataset, params: FitParams) -> Job[str]:
    """What a fit will be about and what it needs; empty where the model has nothing to say.

    Raises
    ------
    ConnectomeError
        What would refuse the fit.
    """
    yield Progress(0, 0, "Looking at the data")
    entry = entry_of(params.model)
    if entry.outlook is None or dataset.experiments is None:
        return ""
    return entry.outlook(dataset.experiments, dataset.atlas, entry.values(params.values))


def fit(
    dataset: Dataset, params: FitParams, checkpoint: Checkpointing | None = None
) -> Job[FittedModel]:
    """Fit a model of the catalog to a dataset.

    Parameters
    ----------
    dataset : Dataset
        Has experiments.
    params : FitParams
        What to fit.
    checkpoint : Checkpointing, optional
        Where a fit that can be stopped and gone on with keeps what it has reached.

    Raises
    ------
    ModelError
        When a parameter is refused, or the data do not allow the model.
    DataError
        When the checkpoint is of another fit.
    """
    entry = entry_of(params.model)
    values: dict[str, Any] = dict(entry.values(params.values))
    if entry.resumable:
        values["checkpoint"] = checkpoint
    model: FittedModel = yield from entry.fit(dataset.experiments, dataset.atlas, **values)
    fitted = replace(model, provenance={**model.provenance, **dataset.provenance})
    yield Progress(0, 0, "Finding the regions of targets")
    # A first answer would else find them while the window waits.
    regions_of(fitted, fitted.connectivity.target_mask)
    return fitted


def save(model: FittedModel, path: Path) -> Job[Path]:
    """Save a fitted model to one file.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    return saving(model, path)


def save_volume(prediction: Prediction, path: Path) -> Job[Path]:
    """Save a predicted projection as a volume in CCF order, in the format that its name asks for.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    yield Progress(0, 0, f"Writing {path.name}")
    return volumes.save_volume(prediction, path)


def save_text(path: Path, text: str) -> Job[Path]:
    """Save a text in UTF-8.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    yield Progress(0, 0, f"Writing {path.name}")
    write_text(path, text)
    return path


def brain_maps(dataset: Dataset) -> Job[tuple[BrainMap, ...]]:
    """Maps of the cortex of a brain: read where there are path files, else computed and kept.

    Raises
    ------
    DataError
        When a path file is damaged, belongs to another atlas, or there is no cortex.
    """
    from napari_connectome.data.cortical_views import load_cortical_views

    views = yield from load_cortical_views(dataset.atlas, dataset.cortical_paths)
    maps: list[BrainMap] = []
    for view in views:
        yield Progress(len(maps), len(views), f"{view.title}: finding regions")
        maps.append(BrainMap(view, view.region_image(dataset.atlas)))
    return tuple(maps)


def regional(model: FittedModel) -> Job[RegionalMatrix]:
    """Regional matrix of a fitted model.

    Raises
    ------
    ModelError
        When no region has source voxels.
    """
    return regional_matrix_job(model)


def arrange(
    matrix: RegionalMatrix, measure: Measure, order: Order, *, like: RegionalMatrix
) -> Job[ShownMatrix]:
    """Put the rows and columns of a matrix in the order that suits one of the same regions."""
    yield Progress(0, 0, "Ordering the regional matrix")
    shown = arranged(matrix, measure, order, like=like)
    return ShownMatrix(shown, measure, (matrix, measure, order))


def open_matrix(path: Path, dataset: Dataset | None) -> Job[RegionalMatrix]:
    """Read a regional matrix from a CSV file, named by the ontology of the open brain.

    Raises
    ------
    DataError
        When the file is missing or no regional matrix.
    """
    from napari_connectome.data.regional_files import read_matrix

    yield Progress(0, 0, f"Reading {path.name}")
    return read_matrix(path, None if dataset is None else dataset.atlas.tree)


def open_model(path: Path) -> Job[tuple[Dataset, FittedModel]]:
    """Open a saved or a published model; its atlas becomes the dataset.

    Raises
    ------
    DataError
        When it is not a model, is damaged, or is of a newer version.
    """
    model = yield from reading_model(path)
    return Dataset(title=path.name, folder=path, atlas=model.atlas, of_model=True), model
