"""The regional matrix of a voxel model of the published size, and the order of its rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from benchmarks.paper_scale import SIZES, connectivity, paper_scale, split
from benchmarks.timing import HEADER, compare
from napari_connectome.core.atlas import Atlas
from napari_connectome.core.factored import FactoredConnectivity
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.kernels import gaussian_of_width
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.regional import MEASURES, clustered_order, regional_matrix
from napari_connectome.core.regions import MaskRegions
from napari_connectome.core.structures import SUMMARY_SET_ID, Structure, StructureTree

REGIONS = 291
LIMIT = 0.6


def main() -> None:
    plain_atlas, experiments = paper_scale()
    atlas = with_regions(plain_atlas)
    print(HEADER)
    for name, kernel in (("compact", None), ("Gaussian, all weights", gaussian_of_width(4.64))):
        factored = connectivity(experiments, atlas, kernel, 0.0)
        model = FittedModel("voxel", {}, factored, atlas, experiments.ids)
        check(model)
        print(measured(name, model), flush=True)
    matrix = regional_matrix(model)
    print(compare("all four measures", lambda run: [matrix.values(m) for m in MEASURES]).row())
    values = matrix.values("normalized_connection_density")
    rows = compare("clustered order of the rows", lambda run: clustered_order(values), runs=5)
    print(rows.row())


def measured(name: str, model: FittedModel) -> str:
    """Line of the table: the whole matrix, with the regions looked up, against plain loops."""
    ours = compare(
        f"{name}: matrix of {REGIONS} × {2 * REGIONS}",
        lambda run: regional_matrix(model),
        lambda run: by_region(model),
        limit=LIMIT,
        runs=5,
    )
    return ours.row()


def by_region(model: FittedModel) -> npt.NDArray[np.float32]:
    """The same sums, one region after the other."""
    factored = model.connectivity
    assert isinstance(factored, FactoredConnectivity)
    sources = MaskRegions(model.atlas, factored.source_mask, by_side=False)
    targets = MaskRegions(model.atlas, factored.target_mask, by_side=True)
    nodes = np.asarray(factored.nodes)
    weights = np.zeros((len(sources), len(nodes)), dtype=np.float32)
    for part in factored.divisions:
        keys = sources.keys[part.rows]
        for region in np.unique(keys):
            weights[region, part.experiments] = part.dense(keys == region).sum(axis=0)
    sums = [nodes[:, targets.keys == region].sum(axis=1) for region in range(len(targets))]
    with single_threaded_blas():
        return weights @ np.array(sums).T


def check(model: FittedModel) -> None:
    """Both ways give the same numbers."""
    np.testing.assert_allclose(regional_matrix(model).strength, by_region(model), rtol=1e-3)


def with_regions(plain: Atlas) -> Atlas:
    """The atlas with its divisions cut into compact regions of about equal size."""
    annotation = np.zeros_like(plain.annotation)
    structures = list(plain.tree)
    counts = {i: round(REGIONS * size / sum(SIZES.values())) for i, size in SIZES.items()}
    counts[315] += REGIONS - sum(counts.values())
    for division_id, count in counts.items():
        ids = range(len(structures) + 2000, len(structures) + 2000 + count)
        right = plain.annotation == division_id
        right[:, :, : plain.midline] = False
        voxels = np.argwhere(right)
        sizes = {i: len(part) for i, part in zip(ids, np.array_split(voxels, count), strict=True)}
        split(voxels, sizes, annotation)
        structures += [
            Structure(
                id=i,
                acronym=f"R{i}",
                name=f"region {i}",
                rgb=(128, 128, 128),
                path=(997, division_id, i),
                graph_order=i,
                set_ids=frozenset({SUMMARY_SET_ID}),
            )
            for i in ids
        ]
    left = plain.annotation > 0
    left[:, :, plain.midline :] = False
    annotation[left] = annotation[:, :, ::-1][left]
    return Atlas(StructureTree(structures), annotation, plain.resolution_um)


if __name__ == "__main__":
    main()
