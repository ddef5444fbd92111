"""The row of controls above a map."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import QSignalBlocker, Signal
from qtpy.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from napari_connectome.widgets.appearance import FontFollower, WheelGuard, text_label
from napari_connectome.widgets.elided_box import ElidedBox
from napari_connectome.widgets.flatmap.options import Depths, MapOptions

PRESETS: dict[Depths, str] = {
    (0.0, 1.0): "All depths",
    (0.0, 0.5): "Upper half",
    (0.5, 1.0): "Deep half",
}
EXPORTS = {"figure": "Save figure…", "array": "Save array…"}


class MapControls(QWidget):
    """View, depth, and the "…" button with the rest."""

    view_changed = Signal(str)
    depth_range_changed = Signal(float, float)
    export_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("flatmap_controls")
        self.options = MapOptions()
        self.options.depth_range_changed.connect(self._on_range)
        self._view = self._combo("flatmap_view", "Which map of the cortex is shown")
        self._view.currentIndexChanged.connect(
            lambda _i: self.view_changed.emit(self._view.currentData())
        )
        self._depth = self._combo("flatmap_depth", "Which part of the cortical depth is shown")
        for depths, title in PRESETS.items():
            self._depth.addItem(title, depths)
        self._depth.activated.connect(self._on_preset)
        self._more = QToolButton()
        self._more.setObjectName("flatmap_more")
        self._more.setText("…")
        self._more.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self._more.setToolTip("Names, depths, mean or maximum, saving")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(self._menu())
        self._arrange()

    def set_views(self, titles: Mapping[str, str]) -> None:
        """Offer views by name and title; the chosen one stays chosen. Nothing is emitted."""
        chosen = self._view.currentData()
        with QSignalBlocker(self._view):
            self._view.clear()
            for name, title in titles.items():
                self._view.addItem(title, name)
            self._view.setCurrentIndex(max(self._view.findData(chosen), 0))
        self._view.setEnabled(self._view.count() > 1)

    def set_view(self, name: str) -> None:
        """Choose a view; nothing is emitted."""
        with QSignalBlocker(self._view):
            self._view.setCurrentIndex(self._view.findData(name))

    def set_depth_range(self, low: float, high: float) -> None:
        """Choose a part of the depth; nothing is emitted."""
        self.options.set_depth_range(low, high)
        self._show_preset()

    def set_map_shown(self, on: bool) -> None:
        """Saving needs a map."""
        for action in self._exports:
            action.setEnabled(on)

    def _on_preset(self, index: int) -> None:
        depths = self._depth.itemData(index)
        if depths != self.options.depth_range():
            self.set_depth_range(*depths)
            self.depth_range_changed.emit(*depths)

    def _on_range(self, low: float, high: float) -> None:
        self._show_preset()
        self.depth_range_changed.emit(low, high)

    def _show_preset(self) -> None:
        """The preset's name, or the range itself as one more entry."""
        depths = self.options.depth_range()
        while self._depth.count() > len(PRESETS):
            self._depth.removeItem(len(PRESETS))
        if depths not in PRESETS:
            self._depth.addItem(f"{100 * depths[0]:.0f}–{100 * depths[1]:.0f} %", depths)
        known = [*PRESETS, depths].index(depths)
        self._depth.setCurrentIndex(known)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        panel = QWidgetAction(menu)
        panel.setDefaultWidget(self.options)
        menu.addAction(panel)
        menu.addSeparator()
        self._exports = []
        for key, title in EXPORTS.items():
            action = menu.addAction(title)
            if action is not None:
                action.setObjectName(f"flatmap_save_{key}")
                action.triggered.connect(lambda _on, key=key: self.export_requested.emit(key))
                self._exports.append(action)
        return menu

    @staticmethod
    def _combo(name: str, help_text: str) -> QComboBox:
        combo = ElidedBox()
        combo.setObjectName(name)
        combo.setToolTip(help_text)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.installEventFilter(WheelGuard(combo))
        return combo

    def _arrange(self) -> None:
        sample = text_label("flatmap_controls_font")
        sample.setParent(self)
        sample.hide()
        FontFollower(sample, self._view, self._depth, self._more)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._view, 1)
        row.addWidget(self._depth)
        row.addWidget(self._more)
