"""From a comparison to what its view shows: pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from napari_connectome.core.color_limits import PROJECTION_DECADES
from napari_connectome.core.comparison import Agreement, Comparison
from napari_connectome.core.models.fitted import Prediction
from napari_connectome.core.structures import StructureTree
from napari_connectome.layers.evidence_styles import difference_rgba
from napari_connectome.state.evidence_values import Compared, ComparedSide, Kept, ShownAnswer
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.widgets.color_bar import Rgba
from napari_connectome.widgets.compare.numbers import AgreementTexts
from napari_connectome.widgets.compare.points import RegionPoint
from napari_connectome.widgets.presenters import colormap_colors
from napari_connectome.widgets.source_words import question


def movie_frame(state: ExplorerState) -> Prediction | None:
    """The frame of the movie that is looked at; None while an answer is."""
    if state.movie is None or state.frame is None:
        return None
    return state.movie.prediction(state.frame)


def shown_answer(state: ExplorerState) -> ShownAnswer | None:
    """What volume and map show: a frame, the present answer, or a side of a comparison."""
    frame = movie_frame(state)
    if frame is not None:
        return frame
    compared, side = state.compared, state.compared_side
    if compared is None or (side == "b" and compared.held_out is None):
        return state.prediction
    return compared.values_of(side)


def shows_difference(state: ExplorerState) -> bool:
    """Whether volume and map show a difference, with colours on both sides of 0."""
    is_chosen = state.compared is not None and state.compared_side == "difference"
    return is_chosen and movie_frame(state) is None


def titles_of(compared: Compared) -> tuple[str, str]:
    """What A and B are."""
    kept = compared.kept
    if kept is not None and kept.model is not None:
        first = f"{kept.title}, {_lower(answer_title(compared.a))}"
        return first, f"present model, {_lower(answer_title(compared.b))}"
    return answer_title(compared.a), answer_title(compared.b)


def captions_of(compared: Compared) -> tuple[str, str]:
    """What the axes of a scatter are."""
    if compared.held_out is not None:
        return "Measured, mean of each region", "Predicted without it"
    return "A, mean of each region", "B, mean of each region"


def scale_limits(limits: tuple[float, float], *, log: bool) -> tuple[tuple[float, float], bool]:
    """Limits of a scale, and whether it is logarithmic: that needs an upper limit above 0."""
    low, high = limits
    if not log or high <= 0:
        return limits, False
    return (max(low, high * 10.0**-PROJECTION_DECADES), high), True


def answer_title(answer: ShownAnswer) -> str:
    """What an answer is called."""
    title = question(answer) if isinstance(answer, Prediction) else answer.label
    return title[0].upper() + title[1:]


def kept_title(kept: Kept) -> str:
    """What is kept as A."""
    return kept.title if kept.answer is None else answer_title(kept.answer)


def agreement_texts(comparison: Comparison) -> AgreementTexts:
    """The four numbers, as they are written."""
    voxels, regions = comparison.voxelwise, comparison.regional
    return AgreementTexts(_r(voxels), _r(regions), _error(voxels), _error(regions))


def region_points(comparison: Comparison, tree: StructureTree) -> Sequence[RegionPoint]:
    """Every region on each side, with its mean in both answers."""
    pairs = comparison.regions
    points = []
    for structure_id, left, count, a, b in zip(
        pairs.structure_ids.tolist(),
        pairs.left.tolist(),
        pairs.voxels.tolist(),
        pairs.first.tolist(),
        pairs.second.tolist(),
        strict=True,
    ):
        s = tree[structure_id]
        points.append(
            RegionPoint(s.id, s.acronym, s.name, s.rgb, left, max(a, 0) / count, max(b, 0) / count)
        )
    return points


def side_colors(side: ComparedSide, count: int = 64) -> Sequence[Rgba]:
    """Colours of what is shown, from low to high; without transparency."""
    if side != "difference":
        return colormap_colors(count)
    return [(float(r), float(g), float(b), 1.0) for r, g, b, _ in difference_rgba(count + 1)]


def side_unit(side: ComparedSide, unit: str) -> str:
    """What the numbers of the scale are."""
    return f"A − B in {unit}" if side == "difference" else unit


def _r(agreement: Agreement) -> str:
    r = agreement.correlation
    return "none" if math.isnan(r) else f"{r:.3f}"


def _error(agreement: Agreement) -> str:
    return f"{100 * agreement.mse_rel:.1f} %"


def _lower(title: str) -> str:
    return title[0].lower() + title[1:]
