"""Map figures: borders where labels change, values and marks where they belong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import DataError
from napari_connectome.core.flatmap import CorticalView, FlatmapProjector
from napari_connectome.figures.borders import border_lines
from napari_connectome.figures.flatmap import MapSource, flatmap_figure
from napari_connectome.figures.saving import save_figure
from tests.core.cortex.shapes import ISOCORTEX, shell_atlas, shell_views


def length(line: npt.NDArray[np.float64]) -> float:
    return float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())


def test_a_straight_border_is_drawn_once() -> None:
    labels = np.array([[1, 1, 2, 2]] * 3)
    lines = border_lines(labels)
    inner = [line for line in lines if np.all(line[:, 0] == 2.0)]
    assert len(inner) == 1
    assert sorted(inner[0][[0, -1], 1].tolist()) == [0.0, 3.0]
    assert len(lines) == 3  # and either half of the edge of the picture


def test_a_region_inside_another_has_a_ring() -> None:
    labels = np.ones((40, 40), dtype=int)
    row, column = np.indices(labels.shape) + 0.5
    labels[np.hypot(row - 20, column - 20) < 10] = 2
    edge, ring = sorted(border_lines(labels), key=length, reverse=True)
    for line in (edge, ring):
        assert np.array_equal(line[0], line[-1])
    # Smoothing takes the steps of the pixels away: their outline is 4/π times as long.
    assert length(ring) == pytest.approx(2 * np.pi * 10, rel=0.06)
    assert np.hypot(*(ring - 20).T) == pytest.approx(10, abs=0.8)


def test_lines_end_where_three_labels_meet() -> None:
    labels = np.array([[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 3, 3]])
    meeting = (2.0, 2.0)
    ends = [tuple(line[i]) for line in border_lines(labels) for i in (0, -1)]
    assert ends.count(meeting) == 3


def test_nothing_has_no_border() -> None:
    assert border_lines(np.zeros((5, 5), dtype=int)) == []


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return shell_atlas()


@pytest.fixture(scope="module")
def view() -> CorticalView:
    return shell_views()[1]


def drawn(view: CorticalView, atlas: Atlas, **options: object) -> Figure:
    volume = np.indices(atlas.shape)[0].astype(np.float32)
    image = FlatmapProjector(view).image(volume)
    texts = {"title": "Projection of a place", "unit": "mean density"}
    return flatmap_figure(view, image, atlas, **(texts | options))  # type: ignore[arg-type]


def written(figure: Figure) -> list[str]:
    texts = [text.get_text() for text in figure.texts]
    return texts + [text.get_text() for axes in figure.axes for text in axes.texts]


def test_values_lie_under_their_borders(view: CorticalView, atlas: Atlas) -> None:
    figure = drawn(view, atlas)
    image = figure.axes[0].get_images()[0]
    values = np.ma.filled(image.get_array(), np.nan)
    assert np.array_equal(np.isnan(values), view.lookup < 0)
    assert image.get_extent() == [0, view.shape[1], view.shape[0], 0]
    assert image.norm.vmin == 0.0
    assert image.norm.vmax == np.nanmax(values)


def test_it_says_what_it_shows(view: CorticalView, atlas: Atlas) -> None:
    figure = drawn(view, atlas, caption="Mean over the whole depth.")
    texts = written(figure)
    for expected in ("Projection of a place", "Mean over the whole depth.", "L", "R", "about 1 mm"):
        assert expected in texts
    assert texts.count("Isocortex") == 2
    assert figure.axes[1].get_ylabel() == "mean density"
    assert "1 mm" in written(drawn(shell_views()[0], atlas))


def test_logarithmic_colours_have_one_for_zero(view: CorticalView, atlas: Atlas) -> None:
    image = np.where(view.lookup >= 0, 0.0, np.nan).astype(np.float32)
    image[view.lookup == 5] = 2.0
    figure = flatmap_figure(view, image, atlas, title="", unit="", log=True)
    shown = figure.axes[0].get_images()[0]
    assert isinstance(shown.norm, LogNorm)
    assert (shown.norm.vmin, shown.norm.vmax) == (pytest.approx(0.002), 2.0)
    values = np.ma.filled(shown.get_array(), np.nan)
    assert np.nanmin(values) == pytest.approx(0.002)
    assert np.array_equal(np.isnan(values), view.lookup < 0)


@pytest.mark.parametrize("log", [False, True])
def test_a_map_of_zeros_is_drawn(
    view: CorticalView, atlas: Atlas, log: bool, tmp_path: Path
) -> None:
    image = np.where(view.lookup >= 0, 0.0, np.nan).astype(np.float32)
    save_figure(
        flatmap_figure(view, image, atlas, title="", unit="", log=log), tmp_path / "zeros.png"
    )


def test_the_source_is_marked(view: CorticalView, atlas: Atlas) -> None:
    row, column = (int(i) for i in np.argwhere(view.lookup >= 0)[40])
    ring = drawn(view, atlas, source=MapSource((row, column))).axes[0].lines[0]
    assert ring.get_xydata().tolist() == [[column + 0.5, row + 0.5]]
    for left in (False, True):
        mark = MapSource(structure_ids=(ISOCORTEX,), left=left)
        axes = drawn(view, atlas, source=mark).axes[0]
        outline = [c for c in axes.collections if isinstance(c, LineCollection)][-1]
        columns = np.concatenate([path.vertices[:, 0] for path in outline.get_paths()])
        assert np.all((columns <= view.shape[1] / 2) == left)


def test_pixels_of_which_nothing_is_known_are_marked(view: CorticalView, atlas: Atlas) -> None:
    middle = tuple(np.argwhere(view.lookup >= 0)[len(view.paths) // 4])
    lookup = view.lookup.copy()
    lookup[middle] = -1
    holed = replace(view, lookup=lookup)
    assert holed.missing.sum() == 1
    (patch,) = drawn(holed, atlas).axes[0].patches
    assert patch.get_xy() == (middle[1], middle[0])


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_every_width_and_kind_can_be_saved(
    view: CorticalView, atlas: Atlas, suffix: str, tmp_path: Path
) -> None:
    figure = drawn(view, atlas, width_mm=85.0, caption="small print " * 30)
    assert figure.get_size_inches()[0] == pytest.approx(85 / 25.4)
    out = tmp_path / f"map{suffix}"
    save_figure(figure, out)
    assert out.stat().st_size > 3000
    if suffix == ".svg":
        assert "Isocortex" in out.read_text()


def test_a_stamp_is_too_small(view: CorticalView, atlas: Atlas) -> None:
    with pytest.raises(DataError, match="at least 60 mm; 20 came"):
        drawn(view, atlas, width_mm=20.0)
