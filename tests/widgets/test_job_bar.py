from __future__ import annotations

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QProgressBar, QPushButton, QToolButton

from napari_connectome.core.progress import Progress
from napari_connectome.widgets.job_bar import JobBar, duration_text, time_left_s


@pytest.fixture
def bar(qtbot):
    bar = JobBar()
    qtbot.addWidget(bar)
    bar.resize(320, 100)
    with qtbot.waitExposed(bar):
        bar.show()
    return bar


def test_time_left_follows_the_mean_pace():
    assert time_left_s(0.25, 10.0) == pytest.approx(30.0)
    assert time_left_s(1.0, 10.0) == 0.0


def test_no_guess_when_it_is_too_early():
    assert time_left_s(0.5, 0.2) is None
    assert time_left_s(0.0, 100.0) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (1199, "20 min"),
        (4800, "1 h 20 min"),
    ],
)
def test_durations_are_told_as_people_do(seconds, text):
    assert duration_text(seconds) == text


def test_nothing_is_shown_when_there_is_nothing_to_say(bar):
    assert not bar.findChild(QProgressBar, "job_progress").isVisible()
    assert not bar.findChild(QLabel, "job_note").isVisible()


def test_a_job_shows_what_how_far_and_how_long(bar):
    bar.show_progress(Progress(3, 12, "Fitting TH"), elapsed_s=6.0)
    progress = bar.findChild(QProgressBar, "job_progress")
    assert progress.isVisible()
    assert (progress.value(), progress.maximum()) == (3, 12)
    assert bar.findChild(QLabel, "job_text").text() == "Fitting TH"
    assert bar.findChild(QLabel, "job_time_left").text() == "18 s left"


def test_an_unknown_total_moves_without_a_guess(bar):
    bar.show_progress(Progress(0, 0, "Opening"), elapsed_s=6.0)
    assert bar.findChild(QProgressBar, "job_progress").maximum() == 0
    assert bar.findChild(QLabel, "job_time_left").text() == ""


def test_cancel_is_asked_once(qtbot, bar):
    bar.show_progress(Progress(1, 2, "Fitting"))
    cancel = bar.findChild(QPushButton, "job_cancel")
    with qtbot.waitSignal(bar.cancel_requested):
        qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    bar.show_progress(Progress(1, 2, "Fitting"), elapsed_s=9.0)
    assert not cancel.isEnabled()
    assert "cancelling" in bar.findChild(QLabel, "job_time_left").text()
    bar.clear_progress()
    bar.show_progress(Progress(1, 2, "Fitting again"))
    assert cancel.isEnabled()


def test_an_error_stays_until_it_is_dismissed(qtbot, bar):
    bar.show_error("The file is truncated. Download it again.")
    note = bar.findChild(QLabel, "job_note")
    assert note.isVisible()
    assert note.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    bar.clear_progress()
    assert note.isVisible()
    with qtbot.waitSignal(bar.dismissed):
        qtbot.mouseClick(bar.findChild(QToolButton, "job_dismiss"), Qt.MouseButton.LeftButton)
    assert not note.isVisible()


def test_messages_and_errors_are_plain_text(bar):
    bar.show_message("<b>a & b</b>")
    assert bar.findChild(QLabel, "job_note").textFormat() == Qt.TextFormat.PlainText
    bar.clear()
    assert not bar.findChild(QLabel, "job_note").isVisible()
