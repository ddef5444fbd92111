"""Records of simulated experiments, in the form of an Allen ``experiments.json``."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.structures import DIVISION_ACRONYMS
from napari_connectome.data.simulate.half_brain import HalfBrain
from napari_connectome.data.simulate.injection import centroid
from napari_connectome.data.simulate.tracing import SimulatedExperiment

FIRST_ID = 900000001
"""Ids of simulated experiments start here, far from published ones."""
LINES = ("Demo-Superficial-Cre", "Demo-Deep-Cre")
"""Names of made-up driver lines."""
_LINE_DIVISIONS = ("Isocortex", "TH", "MB")
"""Divisions with so many experiments that a few may carry a driver line."""
_LINE_EVERY = 9
_LEAST_SHARE = 0.02


def record(brain: HalfBrain, number: int, experiment: SimulatedExperiment) -> dict[str, Any]:
    """Metadata of the experiment with a running number from 0."""
    atlas = brain.atlas
    shares = _shares(atlas, experiment.injected)
    primary = atlas.tree[next(iter(shares))]
    point = [(c + 0.5) * atlas.resolution_um for c in centroid(experiment.injected)]
    volume = float(experiment.injection_fraction.sum(dtype=np.float64)) * atlas.voxel_volume_mm3
    line = _line(atlas, primary.id, number)
    return {
        "data_set_id": FIRST_ID + number,
        "gender": "M" if number % 3 else "F",
        "injection_structures": "/".join(str(i) for i in sorted(shares)),
        "injection_volume": round(volume, 6),
        "injection_x": 10 * round(point[0] / 10),
        "injection_y": 10 * round(point[1] / 10),
        "injection_z": 10 * round(point[2] / 10),
        "product_id": 5,
        "specimen_name": f"demo-{number + 1:04d}",
        # The AllenSDK takes this entry out of every record, and fails where it is missing.
        "storage_directory": "",
        "strain": "C57BL/6J",
        "structure_abbrev": primary.acronym,
        "structure_id": primary.id,
        "structure_name": primary.name,
        "transgenic_line": line,
        "transgenic_line_id": line["id"] if line else None,
    }


def _shares(atlas: Atlas, injected: npt.NDArray[np.float32]) -> dict[int, float]:
    """Share of the injection in each structure that it touches, largest first."""
    labels = np.where(atlas.regions > 0, atlas.regions, atlas.divisions)
    inside = injected > 0
    ids, place = np.unique(labels[inside], return_inverse=True)
    mass = np.bincount(place, weights=injected[inside])
    order = [i for i in np.argsort(-mass, kind="stable") if ids[i]]
    total = float(mass[order].sum()) or 1.0
    found = {int(ids[i]): float(mass[i]) / total for i in order}
    kept = {i: share for i, share in found.items() if share >= _LEAST_SHARE}
    return kept or {int(atlas.tree.division_ids()[0]): 0.0}


def _line(atlas: Atlas, structure_id: int, number: int) -> dict[str, Any] | None:
    """A made-up driver line for a few experiments, None for the others."""
    division = atlas.tree.division_of(structure_id)
    name = DIVISION_ACRONYMS.get(division or 0)
    if name not in _LINE_DIVISIONS or number % _LINE_EVERY != 4:
        return None
    which = (number // _LINE_EVERY) % len(LINES)
    return {
        "id": 990000001 + which,
        "name": LINES[which],
        "description": "Simulated: no such line exists.",
        "transgenic_line_type_code": "D",
        "transgenic_line_type_name": "driver",
    }
