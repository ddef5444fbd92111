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
QUOTES = '"""'
OUTSIDE, INSIDE = 0, 1
"""Whether the text at the head goes on in the next line."""


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
        """Colour a line; one of the text at the head is coloured like a comment."""
        line = text or ""
        is_dark = text_color(self._editor).lightnessF() > HALF
        colors = ON_DARK if is_dark else ON_LIGHT
        was_inside = self.previousBlockState() == INSIDE
        turns = line.count(QUOTES) % 2 == 1
        self.setCurrentBlockState(INSIDE if was_inside != turns else OUTSIDE)
        if was_inside or turns:
            self._paint(0, len(line), colors["comment"])
            return
        for found in PARTS.finditer(line):
            self._paint(found.start(), found.end(), colors[str(found.lastgroup)])

    def _paint(self, start: int, end: int, color: str) -> None:
        look = QTextCharFormat()
        look.setForeground(QColor(color))
        self.setFormat(start, end - start, look)
