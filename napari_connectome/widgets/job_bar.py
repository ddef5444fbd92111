"""What is happening in the background, and what went wrong."""

from __future__ import annotations

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from napari_connectome.core.progress import Progress

MIN_ELAPSED_S = 1.0
"""Before this, a guess of the time left is worth nothing."""
MIN_FRACTION = 0.02


def time_left_s(fraction: float, elapsed_s: float) -> float | None:
    """Seconds until a job is done if it goes on at its mean pace.

    Parameters
    ----------
    fraction : float
        Part done, 0 to 1.
    elapsed_s : float
        Seconds since the start.

    Returns
    -------
    float or None
        None while it is too early to tell.
    """
    if elapsed_s < MIN_ELAPSED_S or fraction < MIN_FRACTION:
        return None
    return max(0.0, elapsed_s * (1.0 - fraction) / fraction)


def duration_text(seconds: float) -> str:
    """A duration as people say it: "3 s", "2 min 5 s", "1 h 20 min"."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    # Beyond ten minutes the seconds only flicker.
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


class JobBar(QWidget):
    """One place for progress, messages and errors; it takes no room while it has none."""

    cancel_requested = Signal()
    """The person wants the running job to stop."""
    dismissed = Signal()
    """The person has read the message or error and sent it away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("job_bar")
        self._job = _JobLine(self)
        self._job.cancel.clicked.connect(self._on_cancel)
        self._note = _NoteLine(self)
        self._note.dismiss.clicked.connect(self._on_dismiss)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._job)
        column.addWidget(self._note)
        self.clear()

    def show_progress(self, progress: Progress, elapsed_s: float = 0.0) -> None:
        """Show a running job.

        Parameters
        ----------
        progress : Progress
            How far it is; ``total == 0`` shows a moving bar.
        elapsed_s : float
            Seconds since it started, for the time left.
        """
        self._job.show_progress(progress, elapsed_s)
        self._job.show()

    def show_message(self, text: str) -> None:
        """Tell something that needs no action."""
        self._note.tell(text, QStyle.StandardPixmap.SP_MessageBoxInformation)

    def show_error(self, text: str) -> None:
        """Tell what went wrong; the text can be selected and copied."""
        self._note.tell(text, QStyle.StandardPixmap.SP_MessageBoxCritical)

    def clear_progress(self) -> None:
        """The job has ended; a message or error stays."""
        self._job.hide()
        self._job.cancel.setEnabled(True)

    def clear_note(self) -> None:
        """Take the message or error away."""
        self._note.hide()

    def clear(self) -> None:
        """Nothing to say."""
        self.clear_progress()
        self.clear_note()

    def _on_cancel(self) -> None:
        # Work stops at its next report; a second click would change nothing.
        self._job.cancel.setEnabled(False)
        self._job.left.setText("cancelling …")
        self.cancel_requested.emit()

    def _on_dismiss(self) -> None:
        self.clear_note()
        self.dismissed.emit()


class _JobLine(QWidget):
    """Text and time left above a bar with Cancel beside it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = QElidingLabel()
        self.text.setIndent(0)
        self.text.setObjectName("job_text")
        self.left = QLabel()
        self.left.setObjectName("job_time_left")
        self.bar = QProgressBar()
        self.bar.setObjectName("job_progress")
        self.bar.setTextVisible(False)
        self.cancel = QPushButton("Cancel")
        self.cancel.setObjectName("job_cancel")
        self.cancel.setToolTip("Stop this job; nothing that is there already changes.")
        words, meter = QHBoxLayout(), QHBoxLayout()
        words.addWidget(self.text, 1)
        words.addWidget(self.left)
        meter.addWidget(self.bar, 1)
        meter.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(words)
        column.addLayout(meter)

    def show_progress(self, progress: Progress, elapsed_s: float) -> None:
        self.text.setText(progress.text)
        self.text.setToolTip(progress.text)
        # A value that is set paints the window at once, unless painting waits its turn.
        self.bar.setUpdatesEnabled(False)
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self.bar.setUpdatesEnabled(True)
        if self.cancel.isEnabled():
            seconds = time_left_s(progress.fraction, elapsed_s)
            self.left.setText("" if seconds is None else f"{duration_text(seconds)} left")


class _NoteLine(QWidget):
    """An icon, a text that can be copied, and a button that sends it away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.icon = QLabel()
        self.text = QLabel()
        self.text.setObjectName("job_note")
        # Names of files are in these texts, and may look like markup.
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.dismiss = QToolButton()
        self.dismiss.setObjectName("job_dismiss")
        self.dismiss.setText("✕")
        self.dismiss.setToolTip("Dismiss")
        self.dismiss.setAccessibleName("Dismiss")
        self.dismiss.setAutoRaise(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        row.addWidget(self.dismiss, 0, Qt.AlignmentFlag.AlignTop)

    def tell(self, text: str, pixmap: QStyle.StandardPixmap) -> None:
        style = self.style()
        edge = round(self.text.fontMetrics().height() * 1.2)
        if style is not None:
            self.icon.setPixmap(style.standardIcon(pixmap).pixmap(edge, edge))
        self.text.setText(text)
        self.show()
