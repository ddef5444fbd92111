"""What to complete at the left, what came out at the right."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.completion.methods import METHODS, method_of
from napari_connectome.core.completion.patterns import TITLES
from napari_connectome.state.params import CompletedMatrix, CompletionParams, MissingPattern
from napari_connectome.widgets.appearance import (
    FontFollower,
    HintLabel,
    NumberBox,
    WheelGuard,
    there,
)
from napari_connectome.widgets.button_row import ButtonRow
from napari_connectome.widgets.figure_page import FigurePage
from napari_connectome.widgets.forms import ParameterForm
from napari_connectome.widgets.sections import Column

SOURCES: Mapping[CompletedMatrix, str] = {
    "model": "Regional matrix",
    "experiments": "Experiments × regions",
    "file": "A table…",
}
PATTERNS: dict[MissingPattern, str] = dict(TITLES.items())
PATTERNS["painted"] = "All but painted cells"
DRAWN = ("random", "rows", "columns")
"""Patterns that are drawn by chance, with a part and a seed."""
PAGES = {
    "matrices": ("Matrices", "What was observed, the completed matrix, and what is known"),
    "removed": ("Removed", "The matrix completed with 90, 80 and 50 % of it removed at random"),
    "spectrum": ("Spectrum", "Singular values and explained variance"),
    "curve": ("Curve", "Error by observed fraction: how many entries would have been enough"),
}
HINT = (
    "Entries are hidden, and found again from the others: the matrix of smallest nuclear norm "
    "that agrees with what is left."
)
MATRIX_TIP = "Show the completed matrix in the matrix view, with marks on what was completed"
MODEL_TIP = (
    "Make it the present model: overlay, flatmap and matrix show what it says of a source. Save "
    "the model to keep it"
)
CONTROLS_PART, PAGE_PART = 2, 6


class CompletionView(QWidget):
    """It knows no matrices: it says what is asked for, and shows what comes."""

    params_changed = Signal(object)
    """CompletionParams as the controls say."""
    open_requested = Signal()
    """A table is to be chosen."""
    run_requested = Signal()
    curve_requested = Signal()
    whole_curve_requested = Signal()
    matrix_requested = Signal()
    """The completed matrix is to be shown in the view of the regional matrix."""
    model_requested = Signal()
    """The completed matrix is to be the present model."""
    page_changed = Signal()
    export_requested = Signal(str)
    """ "csv" or "figure"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("completion")
        self._params = CompletionParams()
        self._make_choices()
        self._make_buttons()
        self.pages = ButtonRow("completion", PAGES)
        self.pages.chosen.connect(lambda _page: self.page_changed.emit())
        self.figure = FigurePage("completion_figure")
        self._form = ParameterForm(())
        self._form.changed.connect(self._on_changed)
        self._arrange()
        FontFollower(
            self.words,
            self.run_button,
            self.curve_button,
            self.whole_button,
            self.matrix_button,
            self.model_button,
        )
        self.set_params(CompletionParams())
        self.set_words("")

    @property
    def page(self) -> str:
        """Which page is shown."""
        return self.pages.key

    def set_page(self, page: str) -> None:
        """Show a page; nothing is emitted."""
        self.pages.set_key(page)

    def set_params(self, params: CompletionParams) -> None:
        """Show a request; nothing is emitted."""
        self._params = params
        with (
            QSignalBlocker(self._source),
            QSignalBlocker(self._pattern),
            QSignalBlocker(self._method),
            QSignalBlocker(self._fraction),
            QSignalBlocker(self._seed),
        ):
            self._source.setCurrentIndex(self._source.findData(params.matrix))
            self._pattern.setCurrentIndex(self._pattern.findData(params.pattern))
            self._method.setCurrentIndex(self._method.findData(params.method))
            self._fraction.setValue(100.0 * params.fraction)
            self._seed.setValue(params.seed)
        self._show_method(params)

    def set_can_run(self, possible: bool) -> None:
        """Enable what needs data and an idle program."""
        for button in (self.run_button, self.curve_button, self.whole_button):
            button.setEnabled(possible)

    def set_has_result(self, complete: bool, *, regional: bool, why_not: str = "") -> None:
        """Offer what can be done with a result; `why_not` says why it is no regional matrix."""
        self.export_button.setEnabled(complete)
        for button, tip in ((self.matrix_button, MATRIX_TIP), (self.model_button, MODEL_TIP)):
            button.setEnabled(regional)
            button.setToolTip(why_not or tip)

    def set_words(self, text: str) -> None:
        """Say what came out, or what this is for."""
        self.words.setText(text or HINT)

    def _make_choices(self) -> None:
        self._source, self._pattern, self._method = QComboBox(), QComboBox(), QComboBox()
        for box, name, titles in (
            (self._source, "completion_source", SOURCES),
            (self._pattern, "completion_pattern", PATTERNS),
            (self._method, "completion_method", {n: m.title for n, m in METHODS.items()}),
        ):
            box.setObjectName(name)
            box.installEventFilter(WheelGuard(box))
            for key, title in titles.items():
                box.addItem(title, key)
            box.currentIndexChanged.connect(lambda _index: self._on_changed())
        self._source.activated.connect(self._on_source)
        self._fraction = NumberBox(0.0, 100.0, "%")
        self._fraction.setObjectName("completion_fraction")
        self._fraction.setToolTip("Part of the known entries that stays observed")
        self._fraction.valueChanged.connect(lambda _value: self._on_changed())
        self._seed = QSpinBox()
        self._seed.setObjectName("completion_seed")
        self._seed.setRange(0, 10**6)
        self._seed.setToolTip("What decides which entries are hidden")
        self._seed.installEventFilter(WheelGuard(self._seed))
        self._seed.valueChanged.connect(lambda _value: self._on_changed())

    def _make_buttons(self) -> None:
        self.run_button = QPushButton("Complete")
        self.run_button.setObjectName("completion_run")
        self.run_button.clicked.connect(lambda _on: self.run_requested.emit())
        self.curve_button = QPushButton("Curve")
        self.curve_button.setObjectName("completion_curve_run")
        self.curve_button.setToolTip(
            "Complete for observed fractions from 0 to 1 in steps of 0.1, one random choice each: "
            "a preview, within about a minute"
        )
        self.curve_button.clicked.connect(lambda _on: self.curve_requested.emit())
        self.matrix_button = QPushButton("Show in matrix")
        self.matrix_button.setObjectName("completion_show")
        self.matrix_button.clicked.connect(lambda _on: self.matrix_requested.emit())
        self.model_button = QPushButton("Use as model")
        self.model_button.setObjectName("completion_use")
        self.model_button.clicked.connect(lambda _on: self.model_requested.emit())
        self.whole_button = QPushButton("Whole curve")
        self.whole_button.setObjectName("completion_curve_whole")
        self.whole_button.setToolTip(
            "Steps of 0.025, 50 random choices each, exact recovery looked for: for large matrices "
            "this takes hours. Cancel keeps what there is; press again to go on"
        )
        self.whole_button.clicked.connect(lambda _on: self.whole_curve_requested.emit())
        self.export_button = QPushButton("Export")
        self.export_button.setObjectName("completion_export")
        menu = QMenu(self)
        for kind, text in (("csv", "Table as CSV…"), ("figure", "Figure of this page…")):
            action = there(menu.addAction(text))
            action.setObjectName(f"completion_export_{kind}")
            action.triggered.connect(lambda _on, k=kind: self.export_requested.emit(k))
        self.export_button.setMenu(menu)
        self.words = HintLabel()
        self.words.setObjectName("completion_words")

    def _on_source(self, _index: int) -> None:
        if self._source.currentData() == "file":
            self.open_requested.emit()

    def _on_changed(self) -> None:
        method = self._method.currentData()
        same = method == self._params.method
        update: dict[str, object] = {
            "matrix": self._source.currentData(),
            "pattern": self._pattern.currentData(),
            "fraction": self._fraction.value() / 100.0,
            "seed": self._seed.value(),
            "method": method,
            "values": self._form.values() if same else {},
        }
        self._params = self._params.model_copy(update=update)
        self._show_method(self._params)
        self.params_changed.emit(self._params)

    def _show_method(self, params: CompletionParams) -> None:
        method = method_of(params.method)
        if self._shown_method != params.method:
            self._shown_method = params.method
            self._form.set_parameters(method.parameters)
            self._method.setToolTip(method.summary)
        self._form.set_values(method.values(params.values))
        self._seed.setEnabled(params.pattern in DRAWN)
        self._fraction.setEnabled(params.pattern in DRAWN)

    _shown_method = ""

    def _arrange(self) -> None:
        controls = QWidget()
        left = QVBoxLayout(controls)
        left.setContentsMargins(0, 0, 4, 0)
        left.setSpacing(4)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, part in (
            ("Matrix", self._source),
            ("Observed", self._pattern),
            ("Part", self._fraction),
            ("Seed", self._seed),
            ("Method", self._method),
        ):
            form.addRow(QLabel(title), part)
        left.addLayout(form)
        left.addWidget(self._form)
        left.addWidget(self.words)
        results = QHBoxLayout()
        results.setSpacing(3)
        results.addWidget(self.matrix_button)
        results.addWidget(self.model_button)
        left.addLayout(results)
        left.addWidget(self.whole_button)
        left.addWidget(self.export_button)
        left.addStretch(1)
        right = QWidget()
        page = QVBoxLayout(right)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(2)
        page.addWidget(self.pages)
        page.addWidget(self.figure, 1)
        # What starts the work stays in sight when the rest scrolls.
        buttons = QHBoxLayout()
        buttons.setSpacing(3)
        buttons.addWidget(self.run_button, 2)
        buttons.addWidget(self.curve_button, 1)
        side = QVBoxLayout()
        side.setSpacing(3)
        side.addLayout(buttons)
        side.addWidget(Column(controls), 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.addLayout(side, CONTROLS_PART)
        row.addWidget(right, PAGE_PART)
