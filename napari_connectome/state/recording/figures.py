"""Figures and movies that were saved."""

from __future__ import annotations

from dataclasses import dataclass

from napari_connectome.state.recording.steps import FileStep


@dataclass(frozen=True)
class SaveFigure(FileStep):
    """A picture. A script says that there is one; it does not draw it again.

    Parameters
    ----------
    what : str
        What it shows.
    """

    what: str

    @property
    def comment(self) -> str:
        """What was saved."""
        return f"{self.what} was saved as {self.path}. Pictures are not drawn again here."

    def lines_to(self, target: str) -> list[str]:
        """It is there."""
        del target
        return []
