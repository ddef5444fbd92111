"""Draw the picture of the spline page: two sources in VISp, and what the higher areas receive.

    python docs/pictures/retinotopy.py

Fits the low-rank spline model to the demo brain, of which every connection is known.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from napari_connectome.sample_data import folder
from scipy.ndimage import distance_transform_edt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.flatmap import CorticalView, FlatmapProjector
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import VoxelSource
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.cortical_views import load_cortical_views
from napari_connectome.data.simulate.planted import PlantedConnectome
from napari_connectome.data.tracing import load_experiments
from napari_connectome.figures.map_drawing import SOURCE_COLOUR, draw_borders

OUT = Path(__file__).with_name("retinotopy.webp")
SOURCES = ((87, 12, 83), (95, 10, 83))
"""Voxels of VISp, 800 µm apart along AP."""
HIGHER = ("VISal", "VISam", "VISl", "VISpl", "VISpm", "VISli", "VISpor", "VISrl", "VISa")
Vector = np.ndarray


def main() -> None:
    """Fit, ask, draw."""
    data = Path(folder())
    cache = open_cache(data)
    experiments = run_to_end(load_experiments(cache))
    entry = entry_of("low-rank-spline")
    values = entry.values({"rank": 40})
    model = run_to_end(entry.fit(experiments, cache.atlas, **values))
    planted = PlantedConnectome.from_json(data / "ground_truth.json", cache.atlas)
    mask = model.connectivity.target_mask
    rows = {
        "planted": [mask.to_vector(planted.true_column(voxel)) for voxel in SOURCES],
        "low-rank spline model": [
            model.predict(VoxelSource(cache.atlas.um_of_index(voxel))).vector for voxel in SOURCES
        ],
    }
    views = run_to_end(load_cortical_views(cache.atlas, data))
    view = next(view for view in views if view.name == "top")
    picture(view, cache.atlas, mask, rows).savefig(OUT, dpi=160, pil_kwargs={"quality": 90})


def picture(
    view: CorticalView, atlas: Atlas, mask: VoxelMask, rows: dict[str, list[Vector]]
) -> Figure:
    """Maps of the visual areas, and how far what they receive has moved."""
    figure = Figure(figsize=(9.0, 5.6), layout="constrained")
    axes = figure.subplots(2, 3)
    regions = view.region_image(atlas)
    shown = np.isin(regions, [atlas.tree.by_acronym(name).id for name in ("VISp", *HIGHER)])
    shown &= ~view.left_image()
    places = np.argwhere(shown)
    (top, left), (bottom, right) = places.min(axis=0) - 2, places.max(axis=0) + 3
    for line, (name, answers) in zip(axes, rows.items(), strict=True):
        for number, (plot, vector) in enumerate(zip(line, answers, strict=False)):
            image = FlatmapProjector(view, mask).image(vector)
            higher = shown & (regions != atlas.tree.by_acronym("VISp").id)
            limit = float(np.nanmax(np.where(higher, image, 0.0)))
            plot.imshow(image, cmap="inferno", vmin=0, vmax=limit)
            frame(plot, view, regions, atlas)
            where = np.zeros(atlas.shape, dtype=np.float32)
            where[SOURCES[number]] = 1.0
            one = FlatmapProjector(view, mask).image(mask.to_vector(where))
            row, column = np.unravel_index(int(np.nanargmax(one)), one.shape)
            plot.plot(column + 0.5, row + 0.5, "o", mec=SOURCE_COLOUR, mfc="none", ms=9, mew=2)
            plot.set_title(f"source {'AB'[number]}, {name}", fontsize=8)
        arrows(line[2], view, atlas, mask, answers)
        frame(line[2], view, regions, atlas)
        line[2].set_title("shift from A to B, twice its length", fontsize=8)
        for plot in line:
            plot.set(xlim=(left, right), ylim=(bottom, top))
    return figure


def frame(plot: Axes, view: CorticalView, regions: np.ndarray, atlas: Atlas) -> None:
    """Borders and names of the areas on black."""
    plot.set(xticks=[], yticks=[], facecolor="black", aspect="equal")
    draw_borders(plot, view, regions)
    for name in ("VISp", *HIGHER):
        area = (regions == atlas.tree.by_acronym(name).id) & ~view.left_image()
        depth = distance_transform_edt(np.pad(area, 1))[1:-1, 1:-1]
        row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
        plot.text(column + 0.5, row + 0.5, name, color="white", size=6, ha="center", va="center")


def arrows(
    plot: Axes, view: CorticalView, atlas: Atlas, mask: VoxelMask, answers: list[Vector]
) -> None:
    """From the centre of what an area receives from A to that of what it receives from B."""
    projector, regions = FlatmapProjector(view, mask), view.region_image(atlas)
    images = [np.nan_to_num(projector.image(vector)) for vector in answers]
    for name in HIGHER:
        area = (regions == atlas.tree.by_acronym(name).id) & ~view.left_image()
        pixels = np.argwhere(area) + 0.5
        first, second = (image[area] @ pixels / image[area].sum() for image in images)
        (y, x), (down, along) = first, 2 * (second - first)
        plot.arrow(
            x, y, along, down, color=SOURCE_COLOUR, width=0.25, head_width=1.4,
            length_includes_head=True, zorder=5,
        )  # fmt: skip


if __name__ == "__main__":
    main()
