"""From a comparison to what its view shows: pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from napari_connectome.core.comparison import Agreement, Comparison
from napari_connectome.core.models.fitted import Prediction
from napari_connectome.core.structures import StructureTree
from napari_connectome.layers.evidence_styles import difference_rgba
from napari_connectome.state.evidence_values import Compared, ComparedSide, Kept, ShownAnswer
from napari_connectome.widgets.color_bar import Rgba
from napari_connectome.widgets.compare.numbers import AgreementTexts
from napari_connectome.widgets.compare.points import RegionPoint
from napari_connectome.widgets.presenters import colormap_colors
from napari_connectome.widgets.source_words import question


def titles_of(compared: Compared) -> tuple[str, str]:
    """What A and B are."""
    kept = compared.kept
    if kept is not None and kept.model is not None:
        first = f"{kept.title}, {_lower(answer_title(compared.a))}"
        return first, f"present model, {_lower(answer_title(compared.b))}"
    return answer_title(compared.a), answer_title(compared.b)


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
    return f"A − B: difference in {unit}" if side == "difference" else unit


def _r(agreement: Agreement) -> str:
    r = agreement.correlation
    return "none" if math.isnan(r) else f"{r:.3f}"


def _error(agreement: Agreement) -> str:
    return f"{100 * agreement.mse_rel:.1f} %"


def _lower(title: str) -> str:
    return title[0].lower() + title[1:]
