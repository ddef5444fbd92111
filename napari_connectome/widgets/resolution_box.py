"""Choosing among the resolutions of a folder, with what each of them needs."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from napari_connectome.data.needs import Needs, gigabytes


class ResolutionBox(QWidget):
    """A label and a list of resolutions; hidden where there is nothing to choose."""

    requested = Signal(int)
    """Resolution in µm that was chosen; the list shows the present one until it is open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._present = 0
        self.list = QComboBox()
        self.list.setObjectName("dataset_resolution")
        self.list.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.list.setMinimumContentsLength(20)
        self.list.activated.connect(self._on_activated)
        label = QLabel("Voxels")
        label.setBuddy(self.list)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(self.list, 1)

    def show_needs(self, needs: Sequence[Needs], present_um: int) -> None:
        """List resolutions and mark the one that is open."""
        self._present = present_um
        self.list.clear()
        for one in needs:
            self.list.addItem(_item(one), one.resolution_um)
        self.list.setToolTip(
            "Finer voxels take more memory and time. Each needs, at most:\n"
            + "\n".join(one.text for one in needs)
        )
        self._mark_present()
        self.setVisible(len(needs) > 1)

    def _on_activated(self, index: int) -> None:
        chosen = int(self.list.itemData(index))
        self._mark_present()
        if chosen != self._present:
            self.requested.emit(chosen)

    def _mark_present(self) -> None:
        self.list.setCurrentIndex(self.list.findData(self._present))


def _item(needs: Needs) -> str:
    disk = f" + {gigabytes(needs.disk_bytes)} disk" if needs.disk_bytes else ""
    return f"{needs.resolution_um} µm · needs {gigabytes(needs.memory_bytes)}{disk}"
