"""What is kept of the answers along a path is what the model answers."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.fitted import Direction, FittedModel
from napari_connectome.core.path_answers import answers_along, memory_bytes
from napari_connectome.core.progress import Progress, run_to_end
from napari_connectome.core.source_path import SourcePath, path_through
from napari_connectome.core.sources import SphereSource
from tests.core.model_data import ISOCORTEX, THALAMUS, experiment_set, small_atlas


@pytest.fixture(scope="module")
def model() -> FittedModel:
    atlas = small_atlas()
    experiments = experiment_set(atlas, {ISOCORTEX: 12, THALAMUS: 8})
    return run_to_end(entry_of("voxel").fit(experiments, atlas))


@pytest.fixture(scope="module")
def path(model: FittedModel) -> SourcePath:
    """From the right hemisphere into the left."""
    ends = [(150.0, 150.0, 950.0), (850.0, 250.0, 50.0)]
    return path_through(ends, model.atlas, model.connectivity.source_mask, frames=6)


@pytest.mark.parametrize("direction", ["anterograde", "retrograde"])
def test_every_frame_is_the_answer_to_its_source(
    model: FittedModel, path: SourcePath, direction: Direction
) -> None:
    moments: list[Progress] = []
    answers = run_to_end(answers_along(model, path, direction=direction), moments.append)
    assert len(answers) == 6
    assert [m.done for m in moments] == list(range(6))
    assert all(m.total == 6 for m in moments)
    for frame in range(6):
        expected = model.answer(path.source(frame), direction)
        shown = answers.prediction(frame)
        assert shown.source == expected.source
        assert shown.direction == direction
        top = expected.vector.max()
        np.testing.assert_allclose(shown.vector, expected.vector, rtol=6e-4, atol=1e-7 * top)
        np.testing.assert_allclose(shown.volume(), expected.volume(), rtol=6e-4, atol=1e-7 * top)
    assert answers.sides == ("right",) * 3 + ("left",) * 3
    assert answers.parts.nbytes == memory_bytes(model, 6, direction)


def test_limits_suit_the_brightest_frame(model: FittedModel, path: SourcePath) -> None:
    answers = run_to_end(answers_along(model, path))
    each = [
        np.percentile(v[v > 0], 99.5) for v in (model.predict(s).vector for s in answers.sources)
    ]
    assert answers.limits == (0.0, pytest.approx(max(each)))


def test_the_source_keeps_its_size(model: FittedModel, path: SourcePath) -> None:
    answers = run_to_end(answers_along(model, path, like=SphereSource((0, 0, 0), 150.0)))
    assert all(isinstance(s, SphereSource) and s.radius_um == 150 for s in answers.sources)
