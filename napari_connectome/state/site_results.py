"""Where to inject next, and what hypothetical injections would change."""

from __future__ import annotations

import logging

import numpy as np

from napari_connectome.core.errors import ConnectomeError
from napari_connectome.core.evidence import SupportMaps, support_maps_job
from napari_connectome.core.hypothetical import with_hypothetical_job
from napari_connectome.core.injection_sites import Site, rank_sites_job
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job, run_to_end
from napari_connectome.state.comparison_results import Start
from napari_connectome.state.evidence_results import EvidenceResults
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.newest import Newest
from napari_connectome.state.recording.planning import PlanInjections, RankSites
from napari_connectome.state.recording.record import record
from napari_connectome.state.recording.steps import Forget
from napari_connectome.state.runner import Runner
from napari_connectome.state.site_values import HypotheticalSupport, RankedSites

log = logging.getLogger(__name__)
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
        self._support = Newest(runner, self._on_support, self._on_error)
        state.events.hypothetical.connect(self._ask)

    @property
    def is_busy(self) -> bool:
        """Whether the effect of hypothetical injections is in the making."""
        return self._support.is_busy

    def close(self) -> None:
        """Stop everything."""
        self._state.events.hypothetical.disconnect(self._ask)
        self._support.forget()

    def forget(self) -> None:
        """Drop ranking and hypothetical injections: the model is another one."""
        self._support.forget()
        self._state.sites = None
        self._state.hypothetical_support = None
        self._state.hypothetical = ()
        self._state.site = None

    def rank(self, division_id: int, count: int) -> None:
        """Rank the places of a division for further injections."""
        state, model = self._state, self._state.model
        if model is None:
            state.error = "There is no model yet: fit one first, then ask where to inject next."
            return

        def done(sites: list[Site]) -> None:
            if state.model is model:
                acronym = model.atlas.tree[division_id].acronym
                record(state, RankSites(division_id, acronym, count))
                with state.together():
                    state.site = None
                    state.sites = RankedSites(model, division_id, tuple(sites))

        self._start(
            "sites",
            "Ranking injection sites",
            lambda: rank_sites_job(model, division_id, count),
            done,
        )

    def _ask(self) -> None:
        """Find what the hypothetical injections change."""
        state, model, points = self._state, self._state.model, self._state.hypothetical
        self._support.forget()
        if model is not None and points:
            self._support.ask(lambda: run_to_end(_supported(model, points)))
        elif state.hypothetical_support is not None:
            record(state, Forget(frozenset({"planned"})))
            state.hypothetical_support = None
            self._evidence.replace_support(None)

    def _on_support(self, found: HypotheticalSupport) -> None:
        record(self._state, PlanInjections(found.points_um))
        with self._state.together():
            self._state.hypothetical_support = found
            self._evidence.replace_support(found.maps)

    def _on_error(self, error: Exception) -> None:
        if isinstance(error, ConnectomeError):
            self._state.error = str(error)
        else:
            log.error("Hypothetical injections failed", exc_info=error)
            kind = type(error).__name__
            self._state.error = f"The hypothetical injections could not be added: {kind}: {error}"


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
