"""The figure of targets: lengths, colours and words, on any paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from napari_connectome.core.errors import DataError
from napari_connectome.figures.paired_bars import PairedBar
from napari_connectome.figures.saving import MM_PER_INCH, save_figure
from napari_connectome.figures.targets import targets_figure

UNIT = "projection density per unit of injection"
LONG = "Dorsal part of the lateral geniculate complex, a name that goes on for longer than that"
BARS = [
    PairedBar(409, "VISl", "Lateral visual area", (8, 133, 140), 0.8, 0.2),
    PairedBar(170, "LGd", LONG, (255, 112, 128), 0.4, 0.0),
    PairedBar(218, "LP", "Lateral posterior nucleus", (255, 144, 159), 0.08, 0.1),
]


def make_figure(**options: object) -> Figure:
    options = {"title": "Targets of VISp", "unit": UNIT, "value_title": "Mean density"} | options
    return targets_figure(BARS, **options)


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def test_bars_are_as_long_as_their_values_in_the_atlas_colours() -> None:
    axes = make_figure().axes[0]
    ipsi, contra = (container.patches for container in axes.containers)
    assert [p.get_width() for p in ipsi] == pytest.approx([0.8, 0.4, 0.08])
    assert [p.get_width() for p in contra] == pytest.approx([-0.2, 0.0, -0.1])
    for drawn in (ipsi, contra):
        for patch, bar in zip(drawn, BARS, strict=True):
            assert to_rgb(patch.get_facecolor()) == pytest.approx([c / 255 for c in bar.rgb])


def test_numbers_stand_where_their_values_lie_on_both_sides() -> None:
    axes = make_figure().axes[0]
    found = {
        (round(t, 6), label.get_text())
        for t, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    }
    assert found == {
        (-0.2, "0.2"),
        (0, "0"),
        (0.2, "0.2"),
        (0.4, "0.4"),
        (0.6, "0.6"),
        (0.8, "0.8"),
    }


def test_everything_is_named() -> None:
    words = texts(make_figure())
    for text in ("Targets of VISp", f"Mean density ({UNIT})", "VISl", "Lateral visual area"):
        assert text in words
    assert "← contralateral" in words
    assert "ipsilateral →" in words


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("width_mm", [60, 85, 140, 180])
def test_no_text_leaves_the_paper_or_reaches_into_the_bars(width_mm: float, log: bool) -> None:
    figure = make_figure(width_mm=width_mm, log=log, title="Targets of VISp: " + LONG)
    figure.canvas.draw()
    page = figure.bbox
    bars = figure.axes[0].get_window_extent()
    for text in figure.findobj(Text):
        if not text.get_text():
            continue
        box = text.get_window_extent()
        assert page.x0 <= box.x0
        assert box.x1 <= page.x1
        assert page.y0 <= box.y0
        assert box.y1 <= page.y1
        inside_rows = bars.y0 < (box.y0 + box.y1) / 2 < bars.y1
        assert not inside_rows or box.x1 <= bars.x0
    assert page.width / figure.dpi * MM_PER_INCH == pytest.approx(width_mm)


def test_it_is_saved_the_same_each_time(tmp_path: Path) -> None:
    for name in ("one.svg", "other.svg"):
        save_figure(make_figure(log=True), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()
    assert ">VISl</text>" in (tmp_path / "one.svg").read_text()


def test_small_numbers_are_powers_of_ten() -> None:
    bars = [bar._replace(ipsi=bar.ipsi * 1e-6, contra=bar.contra * 1e-6) for bar in BARS]
    figure = targets_figure(bars, title="", unit="")
    labels = {label.get_text() for label in figure.axes[0].get_xticklabels()}
    assert r"$2\times10^{-7}$" in labels
    assert "Density" in texts(figure)


def test_nothing_to_show_is_refused() -> None:
    with pytest.raises(DataError, match="above zero"):
        targets_figure([], title="", unit="")


def test_narrow_paper_is_refused() -> None:
    with pytest.raises(DataError, match="at least 60 mm; 20"):
        make_figure(width_mm=20)
