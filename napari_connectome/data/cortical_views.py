"""Maps of the cortex: read from path files, else computed from the annotation and kept."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.cortex.computed import compute_views
from napari_connectome.core.cortex.distortion import Distortion
from napari_connectome.core.cortex.ordering import ordered, sorted_by_index
from napari_connectome.core.cortex.view import CorticalView
from napari_connectome.core.errors import ConnectomeError, DataError
from napari_connectome.core.io.atomic import appearing
from napari_connectome.core.io.user_cache import cache_folder
from napari_connectome.core.progress import Job, Progress, run_to_end

TITLES = {"top": "Top view", "dorsal": "Dorsal flatmap"}
FILE_NAMES = {"top": "top_view", "dorsal": "dorsal_flatmap"}
METHOD = 1
"""Number of the way maps are computed; maps of another one are not taken from the cache."""
_ANOTHER = "Is it a file of cortical paths?"


def load_cortical_views(atlas: Atlas, folder: Path | None) -> Job[tuple[CorticalView, ...]]:
    """Top view and dorsal flatmap of an atlas.

    Path files come first. A map without one is computed, and kept in the user's cache
    folder under a name that depends on the annotation.

    Parameters
    ----------
    atlas : Atlas
        The brain.
    folder : Path or None
        Where path files are: names with ``top_view`` or ``dorsal_flatmap`` that end
        in the resolution, as ``top_view_paths_100.h5``.

    Returns
    -------
    tuple of CorticalView
        The top view, then the flatmap.

    Raises
    ------
    DataError
        When a path file is damaged.
    AtlasError
        When a path file belongs to another atlas, or when there is none and the atlas
        has no cortex.
    """
    yield Progress(0, 0, "Cortical maps: reading")
    found: dict[str, CorticalView] = {}
    for name in FILE_NAMES:
        path = _file_of(name, atlas, folder)
        if path is not None:
            found[name] = read_cortical_view(path, atlas)
    if len(found) < len(FILE_NAMES):
        kept = yield from _kept_or_computed(atlas)
        found = {view.name: view for view in kept} | found
    return tuple(found[name] for name in FILE_NAMES)


def read_cortical_view(path: Path, atlas: Atlas) -> CorticalView:
    """Read a file of paths and check that it belongs to an atlas.

    The form is that of the files that Allen's connectivity models come with: ``paths``
    (n, longest) holds flat C-order voxel indices padded with 0 at the end, ``view lookup``
    the path of each pixel or -1. Those files list a path's voxels by index; they are put in
    order from pia to white matter here.

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
    parts = _read(path)
    padded = np.where(parts["paths"] == 0, -1, parts["paths"])
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
        lookup=parts["view lookup"],
        origin=path.name,
        pixel_um=atlas.resolution_um,
    )
    view.check_against(atlas)
    if sorted_by_index(view.paths):
        view = replace(view, paths=run_to_end(ordered(view.paths, atlas)))
    if parts["distortion"] is not None:
        view = replace(view, distortion=Distortion(*map(float, parts["distortion"])))
    return replace(view, origin=str(parts["origin"] or path.name))


def write_cortical_view(path: Path, view: CorticalView) -> None:
    """Write a view in the form that :func:`read_cortical_view` reads, whole or not at all.

    Raises
    ------
    DataError
        When the folder is missing, cannot be written to, or is full.
    """
    with appearing(path) as part, h5py.File(part, "w") as file:
        for name, values in (("paths", np.maximum(view.paths, 0)), ("view lookup", view.lookup)):
            file.create_dataset(name, data=values, compression="gzip", track_times=False)
        file.attrs["origin"] = view.origin
        if view.distortion is not None:
            file.attrs["distortion"] = astuple(view.distortion)


def file_name(name: str, resolution_um: float) -> str:
    """Name of a path file, such as ``top_view_paths_100.h5``."""
    return f"{FILE_NAMES[name]}_paths_{resolution_um:g}.h5"


def _file_of(name: str, atlas: Atlas, folder: Path | None) -> Path | None:
    if folder is None:
        return None
    pattern = f"*{FILE_NAMES[name]}*_{atlas.resolution_um:g}.h5"
    return next(iter(sorted(folder.glob(pattern))), None)


def _kept_or_computed(atlas: Atlas) -> Job[tuple[CorticalView, ...]]:
    paths = _kept_paths(atlas)
    # A kept map that is missing or damaged is no error: it is computed again.
    with suppress(ConnectomeError):
        if paths:
            return tuple(read_cortical_view(path, atlas) for path in paths)
    views = yield from compute_views(atlas)
    with suppress(ConnectomeError, OSError):
        for path, view in zip(paths, views, strict=False):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_cortical_view(path, view)
    return views


def _kept_paths(atlas: Atlas) -> list[Path]:
    """Where computed maps are, or would be; none on a system without a home."""
    digest = hashlib.sha256(f"{METHOD} {atlas.shape} {atlas.resolution_um:g}".encode())
    digest.update(np.ascontiguousarray(atlas.annotation).data)
    above = {i: atlas.tree[i].path for i in atlas.structure_ids}
    digest.update(repr(above).encode())
    try:
        folder = cache_folder() / "cortical_paths" / digest.hexdigest()[:32]
    except RuntimeError:
        return []
    return [folder / file_name(name, atlas.resolution_um) for name in FILE_NAMES]


def _read(path: Path) -> dict[str, Any]:
    """Both tables, and what a computed map says of itself."""
    try:
        with h5py.File(path, "r") as file:
            parts: dict[str, Any] = {n: _integers(path, file, n) for n in ("paths", "view lookup")}
            return parts | {key: file.attrs.get(key) for key in ("origin", "distortion")}
    except FileNotFoundError:
        raise DataError(f"{path} is missing; a file of cortical paths was expected.") from None
    except (OSError, RuntimeError) as error:
        raise DataError(
            f"{path} cannot be read as HDF5 ({error}). Download it again, or leave it out: "
            "paths are then computed."
        ) from None


def _integers(path: Path, file: Any, name: str) -> npt.NDArray[np.int32]:
    """A table of whole numbers; what exceeds 32 bits becomes the largest, which no atlas has."""
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
    limits = np.iinfo(np.int32)
    return np.asarray(np.clip(dataset[:], limits.min, limits.max), dtype=np.int32)
