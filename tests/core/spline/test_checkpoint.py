"""A fit in progress on disk: gone on with, or refused."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.errors import DataError
from napari_connectome.core.spline import checkpoint
from napari_connectome.core.spline.checkpoint import Checkpointing, Ledger, digest_of
from tests.core.spline.planted import small_problem

STEPS = {"ipsi/0": {"W": np.arange(6.0).reshape(2, 3)}, "state": {"k": np.array(3)}}


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "fit.npz"
    ledger = Ledger(Checkpointing(place), "abc")
    for step, arrays in STEPS.items():
        ledger.put(step, arrays)
    ledger.write()
    return place


def test_steps_come_back(path):
    again = Ledger(Checkpointing(path, resume=True), "abc")
    for step, arrays in STEPS.items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(again.get(step)[name], array)
    assert again.get("other") is None
    again.drop("state")
    again.put("empty", {})
    again.write()
    once_more = Ledger(Checkpointing(path, resume=True), "abc")
    assert once_more.get("state") is None
    assert once_more.get("empty") == {}


def test_a_fit_that_is_not_resumed_starts_empty(path):
    assert Ledger(Checkpointing(path), "abc").get("state") is None
    assert Ledger(None, "abc").get("state") is None


def test_written_now_and_then(tmp_path, monkeypatch):
    place = tmp_path / "fit.npz"
    now = [0.0]
    monkeypatch.setattr(checkpoint.time, "monotonic", lambda: now[0])
    ledger = Ledger(Checkpointing(place), "abc")
    now[0] = 19.0
    ledger.put("a", {"x": np.ones(2)})
    assert not place.exists()
    now[0] = 21.0
    ledger.put("a", {"x": np.ones(2)})
    assert place.exists()


def test_stopped_work_is_kept_and_finished_work_removed(tmp_path):
    place = tmp_path / "fit.npz"
    ledger = Ledger(Checkpointing(place), "abc")
    ledger.put("a", {"x": np.ones(2)})
    with pytest.raises(KeyboardInterrupt), ledger.kept():
        raise KeyboardInterrupt
    assert Ledger(Checkpointing(place, resume=True), "abc").get("a") is not None
    with ledger.kept():
        ledger.put("b", {})
    assert not place.exists()


def test_other_data_and_altered_files_are_refused(path, tmp_path):
    with pytest.raises(DataError, match="of other data or with other parameters"):
        Ledger(Checkpointing(path, resume=True), "abd")
    with pytest.raises(DataError, match="is missing: there is no fit"):
        Ledger(Checkpointing(tmp_path / "none.npz", resume=True), "abc")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="damaged"):
        Ledger(Checkpointing(path, resume=True), "abc")
    place = whole.index(np.float64(4.0).tobytes())
    path.write_bytes(whole[:place] + np.float64(5.0).tobytes() + whole[place + 8 :])
    with pytest.raises(DataError, match=r"damaged|altered"):
        Ledger(Checkpointing(path, resume=True), "abc")
    path.write_bytes(b"no archive")
    with pytest.raises(DataError, match="damaged or no fit"):
        Ledger(Checkpointing(path, resume=True), "abc")


def test_the_digest_tells_data_and_parameters_apart():
    problem = small_problem()
    first = digest_of({"ipsi": problem}, {"rank": 3})
    assert digest_of({"ipsi": small_problem()}, {"rank": 3}) == first
    assert digest_of({"ipsi": problem}, {"rank": 4}) != first
    assert digest_of({"contra": problem}, {"rank": 3}) != first
    changed = small_problem()
    changed.projections[0, 0] += 1e-9
    assert digest_of({"ipsi": changed}, {"rank": 3}) != first
