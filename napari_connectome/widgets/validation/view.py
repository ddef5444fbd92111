"""What to cross-validate at the left, what came out at the right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.state.params import ValidationParams
from napari_connectome.widgets.appearance import FontFollower, HintLabel, WheelGuard, there
from napari_connectome.widgets.button_row import ButtonRow
from napari_connectome.widgets.figure_page import FigurePage
from napari_connectome.widgets.flatmap.info_line import elided_line
from napari_connectome.widgets.frame_table import FrameTable
from napari_connectome.widgets.sections import Column

PAGES = {
    "scores": ("Scores", "Every division, model and score; training errors in parentheses"),
    "errors": ("Errors", "Held-out and training errors by division"),
    "correlation": ("Correlation", "Pearson's r of every held-out experiment"),
    "sources": ("By source", "Pearson's r of held-out experiments by injected region"),
    "scatter": ("Scatter", "Measured against predicted targets of one source region"),
    "details": ("Details", "Every experiment, every fold, every test between two models"),
}
DETAILS = {"experiments": "Experiments", "folds": "Folds", "tests": "Tests between models"}
HINT = (
    "Every model predicts experiments that it has not seen, on the same folds; hyper-parameters "
    "are chosen anew inside of every fold."
)
POINT_HINT = "Point at a target to see what it is; click to select its region in every view."
VALUES_TIP = (
    "Values that every fold chooses from, written MODEL.NAME=VALUE,VALUE; several are separated "
    "by spaces. What is left to the data is chosen in any case."
)
MOST_FOLDS, MOST_JOBS = 100, 64
CONTROLS_PART, PAGE_PART = 2, 7


class ValidationView(QWidget):
    """It knows no models: it says what is asked for, and shows what comes."""

    run_requested = Signal()
    params_changed = Signal(object)
    """ValidationParams as the controls say."""
    page_changed = Signal()
    """Another page, another table or another source is to be shown."""
    export_requested = Signal(str)
    """ "csv", "json" or "figure"."""

    def __init__(self, models: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("validation")
        self._models = {name: _model_box(name, title) for name, title in models.items()}
        self._make_controls()
        self._make_pages()
        self._arrange()
        followers = (self.words, self._run, self.export_button, self._values, self._folds)
        FontFollower(*followers, self._seed, self._jobs, self._source, self._table_choice)
        self.set_params(ValidationParams())
        self.set_words("")
        self._show_page()

    @property
    def page(self) -> str:
        """Which page is shown."""
        return self.pages.key

    @property
    def details(self) -> str:
        """Which table of details is shown."""
        return str(self._table_choice.currentData())

    @property
    def source_id(self) -> int | None:
        """Source region of the scatter."""
        found = self._source.currentData()
        return None if found is None else int(found)

    def params(self) -> ValidationParams:
        """What the controls ask for."""
        count = self._folds.value()
        return ValidationParams(
            models=tuple(name for name, box in self._models.items() if box.isChecked()),
            values=tuple(self._values.text().split()),
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
            self._values.setText(" ".join(params.values))
            is_loo = params.folds == "loo"
            self._folds.setValue(self._folds.minimum() if is_loo else int(params.folds))
            self._seed.setValue(params.seed)
            self._ptp.setChecked(params.power_to_predict)
            self._jobs.setValue(params.n_jobs)
        self._show_seed()

    def set_can_run(self, possible: bool) -> None:
        """Enable the button: there are experiments, and nothing else is running."""
        self._possible = possible
        self._run.setEnabled(possible and bool(self.params().models))

    def set_can_export(self, possible: bool) -> None:
        """Offer to save only what is there."""
        self.export_button.setEnabled(possible)

    def set_words(self, text: str) -> None:
        """Say what came out, or what this is for."""
        self.words.setText(text or HINT)

    def set_sources(self, titles: Mapping[int, str]) -> None:
        """Offer source regions; the chosen one stays, and nothing is emitted."""
        chosen = self.source_id
        with QSignalBlocker(self._source):
            self._source.clear()
            for structure_id, title in titles.items():
                self._source.addItem(title, structure_id)
            at = self._source.findData(chosen)
            self._source.setCurrentIndex(max(0, at))

    def set_source(self, structure_id: int) -> bool:
        """Choose a source region where it is offered; says whether it is another one now."""
        at = self._source.findData(structure_id)
        if at < 0 or at == self._source.currentIndex():
            return False
        with QSignalBlocker(self._source):
            self._source.setCurrentIndex(at)
        return True

    def set_info(self, text: str) -> None:
        """Say what the mouse points at."""
        self._info.setText(text or POINT_HINT)

    def show_table(self) -> None:
        """Bring the table forward."""
        self._stack.setCurrentWidget(self.table)

    def show_figure(self) -> None:
        """Bring the figure, or words in its place, forward."""
        self._stack.setCurrentWidget(self.figure)

    def _make_controls(self) -> None:
        self._possible = False
        self._folds, self._seed, self._jobs = QSpinBox(), QSpinBox(), QSpinBox()
        self._folds.setRange(1, MOST_FOLDS)
        self._folds.setSpecialValueText("Leave one out")
        self._folds.setToolTip("1: every experiment alone; K: K folds of every division")
        self._seed.setRange(0, 10**6)
        self._seed.setToolTip("What decides which experiments are held out together")
        self._jobs.setRange(1, MOST_JOBS)
        self._jobs.setToolTip("Processes for models that are fitted fold by fold")
        self._values = QLineEdit()
        self._values.setPlaceholderText("homogeneous.ridge=0,0.01,0.1")
        self._values.setToolTip(VALUES_TIP)
        self._ptp = QCheckBox("Power to predict")
        self._ptp.setToolTip(
            "Do everything once more with those experiments whose region holds at least three"
        )
        self._run = QPushButton("Cross-validate")
        self._run.clicked.connect(lambda _on: self.run_requested.emit())
        self.export_button = QPushButton("Export")
        self.export_button.setMenu(self._menu())
        self.words = HintLabel()
        for name, part in {
            "folds": self._folds,
            "seed": self._seed,
            "jobs": self._jobs,
            "values": self._values,
            "ptp": self._ptp,
            "run": self._run,
            "export": self.export_button,
            "words": self.words,
        }.items():
            part.setObjectName(f"validation_{name}")
        for box in (self._folds, self._seed, self._jobs):
            box.installEventFilter(WheelGuard(box))
            box.valueChanged.connect(lambda _value: self._on_changed())
        self._values.editingFinished.connect(self._on_changed)
        for tick in (*self._models.values(), self._ptp):
            tick.toggled.connect(lambda _on: self._on_changed())

    def _make_pages(self) -> None:
        self.pages = ButtonRow("validation", PAGES)
        self.pages.chosen.connect(lambda _page: self._on_page())
        self.table = FrameTable("validation_table")
        self.figure = FigurePage("validation_figure")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.figure)
        self._source, self._table_choice = QComboBox(), QComboBox()
        self._source.setObjectName("validation_source")
        self._source.setToolTip("Source region")
        self._table_choice.setObjectName("validation_details")
        for key, title in DETAILS.items():
            self._table_choice.addItem(title, key)
        for box in (self._source, self._table_choice):
            box.installEventFilter(WheelGuard(box))
            box.currentIndexChanged.connect(lambda _index: self.page_changed.emit())
        self._info = elided_line("validation_info")
        self.set_info("")

    def _on_changed(self) -> None:
        self._show_seed()
        self.set_can_run(self._possible)
        self.params_changed.emit(self.params())

    def _show_seed(self) -> None:
        """Leaving one out is decided by nothing."""
        self._seed.setEnabled(self._folds.value() != self._folds.minimum())

    def _on_page(self) -> None:
        self._show_page()
        self.page_changed.emit()

    def _show_page(self) -> None:
        self._source.setVisible(self.page == "scatter")
        self._info.setVisible(self.page == "scatter")
        self._table_choice.setVisible(self.page == "details")

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        texts = {
            "csv": "Scores as CSV…",
            "json": "Everything as JSON…",
            "figure": "Figure of this page…",
        }
        self._exports = {}
        for kind, text in texts.items():
            action = there(menu.addAction(text))
            action.setObjectName(f"validation_export_{kind}")
            action.triggered.connect(lambda _on, k=kind: self.export_requested.emit(k))
            self._exports[kind] = action
        menu.aboutToShow.connect(self._offer_figure)
        return menu

    def _offer_figure(self) -> None:
        self._exports["figure"].setEnabled(self.page in ("errors", "correlation", "scatter"))

    def _arrange(self) -> None:
        controls = QWidget()
        left = QVBoxLayout(controls)
        left.setContentsMargins(0, 0, 4, 0)
        left.setSpacing(4)
        _add_all(left, self._models.values())
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, part in (
            ("Values", self._values),
            ("Folds", self._folds),
            ("Seed", self._seed),
            ("Processes", self._jobs),
        ):
            label = QLabel(title)
            label.setToolTip(part.toolTip())
            form.addRow(label, part)
        left.addLayout(form)
        _add_all(left, (self._ptp, self._run, self.words, self.export_button))
        left.addStretch(1)
        right = QWidget()
        page = QVBoxLayout(right)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(2)
        _add_all(page, (self.pages, self._source, self._table_choice))
        page.addWidget(self._stack, 1)
        page.addWidget(self._info)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.addWidget(Column(controls), CONTROLS_PART)
        row.addWidget(right, PAGE_PART)


def _add_all(layout: QVBoxLayout, parts: Iterable[QWidget]) -> None:
    for part in parts:
        layout.addWidget(part)


def _model_box(name: str, title: str) -> QCheckBox:
    box = QCheckBox(title)
    box.setObjectName(f"validation_model_{name}")
    box.setToolTip(title)
    return box
