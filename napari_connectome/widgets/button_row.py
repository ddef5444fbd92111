"""Buttons beside each other, of which one is down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

Key = TypeVar("Key", bound=str)


class ButtonRow(QWidget, Generic[Key]):
    """A choice of a few words.

    Parameters
    ----------
    prefix : str
        Object names of the buttons are this and the key.
    texts : mapping of str to (str, str)
        Title and help of each choice by its key; the first one is chosen at first.
    """

    chosen = Signal(str)
    """A person pressed a button: its key."""

    def __init__(
        self, prefix: str, texts: Mapping[Key, tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        self.buttons: dict[Key, QPushButton] = {}
        for key, (title, help_text) in texts.items():
            button = QPushButton(title)
            button.setObjectName(f"{prefix}_{key.replace(' ', '_')}")
            button.setToolTip(help_text)
            button.setCheckable(True)
            button.setChecked(not self.buttons)
            group.addButton(button)
            row.addWidget(button, 1)
            self.buttons[key] = button
        group.buttonClicked.connect(lambda _button: self.chosen.emit(self.key))

    @property
    def key(self) -> Key:
        """What is chosen."""
        return next(key for key, button in self.buttons.items() if button.isChecked())

    def set_key(self, key: Key) -> None:
        """Show a choice; nothing is emitted."""
        self.buttons[key].setChecked(True)
