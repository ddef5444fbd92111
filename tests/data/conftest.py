"""Small cache folders, written as the AllenSDK writes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_connectome.data.nrrd import write_volume

SHAPE = (8, 6, 10)
SUMMARY_SET = 687527945
MANIFEST = {
    "BASEDIR": ("dir", ".", None),
    "STRUCTURE_TREE": ("file", "structures.json", "BASEDIR"),
    "REFERENCE_SPACE_VERSION": ("dir", "%s", "BASEDIR"),
    "ANNOTATION": ("file", "annotation_%d.nrrd", "REFERENCE_SPACE_VERSION"),
    "TEMPLATE": ("file", "average_template_%d.nrrd", "BASEDIR"),
    "EXPERIMENTS": ("file", "experiments.json", "BASEDIR"),
    "INJECTION_DENSITY": ("file", "experiment_%d/injection_density_%d.nrrd", "BASEDIR"),
    "INJECTION_FRACTION": ("file", "experiment_%d/injection_fraction_%d.nrrd", "BASEDIR"),
    "DATA_MASK": ("file", "experiment_%d/data_mask_%d.nrrd", "BASEDIR"),
    "PROJECTION_DENSITY": ("file", "experiment_%d/projection_density_%d.nrrd", "BASEDIR"),
}
STRUCTURES = {
    997: ("root", [997], []),
    315: ("Isocortex", [997, 315], []),
    385: ("VISp", [997, 315, 385], [SUMMARY_SET]),
    533: ("VISpm", [997, 315, 533], [SUMMARY_SET]),
    549: ("TH", [997, 549], []),
    170: ("LGd", [997, 549, 170], [SUMMARY_SET]),
    1009: ("fiber tracts", [997, 1009], [SUMMARY_SET]),
}


def annotation() -> np.ndarray:
    """Two visual areas above the geniculate, a tract beside the midline, mirror-symmetric."""
    volume = np.zeros(SHAPE, dtype=np.uint32)
    volume[1:4, 1:3, 1:9] = 385
    volume[4:7, 1:3, 1:9] = 533
    volume[2:6, 3:5, 1:9] = 170
    volume[2:6, 3:5, 4:6] = 1009
    return volume


class CacheFolder:
    """A cache folder that a test fills as it likes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records: list[dict[str, Any]] = []
        folder.mkdir(parents=True, exist_ok=True)
        self.write_json("mouse_connectivity_manifest.json", self.manifest())
        self.write_json("structures.json", self.structures())
        self.write_json("experiments.json", self.records)
        self.write_annotation(annotation())

    def write_json(self, name: str, content: Any) -> None:
        (self.folder / name).write_text(json.dumps(content))

    @staticmethod
    def manifest(entries: Mapping[str, tuple[str, str, str | None]] = MANIFEST) -> dict[str, Any]:
        listed: list[dict[str, Any]] = [{"type": "manifest_version", "value": 1.3}]
        for key, (kind, spec, parent) in entries.items():
            listed.append({"key": key, "type": kind, "spec": spec})
            if parent:
                listed[-1]["parent_key"] = parent
        return {"manifest": listed}

    @staticmethod
    def structures() -> list[dict[str, Any]]:
        return [
            {
                "id": i,
                "acronym": acronym,
                "name": f"{acronym} in full",
                "rgb_triplet": [10, 20, 30],
                "structure_id_path": path,
                "graph_order": order,
                "structure_set_ids": sets,
            }
            for order, (i, (acronym, path, sets)) in enumerate(STRUCTURES.items())
        ]

    def write_annotation(self, volume: np.ndarray, resolution_um: int = 100) -> Path:
        path = self.folder / "annotation" / "ccf_2017" / f"annotation_{resolution_um}.nrrd"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_volume(path, volume, resolution_um)
        return path

    def volume_path(self, experiment_id: int, kind: str) -> Path:
        return self.folder / f"experiment_{experiment_id}" / f"{kind}_100.nrrd"

    def add(
        self, experiment_id: int, volumes: Mapping[str, np.ndarray] | None = None, **metadata: Any
    ) -> None:
        """Add an experiment; volumes that are not given are those of one voxel in VISp."""
        record = {
            "data_set_id": experiment_id,
            "structure_id": 385,
            "structure_abbrev": "VISp",
            "structure_name": "VISp in full",
            "injection_structures": "385/533",
            "injection_volume": 0.1,
            "transgenic_line": None,
            "strain": "C57BL/6J",
        }
        self.records.append(record | metadata)
        self.write_json("experiments.json", self.records)
        self.volume_path(experiment_id, "data_mask").parent.mkdir(exist_ok=True)
        for kind, volume in (default_volumes() | dict(volumes or {})).items():
            write_volume(self.volume_path(experiment_id, kind), volume, 100)


def default_volumes() -> dict[str, np.ndarray]:
    """An injection of one right voxel of VISp and a projection to three others."""
    density = np.zeros(SHAPE, dtype=np.float32)
    density[2, 1, 7] = 0.5
    projection = np.zeros(SHAPE, dtype=np.float32)
    projection[2, 1, 7], projection[3, 4, 8], projection[2, 2, 2] = 1.0, 0.5, 0.25
    return {
        "injection_density": density,
        "injection_fraction": (density > 0).astype(np.float32),
        "projection_density": projection,
        "data_mask": np.ones(SHAPE, dtype=np.float32),
    }


@pytest.fixture
def make_cache(tmp_path: Path) -> Callable[..., CacheFolder]:
    """Make cache folders under the test's own folder."""

    def make(name: str = "cache") -> CacheFolder:
        return CacheFolder(tmp_path / name)

    return make


@pytest.fixture
def cache_folder(make_cache: Callable[..., CacheFolder]) -> CacheFolder:
    """A cache folder with an atlas and no experiment yet."""
    return make_cache()


@pytest.fixture
def volumes() -> Callable[[], dict[str, np.ndarray]]:
    """The volumes that an experiment has by default, to be changed."""
    return default_volumes


@pytest.fixture(autouse=True)
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ready-made copies go to a folder of the test's own."""
    folder = tmp_path / "copies"
    monkeypatch.setenv("NAPARI_CONNECTOME_CACHE", str(folder))
    return folder
