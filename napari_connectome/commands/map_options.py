"""The map of the cortex that a command draws on: options, and where its paths come from."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from napari_connectome.commands.arguments import path
from napari_connectome.commands.console import progress
from napari_connectome.core.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from napari_connectome.core.atlas import Atlas
    from napari_connectome.core.flatmap import CorticalView

VIEWS = ("top", "dorsal")


def add_map_options(parser: ArgumentParser) -> None:
    """Add ``--view`` and ``--paths``."""
    parser.add_argument(
        "--view", choices=VIEWS, default="dorsal", help="top view or flatmap (default: dorsal)"
    )
    parser.add_argument(
        "--paths", type=path, metavar="FOLDER", help="folder of path files, as Allen publishes them"
    )


def map_of(arguments: Namespace, atlas: Atlas) -> CorticalView:
    """The map that the options ask for: read, or computed and kept.

    Raises
    ------
    DataError
        When the folder is none, or a file in it belongs to another atlas.
    """
    from napari_connectome.core.progress import run_to_end
    from napari_connectome.data.cortical_views import load_cortical_views

    folder = arguments.paths
    if folder is not None and not folder.is_dir():
        raise DataError(f"{folder} is no folder; one with path files was expected.")
    with progress() as report:
        views = run_to_end(load_cortical_views(atlas, folder or _demo_paths(atlas)), report)
    return next(view for view in views if view.name == arguments.view)


def _demo_paths(atlas: Atlas) -> Path | None:
    """Folder of the demo brain's path files when the atlas is that of the demo brain."""
    import numpy as np

    from napari_connectome.data.allen_cache import open_cache
    from napari_connectome.sample_data import folder

    demo = open_cache(folder())
    same = np.array_equal(demo.atlas.annotation, atlas.annotation)
    return demo.cortical_paths if same else None
