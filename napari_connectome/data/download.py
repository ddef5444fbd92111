"""Allen data downloaded into a cache folder by the AllenSDK, which runs in its own environment."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sysconfig
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from napari_connectome.core.errors import DataError
from napari_connectome.core.progress import Job, Progress
from napari_connectome.data import allen_download

RESOLUTIONS_UM = (10, 25, 50, 100)
"""What the Allen Institute offers."""
STOPPING_S = 5.0
"""How long the program may take to put things in order when it is stopped."""
ASKING = "Asking the Allen Institute for its experiments"
LISTENING_S = 0.2
"""How long to wait for an event before it is looked whether the person still wants to go on."""
_PIP_TO_UV = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_CERT": "SSL_CERT_FILE",
}
"""Whoever has told pip where packages are need not tell it again."""


@dataclass(frozen=True)
class DownloadRequest:
    """What to download, and where to.

    Parameters
    ----------
    folder : Path
        Cache folder; made when it is missing. Files that are there already are kept.
    resolution_um : int
        10, 25, 50 or 100.
    ids : tuple of int, optional
        Only these experiments.
    wild_type : bool
        Only experiments without a transgenic line.
    lines, structures : tuple of str
        Only these lines; only injections whose primary structure is, or lies below, one of these
        acronyms. Empty: any.
    template : bool
        Whether the average brain is wanted.
    jobs : int
        Files at a time.
    timeout_s : float
        How long the server may be silent.
    base_uri, archive_uri : str, optional
        Other servers than the Allen Institute's.
    """

    folder: Path
    resolution_um: int = 100
    ids: tuple[int, ...] | None = None
    wild_type: bool = False
    lines: tuple[str, ...] = ()
    structures: tuple[str, ...] = ()
    template: bool = True
    jobs: int = 4
    timeout_s: float = 60.0
    base_uri: str | None = None
    archive_uri: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no download can give."""
        if self.ids is not None and not self.ids:
            raise DataError("The list of ids is empty: give at least one experiment.")
        if self.jobs < 1:
            raise DataError(f"At least one file at a time is downloaded; {self.jobs} came.")
        if self.base_uri is None and self.resolution_um not in RESOLUTIONS_UM:
            offered = ", ".join(map(str, RESOLUTIONS_UM))
            raise DataError(
                f"The Allen Institute offers {offered} µm; {self.resolution_um} µm came."
            )


@dataclass(frozen=True)
class DownloadPlan:
    """What a request comes to.

    Parameters
    ----------
    experiments : int
        Chosen.
    files, missing : int
        Their files and the atlas's; those that are not in the folder yet.
    bytes : int
        About how much the missing ones are.
    free_bytes : int
        Room on the disk.
    """

    experiments: int
    files: int
    missing: int
    bytes: int
    free_bytes: int

    @property
    def fits(self) -> bool:
        """Whether there is room for it."""
        return self.bytes < self.free_bytes


@dataclass(frozen=True)
class DownloadReport:
    """What came of a download.

    Parameters
    ----------
    folder : Path
        Cache folder.
    plan : DownloadPlan
        What was to be done.
    downloaded : int
        Files that came.
    failed : mapping of str to str
        Files that did not, and why.
    """

    folder: Path
    plan: DownloadPlan
    downloaded: int
    failed: Mapping[str, str] = field(default_factory=dict)


def plan_job(request: DownloadRequest) -> Job[DownloadPlan]:
    """Find out how much a request comes to; writes nothing into the folder that stays.

    Raises
    ------
    DataError
        When the server cannot be reached, or the request asks for what it does not have.
    """
    plan: DownloadPlan | None = None
    with _running(request, plan_only=True) as events:
        for event in events:
            if event is None:
                yield Progress(0, 0, ASKING)
            elif event["event"] == "plan":
                plan = _plan(event)
            elif event["event"] == "done" and plan is not None:
                return plan
    raise _died(())


def download_job(request: DownloadRequest) -> Job[DownloadReport]:
    """Download what is missing. Closing the job stops it; what has come stays.

    Raises
    ------
    DataError
        As :func:`plan_job`, or when the disk has no room.
    """
    plan: DownloadPlan | None = None
    failed: dict[str, str] = {}
    done, moment = 0, Progress(0, 0, ASKING)
    with _running(request, plan_only=False) as events:
        for event in events:
            kind = None if event is None else event["event"]
            if event is None:
                yield moment
                continue
            if kind == "plan":
                plan = _plan(event)
                _check_room(plan)
            elif kind == "file":
                done += 1
            elif kind == "failed":
                failed[event["file"]] = event["why"]
            elif kind == "done" and plan is not None:
                return DownloadReport(request.folder, plan, done, failed)
            total = 0 if plan is None else plan.missing
            moment = Progress(done + len(failed), total, f"Downloading {event.get('file', '')}")
            yield moment
    raise _died(())


def _plan(event: Mapping[str, Any]) -> DownloadPlan:
    counts = (int(event[name]) for name in ("experiments", "files", "missing", "bytes", "free"))
    return DownloadPlan(*counts)


def _check_room(plan: DownloadPlan) -> None:
    if not plan.fits:
        raise DataError(
            f"About {plan.bytes / 1e9:.1f} GB are to be downloaded, and the disk has "
            f"{plan.free_bytes / 1e9:.1f} GB left. Make room, ask for fewer experiments, or take a "
            "coarser resolution."
        )


def find_uv() -> str:
    """The program that makes the AllenSDK's environment.

    Raises
    ------
    DataError
        When it is not installed.
    """
    beside = Path(sysconfig.get_path("scripts")) / ("uv.exe" if os.name == "nt" else "uv")
    found = str(beside) if beside.is_file() else shutil.which("uv")
    if found is None:
        raise DataError(
            "Downloads need the program uv, which runs the AllenSDK in an environment of its own. "
            "Install it: pip install uv"
        )
    return found


@contextmanager
def _running(
    request: DownloadRequest, *, plan_only: bool
) -> Iterator[Iterator[Mapping[str, Any] | None]]:
    """Start the program; gives its events, and None in between. It ends with the block."""
    command = [find_uv(), "run", "--quiet", "--no-project", "--script", allen_download.__file__]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=_environment(),
        start_new_session=True,
    )
    lines: queue.Queue[str | None] = queue.Queue()
    complaints: list[str] = []
    readers = [
        threading.Thread(target=_read, args=(process.stdout, lines.put), daemon=True),
        threading.Thread(target=_read, args=(process.stderr, _said(complaints)), daemon=True),
    ]
    for reader in readers:
        reader.start()
    try:
        values = asdict(request) | {"folder": str(request.folder.expanduser().absolute())}
        _send(process, json.dumps(values | {"plan_only": plan_only}))
        yield _events(lines, complaints)
    finally:
        _stop(process)
        for reader in readers:
            reader.join()
        # What its threads were writing while it tidied up.
        allen_download.tidy_after(request.folder.expanduser())


def _environment() -> dict[str, str]:
    env = dict(os.environ)
    for pip, uv in _PIP_TO_UV.items():
        if pip in env:
            env.setdefault(uv, env[pip])
    return env


def _send(process: subprocess.Popen[str], line: str) -> None:
    """Hand the request over; a program that has already died says why on its own."""
    with suppress(BrokenPipeError), cast(IO[str], process.stdin) as stream:
        stream.write(line + "\n")


def _read(stream: IO[str], take: Callable[[str | None], None]) -> None:
    with stream:
        for line in stream:
            take(line)
    take(None)


def _said(complaints: list[str]) -> Callable[[str | None], None]:
    def take(line: str | None) -> None:
        if line is not None and line.strip():
            complaints.append(line.strip())

    return take


def _events(
    lines: queue.Queue[str | None], complaints: Sequence[str]
) -> Iterator[Mapping[str, Any] | None]:
    while True:
        try:
            line = lines.get(timeout=LISTENING_S)
        except queue.Empty:
            yield None
            continue
        if line is None:
            raise _died(complaints)
        event = json.loads(line)
        if event["event"] == "stopped":
            raise DataError(f"The download has stopped. {event['why']}")
        yield event


def _died(complaints: Sequence[str]) -> DataError:
    said = f" It said: {complaints[-1]}" if complaints else ""
    return DataError(
        "The AllenSDK could not be run. The first time, uv fetches it: that needs a connection to "
        f"a Python package index. Try again; what has come is kept.{said}"
    )


def _stop(process: subprocess.Popen[str]) -> None:
    """End the program and what it has started."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM) if os.name == "posix" else process.terminate()
        try:
            process.wait(STOPPING_S)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL) if os.name == "posix" else process.kill()
            process.wait()
