"""Sources as JSON and back: the same source, and every damaged record refused with words."""

from __future__ import annotations

import base64
import copy
import json
import zlib
from typing import Any

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources import (
    CombinedSource,
    GaussianSource,
    RegionSource,
    SourceWeights,
    SphereSource,
    VolumeSource,
    VoxelSource,
    from_record,
    to_record,
)
from tests.core.model_data import SHAPE

SIMPLE = [
    VoxelSource((350.0, 150.25, 730.0)),
    SphereSource((350.0, 150.0, 730.0), 180.5),
    GaussianSource((350.0, 150.0, 730.0), 90.0),
    RegionSource((315, 549)),
    RegionSource((315,), "left"),
]


def painted() -> VolumeSource:
    rng = np.random.default_rng(0)
    return VolumeSource(rng.random(SHAPE) * (rng.random(SHAPE) > 0.9), "pâinted", "as drawn")


def through_json(record: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(record, allow_nan=False))


@pytest.mark.parametrize("source", SIMPLE, ids=lambda s: s.label)
def test_simple_sources_come_back_equal(source):
    assert from_record(through_json(to_record(source))) == source


def test_numpy_numbers_are_plain_numbers():
    point = tuple(np.array([350.0, 150.0, 730.0], dtype=np.float32))
    assert from_record(through_json(to_record(VoxelSource(point)))).point_um == point
    region = RegionSource((np.int64(315),))
    assert from_record(through_json(to_record(region))) == region


def test_a_drawing_comes_back_to_the_last_bit():
    source = painted()
    again = from_record(through_json(to_record(source)))
    assert (again.label, again.scale) == ("pâinted", "as drawn")
    assert again.drawing.shape == SHAPE
    np.testing.assert_array_equal(again.drawing.indices, source.drawing.indices)
    np.testing.assert_array_equal(again.drawing.strengths, source.drawing.strengths)
    assert again.drawing.indices.dtype == np.int64


def test_combined_sources_come_back_with_their_parts():
    inner = CombinedSource(((SIMPLE[0], 0.5), (painted(), 2.0)), "inner", "as drawn")
    again = from_record(through_json(to_record(CombinedSource(((inner, 3.0),), "outer"))))
    assert (again.label, again.scale) == ("outer", "unit-sum")
    ((found, strength),) = again.parts
    assert (found.label, found.scale, strength) == ("inner", "as drawn", 3.0)
    assert found.parts[0] == (SIMPLE[0], 0.5)
    np.testing.assert_array_equal(found.parts[1][0].values, painted().values)


def test_a_large_painted_region_stays_small():
    painted_half = np.zeros((132, 80, 114), dtype=bool)
    painted_half[20:80, 10:50, 60:86] = True
    text = json.dumps(to_record(VolumeSource(painted_half)))
    assert len(text) < 200_000


def changed(record: dict[str, Any], **fields: Any) -> dict[str, Any]:
    new = copy.deepcopy(record)
    for name, value in fields.items():
        if value is None:
            del new[name]
        else:
            new[name] = value
    return new


def packed(values: np.ndarray) -> str:
    return base64.b64encode(zlib.compress(values.tobytes())).decode()


VOXEL, SPHERE, GAUSSIAN, REGION = (to_record(source) for source in SIMPLE[:4])
VOLUME = to_record(VolumeSource(np.ones((2, 2, 2))))
COMBINED = to_record(CombinedSource(((SIMPLE[0], 0.5),), "one"))
DEEP: dict[str, Any] = {"kind": "voxel", "point_um": [1.0, 2.0, 3.0]}
for _ in range(30):
    DEEP = {
        "kind": "combined",
        "label": "",
        "scale": "unit-sum",
        "parts": [{"strength": 1, "source": DEEP}],
    }


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ([], "A record of a source was expected; list came"),
        ({}, "version None came"),
        (changed(VOXEL, version=2), "version 2 came.*Update"),
        (changed(VOXEL, kind=None), "known kind.*None came"),
        (changed(VOXEL, kind="cube"), "'cube' came"),
        (changed(VOXEL, kind=["voxel"]), "came"),
        (changed(VOXEL, point_um=None), "'point_um' .* a list; None came"),
        (changed(VOXEL, point_um=[1, 2]), "three coordinates; 2 came"),
        (changed(VOXEL, point_um=[1, 2, "3"]), "'point_um'.*finite number; '3' came"),
        (changed(VOXEL, point_um=[1, 2, True]), "finite number; True came"),
        (changed(VOXEL, point_um=[1, 2, float("nan")]), "finite number; nan came"),
        (changed(SPHERE, radius_um=None), "'radius_um'.*None came"),
        (changed(GAUSSIAN, sigma_um="wide"), "'sigma_um'.*'wide' came"),
        (changed(REGION, structure_ids=[315.0]), "'structure_ids'.*whole numbers; 315.0 came"),
        (changed(REGION, hemisphere="both"), "'right' or 'left'; 'both' came"),
        (changed(VOLUME, shape=[2, 2]), "Three voxel counts"),
        (changed(VOLUME, shape=[2, 2, -2]), "Three voxel counts"),
        (changed(VOLUME, count=9), "Three voxel counts.*9 came"),
        (changed(VOLUME, count=0), "Three voxel counts"),
        (changed(VOLUME, count=7), "'indices'.*56 bytes"),
        (changed(VOLUME, indices="@@@"), "'indices'.*base64"),
        (changed(VOLUME, indices=base64.b64encode(b"no zlib").decode()), "'indices'.*base64"),
        (changed(VOLUME, indices="é"), "'indices'.*base64"),
        (changed(VOLUME, indices=packed(np.zeros(8, dtype="<i8"))), "Increasing"),
        (changed(VOLUME, strengths=packed(np.full(8, np.nan))), "strengths above 0"),
        (changed(VOLUME, strengths=packed(np.zeros(1 << 20))), "'strengths'.*64 bytes"),
        (changed(VOLUME, scale="big"), "'unit-sum' or 'as drawn'; 'big' came"),
        (changed(VOLUME, label=3), "'label'.*text; 3 came"),
        (changed(COMBINED, parts=[]), "Nothing is chosen"),
        (changed(COMBINED, parts=["x"]), "A part with a source was expected; str came"),
        (changed(COMBINED, parts=[{"strength": 1}]), "A record of a source .*NoneType came"),
        (changed(COMBINED, parts=[{"source": DEEP, "strength": "1"}]), "20 deep"),
        (changed(COMBINED, parts=[{"source": VOXEL, "strength": -1}]), "at least 0"),
        ({"version": 1, **DEEP}, "20 deep"),
    ],
)
def test_damaged_records_are_refused(record, message):
    with pytest.raises(SourceError, match=message):
        from_record(record)


def test_what_is_no_known_source_is_not_saved():
    class Other:
        label = "other"

        def weights(self, atlas: Atlas, mask: VoxelMask) -> SourceWeights:
            raise NotImplementedError

    with pytest.raises(SourceError, match="A Other cannot be saved"):
        to_record(Other())
