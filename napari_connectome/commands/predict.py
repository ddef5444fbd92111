"""``predict``: ask a saved model where a place projects to."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from math import isnan
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import path, whole
from napari_connectome.commands.console import add_json_option, counted, say, say_json, say_table
from napari_connectome.commands.source_options import (
    add_source_options,
    answer_of,
    check_source_options,
    label_of,
    place_of,
)

if TYPE_CHECKING:
    from napari_connectome.core.connectivity import Support
    from napari_connectome.core.models.fitted import Prediction
    from napari_connectome.core.targets import Measure, RegionValue

MEASURES: dict[str, Measure] = {"density": "mean_density", "strength": "sum_strength"}
SHOWN_EXPERIMENTS = 5


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "predict",
        help="predict where a place projects to",
        description="Ask a saved model where a voxel, a sphere, a Gaussian, whole regions or a "
        "drawing project to, or with --retrograde what projects onto them. Needs no data folder. "
        "What lies in the left hemisphere is answered by the mirror image of its "
        "right-hemisphere twin.",
    )
    parser.add_argument("model", type=path, metavar="MODEL", help="file that `fit` has written")
    add_source_options(parser)
    parser.add_argument(
        "--out",
        type=path,
        metavar="VOLUME",
        help="write the predicted volume (.nrrd, .nii, .nii.gz, .ome.zarr)",
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
    from napari_connectome.core.targets import rank_targets
    from napari_connectome.data.export.volumes import check_volume_name, save_volume
    from napari_connectome.data.model_files import read_model

    check_source_options(arguments)
    if arguments.out is not None:
        check_volume_name(arguments.out)
    model = read_model(arguments.model)
    prediction = answer_of(arguments, model)
    targets = rank_targets(prediction, MEASURES[arguments.by], arguments.top)
    if arguments.out is not None:
        save_volume(prediction, arguments.out)
    if arguments.json:
        say_json(_figures(prediction, targets, arguments))
    else:
        _say(prediction, targets, arguments)
    return 0


def _say(prediction: Prediction, targets: list[RegionValue], arguments: Namespace) -> None:
    tree = prediction.model.atlas.tree
    say(f"{label_of(prediction, arguments)}: {place_of(prediction, arguments)}")
    if prediction.support is not None:
        _say_support(prediction.support)
    listed = "Source regions" if arguments.retrograde else "Regions"
    say(f"{listed} by {arguments.by}, in {prediction.model.connectivity.unit}:")
    rows = [
        [
            tree[value.structure_id].acronym,
            _side(prediction, value),
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


def _side(prediction: Prediction, value: RegionValue) -> str:
    """Side of a region: relative to the place, or its hemisphere when the place is in both."""
    if prediction.side != "both":
        return value.hemisphere
    return "right" if value.hemisphere == "ipsi" else "left"


def _say_support(support: Support) -> None:
    if not len(support.shares):
        say("Support: no experiment is known behind it; the model is a completed matrix.")
        return
    near = "distance of injections not known"
    if not isnan(support.nearest_um):
        near = f"nearest injection {support.nearest_um:.0f} µm away"
    say(
        f"Support: {counted(len(support.experiment_ids))} "
        f"({support.effective_experiments:.1f} effective), {near}."
    )
    largest = zip(support.experiment_ids[:SHOWN_EXPERIMENTS], support.shares, strict=False)
    say("Largest shares: " + ", ".join(f"{i} ({share:.0%})" for i, share in largest) + ".")


def _figures(
    prediction: Prediction, targets: list[RegionValue], arguments: Namespace
) -> dict[str, Any]:
    tree, support = prediction.model.atlas.tree, prediction.support
    return {
        "model": str(arguments.model),
        "source": {
            "label": label_of(prediction, arguments),
            "at_um": arguments.at,
            "radius_um": arguments.radius,
            "sigma_um": arguments.sigma,
            "regions": arguments.region,
            "mask": None if arguments.mask is None else str(arguments.mask),
            "as_drawn": arguments.as_drawn,
            "place": place_of(prediction, arguments),
            "hemisphere": prediction.side,
            "inside_fraction": prediction.inside_fraction,
            "mirror_fraction": prediction.mirror_fraction,
        },
        "direction": prediction.direction,
        "unit": prediction.model.connectivity.unit,
        "support": None
        if support is None
        else {
            "experiments": support.experiment_ids.tolist(),
            "shares": support.shares.tolist(),
            "effective_experiments": support.effective_experiments,
            "nearest_um": None if isnan(support.nearest_um) else support.nearest_um,
        },
        "targets": [
            {
                "acronym": tree[value.structure_id].acronym,
                "name": tree[value.structure_id].name,
                "structure_id": value.structure_id,
                "hemisphere": _side(prediction, value),
                "mean_density": value.mean_density,
                "sum_strength": value.sum_strength,
                "share": value.share,
                "volume_mm3": value.volume_mm3,
            }
            for value in targets
        ],
        "volume": None if arguments.out is None else str(arguments.out),
    }
