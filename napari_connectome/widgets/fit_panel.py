"""Choose a model, set its parameters, fit it, see what came out."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.models.catalog import CATALOG, entry_of
from napari_connectome.core.models.completed import NAME as COMPLETION
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.state.params import FitParams
from napari_connectome.widgets.appearance import HintLabel
from napari_connectome.widgets.choices_table import ChoicesTable
from napari_connectome.widgets.convergence_words import convergence_words
from napari_connectome.widgets.forms import ParameterForm
from napari_connectome.widgets.live_plot import LivePlot


class FitPanel(QWidget):
    """The model section of the explorer."""

    params_changed = Signal(object)
    """The form's FitParams."""
    fit_requested = Signal()
    resume_requested = Signal()
    save_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model_box = QComboBox()
        self.model_box.setObjectName("model")
        for entry in CATALOG.values():
            self.model_box.addItem(entry.title, entry.name)
        self.summary = HintLabel()
        self.form_place = QVBoxLayout()
        self.form: ParameterForm | None = None
        self._atlas: Atlas | None = None
        self.outlook = HintLabel()
        self.outlook.setObjectName("outlook")
        self.outlook.hide()
        self.fit_button = QPushButton("Fit")
        self.fit_button.setObjectName("fit")
        self.fit_button.setToolTip("Fit the model to the loaded experiments, in the background")
        self.resume_button = QPushButton("Resume")
        self.resume_button.setObjectName("resume")
        self.resume_button.setToolTip(
            "Go on with the fit of these data and parameters that was stopped; Fit begins anew"
        )
        self.resume_button.hide()
        self.save_button = QPushButton("Save model…")
        self.save_button.setObjectName("save_model")
        self.save_button.setToolTip("Save the fitted model with its atlas to one file")
        self.plot = LivePlot()
        self.plot.hide()
        self.status = QLabel()
        self.status.setObjectName("model_status")
        self.status.setWordWrap(True)
        self.choices = ChoicesTable()
        self._lay_out()
        self.model_box.currentIndexChanged.connect(self._on_model_chosen)
        self.fit_button.clicked.connect(self.fit_requested)
        self.resume_button.clicked.connect(self.resume_requested)
        self.save_button.clicked.connect(self.save_requested)
        self._make_form(self.model_box.currentData())
        self.show_model(None)
        self.set_can_fit(False)

    def params(self) -> FitParams:
        """What the form asks for."""
        values = {} if self.form is None else self.form.values()
        return FitParams(model=self.model_box.currentData(), values=values)

    def set_params(self, params: FitParams) -> None:
        """Show a request; nothing is emitted."""
        self.model_box.blockSignals(True)
        self.model_box.setCurrentIndex(self.model_box.findData(params.model))
        self.model_box.blockSignals(False)
        self._make_form(params.model)
        if self.form is not None:
            self.form.blockSignals(True)
            self.form.set_values(entry_of(params.model).values(params.values))
            self.form.blockSignals(False)

    def set_can_fit(self, possible: bool) -> None:
        """Enable the buttons: there are experiments, and nothing else is running."""
        self.fit_button.setEnabled(possible)
        self.resume_button.setEnabled(possible)

    def set_can_resume(self, possible: bool) -> None:
        """Offer to go on: a fit of the same data and parameters was stopped."""
        self.resume_button.setVisible(possible)

    def show_outlook(self, text: str) -> None:
        """Say what a fit would be about, or why there can be none; nothing for an empty text."""
        self.outlook.setText(text)
        self.outlook.setVisible(bool(text))

    def set_atlas(self, atlas: Atlas) -> None:
        """Offer the regions of an atlas where a model asks for some."""
        self._atlas = atlas
        if self.form is not None:
            self.form.set_tree(atlas.tree, atlas.structure_ids)

    def begin(self) -> None:
        """A fit begins: what the plot shows of the one before goes."""
        self.plot.clear()
        self.plot.hide()

    def show_figures(self, elapsed_s: float, figures: Mapping[str, float]) -> None:
        """Plot how far the running fit is; a job that has nothing to plot leaves it hidden."""
        if figures:
            self.plot.add(elapsed_s, figures)
            self.plot.setVisible(bool(self.plot.drawn()))

    def show_model(self, model: FittedModel | None) -> None:
        """Say what is fitted."""
        self.save_button.setEnabled(model is not None)
        self.choices.setVisible(model is not None)
        if model is None:
            self.status.setText("Nothing fitted yet.")
            return
        self.choices.show_choices(model.choices)
        self.status.setText(
            f"{_made_from(model)} "
            f"{len(model.connectivity.source_mask):,} source voxels, "
            f"{len(model.connectivity.target_mask):,} target voxels." + convergence_words(model)
        )

    def show_stale(self, stale: bool) -> None:
        """Say that the parameters have changed since the fit."""
        self.fit_button.setText("Fit again (parameters changed)" if stale else "Fit")

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        if self.model_box.count() > 1:
            layout.addWidget(self.model_box)
        layout.addWidget(self.summary)
        layout.addLayout(self.form_place)
        layout.addWidget(self.outlook)
        buttons = QHBoxLayout()
        buttons.addWidget(self.fit_button, 1)
        buttons.addWidget(self.resume_button)
        buttons.addWidget(self.save_button)
        layout.addLayout(buttons)
        layout.addWidget(self.plot)
        layout.addWidget(self.status)
        layout.addWidget(self.choices)

    def _on_model_chosen(self) -> None:
        self._make_form(self.model_box.currentData())
        self.params_changed.emit(self.params())

    def _make_form(self, name: str) -> None:
        entry = entry_of(name)
        self.summary.setText(f"{entry.summary} {entry.citation}.")
        if self.form is not None:
            self.form_place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
        self.form = ParameterForm(entry.parameters)
        self.form.changed.connect(lambda: self.params_changed.emit(self.params()))
        self.form_place.addWidget(self.form)
        if self._atlas is not None:
            self.set_atlas(self._atlas)


def _made_from(model: FittedModel) -> str:
    """Experiments that a model was fitted to, or the matrix that it was made of."""
    if model.model == COMPLETION:
        cells = sum(choice["cells"] for choice in model.choices.values())
        filled = sum(choice["cells_completed"] for choice in model.choices.values())
        return (
            f"Completed matrix ({model.parameters['matrix']}): {filled:,} of {cells:,} cells were "
            "completed."
        )
    divisions = sum(1 for choice in model.choices.values() if choice.get("experiments"))
    places = "1 division" if divisions == 1 else f"{divisions} divisions"
    return f"Fitted to {len(model.experiment_ids)} experiments in {places}."
