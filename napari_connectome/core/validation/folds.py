"""Which experiments are held out together: the same folds for every model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError

Rows = npt.NDArray[np.int64]
Kind = Literal["loo"] | int
"""Leave-one-out, or the number K of folds."""


@dataclass(frozen=True, eq=False)
class Fold:
    """Experiments to fit to, and experiments to predict.

    Parameters
    ----------
    number : int
        0, 1, ...
    train, test : ndarray of int64
        Rows of the experiments, increasing.
    """

    number: int
    train: Rows
    test: Rows


@dataclass(frozen=True, eq=False)
class Folds:
    """A division of experiments into parts that are held out in turn.

    Parameters
    ----------
    kind : "loo" or int
        Leave-one-out, or K.
    members : ndarray of int64
        Rows that take part; others are neither fitted to nor predicted.
    labels : ndarray of int64, shape (len(members),)
        Fold of each of them.
    seed : int
        What decided, for K folds.
    """

    kind: Kind
    members: Rows
    labels: Rows
    seed: int = 0

    def __len__(self) -> int:
        return int(self.labels.max(initial=-1)) + 1

    def __iter__(self) -> Iterator[Fold]:
        for number in range(len(self)):
            out = self.labels == number
            yield Fold(number, self.members[~out], self.members[out])

    def inner(self, fold: Fold, division_ids: Rows) -> Folds:
        """Folds of a fold's training experiments, of the same kind."""
        return make_folds(division_ids, self.kind, members=fold.train, seed=self.seed)


def make_folds(
    division_ids: npt.NDArray[np.int64],
    kind: Kind,
    *,
    members: Rows | None = None,
    seed: int = 0,
) -> Folds:
    """Share experiments out.

    Parameters
    ----------
    division_ids : ndarray of int64, shape (m,)
        Division of each experiment.
    kind : "loo" or int
        Leave-one-out, or K folds: each division's experiments are shuffled and dealt out, so
        that folds are alike. One with fewer than K is missing in some folds.
    members : ndarray of int64, optional
        Rows that take part; by default all.
    seed : int
        Of the shuffling.

    Raises
    ------
    ModelError
        When K is below 2.
    """
    rows = np.arange(len(division_ids)) if members is None else np.sort(members)
    if kind == "loo":
        return Folds(kind, rows, np.arange(len(rows)), seed)
    if isinstance(kind, bool) or not isinstance(kind, int) or kind < 2:
        raise ModelError(f"Folds are 'loo' or a whole number of at least 2; {kind!r} came.")
    rng = np.random.default_rng(seed)
    labels = np.empty(len(rows), dtype=np.int64)
    dealt = 0
    for division_id in dict.fromkeys(division_ids[rows].tolist()):
        ours = rng.permutation(np.flatnonzero(division_ids[rows] == division_id))
        labels[ours] = (dealt + np.arange(len(ours))) % kind
        dealt += len(ours)
    used, numbers = np.unique(labels, return_inverse=True)
    return Folds(kind, rows, numbers.astype(np.int64) if len(used) else labels, seed)
