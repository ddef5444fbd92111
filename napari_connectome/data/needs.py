"""How much memory and disk a folder takes at each resolution, known before it is read.

The memory is what is held at the same time at the busiest moment: the atlas, the voxel masks,
and either the volumes that are being read or the projections, the weights and a window that
shows an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod

import psutil

from napari_connectome.core.errors import DataError
from napari_connectome.data.allen_cache import AllenCache
from napari_connectome.data.reading import BYTES_PER_THREAD_VOXEL, reading_threads
from napari_connectome.data.stored import IN_MEMORY_BYTES, packed_bytes

PROGRAM_BYTES = 300_000_000
"""What the program takes without any data, window included."""
ATLAS_BYTES = 14
"""For each voxel of the box: ids of structures, regions and divisions, and their numbers."""
TEMPLATE_BYTES = 4
MASK_BYTES = 12
"""For each source or target voxel: its place in the box, twice for sources."""
READ_BYTES = 20
"""For each target voxel while files are read: its place in a file, both ways, and a row."""
SHOWN_BYTES = 30
"""For each voxel of the box: labels and overlay of the window, an answer and sums over regions."""
UNCHECKED_BYTES = 2 * 2**30
"""Needs below this are not compared with the memory that is free."""
GB = 1e9


@dataclass(frozen=True)
class Needs:
    """What a folder needs at one resolution.

    Parameters
    ----------
    resolution_um : int
        Edge of a voxel.
    experiments : int
        Experiments to read.
    target_voxels : int
        Length of a projection, about.
    memory_bytes : int
        Most memory at a time, about.
    disk_bytes : int
        Room in the user's cache folder, at most; 0 where the projections are held in memory.
    """

    resolution_um: int
    experiments: int
    target_voxels: int
    memory_bytes: int
    disk_bytes: int

    @property
    def text(self) -> str:
        """One line for people."""
        disk = f", {gigabytes(self.disk_bytes)} on the disk" if self.disk_bytes else ""
        what = "atlas alone" if not self.experiments else f"{self.experiments} experiments"
        return (
            f"{self.resolution_um} µm: {what}, about {gigabytes(self.memory_bytes)} of memory{disk}"
        )


def gigabytes(n_bytes: int) -> str:
    """Bytes in GB, to two digits."""
    return f"{n_bytes / GB:.2g} GB" if n_bytes < 10 * GB else f"{n_bytes / GB:.0f} GB"


def free_memory_bytes() -> int:
    """Memory that programs may still take, without any of them being moved to the disk."""
    return int(psutil.virtual_memory().available)


def needs_at(
    cache: AllenCache, resolution_um: int, experiment_ids: Collection[int] | None = None
) -> Needs:
    """Estimate what a resolution needs; only the atlas at the cache's own resolution is read.

    Parameters
    ----------
    cache : AllenCache
        The folder.
    resolution_um : int
        One that has an annotation.
    experiment_ids : collection of int, optional
        Experiments to read; all that have volumes at this resolution when left out.

    Raises
    ------
    DataError
        When a file is damaged.
    """
    there = cache.with_volumes_at(resolution_um)
    ids = there if experiment_ids is None else there & set(experiment_ids)
    box = prod(cache.shape_at(resolution_um))
    voxels = _division_voxels(cache, box)
    target = sum(voxels.values())
    atlas = ATLAS_BYTES + TEMPLATE_BYTES * cache.has_template_at(resolution_um)
    held = 4 * len(ids) * target
    shown = min(held, IN_MEMORY_BYTES) + _weights_bytes(cache, ids, voxels) + SHOWN_BYTES * box
    threads = reading_threads(box) * BYTES_PER_THREAD_VOXEL * box
    reading = threads + READ_BYTES * target + (held if held <= IN_MEMORY_BYTES else 0)
    masks = MASK_BYTES * target + 8 * box
    busiest = max(shown, reading) if ids else SHOWN_BYTES * box
    return Needs(
        resolution_um=resolution_um,
        experiments=len(ids),
        target_voxels=target,
        memory_bytes=int(PROGRAM_BYTES + atlas * box + masks + busiest),
        disk_bytes=packed_bytes((len(ids), target)) if held > IN_MEMORY_BYTES else 0,
    )


def all_needs(cache: AllenCache) -> tuple[Needs, ...]:
    """What every resolution of a folder needs, finest first.

    Raises
    ------
    DataError
        When a file is damaged.
    """
    return tuple(needs_at(cache, resolution_um) for resolution_um in cache.resolutions)


def check_memory(cache: AllenCache, experiment_ids: Collection[int]) -> None:
    """Refuse to read what this computer has no memory for, and say what would do.

    Raises
    ------
    DataError
        With the numbers, and the resolutions of the folder that need less.
    """
    needs = needs_at(cache, cache.resolution_um, experiment_ids)
    free = free_memory_bytes()
    if needs.memory_bytes <= max(free, UNCHECKED_BYTES):
        return
    coarser = [r for r in cache.resolutions if r > cache.resolution_um]
    fits = [one for r in coarser if (one := needs_at(cache, r)).memory_bytes <= free]
    offers = "; ".join(one.text for one in fits) or "none of this folder"
    raise DataError(
        f"{needs.text}; {gigabytes(free)} are free. Choose fewer experiments, close other "
        f"programs, or open a coarser resolution. What would do: {offers}."
    )


def _weights_bytes(cache: AllenCache, ids: Collection[int], voxels: Mapping[int, int]) -> int:
    """Weights of the source voxels on the experiments of their division, none of them zero."""
    tree = cache.tree
    counts = Counter(tree.division_of(cache.experiments[i].structure_id) for i in ids)
    return 4 * sum(counts[division_id] * n // 2 for division_id, n in voxels.items())


def _division_voxels(cache: AllenCache, box: int) -> Counter[int]:
    """Voxels of each major division in a box of so many, from the atlas at another resolution."""
    atlas = cache.atlas
    above = cache.tree.assign(cache.tree.division_ids())
    found: Counter[int] = Counter()
    for structure_id, count in atlas.voxel_counts().items():
        if structure_id in above:
            found[above[structure_id]] += count * box // atlas.annotation.size
    return found
