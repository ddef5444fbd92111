"""What a file keeps of weights without a matrix, and how they are made of it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.spline.operator.fields import Fields
from napari_connectome.core.spline.operator.spectrum import Spectrum
from napari_connectome.core.spline.operator.steps import Steps
from napari_connectome.core.spline.operator.weights import OperatorWeights

MATRIX = ("data", "indices", "indptr")


def parts_of(weights: OperatorWeights) -> dict[str, Any]:
    """Arrays by file-like names; both lattices only where they differ."""
    found: dict[str, Any] = {
        **_sparse_parts("injections", weights.injections),
        "misfit/smooth": weights.misfit.smooth,
        "misfit/rough": weights.misfit.rough,
        "constants": weights.constants,
        **spectrum_parts(weights.source.spectrum, "source"),
    }
    if weights.target is not weights.source:
        found |= spectrum_parts(weights.target.spectrum, "target")
    return found


def weights_of(parts: Mapping[str, Any]) -> OperatorWeights:
    """Put together again what :func:`parts_of` gave.

    Raises
    ------
    KeyError
        When a part is missing.
    ModelError
        When parts do not fit each other.
    """
    source = Steps(spectrum_of(parts, "source"))
    target = source
    if "target/values" in parts:
        target = Steps(spectrum_of(parts, "target"))
    constants = np.asarray(parts["constants"], dtype=np.float64)
    smooth = np.asarray(parts["misfit/smooth"], dtype=np.float64)
    rough = np.asarray(parts["misfit/rough"])
    pieces = source.spectrum.pieces, target.spectrum.pieces
    m = smooth.shape[1]
    expected = [(len(target.spectrum.values), m), (len(target.spectrum), m), pieces]
    if [smooth.shape, rough.shape, constants.shape] != expected:
        raise ModelError(
            f"Parts of shapes {expected} were expected; {smooth.shape}, {rough.shape} and "
            f"{constants.shape} came. Save the model again."
        )
    injections = _sparse_of(parts, "injections", (m, len(source.spectrum)))
    return OperatorWeights(source, target, injections, Fields(smooth, rough), constants)


def spectrum_parts(spectrum: Spectrum, name: str) -> dict[str, Any]:
    """Arrays of a spectrum by names under one of its own."""
    return {
        **_sparse_parts(f"{name}/roughness", spectrum.roughness),
        f"{name}/labels": spectrum.labels,
        f"{name}/values": spectrum.values,
        f"{name}/modes": spectrum.modes,
        f"{name}/ends": np.array([spectrum.low, spectrum.high]),
    }


def spectrum_of(parts: Mapping[str, Any], name: str) -> Spectrum:
    """Put together again what :func:`spectrum_parts` gave.

    Raises
    ------
    KeyError
        When a part is missing.
    ModelError
        When parts do not fit each other.
    """
    labels = np.asarray(parts[f"{name}/labels"], dtype=np.int64)
    values = np.asarray(parts[f"{name}/values"], dtype=np.float64)
    modes = np.asarray(parts[f"{name}/modes"])
    n = len(labels)
    if modes.shape != (n, len(values)):
        raise ModelError(
            f"Smooth patterns of shape {(n, len(values))} were expected; {modes.shape} came."
        )
    low, high = np.asarray(parts[f"{name}/ends"], dtype=np.float64).tolist()
    roughness = _sparse_of(parts, f"{name}/roughness", (n, n))
    return Spectrum(roughness, labels, values, modes, low, high)


def _sparse_parts(name: str, matrix: csr_array) -> dict[str, Any]:
    return {f"{name}/{part}": getattr(matrix, part) for part in MATRIX}


def _sparse_of(parts: Mapping[str, Any], name: str, shape: tuple[int, int]) -> csr_array:
    """A sparse matrix whose arrays are checked: a damaged one must not crash the process."""
    found = csr_array(tuple(np.asarray(parts[f"{name}/{part}"]) for part in MATRIX), shape=shape)
    found.check_format(full_check=True)
    return found
