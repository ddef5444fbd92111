"""Real data beside the checkout, for those who have it."""

from __future__ import annotations

from pathlib import Path

import pytest

REALDATA = Path(__file__).resolve().parents[2].parent / "shared" / "realdata"


@pytest.fixture(scope="session")
def realdata() -> Path:
    """Folder of the real data; the test is skipped where there is none."""
    if not (REALDATA / "allen_cache").is_dir():
        pytest.skip(f"real data not found at {REALDATA}")
    return REALDATA


@pytest.fixture(autouse=True)
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ready-made copies go to a folder of the test's own."""
    folder = tmp_path / "copies"
    monkeypatch.setenv("NAPARI_CONNECTOME_CACHE", str(folder))
    return folder
