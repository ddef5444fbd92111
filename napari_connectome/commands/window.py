"""``demo`` and ``open``: hand over to the window as soon as the arguments are known."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import path
from napari_connectome.core.errors import DataError

if TYPE_CHECKING:
    from napari_connectome.state.exploration_places import Places


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
        help="open a cache folder, a saved model, an exploration or a regional matrix",
        description="Open an AllenSDK cache folder, a saved model, an exploration, or a regional "
        "matrix (CSV) in the window.",
    )
    opened.add_argument(
        "path", type=path, metavar="PATH", help="cache folder, model file, exploration or CSV"
    )
    opened.add_argument(
        "--data", type=path, metavar="DIR", help="where the data of an exploration are now"
    )
    opened.add_argument(
        "--model-file", type=path, metavar="FILE", help="where the model of an exploration is now"
    )
    _add_screenshot(opened)
    opened.set_defaults(run=run_open)


def run_demo(arguments: Namespace) -> int:
    """Open the demo brain."""
    return _show(None, arguments.screenshot)


def run_open(arguments: Namespace) -> int:
    """Open a folder or file, after a look at whether it is one that can be opened."""
    from napari_connectome.state.exploration_places import Places

    place, places = arguments.path, Places(arguments.data, arguments.model_file)
    check_openable(place)
    if arguments.screenshot is not None or places != Places():
        _check_places(place, places)
    return _show(place, arguments.screenshot, places)


def check_openable(place: Path) -> None:
    """Refuse what the window could not open, before it appears.

    Raises
    ------
    DataError
        When there is nothing, or neither a cache folder, a saved model, an exploration nor a
        matrix.
    """
    from napari_connectome.data.matrix_table import is_matrix_file
    from napari_connectome.data.published_model import find_published
    from napari_connectome.state.exploration_file import is_exploration, read_exploration

    if not place.exists():
        raise DataError(
            f"{place} is not there; a cache folder, a model file, an exploration or a matrix was "
            "expected."
        )
    if is_exploration(place):
        read_exploration(place)
    elif find_published(place) is not None:
        return
    elif place.is_dir() or place.suffix == ".json":
        from napari_connectome.data.manifest import Manifest

        Manifest.open(place)
    elif is_matrix_file(place):
        from napari_connectome.data.regional_files import read_matrix

        read_matrix(place)
    else:
        from napari_connectome.core.io import check_model_file

        check_model_file(place)


def _check_places(place: Path, places: Places) -> None:
    """Refuse what the window would have to ask a person about."""
    from napari_connectome.state.exploration_file import is_exploration, read_exploration
    from napari_connectome.state.exploration_places import MovedError, Places, located

    if not is_exploration(place):
        if places != Places():
            raise DataError(f"--data and --model-file belong to an exploration; {place} is none.")
        return
    try:
        located(read_exploration(place), place.absolute(), places)
    except MovedError as moved:
        option = "--data DIR" if moved.kind == "data" else "--model-file FILE"
        raise DataError(f"{moved} ({option})") from moved


def _add_screenshot(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--screenshot",
        type=path,
        metavar="FILE",
        help="save a picture of the fitted brain with a prediction as PNG, and quit",
    )


def _show(target: Path | None, screenshot: Path | None, places: Places | None = None) -> int:
    if screenshot is not None and not screenshot.absolute().parent.is_dir():
        raise DataError(f"The folder {screenshot.absolute().parent} does not exist. Make it first.")
    from napari_connectome.widgets.app import run

    return run(target, screenshot, places)
