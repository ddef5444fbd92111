"""Statistics in the state: those of the choice, kept, and words where there are none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_connectome.core.analysis.connections import connections_of
from napari_connectome.core.analysis.region_centroids import region_centroids
from napari_connectome.core.analysis.weight_distribution import weight_distribution
from napari_connectome.data.regional_files import write_matrix
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams, StatisticsParams
from napari_connectome.state.runner import ImmediateRunner

ISOCORTEX = 315
MEASURE = "connection_density"
Fitted = tuple[ExplorerState, Controller]


@pytest.fixture
def fitted(small_brain: Path) -> Fitted:
    state = ExplorerState()
    controller = Controller(state, ImmediateRunner())
    controller.load(DatasetParams(path=small_brain), then_fit=True)
    controller.views.need_matrix()
    return state, controller


def ask(fitted: Fitted, **values: Any) -> None:
    state, controller = fitted
    state.statistics_params = StatisticsParams(**values)
    controller.statistics.need()


def test_they_are_those_of_the_chosen_connections(fitted: Fitted) -> None:
    state, _ = fitted
    assert state.statistics is None, "nobody asked yet"
    ask(fitted, within=(ISOCORTEX,), side="contra", measure=MEASURE)
    found = state.statistics
    expected = connections_of(state.matrix, MEASURE, "contra", [ISOCORTEX])
    np.testing.assert_array_equal(found.connections.weights, expected.weights)
    assert found.distribution.best.bic == weight_distribution(expected.weights).best.bic
    distances_mm = region_centroids(state.dataset.atlas).distances_um(state.matrix) / 1000.0
    pairs = found.distance.pairs
    np.testing.assert_allclose(
        found.distance.distances_mm, distances_mm[expected.rows, expected.columns][pairs]
    )


def test_going_back_finds_the_same_object(fitted: Fitted) -> None:
    state, _ = fitted
    ask(fitted, within=(ISOCORTEX,))
    first = state.statistics
    ask(fitted, within=(ISOCORTEX,), side="contra")
    assert state.statistics.connections.side == "contra"
    ask(fitted, within=(ISOCORTEX,))
    assert state.statistics is first


def test_another_matrix_drops_them(fitted: Fitted, tmp_path: Path) -> None:
    state, controller = fitted
    ask(fitted, within=(ISOCORTEX,))
    first = state.statistics
    path = tmp_path / "m.csv"
    write_matrix(path, state.matrix, MEASURE)
    controller.open_matrix(path)
    assert state.statistics is None
    controller.statistics.need()
    assert state.statistics is not first
    # The table has one measure: it is what the statistics are about.
    assert state.statistics.connections.measure == state.matrix.measures[0]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "No connection .* is larger than zero"),
        (0.25, "needs weights that differ"),
        (-1.0, "are negative"),
    ],
)
def test_what_cannot_be_analysed_is_said_in_words(
    fitted: Fitted, tmp_path: Path, value: float, words: str
) -> None:
    state, controller = fitted
    path = tmp_path / "m.csv"
    names = [state.matrix.tree[int(i)].acronym for i in state.matrix.source_ids[:4]]
    heads = [["", *["ipsi"] * 4], ["", *names]]
    lines = [*heads, *([name, *[str(value)] * 4] for name in names)]
    path.write_text("".join(",".join(line) + "\n" for line in lines))
    controller.open_matrix(path)
    controller.statistics.need()
    assert state.statistics is None
    assert re.search(words, state.no_statistics or ""), state.no_statistics


def test_the_data_are_summarised_once(fitted: Fitted) -> None:
    state, controller = fitted
    controller.statistics.need_data()
    first = state.data_summary
    experiments = state.dataset.experiments
    assert sum(one.experiments for one in first) == len(experiments)
    controller.statistics.need_data()
    assert state.data_summary is first
    controller.load(DatasetParams(path=state.dataset_params.path), then_fit=False)
    assert state.data_summary == ()
