"""Steps as a Python script and as a notebook."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from napari_connectome import __version__
from napari_connectome.state.recording.python import WIDTH, literal
from napari_connectome.state.recording.steps import FileStep, Step

RESULTS = "results"
"""Folder of the files that a script writes, beside where it is run."""
TITLE = f"What was done in napari-connectome {__version__}, to be done again."
NOTE = f"""\
Files are written into the folder {RESULTS}; tables are the same to the byte as those that
were saved in the window. What is not done again is said where it was."""
SETUP = ["import napari_connectome as nc"]
NOTHING = "Nothing was done yet."


def python_script(steps: Iterable[Step]) -> str:
    """A script that does the same again.

    Parameters
    ----------
    steps : iterable of Step
        In their order.

    Returns
    -------
    str
        Python that needs only this package.
    """
    cells = _cells(steps)
    head = f'"""{TITLE}\n\n{NOTE}\n"""' if _writes(cells) else f'"""{TITLE}"""'
    text = [head, "\n".join(_imports(cells))]
    for comment, lines in cells:
        said = textwrap.wrap(comment, WIDTH, initial_indent="# ", subsequent_indent="# ")
        text.append("\n".join([*said, *lines]))
    if not cells:
        text.append(f"# {NOTHING}")
    return "\n\n".join(text) + "\n"


def notebook(steps: Iterable[Step]) -> str:
    """The same as a Jupyter notebook (format 4.5): a sentence and a cell for each step."""
    cells = _cells(steps)
    head = f"# {TITLE}\n\n{NOTE}" if _writes(cells) else f"# {TITLE}"
    made = [_markdown(head), _code(_imports(cells))]
    for comment, lines in cells:
        made.append(_markdown(comment))
        made += [_code(lines)] if lines else []
    if not cells:
        made.append(_markdown(NOTHING))
    record = {
        "cells": [{"id": f"step-{number}", **cell} for number, cell in enumerate(made)],
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


Cell = tuple[str, list[str]]
"""What is done in words, and in Python."""


def _cells(steps: Iterable[Step]) -> list[Cell]:
    names = _FileNames()
    return [(step.comment, list(_lines(step, names))) for step in steps]


def _lines(step: Step, names: _FileNames) -> Iterator[str]:
    if isinstance(step, FileStep):
        yield from step.lines_to(f"{RESULTS} / {literal(names.of(step.path))}")
    else:
        yield from step.lines()


def _imports(cells: Iterable[Cell]) -> list[str]:
    """What the cells use, and the folder for results where there are some."""
    lines, writes = _all_lines(cells), _writes(cells)
    standard = ["from pathlib import Path", ""] if writes else []
    numpy = ["import numpy as np", ""] if any("np.array(" in line for line in lines) else []
    folder = [f"{RESULTS} = Path({literal(RESULTS)})", f"{RESULTS}.mkdir(exist_ok=True)"]
    return [*standard, *numpy, *SETUP, *(["", *folder] if writes else [])]


def _all_lines(cells: Iterable[Cell]) -> list[str]:
    return [line for _comment, lines in cells for line in lines]


def _writes(cells: Iterable[Cell]) -> bool:
    """Whether there is a file to be written."""
    return any(f"{RESULTS} / " in line for line in _all_lines(cells))


class _FileNames:
    """A name of its own for each file: those of two folders may be alike."""

    def __init__(self) -> None:
        self._names: dict[Path, str] = {}

    def of(self, path: Path) -> str:
        if path not in self._names:
            taken, free, number = set(self._names.values()), path.name, 1
            while free in taken:
                number += 1
                stem, dot, suffixes = path.name.partition(".")
                free = f"{stem}-{number}{dot}{suffixes}"
            self._names[path] = free
        return self._names[path]


def _markdown(text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(lines: list[str]) -> dict[str, object]:
    source = "\n".join(lines).splitlines(keepends=True)
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }
