"""napari finds the plugin, and everything that its manifest names is there."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from npe2 import PluginManifest
from npe2.manifest.utils import import_python_name

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def manifest() -> PluginManifest:
    return PluginManifest.from_distribution("napari-connectome")


def test_installed_manifest_is_the_file_in_the_package(manifest: PluginManifest) -> None:
    shipped = files("napari_connectome") / "napari.yaml"
    assert manifest.contributions == PluginManifest.from_file(str(shipped)).contributions


def test_top_level_manifest_is_the_one_in_the_package() -> None:
    shipped = ROOT / "napari_connectome" / "napari.yaml"
    assert (ROOT / "napari.yaml").read_text() == shipped.read_text()


def test_manifest_offers_the_explorer_and_the_demo_brain(manifest: PluginManifest) -> None:
    widgets = {widget.display_name for widget in manifest.contributions.widgets or ()}
    samples = {sample.key for sample in manifest.contributions.sample_data or ()}
    assert "Connectome Explorer" in widgets
    assert "demo_brain" in samples


def test_every_python_name_of_the_manifest_can_be_called(manifest: PluginManifest) -> None:
    commands = manifest.contributions.commands or []
    assert commands
    for command in commands:
        assert command.python_name is not None, command.id
        assert callable(import_python_name(command.python_name)), command.id
