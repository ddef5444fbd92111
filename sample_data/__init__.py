"""The demo brain: a simulated tracing data set in the layout of an AllenSDK cache folder."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """Folder that holds the data set, in a form that any reader of such folders opens."""
    return Path(__file__).resolve().parent
