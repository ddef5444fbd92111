"""``flatmap``: a saved model's answer as a map of the cortex."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import path, positive
from napari_connectome.commands.console import add_json_option, say, say_json
from napari_connectome.commands.map_options import add_map_options, map_of
from napari_connectome.commands.output import FIGURES, check_out
from napari_connectome.commands.source_options import (
    add_source_options,
    answer_of,
    check_source_options,
    label_of,
    place_of,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from napari_connectome.core.atlas import Index
    from napari_connectome.core.flatmap import CorticalView
    from napari_connectome.core.models.fitted import Prediction
    from napari_connectome.figures.flatmap import MapSource

AGGREGATES = {"mean": "mean", "max": "largest", "sum": "summed"}
WIDTH_MM = 170.0


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "flatmap",
        help="draw where a place projects to on a map of the cortex",
        description="Ask a saved model where a place projects to, and draw the answer on the "
        "top view or the flatmap of the cortex. Maps are read from path files, else computed "
        "from the model's own annotation and kept for the next time.",
    )
    parser.add_argument("model", type=path, metavar="MODEL", help="file that `fit` has written")
    add_source_options(parser)
    add_map_options(parser)
    parser.add_argument(
        "--aggregate",
        choices=tuple(AGGREGATES),
        default="mean",
        help="what becomes of the values along a path from pia to white matter (default: mean)",
    )
    parser.add_argument(
        "--depth",
        type=depth_range,
        default=(0.0, 1.0),
        metavar="LOW,HIGH",
        help="part of each path, 0 pia to 1 white matter (default: 0,1)",
    )
    parser.add_argument("--log", action="store_true", help="logarithmic colours")
    parser.add_argument(
        "--width",
        type=positive,
        default=WIDTH_MM,
        metavar="MM",
        help=f"width of the figure (default: {WIDTH_MM:g})",
    )
    parser.add_argument(
        "--out",
        type=path,
        required=True,
        metavar="FILE",
        help=f"figure ({', '.join(FIGURES)}), or values as an array (.npy)",
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def depth_range(text: str) -> tuple[float, float]:
    """Two numbers, ``LOW,HIGH``, 0 <= LOW < HIGH <= 1."""
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        low, high = 0.0, 0.0
    if not 0.0 <= low < high <= 1.0:
        raise ArgumentTypeError(
            f"LOW,HIGH between 0 (pia) and 1 (white matter) was expected, such as 0,0.5; "
            f"{text!r} came"
        )
    return low, high


def run(arguments: Namespace) -> int:
    """Predict, project onto the map, write the figure or the array."""
    from napari_connectome.core.flatmap import FlatmapProjector
    from napari_connectome.core.io.npy import write_npy
    from napari_connectome.data.model_files import read_model

    check_source_options(arguments)
    check_out(arguments.out, (*FIGURES, ".npy"))
    model = read_model(arguments.model)
    prediction = answer_of(arguments, model)
    view = map_of(arguments, model.atlas)
    projector = FlatmapProjector(
        view, prediction.mask, depth=arguments.depth, aggregate=arguments.aggregate
    )
    image = projector.image(prediction.vector, mirrored=prediction.mirrored)
    if arguments.out.suffix.lower() == ".npy":
        write_npy(arguments.out, image)
    else:
        _write_figure(arguments, prediction, view, image)
    _tell(arguments, prediction, view, image)
    return 0


def _write_figure(
    arguments: Namespace,
    prediction: Prediction,
    view: CorticalView,
    image: npt.NDArray[np.float32],
) -> None:
    from napari_connectome.figures.flatmap import flatmap_figure
    from napari_connectome.figures.saving import save_figure

    atlas = prediction.model.atlas
    what = "Input of" if arguments.retrograde else "Projection of"
    low, high = arguments.depth
    about = [
        f"{view.title}, {view.origin}",
        f"{arguments.aggregate} over depths {low:g} to {high:g} (pia 0, white matter 1)",
        *([view.distortion.label] if view.distortion else []),
    ]
    figure = flatmap_figure(
        view,
        image,
        atlas,
        title=f"{what} {label_of(prediction, arguments)}\n{place_of(prediction, arguments)}",
        unit=f"{AGGREGATES[arguments.aggregate]} {prediction.model.connectivity.unit}",
        caption="; ".join(about) + ".",
        log=arguments.log,
        source=_mark(arguments, prediction, view),
        width_mm=arguments.width,
    )
    save_figure(figure, arguments.out)


def _mark(arguments: Namespace, prediction: Prediction, view: CorticalView) -> MapSource | None:
    """What is marked on the map: a place or regions, unless they lie on both sides of it."""
    from napari_connectome.figures.flatmap import MapSource

    atlas = prediction.model.atlas
    if prediction.side == "both":
        return None
    if arguments.mask is not None:
        return MapSource(view.pixel_of(_middle(prediction)))
    if arguments.at is not None:
        return MapSource(view.pixel_of(atlas.index_of_um(arguments.at)))
    ids = [atlas.tree.by_acronym(name).id for name in arguments.region]
    return MapSource(structure_ids=ids, left=prediction.mirrored)


def _middle(prediction: Prediction) -> Index:
    """Drawn voxel that is nearest to the centre of a drawing."""
    import numpy as np

    from napari_connectome.core.source_voxels import source_voxels

    model = prediction.model
    asked = model.asked_voxels(prediction.direction)
    indices, weights = source_voxels(prediction.source, model.atlas, asked)
    places = np.stack(np.unravel_index(indices, model.atlas.shape), axis=1)
    center = np.average(places, axis=0, weights=weights)
    ap, dv, ml = places[np.argmin(((places - center) ** 2).sum(axis=1))].tolist()
    return ap, dv, ml


def _tell(
    arguments: Namespace,
    prediction: Prediction,
    view: CorticalView,
    image: npt.NDArray[np.float32],
) -> None:
    import numpy as np

    atlas = prediction.model.atlas
    row, column = (int(i) for i in np.unravel_index(int(np.nanargmax(image)), image.shape))
    region = int(view.region_image(atlas)[row, column])
    side = "left" if view.left_image()[row, column] else "right"
    unit = prediction.model.connectivity.unit
    where = atlas.tree[region].acronym if region else "no region"
    if not arguments.json:
        say(f"{label_of(prediction, arguments)}: {place_of(prediction, arguments)}")
        say(f"{view.title}: {view.origin}.")
        say(f"Largest value {image[row, column]:.4g} ({unit}), {where}, {side} hemisphere.")
        say(f"Written to {arguments.out}.")
        return
    say_json(
        {
            "model": str(arguments.model),
            "source": label_of(prediction, arguments),
            "direction": prediction.direction,
            "place": place_of(prediction, arguments),
            "view": {"name": view.name, "origin": view.origin, "shape": view.shape},
            "aggregate": arguments.aggregate,
            "depth": arguments.depth,
            "unit": unit,
            "largest": {
                "value": float(image[row, column]),
                "pixel": (row, column),
                "region": where,
                "hemisphere": side,
            },
            "out": str(arguments.out),
        }
    )
