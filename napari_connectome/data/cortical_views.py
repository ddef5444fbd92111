"""Maps of the cortex from path files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.cortex.view import CorticalView
from napari_connectome.core.errors import DataError
from napari_connectome.core.progress import Job, Progress

TITLES = {"top": "Top view", "dorsal": "Dorsal flatmap"}
FILE_NAMES = {"top": "top_view", "dorsal": "dorsal_flatmap"}
_ANOTHER = "Is it a file of cortical paths?"


def read_cortical_view(path: Path, atlas: Atlas) -> CorticalView:
    """Read a file of paths and check that it belongs to an atlas.

    The form is that of the files that Allen's connectivity models come with: ``paths``
    (n, longest) holds flat C-order voxel indices padded with 0 at the end, ``view lookup``
    the path of each pixel or -1.

    Parameters
    ----------
    path : Path
        HDF5 file; its name says which view it is (``top_view``, else a flatmap).
    atlas : Atlas
        The brain that the indices should refer to.

    Raises
    ------
    DataError
        When the file is missing, no HDF5, or lacks what was described.
    AtlasError
        When it belongs to another atlas.
    """
    paths = _integers(path, "paths")
    lookup = _integers(path, "view lookup")
    padded = np.where(paths == 0, -1, paths)
    if np.any((padded[:, :-1] == -1) & (padded[:, 1:] != -1)):
        raise DataError(
            f"{path}: 'paths' should be padded with 0 at the end of each path only. {_ANOTHER}"
        )
    name = "top" if FILE_NAMES["top"] in path.name else "dorsal"
    view = CorticalView(
        name=name,
        title=TITLES[name],
        box=atlas.shape,
        paths=padded,
        lookup=lookup,
        origin=path.name,
        pixel_um=atlas.resolution_um,
    )
    view.check_against(atlas)
    return view


def load_cortical_views(atlas: Atlas, folder: Path | None) -> Job[tuple[CorticalView, ...]]:
    """Top view and flatmap of an atlas.

    Parameters
    ----------
    atlas : Atlas
        The brain.
    folder : Path or None
        Where path files are: names with ``top_view`` or ``dorsal_flatmap`` that end
        in the resolution, as ``top_view_paths_100.h5``.

    Yields
    ------
    Progress

    Returns
    -------
    tuple of CorticalView

    Raises
    ------
    DataError
        When a path file is damaged.
    AtlasError
        When the atlas has no cortex, or a path file belongs to another one.
    """
    views = []
    for number, name in enumerate(FILE_NAMES):
        yield Progress(number, len(FILE_NAMES), f"{TITLES[name]}: reading")
        path = _file_of(name, atlas, folder)
        if path is not None:
            views.append(read_cortical_view(path, atlas))
    return tuple(views)


def _file_of(name: str, atlas: Atlas, folder: Path | None) -> Path | None:
    if folder is None:
        return None
    pattern = f"*{FILE_NAMES[name]}*_{atlas.resolution_um:g}.h5"
    return next(iter(sorted(folder.glob(pattern))), None)


def _integers(path: Path, name: str) -> npt.NDArray[np.int32]:
    """A table of whole numbers; what exceeds 32 bits becomes the largest, which no atlas has."""
    try:
        with h5py.File(path, "r") as file:
            dataset = file.get(name)
            if not isinstance(dataset, h5py.Dataset):
                there = ", ".join(repr(key) for key in file) or "nothing"
                raise DataError(
                    f"{path}: the dataset {name!r} is missing; the file holds {there}. {_ANOTHER}"
                )
            if dataset.ndim != 2 or dataset.dtype.kind not in "iu" or 0 in dataset.shape:
                raise DataError(
                    f"{path}: {name!r} should be a table of whole numbers; it has shape "
                    f"{dataset.shape} and type {dataset.dtype}. {_ANOTHER}"
                )
            values: npt.NDArray[Any] = dataset[:]
    except FileNotFoundError:
        raise DataError(f"{path} is missing; a file of cortical paths was expected.") from None
    except OSError as error:
        raise DataError(
            f"{path} cannot be read as HDF5 ({error}). Download it again, or leave it out: "
            "paths are then computed."
        ) from None
    limits = np.iinfo(np.int32)
    return np.asarray(np.clip(values, limits.min, limits.max), dtype=np.int32)
