"""Folds: everyone is held out once, divisions are shared out evenly, the seed decides."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.errors import ModelError
from napari_connectome.core.validation import make_folds

DIVISIONS = np.repeat([315, 549, 771], [12, 7, 2])


@pytest.mark.parametrize("kind", ["loo", 2, 5, 30])
def test_everyone_is_held_out_once(kind):
    folds = list(make_folds(DIVISIONS, kind))
    np.testing.assert_array_equal(np.sort(np.concatenate([f.test for f in folds])), np.arange(21))
    for fold in folds:
        assert len(fold.test)
        np.testing.assert_array_equal(
            np.sort(np.concatenate([fold.train, fold.test])), np.arange(21)
        )
    assert len(folds) == (5 if kind == 5 else 2 if kind == 2 else 21)


def test_divisions_are_dealt_out_evenly():
    for fold in make_folds(DIVISIONS, 4):
        counts = [np.count_nonzero(DIVISIONS[fold.test] == i) for i in (315, 549, 771)]
        assert counts[0] == 3
        assert counts[1] in (1, 2)
        assert counts[2] in (0, 1)
        assert 5 <= len(fold.test) <= 6


def test_the_seed_decides():
    one, same, other = (make_folds(DIVISIONS, 3, seed=seed).labels for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_only_members_take_part():
    members = np.array([3, 4, 9, 13, 14, 20])
    folds = make_folds(DIVISIONS, "loo", members=members)
    assert [f.test.tolist() for f in folds] == [[i] for i in members.tolist()]
    assert all(len(f.train) == 5 for f in folds)


def test_inner_folds_share_out_the_training_experiments():
    outer = make_folds(DIVISIONS, 3)
    fold = next(iter(outer))
    inner = outer.inner(fold, DIVISIONS)
    assert len(inner) == 3
    np.testing.assert_array_equal(inner.members, fold.train)


@pytest.mark.parametrize("kind", [1, 0, "k", 2.5, True])
def test_other_folds_are_refused(kind):
    with pytest.raises(ModelError, match="at least 2"):
        make_folds(DIVISIONS, kind)
