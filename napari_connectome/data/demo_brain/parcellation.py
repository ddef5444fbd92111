"""The annotation of one half of the demo brain, part by part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_connectome.data.demo_brain import outlines
from napari_connectome.data.demo_brain.grid import HalfGrid
from napari_connectome.data.demo_brain.placement import (
    ALLOCORTEX,
    CORE,
    CORTEX,
    DEEP,
    Floats,
    Places,
    nearest_place,
)
from napari_connectome.data.demo_brain.regions import structures
from napari_connectome.data.demo_brain.shapes import Loft, ellipsoid

Bools = NDArray[np.bool_]
ALONG_MM = 1.35
"""Millimetres that one step along the outline of the hemisphere stands for, on average."""
CALLOSUM_MM = 0.17
HIPPOCAMPUS_MM = 1.1
BULB = ((1.15, 3.1, 1.0), (1.15, 1.45, 0.88))
STALK = ((2.1, 3.4, 1.2), (1.0, 0.8, 0.7))


@dataclass(frozen=True)
class HalfParts:
    """One half of the brain, voxel by voxel, on a :class:`HalfGrid`.

    Parameters
    ----------
    annotation : ndarray of uint32
        Structure ids.
    depth : ndarray of float32
        Cortical depth, 0 at the pia, 1 at the white matter, NaN outside the isocortex.
    surface : ndarray of float32, shape (*grid, 2)
        Coordinates on the unfolded sheet in mm: AP, and along the outline; NaN outside.
    """

    annotation: NDArray[np.uint32]
    depth: NDArray[np.float32]
    surface: NDArray[np.float32]


def half_brain(grid: HalfGrid) -> HalfParts:
    """Label one half of the brain.

    Later parts cover earlier ones: hemisphere, bulb, brain stem from front to back,
    cerebellum; the cortical sheet last, so that nothing cuts it.
    """
    annotation = np.zeros(grid.shape, dtype=np.uint32)
    sheet = _Sheet(grid)
    sheet.fill_core(annotation)
    _fill_bulb(annotation, grid)
    for division, loft in (
        ("MY", outlines.MEDULLA),
        ("P", outlines.PONS),
        ("MB", outlines.MIDBRAIN),
        ("HY", outlines.HYPOTHALAMUS),
        ("TH", outlines.THALAMUS),
        ("CB", outlines.CEREBELLUM),
    ):
        _fill_loft(annotation, grid, loft, DEEP[division])
    _mark_white_matter(annotation, grid)
    sheet.fill(annotation)
    _mark_ventricles(annotation, grid)
    is_cortex = np.isin(annotation, [structures()[name].id for name, _ in CORTEX])
    return HalfParts(
        annotation,
        np.where(is_cortex, sheet.depth, np.nan).astype(np.float32),
        np.where(is_cortex[..., None], sheet.surface, np.nan).astype(np.float32),
    )


class _Sheet:
    """Depth below the hemisphere's surface, and place on it."""

    def __init__(self, grid: HalfGrid) -> None:
        self._grid = grid
        loft = outlines.HEMISPHERE
        self.inside = loft.inside(grid)
        points = grid.points_mm[self.inside]
        near = loft.nearest(points)
        self._points = points * 10
        self._below_mm = near.distance_mm
        self._ap = near.ap_mm * 10
        self._along = np.mod(near.along, loft.n_points)
        self._thickness_mm = _thickness_mm(self._ap, self._along)
        self.depth = np.full(grid.shape, np.nan)
        self.depth[self.inside] = np.clip(self._below_mm / self._thickness_mm, 0, 1)
        self.surface = np.full((*grid.shape, 2), np.nan)
        self.surface[self.inside] = np.column_stack([near.ap_mm, self._along * ALONG_MM])

    def fill_core(self, annotation: NDArray[np.uint32]) -> None:
        """What lies below the sheet: white matter, hippocampus, striatum, pallidum, amygdala."""
        labels = _ids(CORE)[nearest_place(self._points, CORE)]
        below = self._below_mm - self._thickness_mm
        labels[(below < CALLOSUM_MM) & self._over_white()] = structures()["cc"].id
        self._fill_claustrum(labels, below)
        self._fill_hippocampus(labels, below - CALLOSUM_MM)
        annotation[self.inside] = labels

    def fill(self, annotation: NDArray[np.uint32]) -> None:
        """The cortical sheet itself: iso- and allocortex."""
        sheet = self._below_mm <= self._thickness_mm
        stem = annotation[self.inside]
        # The medial face of the hemisphere below the callosum is no cortex.
        medial = (self._along > 9.4) | (self._along < -0.2)
        sheet &= ~(medial & (self._ap > 34) & (self._ap < 88))
        covered = np.isin(stem, _division_ids("TH", "HY", "MB", "CB", "P", "MY"))
        ventral_mid = (self._along > 8.9) & (self._ap > 52)
        sheet &= ~(covered & (ventral_mid | medial | (self._along < 0.6)))
        is_iso = self._is_isocortex()
        labels = np.where(is_iso, self._nearest(CORTEX), self._nearest(ALLOCORTEX))
        stem[sheet] = labels[sheet]
        annotation[self.inside] = stem

    def _is_isocortex(self) -> Bools:
        rhinal = np.interp(self._ap, [30, 40, 60, 86, 96], [6.9, 6.75, 6.6, 6.7, 6.0])
        frontal = (self._ap < 33) & ((self._along < 10.2) | (self._ap < 28))
        behind_bulb = (self._ap < 26) & (self._along > 6.9) & (self._along < 9.6)
        lateral = (self._along <= rhinal) & (self._along >= 0)
        wraps = self._along > 10.3
        peduncular = (self._along > 9.9) & (self._ap > 29) & (self._ap < 35)
        return (lateral | (frontal & ~behind_bulb) | (wraps & (self._ap < 62))) & ~peduncular

    def _over_white(self) -> Bools:
        lateral = (self._along < 6.5) & (self._ap > 34)
        return lateral | ((self._ap > 88) & (self._along < 8.6))

    def _fill_hippocampus(self, labels: NDArray[np.uint32], below_mm: Floats) -> None:
        ap, dv, lateral = self._points.T
        floor = np.interp(ap, [60, 64, 70, 75, 79], [24, 29, 36, 46, 80])
        striatal = [structures()[name].id for name in ("CP", "LSc", "LSr", "BST", "GPe", "GPi")]
        here = np.isin(labels, striatal) & (ap > 61) & (dv < floor + 0.25 * lateral - 4)
        names = np.full(len(labels), structures()["CA1"].id, dtype=np.uint32)
        deep = below_mm > 0.34 * HIPPOCAMPUS_MM
        names[deep] = structures()["DG"].id
        names[deep & (lateral > np.interp(ap, [61, 70, 80, 90], [8, 18, 29, 34]))] = structures()[
            "CA3"
        ].id
        names[(ap > 91) | ((ap > 84) & (below_mm < 0.3) & (dv < 26))] = structures()["SUB"].id
        labels[here] = names[here]

    def _fill_claustrum(self, labels: NDArray[np.uint32], below_mm: Floats) -> None:
        """Thin sheets between the insular and piriform cortex and the striatum."""
        sheet = (below_mm > 0.02) & (below_mm < 0.42) & (self._points[:, 0] < 62)
        sheet &= self._points[:, 0] > 33
        labels[sheet & (self._along > 5.4) & (self._along <= 6.5)] = structures()["CLA"].id
        labels[sheet & (self._along > 6.5) & (self._along < 7.7)] = structures()["EPd"].id

    def _nearest(self, places: Places) -> NDArray[np.uint32]:
        best = np.full(len(self._ap), np.inf)
        owner = np.zeros(len(self._ap), dtype=np.intp)
        # A gentle warp bends the borders, so that the map does not look ruled.
        ap = self._ap + 1.2 * np.sin(self._along * 2.1) + 0.8 * np.sin(self._ap / 4.0)
        along = self._along + 0.08 * np.sin(self._ap / 3.0)
        for index, (_, (place_ap, place_along)) in enumerate(places):
            across = (along - place_along) * ALONG_MM
            distance = ((ap - place_ap) / 10) ** 2 + across**2
            closer = distance < best
            best[closer], owner[closer] = distance[closer], index
        return _ids(places)[owner]


def _thickness_mm(ap: Floats, along: Floats) -> Floats:
    """Thick in motor and insular cortex, thin medially and behind."""
    front = np.interp(ap, [17, 26, 45, 65, 85, 104], [0.9, 1.25, 1.2, 1.05, 0.85, 0.75])
    around = np.interp(along, [0, 1.5, 3, 5, 6.5, 8, 10], [0.82, 0.95, 1.0, 1.05, 0.95, 0.75, 0.7])
    return front * around


def _ids(places: Places) -> NDArray[np.uint32]:
    return np.array([structures()[name].id for name, _ in places], dtype=np.uint32)


def _division_ids(*divisions: str) -> list[int]:
    return [s.id for s in structures().values() if s.is_region and s.division in divisions]


def _fill_bulb(annotation: NDArray[np.uint32], grid: HalfGrid) -> None:
    bulb = ellipsoid(grid.points_mm, *BULB)
    stalk = (ellipsoid(grid.points_mm, *STALK) < 0) & (annotation == 0)
    annotation[stalk] = structures()["AON"].id
    annotation[bulb < 0] = structures()["MOB"].id
    annotation[bulb < -0.55] = structures()["lot"].id
    accessory = ellipsoid(grid.points_mm, (2.0, 2.15, 0.85), (0.38, 0.34, 0.5)) < 0
    annotation[accessory] = structures()["AOB"].id


def _fill_loft(annotation: NDArray[np.uint32], grid: HalfGrid, loft: Loft, places: Places) -> None:
    inside = loft.inside(grid)
    points = grid.points_mm[inside] * 10
    annotation[inside] = _ids(places)[nearest_place(points, places)]


def _mark_white_matter(annotation: NDArray[np.uint32], grid: HalfGrid) -> None:
    points = grid.points_mm
    arbor = ellipsoid(points, (11.2, 2.6, 1.4), (0.75, 0.45, 2.0))
    inner = np.isin(annotation, _division_ids("CB"))
    nuclei = np.isin(annotation, [structures()[n].id for n in ("FN", "IP", "DN")])
    annotation[inner & (arbor < 0.12) & ~nuclei] = structures()["arb"].id
    commissure = ellipsoid(points, (5.2, 5.1, 0.0), (0.2, 0.17, 2.6)) < 0
    annotation[commissure & (annotation > 0)] = structures()["aco"].id
    genu = (points[..., 2] < 1.0) & (np.abs(_arch(points)) < 0.14)
    genu &= (points[..., 0] > 4.0) & (points[..., 0] < 7.9)
    annotation[genu] = structures()["cc"].id


def _arch(points: Floats) -> Floats:
    """Height in mm above the callosal arch that joins the hemispheres."""
    ap = points[..., 0]
    height = np.interp(ap, [4.0, 4.4, 5.0, 6.0, 7.0, 7.9], [3.6, 3.05, 2.7, 2.3, 2.05, 2.15])
    return np.asarray(points[..., 1] - height - 0.05 * points[..., 2])


def _mark_ventricles(annotation: NDArray[np.uint32], grid: HalfGrid) -> None:
    points = grid.points_mm
    brain = annotation > 0
    lateral = ellipsoid(points, (5.0, 3.3, 1.0), (1.1, 0.55, 0.11)) < 0
    annotation[lateral & brain] = structures()["VL"].id
    third = (points[..., 2] < 0.12) & (points[..., 0] > 5.4) & (points[..., 0] < 8.0)
    third &= (points[..., 1] > 5.0) & (points[..., 1] < 7.2)
    annotation[third & brain] = structures()["V3"].id
    aqueduct = ellipsoid(points, (9.4, 2.85, 0.0), (1.3, 0.28, 0.14)) < 0
    annotation[aqueduct & brain] = structures()["AQ"].id
    fourth = ellipsoid(points, (11.1, 4.3, 0.0), (0.9, 0.22, 0.9)) < 0
    annotation[fourth & brain] = structures()["V4"].id
