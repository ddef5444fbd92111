"""One estimator family per file; :mod:`.catalog` names them all.

Estimators are imported when first asked for: scikit-learn is slow to load, and
opening a window on a fitted model does not need it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "HomogeneousModel": "homogeneous",
    "LowRankSplineModel": "low_rank_spline",
    "NadarayaWatson": "nadaraya_watson",
    "NonnegativeRegression": "nonnegative",
    "SplineModel": "spline",
    "VoxelModel": "voxel",
}

__all__ = [
    "HomogeneousModel",
    "LowRankSplineModel",
    "NadarayaWatson",
    "NonnegativeRegression",
    "SplineModel",
    "VoxelModel",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
