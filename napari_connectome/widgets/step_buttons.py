"""Back to the source before, and forth again."""

from __future__ import annotations

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QKeySequence, QShortcut
from qtpy.QtWidgets import QHBoxLayout, QPushButton, QWidget

STEPS = {
    "undo": ("Undo", "Back to the source before", "Alt+Left"),
    "redo": ("Redo", "Forth to the source that was taken back", "Alt+Right"),
}
"""Title, help and keys."""


class StepButtons(QWidget):
    """Two buttons with shortcuts that work in the whole window."""

    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._buttons: dict[str, QPushButton] = {}
        for name, signal in (("undo", self.undo_requested), ("redo", self.redo_requested)):
            title, _help, keys = STEPS[name]
            button = QPushButton(title)
            button.setObjectName(f"source_{name}")
            button.clicked.connect(signal)
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(button.click)
            row.addWidget(button, 1)
            self._buttons[name] = button
        self.set_steps(0, 0)

    def set_steps(self, behind: int, ahead: int) -> None:
        """Show how many sources there are to go back to, and forth."""
        for name, count in (("undo", behind), ("redo", ahead)):
            _title, help_text, keys = STEPS[name]
            left = f"; {count} left" if count else ""
            self._buttons[name].setEnabled(count > 0)
            self._buttons[name].setToolTip(f"{help_text} ({keys}{left})")
