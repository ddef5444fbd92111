"""A spline model in the window: told, refused, fitted, stopped, gone on with, looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import VoxelSource
from napari_connectome.core.spline.model_energy import model_energy_job
from napari_connectome.widgets.appearance import NumberBox
from napari_connectome.widgets.explorer import ExplorerWidget

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:napari.*")

LEFT = Qt.MouseButton.LeftButton
REGIONS = "VISp, VISpl, VISl, VISpm"


def write(qtbot: Any, field: QWidget, text: str) -> None:
    """Replace what a field holds, as a person does."""
    qtbot.mouseClick(field, LEFT)
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def told(explorer: ExplorerWidget) -> str:
    return explorer.panels.fit.findChild(QLabel, "outlook").text()


@pytest.fixture
def form(explorer: ExplorerWidget, qtbot: Any) -> QWidget:
    """The form of the low-rank model, with filters that a small brain passes."""
    fit = explorer.panels.fit
    qtbot.mouseClick(explorer.findChild(QToolButton, "section_model"), LEFT)
    qtbot.waitUntil(fit.isVisible, timeout=5000)
    box = fit.findChild(QComboBox, "model")
    box.setCurrentIndex(box.findData("low-rank-spline"))
    qtbot.waitUntil(lambda: "experiments pass" in told(explorer), timeout=10_000)
    write(qtbot, fit.form.findChild(NumberBox, "min_contained"), "0.3")
    write(qtbot, fit.form.findChild(QLineEdit, "regions_text"), REGIONS)
    wanted = {"regions": REGIONS.replace(" ", ""), "min_contained": 0.3}
    assert wanted.items() <= explorer.state.fit_params.values.items()
    return fit


def test_told_and_refused_before_the_fit(explorer: ExplorerWidget, form: Any, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: "source voxels" in told(explorer), timeout=10_000)
    assert "of memory" in told(explorer)
    regions = form.form.findChild(QLineEdit, "regions_text")
    write(qtbot, regions, "NOWHERE")
    qtbot.waitUntil(
        lambda: "No structure has the acronym 'NOWHERE'" in told(explorer), timeout=10_000
    )
    write(qtbot, form.form.findChild(NumberBox, "min_contained"), "1")
    write(qtbot, regions, "VISli")
    qtbot.waitUntil(lambda: "experiments passes" in told(explorer), timeout=10_000)
    before = explorer.state.model
    qtbot.mouseClick(form.findChild(QPushButton, "fit"), LEFT)
    qtbot.waitUntil(lambda: explorer.state.error is not None, timeout=10_000)
    assert "None of the 40 experiments passes" in explorer.state.error
    assert explorer.state.model is before, "nothing is lost"


def test_stopped_gone_on_with_and_looked_at(
    explorer: ExplorerWidget, form: Any, qtbot: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    from napari_connectome.core.spline import checkpoint

    state = explorer.state
    resume, press = form.findChild(QPushButton, "resume"), form.findChild(QPushButton, "fit")
    put = checkpoint.Ledger.put

    def stop_at_the_first(ledger: Any, step: str, arrays: Any) -> None:
        put(ledger, step, arrays)
        explorer.controller.cancel()

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint.Ledger, "put", stop_at_the_first)
        qtbot.mouseClick(press, LEFT)
        qtbot.waitUntil(lambda: state.job is not None, timeout=10_000)
        qtbot.waitUntil(lambda: state.job is None, timeout=60_000)
    assert state.notice == "Fitting the model: cancelled."
    assert state.model.model == "voxel"
    assert resume.isVisible()
    qtbot.mouseClick(resume, LEFT)
    qtbot.waitUntil(lambda: state.model.model == "low-rank-spline", timeout=60_000)
    assert not resume.isVisible()
    assert form.plot.drawn() == ("objective", "lower_bound")
    assert "Ipsilateral: λ = " in form.status.text()
    look_at_pairs(explorer, qtbot, tmp_path, monkeypatch)
    ask(explorer, qtbot)


def look_at_pairs(explorer: ExplorerWidget, qtbot: Any, tmp_path: Path, monkeypatch: Any) -> None:
    """Another pair by a click on its row, as two layers; then the spectrum."""
    state = explorer.state
    explorer.views.docks.bring_forward("factors")
    view = explorer.views.docks.widget("factors")
    qtbot.waitUntil(lambda: state.factor_pair is not None, timeout=10_000)
    table = view.table
    qtbot.waitUntil(table.isVisible, timeout=5000)
    place = table.visualRect(table.shown_index(1)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=QPoint(20, place.y()))
    qtbot.waitUntil(lambda: state.factor_pair.number == 2, timeout=5000)
    layer = explorer.viewer.layers["Factor: arrives in"]
    np.testing.assert_array_equal(layer.data, state.factor_pair.target.volume())
    qtbot.mouseClick(view.findChild(QPushButton, "factors_spectrum"), LEFT)
    export = view.findChild(QPushButton, "factors_export")
    qtbot.waitUntil(export.isEnabled, timeout=20_000)
    file = tmp_path / "spectrum.svg"
    monkeypatch.setattr(explorer.views, "ask_save_path", lambda *_: str(file))
    qtbot.mouseClick(export, LEFT)
    qtbot.waitUntil(file.is_file, timeout=20_000)
    found = {one.side: one.spectrum for one in run_to_end(model_energy_job(state.model))}
    for spectrum in found.values():
        assert f"99% in {spectrum.components(0.99)} " in file.read_text(encoding="utf-8")


def ask(explorer: ExplorerWidget, qtbot: Any) -> None:
    """A source of the model is answered in both hemispheres."""
    state = explorer.state
    mask = state.model.connectivity.source_mask
    place = tuple(int(i) for i in mask.coordinates[len(mask) // 2])
    state.source = VoxelSource(state.dataset.atlas.um_of_index(place))
    qtbot.waitUntil(lambda: state.prediction is not None, timeout=10_000)
    volume = explorer.viewer.layers["Projection"].data
    midline = state.dataset.atlas.midline
    assert volume[:, :, midline:].max() > 0 < volume[:, :, :midline].max()
