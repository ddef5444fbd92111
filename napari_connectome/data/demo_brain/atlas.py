"""The demo brain's atlas as a whole, and as a folder on disk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.cortex.computed import compute_views
from napari_connectome.core.errors import AtlasError
from napari_connectome.core.progress import Job
from napari_connectome.core.structures import StructureTree
from napari_connectome.data.cortical_views import file_name, write_cortical_view
from napari_connectome.data.demo_brain.grid import RESOLUTIONS_UM, HalfGrid
from napari_connectome.data.demo_brain.parcellation import half_brain
from napari_connectome.data.demo_brain.regions import structure_records
from napari_connectome.data.demo_brain.template import draw_template
from napari_connectome.data.nrrd import write_volume

NAME = "Demo brain (synthetic)"


@dataclass(frozen=True, eq=False)
class DemoAtlas:
    """A synthetic mouse brain, mirror-symmetric about the midline.

    Parameters
    ----------
    structures : list of dict
        Records in the form of an Allen ``structures.json``.
    annotation : ndarray of uint32
        Structure ids; axes AP, DV, ML.
    template : ndarray of float32
        Grey-level image.
    cortical_depth : ndarray of float32
        0 at the pia, 1 at the white matter, NaN outside the isocortex.
    surface_mm : ndarray of float32, shape (*annotation, 2)
        Coordinates on the unfolded cortex (AP; along the outline from the callosal end),
        NaN outside the isocortex.
    resolution_um : int
        Edge of a voxel.
    """

    structures: list[dict[str, Any]]
    annotation: NDArray[np.uint32]
    template: NDArray[np.float32]
    cortical_depth: NDArray[np.float32]
    surface_mm: NDArray[np.float32]
    resolution_um: int

    def atlas(self) -> Atlas:
        """The same as models and views take it."""
        tree = StructureTree.from_records(self.structures)
        return Atlas(tree, self.annotation, self.resolution_um, self.template, NAME)


def build_demo_atlas(resolution_um: int = 100) -> DemoAtlas:
    """Draw the demo brain.

    Parameters
    ----------
    resolution_um : {50, 100, 200, 400}
        Edge of a voxel.

    Returns
    -------
    DemoAtlas
        The same on every call.

    Raises
    ------
    AtlasError
        For another resolution.
    """
    if resolution_um not in RESOLUTIONS_UM:
        raise AtlasError(
            f"The demo brain can be drawn at {', '.join(map(str, RESOLUTIONS_UM))} µm; "
            f"{resolution_um} came."
        )
    grid = HalfGrid(resolution_um)
    half = half_brain(grid)
    annotation = grid.whole(half.annotation).astype(np.uint32)
    depth = grid.whole(half.depth).astype(np.float32)
    parts = [grid.whole(half.surface[..., axis]) for axis in range(2)]
    surface = np.stack(parts, axis=-1).astype(np.float32)
    return DemoAtlas(
        structures=structure_records(),
        annotation=annotation,
        template=grid.whole(draw_template(half.annotation, half.depth)).astype(np.float32),
        cortical_depth=depth,
        surface_mm=surface,
        resolution_um=resolution_um,
    )


def write_demo_atlas(demo: DemoAtlas, folder: Path) -> Job[None]:
    """Write the atlas half of an AllenSDK cache folder (no experiments).

    Maps of the cortex are computed from the annotation, as for any atlas without path files.

    Parameters
    ----------
    demo : DemoAtlas
        What is written.
    folder : Path
        Made when it is not there.
    """
    versioned = folder / "annotation" / "ccf_2017"
    versioned.mkdir(parents=True, exist_ok=True)
    (folder / "structures.json").write_text(json.dumps(demo.structures, indent=1))
    (folder / "mouse_connectivity_manifest.json").write_text(json.dumps(manifest(), indent=1))
    resolution = demo.resolution_um
    write_volume(versioned / f"annotation_{resolution}.nrrd", demo.annotation, resolution)
    # Whole grey levels compress three times better than fractions, and look the same.
    template = np.rint(demo.template).astype(np.uint16)
    write_volume(folder / f"average_template_{resolution}.nrrd", template, resolution)
    paths = folder / "cortical_paths"
    paths.mkdir(exist_ok=True)
    views = yield from compute_views(demo.atlas())
    for view in views:
        write_cortical_view(paths / file_name(view.name, resolution), view)


def manifest() -> dict[str, Any]:
    """Where an AllenSDK MouseConnectivityCache (manifest version 1.3) finds its files."""
    files = {
        "STRUCTURE_TREE": ("structures.json", "BASEDIR"),
        "ANNOTATION": ("annotation_%d.nrrd", "REFERENCE_SPACE_VERSION"),
        "TEMPLATE": ("average_template_%d.nrrd", "BASEDIR"),
        "EXPERIMENTS": ("experiments.json", "BASEDIR"),
        "INJECTION_DENSITY": ("experiment_%d/injection_density_%d.nrrd", "BASEDIR"),
        "INJECTION_FRACTION": ("experiment_%d/injection_fraction_%d.nrrd", "BASEDIR"),
        "PROJECTION_DENSITY": ("experiment_%d/projection_density_%d.nrrd", "BASEDIR"),
        "DATA_MASK": ("experiment_%d/data_mask_%d.nrrd", "BASEDIR"),
        "STRUCTURE_UNIONIZES": ("experiment_%d/structure_unionizes.csv", "BASEDIR"),
    }
    entries: list[dict[str, Any]] = [
        {"type": "manifest_version", "value": 1.3},
        {"key": "BASEDIR", "type": "dir", "spec": "."},
        {
            "key": "REFERENCE_SPACE_VERSION",
            "type": "dir",
            "spec": "%s",
            "parent_key": "BASEDIR",
        },
    ]
    entries += [
        {"key": key, "type": "file", "spec": spec, "parent_key": parent}
        for key, (spec, parent) in files.items()
    ]
    return {"manifest": entries}
