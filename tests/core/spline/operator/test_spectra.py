"""Smooth patterns are computed once, and a file that is no use is no error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.laplacian import lattice_laplacian
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.spline.operator import spectra
from napari_connectome.core.spline.operator.spectra import kept_spectra, kept_spectrum_job
from tests.core.spline.operator.planted import BOX, PIECES

LATTICE = lattice_laplacian(PIECES)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache of its own, and nothing in memory."""
    monkeypatch.setenv("NAPARI_CONNECTOME_CACHE", str(tmp_path))
    monkeypatch.setattr(spectra, "kept_spectra", type(kept_spectra)())
    return tmp_path / "patterns"


def forget() -> None:
    spectra.kept_spectra.clear()


def test_the_same_lattice_is_not_computed_again_in_memory_nor_from_disk(folder: Path) -> None:
    first = run_to_end(kept_spectrum_job(LATTICE))
    assert run_to_end(kept_spectrum_job(LATTICE.copy())) is first
    forget()
    moments = list(kept_spectrum_job(LATTICE))
    assert moments == [], "nothing was computed"
    again = run_to_end(kept_spectrum_job(LATTICE))
    for name in ("labels", "values", "modes", "low", "high"):
        np.testing.assert_array_equal(getattr(again, name), getattr(first, name))
    assert abs(again.roughness - first.roughness).max() == 0
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("part", [0.0, 0.5, 0.9])
def test_a_damaged_file_is_replaced(folder: Path, part: float) -> None:
    first = run_to_end(kept_spectrum_job(LATTICE))
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[: int(part * len(whole))])
    forget()
    again = run_to_end(kept_spectrum_job(LATTICE))
    np.testing.assert_array_equal(again.modes, first.modes)
    assert len(path.read_bytes()) == len(whole)
    spoiled = bytearray(whole)
    spoiled[len(whole) // 2] ^= 1
    path.write_bytes(bytes(spoiled))
    forget()
    np.testing.assert_array_equal(run_to_end(kept_spectrum_job(LATTICE)).modes, first.modes)
    assert path.read_bytes() != bytes(spoiled)


def test_a_disk_that_cannot_be_written_to_is_no_error(folder: Path) -> None:
    folder.write_text("a file where the folder would be")
    assert len(run_to_end(kept_spectrum_job(LATTICE))) == len(PIECES)


def test_another_lattice_and_other_borders_have_files_of_their_own(folder: Path) -> None:
    run_to_end(kept_spectrum_job(lattice_laplacian(BOX)))
    run_to_end(kept_spectrum_job(lattice_laplacian(BOX, np.arange(len(BOX)) % 2)))
    assert len(list(folder.iterdir())) == 2


def test_no_more_lattices_are_kept_in_memory_than_a_fit_has() -> None:
    for count in (20, 22, 24, 28, 30):
        run_to_end(kept_spectrum_job(lattice_laplacian(BOX[:count])))
    assert len(spectra.kept_spectra) == 4
