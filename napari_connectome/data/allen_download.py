# /// script
# requires-python = ">=3.11,<3.12"
# dependencies = ["allensdk==2.16.2"]
# ///
"""Download Allen mouse connectivity data with the AllenSDK, in an environment of its own.

The AllenSDK needs older libraries than napari. So this file is a program: ``uv run --script``
makes the environment that its first lines describe, and runs it there. It imports nothing of this
project, reads one request (JSON) from its input, and writes events (one JSON object a line) to
its output: ``plan``, ``file``, ``failed``, ``stopped``, ``done``.

Every file is downloaded into a hidden folder beside the others, read with the AllenSDK as a check,
and only then moved to its place: a cache folder never holds a part of a file.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from operator import methodcaller
from pathlib import Path
from typing import Any

MANIFEST = "mouse_connectivity_manifest.json"
STAGING = ".download"
OWNER = "owner.pid"
CCF = "annotation/ccf_2017"
KINDS = ("projection_density", "injection_density", "injection_fraction", "data_mask")
ATTEMPTS = 3
PAUSE_S = 0.5
LOCAL_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS)

Json = dict[str, Any]


def tell(event: str, **values: Any) -> None:
    """Write one event."""
    line = json.dumps({"event": event, **values})
    with _LOCK:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


_LOCK = threading.Lock()


@dataclass(frozen=True)
class Wanted:
    """One file to download.

    Parameters
    ----------
    name : str
        Path in the folder, with slashes.
    fetch : callable
        Takes the SDK's cache; downloads the file and reads it.
    """

    name: str
    fetch: Callable[[Any], object]


class Refused(Exception):
    """Something that a person can act on; the text says how."""


def open_sdk(folder: Path, request: Json) -> Any:
    """The AllenSDK's cache in a folder, asking the servers that the request names."""
    from allensdk.api import api
    from allensdk.api.queries.mouse_connectivity_api import MouseConnectivityApi
    from allensdk.core.mouse_connectivity_cache import MouseConnectivityCache

    class PatientApi(MouseConnectivityApi):  # type: ignore[misc]
        """The SDK's, with the time limits of the request."""

        def retrieve_file_over_http(self, url: str, file_path: str, zipped: bool = False) -> None:
            del zipped  # volumes are not
            limit_s = float(request.get("timeout_s", 60.0))
            api.stream_file_over_http(url, file_path, timeout=(min(limit_s, 10.0), limit_s))

    cache = MouseConnectivityCache(
        resolution=int(request["resolution_um"]),
        manifest_file=str(folder / MANIFEST),
        ccf_version=CCF,
        base_uri=request.get("base_uri"),
    )
    cache.api = PatientApi(base_uri=request.get("base_uri"))
    if request.get("archive_uri"):
        cache.api.informatics_archive_endpoint = request["archive_uri"]
    return cache


def selected(cache: Any, request: Json) -> list[int]:
    """Ids of the experiments that a request asks for, in increasing order.

    Raises
    ------
    Refused
        When an id or a structure is unknown, or nothing fits.
    """
    experiments = cache.get_experiments()
    wanted = request.get("ids")
    if wanted is not None:
        strangers = sorted(set(wanted) - {e["id"] for e in experiments})
        if strangers:
            named = ", ".join(map(str, strangers[:5])) + (" …" if len(strangers) > 5 else "")
            raise Refused(
                f"{len(strangers)} of the {len(wanted)} ids are no experiments of the Allen Mouse "
                f"Brain Connectivity Atlas: {named}. Check the list of ids."
            )
        experiments = [e for e in experiments if e["id"] in set(wanted)]
    if request.get("wild_type"):
        experiments = [e for e in experiments if not e.get("transgenic_line")]
    if request.get("lines"):
        lines = {line.casefold() for line in request["lines"]}
        experiments = [e for e in experiments if (e["transgenic_line"] or "").casefold() in lines]
    if request.get("structures"):
        inside = structures_of(cache, request["structures"])
        experiments = [e for e in experiments if e["structure_id"] in inside]
    if not experiments:
        raise Refused("No experiment fits the choice. Ask for fewer things at once.")
    return sorted(e["id"] for e in experiments)


def structures_of(cache: Any, acronyms: list[str]) -> set[int]:
    """Structures of these acronyms, with all below them."""
    tree = cache.get_structure_tree()
    known = tree.get_id_acronym_map()
    strangers = [a for a in acronyms if a not in known]
    if strangers:
        raise Refused(f"There is no structure {', '.join(strangers)}; acronyms were expected.")
    below = tree.descendant_ids([known[a] for a in acronyms])
    return {i for ids in below for i in ids}


def atlas_files(request: Json) -> Iterator[Wanted]:
    """The files of the atlas."""
    resolution = int(request["resolution_um"])
    yield Wanted(f"{CCF}/annotation_{resolution}.nrrd", methodcaller("get_annotation_volume"))
    if request.get("template", True):
        yield Wanted(f"average_template_{resolution}.nrrd", methodcaller("get_template_volume"))


def experiment_files(ids: list[int], request: Json) -> Iterator[Wanted]:
    """The files of experiments, one experiment after the other."""
    resolution = int(request["resolution_um"])
    for experiment_id in ids:
        for kind in KINDS:
            name = f"experiment_{experiment_id}/{kind}_{resolution}.nrrd"
            yield Wanted(name, methodcaller(f"get_{kind}", experiment_id))


def fetched(cache: Any, staging: Path, folder: Path, wanted: Wanted) -> int:
    """Download a file, check it, put it in its place; gives its bytes.

    Raises
    ------
    Refused
        When it does not come, comes damaged, or cannot be written.
    """
    part = staging / wanted.name
    for attempt in range(1, ATTEMPTS + 1):
        part.unlink(missing_ok=True)
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            check(wanted, wanted.fetch(cache), cache.resolution)
        except Exception as error:
            if attempt < ATTEMPTS and is_passing(error):
                time.sleep(PAUSE_S * 2 ** (attempt - 1))
                continue
            raise Refused(f"{wanted.name}: {words_of(error)}") from error
        return put_in_place(part, folder / wanted.name)
    raise AssertionError("the last attempt returns or raises")


def check(wanted: Wanted, found: Any, resolution_um: float) -> None:
    """Refuse a volume that is none of this resolution, or holds no finite numbers."""
    import numpy as np

    volume, header = found
    steps = np.linalg.norm(np.asarray(header.get("space directions", np.zeros((3, 3)))), axis=1)
    if volume.ndim != 3 or (steps.any() and not np.allclose(steps, resolution_um, rtol=0.01)):
        raise Refused(
            f"a volume with voxels of {resolution_um} µm was expected; one of shape "
            f"{volume.shape} with steps {steps.tolist()} came. Report it to the Allen Institute."
        )
    if volume.dtype.kind == "f" and not np.isfinite(volume).all():
        raise Refused("it holds numbers that are not finite. Report it to the Allen Institute.")


def is_passing(error: Exception) -> bool:
    """Whether a second try may go better: not where the server or the disk has said no."""
    status = status_of(error)
    if status is not None:
        return status >= 500
    return not isinstance(error, Refused) and getattr(error, "errno", None) not in LOCAL_ERRORS


def status_of(error: Exception) -> int | None:
    """What the server has answered, for either of the SDK's two ways of asking."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None) if response is not None else None
    return status if status is not None else getattr(error, "code", None)


def words_of(error: Exception) -> str:
    """What went wrong, and what to do."""
    names = {kind.__name__ for kind in type(error).__mro__}
    status = status_of(error)
    if isinstance(error, Refused):
        return str(error)
    if status == 404:
        return "the server does not have it. It may not exist at this resolution."
    if status is not None:
        return f"the server answered with status {status}. Try again later."
    if names & {"Timeout", "ReadTimeout"}:
        return "the server did not answer in time. Try again later: what has come is kept."
    if names & {"ConnectionError", "URLError"}:
        return "the server cannot be reached. Is this computer online? What has come is kept."
    if getattr(error, "errno", None) == errno.ENOSPC:
        return "the disk is full. Make room; what has come is kept."
    if isinstance(error, OSError) and error.errno is not None:
        return f"it cannot be written ({error.strerror})."
    return f"it came damaged or cut off ({type(error).__name__}: {error}). Try again."


def put_in_place(part: Path, place: Path) -> int:
    """Move a checked file to where it belongs."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    size = part.stat().st_size
    part.replace(place)
    return size


def prepare(request: Json, folder: Path, staging: Path) -> tuple[Any, list[Wanted]]:
    """Manifest, structures and list of experiments; then what there is to download."""
    take_over(staging)
    for name in (MANIFEST, "structures.json", "experiments.json"):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, staging / name)
    cache = open_sdk(staging, request)
    cache.get_structure_tree()
    ids = selected(cache, request)
    return cache, [*atlas_files(request), *experiment_files(ids, request)]


def take_over(staging: Path) -> None:
    """Make the hidden folder; what a download that was killed has left is thrown away.

    Raises
    ------
    Refused
        When another download is still writing, or the folder cannot be written to.
    """
    pid = owner_of(staging)
    if pid != os.getpid() and is_alive(pid):
        raise Refused(
            f"Another download (process {pid}) is writing into {staging.parent}. Wait until it "
            "has ended, or choose another folder."
        )
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        (staging / OWNER).write_text(str(os.getpid()))
    except OSError as error:
        raise Refused(
            f"{staging.parent} cannot be written to ({error.strerror}). Choose another folder."
        ) from error


def is_alive(pid: int) -> bool:
    """Whether a process runs; 0 is none."""
    try:
        if pid > 0:
            os.kill(pid, 0)
    except (ProcessLookupError, ValueError):
        return False
    except OSError:
        return True
    return pid > 0


def keep_lists(folder: Path, staging: Path) -> None:
    """Put manifest, structures and experiments beside the volumes."""
    for name in (MANIFEST, "structures.json", "experiments.json"):
        if not (folder / name).is_file():
            shutil.copyfile(staging / name, staging / f"{name}.copy")
            put_in_place(staging / f"{name}.copy", folder / name)


def typical_bytes(name: str, resolution_um: int) -> int:
    """About how large a file is: measured on the Allen Institute's own at 100 µm."""
    at_100_um = {
        "projection_density": 700_000,
        "injection_density": 20_000,
        "injection_fraction": 20_000,
        "data_mask": 60_000,
        "annotation": 500_000,
        "average_template": 1_500_000,
    }
    kind = Path(name).name.rsplit("_", 1)[0]
    return int(at_100_um[kind] * (100 / resolution_um) ** 3)


def download(request: Json) -> Json:
    """Do what a request asks for; gives the last event."""
    folder = Path(request["folder"])
    staging = folder / STAGING
    try:
        cache, wanted = prepare(request, folder, staging)
        missing = [w for w in wanted if not (folder / w.name).is_file()]
        sizes = {w.name: typical_bytes(w.name, cache.resolution) for w in missing}
        tell(
            "plan",
            experiments=len({w.name.split("/")[0] for w in wanted if w.name.startswith("exp")}),
            files=len(wanted),
            missing=len(missing),
            bytes=sum(sizes.values()),
            free=shutil.disk_usage(folder).free,
        )
        if request.get("plan_only"):
            return {"files": 0, "failed": 0}
        keep_lists(folder, staging)
        failed = fetch_all(cache, staging, folder, missing, int(request.get("jobs", 4)))
        return {"files": len(missing) - failed, "failed": failed}
    finally:
        tidy(staging)


def tidy(staging: Path) -> None:
    """Take the hidden folder away if it is this download's, and the cache folder if it is empty."""
    with contextlib.suppress(OSError):
        if (staging / OWNER).read_text() == str(os.getpid()):
            remove(staging)


def tidy_after(folder: Path) -> None:
    """Take the hidden folder of a program that has ended away, whatever it was writing."""
    staging = folder / STAGING
    with contextlib.suppress(OSError, ValueError):
        if staging.is_dir() and not is_alive(owner_of(staging)):
            remove(staging)


def remove(staging: Path) -> None:
    """Remove the hidden folder, and the cache folder if it is empty."""
    shutil.rmtree(staging)
    staging.parent.rmdir()


def owner_of(staging: Path) -> int:
    """Process that a hidden folder belongs to; 0 when it says none."""
    owner = staging / OWNER
    return int(owner.read_text() or 0) if owner.is_file() else 0


def is_written_to(folder: Path) -> bool:
    """Whether a download into a folder is running at this moment."""
    try:
        return is_alive(owner_of(folder / STAGING))
    except (OSError, ValueError):
        return False


def stop_when_told(staging: Path) -> None:
    """Tidy up and end at once on SIGTERM: threads that wait for the server are not waited for."""

    def stop(*_: object) -> None:
        # Who starts this program tells it and uv, which passes it on: once is enough.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        tidy(staging)
        os._exit(143)

    signal.signal(signal.SIGTERM, stop)


def fetch_all(cache: Any, staging: Path, folder: Path, missing: list[Wanted], jobs: int) -> int:
    """Download several files at a time; gives the number of those that failed."""
    failed = 0
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        running = {pool.submit(fetched, cache, staging, folder, w): w for w in missing}
        for future in as_completed(running):
            name = running[future].name
            try:
                size = future.result()
            except Refused as error:
                failed += 1
                tell("failed", file=name, why=str(error))
            else:
                tell("file", file=name, bytes=size)
    return failed


def main() -> int:
    """Read the request and answer it."""
    warnings.simplefilter("ignore")  # the SDK's libraries are old, and say so
    # Modules beside this file must not stand in for the SDK's libraries of the same name.
    beside = str(Path(__file__).resolve().parent)
    sys.path[:] = [place for place in sys.path if place != beside]
    request = json.loads(sys.stdin.readline())
    stop_when_told(Path(request["folder"]) / STAGING)
    try:
        ended = download(request)
        tell("done", **ended)
        return 1 if ended["failed"] else 0
    except Refused as error:
        tell("stopped", why=str(error))
    except Exception as error:  # whatever the SDK's libraries raise: a person shall read words
        tell("stopped", why=f"The list of experiments: {words_of(error)}")
    return 2


if __name__ == "__main__":
    sys.exit(main())
