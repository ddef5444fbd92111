"""What the pages of the guide point to is there: files, commands, and names to import."""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import napari_connectome
from napari_connectome.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")})
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
SNIPPET = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
CALL = re.compile(r"\bnc\.([A-Za-z_]+)")
LISTED = re.compile(r"`([A-Za-z_]{5,})(?:\([^`]*\))?`")
COMMAND = re.compile(r"^(?:\.venv/bin/)?napari-connectome ([a-z-]+)", re.MULTILINE)


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_to_files(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_index_leads_to_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / link).resolve() for link in LINK.findall(index.read_text("utf-8"))}
    assert {page for page in PAGES if page.parent == index.parent} - linked == {index}


def _imports() -> str:
    """Every import of the program's own names in the snippets, as one program."""
    found: set[str] = set()
    for page in PAGES:
        for snippet in SNIPPET.findall(page.read_text(encoding="utf-8")):
            for node in ast.walk(ast.parse(snippet)):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("napari_c"):
                    found.add(ast.unparse(node))
    return "\n".join(sorted(found))


def test_snippets_are_python_and_import_what_is_there() -> None:
    program = _imports()
    assert "VoxelSource" in program
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_functions_that_are_shown_are_public() -> None:
    """By the package's short name in snippets, and in the table of calls."""
    called = {name for page in PAGES for name in CALL.findall(page.read_text(encoding="utf-8"))}
    table = (ROOT / "docs" / "scripts.md").read_text(encoding="utf-8")
    rows = [line for line in table.splitlines() if line.startswith("| ") and "`" in line]
    listed = {name for row in rows for name in LISTED.findall(row)}
    assert {"open_brain", "fit_model"} <= called
    assert len(listed) > 40
    assert (called | listed) - set(napari_connectome.__all__) == set()


def test_the_page_of_public_names_is_what_the_docstrings_say() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_api.py"))["page"]()
    shown = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert made == shown, "run: python docs/make_api.py"
    assert all(f"`{name}(" in shown for name in napari_connectome.__all__)


def test_commands_that_are_shown_exist(capsys: pytest.CaptureFixture[str]) -> None:
    shown = {name for page in PAGES for name in COMMAND.findall(page.read_text(encoding="utf-8"))}
    assert {"fit", "predict", "matrix"} <= shown
    with pytest.raises(SystemExit):
        main(["--help"])
    offered = set(re.findall(r"^    ([a-z][a-z-]*)", capsys.readouterr().out, re.MULTILINE))
    assert "fit" in offered
    assert shown - offered == set()
