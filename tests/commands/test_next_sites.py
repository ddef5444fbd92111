"""The command ``next-sites``: the same ranking from a folder as from the model fitted to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.io import load_model
from napari_connectome.data.allen_cache import open_cache

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(run_command: Run) -> Run:
    return partial(run_command, "next-sites")


def test_folder_and_model_rank_alike(saved: Path, small_brain: Path, run: Run) -> None:
    told = []
    for path in (saved, small_brain):
        code, printed, remarks = run(path, "--division", "TH", "--count", 3, "--json")
        assert code == 0, remarks
        told.append(json.loads(printed))
    of_model, of_folder = (answer["sites"] for answer in told)
    assert told[0]["division"] == {"id": 549, "acronym": "TH"}
    assert [s["point_um"] for s in of_model] == [s["point_um"] for s in of_folder]
    for one, other in zip(of_model, of_folder, strict=True):
        assert one["drop_um"] == pytest.approx(other["drop_um"], rel=1e-4)
        assert one["drop_um"] > 0
    atlas = open_cache(small_brain).atlas
    for site in of_model:
        index = atlas.index_of_um(site["point_um"])
        assert atlas.divisions[index] == 549
        assert not atlas.is_left(index)
        assert atlas.regions[index] == site["structure_id"]
    drops = [s["drop_um"] for s in of_model]
    assert drops == sorted(drops, reverse=True)


def test_the_mean_before_is_that_of_the_model(saved: Path, run: Run) -> None:
    _code, printed, _remarks = run(saved, "--division", "Isocortex", "--count", 1, "--json")
    site = json.loads(printed)["sites"][0]
    model = load_model(saved)
    mask = model.connectivity.source_mask
    member = mask.to_vector(model.atlas.divisions) == 315
    distances = model.connectivity.nearest_um[member]
    assert site["mean_before_um"] == pytest.approx(float(np.mean(distances)), rel=1e-5)
    here = (mask.coordinates[member] + 0.5) * 200.0 - site["point_um"]
    after = np.minimum(distances, np.linalg.norm(here, axis=1)).mean()
    assert site["mean_after_um"] == pytest.approx(float(after), rel=1e-5)


def test_the_table_says_what_it_ranks(saved: Path, run: Run) -> None:
    code, printed, _remarks = run(saved, "--division", "isocortex", "--count", 2)
    assert code == 0
    first, header, *rows = printed.splitlines()
    assert first.startswith("Isocortex: mean distance to the nearest injection ")
    assert first.endswith("with 2 more.")
    assert header.split() == [
        "region",
        "AP",
        "DV",
        "ML",
        "drop",
        "µm",
        "before",
        "µm",
        "after",
        "µm",
    ]
    assert len(rows) == 2


def test_bad_input_is_one_line(saved: Path, tmp_path: Path, run: Run) -> None:
    for arguments, words in (
        ((saved, "--division", "nowhere"), "No structure has the acronym 'nowhere'"),
        ((saved, "--division", "VISp"), "is no major division"),
        ((saved, "--division", "TH", "--count", 0), "at least 1"),
        ((tmp_path / "no.h5", "--division", "TH"), "no.h5"),
        ((tmp_path, "--division", "TH"), "manifest"),
    ):
        code, printed, remarks = run(*arguments)
        assert (code, printed) == (2, "")
        assert words in remarks
        assert len(remarks.strip().splitlines()) == 1
