"""``cache``: the ready-made copies that make a folder open fast again."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from napari_connectome.commands.console import add_json_option, say, say_json


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "cache",
        help="say how much room ready-made copies take, or remove them",
        description="Opened experiments are kept in the user's cache folder so that they open "
        "fast again. Say where that is and how much room they take, or remove them.",
    )
    parser.add_argument("--clear", action="store_true", help="remove every copy")
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print what is there, after removing it when that is asked for."""
    from napari_connectome.core.io.user_cache import cache_folder
    from napari_connectome.data.copies import kept_copies, remove_copies

    removed = remove_copies() if arguments.clear else 0
    copies = kept_copies()
    n_bytes = sum(path.stat().st_size for path in copies)
    if arguments.json:
        say_json(
            {
                "folder": str(cache_folder()),
                "copies": len(copies),
                "bytes": n_bytes,
                "removed": removed,
            }
        )
        return 0
    if arguments.clear:
        say(f"Removed {removed} ready-made {'copy' if removed == 1 else 'copies'}.")
    say(f"{cache_folder()}: {len(copies)} ready-made copies, {n_bytes / 1e6:.0f} MB")
    return 0
