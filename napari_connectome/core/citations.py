"""What to cite: the data, the atlas, and the paper of each model."""

from __future__ import annotations

from collections.abc import Mapping

ATLAS = (
    "Wang Q, Ding S-L, Li Y, et al. The Allen Mouse Brain Common Coordinate Framework: a 3D "
    "reference atlas. Cell 181, 936-953 (2020). doi:10.1016/j.cell.2020.04.007"
)
TRACING = (
    "Oh SW, Harris JA, Ng L, et al. A mesoscale connectome of the mouse brain. Nature 508, 207-214 "
    "(2014). doi:10.1038/nature13186"
)
KNOX = (
    "Knox JE, Harris KD, Graddis N, et al. High-resolution data-driven model of the mouse "
    "connectome. Network Neuroscience 3, 217-236 (2019). doi:10.1162/netn_a_00066"
)
HARRIS = (
    "Harris KD, Mihalas S, Shea-Brown E. High resolution neural connectivity from incomplete "
    "tracing data using nonnegative spline regression. NeurIPS 29, 3099-3107 (2016)."
)
CANDES = (
    "Candès EJ, Plan Y. Matrix completion with noise. Proceedings of the IEEE 98, 925-936 (2010). "
    "doi:10.1109/JPROC.2009.2035722"
)
MODELS: Mapping[str, tuple[str, ...]] = {
    "voxel": (KNOX,),
    "homogeneous": (TRACING, KNOX),
    "spline": (HARRIS,),
    "low-rank-spline": (HARRIS,),
    "spline-regional": (HARRIS,),
    "completion": (CANDES,),
}


def citations(model: str) -> tuple[str, ...]:
    """Papers to cite for results of a model on Allen data, the model's own first.

    Parameters
    ----------
    model : str
        Name in the catalog; one that is not known here adds nothing of its own.
    """
    return tuple(dict.fromkeys((*MODELS.get(model, ()), TRACING, ATLAS)))
