"""The two sides of the brain as seen from a source."""

from __future__ import annotations

from typing import Literal

Side = Literal["ipsi", "contra"]
"""The source's own side, or the other one."""
SIDES: tuple[Side, Side] = ("ipsi", "contra")
