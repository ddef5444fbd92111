"""Figures in files: size, text, the same bytes each time, nothing half-written."""

from __future__ import annotations

import pkgutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure

import napari_connectome.figures
from napari_connectome.core.errors import DataError
from napari_connectome.figures.saving import save_figure

SUFFIXES = [".png", ".svg", ".pdf"]


def make_figure() -> Figure:
    figure = Figure(figsize=(4, 2))
    axes = figure.add_subplot()
    axes.imshow([[0, 1], [2, 3]])
    axes.set_title("Isocortex to thalamus")
    return figure


def png_size(path: Path) -> tuple[int, int]:
    """Width and height that the header of a PNG tells."""
    return struct.unpack(">II", path.read_bytes()[16:24])


@pytest.mark.parametrize(
    ("suffix", "start"),
    [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF"), (".PNG", b"\x89PNG")],
)
def test_suffix_says_the_format(tmp_path: Path, suffix: str, start: bytes) -> None:
    path = tmp_path / f"figure{suffix}"
    save_figure(make_figure(), path)
    assert path.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_figure_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    first, second = tmp_path / f"first{suffix}", tmp_path / f"second{suffix}"
    save_figure(make_figure(), first)
    save_figure(make_figure(), second)
    assert first.read_bytes() == second.read_bytes()
    assert b"Date" not in first.read_bytes()


def test_text_of_an_svg_is_text(tmp_path: Path) -> None:
    save_figure(make_figure(), tmp_path / "figure.svg")
    assert ">Isocortex to thalamus</text>" in (tmp_path / "figure.svg").read_text()


def test_width_and_resolution_give_the_pixels(tmp_path: Path) -> None:
    figure = make_figure()
    save_figure(figure, tmp_path / "own.png")
    save_figure(figure, tmp_path / "column.png", width_mm=50.8, dpi=100)
    assert png_size(tmp_path / "own.png") == (1200, 600)
    assert png_size(tmp_path / "column.png") == (200, 100)
    assert figure.get_size_inches().tolist() == [4, 2]


@pytest.mark.parametrize("name", ["figure.jpg", "figure", "figure.png.txt"])
def test_another_suffix_is_refused_with_those_that_are_known(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"\.png, \.svg, \.pdf"):
        save_figure(make_figure(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [{"width_mm": 0}, {"width_mm": float("nan")}, {"dpi": -1}])
def test_a_size_that_is_none_is_refused(tmp_path: Path, size: dict[str, float]) -> None:
    with pytest.raises(DataError, match="larger than 0"):
        save_figure(make_figure(), tmp_path / "figure.png", **size)


def test_an_older_figure_stays_when_the_new_one_cannot_be_drawn(tmp_path: Path) -> None:
    path = tmp_path / "figure.png"
    path.write_bytes(b"older")
    figure = make_figure()
    figure.axes[0].set_title("$\\unknown$")
    with pytest.raises(ValueError, match="unknown"):
        save_figure(figure, path)
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="missing"):
        save_figure(make_figure(), tmp_path / "missing" / "figure.png")


def test_figures_load_no_window_toolkit_and_no_pyplot() -> None:
    found = pkgutil.walk_packages(napari_connectome.figures.__path__, "napari_connectome.figures.")
    script = (
        f"import sys, {', '.join(module.name for module in found)}\n"
        "loaded = {'qtpy', 'PyQt6', 'napari', 'vispy', 'matplotlib.pyplot'} & sys.modules.keys()\n"
        "sys.exit(', '.join(sorted(loaded)) or 0)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
