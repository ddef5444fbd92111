"""The spectrum of spline models from the command line."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from napari_connectome.cli import main
from napari_connectome.core.io import load_model

FIT = ["--set", "min_contained=0.3", "--regions", "VISp,VISpl,VISl,VISpm", "--lambda", "1e4"]


@pytest.fixture(scope="module")
def fitted(small_brain, tmp_path_factory):
    out = tmp_path_factory.mktemp("spectrum") / "low.h5"
    chosen = ["--model", "low-rank-spline", "--rank", "4", "--out", str(out)]
    assert main(["fit", str(small_brain), *FIT, *chosen]) == 0
    return out


def test_values_are_those_of_the_saved_matrix(fitted, tmp_path, capsys):
    out = tmp_path / "spectrum.csv"
    assert main(["spectrum", str(fitted), "--json", "--out", str(out)]) == 0
    told = {one["side"]: one for one in json.loads(capsys.readouterr().out)["sides"]}
    table = pd.read_csv(out)
    model = load_model(fitted).connectivity
    for side in ("ipsi", "contra"):
        part = getattr(model, side)
        whole = part.source_factors.astype(float) @ part.target_factors.astype(float).T
        expected = np.linalg.svd(whole, compute_uv=False)[:4]
        np.testing.assert_allclose(told[side]["singular_values"], expected, rtol=1e-6)
        assert told[side]["distance"] is None
        ours = table[table["side"] == side]
        np.testing.assert_allclose(ours["singular_value"], expected, rtol=1e-6)
        energy = np.cumsum(expected**2) / np.sum(expected**2)
        np.testing.assert_allclose(ours["cumulative"], energy, rtol=1e-6)
        assert told[side]["components"]["0.95"] == int(np.argmax(energy >= 0.95)) + 1


def test_printed_and_drawn(fitted, tmp_path, capsys):
    out = tmp_path / "spectrum.png"
    assert main(["spectrum", str(fitted), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "95% in" in said
    assert "contra" in said
    assert out.read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_done_is_said(fitted, small_brain, tmp_path, capsys):
    assert main(["spectrum", str(fitted), "--against", str(fitted)]) == 2
    assert "spline model of full rank" in capsys.readouterr().err
    plain = tmp_path / "voxel.h5"
    assert main(["fit", str(small_brain), "--out", str(plain)]) == 0
    assert main(["spectrum", str(plain)]) == 2
    assert "Only spline models have a spectrum" in capsys.readouterr().err
    assert main(["spectrum", str(fitted), "--out", str(tmp_path / "a.txt")]) == 2
