"""Cross-validation as a whole: tables, tests, files, and what is left when it is stopped."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr, ttest_rel, wilcoxon

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.scoring import mse_rel
from napari_connectome.core.validation import (
    SCORES,
    CrossValidation,
    ModelRequest,
    experiment_table,
    fold_table,
    paired_tests,
    score_table,
    source_scatter,
    write_result,
    write_scores,
)
from tests.core.homogeneous_data import homogeneous_experiments
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS, experiment_set
from tests.core.regional_data import AREA_A, EMPTY, NUCLEUS

BOTH = [ModelRequest("voxel"), ModelRequest("homogeneous")]


@pytest.fixture(scope="module")
def validation(regional, atlas):
    return CrossValidation(regional.experiments, atlas, BOTH, provenance={"folder": "here"})


@pytest.fixture(scope="module")
def result(validation):
    return run_to_end(validation.job())


def test_every_division_model_and_score_has_one_row(result):
    table = score_table(result)
    assert not table.duplicated(["division", "model", "score"]).any()
    assert len(table) == 4 * 2 * len(SCORES)
    assert table["division"].unique().tolist() == ["Isocortex", "TH", "P", "all"]


def test_no_number_is_missing_without_a_reason(result):
    table = score_table(result)
    missing = table["test"].isna()
    assert (table.loc[missing, "note"] != "").all()
    errors = table["score"].str.contains("mse_rel|ptp") & ~missing
    assert table.loc[errors, "train"].notna().all()


def test_scores_are_those_of_the_predictions(result):
    held = result.models[1].held_out
    received = result.data.regional.received
    table = score_table(result).set_index(["division", "model", "score"])
    for place, rows in (("TH", result.rows_of(THALAMUS)), ("all", result.rows_of(None))):
        row = table.loc[(place, "homogeneous", "regional_mse_rel")]
        assert row["test"] == pytest.approx(mse_rel(received[rows], held.predicted[rows]))
        assert row["experiments"] == len(rows)
        single = [mse_rel(received[i], held.predicted[i]) for i in rows]
        assert row["sd"] == pytest.approx(np.std(single, ddof=1))
    np.testing.assert_allclose(
        held.errors("regional"),
        [mse_rel(y, p) for y, p in zip(received, held.predicted, strict=True)],
        atol=1e-12,
    )


def test_correlations_are_pearsons(result):
    targets = result.data.regional.targets
    received = result.data.regional.received
    table = experiment_table(result)
    table = table[table["model"] == "voxel"]
    predicted = result.models[0].held_out.predicted
    for side, columns in (
        ("both", targets.counts > 0),
        ("ipsi", (targets.counts > 0) & ~targets.contra),
        ("contra", (targets.counts > 0) & targets.contra),
    ):
        flat = np.ptp(received[:, columns], axis=1) == 0
        flat |= np.ptp(predicted[:, columns], axis=1) == 0
        ours = table[f"pearson_{side}"].to_numpy()
        np.testing.assert_array_equal(np.isnan(ours), flat)
        expected = [
            pearsonr(y[columns], p[columns]).statistic
            for y, p in zip(received[~flat], predicted[~flat], strict=True)
        ]
        np.testing.assert_allclose(ours[~flat], expected, rtol=1e-9)
    scores = score_table(result).set_index(["division", "model", "score"])
    mean = scores.loc[("all", "voxel", "pearson_both"), "test"]
    assert mean == pytest.approx(table["pearson_both"].mean())


def test_power_to_predict_is_the_same_with_repeated_regions_only(result, regional, atlas):
    repeated = regional.repeated()
    assert 0 < len(repeated) <= len(regional.experiments)
    regions, counts = np.unique(regional.region_ids[repeated], return_counts=True)
    assert 0 not in regions
    assert counts.min() >= 3
    alone = CrossValidation(
        regional.experiments.subset(repeated), atlas, BOTH, power_to_predict=False
    )
    expected = score_table(run_to_end(alone.job()))
    ours = score_table(result)
    for level in ("voxel", "regional"):
        for model in ("voxel", "homogeneous"):
            for column in ("test", "train"):
                here, there = (
                    t[(t["division"] == "all") & (t["model"] == model) & (t["score"] == name)]
                    for t, name in ((ours, f"{level}_ptp"), (expected, f"{level}_mse_rel"))
                )
                assert here[column].item() == pytest.approx(there[column].item(), rel=1e-6)


def test_the_homogeneous_model_wins_where_regions_are_homogeneous(result):
    table = score_table(result).set_index(["division", "model", "score"])["test"]
    for score in ("voxel_mse_rel", "regional_mse_rel"):
        assert table["all", "homogeneous", score] < table["all", "voxel", score]


def test_the_voxel_model_wins_where_projections_are_smooth(smooth, atlas):
    validation = CrossValidation(smooth.experiments, atlas, BOTH, power_to_predict=False)
    table = score_table(run_to_end(validation.job())).set_index(["division", "model", "score"])
    test = table["test"]
    for score in ("voxel_mse_rel", "regional_mse_rel"):
        assert test["all", "voxel", score] < test["all", "homogeneous", score]


def test_paired_tests(result):
    tests = paired_tests(result)
    assert len(tests) == 4 * 5
    row = tests[(tests["division"] == "all") & (tests["score"] == "pearson_both")].iloc[0]
    a, b = (result.correlations(model)["both"] for model in result.models)
    known = ttest_rel(a, b)
    assert (row["t"], row["p_t"]) == pytest.approx((known.statistic, known.pvalue))
    assert row["p_wilcoxon"] == pytest.approx(wilcoxon(a, b).pvalue)
    assert row["mean_a"] == pytest.approx(a.mean())
    assert row["note"] == ""


def test_folds_are_pooled(regional, atlas):
    validation = CrossValidation(
        regional.experiments, atlas, BOTH, folds=4, seed=2, power_to_predict=False
    )
    result = run_to_end(validation.job())
    table = fold_table(result)
    assert len(table) == 8
    assert table.groupby("model")["experiments"].sum().tolist() == [25, 25]
    members = np.flatnonzero(result.fold_of == 1)
    held = result.models[0].held_out
    expected = mse_rel(regional.regional.received[members], held.predicted[members])
    ours = table[(table["fold"] == 1) & (table["model"] == "voxel")]["regional_mse_rel"].item()
    assert ours == pytest.approx(expected)


def test_scatter_of_a_source(result, regional):
    table = source_scatter(result, AREA_A, contained=None)
    rows = np.flatnonzero(regional.region_ids == AREA_A)
    there = np.flatnonzero(regional.regional.targets.counts)
    assert len(table) == 2 * len(rows) * len(there)
    one = table[
        (table["experiment_id"] == regional.experiments.ids[rows[0]])
        & (table["model"] == "homogeneous")
        & (table["region_id"] == NUCLEUS)
        & (table["side"] == "contra")
    ]
    column = there[
        (regional.regional.targets.structure_ids[there] == NUCLEUS)
        & regional.regional.targets.contra[there]
    ]
    assert one["measured"].item() == pytest.approx(
        regional.regional.received[rows[0], column].item()
    )
    assert one["predicted"].item() == pytest.approx(
        result.models[1].held_out.predicted[rows[0], column].item()
    )
    assert one["region"].item() == "N"
    clean = source_scatter(result, AREA_A)
    assert set(clean["experiment_id"]) == set(
        regional.experiments.ids[regional.regional.injected[:, 0] >= 0.95].tolist()
    )


def test_a_source_without_experiments_is_refused(result):
    with pytest.raises(ModelError, match="No experiment is injected into E"):
        source_scatter(result, EMPTY, contained=None)
    with pytest.raises(ModelError, match="is no summary structure"):
        source_scatter(result, 997)


@pytest.mark.parametrize("folds", ["loo", 3])
def test_progress_never_goes_back(regional, atlas, folds):
    fractions = [
        m.fraction for m in CrossValidation(regional.experiments, atlas, BOTH, folds).job()
    ]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_stopped_in_the_middle_it_keeps_what_there_is(regional, atlas):
    validation = CrossValidation(regional.experiments, atlas, BOTH)
    assert validation.result() is None
    job = validation.job()
    for moment in job:
        if moment.text == "Homogeneous model" and moment.fraction > 0.75:
            break
    job.close()
    result = validation.result()
    assert result.partial
    table = score_table(result)
    voxel = table[(table["model"] == "voxel") & (table["score"] == "voxel_mse_rel")]
    assert voxel["test"].notna().all()
    assert (voxel["note"] == "").all()
    other = table[(table["model"] == "homogeneous") & (table["division"] == "all")]
    notes = other.set_index("score")["note"]
    done = int(other.set_index("score")["experiments"]["voxel_mse_rel"])
    assert 0 < done < 25
    assert f"partial: {25 - done} of 25 not reached" in notes["voxel_mse_rel"]
    whole = run_to_end(CrossValidation(regional.experiments, atlas, BOTH).job())
    ours, theirs = result.models[1].held_out, whole.models[1].held_out
    np.testing.assert_allclose(ours.voxel[ours.done], theirs.voxel[ours.done])


def test_a_division_with_one_experiment_says_so(atlas):
    experiments = experiment_set(atlas, {ISOCORTEX: 5, THALAMUS: 3, PONS: 1})
    validation = CrossValidation(experiments, atlas, [ModelRequest("voxel")])
    table = score_table(run_to_end(validation.job())).set_index(["division", "score"])
    row = table.loc[("P", "voxel_mse_rel")]
    assert np.isnan(row["test"])
    assert row["note"].startswith("1 not predicted: it is the only experiment")
    assert table.loc[("all", "voxel_mse_rel"), "experiments"] == 8


def test_an_experiment_alone_in_its_division_has_no_training_error(atlas):
    experiments, _ = homogeneous_experiments(atlas, {ISOCORTEX: 8, THALAMUS: 5, PONS: 1}, noise=0.2)
    validation = CrossValidation(experiments, atlas, BOTH, power_to_predict=False)
    table = score_table(run_to_end(validation.job())).set_index(["division", "model", "score"])
    row = table.loc[("P", "homogeneous", "regional_mse_rel")]
    assert row["experiments"] == 1
    assert np.isnan(row["train"])
    assert "no training error" in row["note"]


def test_nothing_received_anywhere_is_no_error_and_no_correlation(atlas):
    experiments, _ = homogeneous_experiments(atlas, {ISOCORTEX: 5, THALAMUS: 4})
    silent = replace(experiments, projections=np.zeros_like(experiments.projections))
    result = run_to_end(CrossValidation(silent, atlas, BOTH).job())
    table = score_table(result)
    errors = table[table["score"].str.endswith("mse_rel")]
    assert (errors["test"] == 0).all()
    correlations = table[table["score"].str.startswith("pearson")]
    assert correlations["test"].isna().all()
    assert correlations["note"].str.contains("predicted to project nowhere").all()
    tests = paired_tests(result)
    assert (tests["note"] != "").all()


def test_files(result, tmp_path):
    write_scores(tmp_path / "scores.csv", result)
    text = (tmp_path / "scores.csv").read_text()
    assert text.startswith("# format: napari-connectome cross-validation\n# version: 1\n")
    assert '# provenance: {"folder": "here"}' in text
    again = pd.read_csv(tmp_path / "scores.csv", comment="#", keep_default_na=False)
    assert len(again) == len(score_table(result))
    again = pd.read_csv(tmp_path / "scores.csv", comment="#")
    np.testing.assert_array_equal(again["test"], score_table(result)["test"])
    write_result(tmp_path / "all.json", result)
    record = json.loads((tmp_path / "all.json").read_text())
    assert record["partial"] is False
    assert record["folds"] == "leave-one-out"
    assert [model["name"] for model in record["models"]] == ["voxel", "homogeneous"]
    assert len(record["experiments"]) == 2 * 25
    assert len(record["models"][0]["chosen"]) >= 3


@pytest.mark.parametrize(
    ("models", "settings", "message"),
    [
        ([], {}, "At least one model"),
        ([ModelRequest("splines")], {}, "no model 'splines'"),
        ([ModelRequest("voxel"), ModelRequest("voxel")], {}, "asked for once"),
        ([ModelRequest("voxel", ({"kappa": 3},))], {}, "has no parameter 'kappa'"),
        (BOTH, {"folds": 1}, "at least 2"),
        (BOTH, {"n_jobs": 0}, "n_jobs must be"),
    ],
)
def test_bad_requests_are_refused(regional, atlas, models, settings, message):
    with pytest.raises(ModelError, match=message):
        CrossValidation(regional.experiments, atlas, models, **settings)
