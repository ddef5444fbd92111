"""The wheel and the source archive hold all that the program needs."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Where a folder of the checkout goes in the wheel.
IN_WHEEL = {
    "napari_connectome": "napari_connectome",
    "sample_data": "napari_connectome/sample_data",
}


def files_under(folder: Path) -> set[str]:
    """Paths of a folder's files relative to it, compiled ones left out."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both archives, built with the build tools that are installed here."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return out


@pytest.fixture(scope="module")
def unpacked_wheel(archives: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel installs."""
    folder = tmp_path_factory.mktemp("wheel")
    (wheel,) = archives.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("source", IN_WHEEL)
def test_wheel_ships_every_file_of(source: str, unpacked_wheel: Path) -> None:
    shipped = files_under(unpacked_wheel / IN_WHEEL[source])
    assert files_under(ROOT / source) - shipped == set()


def test_wheel_installs_nothing_beside_the_package(unpacked_wheel: Path) -> None:
    folders = {path.name for path in unpacked_wheel.iterdir()}
    assert {name for name in folders if not name.endswith(".dist-info")} == {"napari_connectome"}


def test_wheel_declares_the_command_and_the_manifest(unpacked_wheel: Path) -> None:
    (entry_points,) = unpacked_wheel.glob("*.dist-info/entry_points.txt")
    declared = entry_points.read_text().split("\n")
    assert "napari-connectome = napari_connectome.cli:main" in declared
    assert "napari-connectome = napari_connectome:napari.yaml" in declared


def test_demo_brain_is_found_from_the_wheel(unpacked_wheel: Path) -> None:
    script = "from importlib.resources import files; print(files('napari_connectome.sample_data'))"
    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=unpacked_wheel,
        env={"PYTHONPATH": str(unpacked_wheel)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(found.stdout.strip()) == unpacked_wheel / "napari_connectome" / "sample_data"


def test_source_archive_ships_what_the_checks_need(archives: Path) -> None:
    (source,) = archives.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        shipped = {name.partition("/")[2] for name in archive.getnames()}
    for name in ("setup.cfg", "pyproject.toml", "ruff.toml", "bootstrap.py", "LICENSE"):
        assert name in shipped
    for folder in (*IN_WHEEL, "tests"):
        assert {f"{folder}/{name}" for name in files_under(ROOT / folder)} - shipped == set()
