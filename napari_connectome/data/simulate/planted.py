"""The planted connectome: a known W on any atlas, as an operator."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import correlate1d
from scipy.sparse import csr_array, hstack

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import DataError, SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.data.files import read_json
from napari_connectome.data.simulate.arcs import WiringParams
from napari_connectome.data.simulate.half_brain import Floats, HalfBrain
from napari_connectome.data.simulate.nodes import Nodes, patches
from napari_connectome.data.simulate.wiring import Wiring, wire

Volume = npt.NDArray[np.float32]
_BLUR_UM = 80.0
"""Standard deviation with which terminals fade over borders."""
FORMAT = "napari-connectome planted connectome 1"
"""Changes whenever the rules change, so that an old description is never rebuilt wrongly."""


@dataclass(frozen=True, eq=False)
class PlantedConnectome:
    """A mirror-symmetric, topographic connectome whose every weight is known.

    The projection of a source x is W x with W = D M B: B reads voxels into nodes,
    M wires nodes within and across hemispheres, D spreads nodes over voxels. W is
    never formed. W[t, s] is the projection at target voxel t of one unit of tracer
    in source voxel s; rows are targets, columns sources, as in the literature.

    Parameters
    ----------
    brain : HalfBrain
        The half that is mirrored.
    params : WiringParams
        With the atlas, they determine W completely.
    """

    brain: HalfBrain
    params: WiringParams

    @classmethod
    def on(cls, atlas: Atlas, params: WiringParams | None = None) -> PlantedConnectome:
        """Plant a connectome on an atlas.

        Raises
        ------
        AtlasError
            When the right hemisphere has no grey matter of the major divisions.
        """
        return cls(HalfBrain.of(atlas), params or WiringParams())

    @classmethod
    def from_json(cls, source: Path | Mapping[str, Any], atlas: Atlas) -> PlantedConnectome:
        """Rebuild a connectome from its description.

        Parameters
        ----------
        source : Path or mapping
            A ``ground_truth.json``, or its content.
        atlas : Atlas
            The atlas that it was planted on.

        Raises
        ------
        DataError
            When the description is of another version or belongs to another atlas.
        """
        named = str(source) if isinstance(source, Path) else "The ground truth"
        record = read_json(source, "a planted connectome") if isinstance(source, Path) else source
        try:
            version, digest, params = record["format"], record["annotation"], record["wiring"]
            wiring = WiringParams(**params)
        except (KeyError, TypeError) as error:
            raise DataError(
                f"{named}: a description of a planted connectome was expected; {error!r}. "
                "Simulate the folder again."
            ) from error
        if version != FORMAT:
            raise DataError(
                f"{named} has format {version!r}; this version rebuilds {FORMAT!r}. "
                "Simulate the folder again."
            )
        if digest != annotation_digest(atlas):
            raise DataError(
                f"{named} belongs to another annotation than that of {atlas.name}. "
                "Give the atlas that the connectome was planted on."
            )
        return cls.on(atlas, wiring)

    def to_json(self) -> dict[str, Any]:
        """Description that :meth:`from_json` rebuilds the connectome from."""
        return {
            "format": FORMAT,
            "annotation": annotation_digest(self.brain.atlas),
            "wiring": asdict(self.params),
        }

    @property
    def source_mask(self) -> VoxelMask:
        """Source voxels of the right hemisphere: grey matter of the major divisions."""
        return self.brain.mask

    @cached_property
    def nodes(self) -> Nodes:
        """Nodes of the right hemisphere."""
        spacing = max(self.params.node_spacing_um, 3.5 * self.brain.atlas.resolution_um)
        return Nodes.lay(self.brain, spacing / 1000.0)

    @cached_property
    def wiring(self) -> Wiring:
        """M: node-to-node connections."""
        return wire(self.nodes, self.params)

    def project(self, source: npt.NDArray[Any]) -> Volume:
        """Noise-free projection W x of a source volume.

        Parameters
        ----------
        source : ndarray, shape of the atlas
            Non-negative tracer per voxel, either hemisphere; what lies outside
            the source voxels and their mirror images projects nowhere.

        Returns
        -------
        ndarray of float32, shape of the atlas
        """
        right, left = (self._read(half) for half in self._halves(source))
        wiring = self.wiring
        return self._join(
            self._spread(wiring.ipsi @ right + wiring.contra @ left),
            self._spread(wiring.ipsi @ left + wiring.contra @ right),
        )

    def true_column(self, voxel: tuple[int, int, int]) -> Volume:
        """Column of W of one source voxel (AP, DV, ML index, either hemisphere), as a volume.

        Raises
        ------
        SourceError
            When it is no source voxel.
        """
        atlas = self.brain.atlas
        index = atlas.mirror_index(voxel) if atlas.is_left(voxel) else voxel
        if self.source_mask.row_of(index) < 0:
            raise SourceError(
                f"Voxel {voxel} is no source voxel. Choose one in the grey matter of the "
                "major divisions."
            )
        source = np.zeros(atlas.shape, dtype=np.float32)
        source[voxel] = 1.0
        return self.project(source)

    def total_projection(self) -> Floats:
        """Column sums of W: projection of one unit from each source voxel, shape (n,)."""
        totals = self.wiring.ipsi.sum(axis=0) + self.wiring.contra.sum(axis=0)
        return np.asarray(self.nodes.reading @ totals)

    @cached_property
    def _spreading(self) -> csr_array:
        """D for both kinds of terminals, target voxels by 2 k nodes."""
        params, depth = self.params, self.brain.depth
        texture = patches(self.brain, params.patch_um / 1000, params.patch_contrast, params.seed)
        cortex = self.brain.in_cortex
        parts = (
            self.nodes.spreading(texture * np.where(cortex, _layers_of_cortex(depth), 1.0)),
            self.nodes.spreading(texture * np.where(cortex, _layers_of_thalamus(depth), 1.0)),
        )
        return csr_array(hstack(parts, format="csr"))

    def _halves(self, source: npt.NDArray[Any]) -> tuple[Floats, Floats]:
        """Source voxels of the right half, and of the left half after mirroring."""
        mask, atlas = self.source_mask, self.brain.atlas
        right = mask.to_vector(source).astype(np.float64)
        left = mask.to_vector(source[:, :, ::-1]).astype(np.float64)
        share = np.where(mask.coordinates[:, 2] == _central_plane(atlas), 0.5, 1.0)
        return right * share, left * share

    def _read(self, half: Floats) -> Floats:
        rows = np.flatnonzero(half)
        return np.asarray(half[rows] @ self.nodes.reading[rows])

    def _spread(self, nodes: Floats) -> Floats:
        return np.asarray(self._spreading @ nodes)

    def _join(self, right: Floats, left: Floats) -> Volume:
        """Volume of both halves; the midline plane of an odd box gets the sum of the two."""
        mask = self.source_mask
        volume = mask.to_volume(right)
        volume += mask.to_volume(left)[:, :, ::-1]
        return self._fade(volume).astype(np.float32)

    def _fade(self, volume: Floats) -> Floats:
        """Terminals fade over the border of areas and over the midline; the sum stays."""
        return np.asarray(_blur(volume / self._room, self._step_um) * (self._room < np.inf))

    @cached_property
    def _room(self) -> Floats:
        """Part of a voxel's blurred output that stays in grey matter; infinite outside it."""
        grey = self.source_mask.to_volume(np.ones(len(self.source_mask)))
        grey = np.maximum(grey, grey[:, :, ::-1])
        return np.where(grey > 0, _blur(grey, self._step_um), np.inf)

    @property
    def _step_um(self) -> float:
        return float(self.brain.atlas.resolution_um)


def annotation_digest(atlas: Atlas) -> str:
    """SHA-256 of an annotation with its shape and resolution."""
    digest = hashlib.sha256(json.dumps([atlas.shape, float(atlas.resolution_um)]).encode())
    digest.update(np.ascontiguousarray(atlas.annotation, dtype="<u4").tobytes())
    return digest.hexdigest()


def _blur(volume: Floats, step_um: float) -> Floats:
    """Gaussian among next neighbours, exactly mirror-symmetric."""
    side = np.exp(-0.5 * (step_um / _BLUR_UM) ** 2)
    kernel = np.array([side, 1.0, side]) / (1.0 + 2.0 * side)
    for axis in range(3):
        volume = correlate1d(volume, kernel, axis=axis, mode="constant")
    return volume


def _central_plane(atlas: Atlas) -> int:
    """Index of the plane that is its own mirror image, -1 when there is none."""
    return atlas.shape[2] // 2 if atlas.shape[2] % 2 else -1


def _layers_of_cortex(depth: Floats) -> Floats:
    """Terminals in the cortex from elsewhere: superficial layers and layer 5."""
    return (
        0.35
        + np.exp(-0.5 * ((depth - 0.2) / 0.15) ** 2)
        + 0.8 * np.exp(-0.5 * ((depth - 0.65) / 0.12) ** 2)
    )


def _layers_of_thalamus(depth: Floats) -> Floats:
    """Thalamic terminals in the cortex: layer 4 and the deepest of layer 3."""
    return 0.12 + np.exp(-0.5 * ((depth - 0.42) / 0.12) ** 2)
