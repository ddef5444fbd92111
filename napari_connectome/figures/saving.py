"""A figure in a file: PNG, SVG or PDF, complete or not there, the same bytes each time."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from napari_connectome.core.errors import DataError
from napari_connectome.core.io.atomic import appearing

MM_PER_INCH = 25.4
# What would differ from one saving to the next is left out.
METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}


def save_figure(
    figure: Figure, path: str | Path, *, width_mm: float | None = None, dpi: float = 300
) -> None:
    """Save a figure; an older file of this name is replaced when the new one is complete.

    Parameters
    ----------
    figure : Figure
        Made without pyplot. It is left as it was.
    path : str or Path
        File to write. Its suffix says what: ``.png``, ``.svg`` or ``.pdf``.
    width_mm : float, optional
        Width on paper; the height follows, text keeps its size in points. By default
        the figure's own size.
    dpi : float
        Pixels per inch of a PNG, and of images inside an SVG or PDF.

    Raises
    ------
    DataError
        When the suffix is another one, the width or resolution is not larger than 0, or the file
        cannot be written.
    """
    target = Path(path).expanduser().absolute()
    suffix = target.suffix.lower()
    if suffix not in METADATA:
        raise DataError(
            f"A figure is saved as {', '.join(METADATA)}; {target.name!r} has another suffix. "
            "Choose a file name that ends in one of these."
        )
    for name, number in (("width in mm", width_mm), ("resolution in dpi", dpi)):
        if number is not None and not 0 < number < float("inf"):
            raise DataError(f"The {name} of a figure must be larger than 0; {number} came.")
    size = figure.get_size_inches()
    scale = 1.0 if width_mm is None else width_mm / MM_PER_INCH / float(size[0])
    try:
        figure.set_size_inches(*(size * scale))
        with appearing(target) as part, _lasting_text(), part.open("xb") as file:
            figure.savefig(file, format=suffix[1:], dpi=dpi, metadata=METADATA[suffix])
    finally:
        figure.set_size_inches(*size)


def _lasting_text() -> AbstractContextManager[None]:
    """Keep text as text that can be edited, and ids in an SVG the same in every run."""
    return rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": "napari-connectome", "pdf.fonttype": 42}
    )
