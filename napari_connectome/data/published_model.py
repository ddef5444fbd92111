"""The published voxel-scale model, in the files that its VoxelModelCache keeps.

A folder (``voxel_model`` below the cache's own) holds the weights of source voxels on
experiments, the projections of the experiments ("nodes"), and which structures and hemisphere
the rows of the one and the columns of the other are made of. Weights and nodes are CSV, packed
or not, or NumPy files. Voxels stand in C order of the annotation. The files know neither the ids
nor the places of the experiments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.atlas import Atlas, Hemisphere
from napari_connectome.core.division_factor import DivisionWeights
from napari_connectome.core.errors import AtlasError, DataError
from napari_connectome.core.factored import FactoredConnectivity
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job, Progress
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.files import read_json
from napari_connectome.data.matrix_rows import MatrixRows, open_matrix_file

RESOLUTION_UM = 100
SUFFIXES = (".npy", ".csv.gz", ".csv")
HEMISPHERES: dict[int, Hemisphere] = {1: "left", 2: "right", 3: "both"}
"""What the numbers in the mask files stand for."""
SPARSE_BELOW = 0.25
"""Part of nonzero weights below which a division is held as a sparse matrix."""
_AGAIN = "Download the files again, all of one release."


@dataclass(frozen=True)
class PublishedFiles:
    """The four files of a published model.

    Parameters
    ----------
    weights, nodes : Path
        Its two factors.
    source_mask, target_mask : Path
        JSON: structures and hemisphere of either side.
    """

    weights: Path
    nodes: Path
    source_mask: Path
    target_mask: Path

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self.weights.parent


def find_published(place: str | Path) -> PublishedFiles | None:
    """The files of a published model in a folder, or beside one of them; None for other places.

    Parameters
    ----------
    place : str or Path
        The folder, or one of the four files.
    """
    path = Path(place).expanduser()
    folder = path if path.is_dir() else path.parent
    weights, nodes = (_factor(folder, name) for name in ("weights", "nodes"))
    masks = [folder / f"{side}_mask_params.json" for side in ("source", "target")]
    if weights is None or nodes is None or not all(mask.is_file() for mask in masks):
        return None
    named = path == folder or path in (weights, nodes, *masks)
    return PublishedFiles(weights, nodes, *masks) if named else None


def read_published(place: str | Path, atlas_folder: str | Path | None = None) -> Job[FittedModel]:
    """Open a published model behind the face of a fitted one.

    Parameters
    ----------
    place : str or Path
        See :func:`find_published`.
    atlas_folder : str or Path, optional
        Cache folder with annotation and structures at 100 µm; by default the folder of the
        model, or the one above it.

    Returns
    -------
    job of FittedModel
        Experiments are numbered from 1 in the order of the files. Distances to injections are
        not known (NaN). Source voxels without any weight are left out.

    Raises
    ------
    DataError
        When a file is missing, damaged or of another shape, or there is no atlas.
    """
    files = find_published(place)
    if files is None:
        raise DataError(
            f"{place} holds no published voxel model. Weights and nodes (.csv.gz, .csv or .npy) "
            "with source_mask_params.json and target_mask_params.json were expected."
        )
    yield Progress(0, 0, "Reading the atlas")
    atlas = _atlas(files, atlas_folder)
    source, target = (_mask(path, atlas) for path in (files.source_mask, files.target_mask))
    given = open_matrix_file(files.weights)
    weights = yield from _read(given, len(source), "Reading the weights")
    nodes = yield from _nodes(files.nodes, weights.shape[1], len(target))
    connectivity = _connectivity(atlas, source, target, weights, nodes)
    return FittedModel(
        model="voxel",
        parameters={},
        connectivity=connectivity,
        atlas=atlas,
        experiment_ids=connectivity.experiment_ids,
        choices={},
        provenance={
            "folder": str(files.folder),
            "files": [files.weights.name, files.nodes.name],
            "notes": ["A published model; experiments are numbered in the order of its files."],
        },
    )


def _factor(folder: Path, name: str) -> Path | None:
    """A file of that name, or one whose name ends in it."""
    for suffix in SUFFIXES:
        if (folder / f"{name}{suffix}").is_file():
            return folder / f"{name}{suffix}"
        for path in sorted(folder.glob(f"*_{name}{suffix}")):
            return path
    return None


def _atlas(files: PublishedFiles, folder: str | Path | None) -> Atlas:
    if folder is not None:
        return open_cache(folder, RESOLUTION_UM).atlas
    tried = (files.folder, files.folder.parent)
    for place in tried:
        if any(place.glob("*manifest*.json")):
            return open_cache(place, RESOLUTION_UM).atlas
    raise DataError(
        f"{files.folder} holds a model without an atlas. Put it as the folder voxel_model into an "
        "Allen cache folder that has the annotation at 100 µm, or name such a folder."
    )


def _mask(path: Path, atlas: Atlas) -> VoxelMask:
    """Voxels of the structures and the hemisphere that a mask file names."""
    given = read_json(path, "structures and hemisphere of a mask")
    try:
        ids = [int(i) for i in given["structure_ids"]]
        hemisphere = HEMISPHERES[int(given.get("hemisphere_id", given.get("hemisphere", 3)))]
        return VoxelMask.from_atlas(atlas, ids, hemisphere)
    except (KeyError, TypeError, ValueError, AttributeError, AtlasError) as error:
        raise DataError(
            f"{path}: structure_ids of the atlas and a hemisphere_id of 1, 2 or 3 were expected "
            f"({error}). {_AGAIN}"
        ) from error


def _nodes(path: Path, experiments: int, n_target: int) -> Job[npt.NDArray[np.float32]]:
    """Projections: mapped as they are where the file allows it, else read."""
    given = open_matrix_file(path)
    mapped = given.mapped
    if mapped is not None and mapped.dtype == np.float32:
        _check_shape(given, mapped.shape, (experiments, n_target))
        return mapped
    nodes = yield from _read(given, experiments, "Reading the projections")
    _check_shape(given, nodes.shape, (experiments, n_target))
    return nodes


def _read(given: MatrixRows, rows: int, text: str) -> Job[npt.NDArray[np.float32]]:
    """All rows of a file as one array; as many as are expected."""
    values: npt.NDArray[np.float32] | None = None
    count = 0
    for count, row in enumerate(_checked(given), start=1):
        if values is None:
            values = np.empty((rows, len(row)), dtype=np.float32)
        if count > rows:
            break
        _check_shape(given, row.shape, values.shape[1:])
        values[count - 1] = row
        if count % max(1, rows // 200) == 0:
            yield Progress(count, rows, text)
    if values is None or count != rows:
        more = "more" if count > rows else f"{count}"
        raise DataError(
            f"{given.path} was expected to have {rows} rows, one for each voxel or experiment of "
            f"its other side; {more} came. The model may have been made for another annotation. "
            f"{_AGAIN}"
        )
    return values


def _checked(given: MatrixRows) -> Iterator[npt.NDArray[Any]]:
    """Rows of a file; values that are no weight or density are refused."""
    for number, row in enumerate(given, start=1):
        if not (np.isfinite(row).all() and row.min(initial=0.0) >= 0):
            raise DataError(
                f"{given.path}, row {number}: numbers of 0 or more were expected; some are "
                f"negative or not finite. {_AGAIN}"
            )
        yield row


def _check_shape(given: MatrixRows, came: tuple[int, ...], expected: tuple[int, ...]) -> None:
    if came != expected:
        raise DataError(
            f"{given.path}: {' × '.join(map(str, expected))} numbers were expected, "
            f"{' × '.join(map(str, came))} came. Weights, nodes, masks and annotation must belong "
            f"together. {_AGAIN}"
        )


def _connectivity(
    atlas: Atlas,
    source: VoxelMask,
    target: VoxelMask,
    weights: npt.NDArray[np.float32],
    nodes: npt.NDArray[np.float32],
) -> FactoredConnectivity:
    reached = weights.any(axis=1)
    if not reached.all():
        source, weights = VoxelMask(source.shape, source.indices[reached]), weights[reached]
    member = source.to_vector(atlas.divisions)
    return FactoredConnectivity(
        source_mask=source,
        target_mask=target,
        divisions=[_division(int(i), member == i, weights) for i in np.unique(member)],
        nodes=nodes,
        experiment_ids=np.arange(1, len(nodes) + 1, dtype=np.int64),
        nearest_um=np.full(len(source), np.nan, dtype=np.float32),
    )


def _division(
    division_id: int, inside: npt.NDArray[np.bool_], weights: npt.NDArray[np.float32]
) -> DivisionWeights:
    """Weights of a division's voxels, on the range of experiments that they use."""
    rows = np.flatnonzero(inside)
    used = np.flatnonzero(weights[rows].any(axis=0))
    span = slice(int(used[0]), int(used[-1]) + 1)
    part = np.ascontiguousarray(weights[rows, span])
    thin = np.count_nonzero(part) < SPARSE_BELOW * part.size
    return DivisionWeights(division_id, rows, span, csr_array(part) if thin else part)
