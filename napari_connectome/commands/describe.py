"""Tables that more than one command prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from napari_connectome.commands.console import say, say_table
from napari_connectome.core.sides import SIDES

COLUMNS = (
    "experiments",
    "kernel",
    "bandwidth_um",
    "degree",
    "leave_one_out_mse_rel",
    "regions",
    "regions_fitted",
    "experiments_left_out",
    "lam",
)
SIDE_COLUMNS = ("objective", "lower_bound", "gap", "residual", "negative_mass")
"""What is told of each side of a spline model."""
REGIONS_LEFT_OUT = {
    "regions_not_injected": "Not injected",
    "regions_ill_conditioned": "Left out for the condition number",
}


def say_choices(choices: Mapping[str, Mapping[str, Any]]) -> None:
    """Print what was chosen from the data per division, and which have no data."""
    fitted = {name: choice for name, choice in choices.items() if choice.get("experiments", 1)}
    columns = [c for c in COLUMNS if any(c in choice for choice in fitted.values())]
    rows = [
        [name, *(_cell(choice.get(column)) for column in columns)]
        for name, choice in fitted.items()
    ]
    say_table(["division", *columns], rows)
    _say_sides(next(iter(fitted.values()), {}))
    if empty := [name for name in choices if name not in fitted]:
        say(f"  No experiment in {', '.join(empty)}: their voxels cannot be a source.")
    for key, reason in REGIONS_LEFT_OUT.items():
        if names := [name for choice in choices.values() for name in choice.get(key, ())]:
            say(f"  {reason}, so no source: {', '.join(names)}.")


def _say_sides(choice: Mapping[str, Any]) -> None:
    """How well the fit of each side has converged, for models that tell."""
    sides = {side: choice[side] for side in SIDES if side in choice}
    if not sides:
        return
    columns = [c for c in SIDE_COLUMNS if any(one.get(c) is not None for one in sides.values())]
    rows = [[side, *(_cell(one.get(c)) for c in columns)] for side, one in sides.items()]
    say_table(["side", *columns], rows)
    say(f"  {choice['how']}.")


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
