"""``summary``: how well the experiments of a folder cover each division."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import path
from napari_connectome.commands.console import (
    add_json_option,
    note,
    progress,
    say,
    say_json,
    say_table,
)
from napari_connectome.commands.fit import add_filters, load_settings
from napari_connectome.commands.output import FIGURES, check_out
from napari_connectome.core.progress import run_to_end

if TYPE_CHECKING:
    from napari_connectome.core.analysis.data_summary import DivisionSummary, Spread
    from napari_connectome.core.structures import StructureTree

TABLE = ".csv"


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "summary",
        help="summarise the experiments of a cache folder by division",
        description="Count experiments and injected regions of each major division, and measure "
        "volumes and the distance of its voxels to the nearest injection.",
    )
    parser.add_argument("folder", type=path, metavar="DIR", help="cache folder")
    parser.add_argument("--resolution", type=int, metavar="UM", help="voxel edge to read, in µm")
    parser.add_argument(
        "--out",
        type=path,
        metavar="FILE",
        help=f"table ({TABLE}), or figure ({', '.join(FIGURES)})",
    )
    add_filters(parser)
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Load, summarise, write and print."""
    from napari_connectome.core.analysis.data_summary import summary_of_experiments
    from napari_connectome.data.allen_cache import open_cache
    from napari_connectome.data.statistics_table import summary_rows
    from napari_connectome.data.tracing import load_experiments

    if arguments.out is not None:
        check_out(arguments.out, (TABLE, *FIGURES))
    cache = open_cache(arguments.folder, arguments.resolution)
    settings = load_settings(arguments, cache.tree)
    with progress() as report:
        experiments = run_to_end(load_experiments(cache, settings), report)
        summaries = run_to_end(summary_of_experiments(experiments, cache.atlas), report)
    for line in experiments.report.notes:
        note(line)
    if arguments.out is not None:
        _write(arguments, summaries, cache.tree)
    if arguments.json:
        rows = summary_rows(summaries, cache.tree)
        file = None if arguments.out is None else str(arguments.out)
        say_json({"folder": str(arguments.folder), "divisions": rows, "file": file})
    else:
        _say(summaries, cache.tree)
        if arguments.out is not None:
            say(f"Written to {arguments.out}.")
    return 0


def _write(
    arguments: Namespace, summaries: tuple[DivisionSummary, ...], tree: StructureTree
) -> None:
    if arguments.out.suffix.lower() == TABLE:
        from napari_connectome.data.statistics_table import summary_rows, write_rows

        write_rows(arguments.out, summary_rows(summaries, tree))
    else:
        from napari_connectome.figures.saving import save_figure
        from napari_connectome.figures.summary import summary_figure

        save_figure(summary_figure(summaries, tree), arguments.out)


def _say(summaries: tuple[DivisionSummary, ...], tree: StructureTree) -> None:
    say_table(
        [
            *("division", "experiments", "regions", "≥1", "≥2", "≥3", "≥4", "≥5", "mm³"),
            *("nearest mm", "farthest mm", "injected mm³"),
        ],
        [
            [
                tree[one.division_id].acronym,
                str(one.experiments),
                str(one.regions),
                *map(str, one.regions_injected),
                f"{one.volume_mm3:.3f}",
                _number(one.nearest_mm, "mean"),
                _number(one.nearest_mm, "most"),
                _number(one.injection_mm3, "mean"),
            ]
            for one in summaries
        ],
    )
    say("Right hemisphere. ≥k: regions within 200 µm of at least k injection centroids.")
    say("Distance of voxels to the nearest centroid: mean, largest; injected volume: mean.")


def _number(spread: Spread | None, part: str) -> str:
    return "-" if spread is None else f"{getattr(spread, part):.3f}"
