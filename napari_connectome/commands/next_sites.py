"""``next-sites``: where further injections would bring a division nearest to an injection."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import path, whole
from napari_connectome.commands.console import (
    add_json_option,
    note,
    progress,
    say,
    say_json,
    say_table,
)

if TYPE_CHECKING:
    from napari_connectome.core.atlas import Atlas
    from napari_connectome.core.injection_sites import Site

COUNT = 10


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "next-sites",
        help="rank places for further injections",
        description="Rank the places of a major division by how much an injection there would "
        "lower the mean distance from its voxels to the nearest injection, each one given those "
        "above it. A saved model knows the distances to the injections that it was fitted to; "
        "of a data folder every usable experiment is taken.",
    )
    parser.add_argument(
        "path", type=path, metavar="PATH", help="file that `fit` has written, or a cache folder"
    )
    parser.add_argument(
        "--division", required=True, metavar="ACRONYM", help="major division, such as Isocortex"
    )
    parser.add_argument(
        "--count", type=whole, default=COUNT, metavar="N", help=f"how many (default: {COUNT})"
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Rank, and print a table."""
    atlas, division_id, sites = _ranked(arguments)
    if arguments.json:
        say_json(_figures(arguments, atlas, division_id, sites))
        return 0
    division = atlas.tree[division_id]
    if not sites:
        say(f"{division.name}: every voxel is as near to an injection as it can be.")
        return 0
    before, after = sites[0].mean_before_um, sites[-1].mean_after_um
    say(
        f"{division.name}: mean distance to the nearest injection {_um(before)} µm; "
        f"{_um(after)} µm with {len(sites)} more."
    )
    header = ("region", "AP", "DV", "ML", "drop µm", "before µm", "after µm")
    say_table(header, (_row(atlas, site) for site in sites))
    return 0


def _ranked(arguments: Namespace) -> tuple[Atlas, int, list[Site]]:
    from napari_connectome.core.injection_sites import (
        rank_sites_job,
        rank_sites_of_experiments_job,
    )
    from napari_connectome.core.io import load_model
    from napari_connectome.core.progress import run_to_end
    from napari_connectome.data.allen_cache import open_cache
    from napari_connectome.data.tracing import LoadSettings, load_experiments

    if not (arguments.path.is_dir() or arguments.path.suffix == ".json"):
        model = load_model(arguments.path)
        division_id = model.atlas.tree.by_acronym(arguments.division).id
        with progress() as report:
            job = rank_sites_job(model, division_id, arguments.count)
            return model.atlas, division_id, run_to_end(job, report)
    cache = open_cache(arguments.path)
    division_id = cache.tree.by_acronym(arguments.division).id
    with progress() as report:
        loaded = run_to_end(load_experiments(cache, LoadSettings(on_bad="skip")), report)
        job = rank_sites_of_experiments_job(cache.atlas, loaded, division_id, arguments.count)
        sites = run_to_end(job, report)
    for line in loaded.report.notes:
        note(line)
    return cache.atlas, division_id, sites


def _row(atlas: Atlas, site: Site) -> tuple[str, ...]:
    ap, dv, ml = (f"{value:.0f}" for value in site.point_um)
    distances = map(_um, (site.drop_um, site.mean_before_um, site.mean_after_um))
    return (atlas.tree[site.structure_id].acronym, ap, dv, ml, *distances)


def _um(distance: float) -> str:
    return f"{distance:.1f}"


def _figures(
    arguments: Namespace, atlas: Atlas, division_id: int, sites: list[Site]
) -> dict[str, Any]:
    return {
        "path": str(arguments.path),
        "division": {"id": division_id, "acronym": atlas.tree[division_id].acronym},
        "unit": "µm",
        "sites": [
            {
                "rank": rank,
                "structure_id": site.structure_id,
                "acronym": atlas.tree[site.structure_id].acronym,
                "point_um": site.point_um,
                "drop_um": site.drop_um,
                "mean_before_um": site.mean_before_um,
                "mean_after_um": site.mean_after_um,
            }
            for rank, site in enumerate(sites, start=1)
        ],
    }
