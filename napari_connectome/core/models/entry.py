"""What a model of the catalog is: its parameters as a form needs them, and its jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from napari_connectome.core.errors import ModelError
from napari_connectome.core.spline.selection import parse_regions

Kind = Literal["float", "int", "bool", "choice", "regions"]
Value = float | int | bool | str | None


@dataclass(frozen=True)
class Parameter:
    """One parameter of a model, with all that a form needs to show it.

    Parameters
    ----------
    name : str
        Keyword of the estimator.
    title, help : str
        Label and tooltip.
    kind : {"float", "int", "bool", "choice", "regions"}
        What values it takes; regions are acronyms separated by commas.
    default : float, int, bool, str or None
        None means "chosen from the data" and is allowed when `automatic` is set.
    low, high : float, optional
        Inclusive bounds of a number.
    choices : mapping of str to str
        Value to label, for a choice.
    unit : str
        Shown behind the number.
    automatic : bool
        Whether the value may be left to the data.
    relevant : mapping of str to str
        Other parameters' values under which this one has an effect; a form hides it otherwise.
    """

    name: str
    title: str
    help: str
    kind: Kind
    default: Value
    low: float | None = None
    high: float | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    automatic: bool = False
    relevant: Mapping[str, str] = field(default_factory=dict)

    def parse(self, value: object) -> Value:
        """Check and convert a value (a string from a command line, or a form's value).

        Raises
        ------
        ModelError
            When the value is of the wrong kind or out of bounds.
        """
        if value is None or (isinstance(value, str) and value.lower() in ("auto", "none", "")):
            if self.automatic:
                return None
            raise ModelError(f"{self.name} needs a value: {self._expected()}.")
        try:
            return self._checked(self._converted(value))
        except (TypeError, ValueError):
            raise ModelError(f"{self.name} must be {self._expected()}; {value!r} came.") from None

    def _converted(self, value: object) -> float | int | bool | str:
        if self.kind == "choice":
            return str(value)
        if self.kind == "regions":
            return ",".join(parse_regions(str(value))) or _refuse(value)
        if self.kind == "bool":
            words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
            return words[str(value).lower()] if str(value).lower() in words else _refuse(value)
        number = float(str(value))
        if self.kind == "int" and number != int(number):
            raise ValueError(value)
        return int(number) if self.kind == "int" else number

    def _checked(self, value: float | int | bool | str) -> float | int | bool | str:
        if isinstance(value, str):
            known = self.kind == "regions" or value in self.choices
            return value if known else _refuse(value)
        in_bounds = (self.low is None or value >= self.low) and (
            self.high is None or value <= self.high
        )
        return value if in_bounds else _refuse(value)

    def _expected(self) -> str:
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "regions":
            return "acronyms of regions, such as VISp,VISl"
        if self.kind == "bool":
            return "true or false"
        noun = "a whole number" if self.kind == "int" else "a number"
        bounds = [f"at least {self.low:g}"] if self.low is not None else []
        bounds += [f"at most {self.high:g}"] if self.high is not None else []
        return " ".join([noun, " and ".join(bounds)]) + (", or auto" if self.automatic else "")


def _refuse(value: object) -> Any:
    raise ValueError(value)


@dataclass(frozen=True)
class ModelEntry:
    """A model in the catalog.

    Parameters
    ----------
    name : str
        What the command line calls it.
    title, summary, citation : str
        Shown beside the form.
    parameters : tuple of Parameter
        In the order of the form.
    fit : callable
        ``fit(experiments, atlas, **values)``: a job (see :mod:`..progress`) that
        returns a :class:`~napari_connectome.core.models.fitted.FittedModel`.
    left_out : callable, optional
        ``left_out(model, experiments, row, ask)``: a job that returns what the model without
        an experiment predicts for it, where that takes less than fitting again.
    unobserved : callable, optional
        ``unobserved(model, experiments, row)``: rows of the model's target mask where the
        model takes an experiment's projection as unknown; scores leave them out.
    refuses : callable, optional
        ``refuses(experiments, atlas, values)``: mapping of rows of experiments that a model with
        these parameters can neither be fitted to nor asked about, and why.
    again : callable, optional
        ``again(model)``: parameters for fitting to fewer experiments, with hyper-parameters kept
        that were chosen from the data; by default those that were asked for.
    outlook : callable, optional
        ``outlook(experiments, atlas, values)``: what a fit will be about and what it needs, in
        words, told before it starts; it raises what would refuse the fit.
    resumable : bool
        Whether `fit` also takes ``checkpoint``, a
        :class:`~napari_connectome.core.spline.checkpoint.Checkpointing`.
    """

    name: str
    title: str
    summary: str
    citation: str
    parameters: tuple[Parameter, ...]
    fit: Callable[..., Any]
    left_out: Callable[..., Any] | None = None
    unobserved: Callable[..., Any] | None = None
    refuses: Callable[..., Mapping[int, str]] | None = None
    again: Callable[..., Mapping[str, Any]] | None = None
    outlook: Callable[..., str] | None = None
    resumable: bool = False

    def values(self, given: Mapping[str, object]) -> dict[str, Value]:
        """All parameters, the given ones checked and the others at their defaults.

        Raises
        ------
        ModelError
            When a name is unknown or a value is refused.
        """
        known = {p.name: p for p in self.parameters}
        for name in given:
            if name not in known:
                raise ModelError(
                    f"The {self.title} has no parameter {name!r}; it has {', '.join(known)}."
                )
        return {
            name: p.parse(given[name]) if name in given else p.default for name, p in known.items()
        }
