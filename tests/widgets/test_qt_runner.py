"""Reports that come too fast to be drawn are thinned out, but not the figures in them."""

from __future__ import annotations

from typing import Any

from napari_connectome.core.progress import Job, Progress
from napari_connectome.widgets.qt_runner import QtRunner


def quick(count: int, every: int) -> Job[int]:
    """Many moments at once; some of them carry an objective."""
    for i in range(count):
        figures = {"objective": float(count - i)} if every and i % every == 1 else {}
        yield Progress(i, count, "working", figures)
    return count


def run(qtbot: Any, job: Job[int]) -> list[Progress]:
    runner = QtRunner()
    seen: list[Progress] = []
    ended: list[Any] = []
    runner.start(
        job,
        title="Quick",
        on_progress=seen.append,
        on_result=ended.append,
        on_error=ended.append,
        on_cancelled=lambda: None,
    )
    qtbot.waitUntil(lambda: bool(ended), timeout=5000)
    runner.close()
    assert ended == [200]
    return seen


def test_the_last_figures_are_told(qtbot: Any) -> None:
    seen = run(qtbot, quick(200, 50))
    assert len(seen) < 20, "thinned out"
    figures = [dict(moment.figures) for moment in seen if moment.figures]
    assert figures[-1] == {"objective": 49.0}


def test_a_job_without_figures_gains_none(qtbot: Any) -> None:
    assert not any(moment.figures for moment in run(qtbot, quick(200, 0)))
