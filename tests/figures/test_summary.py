"""The figure of the data by division."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from napari_connectome.core.analysis.data_summary import DivisionSummary, data_summary
from napari_connectome.core.errors import DataError
from napari_connectome.figures.saving import save_figure
from napari_connectome.figures.summary import summary_figure
from tests.core.model_data import ISOCORTEX
from tests.core.regional_data import region_atlas, region_tree


@pytest.fixture(scope="module")
def summaries() -> tuple[DivisionSummary, ...]:
    return data_summary(
        region_atlas(), [[2.0, 2.0, 7.0], [5.0, 2.0, 7.0]], [ISOCORTEX] * 2, [0.2, 0.4]
    )


def test_bars_are_as_long_as_their_numbers(summaries: tuple[DivisionSummary, ...]) -> None:
    experiments, regions, nearest, injected = summary_figure(summaries, region_tree()).axes
    cortex, thalamus, pons = experiments.containers[0].patches
    assert [bar.get_width() for bar in (cortex, thalamus, pons)] == [2, 0, 0]
    assert to_rgb(cortex.get_facecolor()) == pytest.approx(
        [part / 255 for part in region_tree()[ISOCORTEX].rgb]
    )
    total, once, thrice = (container.patches[0].get_width() for container in regions.containers)
    assert (total, once, thrice) == (2, 2, 0)
    assert summaries[0].nearest_mm is not None
    assert nearest.containers[0].patches[0].get_width() == summaries[0].nearest_mm.mean
    assert nearest.lines[0].get_xdata()[0] == summaries[0].nearest_mm.most
    assert injected.containers[0].patches[0].get_width() == pytest.approx(0.3)


def test_everything_is_named_on_the_paper(summaries: tuple[DivisionSummary, ...]) -> None:
    for width_mm, rows in ((85, 2), (130, 2), (180, 1)):
        figure = summary_figure(summaries, region_tree(), width_mm=width_mm)
        assert len({axes.get_position().y0 for axes in figure.axes}) == rows
        figure.canvas.draw()
        words = [text.get_text() for text in figure.findobj(Text)]
        for word in ("Isocortex", "TH", "P", "Experiments", "Injected volume (mm³)"):
            assert word in words
        boxes = [text.get_window_extent() for text in figure.texts]
        for box, text in zip(boxes, figure.texts, strict=True):
            assert figure.bbox.x0 <= box.x0
            assert box.x1 <= figure.bbox.x1, text.get_text()
            assert sum(box.shrunk(0.98, 0.6).overlaps(other) for other in boxes) == 1


def test_without_injected_volumes_it_says_so(tmp_path: Path) -> None:
    figure = summary_figure(
        data_summary(region_atlas(), [[2.0, 2.0, 7.0]], [ISOCORTEX]), region_tree()
    )
    assert "not known" in [text.get_text() for text in figure.findobj(Text)]
    save_figure(figure, tmp_path / "d.svg")


def test_bad_paper_and_nothing_to_draw_are_refused(
    summaries: tuple[DivisionSummary, ...],
) -> None:
    with pytest.raises(DataError, match="at least 85 mm; 80 came"):
        summary_figure(summaries, region_tree(), width_mm=80)
    with pytest.raises(DataError, match="none came"):
        summary_figure([], region_tree())
