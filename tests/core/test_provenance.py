"""What a result says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from napari_connectome.core.citations import KNOX, TRACING, citations
from napari_connectome.core.models.catalog import CATALOG
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.provenance import model_provenance, prediction_provenance, repeatable
from napari_connectome.core.sources import VoxelSource, from_record
from napari_connectome.state import jobs
from napari_connectome.state.params import DatasetParams, FitParams


def test_a_model_fitted_in_the_window_knows_its_data(small_brain: Path) -> None:
    dataset = run_to_end(jobs.load(DatasetParams(path=small_brain)))
    model = run_to_end(jobs.fit(dataset, FitParams()))
    told = model_provenance(model)
    assert told["model"] == "voxel"
    assert told["data"]["folder"] == str(small_brain)
    assert len(told["data"]["sha256"]) == 3
    assert len(told["experiment_ids"]) == 40
    assert told["citations"] == list(citations("voxel"))
    point = model.atlas.um_of_index(model.connectivity.source_mask.coordinates[100])
    asked = prediction_provenance(model.predict(VoxelSource(point)))
    assert from_record(asked["source"]) == VoxelSource(point)
    assert json.loads(json.dumps(asked)) == asked


@pytest.mark.parametrize("model", CATALOG)
def test_every_model_has_its_paper(model: str) -> None:
    found = citations(model)
    assert TRACING in found
    assert len(found) == len(set(found))
    assert found[0] != citations("unknown")[0] or model == "homogeneous"
    assert all("10." in text or "NeurIPS" in text for text in found)
    assert citations("voxel")[0] == KNOX


def test_the_time_is_left_out_at_any_depth() -> None:
    told = {"model": "voxel", "time": "now", "data": {"time": "then", "folder": "here"}}
    assert repeatable(told) == {"model": "voxel", "data": {"folder": "here"}}
