"""The script behind the README's two commands, run on machines that lack one thing or another."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEBIAN = shutil.which("dpkg-query") is not None
SHOW_SIZE = """
from PyQt6.QtGui import QGuiApplication
application = QGuiApplication([])
print(application.primaryScreen().size().width(), application.primaryScreen().size().height())
"""


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of stand-in programs: the only ones that the script finds."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def add_program(folder: Path, name: str, output: str = "", status: int = 0) -> None:
    """Add a program that notes how it was called, prints something, and ends with a status."""
    note = f"printf '%s\\n' \"{name} $*\" >> {folder / 'calls'}"
    script = f'#!/bin/sh\n{note}\nprintf "{output}"\nexit {status}\n'
    (folder / name).write_text(script)
    (folder / name).chmod(0o755)


def calls(folder: Path) -> list[str]:
    """How the stand-in programs were called, in order."""
    return (folder / "calls").read_text().splitlines()


@pytest.mark.parametrize("arguments", [[], ["dance"]])
def test_an_unknown_job_shows_the_usage(
    bootstrap: ModuleType, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap.main(arguments) == 2
    assert "python3 bootstrap.py demo" in capsys.readouterr().err


@pytest.mark.skipif(not DEBIAN, reason="asks Debian's package database")
def test_installed_packages_include_what_they_stand_in_for(bootstrap: ModuleType) -> None:
    installed = bootstrap.installed_packages()
    assert {"dpkg", "awk"} <= installed  # awk is a name that mawk and gawk both provide
    assert "no-such-package" not in installed


def test_a_provided_name_counts_and_a_removed_package_does_not(
    bootstrap: ModuleType, programs: Path
) -> None:
    rows = "installed,libglib2.0-0t64,libglib2.0-0 (= 2.84.1)\\nconfig-files,xvfb,\\n"
    add_program(programs, "dpkg-query", rows)
    assert bootstrap.installed_packages() == {"libglib2.0-0t64", "libglib2.0-0"}


def test_without_root_and_sudo_the_message_names_the_packages(
    bootstrap: ModuleType, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_program(programs, "dpkg-query")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(bootstrap.SetupError) as error:
        bootstrap.install_system_packages(has_screen=False)
    reason, command = str(error.value).splitlines()
    assert reason.startswith("only root can install system packages.")
    assert command.startswith("apt-get update && apt-get install --no-install-recommends ")
    assert {"libxcb-cursor0", "xvfb"} < set(command.split())


def test_sudo_installs_what_is_missing(
    bootstrap: ModuleType, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [*bootstrap.QT_PACKAGES, *bootstrap.DRAWING_PACKAGES]
    add_program(programs, "dpkg-query", "".join(f"installed,{name},\\n" for name in names))
    add_program(programs, "sudo")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    bootstrap.install_system_packages(has_screen=True)
    assert len(calls(programs)) == 1
    bootstrap.install_system_packages(has_screen=False)
    _, _, update, install = calls(programs)
    assert update == "sudo env DEBIAN_FRONTEND=noninteractive apt-get update"
    assert install.endswith("apt-get install -y --no-install-recommends xvfb x11-utils")


def test_a_source_that_cannot_be_reached_does_not_stop_the_installation(
    bootstrap: ModuleType, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_program(programs, "dpkg-query")
    add_program(programs, "sudo")
    (programs / "sudo").write_text('#!/bin/sh\ncase "$*" in *update) exit 100; esac\n')
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    bootstrap.install_system_packages(has_screen=False)


def test_a_failed_installation_stops_everything_and_tells_what_to_ask_for(
    bootstrap: ModuleType, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_program(programs, "dpkg-query")
    add_program(programs, "sudo", status=1)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(bootstrap.SetupError, match=r"could not be installed[^$]*apt-get install"):
        bootstrap.install_system_packages(has_screen=False)


@pytest.fixture
def own_venv(bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment of the present Python that the script takes for its own."""
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "lib" / f"python3.{sys.version_info.minor}").mkdir(parents=True)
    add_program(venv / "bin", "python")
    add_program(venv / "bin", "system-python")
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "BIN", venv / "bin")
    monkeypatch.setattr(bootstrap, "STAMP", venv / "stamp")
    monkeypatch.setattr(sys, "executable", str(venv / "bin" / "system-python"))
    return venv


def test_python_packages_are_installed_once_for_each_setup(
    bootstrap: ModuleType, own_venv: Path
) -> None:
    bootstrap.install_python_packages()
    bootstrap.install_python_packages()
    once = [
        f"system-python -m venv {own_venv}",
        "python -m pip install --quiet --editable .[all]",
    ]
    assert calls(own_venv / "bin") == once
    bootstrap.STAMP.write_text("of an older setup.cfg")
    bootstrap.install_python_packages()
    assert calls(own_venv / "bin") == once * 2


def test_an_environment_of_another_python_is_made_anew(
    bootstrap: ModuleType, own_venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.install_python_packages()
    other = SimpleNamespace(major=3, minor=sys.version_info.minor + 1)
    newer_python = SimpleNamespace(executable=sys.executable, version_info=other)
    monkeypatch.setattr(bootstrap, "sys", newer_python)
    bootstrap.install_python_packages()
    assert calls(own_venv / "bin")[2] == f"system-python -m venv --clear {own_venv}"


@pytest.mark.parametrize(("ruff", "pytest_status", "expected"), [(0, 0, 0), (1, 0, 1), (0, 5, 5)])
def test_every_check_runs_and_any_failure_counts(
    bootstrap: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ruff: int,
    pytest_status: int,
    expected: int,
) -> None:
    for name in ("mypy", "lint-imports"):
        add_program(tmp_path, name)
    add_program(tmp_path, "ruff", status=ruff)
    add_program(tmp_path, "python", status=pytest_status)
    monkeypatch.setattr(bootstrap, "BIN", tmp_path)
    monkeypatch.setattr(bootstrap.os, "cpu_count", lambda: 2)
    assert bootstrap.test(["-q"]) == expected
    programs = [call.split()[0] for call in calls(tmp_path)]
    assert programs == ["ruff", "ruff", "mypy", "lint-imports", "python"]
    assert calls(tmp_path)[-1] == "python -m pytest -n 2 --dist loadfile -q"


@pytest.mark.parametrize("has_screen", [True, False])
def test_demo_runs_where_the_caller_is_with_the_callers_options(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_screen: bool
) -> None:
    bin_folder, caller = tmp_path / "bin", tmp_path / "caller"
    bin_folder.mkdir()
    caller.mkdir()
    (bin_folder / "napari-connectome").write_text('#!/bin/sh\necho "$*" > called\nexit 3\n')
    (bin_folder / "napari-connectome").chmod(0o755)
    monkeypatch.setattr(bootstrap, "BIN", bin_folder)
    monkeypatch.chdir(caller)
    assert bootstrap.demo(["--screenshot", "brain.png"], has_screen) == 3
    assert (caller / "called").read_text() == "demo --screenshot brain.png\n"


def test_virtual_screen_can_be_drawn_on_and_goes_away(bootstrap: ModuleType) -> None:
    with bootstrap.virtual_screen() as env:
        drawn = subprocess.run(
            [sys.executable, "-c", SHOW_SIZE], env=env, capture_output=True, text=True, check=True
        )
    assert drawn.stdout.split() == bootstrap.SCREEN_SIZE.split("x")[:2]
    gone = subprocess.run(
        [sys.executable, "-c", SHOW_SIZE], env=env, capture_output=True, check=False
    )
    assert gone.returncode != 0


def test_missing_xvfb_is_named(bootstrap: ModuleType, programs: Path) -> None:
    with (
        pytest.raises(bootstrap.SetupError, match="install the package xvfb"),
        bootstrap.virtual_screen(),
    ):
        pass
