"""A box of choices that says with an ellipsis that its text has no room."""

from __future__ import annotations

from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QPaintEvent
from qtpy.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

from napari_connectome.widgets.appearance import there


class ElidedBox(QComboBox):
    """As wide as its texts where there is room, and cut with an ellipsis where not."""

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the longest text, and some: themes differ in how closely they count."""
        hint = super().sizeHint()
        return QSize(hint.width() + 2 * self.fontMetrics().averageCharWidth(), hint.height())

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the box with what fits into it."""
        del event
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        field = there(self.style()).subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, field.width()
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
