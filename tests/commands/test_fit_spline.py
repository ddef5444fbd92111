"""Spline models from the command line."""

from __future__ import annotations

import json

import numpy as np
import pytest

from napari_connectome.cli import main
from napari_connectome.core.io import load_model

FILTERS = [
    "--set",
    "min_contained=0.3",
    "--regions",
    "VISp,VISpl,VISl,VISpm",
    "--model",
    "low-rank-spline",
]


def test_fitted_and_saved(small_brain, tmp_path, capsys):
    out = tmp_path / "model.h5"
    arguments = ["fit", str(small_brain), "--out", str(out), *FILTERS, "--rank", "3"]
    assert main([*arguments, "--lambda", "1e4", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["parameters"]["regions"] == "VISp,VISpl,VISl,VISpm"
    assert (told["parameters"]["lam"], told["parameters"]["rank"]) == (1e4, 3)
    choice = told["choices"]["Isocortex"]
    assert choice["lam"] == 1e4
    assert choice["experiments"] == told["experiments"] >= 1
    for side in ("ipsi", "contra"):
        figures = choice[side]
        assert figures["objective"] >= figures["lower_bound"] > 0
        assert figures["gap"] == pytest.approx(figures["objective"] / figures["lower_bound"] - 1)
    model = load_model(out)
    assert model.connectivity.ipsi.factors.rank == 3
    assert main([*arguments[:-2], "--set", "rank=2"]) == 0
    assert "lower_bound" in capsys.readouterr().out


def test_a_stopped_fit_is_gone_on_with_and_ends_the_same(small_brain, tmp_path, monkeypatch):
    from napari_connectome.core.spline import checkpoint

    monkeypatch.setattr(checkpoint, "EVERY_S", 0.0)
    monkeypatch.setattr(checkpoint, "LONGEST_PART", 1e9)
    kept, whole, again = (tmp_path / name for name in ("fit.npz", "whole.h5", "again.h5"))
    arguments = ["fit", str(small_brain), *FILTERS, "--rank", "4", "--checkpoint", str(kept)]
    assert main([*arguments, "--out", str(whole)]) == 0
    assert not kept.exists(), "a finished fit leaves nothing behind"

    put = checkpoint.Ledger.put
    count = iter(range(4))

    def stop_at_the_fourth(self, step, arrays):
        put(self, step, arrays)
        if next(count) == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint.Ledger, "put", stop_at_the_fourth)
        assert main([*arguments, "--out", str(again)]) == 130
    assert kept.exists()
    assert not again.exists()
    assert main([*arguments, "--out", str(again), "--resume", "--lambda", "1e4"]) == 2, "other λ"
    assert main([*arguments, "--out", str(again), "--resume"]) == 0
    assert not kept.exists()
    first, second = (load_model(p).connectivity for p in (whole, again))
    for name in ("ipsi", "contra"):
        a, b = getattr(first, name), getattr(second, name)
        np.testing.assert_allclose(a.source_factors, b.source_factors, rtol=1e-8, atol=1e-12)
        np.testing.assert_allclose(a.target_factors, b.target_factors, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (["--regions", "NOWHERE"], "No structure has the acronym 'NOWHERE'"),
        (["--regions", "VISp", "--set", "max_injection_volume_mm3=0.0001"], "experiments passes"),
        (["--rank", "0"], "rank must be a whole number at least 1"),
        (["--lambda", "-1"], "lam must be"),
        (["--rank", "3", "--set", "rank=4"], "rank was given twice"),
        (["--resume"], "--resume needs the file"),
        (["--regions", "VISp", "--rank", "1999"], "rank must be a whole number from 1 to"),
    ],
)
def test_what_cannot_be_done_is_said(small_brain, tmp_path, capsys, extra, said):
    out = ["--out", str(tmp_path / "model.h5"), "--model", "low-rank-spline"]
    loose = ["--set", "min_contained=0"]
    assert main(["fit", str(small_brain), *out, *loose, *extra]) == 2
    assert said in capsys.readouterr().err


def test_a_model_without_checkpoints_says_so(small_brain, tmp_path, capsys):
    out = ["--out", str(tmp_path / "model.h5")]
    kept = ["--checkpoint", str(tmp_path / "fit.npz")]
    assert main(["fit", str(small_brain), *out, *kept]) == 2
    assert "too soon to be gone on with" in capsys.readouterr().err
