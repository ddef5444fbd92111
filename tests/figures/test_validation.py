"""Figures of a cross-validation: every point is a number of its tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex

from napari_connectome.core.errors import DataError
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.validation import CrossValidation, ModelRequest, experiment_table
from napari_connectome.core.validation.result import ValidationResult
from napari_connectome.core.validation.tables import score_table
from napari_connectome.figures.source_correlation import source_correlation_figure
from napari_connectome.figures.validation import COLORS, correlation_figure, errors_figure
from tests.core.model_data import ISOCORTEX, THALAMUS, experiment_set
from tests.core.regional_data import region_atlas

MODELS = ("voxel", "homogeneous")


@pytest.fixture(scope="module")
def result() -> ValidationResult:
    atlas = region_atlas()
    experiments = experiment_set(atlas, {ISOCORTEX: 9, THALAMUS: 5})
    requests = [ModelRequest(name) for name in MODELS]
    validation = CrossValidation(experiments, atlas, requests, power_to_predict=False)
    return run_to_end(validation.job())


@pytest.mark.parametrize("width_mm", [85, 180])
def test_every_experiment_is_a_point_beside_its_region(
    result: ValidationResult, width_mm: float
) -> None:
    figure = source_correlation_figure(result, width_mm=width_mm)
    figure.canvas.draw()
    (axes,) = figure.axes
    table = experiment_table(result).dropna(subset="pearson_both")
    for model, color in zip(MODELS, COLORS, strict=False):
        points = next(
            line
            for line in axes.lines
            if to_hex(line.get_color()).upper() == color and line.get_marker() == "o"
        )
        ours = table[table["model"] == model]
        np.testing.assert_array_equal(points.get_xdata(), ours["pearson_both"])
        rows = np.round(np.asarray(points.get_ydata())).astype(int)
        assert ours["region"].groupby(rows).nunique().max() == 1
    regions = set(table["region"])
    written = [text.get_text() for text in figure.texts]
    assert {name or "none" for name in regions} <= set(written)
    one = table["region"].iloc[0]
    count = table[table["region"] == one]["experiment_id"].nunique()
    assert f"n = {count}" in written
    for text in figure.texts:
        box = text.get_window_extent()
        assert figure.bbox.x0 <= box.x0, text.get_text()
        assert box.x1 <= figure.bbox.x1, text.get_text()


def test_one_division_alone(result: ValidationResult) -> None:
    figure = source_correlation_figure(result, division="TH")
    table = experiment_table(result)
    ours = table[(table["division"] == "TH") & table["pearson_both"].notna()]
    points = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert sum(len(line.get_xdata()) for line in points) == len(ours)
    with pytest.raises(DataError, match="of HPF has a correlation"):
        source_correlation_figure(result, division="HPF")


@pytest.mark.parametrize("draw", [errors_figure, correlation_figure, source_correlation_figure])
def test_the_key_of_many_models_takes_more_lines(result: ValidationResult, draw: Any) -> None:
    titles = [f"{name} model (Author 2020)" for name in ("Voxel", "Regional", "Spline", "Other")]
    models = [replace(m, name=t, title=t) for m, t in zip(result.models * 2, titles, strict=True)]
    figure = draw(replace(result, models=tuple(models)), width_mm=120)
    figure.canvas.draw()
    written = {text.get_text(): text.get_window_extent() for text in figure.texts}
    assert set(titles) <= set(written)
    plots = [axes.get_window_extent() for axes in figure.axes]
    for title in titles:
        assert written[title].x1 <= figure.bbox.x1
        assert not any(box.overlaps(written[title]) for box in plots)
    assert len({round(written[title].y0) for title in titles}) == 2


def test_errors_lie_where_the_table_has_them(result: ValidationResult) -> None:
    voxel, _ = errors_figure(result).axes
    table = score_table(result)
    expected = table[table["score"] == "voxel_mse_rel"]["test"].dropna()
    drawn = [
        float(line.get_xdata()[0])
        for line in voxel.lines
        if line.get_marker() == "o" and line.get_markerfacecolor() != "white"
    ]
    assert sorted(np.array(drawn)[np.isfinite(drawn)]) == pytest.approx(sorted(expected))


def test_narrow_paper_is_refused(result: ValidationResult) -> None:
    with pytest.raises(DataError, match="at least 85 mm; 60 came"):
        source_correlation_figure(result, width_mm=60)
    with pytest.raises(DataError, match="at least 120 mm; 60 came"):
        correlation_figure(result, width_mm=60)
