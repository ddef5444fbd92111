"""Write the page of all public names, from their own docstrings.

    python docs/make_api.py         writes api.md beside this file

A test compares the page with what this program makes.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import napari_connectome

PAGE = Path(__file__).with_name("api.md")
HEAD = """\
# Python interface

Every name here is in `napari_connectome`: `import napari_connectome as nc`. `help(nc.fit_model)`
has shapes, units, errors and the paper. Coordinates are CCFv3 micrometres (AP, DV, ML); of
matrices, rows are sources and columns are targets. [Scripts and notebooks](scripts.md) shows them
at work.

<!-- Made by docs/make_api.py: change the docstrings, then run it. -->
"""
CHAPTERS = {
    "core.atlas core.structures core.experiments data.allen_cache state.scripting "
    "state.exploration_jobs core.regions": "Data, and what the window does",
    "core.models core.validation core.io data.model_files": "Models and their scores",
    "core.sources core.source_path data.source_files": "Sources",
    "core.answers core.targets core.comparison core.hold_out core.contributions core.evidence "
    "core.scoring data.target_table data.export": "Answers, and how far to trust them",
    "core.hypothetical core.injection_sites": "Planning",
    "core.flatmap core.cortex core.io.npy data.cortical_views figures": "Maps and figures",
    "core.regional core.regional_order core.matrix_difference core.analysis data.regional_files "
    "data.statistics_table": "Regions and statistics",
    "core.completion state.completion data.completion_files data.curve_files": "Completion",
}
"""Titles by the beginnings of the modules that names come from."""
REST = "Files"


def page() -> str:
    """The whole page."""
    chapters: dict[str, list[str]] = {title: [] for title in (*CHAPTERS.values(), REST)}
    for name in napari_connectome.__all__:
        found = getattr(napari_connectome, name)
        chapters[_chapter(found)].append(_entry(name, found))
    parts = [HEAD]
    for title, entries in chapters.items():
        if entries:
            parts.append(f"## {title}\n\n" + "\n".join(entries) + "\n")
    return "\n".join(parts)


def _chapter(found: Any) -> str:
    module = found.__module__.removeprefix("napari_connectome.")
    fitting = [
        (len(start), title)
        for starts, title in CHAPTERS.items()
        for start in starts.split()
        if module.startswith(start)
    ]
    return max(fitting)[1] if fitting else REST


def _entry(name: str, found: Any) -> str:
    """A line of the list: how it is called, and what it is."""
    names = list(inspect.signature(found).parameters.values())
    shown = ", ".join(_parameter(one) for one in names)
    said = inspect.getdoc(found) or ""
    first = " ".join(said.split("\n\n")[0].split())
    first = first.replace(":func:", "").replace(":class:", "").replace("``", "`")
    return f"- **`{name}({shown})`** — {first}"


def _parameter(one: inspect.Parameter) -> str:
    stars = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
    return f"{stars}{one.name}" if one.default is one.empty else f"{one.name}=…"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
