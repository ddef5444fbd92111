"""The spline models of Harris et al. 2016 in the catalog."""

from __future__ import annotations

from napari_connectome.core.models.entry import ModelEntry, Parameter
from napari_connectome.core.models.low_rank_spline_fit import fit_low_rank_spline
from napari_connectome.core.models.spline_data import (
    parameters_again,
    refused_experiments,
    unobserved_voxels,
)
from napari_connectome.core.models.spline_fit import fit_spline
from napari_connectome.core.models.spline_outlook import (
    low_rank_outlook,
    selection_outlook,
    spline_outlook,
)
from napari_connectome.core.models.spline_regional_fit import fit_regional_comparator
from napari_connectome.core.spline.selection import VISUAL_AREAS

CITATION = "Harris et al. 2016, NeurIPS"
SELECTION = (
    Parameter(
        "regions",
        "Regions",
        "Sources are their voxels in the right hemisphere, targets those of both. By default the "
        "ten visual areas.",
        "regions",
        ",".join(VISUAL_AREAS),
    ),
    Parameter(
        "min_contained",
        "Least part inside",
        "An experiment takes part only if this fraction of its injection lies in the regions.",
        "float",
        0.95,
        low=0.0,
        high=1.0,
    ),
    Parameter(
        "max_injection_volume_mm3",
        "Largest injection",
        "An experiment takes part only if its injection is smaller than this.",
        "float",
        0.7,
        low=1e-6,
        high=1000.0,
        unit="mm³",
    ),
    Parameter(
        "hidden_above",
        "Hidden from",
        "Projection is taken as unknown where the experiment's own injection is denser than this "
        "part of its maximum: 0 is wherever there is tracer.",
        "float",
        0.0,
        low=0.0,
        high=0.99,
    ),
)
"""Parameters that choose what is fitted to."""

DATA = (
    *SELECTION,
    Parameter(
        "lam",
        "Smoothness λ",
        "How much roughness costs. Auto tries 10³ … 10¹² and takes the one whose fits predict "
        "held-out experiments best, in five folds.",
        "float",
        1e5,
        low=1e-6,
        high=1e15,
        automatic=True,
    ),
    Parameter(
        "boundaries",
        "Stop at borders",
        "Whether nothing is smoothed across the borders of regions.",
        "bool",
        False,
    ),
)
"""Parameters of all spline models."""

SPLINE = ModelEntry(
    name="spline",
    title="Spline model (Harris 2016)",
    summary=(
        "Smooth connectivity within some regions, every pair of voxels by itself; it fills in what "
        "injections hide and what lies between them, and says how near to the best it is. "
        "Above 8,000 voxels it is solved without W ≥ 0, and its answers are cut off at zero."
    ),
    citation=CITATION,
    parameters=(
        *DATA,
        Parameter(
            "gap",
            "Certified gap",
            "How far the objective of a converged fit may lie above the lowest possible one, as a "
            "part of it.",
            "float",
            1e-2,
            low=1e-8,
            high=1.0,
        ),
    ),
    fit=fit_spline,
    unobserved=unobserved_voxels,
    refuses=refused_experiments,
    again=parameters_again,
    resumable=True,
    outlook=spline_outlook,
)

LOW_RANK_SPLINE = ModelEntry(
    name="low-rank-spline",
    title="Low-rank spline model (Harris 2016)",
    summary=(
        "Smooth connectivity within some regions as a sum of few pairs of patterns, where each "
        "sends from and where it arrives; it fills in what injections hide. Its matrix is never "
        "formed, so that many voxels will do."
    ),
    citation=CITATION,
    parameters=(
        *DATA,
        Parameter(
            "rank", "Rank", "Number of pairs of patterns on each side.", "int", 20, low=1, high=2000
        ),
        Parameter(
            "tol",
            "Tolerance",
            "Largest projected gradient of a converged fit, as a part of the objective's scale.",
            "float",
            1e-3,
            low=1e-9,
            high=0.1,
        ),
    ),
    fit=fit_low_rank_spline,
    unobserved=unobserved_voxels,
    refuses=refused_experiments,
    again=parameters_again,
    outlook=low_rank_outlook,
    resumable=True,
)

SPLINE_REGIONAL = ModelEntry(
    name="spline-regional",
    title="Regional comparator (Harris 2016)",
    summary=(
        "What spline models are compared with: all voxels of a region project alike, within it "
        "too, by nonnegative least squares on the same regions, experiments and observed voxels."
    ),
    citation=CITATION,
    parameters=SELECTION,
    fit=fit_regional_comparator,
    unobserved=unobserved_voxels,
    refuses=refused_experiments,
    outlook=selection_outlook,
)
