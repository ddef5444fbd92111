"""``export``: regions, experiments, or what to cite, for other programs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from napari_connectome.commands.arguments import path, point_um
from napari_connectome.commands.console import add_json_option, say, say_json
from napari_connectome.commands.output import check_out

TABLES = ("regions", "experiments")


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "export",
        help="write the regions or the experiments of a folder as a table",
        description="Write a table of a cache folder: every region with its volumes and centroids, "
        "or every experiment with what is known of it. Volumes are written by `predict`, matrices "
        "and networks by `matrix`.",
    )
    parser.add_argument("folder", type=path, metavar="DIR", help="cache folder")
    parser.add_argument("table", choices=TABLES, help="what to write")
    parser.add_argument("--out", type=path, required=True, metavar="FILE.csv", help="table")
    parser.add_argument("--resolution", type=int, metavar="UM", help="voxel edge to read, in µm")
    parser.add_argument("--voxels", action="store_true", help="give places as voxels, too")
    parser.add_argument(
        "--bregma",
        type=point_um,
        metavar="AP,DV,ML",
        help="give places in mm anterior, ventral and right of this CCF place in µm, too",
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Read and write."""
    from napari_connectome.core.bregma import Bregma
    from napari_connectome.data.allen_cache import open_cache
    from napari_connectome.data.export.coordinates import with_bregma, with_voxels
    from napari_connectome.data.export.tables import experiment_table, region_table, write_table

    check_out(arguments.out, (".csv",))
    cache = open_cache(arguments.folder, arguments.resolution)
    if arguments.table == "regions":
        table = region_table(cache.atlas)
    else:
        there = frozenset(cache.experiments.on_disk().ids)
        table = experiment_table(tuple(cache.experiments), there)
    if arguments.voxels:
        table = with_voxels(table, cache.resolution_um)
    if arguments.bregma is not None:
        table = with_bregma(table, Bregma(*arguments.bregma))
    write_table(arguments.out, table)
    told = {"file": str(arguments.out), "rows": len(table), "columns": list(table.columns)}
    if arguments.json:
        say_json(told)
    else:
        say(f"{len(table)} {arguments.table} written to {arguments.out}.")
    return 0
