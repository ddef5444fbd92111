"""``predict``: ask a saved model where a place projects to."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import names, path, point_um, positive, whole
from napari_connectome.commands.console import add_json_option, counted, say, say_json, say_table
from napari_connectome.core.errors import SourceError

if TYPE_CHECKING:
    from napari_connectome.core.atlas import Atlas
    from napari_connectome.core.models.fitted import Prediction
    from napari_connectome.core.sources import Source
    from napari_connectome.core.targets import Measure, RegionValue

MEASURES: dict[str, Measure] = {"density": "mean_density", "strength": "sum_strength"}
SHOWN_EXPERIMENTS = 5


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "predict",
        help="predict where a place projects to",
        description="Ask a saved model where a voxel, a sphere, a Gaussian or whole regions "
        "project to. Needs no data folder. A source in the left hemisphere is answered by the "
        "mirror image of its right-hemisphere twin.",
    )
    parser.add_argument("model", type=path, metavar="MODEL", help="file that `fit` has written")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--at", type=point_um, metavar="AP,DV,ML", help="CCF coordinates in µm")
    where.add_argument(
        "--region", type=names, metavar="ACRONYM,...", help="every source voxel of these regions"
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--radius", type=positive, metavar="UM", help="a sphere about --at")
    size.add_argument("--sigma", type=positive, metavar="UM", help="a Gaussian about --at")
    parser.add_argument(
        "--out", type=path, metavar="VOLUME.nrrd", help="write the predicted volume"
    )
    parser.add_argument(
        "--by",
        choices=tuple(MEASURES),
        default="density",
        help="rank regions by mean density or by summed strength (default: density)",
    )
    parser.add_argument(
        "--top", type=whole, default=20, metavar="N", help="regions to print (default: 20)"
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Predict, write the volume and print the targets."""
    from napari_connectome.core.io import load_model
    from napari_connectome.core.targets import rank_targets

    if arguments.at is None and (arguments.radius or arguments.sigma):
        raise SourceError("--radius and --sigma go with --at; a region has its own size.")
    model = load_model(arguments.model)
    prediction = model.predict(_source(arguments, model.atlas))
    targets = rank_targets(prediction, MEASURES[arguments.by], arguments.top)
    if arguments.out is not None:
        _write(prediction, arguments.out)
    if arguments.json:
        say_json(_figures(prediction, targets, arguments))
    else:
        _say(prediction, targets, arguments)
    return 0


def _source(arguments: Namespace, atlas: Atlas) -> Source:
    from napari_connectome.core.sources import (
        GaussianSource,
        RegionSource,
        SphereSource,
        VoxelSource,
    )

    if arguments.region is not None:
        return RegionSource(tuple(atlas.tree.by_acronym(name).id for name in arguments.region))
    if arguments.radius is not None:
        return SphereSource(arguments.at, arguments.radius)
    if arguments.sigma is not None:
        return GaussianSource(arguments.at, arguments.sigma)
    return VoxelSource(arguments.at)


def _write(prediction: Prediction, out: Path) -> None:
    from napari_connectome.data.nrrd import write_volume

    write_volume(out, prediction.volume(), prediction.model.atlas.resolution_um)


def _say(prediction: Prediction, targets: list[RegionValue], arguments: Namespace) -> None:
    tree, support = prediction.model.atlas.tree, prediction.support
    say(f"{_label(prediction, arguments)}: {_place(prediction, arguments)}")
    say(
        f"Support: {counted(len(support.experiment_ids))} "
        f"({support.effective_experiments:.1f} effective), nearest injection "
        f"{support.nearest_um:.0f} µm away."
    )
    largest = zip(support.experiment_ids[:SHOWN_EXPERIMENTS], support.shares, strict=False)
    say("Largest shares: " + ", ".join(f"{i} ({share:.0%})" for i, share in largest) + ".")
    say(f"Regions by {arguments.by}, in {prediction.model.connectivity.unit}:")
    rows = [
        [
            tree[value.structure_id].acronym,
            value.hemisphere,
            f"{value.mean_density:.4g}",
            f"{value.sum_strength:.4g}",
            f"{value.share:.1%}",
            f"{value.volume_mm3:.3f}",
        ]
        for value in targets
    ]
    say_table(["region", "side", "mean density", "sum", "share", "mm³"], rows)
    if arguments.out is not None:
        say(f"Volume written to {arguments.out}.")


def _figures(
    prediction: Prediction, targets: list[RegionValue], arguments: Namespace
) -> dict[str, Any]:
    tree, support = prediction.model.atlas.tree, prediction.support
    return {
        "model": str(arguments.model),
        "source": {
            "label": _label(prediction, arguments),
            "at_um": arguments.at,
            "radius_um": arguments.radius,
            "sigma_um": arguments.sigma,
            "regions": arguments.region,
            "place": _place(prediction, arguments),
            "hemisphere": "left" if prediction.mirrored else "right",
        },
        "unit": prediction.model.connectivity.unit,
        "support": {
            "experiments": support.experiment_ids.tolist(),
            "shares": support.shares.tolist(),
            "effective_experiments": support.effective_experiments,
            "nearest_um": support.nearest_um,
        },
        "targets": [
            {
                "acronym": tree[value.structure_id].acronym,
                "name": tree[value.structure_id].name,
                "structure_id": value.structure_id,
                "hemisphere": value.hemisphere,
                "mean_density": value.mean_density,
                "sum_strength": value.sum_strength,
                "share": value.share,
                "volume_mm3": value.volume_mm3,
            }
            for value in targets
        ],
        "volume": None if arguments.out is None else str(arguments.out),
    }


def _label(prediction: Prediction, arguments: Namespace) -> str:
    """What was asked: regions by their acronyms, anything else by its own label."""
    return ", ".join(arguments.region) if arguments.region else prediction.source.label


def _place(prediction: Prediction, arguments: Namespace) -> str:
    """Where that is, with the hemisphere."""
    atlas, side = prediction.model.atlas, "left" if prediction.mirrored else "right"
    if arguments.region:
        ids = [atlas.tree.by_acronym(name) for name in arguments.region]
        return f"{', '.join(s.name for s in ids)}; {side} hemisphere"
    structure_id = int(atlas.annotation[atlas.index_of_um(arguments.at)])
    where = atlas.tree[structure_id].name if structure_id else "outside the brain"
    return f"{where}; {side} hemisphere"
