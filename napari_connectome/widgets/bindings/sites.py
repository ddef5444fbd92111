"""Ranked sites and the state: rows are looked at, and counted as if they had been injected."""

from __future__ import annotations

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.structures import Structure
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.site_values import HypotheticalSupport, RankedSites
from napari_connectome.widgets.bindings.binding import Binding
from napari_connectome.widgets.site_table import Point, SiteRow, change_text
from napari_connectome.widgets.site_view import HINT, SiteView
from napari_connectome.widgets.source_words import marked_regions

NO_MODEL = "Fit a model first: sites are ranked by the injections that it was fitted to."
NOTHING_LEFT = "Every voxel of this division is as near to an injection as it can be."


class SiteBinding(Binding):
    """Keeps a view of ranked sites in step with the state.

    Parameters
    ----------
    view : SiteView
        What is kept.
    state : ExplorerState
        Observed; the site that is looked at, hypothetical injections and the support that is
        shown are written.
    controller : Controller
        Ranks.
    """

    def __init__(self, view: SiteView, state: ExplorerState, controller: Controller) -> None:
        super().__init__(state, controller)
        self.view = view
        self._source_division = 0
        self._take_requests()
        events = state.events
        self.watch(events.dataset, self.refresh)
        self.watch(events.model, self._show_sites)
        self.watch(events.sites, self._show_sites)
        self.watch(events.hypothetical, self._show_sites)
        self.watch(events.hypothetical_support, self._show_summary)
        self.watch(events.site, self._show_site)
        self.watch(events.prediction, self._follow_source)
        self.watch(events.support_shown, self._show_support)

    def refresh(self) -> None:
        """Show divisions, ranking, and what hypothetical injections change."""
        atlas = self.atlas
        if atlas is not None:
            here = set(atlas.divisions.ravel()[:: max(atlas.divisions.size // 10**6, 1)].tolist())
            divisions = [atlas.tree[i] for i in atlas.tree.division_ids() if i in here]
            self.view.set_divisions({s.id: _title(s) for s in divisions})
        self._follow_source()
        self._show_sites()
        self._show_summary()
        self._show_support()

    def _follow_source(self) -> None:
        """Propose the division of the present source when it is another one."""
        division = self._division_of_source()
        if division and division != self._source_division:
            self._source_division = division
            self.view.set_division(division)

    def _division_of_source(self) -> int:
        prediction = self.state.prediction
        if prediction is None:
            return 0
        atlas = prediction.model.atlas
        regions = marked_regions(prediction)
        found = {atlas.tree.division_of(region) for region in regions} - {None}
        return found.pop() or 0 if len(found) == 1 else 0

    def _show_sites(self) -> None:
        ranked, atlas = self.state.sites, self.atlas
        if ranked is None or atlas is None:
            self.view.set_rows((), HINT if self.state.model is not None else NO_MODEL)
            return
        self.view.set_division(ranked.division_id)
        self.view.set_rows(site_rows(ranked, atlas, self.state.hypothetical), NOTHING_LEFT)
        self.view.select(self.state.site)

    def _show_site(self) -> None:
        self.view.select(self.state.site)

    def _show_summary(self) -> None:
        found, atlas = self.state.hypothetical_support, self.atlas
        if found is None or atlas is None:
            self.view.set_summary("", added=0)
        else:
            self.view.set_summary(summary_of(found, atlas), added=len(found.points_um))

    def _show_support(self) -> None:
        self.view.set_support_shown(self.state.support_shown == "distance")

    def _take_requests(self) -> None:
        view, state = self.view, self.state
        view.rank_requested.connect(self.controller.sites.rank)
        view.site_chosen.connect(self._on_site)
        view.toggled.connect(self._on_toggled)
        view.all_taken_back.connect(lambda: setattr(state, "hypothetical", ()))
        view.support_toggled.connect(
            lambda on: setattr(state, "support_shown", "distance" if on else "off")
        )

    def _on_site(self, point: Point) -> None:
        if point == self.state.site:
            # The slices may have moved on: go there again.
            self.state.events.site.emit(point)
        self.state.site = point

    def _on_toggled(self, point: Point) -> None:
        before = self.state.hypothetical
        kept = tuple(p for p in before if p != point)
        self.state.hypothetical = kept if len(kept) < len(before) else (*before, point)


def site_rows(ranked: RankedSites, atlas: Atlas, added: tuple[Point, ...]) -> list[SiteRow]:
    """The table of a ranking."""
    rows = []
    for rank, site in enumerate(ranked.sites, start=1):
        structure = atlas.tree[site.structure_id]
        rows.append(
            SiteRow(
                rank=rank,
                acronym=structure.acronym,
                name=structure.name,
                rgb=structure.rgb,
                point_um=site.point_um,
                drop_um=site.drop_um,
                before_um=site.mean_before_um,
                after_um=site.mean_after_um,
                added=site.point_um in added,
            )
        )
    return rows


def summary_of(found: HypotheticalSupport, atlas: Atlas) -> str:
    """What hypothetical injections change, in words."""
    count = len(found.points_um)
    injections = "1 hypothetical injection" if count == 1 else f"{count} hypothetical injections"
    means = "; ".join(
        f"{atlas.tree[i].acronym} {change_text(before, after)} µm"
        for i, before, after in found.means_um
    )
    return f"Mean distance to the nearest injection: {means}, with {injections}."


def _title(structure: Structure) -> str:
    same = structure.acronym == structure.name
    return structure.name if same else f"{structure.acronym}  {structure.name}"
