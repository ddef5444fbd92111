"""What each layer needs in order to be imported, tried in a fresh interpreter."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import napari_connectome

PACKAGE = Path(__file__).resolve().parents[2] / "napari_connectome"

WITHOUT = """
import importlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ImportError(f"{{name}} is not installed here")

sys.meta_path.insert(0, Refuse())
for name in {modules!r}:
    importlib.import_module(name)
"""
QT = {"PyQt5", "PyQt6", "PySide2", "PySide6", "qtpy"}
WINDOW = QT | {"napari", "magicgui", "superqt", "vispy", "matplotlib"}


def modules_of(package: str) -> list[str]:
    """Name every module of a package, the package itself first."""
    found = pkgutil.walk_packages(import_module(package).__path__, f"{package}.")
    return [package, *(module.name for module in found)]


def import_without(blocked: set[str], modules: list[str]) -> subprocess.CompletedProcess[str]:
    script = WITHOUT.format(blocked=blocked, modules=modules)
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )


def test_the_blocker_blocks() -> None:
    result = import_without(QT, ["qtpy.QtWidgets"])
    assert "qtpy is not installed here" in result.stderr


@pytest.mark.parametrize("layer", ["core", "data", "state"])
def test_layer_imports_without_napari_or_any_window(layer: str) -> None:
    result = import_without(WINDOW, modules_of(f"napari_connectome.{layer}"))
    assert result.returncode == 0, result.stderr


def test_layers_import_without_qt() -> None:
    result = import_without(QT, modules_of("napari_connectome.layers"))
    assert result.returncode == 0, result.stderr


def test_core_imports_without_events_models_or_network() -> None:
    result = import_without(
        {"psygnal", "pydantic", "requests"}, modules_of("napari_connectome.core")
    )
    assert result.returncode == 0, result.stderr


def test_bare_package_imports_nothing_heavy() -> None:
    script = "import sys, napari_connectome; print(*sys.modules)"
    listing = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not {"numpy", "pandas", "sklearn", "napari", "qtpy"} & set(listing.stdout.split())


def imported_names(source: Path) -> Iterator[str]:
    """Yield the full name of everything that a file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_private(name: str) -> bool:
    return any(part.startswith("_") and not part.startswith("__") for part in name.split("."))


def test_only_public_names_are_imported() -> None:
    private = {
        f"{path.name}: {name}"
        for path in PACKAGE.rglob("*.py")
        for name in imported_names(path)
        if is_private(name) and not name.startswith("napari_connectome.")
    }
    assert private == set()


@pytest.mark.parametrize("name", napari_connectome.__all__)
def test_public_name_is_loaded_from_where_it_lives(name: str) -> None:
    found = getattr(napari_connectome, name)
    assert found.__name__ == name
    assert found.__module__.startswith("napari_connectome.")


def test_unknown_name_is_refused_as_python_does() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Atlsa'"):
        _ = napari_connectome.Atlsa
