"""Places as people write them."""

from __future__ import annotations

import re

from napari_connectome.core.errors import SourceError
from napari_connectome.core.sources import GaussianSource, Source, SphereSource, VoxelSource

Point = tuple[float, float, float]

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# What may stand between three numbers: axis labels, a unit, brackets, separators.
_BETWEEN = re.compile(r"(?:AP|DV|ML|[µμu]m|mm|[\s,;:=()\[\]])*", re.IGNORECASE)


def parse_coordinates(text: str, resolution_um: float) -> Point:
    """Read a place that a person typed or pasted.

    Parameters
    ----------
    text : str
        CCF coordinates "AP, DV, ML" in µm (labels and the unit may stand beside the
        numbers; "mm" is converted), or a voxel index in round brackets, "(i, j, k)".
    resolution_um : float
        Edge of a voxel, for an index.

    Returns
    -------
    tuple of float
        CCF coordinates in µm; the centre of the voxel for an index.

    Raises
    ------
    SourceError
        When the text is neither.

    Examples
    --------
    >>> parse_coordinates("AP 9250, DV 3050, ML 8950 µm", 100)
    (9250.0, 3050.0, 8950.0)
    >>> parse_coordinates("(92, 30, 89)", 100)
    (9250.0, 3050.0, 8950.0)
    """
    numbers = [float(n) for n in _NUMBER.findall(text)]
    shown = text.strip()[:60]
    if len(numbers) != 3 or not _BETWEEN.fullmatch(_NUMBER.sub(" ", text)):
        raise SourceError(
            "Three numbers were expected: AP, DV, ML in CCF µm such as '9250, 1650, 8350', or "
            f"a voxel index such as '(92, 16, 83)'; {shown!r} came."
        )
    if text.strip().startswith("("):
        if any(n != int(n) for n in numbers):
            raise SourceError(
                f"A voxel index is three whole numbers; {shown!r} came. "
                "Leave the brackets out to give µm."
            )
        numbers = [(n + 0.5) * resolution_um for n in numbers]
    elif "mm" in text.casefold():
        numbers = [n * 1000.0 for n in numbers]
    ap, dv, ml = numbers
    return ap, dv, ml


def place_of(source: Source | None) -> Point | None:
    """Centre of a source in µm, None for a source without one."""
    if isinstance(source, VoxelSource):
        return source.point_um
    if isinstance(source, SphereSource | GaussianSource):
        return source.center_um
    return None
