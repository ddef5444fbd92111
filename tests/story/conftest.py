from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from napari_connectome.widgets.explorer import ExplorerWidget


@pytest.fixture
def explorer(
    make_napari_viewer: Callable[..., Any], small_brain: Path, qtbot: Any
) -> Iterator[ExplorerWidget]:
    """The explorer in a real window, on a small brain that is fitted."""
    viewer = make_napari_viewer(show=True)
    widget = ExplorerWidget(viewer)
    viewer.window.add_dock_widget(widget, name="Connectome Explorer", area="right")
    viewer.window.resize(1400, 900)
    with qtbot.waitSignal(widget.ready, timeout=60_000):
        widget.open(small_brain)
    qtbot.wait(200)
    yield widget
    widget.shut_down()
