"""From layers to sources: a phantom that is different on every side must land where it lies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from napari.layers import Image, Labels, Layer, Points, Shapes

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.sources import CombinedSource, SphereSource, VolumeSource
from napari_connectome.layers import styles
from napari_connectome.layers.drawing_layers import put_back, set_radius, set_strength
from napari_connectome.layers.drawing_reading import affine_um, can_be_drawn_in, read_layer
from napari_connectome.layers.drawings import source_of
from napari_connectome.layers.drawn_shapes import Unfinished
from napari_connectome.state.params import DrawingParams
from tests.core.model_data import SHAPE, small_atlas

AS_DRAWN = DrawingParams(scale="as drawn")
BLOCK = (slice(2, 5), slice(1, 3), slice(6, 10))
"""Voxels of the atlas: 3 × 2 × 4, off every middle, in the right hemisphere alone."""
UM = ("um", "um", "um")


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return small_atlas()


def phantom() -> np.ndarray:
    """Different along every axis: a block with a heavier corner."""
    volume = np.zeros(SHAPE)
    volume[BLOCK] = 1
    volume[2, 1, 9] = 3
    return volume


def volume_of(layer: Layer, atlas: Atlas, params: DrawingParams = AS_DRAWN) -> np.ndarray:
    source = source_of(read_layer(layer), atlas, params)
    assert isinstance(source, VolumeSource)
    assert source.label == layer.name
    assert source.scale == params.scale
    return source.values


def geometry(res: float, low: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> dict[str, Any]:
    """Scale and translation of a grid whose box begins at `low`."""
    return {"scale": (res,) * 3, "translate": [x + res / 2 for x in low], "units": UM}


def labels(volume: np.ndarray, **placed: Any) -> Labels:
    return Labels(volume.astype(np.uint8), name="Painted", **placed)


@pytest.fixture
def painted(atlas: Atlas) -> Labels:
    return labels(phantom() > 0, **styles.geometry(atlas))


def test_labels_on_the_atlas_grid(atlas: Atlas, painted: Labels) -> None:
    np.testing.assert_array_equal(volume_of(painted, atlas), phantom() > 0)


def test_labels_of_a_finer_grid_that_covers_a_part(atlas: Atlas) -> None:
    fine = np.zeros((20, 12, 24))
    fine[4:10, 0:4, 8:16] = 1  # 50 µm voxels; the box begins at AP 0, DV 100, ML 200
    volume = volume_of(labels(fine, **geometry(50, (0.0, 100.0, 200.0))), atlas)
    np.testing.assert_allclose(volume, phantom() > 0, atol=1e-6)


def test_labels_of_a_coarser_grid_count_by_what_they_cover(atlas: Atlas) -> None:
    coarse = np.zeros((4, 3, 4))
    coarse[1, 0, 3] = 1  # 250 µm: AP 250-500, DV 0-250, ML 750-1000
    volume = volume_of(labels(coarse, **geometry(250)), atlas)
    assert volume[3, 1, 8] == pytest.approx(1)
    assert volume[2, 0, 7] == pytest.approx(0.25)
    assert volume[4, 2, 9] == pytest.approx(0.5)
    assert volume.sum() == pytest.approx(2.5**3)


def test_millimetres_are_converted_and_pixels_are_micrometres(atlas: Atlas) -> None:
    placed = {"scale": (0.1,) * 3, "translate": (0.05,) * 3}
    for units, factor in ((("mm",) * 3, 1.0), (None, 1000.0)):
        scaled = {key: np.multiply(value, factor) for key, value in placed.items()}
        layer = labels(phantom() > 0, units=units, **scaled)
        np.testing.assert_allclose(volume_of(layer, atlas), phantom() > 0, atol=1e-6)


@pytest.mark.filterwarnings("ignore:Non-orthogonal slicing:UserWarning")
def test_an_affine_that_exchanges_and_flips_axes(atlas: Atlas) -> None:
    """Data axes ML (right to left), AP, DV: what a viewer of other conventions writes."""
    turned = np.ascontiguousarray((phantom() > 0)[:, :, ::-1].transpose(2, 0, 1))
    affine = np.array(
        [[0, 100, 0, 50], [0, 0, 100, 50], [-100, 0, 0, 950], [0, 0, 0, 1]], dtype=float
    )
    layer = labels(turned, affine=affine, units=UM)
    np.testing.assert_allclose(affine_um(layer), affine)
    np.testing.assert_allclose(volume_of(layer, atlas), phantom() > 0, atol=1e-6)


def test_sides(atlas: Atlas, painted: Labels) -> None:
    right = volume_of(painted, atlas)
    assert not right[:, :, : atlas.midline].any()
    left = volume_of(painted, atlas, DrawingParams(scale="as drawn", side="mirrored"))
    np.testing.assert_array_equal(left, right[:, :, ::-1])
    both = source_of(read_layer(painted), atlas, DrawingParams(scale="as drawn", side="both"))
    assert isinstance(both, CombinedSource)
    values = [part.values for part, _strength in both.parts if isinstance(part, VolumeSource)]
    np.testing.assert_array_equal(sum(values), right + left)


def test_each_label_has_its_strength(atlas: Atlas) -> None:
    volume = (phantom() > 0).astype(np.uint8)
    volume[2, 1, 9] = 7
    layer = labels(volume, **styles.geometry(atlas))
    set_strength(layer, 7, 3.0)
    np.testing.assert_array_equal(volume_of(layer, atlas), phantom())
    assert [(o.number, o.strength) for o in read_layer(layer).objects] == [(1, 1.0), (7, 3.0)]
    set_strength(layer, 1, 0.0)
    assert volume_of(layer, atlas).sum() == 3


def test_an_image_gives_its_values(atlas: Atlas) -> None:
    layer = Image(phantom(), name="Mask", **styles.geometry(atlas))
    np.testing.assert_allclose(volume_of(layer, atlas), phantom())
    layer = Image([phantom(), phantom()[::2, ::2, ::2]], name="Mask", **styles.geometry(atlas))
    np.testing.assert_allclose(volume_of(layer, atlas), phantom())


def corners(*where: slice, at: float) -> np.ndarray:
    """Outline, in voxel coordinates of the atlas, of a rectangle of a coronal slice."""
    (top, bottom), (left, right) = ((s.start - 0.5, s.stop - 0.5) for s in where)
    return np.array([(at, top, left), (at, top, right), (at, bottom, right), (at, bottom, left)])


def test_a_polygon_is_extruded_to_both_sides_of_its_slice(atlas: Atlas) -> None:
    layer = Shapes(
        [corners(*BLOCK[1:], at=3.0)],
        shape_type="polygon",
        name="Outlined",
        **styles.geometry(atlas),
    )
    volume = volume_of(layer, atlas, DrawingParams(scale="as drawn", depth_um=300.0))
    np.testing.assert_allclose(volume, phantom() > 0, atol=1e-5)


def test_an_ellipse_has_its_area_and_shapes_their_strengths(atlas: Atlas) -> None:
    outline = corners(*BLOCK[1:], at=3.0)
    layer = Shapes(
        [outline, outline],
        shape_type=["ellipse", "rectangle"],
        features={"strength": [2.0, 0.5]},
        name="Outlined",
        **styles.geometry(atlas),
    )
    volume = volume_of(layer, atlas, DrawingParams(scale="as drawn", depth_um=100.0))
    # A polygon of 64 corners is 0.2 % smaller than its ellipse.
    assert volume.sum() == pytest.approx(2 * np.pi * 2 * 4 / 4 + 0.5 * 8, rel=5e-3)
    assert not volume[[2, 4]].any()
    set_strength(layer, 0, 0.0)
    volume = volume_of(layer, atlas, DrawingParams(scale="as drawn", depth_um=100.0))
    assert volume.sum() == pytest.approx(4)


def test_points_are_spheres_with_strengths(atlas: Atlas) -> None:
    layer = Points(
        [(2, 1, 9), (3, 2, 1)],
        size=[2, 6],
        features={"strength": [2.0, 1.0]},
        name="Points",
        **styles.geometry(atlas),
    )
    set_radius(layer, 1, 150.0)
    source = source_of(read_layer(layer), atlas, AS_DRAWN)
    assert isinstance(source, CombinedSource)
    assert source.parts == (
        (SphereSource((250.0, 150.0, 950.0), 100.0), 2.0),
        (SphereSource((350.0, 250.0, 150.0), 150.0), 1.0),
    )
    assert source.scale == "as drawn"
    layer.shown = [True, False]
    assert len(source_of(read_layer(layer), atlas, AS_DRAWN).parts) == 1


def test_layers_that_cannot_be_a_source_are_refused(atlas: Atlas) -> None:
    flat = Labels(np.ones((4, 4), dtype=int), name="Flat")
    photo = Image(np.zeros((4, 4, 4, 3)), rgb=True, name="Photo")
    for layer in (flat, photo):
        assert not can_be_drawn_in(layer)
        with pytest.raises(SourceError, match=f"in three dimensions was expected; {layer.name}"):
            read_layer(layer)


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf, "much"])
def test_bad_strengths_are_named(bad: object) -> None:
    layer = Points([(2, 1, 9), (3, 2, 1)], features={"strength": [1.0, 1.0]}, name="Points")
    layer.features = {"strength": [1.0, bad]}
    with pytest.raises(SourceError, match=r"at least 0 was expected for point 2 of Points"):
        read_layer(layer)


def test_empty_and_open_drawings_are_told_apart(atlas: Atlas) -> None:
    nothing = labels(np.zeros(SHAPE), **styles.geometry(atlas))
    with pytest.raises(SourceError, match="Nothing is drawn"):
        source_of(read_layer(nothing), atlas, AS_DRAWN)
    empty = Shapes(ndim=3, name="Outlined", **styles.geometry(atlas))
    with pytest.raises(SourceError, match="Nothing is drawn"):
        source_of(read_layer(empty), atlas, AS_DRAWN)
    with pytest.raises(SourceError, match="holds no point"):
        source_of(read_layer(Points(ndim=3, name="Points")), atlas, AS_DRAWN)
    empty.add(np.array([(3, 1, 6), (3, 1, 6), (3, 1, 6)]), shape_type="polygon")
    with pytest.raises(Unfinished):
        source_of(read_layer(empty), atlas, AS_DRAWN)
    empty.add(np.array([(3, 1, 6), (3, 2, 6)]), shape_type="line")
    with pytest.raises(SourceError, match="Line 2 of Outlined is open"):
        source_of(read_layer(empty), atlas, AS_DRAWN)


def test_a_drawing_beside_the_atlas_is_refused(atlas: Atlas) -> None:
    far = labels(phantom() > 0, **geometry(100, (1e5, 0.0, 0.0)))
    with pytest.raises(SourceError, match="covers no voxel of the atlas"):
        source_of(read_layer(far), atlas, AS_DRAWN)
    outline = Shapes(
        [corners(*BLOCK[1:], at=300.0)],
        shape_type="polygon",
        name="Far",
        **styles.geometry(atlas),
    )
    with pytest.raises(SourceError, match="Polygon 1 of Far"):
        source_of(read_layer(outline), atlas, AS_DRAWN)


def test_what_was_drawn_can_be_put_back(atlas: Atlas, painted: Labels) -> None:
    outline = Shapes([corners(*BLOCK[1:], at=3.0)], shape_type="ellipse", name="Outlined")
    points = Points([(2, 1, 9), (3, 2, 1)], size=[2, 6], name="Points")
    for layer in (painted, outline, points):
        set_strength(layer, 1 if layer is painted else 0, 2.5)
        before = read_layer(layer)
        if layer is painted:
            painted.data = np.zeros(SHAPE, dtype=np.uint8)
        elif layer is outline:
            outline.add(corners(*BLOCK[1:], at=5.0), shape_type="rectangle")
        else:
            points.add((4, 4, 4))
        set_strength(layer, 1 if layer is painted else 0, 9.0)
        assert read_layer(layer).digest() != before.digest()
        put_back(layer, before)
        assert read_layer(layer).digest() == before.digest()
