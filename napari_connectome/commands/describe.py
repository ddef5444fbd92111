"""Tables that more than one command prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from napari_connectome.commands.console import say, say_table


def say_choices(choices: Mapping[str, Mapping[str, Any]]) -> None:
    """Print what was chosen from the data per division, and remarks below the table."""
    columns = ["experiments", "kernel", "bandwidth_um", "degree", "leave_one_out_mse_rel"]
    columns = [c for c in columns if any(c in choice for choice in choices.values())]
    rows = [
        [division, *(_cell(choice.get(column)) for column in columns)]
        for division, choice in choices.items()
    ]
    say_table(["division", *columns], rows)
    for division, choice in choices.items():
        if not choice.get("experiments", 1):
            say(f"  {division}: {choice.get('how', 'no experiment')}")


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
