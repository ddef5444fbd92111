"""Where a result comes from, and what to cite for it."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.provenance_words import Rows
from napari_connectome.widgets.appearance import HintLabel, text_label

SIZE = (640, 620)
CITATION_LINES = 8
SYNTHETIC = (
    "The demo brain is synthetic: what it shows is no measurement. Cite the papers for the methods."
)


class ProvenanceDialog(QDialog):
    """It knows no results: it shows names, values and texts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("provenance")
        self.setWindowTitle("Where this comes from")
        self._json = ""
        self._title = text_label("provenance_title")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self.table = QTreeWidget()
        self.table.setObjectName("provenance_table")
        self.table.setColumnCount(2)
        self.table.setHeaderHidden(True)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.table.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.citations = QPlainTextEdit()
        self.citations.setObjectName("citations")
        self.citations.setReadOnly(True)
        self.citations.setFixedHeight(CITATION_LINES * self.fontMetrics().lineSpacing())
        self._hint = HintLabel()
        self._hint.setObjectName("provenance_hint")
        self.copy_citations = QPushButton("Copy citations")
        self.copy_citations.setObjectName("copy_citations")
        self.copy_all = QPushButton("Copy everything")
        self.copy_all.setObjectName("copy_provenance")
        self.copy_all.setToolTip("Copy all of it as JSON, as it is written into files")
        self.copy_citations.clicked.connect(lambda _on: _copy(self.citations.toPlainText()))
        self.copy_all.clicked.connect(lambda _on: _copy(self._json))
        self._arrange()

    def show_result(
        self,
        title: str,
        groups: Mapping[str, Rows],
        citations: str,
        json_text: str,
        *,
        synthetic: bool,
    ) -> None:
        """Show where a result comes from.

        Parameters
        ----------
        title : str
            What the result is.
        groups : mapping of str to rows
            Names and values by title.
        citations : str
            A paper a line.
        json_text : str
            All of it, to be copied.
        synthetic : bool
            Whether the data are those of the demo brain.
        """
        self._title.setText(title)
        self._json = json_text
        self.table.clear()
        for name, rows in groups.items():
            self.table.addTopLevelItem(_group(name, rows))
        self.table.expandAll()
        self.citations.setPlainText(citations)
        self._hint.setText(SYNTHETIC)
        self._hint.setVisible(synthetic)

    def _arrange(self) -> None:
        header = self.table.header()
        if header is not None:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
            header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_all)
        buttons.addStretch(1)
        buttons.addWidget(self.copy_citations)
        column = QVBoxLayout(self)
        column.addWidget(self._title)
        column.addWidget(self.table, 1)
        column.addWidget(QLabel("Cite this"))
        column.addWidget(self.citations)
        column.addWidget(self._hint)
        column.addLayout(buttons)
        self.resize(*SIZE)


def _group(name: str, rows: Rows) -> QTreeWidgetItem:
    group = QTreeWidgetItem([name])
    font = group.font(0)
    font.setBold(True)
    group.setFont(0, font)
    group.setFirstColumnSpanned(True)
    for row in rows:
        item = QTreeWidgetItem(list(row))
        # Shown as text in any case: the name of a file may look like markup.
        item.setToolTip(1, f"<p>{row[1].replace('&', '&amp;').replace('<', '&lt;')}</p>")
        group.addChild(item)
    return group


def _copy(text: str) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(text)
