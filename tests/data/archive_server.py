"""A small Allen archive: answers the AllenSDK from a cache folder, well or badly."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

Fault = Literal["missing", "error", "truncated", "cut", "slow", "garbage"]


class Archive:
    """What is served, and what goes wrong.

    Parameters
    ----------
    folder : Path
        Cache folder that answers come from.

    Attributes
    ----------
    faults : dict
        Part of a path -> (fault, how many times; a negative number: always).
    asked : Counter
        How often each file was asked for.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: dict[str, tuple[Fault, int]] = {}
        self.asked: Counter[str] = Counter()
        self.url = ""
        self.pause_s = 0.0

    def fault_of(self, name: str) -> Fault | None:
        for part, (fault, times) in self.faults.items():
            if part in name and times:
                self.faults[part] = (fault, times - 1)
                return fault
        return None

    def content(self, path: str, query: dict[str, list[str]]) -> tuple[str, bytes] | None:
        """Name and bytes of what is asked for."""
        if path.endswith("/query.json"):
            return self._records(query["q"][0])
        if found := re.search(r"/grid_data/download_file/(\d+)$", path):
            kind, resolution = query["image"][0], query["resolution"][0]
            name = f"experiment_{found[1]}/{kind}_{resolution}.nrrd"
        elif found := re.search(r"/mouse_ccf/(?:average_template/)?(.+)$", path):
            name = found[1]
        else:
            return None
        file = self.folder / name
        return (name, file.read_bytes()) if file.is_file() else None

    def _records(self, question: str) -> tuple[str, bytes]:
        if "model::ApiConnectivity" in question:
            return "experiments", _message(self._experiments())
        assert "model::Structure" in question, question
        return "structures", _message(json.loads((self.folder / "structures.json").read_bytes()))

    def _experiments(self) -> list[dict[str, Any]]:
        return json.loads((self.folder / "experiments.json").read_bytes())


def _message(records: list[Any]) -> bytes:
    about = {"success": True, "id": 0, "start_row": 0, "num_rows": len(records)}
    return json.dumps({**about, "total_rows": len(records), "msg": records}).encode()


@contextmanager
def serving(folder: Path) -> Iterator[Archive]:
    """Serve a cache folder until the block ends."""
    archive = Archive(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            found = archive.content(url.path, parse_qs(url.query))
            name, body = found or (url.path, b"")
            archive.asked[name] += 1
            fault = archive.fault_of(name)
            time.sleep(archive.pause_s)
            if fault == "slow":
                time.sleep(3.0)
            if found is None or fault == "missing":
                self.send_error(404)
            elif fault == "error":
                self.send_error(500)
            else:
                self._send(b"not a volume" if fault == "garbage" else body, fault)

        def _send(self, body: bytes, fault: Fault | None) -> None:
            self.send_response(200)
            if fault != "cut":  # without a length, the end of the line is the end of the file
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            part = body[: len(body) // 2] if fault in ("truncated", "cut") else body
            try:
                self.wfile.write(part)
            except ConnectionError:
                return  # the program that asked was stopped

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    archive.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield archive
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
