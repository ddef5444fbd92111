"""Figures of statistics: what is drawn is what was fitted, and every word is on the paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from napari_connectome.core.analysis.mixture import WeightMixture
from napari_connectome.core.analysis.weight_statistics import WeightStatistics
from napari_connectome.core.errors import DataError
from napari_connectome.figures.distance import distance_figure
from napari_connectome.figures.distributions import COLORS, distribution_figure
from napari_connectome.figures.mixture import mixture_figure
from napari_connectome.figures.saving import save_figure
from napari_connectome.figures.statistics import statistics_figure, statistics_figures
from tests.core.analysis.planted_statistics import planted_statistics


@pytest.fixture(scope="module")
def one() -> WeightStatistics:
    return planted_statistics()


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def test_fitted_densities_are_drawn_over_a_histogram_of_density(one: WeightStatistics) -> None:
    axes = distribution_figure(one.connections, one.distribution).axes[0]
    curves = {to_hex(line.get_color()).upper(): line for line in axes.lines}
    for fit in one.distribution.fits:
        x, y = curves[COLORS[fit.family]].get_data()
        np.testing.assert_allclose(y, fit.density_per_decade(x))
    values, edges, _ = axes.patches[0].get_data()
    shown = one.connections.weights >= edges[0]
    assert (values * np.diff(np.log10(edges))).sum() == pytest.approx(shown.mean(), abs=1e-9)


def test_the_table_ranks_families_by_bic(one: WeightStatistics) -> None:
    words = texts(distribution_figure(one.connections, one.distribution))
    titles = [fit.title for fit in one.distribution.fits]
    assert [word for word in words if word in titles] == titles
    assert titles[0] == "Lognormal"
    assert "Distribution of weights: Isocortex, TH, ipsilateral" in words
    assert "1 200 connections above zero; 1 234 are zero, 7" in " ".join(words)


def test_components_are_drawn_with_their_sum(one: WeightStatistics) -> None:
    figure = mixture_figure(one.connections, one.mixture)
    *parts, total = figure.axes[0].lines
    assert len(parts) == one.mixture.components
    np.testing.assert_allclose(
        total.get_ydata(), np.sum([part.get_ydata() for part in parts], axis=0)
    )
    numbers, gaps = figure.axes[1].lines[0].get_data()
    np.testing.assert_allclose(gaps, np.array(one.mixture.bics) - min(one.mixture.bics))
    assert list(numbers) == list(range(1, len(gaps) + 1))


def test_both_laws_are_drawn_through_the_points(one: WeightStatistics) -> None:
    assert one.distance is not None
    axes = distance_figure(one.connections, one.distance).axes[0]
    points = axes.lines[0]
    np.testing.assert_array_equal(points.get_xdata(), one.distance.distances_mm)
    np.testing.assert_array_equal(points.get_ydata(), one.distance.weights)
    for law, color in (("power_law", "#0072b2"), ("exponential", "#d55e00")):
        line = next(found for found in axes.lines if to_hex(found.get_color()) == color)
        fit = one.distance.fit_of(law)
        np.testing.assert_allclose(line.get_ydata(), fit.weight(line.get_xdata()))


@pytest.mark.parametrize("width_mm", [85, 110, 140, 170, 240])
@pytest.mark.parametrize("name", ["distribution", "mixture", "distance"])
def test_every_word_is_on_the_paper_and_beside_the_others(
    one: WeightStatistics, name: str, width_mm: float
) -> None:
    figure = statistics_figures(one, width_mm=width_mm)[name]
    figure.canvas.draw()
    boxes = []
    for text in figure.texts:
        box = text.get_window_extent()
        assert box.x0 >= figure.bbox.x0, text.get_text()
        assert box.x1 <= figure.bbox.x1, text.get_text()
        assert box.y0 >= figure.bbox.y0, text.get_text()
        assert box.y1 <= figure.bbox.y1, text.get_text()
        boxes.append((box.shrunk(0.98, 0.6), text.get_text()))
    for number, (box, words) in enumerate(boxes):
        for other, others in boxes[number + 1 :]:
            assert not box.overlaps(other), (words, others)


@pytest.mark.parametrize("width_mm", [85, 170])
def test_ten_components_leave_room_for_the_bic(one: WeightStatistics, width_mm: float) -> None:
    many = WeightMixture(
        means=np.linspace(-8, 0, 10),
        sds=np.full(10, 0.5),
        shares=np.full(10, 0.1),
        bics=tuple(5000.0 - 10 * n for n in range(10)),
        converged=True,
        count=1200,
    )
    figure = mixture_figure(one.connections, many, width_mm=width_mm)
    figure.canvas.draw()
    small = figure.axes[1].get_tightbbox()
    for text in figure.texts:
        box = text.get_window_extent().shrunk(0.98, 0.6)
        assert not box.overlaps(small), text.get_text()


def test_on_a_linear_axis_an_exponential_is_straight(one: WeightStatistics) -> None:
    assert one.distance is not None
    figure = distance_figure(one.connections, one.distance, log_distance=False)
    axes = figure.axes[0]
    assert (axes.get_xscale(), axes.get_yscale(), axes.get_xlim()[0]) == ("linear", "log", 0.0)
    line = next(found for found in axes.lines if to_hex(found.get_color()) == "#d55e00")
    figure.canvas.draw()
    x, y = axes.transData.transform(line.get_xydata()).T
    np.testing.assert_allclose(y, np.polyval(np.polyfit(x, y, 1), x), atol=1e-6)


def test_many_divisions_leave_the_title_on_the_paper(one: WeightStatistics) -> None:
    group = ", ".join(["Isocortex", "OLF", "HPF", "CTXsp", "STR", "PAL", "TH", "HY", "MB"] * 2)
    many = replace(one.connections, group=group)
    figure = distribution_figure(many, one.distribution, width_mm=85)
    figure.canvas.draw()
    words = [text for text in figure.texts if "Isocortex" in text.get_text()]
    assert words[0].get_text().endswith(" …")
    assert words[0].get_window_extent().x1 <= figure.bbox.x1
    assert "Distribution of weights" in texts(figure)


@pytest.mark.parametrize("width_mm", [85, 170])
def test_all_of_them_fit_on_one_page(
    one: WeightStatistics, tmp_path: Path, width_mm: float
) -> None:
    plain = planted_statistics("contra", distances=False)
    figure = statistics_figure([one, plain], width_mm=width_mm)
    titles = [word for word in texts(figure) if "Isocortex, TH" in word]
    assert len(titles) == 5
    figure.canvas.draw()
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    for number, box in enumerate(boxes):
        assert figure.bbox.y0 <= box.y0
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])
    save_figure(figure, tmp_path / "s.pdf")
    assert (tmp_path / "s.pdf").stat().st_size > 20_000
    assert set(statistics_figures(plain)) == {"distribution", "mixture"}


def test_bad_paper_and_nothing_to_draw_are_refused(one: WeightStatistics) -> None:
    with pytest.raises(DataError, match="85 to 400 mm wide; 80 came"):
        distribution_figure(one.connections, one.distribution, width_mm=80)
    with pytest.raises(DataError, match="none came"):
        statistics_figure([])
