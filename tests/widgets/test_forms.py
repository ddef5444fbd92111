from __future__ import annotations

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QCheckBox, QComboBox, QSpinBox, QWidget

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.catalog import CATALOG, Parameter
from napari_connectome.widgets.appearance import NumberBox
from napari_connectome.widgets.forms import ParameterForm, tooltip

KERNELS = {"polynomial": "Polynomial", "gaussian": "Gaussian"}
PARAMETERS = (
    Parameter("kernel", "Kernel", "Its shape.", "choice", "polynomial", choices=KERNELS),
    Parameter(
        "reach", "Reach", "Its reach.", "float", None, low=0, high=9000, unit="µm", automatic=True
    ),
    Parameter("degree", "Degree", "Its power.", "int", 2, 0, 10, relevant={"kernel": "polynomial"}),
    Parameter("gamma", "Gamma", "Its width.", "float", 0.05, relevant={"kernel": "gaussian"}),
    Parameter("weighted", "Weighted", "Weighted or not.", "bool", False),
)


@pytest.fixture
def form(qtbot):
    form = ParameterForm(PARAMETERS)
    qtbot.addWidget(form)
    with qtbot.waitExposed(form):
        form.show()
    return form


def test_a_form_starts_at_the_defaults(form):
    assert form.values() == {p.name: p.default for p in PARAMETERS}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kernel", "gaussian"),
        ("reach", 1234.5),
        ("reach", 0.000123456789),
        ("reach", None),
        ("degree", 7),
        ("gamma", 0.0153),
        ("weighted", True),
    ],
)
def test_every_kind_of_value_comes_back_as_it_was_set(qtbot, form, name, value):
    with qtbot.assertNotEmitted(form.changed):
        form.set_values({name: value})
    assert form.values()[name] == value
    assert {k: v for k, v in form.values().items() if k != name} == {
        p.name: p.default for p in PARAMETERS if p.name != name
    }


def test_texts_of_a_command_line_are_read_too(form):
    form.set_values({"degree": "3", "weighted": "yes", "reach": "auto", "gamma": "1e-2"})
    assert form.values() == {
        "kernel": "polynomial",
        "degree": 3,
        "weighted": True,
        "reach": None,
        "gamma": 0.01,
    }


def test_a_refused_value_changes_nothing(form):
    with pytest.raises(ModelError, match="degree"):
        form.set_values({"weighted": True, "degree": 99})
    assert form.values() == {p.name: p.default for p in PARAMETERS}


def test_parameters_without_effect_are_hidden(qtbot, form):
    assert form.is_shown("degree")
    assert not form.is_shown("gamma")
    kernel = form.findChild(QComboBox, "kernel")
    kernel.setFocus()
    with qtbot.waitSignal(form.changed):
        qtbot.keyClick(kernel, Qt.Key.Key_Down)
    assert form.values()["kernel"] == "gaussian"
    assert form.is_shown("gamma")
    assert not form.is_shown("degree")
    assert not form.findChild(QSpinBox, "degree").isVisible()


def test_auto_leaves_the_value_to_the_data(qtbot, form):
    auto, reach = form.findChild(QCheckBox, "reach_auto"), form.findChild(NumberBox, "reach")
    assert auto.isChecked()
    assert not reach.isEnabled()
    with qtbot.waitSignal(form.changed):
        auto.click()
    assert reach.isEnabled()
    reach.selectAll()
    with qtbot.waitSignal(form.changed):
        qtbot.keyClicks(reach, "800")
        qtbot.keyClick(reach, Qt.Key.Key_Return)
    assert form.values()["reach"] == 800.0


def test_a_tick_emits(qtbot, form):
    with qtbot.waitSignal(form.changed):
        form.findChild(QCheckBox, "weighted").click()
    assert form.values()["weighted"] is True


def test_bounds_and_units_are_told(form):
    text = tooltip(PARAMETERS[1])
    assert "at least 0 µm and at most 9000 µm" in text
    assert form.findChild(NumberBox, "reach").suffix() == " µm"
    assert form.findChild(QSpinBox, "degree").maximum() == 10


def test_another_models_parameters_replace_the_first(form):
    form.set_parameters(PARAMETERS[-1:])
    assert form.values() == {"weighted": False}


@pytest.mark.parametrize("name", sorted(CATALOG))
def test_every_model_of_the_catalog_has_a_form(qtbot, name):
    form = ParameterForm(CATALOG[name].parameters)
    qtbot.addWidget(form)
    assert form.values() == {p.name: p.default for p in CATALOG[name].parameters}
    assert all(form.findChild(QWidget, p.name).toolTip() for p in CATALOG[name].parameters)
