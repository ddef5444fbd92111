"""A form made from a model's parameter schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QSpinBox, QWidget

from napari_connectome.core.models.catalog import Kind, Parameter, Value
from napari_connectome.core.structures import StructureTree
from napari_connectome.widgets.appearance import NumberBox, WheelGuard, there
from napari_connectome.widgets.regions_box import RegionsBox

LARGEST_INT = 2**31 - 1
"""What a Qt whole-number field can hold."""


@dataclass(frozen=True)
class Control:
    """A Qt control with one way to read and write it, whatever its kind."""

    widget: QWidget
    read: Callable[[], Value]
    write: Callable[[Any], object]
    changed: Any


class ParameterForm(QWidget):
    """Labelled controls for a model's parameters.

    A parameter that has no effect under the present choices is hidden; its
    value is kept and still reported. Each control carries the parameter's name
    as object name, its "Auto" tick ``<name>_auto``.

    Parameters
    ----------
    parameters : iterable of Parameter
        What to show, in this order; :meth:`set_parameters` replaces it.
    """

    changed = Signal()
    """A person changed a value (setters do not emit)."""

    def __init__(self, parameters: Iterable[Parameter] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("parameter_form")
        self._fields: dict[str, Field] = {}
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.set_parameters(parameters)

    def set_parameters(self, parameters: Iterable[Parameter]) -> None:
        """Show another model's parameters, at their defaults."""
        while self._layout.rowCount():
            self._layout.removeRow(0)
        self._fields = {p.name: Field(p) for p in parameters}
        for field in self._fields.values():
            self._layout.addRow(field.parameter.title, field)
            there(self._layout.labelForField(field)).setToolTip(tooltip(field.parameter))
            field.changed.connect(self._on_changed)
        self._show_relevant()

    def values(self) -> dict[str, Value]:
        """Value of every parameter, None for "chosen from the data"."""
        return {name: field.value() for name, field in self._fields.items()}

    def set_values(self, values: Mapping[str, object]) -> None:
        """Show the given values and leave the others as they are.

        Raises
        ------
        ModelError
            When a value is refused; nothing is changed then.
        """
        parsed = {
            name: self._fields[name].parameter.parse(value)
            for name, value in values.items()
            if name in self._fields
        }
        for name, value in parsed.items():
            self._fields[name].set_value(value)
        self._show_relevant()

    def set_tree(self, tree: StructureTree, present_ids: Iterable[int]) -> None:
        """Offer the regions of an atlas where a parameter is a set of regions."""
        for box in self.findChildren(RegionsBox):
            box.set_tree(tree, present_ids)

    def is_shown(self, name: str) -> bool:
        """Whether a parameter has an effect under the present choices."""
        return self._layout.isRowVisible(self._fields[name])

    def _on_changed(self) -> None:
        self._show_relevant()
        self.changed.emit()

    def _show_relevant(self) -> None:
        values = {name: str(value).casefold() for name, value in self.values().items()}
        for field in self._fields.values():
            conditions = field.parameter.relevant.items()
            relevant = all(values.get(name) == wanted.casefold() for name, wanted in conditions)
            self._layout.setRowVisible(field, relevant)


class Field(QWidget):
    """The control of one parameter, with an "Auto" tick where the data may choose.

    Parameters
    ----------
    parameter : Parameter
        What it edits.
    """

    changed = Signal()

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self._control = _CONTROLS[parameter.kind](parameter)
        self._control.changed.connect(lambda *_: self.changed.emit())
        self._auto = QCheckBox("Auto") if parameter.automatic else None
        self._arrange()
        self.set_value(parameter.default)

    def value(self) -> Value:
        """What the control shows, None for "chosen from the data"."""
        if self._auto is not None and self._auto.isChecked():
            return None
        return self._control.read()

    def set_value(self, value: Value) -> None:
        """Show a value without emitting :attr:`changed`."""
        with QSignalBlocker(self._control.widget):
            if value is not None:
                self._control.write(value)
        if self._auto is not None:
            with QSignalBlocker(self._auto):
                self._auto.setChecked(value is None)
            self._control.widget.setEnabled(value is not None)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        control = self._control.widget
        control.setObjectName(self.parameter.name)
        control.setToolTip(tooltip(self.parameter))
        control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        control.installEventFilter(WheelGuard(control))
        self.setFocusProxy(control)
        row.addWidget(control, 1)
        if self._auto is not None:
            self._auto.setObjectName(f"{self.parameter.name}_auto")
            self._auto.setToolTip("Let the data choose this value during the fit.")
            self._auto.toggled.connect(self._on_auto)
            row.addWidget(self._auto)

    def _on_auto(self, automatic: bool) -> None:
        self._control.widget.setEnabled(not automatic)
        self.changed.emit()


def tooltip(parameter: Parameter) -> str:
    """What a parameter means and which values it takes."""
    unit = f" {parameter.unit}" if parameter.unit else ""
    bounds = [f"at least {parameter.low:g}{unit}"] if parameter.low is not None else []
    bounds += [f"at most {parameter.high:g}{unit}"] if parameter.high is not None else []
    allowed = " and ".join(bounds)
    return f"{parameter.help}\n({allowed})" if allowed else parameter.help


def _float_control(parameter: Parameter) -> Control:
    box = NumberBox(parameter.low, parameter.high, parameter.unit)
    return Control(box, box.value, box.setValue, box.valueChanged)


def _int_control(parameter: Parameter) -> Control:
    box = QSpinBox()
    low = -LARGEST_INT if parameter.low is None else int(parameter.low)
    high = LARGEST_INT if parameter.high is None else int(parameter.high)
    box.setRange(low, high)
    box.setSuffix(f" {parameter.unit}" if parameter.unit else "")
    box.setKeyboardTracking(False)
    return Control(box, box.value, box.setValue, box.valueChanged)


def _bool_control(parameter: Parameter) -> Control:
    del parameter
    box = QCheckBox()
    return Control(box, box.isChecked, box.setChecked, box.toggled)


def _choice_control(parameter: Parameter) -> Control:
    box = QComboBox()
    for value, label in parameter.choices.items():
        box.addItem(label, value)
    return Control(
        box,
        box.currentData,
        lambda value: box.setCurrentIndex(box.findData(value)),
        box.currentIndexChanged,
    )


def _regions_control(parameter: Parameter) -> Control:
    del parameter
    box = RegionsBox()
    return Control(box, box.value, box.set_value, box.changed)


_CONTROLS: Mapping[Kind, Callable[[Parameter], Control]] = {
    "float": _float_control,
    "int": _int_control,
    "bool": _bool_control,
    "choice": _choice_control,
    "regions": _regions_control,
}
