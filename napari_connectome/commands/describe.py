"""Tables that more than one command prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from napari_connectome.commands.console import say, say_table

COLUMNS = (
    "experiments",
    "kernel",
    "bandwidth_um",
    "degree",
    "leave_one_out_mse_rel",
    "regions",
    "regions_fitted",
)
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
    if empty := [name for name in choices if name not in fitted]:
        say(f"  No experiment in {', '.join(empty)}: their voxels cannot be a source.")
    for key, reason in REGIONS_LEFT_OUT.items():
        if names := [name for choice in choices.values() for name in choice.get(key, ())]:
            say(f"  {reason}, so no source: {', '.join(names)}.")


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
