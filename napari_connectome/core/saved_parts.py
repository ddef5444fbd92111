"""What a connectivity needs of a saved model's parts, and the words when one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from napari_connectome.core.errors import ModelError


@contextmanager
def needing_parts() -> Iterator[None]:
    """Parts are looked up by name in the block; a name that is not there is refused in words.

    Raises
    ------
    ModelError
        In place of the KeyError of a missing part.
    """
    try:
        yield
    except KeyError as missing:
        raise ModelError(
            f"A saved model needs the part {missing}, which is missing. Save the model again."
        ) from None
