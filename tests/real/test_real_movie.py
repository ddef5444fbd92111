"""Lines on the published flatmap, through the real cortex."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.errors import OutsideError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.source_path import path_on_map, path_through
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.cortical_views import load_cortical_views

ISOCORTEX = 315


def test_a_line_from_visual_to_motor_cortex_stays_in_the_cortex(realdata: Path) -> None:
    atlas = open_cache(realdata / "allen_cache").atlas
    _top, dorsal = run_to_end(load_cortical_views(atlas, realdata / "cortical_paths"))
    mask = VoxelMask.from_atlas(atlas, atlas.tree.division_ids(), "right")
    regions = dorsal.region_image(atlas)

    def middle(acronym: str) -> tuple[float, float]:
        here = (regions == atlas.tree.by_acronym(acronym).id) & ~dorsal.left_image()
        row, column = np.argwhere(here)[np.count_nonzero(here) // 2].tolist()
        return row + 0.5, column + 0.5

    ends = [middle("VISp"), middle("MOp")]
    path = path_on_map(ends, dorsal, atlas, mask, frames=40)
    found = [atlas.divisions[atlas.index_of_um(place)] for place in path.points_um]
    assert set(found) == {ISOCORTEX}
    named = [atlas.tree[int(atlas.regions[atlas.index_of_um(p)])].acronym for p in path.points_um]
    assert (named[0], named[-1]) == ("VISp", "MOp")
    # In a straight line, the same two places are joined through what lies below.
    cortex = VoxelMask.from_atlas(atlas, (ISOCORTEX,), "right")
    with pytest.raises(OutsideError, match=r"Frame \d+ of 400 .* The nearest one is at"):
        path_through(path.points_um[[0, -1]], atlas, cortex, frames=400)
