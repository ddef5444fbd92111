"""What to compare, as a person writes it: models, and values of their parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.validation.run import ModelRequest

Assignment = tuple[str, str, tuple[str, ...]]
"""Model, parameter, values."""


def assignment_of(text: str) -> Assignment:
    """``MODEL.NAME=VALUE,...`` taken apart.

    Raises
    ------
    ModelError
        When it is written otherwise.

    Examples
    --------
    >>> assignment_of("homogeneous.ridge=0, 0.1")
    ('homogeneous', 'ridge', ('0', '0.1'))
    """
    name, sign, values = text.partition("=")
    model, dot, parameter = name.strip().partition(".")
    found = tuple(value.strip() for value in values.split(",") if value.strip())
    if not (sign and dot and model and parameter and found):
        raise ModelError(
            f"MODEL.NAME=VALUE was expected, such as homogeneous.kappa=100,1000; {text!r} came"
        )
    return model, parameter, found


def requests_of(models: Sequence[str], assignments: Iterable[Assignment]) -> list[ModelRequest]:
    """The models, with every combination of the values that were given, checked.

    Raises
    ------
    ModelError
        When there is no such model or parameter, a value is refused, or a value is for a model
        that is not compared.
    """
    given: dict[str, dict[str, tuple[str, ...]]] = {name: {} for name in models}
    for model, parameter, values in assignments:
        if model not in given:
            raise ModelError(
                f"{model}.{parameter} is for a model that is not compared ({', '.join(given)})."
            )
        given[model][parameter] = _candidates(model, parameter, values)
    requests = []
    for name, grid in given.items():
        candidates = tuple(dict(zip(grid, one, strict=True)) for one in product(*grid.values()))
        requests.append(ModelRequest(name, candidates))
        requests[-1].values()
    return requests


def _candidates(model: str, name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """A set of regions is one value: models of different regions are not scored on the same."""
    kinds = {parameter.name: parameter.kind for parameter in entry_of(model).parameters}
    return (", ".join(values),) if kinds.get(name) == "regions" else values
