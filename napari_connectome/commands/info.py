"""``info``: what a cache folder or a saved model holds."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import path
from napari_connectome.commands.console import add_json_option, counted, say, say_json, say_table
from napari_connectome.commands.describe import say_choices
from napari_connectome.core.errors import DataError

if TYPE_CHECKING:
    from napari_connectome.core.atlas import Atlas, Hemisphere
    from napari_connectome.data.allen_cache import AllenCache


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "info",
        help="say what a cache folder or a saved model holds",
        description="Say what an AllenSDK cache folder or a saved model holds.",
    )
    parser.add_argument("path", type=path, metavar="PATH", help="cache folder or model file")
    parser.add_argument("--resolution", type=int, metavar="UM", help="of a cache folder, in µm")
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print the description."""
    place: Path = arguments.path
    if not place.exists():
        raise DataError(f"{place} is not there; a cache folder or a model file was expected.")
    if place.is_dir() or place.suffix == ".json":
        from napari_connectome.data.allen_cache import open_cache

        figures = describe_cache(open_cache(place, arguments.resolution))
        say_json(figures) if arguments.json else _say_cache(figures)
        return 0
    if arguments.resolution is not None:
        raise DataError(
            f"{place} is no folder: a model has one resolution. Leave --resolution out."
        )
    from napari_connectome.core.io import describe_model

    figures = describe_model(place)
    say_json(figures) if arguments.json else _say_model(place, figures)
    return 0


def describe_cache(cache: AllenCache) -> dict[str, Any]:
    """Figures of a cache folder; experiments count in the division of their primary structure."""
    from napari_connectome.data.needs import all_needs

    atlas, table = cache.atlas, cache.experiments
    there = table.with_volumes
    summary = cache.tree.assign(cache.tree.summary_ids())
    regions = {summary[i] for i in atlas.structure_ids if i in summary}
    right, left = (_division_voxels(atlas, side) for side in ("right", "left"))
    voxel_mm3 = atlas.voxel_volume_mm3
    listed = Counter(cache.tree.division_of(record.structure_id) for record in table)
    with_volumes = Counter(
        cache.tree.division_of(record.structure_id) for record in table if record.id in there
    )
    region_divisions = Counter(cache.tree.division_of(i) for i in regions)
    return {
        "kind": "cache folder",
        "folder": str(cache.folder),
        "resolution_um": cache.resolution_um,
        "resolutions_um": list(cache.resolutions),
        "shape": list(atlas.shape),
        "template": atlas.template is not None,
        "cortical_paths": cache.cortical_paths is not None,
        "structures": len(cache.tree),
        "regions": len(regions),
        "experiments": len(table),
        "experiments_with_volumes": len(there),
        "wild_type_experiments": sum(record.wild_type for record in table),
        "needs": [asdict(one) | {"text": one.text} for one in all_needs(cache)],
        "divisions": [
            {
                "id": i,
                "acronym": cache.tree[i].acronym,
                "name": cache.tree[i].name,
                "right_mm3": right[i] * voxel_mm3,
                "left_mm3": left[i] * voxel_mm3,
                "regions": region_divisions[i],
                "experiments": listed[i],
                "experiments_with_volumes": with_volumes[i],
            }
            for i in cache.tree.division_ids()
        ],
    }


def _division_voxels(atlas: Atlas, hemisphere: Hemisphere) -> Counter[int]:
    """Voxels of each major division in a hemisphere; those of none of them are under 0."""
    voxels: Counter[int] = Counter()
    for structure_id, count in atlas.voxel_counts(hemisphere).items():
        voxels[atlas.tree.division_of(structure_id) or 0] += count
    return voxels


def _say_cache(figures: dict[str, Any]) -> None:
    others = [f"{r} µm" for r in figures["resolutions_um"] if r != figures["resolution_um"]]
    also = f" (also there: {', '.join(others)})" if others else ""
    box = " × ".join(map(str, figures["shape"]))
    say(figures["folder"])
    say(f"Atlas: {box} voxels of {figures['resolution_um']} µm{also}")
    say(f"Template: {_yes(figures['template'])}, cortical paths: {_yes(figures['cortical_paths'])}")
    say(f"Structures: {figures['structures']}, regions: {figures['regions']}")
    say(
        f"Experiments: {figures['experiments']} listed ({figures['wild_type_experiments']} wild "
        f"type), {figures['experiments_with_volumes']} with volumes here"
    )
    say("To open and fit it takes at most:")
    for one in figures["needs"]:
        say(f"  {one['text']}")
    rows = [
        [
            d["acronym"],
            f"{d['right_mm3']:.3f}",
            f"{d['left_mm3']:.3f}",
            str(d["regions"]),
            str(d["experiments"]),
            str(d["experiments_with_volumes"]),
        ]
        for d in figures["divisions"]
    ]
    say_table(["division", "right mm³", "left mm³", "regions", "listed", "with volumes"], rows)


def _say_model(place: Path, figures: dict[str, Any]) -> None:
    box = " × ".join(map(str, figures["shape"]))
    say(f"{place}: {figures['model']} model, {counted(len(figures['experiments']))}")
    say(f"Atlas: {figures['atlas']}, {box} voxels of {figures['resolution_um']:g} µm")
    say("Parameters: " + ", ".join(f"{k}={_value(v)}" for k, v in figures["parameters"].items()))
    say_choices(figures["choices"])
    for name, value in figures["provenance"].items():
        say(f"{name.replace('_', ' ').capitalize()}: {_value(value)}")
    say(f"Format version {figures['format_version']}, written by {figures['written_by']}")


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _value(value: Any) -> str:
    if value is None:
        return "auto"
    if isinstance(value, dict):
        return ", ".join(f"{k} {_value(v)}" for k, v in value.items() if v not in (None, []))
    if isinstance(value, list):
        return "; ".join(map(_value, value)) or "none"
    return str(value)
