"""How well a fit has converged, in words for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.sides import SIDES
from napari_connectome.widgets.ticks import number_text

NAMES = {"ipsi": "Ipsilateral", "contra": "Contralateral"}


def convergence_words(model: FittedModel) -> str:
    """Objective, gap, residual and what was negative, by side; empty where none is known."""
    choice: Mapping[str, Any] = next(iter(model.choices.values()), {})
    lines = [_line(NAMES[side], choice[side]) for side in SIDES if side in choice]
    if not lines:
        return ""
    seconds = choice.get("seconds")
    took = "" if seconds is None else f"\nFitted in {number_text(seconds)} s."
    return "\n" + "\n".join(lines) + took


def _line(name: str, figures: Mapping[str, Any]) -> str:
    """One side's figures; what is not known is not said."""
    said = [f"λ = {number_text(figures['lam'])}"]
    if "objective" in figures:
        said.append(f"objective {number_text(figures['objective'], 4)}")
    if figures.get("gap") is not None:
        # The objective of a W that is never formed is an estimate.
        most = "about" if "objective_error" in figures else "at most"
        said.append(f"{most} {number_text(100 * figures['gap'], 2)} % above the optimum")
    if figures.get("residual") is not None:
        said.append(f"residual {number_text(figures['residual'], 2)}")
    if figures.get("negative_mass"):
        said.append(f"{number_text(100 * figures['negative_mass'], 2)} % negative, set to 0")
    return f"{name}: " + ", ".join(said) + "."
