"""Named sources in a file: what is saved is asked alike; bad files are refused with words."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.errors import DataError
from napari_connectome.core.sources import (
    CombinedSource,
    RegionSource,
    SphereSource,
    VolumeSource,
    VoxelSource,
)
from napari_connectome.data.source_files import NamedSource, read_sources, write_sources

PLACE = (1250.0, 350.0, 850.0)


def saved(path: Path) -> tuple[NamedSource, ...]:
    volume = np.zeros((3, 4, 5))
    volume[1, 2, 3] = 2.5
    sphere = SphereSource(PLACE, 300.0)
    sources = (
        NamedSource("a place", VoxelSource(PLACE)),
        NamedSource("Größe µ 神経", RegionSource((385, 993), "left")),
        NamedSource("drawn", VolumeSource(volume, "painted", "as drawn")),
        NamedSource("both", CombinedSource(((sphere, 2.0), (VoxelSource(PLACE), 1.0)), "two")),
    )
    assert write_sources(path, sources) == path
    return sources


def test_sources_come_back(tmp_path: Path) -> None:
    before = saved(tmp_path / "sources.json")
    after = read_sources(tmp_path / "sources.json")
    assert [n.name for n in after] == [n.name for n in before]
    assert after[0].source == before[0].source
    assert after[1].source == before[1].source
    drawn = after[2].source
    assert isinstance(drawn, VolumeSource)
    assert (drawn.label, drawn.scale) == ("painted", "as drawn")
    np.testing.assert_array_equal(drawn.values, before[2].source.values)
    both = after[3].source
    assert isinstance(both, CombinedSource)
    assert both.parts == before[3].source.parts


def test_an_older_file_stays_when_a_source_cannot_be_saved(tmp_path: Path) -> None:
    path = tmp_path / "sources.json"
    saved(path)
    before = path.read_bytes()
    with pytest.raises(Exception, match="cannot be saved"):
        write_sources(path, [NamedSource("odd", object())])  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["sources.json"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "damaged, or no JSON"),
        ('{"format": ', "damaged, or no JSON"),
        ("[" * 100_000, "damaged, or no JSON"),
        ("[]", "no file of sources"),
        ('{"format": "something"}', "no file of sources"),
        ('{"format": "napari-connectome sources", "version": 2}', "version 2; version 1"),
        ('{"format": "napari-connectome sources", "version": 1, "sources": 3}', "list of sources"),
        (
            '{"format": "napari-connectome sources", "version": 1, "sources": [{"name": " "}]}',
            "source 1 has no name",
        ),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "sources.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=words):
        read_sources(path)


def test_a_bad_source_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sources.json"
    saved(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["sources"][2]["source"]["indices"] = "zzz"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match=r"source 3 \(drawn\) cannot be used.*indices"):
        read_sources(path)


def test_missing_and_binary_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_sources(tmp_path / "none.json")
    with pytest.raises(DataError, match="cannot be read"):
        read_sources(tmp_path)
    (tmp_path / "picture.json").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(DataError, match="damaged, or no JSON"):
        read_sources(tmp_path / "picture.json")
