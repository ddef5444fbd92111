"""What to cross-validate: models, values to choose from, folds; start and stop."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.models.catalog import ModelEntry
from napari_connectome.core.progress import Progress
from napari_connectome.state.params import ValidationParams
from napari_connectome.widgets.appearance import FontFollower, HintLabel, WheelGuard
from napari_connectome.widgets.job_bar import JobBar
from napari_connectome.widgets.sections import Column, Section
from napari_connectome.widgets.validation.values_form import ValuesForm

HINT = (
    "Every model predicts experiments that it has not seen, on the same folds; hyper-parameters "
    "are chosen anew inside of every fold."
)
VALUES = "Values to choose from"
MOST_FOLDS, MOST_JOBS = 100, 64


class ValidationControls(QWidget):
    """The request, and how far it is.

    Parameters
    ----------
    entries : mapping of str to ModelEntry
        Models that can be compared, by name.

    Attributes
    ----------
    buttons : QHBoxLayout
        Row of the start button, which stays in sight when the rest scrolls.
    """

    run_requested = Signal()
    cancel_requested = Signal()
    params_changed = Signal(object)
    """ValidationParams as the controls say."""

    def __init__(self, entries: Mapping[str, ModelEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._possible = False
        self._make(entries)
        self._arrange()
        self._connect()
        FontFollower(self.words, self._run, self._folds, self._seed, self._jobs)
        self.set_params(ValidationParams())
        self.set_words("")
        self._show_dependent()

    def params(self) -> ValidationParams:
        """What the controls ask for."""
        count = self._folds.value()
        models = tuple(name for name, box in self._models.items() if box.isChecked())
        return ValidationParams(
            models=models,
            values=self._values.values(models),
            folds="loo" if count == self._folds.minimum() else count,
            seed=self._seed.value(),
            power_to_predict=self._ptp.isChecked(),
            n_jobs=self._jobs.value(),
        )

    def set_params(self, params: ValidationParams) -> None:
        """Show a request; nothing is emitted."""
        if params == self.params():
            return
        with QSignalBlocker(self):
            for name, box in self._models.items():
                box.setChecked(name in params.models)
            self._values.set_values(params.values)
            is_loo = params.folds == "loo"
            self._folds.setValue(self._folds.minimum() if is_loo else int(params.folds))
            self._seed.setValue(params.seed)
            self._ptp.setChecked(params.power_to_predict)
            self._jobs.setValue(params.n_jobs)
        self._show_dependent()

    def set_can_run(self, possible: bool) -> None:
        """Enable the button: there are experiments, and nothing else is running."""
        self._possible = possible
        self._run.setEnabled(possible and bool(self.params().models))

    def set_progress(self, progress: Progress | None, elapsed_s: float = 0.0) -> None:
        """Say how far it is; None when it does not run."""
        if progress is None:
            self._job.clear_progress()
        else:
            self._job.show_progress(progress, elapsed_s)
        self._job.setVisible(progress is not None)

    def set_words(self, text: str) -> None:
        """Say what came out, or what this is for."""
        self.words.setText(text or HINT)

    def _make(self, entries: Mapping[str, ModelEntry]) -> None:
        self._models = {name: _model_box(name, entry.title) for name, entry in entries.items()}
        self._values = ValuesForm(entries)
        self._section = Section(VALUES, self._values, expanded=False)
        self._folds, self._seed, self._jobs = QSpinBox(), QSpinBox(), QSpinBox()
        self._folds.setRange(1, MOST_FOLDS)
        self._folds.setSpecialValueText("Leave one out")
        self._folds.setToolTip("1: every experiment alone; K: K folds of every division")
        self._seed.setRange(0, 10**6)
        self._seed.setToolTip("What decides which experiments are held out together")
        self._jobs.setRange(1, MOST_JOBS)
        self._jobs.setToolTip("Processes for models that are fitted fold by fold")
        self._ptp = QCheckBox("Power to predict")
        self._ptp.setToolTip(
            "Do everything once more with those experiments whose region holds at least three"
        )
        self._run = QPushButton("Cross-validate")
        self._job = JobBar()
        self._job.hide()
        self.words = HintLabel()
        for name, part in {
            "folds": self._folds,
            "seed": self._seed,
            "jobs": self._jobs,
            "ptp": self._ptp,
            "run": self._run,
            "job": self._job,
            "words": self.words,
        }.items():
            part.setObjectName(f"validation_{name}")

    def _connect(self) -> None:
        self._run.clicked.connect(lambda _on: self.run_requested.emit())
        self._job.cancel_requested.connect(self.cancel_requested)
        for box in (self._folds, self._seed, self._jobs):
            box.installEventFilter(WheelGuard(box))
            box.valueChanged.connect(lambda _value: self._on_changed())
        self._values.changed.connect(self._on_changed)
        for tick in (*self._models.values(), self._ptp):
            tick.toggled.connect(lambda _on: self._on_changed())

    def _on_changed(self) -> None:
        self._show_dependent()
        self.params_changed.emit(self.params())

    def _show_dependent(self) -> None:
        params = self.params()
        self._seed.setEnabled(params.folds != "loo")
        self._values.show_models(params.models)
        count = len(params.values)
        self._section.header.setText(f"{VALUES} ({count})" if count else VALUES)
        self.set_can_run(self._possible)

    def _arrange(self) -> None:
        request = QWidget()
        column = QVBoxLayout(request)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(4)
        for box in self._models.values():
            column.addWidget(box)
        column.addWidget(self._section)
        column.addLayout(self._form())
        column.addWidget(self._ptp)
        column.addWidget(self.words)
        column.addStretch(1)
        self.buttons = QHBoxLayout()
        self.buttons.addWidget(self._run, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addWidget(Column(request), 1)
        whole.addWidget(self._job)
        whole.addLayout(self.buttons)

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, part in (
            ("Folds", self._folds),
            ("Seed", self._seed),
            ("Processes", self._jobs),
        ):
            label = QLabel(title)
            label.setToolTip(part.toolTip())
            form.addRow(label, part)
        return form


def _model_box(name: str, title: str) -> QCheckBox:
    box = QCheckBox(title)
    box.setObjectName(f"validation_model_{name}")
    box.setToolTip(title)
    return box
