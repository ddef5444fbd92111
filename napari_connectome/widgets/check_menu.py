"""A button that opens a list in which several things can be ticked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qtpy.QtCore import QEvent, QObject, Signal
from qtpy.QtGui import QAction, QMouseEvent
from qtpy.QtWidgets import QMenu, QPushButton, QWidget

from napari_connectome.widgets.appearance import there


class CheckMenu(QPushButton):
    """Says what is ticked; none stands for all.

    Parameters
    ----------
    name : str
        Object name; that of an entry is this and its key.
    all_text : str
        Shown where nothing is ticked.
    help_text : str
        Tooltip.
    """

    changed = Signal(tuple)
    """Keys that are ticked, in the order of the list."""

    def __init__(
        self, name: str, all_text: str, help_text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setToolTip(help_text)
        self._all_text = all_text
        self._menu = QMenu(self)
        self._menu.installEventFilter(self)
        self.setMenu(self._menu)
        self._entries: dict[int, QAction] = {}
        self.set_entries({})

    @property
    def keys(self) -> tuple[int, ...]:
        """What is ticked."""
        return tuple(key for key, action in self._entries.items() if action.isChecked())

    def set_entries(self, titles: Mapping[int, str]) -> None:
        """Offer other entries; those that stay keep their ticks, and nothing is emitted."""
        before = self.keys
        self._menu.clear()
        self._all = self._add("all", self._all_text, checkable=False)
        self._all.triggered.connect(lambda _on: self._choose(()))
        self._menu.addSeparator()
        self._entries = {}
        for key, title in titles.items():
            action = self._entries[key] = self._add(str(key), title, checkable=True)
            action.triggered.connect(lambda _on: self._tell())
        self.set_keys(before)

    def set_keys(self, keys: Iterable[int]) -> None:
        """Tick entries; nothing is emitted."""
        wanted = set(keys)
        for key, action in self._entries.items():
            action.setChecked(key in wanted)
        self._show()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Keep the list open while entries are ticked."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            action = self._menu.actionAt(event.position().toPoint())
            if action is not None and action.isCheckable():
                action.trigger()
                return True
        return super().eventFilter(watched, event)

    def _add(self, key: str, title: str, *, checkable: bool) -> QAction:
        action = there(self._menu.addAction(title))
        action.setObjectName(f"{self.objectName()}_{key}")
        action.setCheckable(checkable)
        return action

    def _choose(self, keys: Iterable[int]) -> None:
        self.set_keys(keys)
        self._tell()

    def _tell(self) -> None:
        self._show()
        self.changed.emit(self.keys)

    def _show(self) -> None:
        titles = [action.text() for action in self._entries.values() if action.isChecked()]
        more = f" + {len(titles) - 2}" if len(titles) > 2 else ""
        self.setText(", ".join(titles[:2]) + more if titles else self._all_text)
