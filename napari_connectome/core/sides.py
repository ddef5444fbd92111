"""The two sides of the brain as seen from a source."""

from __future__ import annotations

from typing import Literal, NamedTuple

Side = Literal["ipsi", "contra"]
"""The source's own side, or the other one."""
SIDES: tuple[Side, Side] = ("ipsi", "contra")


class SideWords(NamedTuple):
    """What the two sides are called.

    Parameters
    ----------
    ipsi, contra : str
        In tables.
    ipsi_long, contra_long : str
        In titles.
    """

    ipsi: str
    contra: str
    ipsi_long: str
    contra_long: str

    def of(self, hemisphere: Side) -> str:
        """Short word of a side."""
        return self.ipsi if hemisphere == "ipsi" else self.contra


BY_SOURCE = SideWords("ipsi", "contra", "ipsilateral", "contralateral")
"""Seen from a source on one side."""
BY_HEMISPHERE = SideWords("right", "left", "right", "left")
"""For a source on both sides, which has no other side."""
