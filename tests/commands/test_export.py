"""Tables of a folder, and networks of a model."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import nibabel as nib
import numpy as np
import pandas as pd

from napari_connectome.core.io import load_model
from napari_connectome.core.regional import regional_matrix
from napari_connectome.core.sources import RegionSource

Run = Callable[..., tuple[int, str, str]]


def test_tables(small_brain: Path, tmp_path: Path, run_command: Run) -> None:
    out = tmp_path / "t.csv"
    code, printed, remarks = run_command("export", small_brain, "regions", "--out", out, "--json")
    assert code == 0, remarks
    assert json.loads(printed)["rows"] == len(pd.read_csv(out))
    assert {"acronym", "right_volume_mm3", "left_ml_um"} <= set(pd.read_csv(out).columns)
    code, printed, _ = run_command("export", small_brain, "experiments", "--out", out)
    assert code == 0
    assert pd.read_csv(out)["volumes"].all()
    assert printed.startswith("40 experiments")
    code, _, remarks = run_command("export", small_brain, "regions", "--out", tmp_path / "t.txt")
    assert code == 2
    assert ".csv" in remarks


def test_networks(saved: Path, tmp_path: Path, run_command: Run) -> None:
    graph, brain = tmp_path / "n.graphml", tmp_path / "n.zip"
    for out in (graph, brain):
        code, _, remarks = run_command("matrix", saved, "--regions", "Isocortex", "--out", out)
        assert code == 0, remarks
    read = nx.read_graphml(graph)
    matrix = regional_matrix(load_model(saved)).of_regions([315])
    by_name = {data["label"]: node for node, data in read.nodes(data=True)}
    source, target = matrix.source_ids[0], matrix.target_ids[1]
    names = [matrix.tree[int(i)].acronym for i in (source, target)]
    weight = matrix.values("normalized_connection_density")[0, 1]
    edge = read.edges[by_name[f"{names[0]} (right)"], by_name[f"{names[1]} (right)"]]
    np.testing.assert_allclose(edge["weight"], weight)
    with zipfile.ZipFile(brain) as archive:
        assert "weights.txt" in archive.namelist()


def test_a_prediction_as_nifti(saved: Path, tmp_path: Path, run_command: Run) -> None:
    out = tmp_path / "p.nii.gz"
    code, _, remarks = run_command("predict", saved, "--region", "VISp", "--out", out)
    assert code == 0, remarks
    model = load_model(saved)
    visp = model.atlas.tree.by_acronym("VISp").id
    expected = model.predict(RegionSource((visp,))).volume()
    image = nib.load(out)
    np.testing.assert_array_equal(np.asanyarray(image.dataobj), expected)
    told = json.loads(image.header.extensions[0].get_content())
    assert told["model"] == "voxel"
    code, _, remarks = run_command(
        "predict", saved, "--region", "VISp", "--out", tmp_path / "p.tif"
    )
    assert code == 2
    assert ".ome.zarr" in remarks
