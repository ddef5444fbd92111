"""Targets of one source: each at its two numbers, in the panel of its model."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from napari_connectome.core.errors import DataError
from napari_connectome.core.structures import StructureTree
from napari_connectome.figures.source_scatter import scatter_figure, shown_rows
from tests.core.regional_data import region_atlas

MODELS = ("voxel", "homogeneous", "spline", "low-rank-spline", "another")


@pytest.fixture(scope="module")
def tree() -> StructureTree:
    return region_atlas().tree


def table_of(tree: StructureTree, models: tuple[str, ...] = MODELS) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    ids = tree.summary_ids()[:4]
    rows = [
        {
            "experiment_id": 7,
            "model": model,
            "region_id": i,
            "region": tree[i].acronym,
            "side": side,
            "voxels": 10,
            "measured": float(10 ** rng.uniform(-3, 0)),
            "predicted": float(10 ** rng.uniform(-3, 0)),
        }
        for model in models
        for i in ids
        for side in ("ipsi", "contra")
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("width_mm", [120, 180])
def test_every_target_is_in_the_panel_of_its_model(
    tree: StructureTree, count: int, width_mm: float
) -> None:
    table = table_of(tree, MODELS[:count])
    figure = scatter_figure(table, tree, "Targets", width_mm=width_mm)
    figure.canvas.draw()
    assert len(figure.axes) == count
    for model, axes in zip(MODELS, figure.axes, strict=False):
        ours = table[table["model"] == model]
        drawn = np.concatenate([np.asarray(c.get_offsets()) for c in axes.collections])
        expected = ours[["predicted", "measured"]].to_numpy()
        np.testing.assert_allclose(sorted(drawn.tolist()), sorted(expected.tolist()))
        assert model in axes.get_xlabel()
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    for box in boxes:
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0


def test_zeros_have_no_place_on_logarithmic_axes(tree: StructureTree) -> None:
    table = table_of(tree, MODELS[:1])
    table.loc[0, "measured"] = 0.0
    table.loc[1, "predicted"] = 0.0
    assert len(shown_rows(table)) == len(table) - 2
    with pytest.raises(DataError, match="No target has"):
        shown_rows(table.assign(predicted=0.0))


def test_narrow_paper_is_refused(tree: StructureTree) -> None:
    with pytest.raises(DataError, match="at least 120 mm; 60 came"):
        scatter_figure(table_of(tree), tree, "Targets", width_mm=60)
