"""How long work tells how far it is.

A *job* is a generator that yields :class:`Progress` and returns its result. A
script drains it with :func:`run_to_end`; a window iterates it in a worker and
may stop between two yields. Both run the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Progress:
    """A moment in a job.

    Parameters
    ----------
    done, total : int
        Steps finished and steps in all; ``total == 0`` means that it is not known.
    text : str
        What is being done, in the user's words.
    figures : mapping of str to float
        What can be plotted while it runs, such as an objective; empty for most jobs.
    """

    done: int
    total: int
    text: str
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def fraction(self) -> float:
        """Part done, 0 to 1 (0 while the total is not known)."""
        return self.done / self.total if self.total else 0.0


Job = Generator[Progress, None, Result]


def run_to_end(job: Job[Result], report: Callable[[Progress], None] | None = None) -> Result:
    """Drain a job and return its result.

    Parameters
    ----------
    job : generator of Progress
        The job; it is closed even when it fails.
    report : callable, optional
        Called with every :class:`Progress`.

    Examples
    --------
    >>> def count(n):
    ...     for i in range(n):
    ...         yield Progress(i + 1, n, "counting")
    ...     return n
    >>> run_to_end(count(3))
    3
    """
    try:
        while True:
            try:
                moment = next(job)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            if report is not None:
                report(moment)
    finally:
        job.close()


def stretch(
    job: Job[Result], start: float, width: float, total: int, name: str = ""
) -> Job[Result]:
    """A job as a stretch of a longer one.

    Parameters
    ----------
    job : generator of Progress
        The part. It is closed with the whole.
    start, width : float
        Where it begins and how far it goes, in steps of the whole.
    total : int
        Steps of the whole.
    name : str
        Of the part, written before what it does; nothing is when it is empty.
    """
    unit = 1000

    def told(moment: Progress) -> Progress:
        done = round((start + width * moment.fraction) * unit)
        text = f"{name}: {moment.text}" if name else moment.text
        return replace(moment, done=done, total=total * unit, text=text)

    return told_as(job, told)


def told_as(job: Job[Result], change: Callable[[Progress], Progress]) -> Job[Result]:
    """A job whose moments are told in another way. It is closed with the whole.

    Parameters
    ----------
    job : generator of Progress
        The job.
    change : callable
        Makes of each moment what is told.
    """
    try:
        while True:
            try:
                moment = next(job)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            yield change(moment)
    finally:
        job.close()
