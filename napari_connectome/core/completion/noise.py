"""How far observed entries may be missed: estimated from some of them that are held out."""

from __future__ import annotations

import numpy as np

from napari_connectome.core.completion.complete import complete_job
from napari_connectome.core.completion.problem import CompletionProblem
from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Job, stretch

PARTS = (0.5, 0.35, 0.2, 0.1, 0.05, 0.02, 0.0)
"""Candidates for δ in parts of the norm of the observed entries, from smooth to exact."""
HELD_OUT = 0.1
TOL = 1e-3
LEAST_ENTRIES = 20


def estimate_delta_job(problem: CompletionProblem, *, seed: int = 0) -> Job[float]:
    """δ with the smallest error on a tenth of the observed entries, held out at random, as a job.

    Parameters
    ----------
    problem : CompletionProblem
        With at least 20 observed entries.
    seed : int
        Of the choice.
    """
    places = np.argwhere(problem.observed)
    if len(places) < LEAST_ENTRIES:
        raise ModelError(
            f"δ is estimated from at least {LEAST_ENTRIES} observed entries; {len(places)} are "
            "there. Give δ."
        )
    chosen = np.random.default_rng(seed).permutation(len(places))[: int(HELD_OUT * len(places))]
    out = np.zeros(problem.shape, dtype=bool)
    out[tuple(places[chosen].T)] = True
    rest = CompletionProblem(problem.known, problem.observed & ~out)
    errors, iterate = [], None
    for number, part in enumerate(PARTS):
        job = complete_job(rest, delta=part * rest.norm, tol=TOL, start=iterate)
        name = f"δ = {part:g} of the norm"
        found = yield from stretch(job, number, 1, len(PARTS), name)
        iterate = found.iterate
        errors.append(float(((found.matrix - problem.known)[out] ** 2).mean()))
    return PARTS[int(np.argmin(errors))] * problem.norm
