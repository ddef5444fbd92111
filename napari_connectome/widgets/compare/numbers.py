"""How well two answers agree: a small table of numbers."""

from __future__ import annotations

from dataclasses import dataclass

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QGridLayout, QLabel, QWidget

from napari_connectome.widgets.appearance import text_label

CORRELATION_TIP = "Pearson's correlation coefficient"
MSE_REL_TIP = "2 ‖A − B‖² / (‖A‖² + ‖B‖²): 0 % when they are equal, 200 % when one is zero"
VOXELS_TIP = "Over all voxels that both have"
REGIONS_TIP = "Over the sums of all regions on both sides"


@dataclass(frozen=True)
class AgreementTexts:
    """The numbers as they are written.

    Parameters
    ----------
    voxel_r, region_r : str
        Correlations.
    voxel_mse_rel, region_mse_rel : str
        Errors, in per cent.
    """

    voxel_r: str
    region_r: str
    voxel_mse_rel: str
    region_mse_rel: str


class AgreementNumbers(QWidget):
    """Correlation and MSE_rel, of voxels and of regions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agreement")
        self._cells: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setHorizontalSpacing(8)
        for column, (title, tip) in enumerate(
            (("Voxels", VOXELS_TIP), ("Regions", REGIONS_TIP)), start=1
        ):
            grid.addWidget(_cell(title, tip), 0, column)
        for row, (title, name, tip) in enumerate(
            (("Pearson r", "r", CORRELATION_TIP), ("MSE rel", "mse_rel", MSE_REL_TIP)), start=1
        ):
            grid.addWidget(_cell(title, tip, left=True), row, 0)
            for column, kind in enumerate(("voxel", "region"), start=1):
                cell = _cell("", tip)
                cell.setObjectName(f"{kind}_{name}")
                self._cells[f"{kind}_{name}"] = cell
                grid.addWidget(cell, row, column)
        grid.setColumnStretch(3, 1)

    def set_texts(self, texts: AgreementTexts) -> None:
        """Show other numbers."""
        for name, cell in self._cells.items():
            cell.setText(getattr(texts, name))


def _cell(text: str, tip: str, *, left: bool = False) -> QLabel:
    label = text_label("", wrap=False)
    label.setText(text)
    label.setToolTip(tip)
    side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
    label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return label
