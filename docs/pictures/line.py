"""Draw the test problem of the spline models.

    python docs/pictures/line.py

The picture is written beside this file.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from napari_connectome.core.models import LowRankSplineModel, SplineModel
from napari_connectome.core.spline.line import line_problem, line_weights, unsmoothed_weights
from napari_connectome.core.spline.problem import SplineProblem
from napari_connectome.figures.spline_line import line_figure

FILE = Path(__file__).with_name("spline_line.webp")
RANK, GAP, DPI, QUALITY = 20, 1e-4, 200, 92


def main() -> None:
    """Fit, and draw."""
    problem, planted = line_problem(), line_weights()
    low_rank = fitted(LowRankSplineModel(rank=RANK), problem)
    found = {
        "Without Ω": fitted(SplineModel(gap=GAP), line_problem(hide=False)).weights_,
        "Without smoothness": unsmoothed_weights(problem),
        f"Rank {RANK}": low_rank.source_factors_ @ low_rank.target_factors_.T,
    }
    panels = {"Planted": planted}
    for name, weights in found.items():
        error = np.linalg.norm(weights - planted) / np.linalg.norm(planted)
        panels[f"{name}: {error:.0%}"] = weights
    drawn = io.BytesIO()
    line_figure(panels, problem.injections.toarray()).savefig(drawn, dpi=DPI, format="png")
    Image.open(drawn).convert("RGB").save(FILE, quality=QUALITY)


def fitted(model: Any, problem: SplineProblem) -> Any:
    """An estimator, fitted to a problem of the line."""
    return model.fit(problem.injections.toarray(), problem.projections, hidden=problem.hidden)


if __name__ == "__main__":
    main()
