"""``demo`` and ``open``: hand over to the window as soon as the arguments are known."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from napari_connectome.commands.arguments import path
from napari_connectome.core.errors import DataError

MATRIX_SUFFIX = ".csv"


def add_to(commands: Any) -> None:
    """Add the commands to the parser."""
    demo = commands.add_parser(
        "demo",
        help="open the demo brain, fitted and ready to click",
        description="Open the demo brain, fitted and ready to click.",
    )
    _add_screenshot(demo)
    demo.set_defaults(run=run_demo)
    opened = commands.add_parser(
        "open",
        help="open a cache folder, a saved model or a regional matrix",
        description="Open an AllenSDK cache folder, a saved model, or a regional matrix (CSV) in "
        "the window.",
    )
    opened.add_argument("path", type=path, metavar="PATH", help="cache folder, model file or CSV")
    _add_screenshot(opened)
    opened.set_defaults(run=run_open)


def run_demo(arguments: Namespace) -> int:
    """Open the demo brain."""
    return _show(None, arguments.screenshot)


def run_open(arguments: Namespace) -> int:
    """Open a folder or file, after a look at whether it is one that can be opened."""
    check_openable(arguments.path)
    return _show(arguments.path, arguments.screenshot)


def check_openable(place: Path) -> None:
    """Refuse what the window could not open, before it appears.

    Raises
    ------
    DataError
        When there is nothing, or neither a cache folder, a saved model nor a matrix.
    """
    if not place.exists():
        raise DataError(
            f"{place} is not there; a cache folder, a model file or a matrix was expected."
        )
    if place.is_dir() or place.suffix == ".json":
        from napari_connectome.data.manifest import Manifest

        Manifest.open(place)
    elif place.suffix.lower() == MATRIX_SUFFIX:
        from napari_connectome.data.regional_files import read_matrix

        read_matrix(place)
    else:
        from napari_connectome.core.io import check_model_file

        check_model_file(place)


def _add_screenshot(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--screenshot",
        type=path,
        metavar="FILE",
        help="save a picture of the fitted brain with a prediction as PNG, and quit",
    )


def _show(target: Path | None, screenshot: Path | None) -> int:
    if screenshot is not None and not screenshot.absolute().parent.is_dir():
        raise DataError(f"The folder {screenshot.absolute().parent} does not exist. Make it first.")
    from napari_connectome.widgets.app import run

    return run(target, screenshot)
