"""Matrix figures: every cell in its colour, labels that fit, text that says what is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from napari_connectome.core.errors import DataError, ModelError
from napari_connectome.core.regional import MEASURES, RegionalMatrix, regional_matrix
from napari_connectome.figures.cell_colors import cell_colors
from napari_connectome.figures.matrix import matrix_figure
from napari_connectome.figures.page import spread, text_width_mm, wrapped
from napari_connectome.figures.saving import MM_PER_INCH, save_figure
from tests.core.regional_data import region_model


@pytest.fixture(scope="module")
def matrix() -> RegionalMatrix:
    return regional_matrix(region_model())


def wide(matrix: RegionalMatrix, times: int) -> RegionalMatrix:
    """Every region several times, so that the axes become long."""
    rows = np.repeat(np.arange(5), times)
    return matrix.part(rows, np.concatenate([rows, rows + 5]))


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def blocks(figure: Figure) -> list[AxesImage]:
    """Images of the cells, ipsilateral first."""
    images = [image for axes in figure.axes for image in axes.get_images()]
    cells = [image for image in images if min(image.get_array().shape[:2]) > 1]
    return sorted(cells, key=lambda image: image.axes.get_position().x0)


@pytest.mark.parametrize("log", [True, False])
def test_every_cell_has_the_colour_of_its_value(matrix: RegionalMatrix, log: bool) -> None:
    values = matrix.values("connection_density").copy()
    values[0, 0] = 0.0
    zeroed = replace(matrix, strength=values, measure="connection_density")
    ipsi, contra = (
        b.get_array() for b in blocks(matrix_figure(zeroed, "connection_density", log=log))
    )
    shown = np.concatenate([ipsi, contra], axis=1)
    assert shown.shape == (5, 10, 4)
    np.testing.assert_array_equal(shown[..., 3] == 0, np.isnan(values))
    assert shown[0, 0].tolist() == [1, 1, 1, 1]
    assert np.sum(np.all(shown == 1, axis=2)) == 1
    order = np.argsort(values[values > 0])
    brightness = shown[values > 0][:, :3].sum(axis=1)[order]
    assert np.all(np.diff(brightness) <= 0)
    assert brightness[0] > brightness[-1]


def test_what_it_shows_is_written_on_it(matrix: RegionalMatrix) -> None:
    for measure, info in MEASURES.items():
        written = texts(matrix_figure(matrix, measure))
        assert {info.title, "Sources", "missing", matrix.origin} <= set(written)
        assert info.unit in " ".join(written)
        assert "zero" not in written
        for name in ("A", "B", "N", "E", "K"):
            assert written.count(name) == 3
        for division in ("Isocortex", "TH", "P"):
            assert written.count(division) == 3


def test_acronyms_give_way_to_divisions_where_they_do_not_fit(matrix: RegionalMatrix) -> None:
    written = texts(matrix_figure(wide(matrix, 30), "connection_strength"))
    assert "A" not in written
    assert written.count("Isocortex") == 3
    larger = texts(matrix_figure(wide(matrix, 30), "connection_strength", width_mm=900))
    assert larger.count("A") == 90


def test_clustered_divisions_are_named_in_a_legend(matrix: RegionalMatrix) -> None:
    values = np.tile(np.array([1.0, 9e3, 1.1, 9.1e3, 1.2]), (10, 1)).T
    mixed = replace(matrix, strength=values * np.arange(1, 11))
    figure = matrix_figure(mixed, "connection_strength", order="clustered")
    written = texts(figure)
    for division in ("Isocortex", "TH", "P"):
        assert written.count(division) == 1
    rows = [text for text in figure.texts if text.get_text() in set("ABNEK")]
    left = sorted(rows, key=lambda text: text.get_position()[0])[:5]
    down = [t.get_text() for t in sorted(left, key=lambda text: -text.get_position()[1])]
    assert set(down[:2]) in ({"B", "E"}, {"A", "N"}, {"N", "K"}, {"A", "K"})


@pytest.mark.parametrize("width_mm", [85.0, 400.0])
@pytest.mark.parametrize("times", [1, 20])
@pytest.mark.parametrize("order", ["ontology", "clustered"])
def test_nothing_is_cut_off_and_the_paper_is_wide_enough(
    matrix: RegionalMatrix, width_mm: float, times: int, order: str
) -> None:
    figure = matrix_figure(
        wide(matrix, times), "connection_density", order=order, width_mm=width_mm
    )
    assert figure.get_size_inches()[0] * MM_PER_INCH <= width_mm + 1e-6
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    for text in figure.texts:
        box = text.get_window_extent(renderer)
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1, text.get_text()
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1, text.get_text()


def test_labels_do_not_overlap(matrix: RegionalMatrix) -> None:
    figure = matrix_figure(wide(matrix, 4), "connection_density")
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in figure.texts]
    for number, (name, box) in enumerate(boxes):
        for other, there in boxes[:number]:
            assert not box.padded(-1).overlaps(there.padded(-1)), (name, other)


def test_cells_are_square(matrix: RegionalMatrix) -> None:
    figure = matrix_figure(matrix, "connection_density")
    for image in blocks(figure):
        box = image.axes.get_window_extent()
        assert box.width == pytest.approx(box.height)


def test_nothing_but_zeros_or_missing_says_so(matrix: RegionalMatrix) -> None:
    for strength in (matrix.strength * 0, matrix.strength * np.nan):
        written = texts(matrix_figure(replace(matrix, strength=strength), "connection_strength"))
        assert "No connection is larger than zero." in written


def test_one_cell_and_one_side(matrix: RegionalMatrix) -> None:
    figure = matrix_figure(matrix.part(np.array([0]), np.array([1])), "connection_strength")
    assert "Contralateral" not in " ".join(texts(figure))


def test_a_measure_that_is_not_there_and_paper_that_is_too_narrow(matrix: RegionalMatrix) -> None:
    alone = replace(matrix, measure="connection_density")
    with pytest.raises(ModelError, match="is not known"):
        matrix_figure(alone, "connection_strength")
    with pytest.raises(DataError, match="at least 60 mm; 20 came"):
        matrix_figure(matrix, "connection_strength", width_mm=20)


def test_the_same_matrix_gives_the_same_file(matrix: RegionalMatrix, tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        save_figure(matrix_figure(matrix, "connection_strength"), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert ">Connection strength</text>" in (tmp_path / "a.svg").read_text()


def test_colour_limits() -> None:
    values = np.array([0.0, np.nan, 1e-9, 1e-2, *np.linspace(0.5, 1.0, 400), 50.0])
    logarithmic, linear = cell_colors(values, log=True), cell_colors(values, log=False)
    assert isinstance(logarithmic.norm, LogNorm)
    assert logarithmic.norm.vmax == linear.norm.vmax == pytest.approx(1.0, abs=0.01)
    assert logarithmic.norm.vmin == pytest.approx(logarithmic.norm.vmax * 1e-6)
    assert linear.norm.vmin == 0
    assert (logarithmic.extend, linear.extend) == ("both", "max")
    narrow = cell_colors(np.array([[2.0, 2.0]]), log=True)
    assert (narrow.norm.vmin, narrow.norm.vmax, narrow.extend) == (0.2, 2.0, "neither")


def test_spread_labels_keep_their_order_and_distance() -> None:
    centres = np.array([1.0, 1.1, 1.2, 8.0])
    places = spread(centres, 1.0, 0.5, 9.5)
    np.testing.assert_allclose(places, [0.5, 1.5, 2.5, 8.0])
    np.testing.assert_allclose(spread(np.array([4.0, 4.2]), 1.0, 0, 9), [3.6, 4.6])
    np.testing.assert_allclose(spread(np.array([9.0, 9.0]), 1.0, 0, 9), [8.0, 9.0])
    assert len(spread(np.zeros(0), 1.0, 0, 9)) == 0


def test_text_is_measured_and_wrapped() -> None:
    assert text_width_mm("MMM", 6) > text_width_mm("iii", 6) > 0
    assert text_width_mm("M", 12) == pytest.approx(2 * text_width_mm("M", 6))
    lines = wrapped("mean over source voxels, summed over target voxels", 6, 30)
    assert " ".join(lines) == "mean over source voxels, summed over target voxels"
    assert len(lines) > 1
    assert all(text_width_mm(line, 6) <= 30 for line in lines)
    assert wrapped("immeasurable", 6, 1) == ["immeasurable"]
