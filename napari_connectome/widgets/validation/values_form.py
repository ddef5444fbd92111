"""Values of hyper-parameters that folds choose from: one line of text for each parameter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from napari_connectome.core.models.catalog import ModelEntry, Parameter
from napari_connectome.core.validation.requests import assignment_of
from napari_connectome.widgets.appearance import FontFollower, HintLabel, there
from napari_connectome.widgets.forms import tooltip

HINT = "Several values, separated by commas, compete anew inside of every fold."
Key = tuple[str, str]
"""Model and parameter."""


class ValuesForm(QWidget):
    """Fields of all models; those of the models that are compared are shown.

    Each field is called ``validation_value_MODEL_PARAMETER``; an empty one leaves the parameter
    at its default, which stands in it in grey.

    Parameters
    ----------
    entries : mapping of str to ModelEntry
        Models by name.
    """

    changed = Signal()
    """A person has written a value (setters do not emit)."""

    def __init__(self, entries: Mapping[str, ModelEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("validation_values")
        self._fields: dict[Key, QLineEdit] = {}
        self._groups = {name: self._group(entry) for name, entry in entries.items()}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        hint = HintLabel(HINT)
        column.addWidget(hint)
        for group in self._groups.values():
            column.addWidget(group)
        FontFollower(hint, *self._fields.values())

    def show_models(self, names: Collection[str]) -> None:
        """Show the fields of these models only."""
        for name, group in self._groups.items():
            group.setVisible(name in names)

    def values(self, names: Collection[str]) -> tuple[str, ...]:
        """What is written for these models, as ``MODEL.NAME=VALUE,VALUE``."""
        written = {key: field.text().strip() for key, field in self._fields.items()}
        return tuple(
            f"{model}.{name}={_joined(text)}"
            for (model, name), text in written.items()
            if text and model in names
        )

    def set_values(self, values: Iterable[str]) -> None:
        """Show what is asked for; other fields become empty."""
        asked = {(model, name): given for model, name, given in map(assignment_of, values)}
        for key, field in self._fields.items():
            with QSignalBlocker(field):
                field.setText(", ".join(asked.get(key, ())))

    def _group(self, entry: ModelEntry) -> QWidget:
        group = QWidget()
        form = QFormLayout(group)
        form.setContentsMargins(0, 0, 0, 4)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        title = QLabel(entry.title)
        FontFollower(title)
        form.addRow(title)
        for parameter in entry.parameters:
            field = QLineEdit()
            field.setObjectName(f"validation_value_{entry.name}_{parameter.name}")
            field.setPlaceholderText(_default(parameter))
            field.setToolTip(_tip(parameter))
            field.setMinimumWidth(1)
            field.textEdited.connect(lambda _text: self.changed.emit())
            form.addRow(parameter.title, field)
            there(form.labelForField(field)).setToolTip(_tip(parameter))
            self._fields[entry.name, parameter.name] = field
        return group


def _joined(text: str) -> str:
    return ",".join(part.strip() for part in text.split(",") if part.strip())


def _default(parameter: Parameter) -> str:
    value = parameter.default
    if value is None:
        return "auto"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _tip(parameter: Parameter) -> str:
    choices = f"\n(one of {', '.join(parameter.choices)})" if parameter.choices else ""
    return tooltip(parameter) + choices
