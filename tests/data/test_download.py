"""Downloads: the real AllenSDK in its own environment, asking a small archive on this machine."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.errors import DataError
from napari_connectome.core.progress import Progress, run_to_end
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.allen_download import tidy_after
from napari_connectome.data.download import (
    DownloadPlan,
    DownloadRequest,
    download_job,
    find_uv,
    plan_job,
)
from napari_connectome.data.tracing import load_experiments
from tests.data.archive_server import Archive, serving

IDS = tuple(range(900000001, 900000005))
FILES = 4 * len(IDS) + 2


@pytest.fixture
def archive(small_brain: Path) -> Iterator[Archive]:
    with serving(small_brain) as archive:
        yield archive


@pytest.fixture
def request_(archive: Archive, tmp_path: Path) -> DownloadRequest:
    return DownloadRequest(
        tmp_path / "cache",
        200,
        ids=IDS,
        base_uri=archive.url,
        archive_uri=f"{archive.url}/informatics-archive",
        timeout_s=1.5,
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_plan_says_how_much_and_leaves_nothing(request_: DownloadRequest) -> None:
    plan = run_to_end(plan_job(request_))
    assert (plan.experiments, plan.files, plan.missing) == (len(IDS), FILES, FILES)
    assert 0 < plan.bytes < plan.free_bytes
    assert not request_.folder.exists()


def test_what_comes_is_what_the_archive_has(
    request_: DownloadRequest, small_brain: Path, archive: Archive
) -> None:
    seen: list[Progress] = []
    report = run_to_end(download_job(request_), seen.append)
    assert (report.downloaded, report.failed) == (FILES, {})
    assert seen[-1].done == seen[-1].total == FILES
    volumes = {n: b for n, b in _files(request_.folder).items() if n.endswith(".nrrd")}
    assert len(volumes) == FILES
    for name, content in volumes.items():
        assert content == (small_brain / name).read_bytes()
    ours = run_to_end(load_experiments(open_cache(request_.folder)))
    theirs = run_to_end(load_experiments(open_cache(small_brain))).subset(
        np.flatnonzero(np.isin(run_to_end(load_experiments(open_cache(small_brain))).ids, IDS))
    )
    np.testing.assert_array_equal(np.sort(ours.ids), IDS)
    np.testing.assert_array_equal(ours.projections, theirs.projections)
    again = run_to_end(download_job(request_))
    assert (again.plan.missing, again.downloaded) == (0, 0)
    assert all(times == 1 for name, times in archive.asked.items() if name.endswith(".nrrd"))


def test_choices(request_: DownloadRequest, small_brain: Path) -> None:
    records = tuple(open_cache(small_brain).experiments)
    tree = open_cache(small_brain).tree
    inside = set(tree.descendant_ids(315))
    cortical = [r for r in records if r.structure_id in inside and r.wild_type]
    chosen = replace(request_, ids=None, wild_type=True, structures=("Isocortex",))
    assert run_to_end(plan_job(chosen)).experiments == len(cortical)
    lines = [r for r in records if r.transgenic_line]
    chosen = replace(request_, ids=None, lines=(str(lines[0].transgenic_line).upper(),))
    same = [r for r in lines if r.transgenic_line == lines[0].transgenic_line]
    assert run_to_end(plan_job(chosen)).experiments == len(same)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"ids": (1, 900000001)}, "1 of the 2 ids"),
        ({"ids": None, "structures": ("Nowhere",)}, "no structure Nowhere"),
        ({"ids": None, "lines": ("No-Such-Cre",)}, "No experiment fits"),
    ],
)
def test_a_choice_that_cannot_be_met_is_said(
    request_: DownloadRequest, changed: dict[str, object], words: str
) -> None:
    with pytest.raises(DataError, match=words):
        run_to_end(plan_job(replace(request_, **changed)))


def _volume(experiment_id: int, kind: str = "data_mask") -> str:
    return f"experiment_{experiment_id}/{kind}_200.nrrd"


def test_passing_faults_are_tried_again(request_: DownloadRequest, archive: Archive) -> None:
    faulty = {
        _volume(IDS[0]): "error",
        _volume(IDS[1]): "truncated",
        _volume(IDS[2]): "cut",
        _volume(IDS[3]): "slow",
        "annotation_200.nrrd": "garbage",
    }
    archive.faults = {name: (fault, 1) for name, fault in faulty.items()}
    report = run_to_end(download_job(request_))
    assert (report.downloaded, report.failed) == (FILES, {})
    assert {name: archive.asked[name] for name in archive.asked if archive.asked[name] > 1} == {
        **dict.fromkeys((_volume(i) for i in IDS), 2),
        "annotation/ccf_2017/annotation_200.nrrd": 2,
    }


def test_what_does_not_come_is_named_and_the_rest_is_there(
    request_: DownloadRequest, archive: Archive
) -> None:
    faults = {
        IDS[0]: ("missing", "the server does not have it"),
        IDS[1]: ("error", "status 500"),
        IDS[2]: ("truncated", "damaged or cut off"),
        IDS[3]: ("slow", "did not answer in time"),
    }
    archive.faults = {_volume(i): (fault, -1) for i, (fault, _) in faults.items()}
    report = run_to_end(download_job(request_))
    assert report.downloaded == FILES - 4
    for experiment_id, (_, words) in faults.items():
        assert words in report.failed[_volume(experiment_id)]
        assert not (request_.folder / _volume(experiment_id)).exists()
    assert not list(request_.folder.glob(".download*"))
    assert archive.asked[_volume(IDS[0])] == 1, "a file that is not there is asked for once"
    archive.faults.clear()
    assert run_to_end(download_job(request_)).downloaded == 4


def test_further_signals_do_not_keep_the_first_from_tidying_up(tmp_path: Path) -> None:
    staging = tmp_path / "cache" / ".download"
    program = f"""
import os, signal, threading, time
from pathlib import Path
from napari_connectome.data import allen_download as program
staging = Path({str(staging)!r})
program.take_over(staging)
for number in range(4000):
    (staging / str(number)).touch()
program.stop_when_told(staging)
def again():
    while True:
        time.sleep(0.0005)
        os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=again, daemon=True).start()
time.sleep(60)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
    assert ended.returncode == 143
    assert not staging.exists()


def test_what_a_killed_program_was_writing_is_taken_away(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    folder = tmp_path / "cache"
    staging = folder / ".download"
    staging.mkdir(parents=True)
    (staging / "half.nrrd").touch()
    owner = staging / "owner.pid"
    owner.write_text(str(os.getpid()))
    tidy_after(folder)
    assert staging.exists(), "its process runs"
    owner.write_text(str(ended.pid))
    tidy_after(folder)
    assert not folder.exists()


def test_a_stopped_download_leaves_whole_files_and_goes_on(
    request_: DownloadRequest, archive: Archive, small_brain: Path
) -> None:
    archive.pause_s = 0.2
    job = download_job(replace(request_, jobs=1))
    for moment in job:
        if moment.done == 3:
            break
    job.close()
    came = {n: b for n, b in _files(request_.folder).items() if n.endswith(".nrrd")}
    assert 3 <= len(came) < FILES
    assert all(content == (small_brain / name).read_bytes() for name, content in came.items())
    assert not (request_.folder / ".download").exists()
    archive.pause_s = 0.0
    assert run_to_end(download_job(request_)).downloaded == FILES - len(came)


def test_a_killed_download_leaves_no_part_of_a_file(
    request_: DownloadRequest, archive: Archive, small_brain: Path, tmp_path: Path
) -> None:
    archive.pause_s = 0.02
    script = tmp_path / "download.py"
    script.write_text(
        "from pathlib import Path\n"
        "from napari_connectome.core.progress import run_to_end\n"
        "from napari_connectome.data.download import DownloadRequest, download_job\n"
        f"run_to_end(download_job({request_!r}))\n".replace("PosixPath(", "Path(")
    )
    process = subprocess.Popen([sys.executable, str(script)])
    volume = request_.folder / "experiment_900000001" / "data_mask_200.nrrd"
    deadline = time.monotonic() + 60
    while not volume.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    owner = int((request_.folder / ".download" / "owner.pid").read_text())
    os.kill(owner, signal.SIGKILL)
    process.wait()
    for name, content in _files(request_.folder).items():
        if not name.startswith(".download") and name.endswith(".nrrd"):
            assert content == (small_brain / name).read_bytes()
    archive.pause_s = 0.0
    run_to_end(download_job(request_))
    assert len([n for n in _files(request_.folder) if n.endswith(".nrrd")]) == FILES


def test_two_downloads_into_one_folder(request_: DownloadRequest) -> None:
    staging = request_.folder / ".download"
    staging.mkdir(parents=True)
    (staging / "owner.pid").write_text(str(os.getpid()))
    with pytest.raises(DataError, match="Another download"):
        run_to_end(download_job(request_))
    assert (staging / "owner.pid").exists()


def test_no_server(request_: DownloadRequest) -> None:
    closed = replace(request_, base_uri="http://127.0.0.1:9", archive_uri="http://127.0.0.1:9")
    with pytest.raises(DataError, match="cannot be reached"):
        run_to_end(plan_job(closed))
    assert not request_.folder.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_cannot_be_written_to(request_: DownloadRequest) -> None:
    request_.folder.mkdir()
    request_.folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(DataError, match="cannot be written to"):
        run_to_end(download_job(request_))


def test_no_room(request_: DownloadRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DownloadPlan, "fits", property(lambda self: False))
    with pytest.raises(DataError, match="Make room"):
        run_to_end(download_job(request_))
    assert not list(request_.folder.rglob("*.nrrd"))


def test_requests_that_make_no_sense(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="10, 25, 50, 100"):
        DownloadRequest(tmp_path, 200)
    with pytest.raises(DataError, match="empty"):
        DownloadRequest(tmp_path, ids=())
    with pytest.raises(DataError, match="At least one file"):
        DownloadRequest(tmp_path, jobs=0)


def test_without_uv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(DataError, match="pip install uv"):
        find_uv()
