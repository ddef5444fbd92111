"""Where to inject next: a division, its ranked sites, and injections that nobody has made yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qtpy.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, Signal
from qtpy.QtGui import QAction, QGuiApplication, QKeySequence
from qtpy.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.widgets.appearance import (
    FontFollower,
    HintLabel,
    WheelGuard,
    text_label,
    there,
)
from napari_connectome.widgets.elided_box import ElidedBox
from napari_connectome.widgets.site_table import (
    AP,
    DROP,
    DV,
    MEAN,
    ML,
    RANK,
    REGION,
    Point,
    SiteModel,
    SiteRow,
    csv_text,
)
from napari_connectome.widgets.tables import SteppedTable

COUNT, MOST_SITES = 10, 200
WIDTHS = {RANK: 3, AP: 5, DV: 5, ML: 5, DROP: 8, MEAN: 13}
HINT = (
    "Ranks places by how much an injection there would lower the mean distance from the "
    "division's voxels to the nearest injection; each one given those above it."
)
ADD, TAKE_BACK = "Add as hypothetical", "Take back"


class SiteView(QWidget):
    """The ranking with its division. It knows no models: rows come, requests go."""

    rank_requested = Signal(int, int)
    """Id of the division, and how many sites."""
    site_chosen = Signal(object)
    """CCF point in µm of the row that was clicked, or reached with a key."""
    toggled = Signal(object)
    """CCF point in µm of a hypothetical injection that is to come or go."""
    all_taken_back = Signal()
    support_toggled = Signal(bool)
    """Whether the distance to the nearest injection is to be shown in the volume."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sites")
        self.model = SiteModel(self)
        self._make_question()
        self._make_table()
        self._make_plan()
        self._arrange()
        self.set_divisions({})
        self.set_rows(())
        self.set_summary("", added=0)

    @property
    def division_id(self) -> int | None:
        """The division that is chosen."""
        found = self._division.currentData()
        return None if found is None else int(found)

    def set_divisions(self, titles: Mapping[int, str]) -> None:
        """Offer divisions by id and title; nothing is emitted, here and below."""
        chosen = self.division_id
        with QSignalBlocker(self._division):
            self._division.clear()
            for division_id, title in titles.items():
                self._division.addItem(title, division_id)
        if chosen is not None:
            self.set_division(chosen)
        self._find.setEnabled(bool(titles))

    def set_division(self, division_id: int) -> None:
        """Choose a division."""
        at = self._division.findData(division_id)
        if at >= 0:
            with QSignalBlocker(self._division):
                self._division.setCurrentIndex(at)

    def set_rows(self, rows: Sequence[SiteRow], hint: str = HINT) -> None:
        """Show a ranking; the row that was looked at stays so."""
        point = self.selected_point()
        self.model.set_rows(rows)
        self.table.setVisible(bool(rows))
        self._hint.setText("" if rows else hint)
        self._hint.setVisible(not rows)
        self._copy.setEnabled(bool(rows))
        self.select(point)

    def select(self, point: Point | None) -> None:
        """Mark the row of a place."""
        points = [row.point_um for row in self.model.rows]
        model, flags = there(self.table.selectionModel()), QItemSelectionModel.SelectionFlag
        with QSignalBlocker(model):
            if point in points:
                index = self.model.index(points.index(point), REGION)
                model.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            else:
                model.clear()
        there(self.table.viewport()).update()
        self._show_buttons()

    def selected_point(self) -> Point | None:
        """The place that is marked."""
        row = self.table.currentIndex().row()
        return self.model.rows[row].point_um if 0 <= row < len(self.model.rows) else None

    def set_summary(self, text: str, *, added: int) -> None:
        """Say what the hypothetical injections change."""
        self._summary.setText(text)
        self._summary.setVisible(bool(text))
        self._back.setEnabled(added > 0)
        self._show_buttons()

    def set_support_shown(self, on: bool) -> None:
        """Show whether the volume shows the distance to the nearest injection."""
        with QSignalBlocker(self._support):
            self._support.setChecked(on)

    def copy_csv(self) -> None:
        """Put the ranking on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(csv_text(self.model.rows))

    def _make_question(self) -> None:
        self._division = ElidedBox()
        self._division.setObjectName("site_division")
        self._division.setToolTip("Major division whose evidence is to be improved")
        self._division.installEventFilter(WheelGuard(self._division))
        self._count = QSpinBox()
        self._count.setObjectName("site_count")
        self._count.setRange(1, MOST_SITES)
        self._count.setValue(COUNT)
        self._count.setSuffix(" sites")
        self._count.setToolTip("How many sites are ranked")
        self._count.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._count.installEventFilter(WheelGuard(self._count))
        self._find = _button("site_find", "Find sites", "Rank places for further injections")
        self._find.clicked.connect(self._on_find)

    def _make_table(self) -> None:
        self.table = SteppedTable(REGION, WIDTHS)
        self.table.ROWS = 6
        self.table.setObjectName("site_table")
        self.table.setModel(self.model)
        self.table.clicked.connect(self._on_row)
        self.table.moved.connect(self._on_row)
        copy = QAction("Copy as CSV", self)
        copy.setObjectName("site_copy_action")
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_csv)
        self.table.addAction(copy)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._hint = HintLabel(HINT)
        self._hint.setObjectName("site_hint")

    def _make_plan(self) -> None:
        self._summary = text_label("site_summary")
        self._add = _button("site_add", ADD, "Count this site as if it had been injected")
        self._add.clicked.connect(self._on_add)
        self._back = _button("site_back", "Take all back", "Count only injections that were made")
        self._back.clicked.connect(self.all_taken_back)
        self._copy = _button("site_copy", "Copy", "Copy the ranking as a table (CSV)")
        self._copy.clicked.connect(self.copy_csv)
        self._support = QCheckBox("Show the distance in the volume")
        self._support.setObjectName("site_support")
        self._support.setToolTip(
            "Colour each voxel by its distance to the nearest injection of its division"
        )
        self._support.toggled.connect(self.support_toggled)

    def _on_find(self) -> None:
        if self.division_id is not None:
            self.rank_requested.emit(self.division_id, self._count.value())

    def _on_row(self, index: QModelIndex) -> None:
        self._show_buttons()
        self.site_chosen.emit(self.model.rows[index.row()].point_um)

    def _on_add(self) -> None:
        point = self.selected_point()
        if point is not None:
            self.toggled.emit(point)

    def _show_buttons(self) -> None:
        row = self.table.currentIndex().row()
        known = 0 <= row < len(self.model.rows)
        self._add.setEnabled(known)
        self._add.setText(TAKE_BACK if known and self.model.rows[row].added else ADD)

    def _arrange(self) -> None:
        question = QHBoxLayout()
        question.addWidget(self._division, 1)
        question.addWidget(self._count)
        question.addWidget(self._find)
        buttons = QHBoxLayout()
        buttons.addWidget(self._add, 1)
        buttons.addWidget(self._back)
        buttons.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addLayout(question)
        column.addWidget(self._hint)
        column.addWidget(self.table, 1)
        column.addWidget(self._summary)
        column.addLayout(buttons)
        column.addWidget(self._support)
        column.addStretch(0)
        FontFollower(self._hint, self._division, self._count)


def _button(name: str, text: str, help_text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(help_text)
    return button
