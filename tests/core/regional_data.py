"""A small brain with regions, and a model fitted to it, for tests of regional matrices."""

from __future__ import annotations

import numpy as np

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.structures import SUMMARY_SET_ID, Structure, StructureTree
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS, experiment_set, small_atlas

AREA_A, AREA_B, LAYER_OF_B, NUCLEUS, EMPTY, BACK = 11, 12, 13, 21, 22, 31
"""A and B are cortical, B with a layer; EMPTY has no voxel; BACK lies where no experiment is."""
REGIONS = (AREA_A, AREA_B, NUCLEUS, EMPTY, BACK)
PLACES = {
    ISOCORTEX: ("Isocortex", ()),
    AREA_A: ("A", (ISOCORTEX,)),
    AREA_B: ("B", (ISOCORTEX,)),
    LAYER_OF_B: ("B1", (ISOCORTEX, AREA_B)),
    THALAMUS: ("TH", ()),
    NUCLEUS: ("N", (THALAMUS,)),
    EMPTY: ("E", (THALAMUS,)),
    PONS: ("P", ()),
    BACK: ("K", (PONS,)),
}


def region_tree() -> StructureTree:
    """Divisions, their regions in two of them and a layer."""
    root = Structure(997, "root", "root", (255, 255, 255), (997,), 0)
    return StructureTree(
        [root]
        + [
            Structure(
                id=structure_id,
                acronym=acronym,
                name=f"{acronym}, a part of the brain",
                rgb=(structure_id % 256, 90, 200),
                path=(997, *above, structure_id),
                graph_order=order,
                set_ids=frozenset({SUMMARY_SET_ID} if structure_id in REGIONS else ()),
            )
            for order, (structure_id, (acronym, above)) in enumerate(PLACES.items(), start=1)
        ]
    )


def region_atlas() -> Atlas:
    """The small brain, divided into regions; some voxels of the thalamus lie in none."""
    plain = small_atlas()
    annotation = plain.annotation.copy()
    annotation[:4][annotation[:4] == ISOCORTEX] = AREA_A
    annotation[4:7][annotation[4:7] == ISOCORTEX] = AREA_B
    annotation[7:][annotation[7:] == ISOCORTEX] = LAYER_OF_B
    annotation[2:9][annotation[2:9] == THALAMUS] = NUCLEUS
    annotation[annotation == PONS] = BACK
    return Atlas(region_tree(), annotation, plain.resolution_um, name="small brain")


def region_model(kernel: str = "gaussian") -> FittedModel:
    """Fitted to noise-free experiments in cortex and thalamus."""
    atlas = region_atlas()
    entry = entry_of("voxel")
    experiments = experiment_set(atlas, {ISOCORTEX: 9, THALAMUS: 7})
    return run_to_end(entry.fit(experiments, atlas, **entry.values({"kernel": kernel})))


def whole_matrix(model: FittedModel) -> np.ndarray:
    """W of a small model, voxel by voxel, shape (n_source, n_target), in double precision."""
    connectivity = model.connectivity
    rows = np.arange(len(connectivity.source_mask))
    columns = np.arange(len(connectivity.target_mask))
    return connectivity.block(rows, columns).astype(np.float64)
