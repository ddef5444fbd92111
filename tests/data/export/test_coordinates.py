from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from napari_connectome.cli import main
from napari_connectome.core.bregma import Bregma
from napari_connectome.data.export.coordinates import with_bregma, with_voxels
from napari_connectome.state.jobs import demo_folder


@pytest.fixture
def table() -> pd.DataFrame:
    places = {"right_ap_um": [8400.0, None], "right_dv_um": [1099.0, None]}
    return pd.DataFrame({"name": ["a", "b"], **places, "right_ml_um": [8200.0, None]})


def test_places_from_bregma(table: pd.DataFrame) -> None:
    found = with_bregma(table, Bregma(5400.0, 99.0, 5700.0))
    assert found.loc[0, "right_bregma_ap_mm"] == pytest.approx(-3.0)
    assert found.loc[0, "right_bregma_dv_mm"] == pytest.approx(1.0)
    assert found.loc[0, "right_bregma_ml_mm"] == pytest.approx(2.5)
    assert found.loc[1, "right_bregma_ap_mm":"right_bregma_ml_mm"].isna().all()
    assert "right_bregma_ap_mm" not in table


def test_voxels_hold_their_places(table: pd.DataFrame) -> None:
    found = with_voxels(table, 100.0)
    assert found.loc[0, "right_ap_voxel":"right_ml_voxel"].tolist() == [84, 10, 82]
    assert found.loc[1, "right_ap_voxel":"right_ml_voxel"].isna().all()


def test_the_command_adds_both(tmp_path: Path) -> None:
    out = tmp_path / "experiments.csv"
    where = ["--voxels", "--bregma", "5400,0,5700"]
    assert main(["export", str(demo_folder()), "experiments", "--out", str(out), *where]) == 0
    table = pd.read_csv(out)
    np.testing.assert_allclose(table["bregma_ap_mm"], (5400 - table["ap_um"]) / 1000)
    np.testing.assert_allclose(table["bregma_ml_mm"], (table["ml_um"] - 5700) / 1000)
    np.testing.assert_array_equal(table["dv_voxel"], table["dv_um"] // 100)
