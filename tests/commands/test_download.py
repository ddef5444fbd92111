"""The command ``download``, against a small archive on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.data.archive_server import Archive, serving

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def archive(small_brain: Path) -> Iterator[Archive]:
    with serving(small_brain) as archive:
        yield archive


def test_plan_download_and_what_failed(archive: Archive, tmp_path: Path, run_command: Run) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("900000003, 900000007")
    out = tmp_path / "cache"
    options = ("--resolution", 200, "--ids", ids, "--server", archive.url, "--archive")
    asked = ("download", out, *options, f"{archive.url}/informatics-archive")
    code, printed, remarks = run_command(*asked, "--plan")
    assert code == 0, remarks
    assert printed.startswith("2 experiments: 10 files, 10 of them missing")
    assert not out.exists()
    archive.faults["experiment_900000007/data_mask"] = ("missing", -1)
    code, printed, remarks = run_command(*asked, "--json")
    assert code == 1
    told = json.loads(printed)
    assert told["downloaded"] == 9
    assert list(told["failed"]) == ["experiment_900000007/data_mask_200.nrrd"]
    assert "the server does not have it" in remarks


def test_bad_requests(tmp_path: Path, run_command: Run) -> None:
    code, _, remarks = run_command("download", tmp_path / "c", "--resolution", 200)
    assert code == 2
    assert "10, 25, 50, 100" in remarks
    code, _, remarks = run_command("download", tmp_path / "c", "--ids", tmp_path / "none.txt")
    assert code == 2
    assert "none.txt is missing" in remarks
