"""Where a person takes bregma to be."""

from __future__ import annotations

from qtpy.QtCore import QLocale, Signal
from qtpy.QtGui import QDoubleValidator
from qtpy.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.atlas import AXIS_LABELS
from napari_connectome.widgets.appearance import HintLabel
from napari_connectome.widgets.place_form import FARTHEST_UM
from napari_connectome.widgets.places import Point

BREGMA_HELP = (
    "The CCF itself has no bregma: it is an average of brains outside the skull. Several places "
    "are in use; which one to take is your choice."
)
WIDTH = 360


class BregmaDialog(QDialog):
    """Three coordinates, all of them or none."""

    chosen = Signal(object)
    """AP, DV, ML in µm, or None where there shall be no bregma."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bregma_dialog")
        self.setWindowTitle("Bregma")
        self._fields = [_field(label) for label in AXIS_LABELS]
        self._set = QPushButton("Set")
        self._set.setObjectName("bregma_set")
        self._set.setDefault(True)
        self._set.clicked.connect(self._on_set)
        self._clear = QPushButton("Clear")
        self._clear.setObjectName("bregma_clear")
        self._clear.setToolTip("Show places in CCF µm only")
        self._clear.clicked.connect(self._on_clear)
        for field in self._fields:
            field.textChanged.connect(lambda _text: self._enable())
        self._arrange()
        self.set_bregma(None)

    def set_bregma(self, bregma_um: Point | None) -> None:
        """Show where bregma is taken to be; nothing is emitted."""
        texts = ("", "", "") if bregma_um is None else tuple(f"{x:.10g}" for x in bregma_um)
        for field, text in zip(self._fields, texts, strict=True):
            field.setText(text)
        self._clear.setEnabled(bregma_um is not None)
        self._enable()

    def _on_set(self) -> None:
        ap, dv, ml = (float(field.text()) for field in self._fields)
        self.accept()
        self.chosen.emit((ap, dv, ml))

    def _on_clear(self) -> None:
        self.accept()
        self.chosen.emit(None)

    def _enable(self) -> None:
        self._set.setEnabled(all(field.hasAcceptableInput() for field in self._fields))

    def _arrange(self) -> None:
        form = QFormLayout()
        for label, field in zip(AXIS_LABELS, self._fields, strict=True):
            form.addRow(f"{label} (µm)", field)
        buttons = QHBoxLayout()
        cancel = QPushButton("Cancel")
        cancel.setObjectName("bregma_cancel")
        cancel.clicked.connect(self.reject)
        buttons.addWidget(self._clear)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._set)
        column = QVBoxLayout(self)
        column.addWidget(HintLabel(BREGMA_HELP))
        column.addLayout(form)
        column.addLayout(buttons)
        self.setMinimumWidth(WIDTH)


def _field(label: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(f"bregma_{label.lower()}")
    field.setPlaceholderText("CCF coordinate")
    field.setAccessibleName(f"{label} of bregma in µm")
    validator = QDoubleValidator(-FARTHEST_UM, FARTHEST_UM, 3, field)
    # A point in every language, as everywhere in the window.
    locale = QLocale(QLocale.Language.C)
    locale.setNumberOptions(QLocale.NumberOption.RejectGroupSeparator)
    validator.setLocale(locale)
    validator.setNotation(QDoubleValidator.Notation.StandardNotation)
    field.setValidator(validator)
    return field
