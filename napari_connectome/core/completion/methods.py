"""The methods a person can choose: the one place to add another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from napari_connectome.core.completion import baselines, fixed_rank
from napari_connectome.core.completion.complete import (
    NUCLEAR_NORM,
    SOFT_IMPUTE,
    TOL,
    complete_job,
    soft_impute_job,
)
from napari_connectome.core.completion.noise import estimate_delta_job
from napari_connectome.core.completion.problem import CompletionProblem
from napari_connectome.core.completion.result import Completion
from napari_connectome.core.completion.scaling import TITLES, scaled
from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.catalog import Parameter, Value
from napari_connectome.core.progress import Job, stretch

SCALING = Parameter(
    "scaling",
    "Scaling",
    "What is done to the values before they are completed; it is undone afterwards.",
    "choice",
    "plain",
    choices={str(name): title for name, title in TITLES.items()},
)
PRECISION = Parameter(
    "tol",
    "Relative gap",
    "Certified distance from the optimum at which the solver stops.",
    "float",
    TOL,
    low=1e-10,
    high=0.1,
)
NONNEGATIVE = Parameter(
    "nonnegative", "No negative entries", "Whether no entry may be below 0.", "bool", False
)
RANK = Parameter("rank", "Rank", "Of the completed matrix.", "int", 2, low=1, high=10_000)


@dataclass(frozen=True)
class Method:
    """A way to complete a matrix.

    Parameters
    ----------
    name : str
        What the command line calls it.
    title, summary : str
        Shown beside the form.
    parameters : tuple of Parameter
        In the order of the form; `scaling` is understood by all.
    solve : callable
        ``solve(problem, **values)``: a job that returns a :class:`Completion`.
    """

    name: str
    title: str
    summary: str
    parameters: tuple[Parameter, ...]
    solve: Callable[..., Job[Completion]]

    def values(self, given: Mapping[str, object]) -> dict[str, Value]:
        """All parameters, the given ones checked and the others at their defaults."""
        known = {p.name: p for p in self.parameters}
        for name in given:
            if name not in known:
                raise ModelError(
                    f"{self.title} has no parameter {name!r}; it has {', '.join(known) or 'none'}."
                )
        return {n: p.parse(given[n]) if n in given else p.default for n, p in known.items()}

    def job(self, problem: CompletionProblem, **given: object) -> Job[Completion]:
        """Complete a matrix with this method.

        Raises
        ------
        ModelError
            When a parameter is refused, or the problem does not allow the method.
        """
        values: dict[str, Any] = self.values(given)
        changed = scaled(problem, values.pop("scaling"))
        found = yield from self.solve(changed.problem, **values)
        return changed.back(found, problem)


def _nuclear_norm(
    problem: CompletionProblem, *, delta: float | None, tol: float, nonnegative: bool
) -> Job[Completion]:
    """With `delta` as a part of the norm of what is observed; None is estimated."""
    if delta is None:
        level = yield from stretch(estimate_delta_job(problem), 0, 1, 2, "Estimating δ")
        job = complete_job(problem, delta=level, tol=tol, nonnegative=nonnegative)
        return (yield from stretch(job, 1, 1, 2))
    level = delta * problem.norm
    return (yield from complete_job(problem, delta=level, tol=tol, nonnegative=nonnegative))


def _soft_impute(
    problem: CompletionProblem, *, penalty: float, tol: float, nonnegative: bool
) -> Job[Completion]:
    """With `penalty` as a part of the largest singular value."""
    largest = float(np.linalg.norm(problem.known, 2))
    level = penalty * largest if largest else 1.0
    return (yield from soft_impute_job(problem, penalty=level, tol=tol, nonnegative=nonnegative))


METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        Method(
            NUCLEAR_NORM,
            "Nuclear norm",
            "The matrix with the smallest sum of singular values that keeps the observed entries, "
            "or misses them by at most δ. Convex: the answer is the best one, and certified.",
            (
                Parameter(
                    "delta",
                    "δ",
                    "How far observed entries may be missed, as a part of their norm; 0 keeps "
                    "them. Auto estimates it from entries that are held out.",
                    "float",
                    0.0,
                    low=0.0,
                    high=2.0,
                    automatic=True,
                ),
                NONNEGATIVE,
                SCALING,
                PRECISION,
            ),
            _nuclear_norm,
        ),
        Method(
            SOFT_IMPUTE,
            "Soft-impute",
            "Squared error of the observed entries plus λ times the sum of singular values.",
            (
                Parameter(
                    "penalty",
                    "λ",
                    "Penalty, as a part of the largest singular value of what is observed.",
                    "float",
                    0.05,
                    low=1e-6,
                    high=1.0,
                ),
                NONNEGATIVE,
                SCALING,
                PRECISION,
            ),
            _soft_impute,
        ),
        Method(
            fixed_rank.RANK_K,
            "Truncated SVD",
            "Fills in, keeps the strongest components, and again. Depends on its start.",
            (RANK, SCALING),
            fixed_rank.rank_k_job,
        ),
        Method(
            fixed_rank.ALTERNATING,
            "Alternating least squares",
            "Two thin factors, each by least squares given the other. Depends on its start.",
            (RANK, SCALING),
            fixed_rank.alternating_job,
        ),
        Method(
            "row-mean",
            "Row means",
            "A baseline: the mean of the row.",
            (SCALING,),
            baselines.row_mean_job,
        ),
        Method(
            "column-mean",
            "Column means",
            "A baseline: the mean of the column.",
            (SCALING,),
            baselines.column_mean_job,
        ),
        Method(
            "row-and-column-mean",
            "Row and column means",
            "A baseline: a value of the row plus one of the column.",
            (SCALING,),
            baselines.additive_job,
        ),
    )
}
"""Every method by name, in the order of the list."""


def method_of(name: str) -> Method:
    """A method by its name.

    Raises
    ------
    ModelError
        When there is none.
    """
    if name not in METHODS:
        raise ModelError(f"There is no method {name!r}; choose one of: {', '.join(METHODS)}.")
    return METHODS[name]
