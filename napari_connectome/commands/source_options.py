"""The place that a command asks a model about: options, source, and words for it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from napari_connectome.commands.arguments import names, path, point_um, positive
from napari_connectome.commands.console import note
from napari_connectome.core.errors import SourceError

if TYPE_CHECKING:
    from napari_connectome.core.atlas import Atlas
    from napari_connectome.core.models.fitted import Direction, FittedModel, Prediction
    from napari_connectome.core.sources import Scale, Source, VolumeSource

NAMED_REGIONS = 3
HEMISPHERES = {
    "right": "right hemisphere",
    "left": "left hemisphere",
    "both": "both hemispheres",
}


def add_source_options(parser: ArgumentParser) -> None:
    """Add ``--at`` with ``--radius`` or ``--sigma``, ``--region``, ``--mask``, and what goes on.

    That is ``--as-drawn``, ``--both-sides`` and ``--retrograde``.
    """
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--at", type=point_um, metavar="AP,DV,ML", help="CCF coordinates in µm")
    where.add_argument(
        "--region", type=names, metavar="ACRONYM,...", help="every voxel of these regions"
    )
    where.add_argument(
        "--mask", type=path, metavar="FILE", help="what is drawn in a .nrrd, .nii, .nii.gz or .npy"
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--radius", type=positive, metavar="UM", help="a sphere about --at")
    size.add_argument("--sigma", type=positive, metavar="UM", help="a Gaussian about --at")
    parser.add_argument(
        "--as-drawn",
        action="store_true",
        help="take the numbers of --mask as strengths, instead of making them sum to one",
    )
    parser.add_argument(
        "--both-sides",
        action="store_true",
        help="ask about the place together with its mirror image",
    )
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
        When a size is given without a place, or a scale without a mask.
    """
    if arguments.at is None and (arguments.radius or arguments.sigma):
        raise SourceError("--radius and --sigma go with --at; a region has its own size.")
    if arguments.mask is None and arguments.as_drawn:
        raise SourceError("--as-drawn goes with --mask; the weights of other places sum to one.")


def source_of(arguments: Namespace, atlas: Atlas) -> Source:
    """The source that the options describe; what was assumed of a mask is told."""
    from napari_connectome.core.sources import both_sides

    place = _place(arguments, atlas)
    return both_sides(place, atlas) if arguments.both_sides else place


def _place(arguments: Namespace, atlas: Atlas) -> Source:
    from napari_connectome.core.sources import (
        GaussianSource,
        RegionSource,
        SphereSource,
        VoxelSource,
    )

    if arguments.mask is not None:
        return _drawn(arguments, atlas)
    if arguments.region is not None:
        return RegionSource(tuple(atlas.tree.by_acronym(name).id for name in arguments.region))
    if arguments.radius is not None:
        return SphereSource(arguments.at, arguments.radius)
    if arguments.sigma is not None:
        return GaussianSource(arguments.at, arguments.sigma)
    return VoxelSource(arguments.at)


def _drawn(arguments: Namespace, atlas: Atlas) -> VolumeSource:
    from napari_connectome.core.sources import VolumeSource
    from napari_connectome.data.mask_files import read_mask

    mask = read_mask(arguments.mask, atlas)
    note(f"{arguments.mask}: {mask.assumed}.")
    scale: Scale = "as drawn" if arguments.as_drawn else "unit-sum"
    return VolumeSource(mask.values, arguments.mask.name, scale)


def answer_of(arguments: Namespace, model: FittedModel) -> Prediction:
    """Where the place projects to, or what projects onto it; what is left out is told."""
    direction: Direction = "retrograde" if arguments.retrograde else "anterograde"
    answer = model.answer(source_of(arguments, model.atlas), direction)
    if answer.inside_fraction < 1:
        asked = "target" if arguments.retrograde else "source"
        note(f"{answer.inside_fraction:.2%} lies on {asked} voxels; the rest is left out.")
    return answer


def label_of(prediction: Prediction, arguments: Namespace) -> str:
    """What was asked: regions by their acronyms, anything else by its own label."""
    return ", ".join(arguments.region) if arguments.region else prediction.source.label


def place_of(prediction: Prediction, arguments: Namespace) -> str:
    """Where that is, with the hemisphere."""
    atlas, side = prediction.model.atlas, HEMISPHERES[prediction.side]
    if arguments.region:
        ids = [atlas.tree.by_acronym(name) for name in arguments.region]
        return f"{', '.join(s.name for s in ids)}; {side}"
    if arguments.mask:
        return f"{_drawn_regions(prediction)}; {side}"
    structure_id = int(atlas.annotation[atlas.index_of_um(arguments.at)])
    where = atlas.tree[structure_id].name if structure_id else "outside the brain"
    return f"{where}; {side}"


def _drawn_regions(prediction: Prediction) -> str:
    """Names of the regions that hold most of a drawing."""
    from napari_connectome.core.source_voxels import source_regions

    model = prediction.model
    ids = source_regions(prediction.source, model.atlas, model.asked_voxels(prediction.direction))
    names = [model.atlas.tree[i].name for i in ids[:NAMED_REGIONS]]
    more = f" and {len(ids) - NAMED_REGIONS} more" if len(ids) > NAMED_REGIONS else ""
    return ", ".join(names) + more if names else "no region"
