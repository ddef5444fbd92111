"""Requests as a person writes them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models import catalog
from napari_connectome.core.validation.requests import assignment_of, requests_of


def test_every_combination_of_the_values_is_a_candidate() -> None:
    written = ["homogeneous.ridge=0, 0.1", "homogeneous.kappa=100,1000"]
    voxel, homogeneous = requests_of(["voxel", "homogeneous"], map(assignment_of, written))
    assert voxel.candidates == ({},)
    pairs = {(one["ridge"], one["kappa"]) for one in homogeneous.candidates}
    assert pairs == {("0", "100"), ("0", "1000"), ("0.1", "100"), ("0.1", "1000")}


def test_a_set_of_regions_is_one_value(monkeypatch: pytest.MonkeyPatch) -> None:
    regions = catalog.Parameter(
        "regions", "Regions", "Of the model.", "regions", None, automatic=True
    )
    entry = replace(catalog.VOXEL, name="some", parameters=(regions,))
    monkeypatch.setattr(catalog, "CATALOG", {**catalog.CATALOG, "some": entry})
    (request,) = requests_of(["some"], [assignment_of("some.regions=VISp,VISl, CUL4, 5")])
    (values,) = request.values()
    assert values == {"regions": "VISp,VISl,CUL4, 5"}


@pytest.mark.parametrize(
    ("models", "text", "message"),
    [
        (["voxel"], "homogeneous.ridge=0", "for a model that is not compared"),
        (["homogeneous"], "homogeneous.ridge=much", "ridge must be a number"),
        (["homogeneous"], "homogeneous.sigma=1", "no parameter 'sigma'"),
        (["nobody"], "nobody.ridge=1", "no model 'nobody'"),
        (["voxel"], "ridge", "MODEL.NAME=VALUE was expected"),
        (["voxel"], "voxel.degree=,", "MODEL.NAME=VALUE was expected"),
    ],
)
def test_what_is_written_wrongly_is_said(models: list[str], text: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        requests_of(models, [assignment_of(text)])
