"""Makes movies: where the source goes, in how many frames, and what is saved."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QSignalBlocker, QSize, Qt, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSpinBox,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.source_path import MOST_FRAMES
from napari_connectome.figures.brain_picture import Plane
from napari_connectome.widgets.appearance import (
    FontFollower,
    HintLabel,
    NumberBox,
    WheelGuard,
    text_label,
)
from napari_connectome.widgets.sections import Column

PLANES: dict[Plane, str] = {
    "coronal": "Coronal slice",
    "sagittal": "Sagittal slice",
    "horizontal": "Horizontal slice",
    "mip": "From above, largest",
}
FPS = 8.0
FASTEST_FPS = 50.0
LINES = 3
AUTOMATIC = 1
"""Stands for a step of one voxel: a path has at least two frames."""
TYPED = "Points of the path, one in a line: AP, DV, ML in µm"
PLACEHOLDER = "AP, DV, ML in µm"
HOW = (
    "Draw a line on the cortical map, take the points of a layer, or type them, one in a "
    "line. The source moves along it in equal steps."
)
PLAY = "Play it with ▶ beside the Frame slider under the canvas."


class MovieView(QWidget):
    """Path, frames and what is saved. It knows no models: it shows words and says what is asked."""

    draw_toggled = Signal(bool)
    """The next drag on the map is to be a line, or no longer."""
    points_changed = Signal(str)
    """What is typed."""
    layers_wanted = Signal()
    """The list of layers with points is about to open: :meth:`set_layers` fills it."""
    layer_chosen = Signal(str)
    """Name of a layer whose points are to be taken."""
    line_cleared = Signal()
    frames_changed = Signal(object)
    """Number of frames; None for a step of one voxel."""
    make_requested = Signal()
    remove_requested = Signal()
    follow_toggled = Signal(bool)
    save_requested = Signal(str, float)
    """What is shown of the volume (a plane, or "mip"), and frames per second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("movie")
        self._make_path()
        self._make_frames()
        self._make_saving()
        self._arrange()
        self.set_line(None)
        self.set_outlook("", can_make=False)
        self.set_movie(None)

    @property
    def frames(self) -> int | None:
        """Number of frames that is asked for; None for a step of one voxel."""
        value = self._frames.value()
        return None if value == AUTOMATIC else value

    @property
    def points(self) -> str:
        """What is typed."""
        return self._points.toPlainText()

    def set_points(self, text: str) -> None:
        """Show points; nothing is emitted, here and below."""
        if text != self.points:
            with QSignalBlocker(self._points):
                self._points.setPlainText(text)

    def set_line(self, text: str | None) -> None:
        """Name the line on the map that is the path; None: the points are."""
        self._line.setText(text or "")
        self._line_row.setVisible(text is not None)
        self._points.setVisible(text is None)

    def set_drawing(self, on: bool) -> None:
        """Show whether the next drag on the map is a line."""
        with QSignalBlocker(self._draw):
            self._draw.setChecked(on)

    def set_layers(self, names: Sequence[str]) -> None:
        """Offer layers with points."""
        self._menu.clear()
        for name in names:
            action = self._menu.addAction(name)
            if action is not None:
                action.triggered.connect(lambda _=False, name=name: self.layer_chosen.emit(name))
        if not names:
            none = self._menu.addAction("No layer of points is open")
            if none is not None:
                none.setEnabled(False)

    def set_outlook(self, text: str, *, can_make: bool) -> None:
        """Say what making the movie will take, or why it cannot be made."""
        self._outlook.setText(text or HOW)
        self._make.setEnabled(can_make)

    def set_movie(self, text: str | None) -> None:
        """Say what the movie that is there shows; None when there is none."""
        self._about.setText("No movie yet." if text is None else f"{text}\n{PLAY}")
        for part in (self._remove, self._save):
            part.setEnabled(text is not None)

    def set_follow(self, on: bool) -> None:
        """Show whether the slices go with the source."""
        with QSignalBlocker(self._follow):
            self._follow.setChecked(on)

    def _make_path(self) -> None:
        self._draw = _button("movie_draw", "Draw on the map", "Draw a line on the cortical map")
        self._draw.setCheckable(True)
        self._draw.toggled.connect(self.draw_toggled)
        self._take = _button("movie_take", "Take points", "Take the points of a Points layer")
        self._menu = QMenu(self._take)
        self._menu.setObjectName("movie_layers")
        self._menu.aboutToShow.connect(self.layers_wanted)
        self._take.setMenu(self._menu)
        self._points = _PointsEdit()
        self._points.setObjectName("movie_points")
        self._points.setPlaceholderText(PLACEHOLDER)
        self._points.setToolTip(TYPED)
        self._points.setTabChangesFocus(True)
        self._points.textChanged.connect(lambda: self.points_changed.emit(self.points))
        self._line = text_label("movie_line")
        clear = _button("movie_clear", "Clear", "Forget the line, and type points instead")
        clear.clicked.connect(self.line_cleared)
        self._line_row = QWidget()
        row = QHBoxLayout(self._line_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._line, 1)
        row.addWidget(clear)

    def _make_frames(self) -> None:
        self._frames = QSpinBox()
        self._frames.setObjectName("movie_frames")
        self._frames.setRange(AUTOMATIC, MOST_FRAMES)
        self._frames.setSpecialValueText("one per voxel")
        self._frames.setToolTip("Number of frames; the lowest value takes a step of one voxel")
        self._frames.setKeyboardTracking(False)
        self._frames.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._frames.installEventFilter(WheelGuard(self._frames))
        self._frames.valueChanged.connect(lambda _value: self.frames_changed.emit(self.frames))
        self._outlook = HintLabel()
        self._outlook.setObjectName("movie_outlook")
        self._make = _button("movie_make", "Make movie", "Ask the model about every frame")
        self._make.clicked.connect(self.make_requested)
        self._remove = _button("movie_remove", "Remove", "Take the movie away")
        self._remove.clicked.connect(self.remove_requested)

    def _make_saving(self) -> None:
        self._about = HintLabel()
        self._about.setObjectName("movie_about")
        self._follow = QCheckBox("Slices go with the source")
        self._follow.setObjectName("movie_follow")
        self._follow.setToolTip("Each frame moves the slices to the place of its source")
        self._follow.toggled.connect(self.follow_toggled)
        self._plane = QComboBox()
        self._plane.setObjectName("movie_plane")
        self._plane.setToolTip("What the saved movie shows of the brain, beside the map")
        for key, title in PLANES.items():
            self._plane.addItem(title, key)
        self._plane.installEventFilter(WheelGuard(self._plane))
        self._fps = NumberBox(0.1, FASTEST_FPS, "per second")
        self._fps.setObjectName("movie_fps")
        self._fps.setToolTip("Frames per second of the saved movie")
        self._fps.setValue(FPS)
        self._save = _button("movie_save", "Save movie…", "Save it as GIF or mp4, with the map")
        self._save.clicked.connect(
            lambda: self.save_requested.emit(self._plane.currentData(), self._fps.value())
        )

    def _arrange(self) -> None:
        inner = QWidget()
        sides = QHBoxLayout(inner)
        sides.setContentsMargins(6, 6, 6, 6)
        sides.setSpacing(16)
        sides.addLayout(self._path_column(), 1)
        sides.addLayout(self._movie_column(), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Column(inner))
        FontFollower(self._outlook, self._points, self._frames, self._plane, self._fps)

    def _path_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        row = QHBoxLayout()
        row.addWidget(self._draw)
        row.addWidget(self._take)
        column.addLayout(row)
        column.addWidget(self._line_row)
        column.addWidget(self._points, 100)
        form = QFormLayout()
        form.addRow("Frames", self._frames)
        column.addLayout(form)
        column.addWidget(self._outlook)
        column.addStretch(1)
        column.addWidget(self._make)
        return column

    def _movie_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(self._about)
        column.addWidget(self._follow)
        form = QFormLayout()
        form.addRow("Saved as", self._plane)
        form.addRow("Speed", self._fps)
        column.addLayout(form)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(self._save, 1)
        row.addWidget(self._remove)
        column.addLayout(row)
        return column


class _PointsEdit(QTextEdit):
    """A field of a few lines, higher where there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptRichText(False)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for :data:`LINES` lines."""
        height = (LINES + 1) * self.fontMetrics().lineSpacing()
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """No less than that."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())


def _button(name: str, text: str, help_text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(help_text)
    return button
