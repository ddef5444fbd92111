"""The place that a command asks a model about: options, source, and words for it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from napari_connectome.commands.arguments import names, point_um, positive
from napari_connectome.core.errors import SourceError

if TYPE_CHECKING:
    from napari_connectome.core.atlas import Atlas
    from napari_connectome.core.models.fitted import Direction, FittedModel, Prediction
    from napari_connectome.core.sources import Source


def add_source_options(parser: ArgumentParser) -> None:
    """Add ``--at`` with ``--radius`` or ``--sigma``, ``--region`` and ``--retrograde``."""
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--at", type=point_um, metavar="AP,DV,ML", help="CCF coordinates in µm")
    where.add_argument(
        "--region", type=names, metavar="ACRONYM,...", help="every voxel of these regions"
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--radius", type=positive, metavar="UM", help="a sphere about --at")
    size.add_argument("--sigma", type=positive, metavar="UM", help="a Gaussian about --at")
    parser.add_argument(
        "--retrograde",
        action="store_true",
        help="show what projects onto the place, instead of where it projects to",
    )


def check_source_options(arguments: Namespace) -> None:
    """Make sure that the options go together.

    Raises
    ------
    SourceError
        When a size is given without a place.
    """
    if arguments.at is None and (arguments.radius or arguments.sigma):
        raise SourceError("--radius and --sigma go with --at; a region has its own size.")


def source_of(arguments: Namespace, atlas: Atlas) -> Source:
    """The source that the options describe."""
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


def answer_of(arguments: Namespace, model: FittedModel) -> Prediction:
    """Where the place projects to, or what projects onto it."""
    direction: Direction = "retrograde" if arguments.retrograde else "anterograde"
    return model.answer(source_of(arguments, model.atlas), direction)


def label_of(prediction: Prediction, arguments: Namespace) -> str:
    """What was asked: regions by their acronyms, anything else by its own label."""
    return ", ".join(arguments.region) if arguments.region else prediction.source.label


def place_of(prediction: Prediction, arguments: Namespace) -> str:
    """Where that is, with the hemisphere."""
    atlas, side = prediction.model.atlas, "left" if prediction.mirrored else "right"
    if arguments.region:
        ids = [atlas.tree.by_acronym(name) for name in arguments.region]
        return f"{', '.join(s.name for s in ids)}; {side} hemisphere"
    structure_id = int(atlas.annotation[atlas.index_of_um(arguments.at)])
    where = atlas.tree[structure_id].name if structure_id else "outside the brain"
    return f"{where}; {side} hemisphere"
