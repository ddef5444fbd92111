"""What was done as Python, to be copied or saved."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QSignalBlocker, Signal
from qtpy.QtGui import QFontDatabase, QGuiApplication, QTextCursor
from qtpy.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from napari_connectome.widgets.appearance import FontFollower, HintLabel
from napari_connectome.widgets.script.colors import PythonColors

HINT = "What you do, as a script that does it again, without detours."
NOTHING = "Open a brain, and the first lines appear here."


class ScriptView(QWidget):
    """It knows no steps: it shows text and says what a person wants."""

    script_requested = Signal()
    """The script is to be saved."""
    notebook_requested = Signal()
    """The notebook is to be saved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("script")
        self.text = QPlainTextEdit()
        self.text.setObjectName("script_text")
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setPlaceholderText(NOTHING)
        self._colors = PythonColors(self.text)
        hint = HintLabel()
        hint.setText(HINT)
        self.copy_button = _button("script_copy", "Copy as Python", "Copy the script")
        self.save_button = _button(
            "script_save", "Save script…", "Save it as a Python file, to be run in a terminal"
        )
        self.notebook_button = _button(
            "script_notebook", "Save notebook…", "Save it as a Jupyter notebook, cell by cell"
        )
        self.copy_button.clicked.connect(lambda _on: self.copy())
        self.save_button.clicked.connect(lambda _on: self.script_requested.emit())
        self.notebook_button.clicked.connect(lambda _on: self.notebook_requested.emit())
        row = QHBoxLayout()
        row.addWidget(hint, 1)
        for button in self._buttons:
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self.text, 1)
        FontFollower(hint, *self._buttons)
        self.set_text("")

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.copy_button, self.save_button, self.notebook_button

    def set_text(self, text: str) -> None:
        """Show a script; one that has grown is shown at its end."""
        if text == self.text.toPlainText() and text:
            return
        with QSignalBlocker(self.text):
            self.text.setPlainText(text)
        self.text.moveCursor(QTextCursor.MoveOperation.End)
        self.text.ensureCursorVisible()
        for button in self._buttons:
            button.setEnabled(bool(text))

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Colours follow the theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.StyleChange:
            self._colors.rehighlight()

    def copy(self) -> None:
        """Put the script on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.text.toPlainText())


def _button(name: str, title: str, tip: str) -> QPushButton:
    button = QPushButton(title)
    button.setObjectName(name)
    button.setToolTip(tip)
    return button
