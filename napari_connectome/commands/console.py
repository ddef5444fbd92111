"""Talking to a person at a terminal, or to the program that reads the output."""

from __future__ import annotations

import json
import math
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from napari_connectome.core.progress import Progress

LINE_EVERY_S = 2.0


def say(text: str = "") -> None:
    """Print a line of the answer."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """Print a remark that is not part of the answer."""
    sys.stderr.write(f"{text}\n")


def say_json(value: Any) -> None:
    """Print a value as standard JSON: what is not a finite number becomes null."""
    say(json.dumps(_standard(value), indent=2, ensure_ascii=False, allow_nan=False))


def say_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print columns: the first one left-aligned, the others right-aligned."""
    lines = [tuple(header), *(tuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [text.rjust(width) for text, width in zip(line[1:], widths[1:], strict=True)]
        say("  " + "  ".join(cells).rstrip())


def counted(experiments: int) -> str:
    """Number of experiments in words."""
    return f"{experiments} experiment{'' if experiments == 1 else 's'}"


def add_json_option(parser: ArgumentParser) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


@contextmanager
def progress() -> Iterator[Callable[[Progress], None]]:
    """Show the progress of jobs on the error stream: a bar in a terminal, else plain lines."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from tqdm import tqdm  # only where there is a terminal to draw it in

    look = "{percentage:3.0f} % |{bar:20}| {desc}"
    with tqdm(file=sys.stderr, leave=False, bar_format=look) as bar:

        def report(moment: Progress) -> None:
            bar.total = moment.total or None
            bar.set_description_str(moment.text, refresh=False)
            bar.update(moment.done - bar.n)

        yield report


class _Lines:
    """A line now and then, as a log file wants it."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, moment: Progress) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + LINE_EVERY_S
            note(f"{moment.text} ({moment.fraction:.0%})" if moment.total else moment.text)


def _standard(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _standard(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_standard(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
