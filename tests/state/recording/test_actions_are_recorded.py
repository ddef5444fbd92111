"""An action that nobody has told how to repeat is noticed."""

from __future__ import annotations

import ast
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import napari_connectome.state
from napari_connectome.state import recording
from napari_connectome.state.recording.steps import Step

STATE = Path(napari_connectome.state.__file__).parent
NO_STEP = {
    # Asks how much a download comes to, and changes nothing.
    ("download_results.py", "plan"),
    # What is read becomes a source or a name for one: the question that follows is the step.
    ("controller.py", "read"),
    # The steps of the callers; a script does not write itself.
    ("controller.py", "_save"),
    # An exploration holds what the window shows, and a script has no window.
    ("exploration_results.py", "save"),
    # Note their step where the result is shown.
    ("exploration_results.py", "open"),
    ("comparison_results.py", "open_model"),
    ("comparison_results.py", "hold_out"),
    ("completion_results.py", "_begin"),
}


def methods_that_start_a_job() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted(STATE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and "_start" in names_called(node):
                yield path.name, node


def names_called(node: ast.AST) -> set[str]:
    found = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
    return {f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in found}


def test_every_job_that_a_person_starts_is_noted_as_a_step() -> None:
    started = {(file, node.name): node for file, node in methods_that_start_a_job()}
    assert len(started) > 12
    silent = {key for key, node in started.items() if "record" not in names_called(node)}
    assert silent == NO_STEP


def test_files_cannot_be_saved_without_saying_how() -> None:
    """The controller's `save` takes a step; nothing else of the window writes files by a job."""
    widgets = STATE.parent / "widgets"
    saves = [
        node
        for path in widgets.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "save"
        and "controller" in ast.unparse(node.func.value)
    ]
    assert len(saves) >= 3
    assert all(len(node.args) == 2 for node in saves)


def load_every_step() -> None:
    for module in pkgutil.iter_modules(recording.__path__):
        import_module(f"{recording.__name__}.{module.name}")


def all_steps(kind: type[Step] = Step) -> Iterator[type[Step]]:
    for one in kind.__subclasses__():
        yield one
        yield from all_steps(one)


def test_every_step_says_what_it_does() -> None:
    load_every_step()
    whole = [one for one in all_steps() if not getattr(one, "__abstractmethods__", None)]
    assert len(whole) > 25
    assert all(one.comment.__doc__ for one in whole)
