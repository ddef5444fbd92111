"""The models a person can choose, with their parameters: the one place to add a model.

Forms and the command line's ``--set NAME=VALUE`` are both made from the
parameter schema here.
"""

from __future__ import annotations

from collections.abc import Mapping

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.completed import NAME as COMPLETION
from napari_connectome.core.models.entry import Kind, ModelEntry, Parameter, Value
from napari_connectome.core.models.homogeneous_fit import fit_homogeneous
from napari_connectome.core.models.homogeneous_weights import KAPPA
from napari_connectome.core.models.spline_entries import (
    LOW_RANK_SPLINE,
    SPLINE,
    SPLINE_REGIONAL,
)
from napari_connectome.core.models.voxel_fit import fit_voxel
from napari_connectome.core.models.voxel_left_out import predict_left_out

__all__ = [
    "CATALOG",
    "HOMOGENEOUS",
    "VOXEL",
    "Kind",
    "ModelEntry",
    "Parameter",
    "Value",
    "entry_of",
]

VOXEL = ModelEntry(
    name="voxel",
    title="Voxel model (Knox 2018)",
    summary=(
        "Each voxel projects like the tracing experiments near it, averaged with a kernel, "
        "separately in each major division."
    ),
    citation="Knox et al. 2018, Network Neuroscience",
    parameters=(
        Parameter(
            "kernel",
            "Kernel",
            "How the weight of an experiment falls with its distance from the source.",
            "choice",
            "gaussian",
            choices={"gaussian": "Gaussian", "polynomial": "Polynomial (compact)"},
        ),
        Parameter(
            "bandwidth_um",
            "Width",
            "Distance at which the kernel has fallen to 1/e (Gaussian) or to 0 (polynomial). "
            "Auto chooses it per division by leaving one experiment out; given, it holds for all, "
            "and a voxel that nothing reaches takes its nearest experiment.",
            "float",
            None,
            low=50.0,
            high=20_000.0,
            unit="µm",
            automatic=True,
        ),
        Parameter(
            "degree",
            "Degree",
            "Exponent of the polynomial kernel: 0 is flat, large values approach a Gaussian. "
            "Auto chooses it per division.",
            "float",
            None,
            low=0.0,
            high=500.0,
            automatic=True,
            relevant={"kernel": "polynomial"},
        ),
        Parameter(
            "negligible",
            "Negligible weight",
            "Weights that together stay below this part of a voxel's total are dropped: faster. A "
            "prediction changes by at most this part of the largest projection involved.",
            "float",
            1e-6,
            low=0.0,
            high=0.1,
        ),
    ),
    fit=fit_voxel,
    left_out=predict_left_out,
)

HOMOGENEOUS = ModelEntry(
    name="homogeneous",
    title="Homogeneous model (Oh 2014)",
    summary=(
        "All voxels of a region project alike: weights between regions by nonnegative least "
        "squares on summed injections and projections, spread evenly over the target's voxels."
    ),
    citation="Oh et al. 2014, Nature",
    parameters=(
        Parameter(
            "kappa",
            "Largest condition number",
            "Regions that cannot be told apart from others, or hardly hold tracer, are left out "
            "as sources until the injections' condition number is at most this.",
            "float",
            KAPPA,
            low=1.0,
            high=1e12,
        ),
        Parameter(
            "threshold",
            "Drop small injections",
            "Whether regional injections below the 5th percentile of those above zero count as "
            "zero.",
            "bool",
            False,
        ),
        Parameter(
            "min_injected_voxels",
            "Least injected voxels",
            "A region is a source only if tracer has reached at least this many of its voxels, in "
            "all experiments together.",
            "int",
            1,
            low=1,
            high=100_000,
        ),
        Parameter(
            "ridge",
            "Ridge penalty",
            "Nonnegative ridge regression holds large weights back: λ in units of the mean squared "
            "length of a region's injections. 0 is plain least squares.",
            "float",
            0.0,
            low=0.0,
            high=1e6,
        ),
    ),
    fit=fit_homogeneous,
)

CATALOG: Mapping[str, ModelEntry] = {
    entry.name: entry for entry in (VOXEL, HOMOGENEOUS, SPLINE, LOW_RANK_SPLINE, SPLINE_REGIONAL)
}
"""Every model by name, in the order of the form's list."""


def entry_of(name: str) -> ModelEntry:
    """Catalog entry of a model.

    Raises
    ------
    ModelError
        When there is no such model.
    """
    if name == COMPLETION:
        raise ModelError(
            "A completed matrix is no fit to experiments: it cannot be fitted again without some "
            f"of them, or cross-validated. The models that can: {', '.join(CATALOG)}."
        )
    if name not in CATALOG:
        raise ModelError(f"There is no model {name!r}; choose one of: {', '.join(CATALOG)}.")
    return CATALOG[name]
