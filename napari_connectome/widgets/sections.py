"""Titled sections that fold away: the layout of the explorer."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, QSize, Qt
from qtpy.QtWidgets import QLabel, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from napari_connectome.widgets.appearance import FontFollower


class Column(QScrollArea):
    """A column that scrolls up and down, and is never narrower than what stands in it.

    Parameters
    ----------
    content : QWidget
        What is scrolled.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)
        content.installEventFilter(self)
        self._fit()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Follow the content: another font, a section that is opened."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Width of the content; as high as there is room."""
        return QSize(self.minimumWidth(), super().sizeHint().height())

    def _fit(self) -> None:
        bar = self.verticalScrollBar()
        scroll = 0 if bar is None else bar.sizeHint().width()
        self.setMinimumWidth(self._content.minimumSizeHint().width() + scroll)


class Section(QWidget):
    """A title that shows and hides what stands below it.

    Parameters
    ----------
    title : str
        Shown on the header.
    content : QWidget
        What is folded.
    expanded : bool
        How it starts.
    """

    def __init__(
        self, title: str, content: QWidget, *, expanded: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.content = content
        self.header = QToolButton()
        self.header.setObjectName(f"section_{title.lower().replace(' ', '_')}")
        self.header.setText(title)
        self.header.setCheckable(True)
        self.header.setAutoRaise(True)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        sample = QLabel(self)
        sample.hide()
        font = sample.font()
        font.setBold(True)
        sample.setFont(font)
        FontFollower(sample, self.header)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.header)
        layout.addWidget(content)
        content.setContentsMargins(6, 0, 0, 4)
        self.header.toggled.connect(self._fold)
        self.header.setChecked(expanded)
        self._fold(expanded)

    def _fold(self, expanded: bool) -> None:
        self.content.setVisible(expanded)
        arrow = Qt.ArrowType.DownArrow if expanded else Qt.ArrowType.RightArrow
        self.header.setArrowType(arrow)
