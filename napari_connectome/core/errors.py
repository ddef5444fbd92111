"""The errors that a person can act on.

Every message says what was expected, what came, and what to do next. Anything
else that escapes from this package is a bug.
"""

from __future__ import annotations


class ConnectomeError(Exception):
    """Base of every error whose message is meant for the person at the screen."""


class DataError(ConnectomeError):
    """A file or folder does not hold what it should (missing, truncated, wrong shape)."""


class AtlasError(DataError):
    """The atlas is inconsistent: ids without a structure, wrong resolution, no grey matter."""


class ExperimentError(DataError):
    """A tracing experiment cannot be used (all-zero injection, NaN, negative density)."""


class SourceError(ConnectomeError):
    """A chosen source has no voxel that a model can answer for."""


class OutsideError(SourceError):
    """Nothing of a source lies where a model can answer; a part of a larger one may be left out."""


class ModelError(ConnectomeError):
    """A model cannot be fitted or asked as requested (too few experiments, bad parameter)."""


class Cancelled(ConnectomeError):
    """The person cancelled the job; nothing was changed."""
