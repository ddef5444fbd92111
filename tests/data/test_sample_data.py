"""The demo data set that travels with the program."""

from __future__ import annotations

from collections import Counter

import pytest
from napari_connectome.sample_data import folder

from napari_connectome.core.structures import DIVISION_ACRONYMS
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.simulate import PlantedConnectome


@pytest.fixture(scope="module")
def cache():
    return open_cache(folder())


def test_it_is_small():
    assert sum(p.stat().st_size for p in folder().rglob("*") if p.is_file()) <= 20_000_000


def test_it_has_the_box_of_the_real_data(cache):
    assert cache.resolution_um == 100
    assert cache.atlas.shape == (132, 80, 114)
    assert cache.atlas.template is not None


def test_every_division_has_experiments(cache):
    table = cache.experiments
    assert len(table.on_disk()) >= 120
    divisions = Counter(cache.tree.division_of(r.structure_id) for r in table)
    assert set(divisions) == set(DIVISION_ACRONYMS)
    wild = Counter(cache.tree.division_of(r.structure_id) for r in table if r.wild_type)
    assert min(wild[d] for d in DIVISION_ACRONYMS) >= 3
    assert wild.total() >= 120


def test_the_planted_connectome_can_be_rebuilt(cache):
    planted = PlantedConnectome.from_json(folder() / "ground_truth.json", cache.atlas)
    assert planted.total_projection().min() > 0
