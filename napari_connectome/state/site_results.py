"""Where to inject next, and what hypothetical injections would change."""

from __future__ import annotations

import numpy as np

from napari_connectome.core.evidence import SupportMaps, support_maps_job
from napari_connectome.core.hypothetical import with_hypothetical_job
from napari_connectome.core.injection_sites import Site, rank_sites_job
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job
from napari_connectome.state.background import Background
from napari_connectome.state.comparison_results import Start
from napari_connectome.state.evidence_results import EvidenceResults
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.runner import Runner
from napari_connectome.state.site_values import HypotheticalSupport, RankedSites

Point = tuple[float, float, float]


class SiteResults:
    """Ranks sites, and keeps the support maps in step with hypothetical injections.

    Parameters
    ----------
    state : ExplorerState
        What is changed, on the thread that calls this object.
    runner : Runner
        Where support maps are made.
    start : callable
        Starts what a person asks for.
    evidence : EvidenceResults
        Owns the support maps that are shown.
    """

    def __init__(
        self, state: ExplorerState, runner: Runner, start: Start, evidence: EvidenceResults
    ) -> None:
        self._state, self._start, self._evidence = state, start, evidence
        self._background = Background(runner)
        state.events.hypothetical.connect(self._support)

    @property
    def is_busy(self) -> bool:
        """Whether the effect of hypothetical injections is in the making."""
        return self._background.is_running

    def close(self) -> None:
        """Stop everything."""
        self._state.events.hypothetical.disconnect(self._support)
        self._background.stop()

    def forget(self) -> None:
        """Drop ranking and hypothetical injections: the model is another one."""
        self._background.stop()
        self._state.sites = None
        self._state.hypothetical_support = None
        self._state.hypothetical = ()

    def rank(self, division_id: int, count: int) -> None:
        """Rank the places of a division for further injections."""
        state, model = self._state, self._state.model
        if model is None:
            state.error = "There is no model yet: fit one first, then ask where to inject next."
            return

        def done(sites: list[Site]) -> None:
            if state.model is model:
                state.sites = RankedSites(model, division_id, tuple(sites))

        self._start(
            "sites",
            "Ranking injection sites",
            lambda: rank_sites_job(model, division_id, count),
            done,
        )

    def _support(self) -> None:
        """Find what the hypothetical injections change, and show it where support is shown."""
        state, model, points = self._state, self._state.model, self._state.hypothetical
        self._background.stop()
        if model is None or not points:
            if state.hypothetical_support is not None:
                state.hypothetical_support = None
                self._evidence.replace_support(None)
            return

        def made(found: HypotheticalSupport) -> None:
            with state.together():
                state.hypothetical_support = found
                self._evidence.replace_support(found.maps)

        job = _supported(model, points)
        self._background.start(job, "Hypothetical injections", self._tell, made)

    def _tell(self, text: str) -> None:
        self._state.notice = text


def _supported(model: FittedModel, points_um: tuple[Point, ...]) -> Job[HypotheticalSupport]:
    atlas = model.atlas
    before = yield from support_maps_job(model)
    after = yield from with_hypothetical_job(model, points_um)
    divisions = {int(atlas.divisions[atlas.index_of_um(point)]) for point in points_um}
    means = tuple(
        (i, _mean_um(model, before, i), _mean_um(model, after, i)) for i in sorted(divisions)
    )
    return HypotheticalSupport(points_um, after, means)


def _mean_um(model: FittedModel, maps: SupportMaps, division_id: int) -> float:
    """Mean distance over the right half of a division; infinite without any injection."""
    atlas = model.atlas
    inside = atlas.divisions == division_id
    inside[:, :, : atlas.midline] = False
    found = maps.nearest_um[maps.mask.to_vector(inside)]
    return float(found.mean()) if np.isfinite(found).all() else float("inf")
