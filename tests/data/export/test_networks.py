"""Networks, graph files, connectivities for simulations, tables, places from bregma."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from napari_connectome.core.analysis.region_centroids import RegionCentroids, region_centroids
from napari_connectome.core.bregma import Bregma
from napari_connectome.core.errors import AtlasError, DataError, ModelError
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.structures import Structure, StructureTree
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.export.graphml import write_graphml
from napari_connectome.data.export.network import Network, network_of
from napari_connectome.data.export.tables import experiment_table, region_table, write_table
from napari_connectome.data.export.tvb import write_tvb

MEASURE = "normalized_connection_density"
CENTROIDS = RegionCentroids(
    (11, 12, 13),
    right_um=np.array([[1000.0, 500.0, 6000.0], [1000.0, 500.0, 7000.0], [2000.0, 900.0, 8000.0]]),
    left_um=np.array([[1000.0, 500.0, 5000.0], [1000.0, 500.0, 4000.0], [2000.0, 900.0, 3000.0]]),
)


def _matrix(strength: np.ndarray, sources: list[int], targets: list[int]) -> RegionalMatrix:
    tree = StructureTree(
        [Structure(997, "root", "root", (255, 255, 255), (997,), 0)]
        + [
            Structure(i, f"R{i}", f"Region & <{i}>", (i, 0, 255), (997, 315, i), i)
            for i in (11, 12, 13)
        ]
        + [Structure(315, "Isocortex", "Isocortex", (0, 0, 0), (997, 315), 1)]
    )
    return RegionalMatrix(
        tree=tree,
        source_ids=np.array(sources),
        target_ids=np.array(targets * 2),
        contra=np.repeat([False, True], len(targets)),
        strength=strength,
        source_counts=np.full(len(sources), -1),
        target_counts=np.full(2 * len(targets), -1),
        measure=MEASURE,
        origin="a test",
    )


@pytest.fixture
def network() -> Network:
    strength = np.array([[1.0, 2.0, 0.1, 0.2], [3.0, 4.0, 0.3, 0.0]])
    return network_of(_matrix(strength, [11, 12], [11, 12]), MEASURE, CENTROIDS)


def test_left_sources_are_the_mirror_of_right_ones(network: Network) -> None:
    assert network.labels == ("R11 (right)", "R12 (right)", "R11 (left)", "R12 (left)")
    np.testing.assert_array_equal(
        network.weights,
        [
            [1.0, 2.0, 0.1, 0.2],
            [3.0, 4.0, 0.3, 0.0],
            [0.1, 0.2, 1.0, 2.0],
            [0.3, 0.0, 3.0, 4.0],
        ],
    )
    np.testing.assert_allclose(network.distances_um[0], [0.0, 1000.0, 1000.0, 2000.0])


def test_regions_with_a_missing_connection_are_left_out_and_named() -> None:
    strength = np.ones((2, 6))
    strength[1, 1] = np.nan
    found = network_of(_matrix(strength, [11, 12], [11, 12, 13]), MEASURE)
    assert [s.acronym for s in found.regions] == ["R11"]
    assert found.left_out == ("R12", "R13")
    assert np.isnan(found.centres_um).all()


def test_a_matrix_without_shared_regions_is_no_network() -> None:
    with pytest.raises(ModelError, match="none of the 1 sources"):
        network_of(_matrix(np.ones((1, 2)), [11], [12]), MEASURE)


def test_graphml_is_read_by_another_program(network: Network, tmp_path: Path) -> None:
    path = write_graphml(tmp_path / "n.graphml", network, provenance={"model": "voxel"})
    graph = nx.read_graphml(path)
    assert graph.number_of_nodes() == 4
    assert graph.number_of_edges() == np.count_nonzero(network.weights)
    assert graph.edges["1", "2"]["weight"] == 0.3
    assert graph.nodes["3"] == {
        "label": "R12 (left)",
        "acronym": "R12",
        "name": "Region & <12>",
        "structure_id": 12,
        "side": "left",
        "color": "#0c00ff",
        "ap_um": 1000.0,
        "dv_um": 500.0,
        "ml_um": 4000.0,
    }
    assert graph.graph["measure"] == MEASURE


def test_the_virtual_brain_gets_targets_as_rows(network: Network, tmp_path: Path) -> None:
    path = write_tvb(tmp_path / "n.zip", network)
    with zipfile.ZipFile(path) as archive:
        text = {name: archive.read(name).decode() for name in archive.namelist()}
    np.testing.assert_array_equal(np.loadtxt(io.StringIO(text["weights.txt"])), network.weights.T)
    lengths = np.loadtxt(io.StringIO(text["tract_lengths.txt"]))
    assert lengths[0, 3] == 2.0
    lines = [line.split() for line in text["centres.txt"].splitlines()]
    assert lines[0] == ["R11_right", "0.500000", "-1.000000", "-0.500000"]
    assert lines[3][0] == "R12_left"
    assert text["hemispheres.txt"].split() == ["1", "1", "0", "0"]
    assert text["cortical.txt"].split() == ["1"] * 4
    first = path.read_bytes()
    write_tvb(path, network)
    assert path.read_bytes() == first


def test_the_virtual_brain_needs_places(network: Network, tmp_path: Path) -> None:
    blind = network_of(_matrix(np.ones((1, 2)), [11], [11]), MEASURE)
    with pytest.raises(DataError, match="place of every region"):
        write_tvb(tmp_path / "n.zip", blind)
    assert not list(tmp_path.iterdir())


def test_region_table(small_brain: Path, tmp_path: Path) -> None:
    atlas = open_cache(small_brain).atlas
    table = pd.read_csv(write_table(tmp_path / "regions.csv", region_table(atlas)))
    visp = atlas.tree.by_acronym("VISp").id
    row = table.set_index("structure_id").loc[visp]
    assert row.acronym == "VISp"
    assert row.division == "Isocortex"
    assert row.right_volume_mm3 == pytest.approx(atlas.volume_mm3(visp, "right"))
    assert row.left_volume_mm3 == pytest.approx(atlas.volume_mm3(visp, "left"))
    known = region_centroids(atlas)
    np.testing.assert_allclose(
        row[["right_ap_um", "right_dv_um", "right_ml_um"]].to_numpy(dtype=float),
        known.right_um[known.structure_ids.index(visp)],
    )


def test_experiment_table(small_brain: Path, tmp_path: Path) -> None:
    records = tuple(open_cache(small_brain).experiments)
    written = write_table(tmp_path / "e.csv", experiment_table(records, {records[0].id}))
    table = pd.read_csv(written)
    assert table.experiment_id.tolist() == [record.id for record in records]
    assert table.volumes.tolist() == [True] + [False] * (len(records) - 1)
    assert table.injection_volume_mm3[3] == pytest.approx(records[3].injection_volume_mm3)


def test_places_from_bregma_go_forth_and_back() -> None:
    bregma = Bregma(5400.0, 300.0, 5700.0)
    anterior, ventral, right = bregma.from_ccf_um((4400.0, 1300.0, 7700.0))
    assert (anterior, ventral, right) == (1.0, 1.0, 2.0)
    assert bregma.to_ccf_um((anterior, ventral, right)) == (4400.0, 1300.0, 7700.0)
    with pytest.raises(AtlasError, match="three coordinates"):
        bregma.from_ccf_um((1.0, 2.0))
