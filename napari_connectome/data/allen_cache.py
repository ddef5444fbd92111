"""Read a folder that the AllenSDK's MouseConnectivityCache has written.

The folder is the interface: the AllenSDK itself is not needed. What its manifest
says counts; nothing is downloaded and nothing is written into the folder.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas, Index
from napari_connectome.core.errors import AtlasError, DataError, ExperimentError
from napari_connectome.core.structures import StructureTree
from napari_connectome.data.files import read_json
from napari_connectome.data.manifest import Manifest
from napari_connectome.data.nrrd import Room, read_header, read_volume
from napari_connectome.data.records import ExperimentFilter, ExperimentRecord, ExperimentTable

__all__ = [
    "RESOLUTIONS_UM",
    "AllenCache",
    "ExperimentFilter",
    "ExperimentRecord",
    "ExperimentTable",
    "VolumeKind",
    "open_cache",
]

RESOLUTIONS_UM = (10, 25, 50, 100, 200)
"""Voxel edges that a folder is searched for."""
PREFERRED_RESOLUTION_UM = 100
"""The resolution of Knox et al. 2018."""
CCF_VERSIONS = ("annotation/ccf_2017", "annotation/ccf_2016", "annotation/ccf_2015")
"""Places of the annotation releases, newest first."""
VolumeKind = Literal["injection_density", "injection_fraction", "projection_density", "data_mask"]
VOLUME_KINDS: tuple[VolumeKind, ...] = get_args(VolumeKind)


def open_cache(folder: str | Path, resolution_um: int | None = None) -> AllenCache:
    """Open a MouseConnectivityCache folder.

    Parameters
    ----------
    folder : str or Path
        The folder, or the manifest file in it.
    resolution_um : int, optional
        10, 25, 50, 100 or 200. By default the resolutions that have volumes of
        experiments come first; among them 100 µm, else the coarsest.

    Raises
    ------
    DataError
        When the folder has no manifest, no annotation (of that resolution), or a
        damaged experiment list.
    """
    manifest = Manifest.open(Path(folder).expanduser())
    annotations = _annotations(manifest)
    if not annotations:
        raise DataError(
            f"{manifest.folder} holds no annotation volume. The manifest expects it at "
            f"{_annotation_path(manifest, CCF_VERSIONS[0], PREFERRED_RESOLUTION_UM)}; download it."
        )
    records = _records(manifest)
    if resolution_um is None:
        resolution_um = _default_resolution(manifest, tuple(annotations), records)
    if resolution_um not in annotations:
        there = ", ".join(f"{r}" for r in annotations)
        raise DataError(
            f"{manifest.folder} holds no annotation at {resolution_um} µm. "
            f"There is one at {there} µm: choose that, or download the other."
        )
    return AllenCache(manifest, annotations, records, resolution_um)


class AllenCache:
    """A cache folder at one resolution. Volumes are read when they are first asked for.

    Parameters
    ----------
    manifest : Manifest
        Where the files are.
    annotations : dict of int to Path
        Annotation file of each resolution that has one.
    records : tuple of ExperimentRecord
        Metadata of all experiments.
    resolution_um : int
        The one to read.
    """

    def __init__(
        self,
        manifest: Manifest,
        annotations: dict[int, Path],
        records: tuple[ExperimentRecord, ...],
        resolution_um: int,
    ) -> None:
        self.manifest = manifest
        self._annotations = annotations
        self._records = records
        self.resolution_um = resolution_um

    @property
    def folder(self) -> Path:
        """Base folder, absolute."""
        return self.manifest.folder

    @property
    def resolutions(self) -> tuple[int, ...]:
        """Resolutions in µm that the folder has an annotation for, finest first."""
        return tuple(self._annotations)

    @property
    def annotation_path(self) -> Path:
        """Annotation file at this resolution."""
        return self._annotations[self.resolution_um]

    def shape_at(self, resolution_um: int) -> Index:
        """Voxels along AP, DV, ML at a resolution that has an annotation; the volume is not read.

        Raises
        ------
        DataError
            When the file is damaged.
        """
        n_ap, n_dv, n_ml = read_header(self._annotations[resolution_um]).shape
        return n_ap, n_dv, n_ml

    def with_volumes_at(self, resolution_um: int) -> frozenset[int]:
        """Ids of the experiments that have volumes at a resolution."""
        return _ids_with_volumes(self.manifest, self._records, resolution_um)

    def has_template_at(self, resolution_um: int) -> bool:
        """Whether there is an average template at a resolution."""
        known = "TEMPLATE" in self.manifest
        return known and self.manifest.path("TEMPLATE", resolution_um).is_file()

    @property
    def structures_path(self) -> Path:
        """The structure list."""
        return self.manifest.path("STRUCTURE_TREE")

    @property
    def template_path(self) -> Path | None:
        """Average template at this resolution, None when the folder has none."""
        if not self.has_template_at(self.resolution_um):
            return None
        return self.manifest.path("TEMPLATE", self.resolution_um)

    @property
    def cortical_paths(self) -> Path | None:
        """Folder of the paths from pia to white matter, in this one or beside it; else None."""
        for place in (self.folder, self.folder.parent):
            if any((place / "cortical_paths").glob("*.h5")):
                return place / "cortical_paths"
        return None

    @cached_property
    def tree(self) -> StructureTree:
        """The ontology.

        Raises
        ------
        DataError
            When the structure list is missing or damaged.
        """
        records = read_json(self.structures_path, "the list of brain structures")
        try:
            return StructureTree.from_records(records)
        except (AtlasError, TypeError) as error:
            raise AtlasError(f"{self.structures_path}: {error}") from error

    @cached_property
    def atlas(self) -> Atlas:
        """Annotation, ontology and, where the folder has one, template.

        Raises
        ------
        DataError
            When a file is missing, damaged, or of another shape or resolution.
        AtlasError
            When annotation ids are missing from the structure list.
        """
        annotation = _as_ids(
            self.annotation_path,
            read_volume(self.annotation_path, resolution_um=self.resolution_um),
        )
        try:
            return Atlas(
                tree=self.tree,
                annotation=annotation,
                resolution_um=float(self.resolution_um),
                template=self._template(annotation.shape),
                name=self.folder.name,
            )
        except AtlasError as error:
            raise AtlasError(f"{self.annotation_path}: {error}") from error

    @cached_property
    def experiments(self) -> ExperimentTable:
        """Metadata of all experiments; empty when the folder has no experiment list.

        Raises
        ------
        DataError
            When the list names an experiment twice.
        """
        there = self.with_volumes_at(self.resolution_um)
        try:
            return ExperimentTable(self._records, self.tree, there)
        except DataError as error:
            raise DataError(f"{self.manifest.path('EXPERIMENTS')}: {error}") from error

    def volume_path(self, experiment_id: int, kind: VolumeKind) -> Path:
        """Where a volume of an experiment is, or would be."""
        return self.manifest.path(kind.upper(), experiment_id, self.resolution_um)

    def volume(
        self, experiment_id: int, kind: VolumeKind, room: Room | None = None
    ) -> npt.NDArray[Any]:
        """One volume of an experiment, exactly as stored.

        Parameters
        ----------
        experiment_id : int
            Which experiment.
        kind : str
            Which of its volumes.
        room : Room, optional
            Memory to unpack into; the volume is then good until it is lent again.

        Returns
        -------
        ndarray, shape of the atlas
            Read-only and Fortran-ordered; see :func:`read_volume`.

        Raises
        ------
        ExperimentError
            When the file is missing, truncated, or of another shape or resolution.
        """
        path = self.volume_path(experiment_id, kind)
        try:
            return read_volume(path, self.atlas.shape, self.resolution_um, room=room)
        except DataError as error:
            raise ExperimentError(f"Experiment {experiment_id}: {error}") from error

    def _template(self, shape: tuple[int, ...]) -> npt.NDArray[np.float32] | None:
        path = self.template_path
        if path is None:
            return None
        volume = read_volume(path, shape=shape, resolution_um=self.resolution_um)
        return np.ascontiguousarray(volume, dtype=np.float32)


def _as_ids(path: Path, volume: npt.NDArray[Any]) -> npt.NDArray[np.uint32]:
    """Structure ids as a C-ordered uint32 volume; values that are no ids are refused."""
    ids = np.ascontiguousarray(volume)
    if ids.dtype == np.uint32:
        return ids
    with np.errstate(invalid="ignore"):
        unsigned = ids.astype(np.uint32)
    if not np.array_equal(unsigned, ids):
        raise AtlasError(
            f"{path}: structure ids from 0 to 2³²-1 were expected; {ids.dtype} values "
            f"between {ids.min():g} and {ids.max():g} came. Is it an annotation volume?"
        )
    return unsigned


def _annotation_path(manifest: Manifest, version: str, resolution_um: int) -> Path:
    return manifest.path("ANNOTATION", version, resolution_um)


def _annotations(manifest: Manifest) -> dict[int, Path]:
    """Newest annotation of each resolution, finest first."""
    found: dict[int, Path] = {}
    for resolution_um in RESOLUTIONS_UM:
        paths = (_annotation_path(manifest, v, resolution_um) for v in CCF_VERSIONS)
        path = next((p for p in paths if p.is_file()), None)
        if path is not None:
            found[resolution_um] = path
    return found


def _default_resolution(
    manifest: Manifest, there: tuple[int, ...], records: tuple[ExperimentRecord, ...]
) -> int:
    used = [r for r in there if _ids_with_volumes(manifest, records, r)] or list(there)
    return PREFERRED_RESOLUTION_UM if PREFERRED_RESOLUTION_UM in used else max(used)


def _records(manifest: Manifest) -> tuple[ExperimentRecord, ...]:
    """Metadata in the order of the file; none when the folder has no experiment list."""
    path = manifest.path("EXPERIMENTS")
    if not path.is_file():
        return ()
    entries = read_json(path, "the list of experiments")
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise DataError(f"{path}: a list of experiments was expected. Download it again.")
    try:
        return tuple(ExperimentRecord.from_json(entry) for entry in entries)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _ids_with_volumes(
    manifest: Manifest, records: tuple[ExperimentRecord, ...], resolution_um: int
) -> frozenset[int]:
    """Experiments with at least one volume; one listing spares thousands of look-ups."""
    listed = {entry.name for entry in manifest.folder.iterdir()}
    found = set()
    for record in records:
        names = [manifest.relative(k.upper(), record.id, resolution_um) for k in VOLUME_KINDS]
        if any(n.split("/", 1)[0] in listed and (manifest.folder / n).is_file() for n in names):
            found.add(record.id)
    return frozenset(found)
