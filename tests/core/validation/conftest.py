"""Data of a small brain for cross-validation."""

from __future__ import annotations

import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.validation.data import ValidationData, validation_data_job
from tests.core.homogeneous_data import homogeneous_experiments
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS, experiment_set
from tests.core.regional_data import region_atlas


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    return region_atlas()


@pytest.fixture(scope="session")
def smooth(atlas: Atlas) -> ValidationData:
    """Smooth projections; the pons has three experiments, so that outer folds leave two."""
    experiments = experiment_set(atlas, {ISOCORTEX: 11, THALAMUS: 6, PONS: 3})
    return run_to_end(validation_data_job(experiments, atlas))


@pytest.fixture(scope="session")
def regional(atlas: Atlas) -> ValidationData:
    """Projections that are the same for all of a region, with noise."""
    experiments, _ = homogeneous_experiments(
        atlas, {ISOCORTEX: 12, THALAMUS: 8, PONS: 5}, noise=0.4
    )
    return run_to_end(validation_data_job(experiments, atlas))
