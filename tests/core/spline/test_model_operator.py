"""The spline model of the catalog where it is solved without its matrix."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core import memory
from napari_connectome.core.both_sides_connectivity import BothSidesConnectivity
from napari_connectome.core.errors import ModelError
from napari_connectome.core.hold_out import hold_out
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.voxel_left_out import injection_weights
from napari_connectome.core.operator_connectivity import OperatorConnectivity
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import SourceWeights, VoxelSource
from napari_connectome.core.spline import full_rank
from napari_connectome.core.spline.checkpoint import Checkpointing
from napari_connectome.core.spline.lambda_search import LAMBDAS
from napari_connectome.core.spline.nonneg import whole
from tests.core.model_data import ISOCORTEX, THALAMUS, experiment_set
from tests.core.regional_data import region_atlas
from tests.core.spline.planted import with_clouds

VALUES = {"regions": "Isocortex", "min_contained": 0.6, "lam": 0.1}
ENTRY = entry_of("spline")
ATLAS = region_atlas()
EXPERIMENTS = with_clouds(experiment_set(ATLAS, {ISOCORTEX: 8, THALAMUS: 3}))


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat any size as too large for the matrix."""
    monkeypatch.setattr(whole, "MOST_VOXELS", 5)
    monkeypatch.setattr(full_rank, "MOST_VOXELS", 5)


def fit(experiments=EXPERIMENTS, **values):
    return ENTRY.fit(experiments, ATLAS, **ENTRY.values({**VALUES, **values}))


def test_both_sides_are_those_of_the_matrix_cut_off_at_zero(monkeypatch: pytest.MonkeyPatch):
    found = run_to_end(fit())
    assert isinstance(found.connectivity, BothSidesConnectivity)
    assert isinstance(found.connectivity.contra, OperatorConnectivity)
    choice = found.choices["Isocortex"]
    for side in ("ipsi", "contra"):
        figures = choice[side]
        assert figures["lower_bound"] <= figures["objective"]
        assert max(figures["residual"], figures["misfit_check"]) < 1e-5
        assert 0 <= figures["negative_mass"] < 0.5
    monkeypatch.setattr(whole, "MOST_VOXELS", 10_000)
    dense = run_to_end(fit(gap=1e-6))
    place = VoxelSource(ATLAS.um_of_index((4, 2, 7)))
    ours, theirs = found.predict(place).vector, dense.predict(place).vector
    assert ours.min() >= 0
    # W >= 0 as a constraint moves the rest a little, cutting off does not.
    assert np.corrcoef(ours, theirs)[0, 1] > 0.98
    assert (
        dense.choices["Isocortex"]["ipsi"]["objective"]
        < choice["ipsi"]["objective"] + 3 * (choice["ipsi"]["objective_error"])
    )


def test_an_experiment_is_held_out_by_fitting_to_the_others():
    model = run_to_end(fit())
    chosen = int(model.experiment_ids[0])
    found = hold_out(model, EXPERIMENTS, chosen, ask="injection")
    again = run_to_end(fit(EXPERIMENTS.subset(np.flatnonzero(EXPERIMENTS.ids != chosen))))
    source = injection_weights(again, EXPERIMENTS, EXPERIMENTS.row_of(chosen))
    np.testing.assert_array_equal(found.predicted.vector, again.connectivity.from_source(source))


def test_lambda_is_chosen_without_the_matrix_as_well():
    choice = run_to_end(fit(lam=None)).choices["Isocortex"]
    assert choice["lam"] in LAMBDAS
    assert "λ by 5 folds" in choice["how"]


def test_a_fit_that_was_stopped_goes_on_to_the_same_answer(tmp_path):
    place = tmp_path / "fit.npz"
    whole = run_to_end(fit())
    job = ENTRY.fit(EXPERIMENTS, ATLAS, **ENTRY.values(VALUES), checkpoint=Checkpointing(place))
    while next(job).figures.get("residual", 1.0) > 1e-2:
        pass
    job.close()
    assert place.is_file()
    again = Checkpointing(place, resume=True)
    rest = run_to_end(ENTRY.fit(EXPERIMENTS, ATLAS, **ENTRY.values(VALUES), checkpoint=again))
    source = SourceWeights(np.array([3]), np.ones(1))
    np.testing.assert_array_equal(
        rest.connectivity.from_source(source), whole.connectivity.from_source(source)
    )
    assert rest.choices["Isocortex"]["ipsi"]["steps"] == whole.choices["Isocortex"]["ipsi"]["steps"]
    assert not place.exists()


def test_the_size_is_told_and_refused_before_the_fit(monkeypatch: pytest.MonkeyPatch):
    values = ENTRY.values(VALUES)
    assert "solved without W ≥ 0" in ENTRY.outlook(EXPERIMENTS, ATLAS, values)
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    with pytest.raises(ModelError, match="low-rank spline model, fewer regions"):
        ENTRY.outlook(EXPERIMENTS, ATLAS, values)
    with pytest.raises(ModelError, match="low-rank spline model, fewer regions"):
        next(fit())
