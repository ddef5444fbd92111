"""Paths of a source: equal steps, places that are refused by name, lines on a map."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.cortex.view import CorticalView
from napari_connectome.core.errors import OutsideError, SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.source_path import (
    MOST_FRAMES,
    path_on_map,
    path_through,
    read_points,
)
from napari_connectome.core.sources import SphereSource, VoxelSource
from tests.core.cortex.shapes import shell_atlas, shell_views
from tests.core.model_data import ISOCORTEX, small_atlas

SHELL_CORTEX = 315


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return small_atlas()


@pytest.fixture(scope="module")
def mask(atlas: Atlas) -> VoxelMask:
    return VoxelMask.from_atlas(atlas, (ISOCORTEX,), "right")


@pytest.fixture(scope="module")
def shell() -> Atlas:
    return shell_atlas()


@pytest.fixture(scope="module")
def shell_mask(shell: Atlas) -> VoxelMask:
    """Cortex of the shell, which lies on the left: as a right-hemisphere mask."""
    return VoxelMask.from_volume(shell.structure_mask([SHELL_CORTEX])[:, :, ::-1])


def test_steps_are_equal_along_a_bent_line(atlas: Atlas, mask: VoxelMask) -> None:
    corners = [(50.0, 50.0, 750.0), (650.0, 50.0, 750.0), (650.0, 350.0, 750.0)]
    path = path_through(corners, atlas, mask, frames=10)
    expected = [(50.0 + 100 * i, 50.0, 750.0) for i in range(7)]
    expected += [(650.0, 50.0 + 100 * i, 750.0) for i in range(1, 4)]
    np.testing.assert_allclose(path.points_um, expected, atol=1e-9)
    assert path.length_um == pytest.approx(900)


def test_steps_are_as_long_as_a_voxel_unless_said_otherwise(atlas: Atlas, mask: VoxelMask) -> None:
    corners = [(50.0, 50.0, 750.0), (670.0, 50.0, 750.0)]
    assert len(path_through(corners, atlas, mask)) == 7
    assert len(path_through(corners, atlas, mask, step_um=200)) == 4
    assert len(path_through(corners, atlas, mask, step_um=1e6)) == 2


def test_a_path_may_cross_the_midline_and_pass_a_point_twice(atlas: Atlas, mask: VoxelMask) -> None:
    there, back = (150.0, 50.0, 950.0), (150.0, 50.0, 50.0)
    path = path_through([there, there, back, there], atlas, mask, frames=5)
    np.testing.assert_allclose(path.points_um[:, 2], [950, 500, 50, 500, 950])


def test_sources_are_of_the_kind_that_is_asked_for(atlas: Atlas, mask: VoxelMask) -> None:
    path = path_through([(50.0, 50.0, 750.0), (250.0, 50.0, 750.0)], atlas, mask, frames=2)
    assert path.source(1) == VoxelSource((250.0, 50.0, 750.0))
    sphere = path.source(0, SphereSource((0.0, 0.0, 0.0), 150.0))
    assert sphere == SphereSource((50.0, 50.0, 750.0), 150.0)


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (np.zeros((0, 3)), "no point came"),
        ([(50.0, 50.0, 750.0)], "one point came"),
        ([(50.0, 50.0, 750.0)] * 3, "All 3 points"),
        ([(50.0, 50.0), (60.0, 50.0)], "3 coordinates"),
        ([(50.0, 50.0, 750.0), (np.nan, 50.0, 750.0)], "not finite"),
    ],
)
def test_lines_without_a_way_are_refused(
    atlas: Atlas, mask: VoxelMask, points: list[tuple[float, ...]], words: str
) -> None:
    with pytest.raises(SourceError, match=words):
        path_through(points, atlas, mask)


@pytest.mark.parametrize(("name", "value"), [("frames", 1), ("frames", MOST_FRAMES + 1)])
def test_numbers_of_frames_that_make_no_movie(
    atlas: Atlas, mask: VoxelMask, name: str, value: int
) -> None:
    with pytest.raises(SourceError, match=f"{value} were asked for"):
        path_through([(50, 50, 750), (250, 50, 750)], atlas, mask, **{name: value})
    with pytest.raises(SourceError, match="step larger than 0"):
        path_through([(50, 50, 750), (250, 50, 750)], atlas, mask, step_um=0)


def test_a_point_outside_is_named_with_the_nearest_way_in(atlas: Atlas, mask: VoxelMask) -> None:
    inside, thalamus = (50.0, 50.0, 750.0), (50.0, 450.0, 750.0)
    with pytest.raises(OutsideError, match=r"Point 2 .* is TH.* DV 350, ML 750 µm, 100 µm away"):
        path_through([inside, thalamus], atlas, mask)
    with pytest.raises(OutsideError, match=r"Point 1 .* outside the atlas"):
        path_through([(-50.0, 50.0, 750.0), inside], atlas, mask)


def test_a_line_that_leaves_between_two_points_names_the_frame(atlas: Atlas) -> None:
    volume = atlas.structure_mask([ISOCORTEX], "right")
    volume[4:6] = False
    holed = VoxelMask.from_volume(volume)
    ends = [(50.0, 50.0, 750.0), (950.0, 50.0, 750.0)]
    with pytest.raises(OutsideError, match=r"Frame 5 of 10 \(AP 450, DV 50, ML 750 µm\)"):
        path_through(ends, atlas, holed, frames=10)


def test_points_are_read_as_people_write_them() -> None:
    points = read_points(" 8750,1250,8350; 7000 1500 8000\n\n5000, 2000, 7500;")
    assert points.tolist() == [[8750, 1250, 8350], [7000, 1500, 8000], [5000, 2000, 7500]]
    assert read_points("").shape == (0, 3)
    with pytest.raises(SourceError, match=r"Point 2 of the path: three numbers.*'7,x,9' came"):
        read_points("1,2,3;7,x,9")
    with pytest.raises(SourceError, match="Point 1"):
        read_points("1,2")


def ends_on(view: CorticalView) -> list[tuple[float, float]]:
    """First and last pixel of the fullest row of a map, in their middles."""
    row = int(np.argmax((view.lookup >= 0).sum(axis=1)))
    columns = np.flatnonzero(view.lookup[row] >= 0)
    return [(row + 0.5, columns[0] + 0.5), (row + 0.5, columns[-1] + 0.5)]


@pytest.mark.parametrize("depth", [0.0, 0.5, 1.0])
def test_a_line_on_a_map_keeps_its_depth(shell: Atlas, shell_mask: VoxelMask, depth: float) -> None:
    view = shell_views()[0]
    start, end = ends_on(view)
    frames = int(end[1] - start[1]) + 1
    path = path_on_map([start, end], view, shell, shell_mask, depth=depth, frames=frames)
    for column, place in enumerate(path.points_um, start=int(start[1])):
        assert shell.index_of_um(place) == view.voxel_at(int(start[0]), column, depth)
    assert len(path_on_map([start, end], view, shell, shell_mask)) == frames


def test_a_line_that_leaves_the_map_or_meets_no_source_is_refused(
    shell: Atlas, shell_mask: VoxelMask
) -> None:
    view = shell_views()[0]
    start, end = ends_on(view)
    with pytest.raises(OutsideError, match="leaves the map"):
        path_on_map([start, (0.0, 0.0)], view, shell, shell_mask)
    with pytest.raises(SourceError, match="one point"):
        path_on_map([start], view, shell, shell_mask)
    elsewhere = VoxelMask.from_volume(shell.structure_mask([549]))
    with pytest.raises(OutsideError, match=f"row {int(start[0])}, column {int(start[1])}"):
        path_on_map([start, end], view, shell, elsewhere)


def test_where_the_depth_is_no_source_the_nearest_voxel_of_the_path_is_taken(
    shell: Atlas, shell_mask: VoxelMask
) -> None:
    view = shell_views()[0]
    start, _end = ends_on(view)
    row = int(start[0])
    longest = max(
        np.flatnonzero(view.lookup[row] >= 0), key=lambda c: view.lengths[view.lookup[row, c]]
    )
    line = [(row + 0.5, longest + 0.2), (row + 0.5, longest + 0.8)]
    middle = view.voxel_at(row, int(longest), 0.5)
    allowed = shell_mask.row_volume >= 0
    allowed[shell.mirror_index(middle)] = False
    path = path_on_map(line, view, shell, VoxelMask.from_volume(allowed), frames=2)
    for place in path.points_um:
        index = shell.index_of_um(place)
        assert index != middle
        assert allowed[shell.mirror_index(index)]
        assert np.abs(np.subtract(index, middle)).max() == 1
