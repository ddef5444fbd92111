"""Write a simulated data set as an AllenSDK cache folder, all or nothing."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from napari_connectome.core.errors import DataError
from napari_connectome.data.allen_cache import AllenCache
from napari_connectome.data.demo_brain import manifest
from napari_connectome.data.nrrd import write_volume
from napari_connectome.data.simulate.tracing import SimulatedExperiment

GROUND_TRUTH = "ground_truth.json"
"""Marks a folder as simulated and describes the planted connectome."""

_OURS = re.compile(
    r"mouse_connectivity_manifest\.json|structures\.json|experiments\.json|ground_truth\.json"
    r"|annotation|average_template_\d+\.nrrd|cortical_paths|experiment_9\d{8}"
)
"""What stands at the top of a simulated folder."""
_COMPRESSION = 8
"""Of gzip; 9 takes four times as long for one per cent."""


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a temporary sibling that takes the place of `out` when all went well.

    Raises
    ------
    DataError
        When `out` is there and was not simulated, or cannot be written.
    """
    refuse_foreign(out)
    temporary = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        temporary.mkdir(parents=True)
        yield temporary
        _replace(temporary, out)
    except OSError as error:
        raise DataError(
            f"{out} cannot be written ({error.strerror or error}). Choose another place, "
            "or make room there."
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def refuse_foreign(out: Path) -> None:
    """Refuse to overwrite anything but an empty folder or an earlier simulation."""
    if not out.exists():
        return
    if not out.is_dir():
        raise DataError(f"{out} is a file; the simulated data need a folder of their own.")
    there = sorted(entry.name for entry in out.iterdir())
    foreign = [name for name in there if not _OURS.fullmatch(name)]
    if there and (foreign or GROUND_TRUTH not in there):
        raise DataError(
            f"{out} holds files that were not simulated ({', '.join((foreign or there)[:3])}), "
            "and they are left alone. Choose a new or an empty folder."
        )


def copy_atlas(cache: AllenCache, folder: Path) -> None:
    """Copy what a folder knows about its atlas: structures, annotation, template, paths."""
    resolution = cache.resolution_um
    versioned = folder / "annotation" / "ccf_2017"
    versioned.mkdir(parents=True)
    write_json(folder / "mouse_connectivity_manifest.json", manifest())
    _copy(cache.structures_path, folder / "structures.json")
    _copy(cache.annotation_path, versioned / f"annotation_{resolution}.nrrd")
    if cache.template_path is not None:
        _copy(cache.template_path, folder / f"average_template_{resolution}.nrrd")
    if cache.cortical_paths is not None:
        target = folder / "cortical_paths"
        target.mkdir()
        for path in sorted(cache.cortical_paths.glob(f"*_{resolution}.h5")):
            _copy(path, target / path.name)


def write_experiment(
    folder: Path, experiment_id: int, experiment: SimulatedExperiment, resolution_um: float
) -> None:
    """Write the four volumes of an experiment."""
    place = folder / f"experiment_{experiment_id}"
    place.mkdir()
    volumes = {
        "injection_density": experiment.injection_density,
        "injection_fraction": experiment.injection_fraction,
        "projection_density": experiment.projection_density,
        "data_mask": experiment.data_mask,
    }
    for kind, volume in volumes.items():
        path = place / f"{kind}_{resolution_um:g}.nrrd"
        write_volume(path, volume, resolution_um, compression=_COMPRESSION)


def write_json(path: Path, content: Any) -> None:
    """Write JSON; the same content always gives the same bytes."""
    path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    """Copy a file's content, without its permissions: a read-only original stays its own."""
    shutil.copyfile(source, target)


def _replace(temporary: Path, out: Path) -> None:
    """Put the new folder in place; an earlier one goes only once the new one is there."""
    if not out.exists():
        temporary.rename(out)
        return
    older = out.with_name(f".{out.name}.{secrets.token_hex(4)}.old")
    out.rename(older)
    try:
        temporary.rename(out)
    except OSError:
        older.rename(out)
        raise
    shutil.rmtree(older)
