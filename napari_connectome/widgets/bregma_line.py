"""A place in millimetres from where bregma is taken to be."""

from __future__ import annotations

from qtpy.QtWidgets import QWidget

from napari_connectome.core.bregma import Bregma
from napari_connectome.widgets.appearance import StillLine
from napari_connectome.widgets.places import Point

MINUS = "\N{MINUS SIGN}"
AXES_HELP = (
    "Millimetres from where you take bregma to be: AP is positive in front of it, DV below it, ML "
    "to its right. The axes are those of the CCF, a few degrees off those of a flat skull."
)


class BregmaLine(StillLine):
    """Written while both a place and bregma are known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("source_bregma")
        self.setToolTip(AXES_HELP)
        self._bregma: Bregma | None = None
        self._point: Point | None = None
        self._show()

    def set_bregma(self, bregma: Bregma | None) -> None:
        """Measure from another place; None: from none."""
        self._bregma = bregma
        self._show()

    def set_point(self, point_um: Point | None) -> None:
        """Show another place, CCF AP, DV, ML in µm."""
        self._point = point_um
        self._show()

    def _show(self) -> None:
        bregma, point = self._bregma, self._point
        if bregma is not None and point is not None:
            self.setText(bregma_words(bregma, point))
        self.setVisible(bregma is not None and point is not None)


def bregma_words(bregma: Bregma, point_um: Point) -> str:
    """Say where a place is from bregma.

    Parameters
    ----------
    bregma : Bregma
        Where it is taken to be.
    point_um : tuple of float
        CCF place.

    Examples
    --------
    >>> bregma_words(Bregma(5400.0, 0.0, 5700.0), (6600.0, 900.0, 8800.0))
    'bregma: AP −1.20, DV 0.90, ML 3.10 mm'
    """
    ap, dv, ml = (_mm(value) for value in bregma.from_ccf_um(point_um))
    return f"bregma: AP {ap}, DV {dv}, ML {ml} mm"


def _mm(value: float) -> str:
    """Two digits, the edge of a voxel of 10 µm, and no zero below zero."""
    return f"{value:z.2f}".replace("-", MINUS)
