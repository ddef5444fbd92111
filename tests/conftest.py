"""Rules that hold for every test: no network, no settings of the person, no window left open."""

from __future__ import annotations

import gc
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import module_from_spec, spec_from_file_location
from ipaddress import ip_address
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

# napari reads its settings when it is first imported: a person's own must stay out of the tests,
# and nothing that a test does may change them.
_settings_dir = tempfile.TemporaryDirectory(prefix="napari-connectome-tests-")
os.environ["NAPARI_CONFIG"] = str(Path(_settings_dir.name) / "settings.yaml")
for _name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
    os.environ[_name] = _settings_dir.name


def pytest_configure(config: pytest.Config) -> None:
    """Give each of several workers a screen: windows of one take the pointer from another's."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        setup = _bootstrap()
        with suppress(setup.SetupError):
            screen = setup.virtual_screen()
            os.environ.update(screen.__enter__())
            config.add_cleanup(lambda: screen.__exit__(None, None, None))


def _bootstrap() -> ModuleType:
    """The module that starts virtual screens; it stands beside the package, not in it."""
    spec = spec_from_file_location("bootstrap", Path(__file__).parents[1] / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _refuse_far(host: Any) -> None:
    """Fail the test if a host is not this machine; a Unix socket's path names none."""
    if host in (None, "", "localhost"):
        return
    try:
        local = ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        pytest.fail(f"a test tried to reach {host!r} over the network", pytrace=True)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine, and every look-up of a name."""
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_far(address[0] if isinstance(address, tuple) else None)
        connect(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_far(host)
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


def _windows() -> set[Any]:
    """Top-level widgets that are open, or that are this project's own and still alive."""
    qt_widgets = sys.modules.get("qtpy.QtWidgets")
    if qt_widgets is None or qt_widgets.QApplication.instance() is None:
        return set()
    return {
        widget
        for widget in qt_widgets.QApplication.topLevelWidgets()
        if widget.isVisible() or type(widget).__module__.startswith("napari_connectome")
    }


def _windows_kept_since(before: set[Any]) -> set[Any]:
    """Windows that stay once Qt and Python have let go of all that they can."""
    if not _windows() - before:
        return set()
    from qtpy.QtCore import QCoreApplication, QEvent

    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return _windows() - before


@pytest.fixture(autouse=True)
def no_window_left(no_network: None) -> Iterator[None]:
    """Fail a test that leaves a window behind it."""
    before = _windows()
    yield
    left = _windows_kept_since(before)
    names = [f"{type(widget).__name__} {widget.windowTitle()!r}" for widget in left]
    for widget in left:
        widget.close()
        widget.deleteLater()
    assert not names, f"windows left behind: {', '.join(names)}"


@pytest.fixture(scope="session")
def small_brain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cache folder of a demo brain at 200 µm with 40 simulated experiments."""
    from napari_connectome.core.progress import run_to_end
    from napari_connectome.data.simulate import simulate

    out = tmp_path_factory.mktemp("brains") / "small"
    return run_to_end(simulate(out, resolution_um=200, experiments=40))
