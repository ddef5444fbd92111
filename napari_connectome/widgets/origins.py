"""The dialog that says where the present result comes from, kept in step with it."""

from __future__ import annotations

import json
from typing import Any

from qtpy.QtCore import QObject
from qtpy.QtWidgets import QWidget

from napari_connectome.core.citations import citations
from napari_connectome.core.provenance import brief_provenance, model_provenance
from napari_connectome.core.provenance_words import citation_text, provenance_groups
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.widgets.provenance_dialog import ProvenanceDialog


class Origins(QObject):
    """Opens the dialog, and shows what the state holds as long as it is open.

    Parameters
    ----------
    window : QWidget
        What the dialog belongs to.
    state : ExplorerState
        Observed.
    """

    def __init__(self, window: QWidget, state: ExplorerState) -> None:
        super().__init__(window)
        self._window, self._state = window, state
        self.dialog: ProvenanceDialog | None = None
        self._on_result = self._show
        self._signals = (state.events.prediction, state.events.model, state.events.dataset)
        for signal in self._signals:
            signal.connect(self._on_result)

    def open(self) -> None:
        """Show where the present answer comes from; the model or the data without one."""
        if self._state.dataset is None:
            self._state.error = "There is nothing to tell about yet: open data or a model first."
            return
        if self.dialog is None:
            self.dialog = ProvenanceDialog(self._window)
        self.dialog.show()
        self.dialog.raise_()
        self._show()

    def close(self) -> None:
        """Stop observing; the dialog goes with its window."""
        for signal in self._signals:
            signal.disconnect(self._on_result, missing_ok=True)
        if self.dialog is not None:
            self.dialog.close()
            self.dialog.deleteLater()
            self.dialog = None

    def _show(self) -> None:
        dataset = self._state.dataset
        if self.dialog is None or not self.dialog.isVisible() or dataset is None:
            return
        title, told = described(self._state)
        self.dialog.show_result(
            title,
            provenance_groups(told),
            citation_text(told),
            json.dumps(told, indent=1, ensure_ascii=False),
            synthetic=dataset.is_demo,
        )


def described(state: ExplorerState) -> tuple[str, dict[str, Any]]:
    """What the present result is, and where it comes from as plain JSON values."""
    dataset, model, prediction = state.dataset, state.model, state.prediction
    if prediction is not None:
        way = "Projection from" if prediction.direction == "anterograde" else "What projects onto"
        return f"{way} {prediction.source.label}", brief_provenance(prediction)
    if model is not None:
        return f"The fitted model: {model.model}", model_provenance(model)
    if dataset is None:
        return "", {}
    atlas = {"name": dataset.atlas.name, "resolution_um": dataset.atlas.resolution_um}
    origin = dict(dataset.provenance) or {"folder": str(dataset.folder)}
    return f"The data: {dataset.title}", {
        "atlas": atlas,
        "data": origin,
        "citations": list(citations("")),
    }
