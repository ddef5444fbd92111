"""Regions and experiments as tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from napari_connectome.core.analysis.region_centroids import region_centroids
from napari_connectome.core.atlas import Atlas
from napari_connectome.core.io.atomic import appearing
from napari_connectome.data.records import ExperimentRecord


def region_table(atlas: Atlas) -> pd.DataFrame:
    """Every summary structure of an atlas with its size and place.

    Returns
    -------
    DataFrame
        Columns ``structure_id``, ``acronym``, ``name``, ``division``, ``color``,
        ``right_volume_mm3``, ``left_volume_mm3`` and the centroid of either side in CCF µm,
        ``right_ap_um`` ... ``left_ml_um``; empty where a side has no voxel.
    """
    centroids, tree = region_centroids(atlas), atlas.tree
    structures = [tree[i] for i in centroids.structure_ids]
    divisions = [tree.division_of(s.id) for s in structures]
    columns: dict[str, object] = {
        "structure_id": [s.id for s in structures],
        "acronym": [s.acronym for s in structures],
        "name": [s.name for s in structures],
        "division": ["" if i is None else tree[i].acronym for i in divisions],
        "color": ["".join(f"{channel:02x}" for channel in s.rgb) for s in structures],
    }
    sides = {"right": centroids.right_um, "left": centroids.left_um}
    for side, half in (
        ("right", atlas.regions[:, :, atlas.midline :]),
        ("left", atlas.regions[:, :, : atlas.midline]),
    ):
        ids, voxels = np.unique(half, return_counts=True)
        sizes = dict(zip(ids.tolist(), voxels.tolist(), strict=True))
        columns[f"{side}_volume_mm3"] = [
            sizes.get(s.id, 0) * atlas.voxel_volume_mm3 for s in structures
        ]
    for side, centres in sides.items():
        for axis, name in enumerate(("ap", "dv", "ml")):
            columns[f"{side}_{name}_um"] = centres[:, axis]
    return pd.DataFrame(columns)


def experiment_table(
    records: Iterable[ExperimentRecord], with_volumes: Collection[int] = ()
) -> pd.DataFrame:
    """What is known about experiments, one a line.

    Parameters
    ----------
    records : iterable of ExperimentRecord
        Published metadata.
    with_volumes : collection of int
        Those whose volumes are there.
    """
    return pd.DataFrame(
        [
            {
                "experiment_id": record.id,
                "structure_id": record.structure_id,
                "structure": record.structure_acronym,
                "structure_name": record.structure_name,
                "injection_volume_mm3": record.injection_volume_mm3,
                **_point(record),
                "transgenic_line": record.transgenic_line or "",
                "strain": record.strain or "",
                "sex": record.sex or "",
                "volumes": record.id in with_volumes,
            }
            for record in records
        ]
    )


def write_table(path: str | Path, table: pd.DataFrame) -> Path:
    """Write a table as CSV with all digits; what is not known is empty.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    target = Path(path).expanduser().absolute()
    with appearing(target) as part:
        part.write_text(table.to_csv(index=False, lineterminator="\n"), "utf-8", newline="")
    return target


def _point(record: ExperimentRecord) -> dict[str, float | None]:
    point = record.injection_point_um or (None, None, None)
    return dict(zip(("ap_um", "dv_um", "ml_um"), point, strict=True))
