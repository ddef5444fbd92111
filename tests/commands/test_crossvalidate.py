"""The crossvalidate command on a simulated folder: tables, candidates, stopping, bad input."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from napari_connectome import cli
from napari_connectome.core.errors import Cancelled
from napari_connectome.core.validation import CrossValidation


def crossvalidate(*arguments: object) -> int:
    return cli.main(["crossvalidate", *map(str, arguments)])


def test_a_table_of_two_models(small_brain, tmp_path, capsys):
    out = tmp_path / "scores.csv"
    assert crossvalidate(small_brain, "--out", out) == 0
    table = pd.read_csv(out, comment="#", keep_default_na=False)
    assert set(table["model"]) == {"voxel", "homogeneous"}
    assert "all" in set(table["division"])
    said = capsys.readouterr().out
    assert "leave-one-out on 40 experiments" in said
    assert "paired t test of" in said


def test_the_voxel_model_beats_the_homogeneous_one_on_held_out_voxels(small_brain, tmp_path):
    out = tmp_path / "all.json"
    assert crossvalidate(small_brain, "--out", out, "--no-ptp") == 0
    scores = json.loads(out.read_text())["scores"]
    errors = {
        row["model"]: row["test"]
        for row in scores
        if row["division"] == "all" and row["score"] == "voxel_mse_rel"
    }
    assert errors["voxel"] < errors["homogeneous"]


def test_candidates_are_chosen_inside_of_every_fold(small_brain, tmp_path, capsys):
    out = tmp_path / "all.json"
    options = ("--folds", 4, "--model", "homogeneous", "--no-ptp", "--json")
    grid = ("--set", "homogeneous.ridge=0,0.1", "--set", "homogeneous.kappa=100")
    assert crossvalidate(small_brain, "--out", out, *options, *grid) == 0
    record = json.loads(capsys.readouterr().out)
    (model,) = record["models"]
    assert [one["ridge"] for one in model["candidates"]] == [0.0, 0.1]
    assert len(model["chosen"]) == 4
    assert all(one["all"]["kappa"] == 100.0 for one in model["chosen"])
    assert record["folds"] == "4 folds"
    assert json.loads(out.read_text())["scores"] == record["scores"]


def test_stopped_it_keeps_what_there_is(small_brain, tmp_path, capsys, monkeypatch):
    real = CrossValidation.job

    def stopped(self):
        for moment in real(self):
            yield moment
            if moment.text == "Homogeneous model" and moment.fraction > 0.75:
                raise Cancelled("enough")

    monkeypatch.setattr(CrossValidation, "job", stopped)
    out = tmp_path / "scores.csv"
    assert crossvalidate(small_brain, "--out", out) == 130
    assert "partial results are in" in capsys.readouterr().err
    assert "# partial: true" in out.read_text()
    table = pd.read_csv(out, comment="#", keep_default_na=False)
    assert table["note"].str.contains("not reached").any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--model", "splines"], "no model 'splines'"),
        (["--set", "voxel.kappa=3"], "no parameter 'kappa'"),
        (["--model", "voxel", "--set", "homogeneous.kappa=3"], "a model that is not compared"),
    ],
)
def test_bad_requests_end_before_the_work(small_brain, tmp_path, capsys, options, message):
    assert crossvalidate(small_brain, "--out", tmp_path / "a.csv", *options) == 2
    assert message in capsys.readouterr().err
    assert crossvalidate(small_brain, "--out", tmp_path / "a.txt") == 2
    assert ".csv or .json" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [["--folds", "1"], ["--folds", "x"], ["--jobs", "0"], ["--set", "kappa=3"]],
)
def test_bad_words_are_refused(small_brain, tmp_path, options):
    with pytest.raises(SystemExit) as end:
        crossvalidate(small_brain, "--out", tmp_path / "a.csv", *options)
    assert end.value.code == 2
