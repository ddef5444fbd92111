from __future__ import annotations

import json
from pathlib import Path

import pytest

from napari_connectome.cli import main


def test_copies_are_told_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NAPARI_CONNECTOME_CACHE", str(tmp_path))
    (tmp_path / "one.experiments").write_bytes(bytes(1_000_000))
    (tmp_path / "two.projections").write_bytes(bytes(2_000_000))
    (tmp_path / "kept.txt").touch()
    assert main(["cache"]) == 0
    assert "2 ready-made copies, 3 MB" in capsys.readouterr().out
    assert main(["cache", "--clear", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"folder": str(tmp_path), "copies": 0, "bytes": 0, "removed": 2}
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
