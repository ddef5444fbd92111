#!/usr/bin/env python3
"""Install everything that is missing, then open the demo brain or run every check.

    python3 bootstrap.py demo [--screenshot FILE]
    python3 bootstrap.py test [pytest arguments]

Needs Python 3.11 to 3.13 and its standard library only. On Debian and its relatives missing system
packages are installed with apt-get; the Python packages go to ``.venv`` beside this file.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMP = VENV / "napari-connectome.installed"
PYTHONS = ((3, 11), (3, 13))

QT_PACKAGES = (
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libglib2.0-0",
    "libopengl0",
    "libwayland-cursor0",
    "libwayland-egl1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xinerama0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
)
DRAWING_PACKAGES = ("fonts-dejavu-core", "libgl1-mesa-dri")
# vispy asks x11-utils for the resolution of the screen.
VIRTUAL_SCREEN_PACKAGES = ("xvfb", "x11-utils")
SCREEN_SIZE = "1920x1200x24"
# Each has a screen of its own, and windows that are drawn without a graphics card need processors.
MOST_WORKERS = 4
# The tests run many small matrix products: several threads only slow them down.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class SetupError(Exception):
    """The machine lacks something that this script cannot provide; the message says what to do."""


def say(text: str) -> None:
    """Print at once, so that the lines of the programs started here follow in order."""
    print(text, flush=True)


def run(
    command: Sequence[str | Path], env: dict[str, str] | None = None, folder: Path = ROOT
) -> int:
    """Show a command, run it in a folder, and give its exit status."""
    words = [str(word) for word in command]
    say(f"$ {shlex.join(words)}")
    return subprocess.run(words, cwd=folder, env=env, check=False).returncode


def must_run(command: Sequence[str | Path]) -> None:
    """Run a command that the rest depends on."""
    if status := run(command):
        raise SetupError(f"the command above ended with status {status}")


def installed_packages() -> set[str]:
    """Names of the Debian packages installed here, and of those they stand in for."""
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status},${Package},${Provides}\\n"]
    listing = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    rows = (line.split(",") for line in listing.splitlines())
    return {
        name.split()[0] for state, *names in rows if state == "installed" for name in names if name
    }


def missing_packages(has_screen: bool) -> list[str]:
    """System packages that the program or its virtual screen needs and that are not there."""
    wanted = [*QT_PACKAGES, *DRAWING_PACKAGES]
    if not has_screen:
        wanted += VIRTUAL_SCREEN_PACKAGES
    if importlib.util.find_spec("ensurepip") is None:
        wanted.append(f"python3.{sys.version_info.minor}-venv")
    installed = installed_packages()
    return [name for name in wanted if name not in installed]


def install_system_packages(has_screen: bool) -> None:
    """Install missing Debian packages, as root or through sudo.

    Raises
    ------
    SetupError
        If packages are missing and cannot be installed; the message says what to ask for.
    """
    if shutil.which("dpkg-query") is None:
        say("Not a Debian system: Qt's libraries and Xvfb are taken as installed.")
        return
    missing = missing_packages(has_screen)
    if not missing:
        return
    say(f"Missing system packages: {' '.join(missing)}")
    become_root = [] if os.geteuid() == 0 else ["sudo"]
    by_hand = (
        "Have this run as root (an administrator can), then start again:\n"
        f"apt-get update && apt-get install --no-install-recommends {' '.join(missing)}"
    )
    if become_root and shutil.which("sudo") is None:
        raise SetupError(f"only root can install system packages. {by_hand}")
    apt_get = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    # A source that cannot be reached need not be one that is needed: the installation decides.
    run([*apt_get, "update"])
    if run([*apt_get, "install", "-y", "--no-install-recommends", *missing]):
        raise SetupError(f"the system packages could not be installed. {by_hand}")


def install_python_packages() -> None:
    """Make ``.venv`` and install this project in it, unless its present setup is installed."""
    setup = (ROOT / "setup.cfg").read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    digest = hashlib.sha256(setup + f"{ROOT} {python}".encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == digest:
        return
    say("Installing the Python packages; the first time takes a few minutes.")
    # Another Python cannot use what an environment holds; the same one takes it over.
    start_anew = VENV.exists() and not (VENV / "lib" / python).exists()
    must_run([sys.executable, "-m", "venv", *(["--clear"] if start_anew else []), VENV])
    must_run([BIN / "python", "-m", "pip", "install", "--quiet", "--editable", ".[all]"])
    STAMP.write_text(digest)


@contextlib.contextmanager
def virtual_screen() -> Iterator[dict[str, str]]:
    """Start Xvfb on a free display; gives the environment in which programs draw on it.

    Raises
    ------
    SetupError
        If Xvfb is not installed or ends before it has opened a display.
    """
    if shutil.which("Xvfb") is None:
        raise SetupError("no screen, and no Xvfb to stand in for one: install the package xvfb")
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN_SIZE, "-nolisten", "tcp"]
    with (
        tempfile.TemporaryDirectory(prefix="napari-connectome-") as runtime_dir,
        subprocess.Popen(command, pass_fds=(writer,), stderr=subprocess.DEVNULL) as server,
    ):
        os.close(writer)
        with os.fdopen(reader) as display_numbers:
            display = display_numbers.readline().strip()
        if not display:
            raise SetupError("Xvfb opened no display; run Xvfb by hand to see why")
        env = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
        env |= {"DISPLAY": f":{display}", "LIBGL_ALWAYS_SOFTWARE": "1", "QT_QPA_PLATFORM": "xcb"}
        try:
            yield {"XDG_RUNTIME_DIR": runtime_dir} | env
        finally:
            server.terminate()


def demo(arguments: Sequence[str], has_screen: bool) -> int:
    """Open the program on the demo brain, on the screen or on a virtual one.

    It runs in the folder of the caller, so that a file is written where the caller means it.
    """
    command: list[str | Path] = [BIN / "napari-connectome", "demo", *arguments]
    if has_screen:
        return run(command, folder=Path.cwd())
    with virtual_screen() as env:
        say(
            f"No screen found: the window opens on the virtual display {env['DISPLAY']}. "
            "See it with --screenshot FILE; Ctrl-C ends the program."
        )
        return run(command, env, Path.cwd())


def test(arguments: Sequence[str]) -> int:
    """Run every check, the tests last so that their summary ends the output."""
    linters: list[list[str | Path]] = [
        [BIN / "ruff", "check", "."],
        [BIN / "ruff", "format", "--check", "."],
        [BIN / "mypy"],
        [BIN / "lint-imports"],
    ]
    failed = [shlex.join(map(str, linter)) for linter in linters if run(linter)]
    for linter in failed:
        say(f"FAILED: {linter}")
    workers = min(os.cpu_count() or 1, MOST_WORKERS)
    spread = ["-n", str(workers), "--dist", "loadfile"]
    with virtual_screen() as env:
        status = run([BIN / "python", "-m", "pytest", *spread, *arguments], ONE_THREAD | env)
    return status or int(bool(failed))


def main(arguments: Sequence[str]) -> int:
    """Run the job that the first argument names; gives the exit status."""
    if not arguments or arguments[0] not in ("demo", "test"):
        print(__doc__, file=sys.stderr)
        return 2
    if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        print("Python 3.11, 3.12 or 3.13 is needed: python3.11 bootstrap.py …", file=sys.stderr)
        return 2
    job, *rest = arguments
    has_screen = job == "demo" and any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    try:
        install_system_packages(has_screen)
        install_python_packages()
        return demo(rest, has_screen) if job == "demo" else test(rest)
    except SetupError as error:
        print(f"bootstrap.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
