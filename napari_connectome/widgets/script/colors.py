"""Comments, texts and numbers of a script in colours of their own."""

from __future__ import annotations

import re

from qtpy.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat
from qtpy.QtWidgets import QPlainTextEdit

from napari_connectome.widgets.appearance import text_color

PARTS = re.compile(r'(?P<comment>#.*)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>\b\d[\w.]*)')
ON_DARK = {"comment": "#8fbf8f", "text": "#e0b080", "number": "#9cc4f0"}
ON_LIGHT = {"comment": "#2f6f2f", "text": "#8a4a00", "number": "#1f4f9f"}
HALF = 0.5


class PythonColors(QSyntaxHighlighter):
    """Colours a script line by line, on a dark and on a light theme.

    Parameters
    ----------
    editor : QPlainTextEdit
        Whose text is coloured.
    """

    def __init__(self, editor: QPlainTextEdit) -> None:
        super().__init__(editor.document())
        self._editor = editor

    def highlightBlock(self, text: str | None) -> None:  # noqa: N802
        """Colour a line."""
        is_dark = text_color(self._editor).lightnessF() > HALF
        colors = ON_DARK if is_dark else ON_LIGHT
        for found in PARTS.finditer(text or ""):
            look = QTextCharFormat()
            look.setForeground(QColor(colors[str(found.lastgroup)]))
            self.setFormat(found.start(), found.end() - found.start(), look)
