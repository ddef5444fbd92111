"""``simulate``: a cache folder with a known answer."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from napari_connectome.commands.arguments import path, whole
from napari_connectome.commands.console import add_json_option, counted, progress, say, say_json
from napari_connectome.core.progress import run_to_end


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "simulate",
        help="simulate tracing experiments from a planted connectome",
        description="Simulate tracing experiments from a planted connectome and write them as an "
        "AllenSDK cache folder, on the demo brain or on the atlas of another folder.",
    )
    parser.add_argument("out", type=path, metavar="OUT", help="folder to make")
    parser.add_argument("--atlas", type=path, metavar="DIR", help="cache folder with the atlas")
    parser.add_argument(
        "--centroids", type=path, metavar="FILE", help="CSV or JSON file of injection centroids"
    )
    parser.add_argument("--resolution", type=whole, metavar="UM", help="voxel edge in µm")
    parser.add_argument("--experiments", type=whole, metavar="N", help="how many experiments")
    parser.add_argument("--seed", type=int, default=0, help="of everything random (default: 0)")
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Simulate into the folder."""
    from napari_connectome.data.allen_cache import open_cache
    from napari_connectome.data.simulate import simulate

    job = simulate(
        arguments.out,
        atlas_folder=arguments.atlas,
        centroids=arguments.centroids,
        resolution_um=arguments.resolution,
        experiments=arguments.experiments,
        seed=arguments.seed,
    )
    with progress() as report:
        folder = run_to_end(job, report)
    count = len(open_cache(folder, arguments.resolution).experiments)
    if arguments.json:
        say_json({"folder": str(folder), "experiments": count, "seed": arguments.seed})
    else:
        say(f"{counted(count)} simulated into {folder}.")
    return 0
