"""``convert``: a published model as a saved one, which opens at once."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from napari_connectome.commands.arguments import path
from napari_connectome.commands.console import counted, progress, say
from napari_connectome.commands.output import check_writable
from napari_connectome.core.progress import run_to_end


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "convert",
        help="save a published voxel model so that it opens at once",
        description="Read the published voxel model (weights, nodes and mask files, CSV or NumPy) "
        "and save it as a model file.",
    )
    parser.add_argument(
        "folder", type=path, metavar="PUBLISHED", help="folder with the files, or one of them"
    )
    parser.add_argument("--out", type=path, required=True, metavar="MODEL", help="file to write")
    parser.add_argument(
        "--atlas",
        type=path,
        metavar="DIR",
        help="cache folder with the atlas (default: the folder of the model, or the one above)",
    )
    parser.add_argument("--no-template", action="store_true", help="leave the template image out")
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Read, and save."""
    from napari_connectome.core.io import save_model
    from napari_connectome.data.published_model import read_published

    check_writable(arguments.out)
    with progress() as report:
        model = run_to_end(read_published(arguments.folder, arguments.atlas), report)
        save_model(model, arguments.out, template=not arguments.no_template, report=report)
    say(f"Published voxel model, {counted(len(model.experiment_ids))}.")
    say(f"Saved as {arguments.out} ({arguments.out.stat().st_size / 1e6:.1f} MB).")
    return 0
