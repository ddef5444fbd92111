"""The panels of the explorer's column and the state."""

from __future__ import annotations

from functools import partial
from typing import Any

from qtpy.QtCore import QObject

from napari_connectome.core.sources import RegionSource
from napari_connectome.data.target_table import VALUE_TITLE, side_words, target_rows
from napari_connectome.state import jobs
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import Selection
from napari_connectome.state.stopped_fits import was_stopped
from napari_connectome.widgets import presenters
from napari_connectome.widgets.explorer_panels import ExplorerPanels
from napari_connectome.widgets.source_words import source_texts
from napari_connectome.widgets.view_docks import ViewDocks


class PanelBinding(QObject):
    """Keeps the panels in step with the state; they can always be seen.

    Parameters
    ----------
    panels : ExplorerPanels
        What is kept.
    state : ExplorerState
        Observed, and written with what a person asks for.
    controller : Controller
        Acts on requests.
    docks : ViewDocks
        Views that the buttons open.
    parent : QObject
        Keeps it alive.
    """

    def __init__(
        self,
        panels: ExplorerPanels,
        state: ExplorerState,
        controller: Controller,
        docks: ViewDocks,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panels, self._state, self._controller = panels, state, controller
        self._outlook = controller.background()
        self._source_waits = False
        self._limits = (0.0, 1.0)
        self._take_requests(docks)
        self._watch()

    def _take_requests(self, docks: ViewDocks) -> None:
        panels, state = self._panels, self._state
        panels.region_tree.selection_changed.connect(self._select)
        panels.region_tree.source_requested.connect(
            lambda regions: _set(state, "source", RegionSource(tuple(regions)))
        )
        for name, button in panels.view_buttons.items():
            button.toggled.connect(partial(docks.set_open, name))
        docks.toggled.connect(lambda name, on: panels.view_buttons[name].setChecked(on))
        panels.only_selected.toggled.connect(lambda on: _set(state, "only_selected", on))
        panels.fit.params_changed.connect(lambda params: _set(state, "fit_params", params))
        panels.fit.fit_requested.connect(lambda: self._fit(resume=False))
        panels.fit.resume_requested.connect(lambda: self._fit(resume=True))
        panels.job_bar.cancel_requested.connect(self._controller.cancel)
        panels.job_bar.dismissed.connect(self._on_dismissed)
        panels.source.source_requested.connect(lambda source: _set(state, "source", source))
        panels.source.direction_changed.connect(lambda way: _set(state, "direction", way))
        panels.source.pick_mode_changed.connect(lambda on: _set(state, "picking", on))
        panels.source.bregma_changed.connect(lambda place: _set(state, "bregma_um", place))
        panels.source.failed.connect(lambda text: _set(state, "error", text))
        panels.color_bar.log_changed.connect(lambda on: _set(state, "log_scale", on))
        panels.color_bar.lock_changed.connect(lambda on: _set(state, "lock_limits", on))
        panels.color_bar.limits_changed.connect(self._on_limits)
        panels.targets.region_activated.connect(lambda region: self._select((region,)))

    def _watch(self) -> None:
        panels, events = self._panels, self._state.events
        events.dataset.connect(self._show_dataset)
        events.model.connect(self._show_model)
        events.fit_params.connect(self._show_fit_params)
        events.prediction.connect(self._show_prediction)
        events.source.connect(self._on_source)
        events.dragging.connect(self._on_dragging)
        events.direction.connect(panels.source.set_direction)
        events.selection.connect(self._show_selection)
        events.picking.connect(panels.source.set_pick_mode)
        events.bregma_um.connect(panels.source.set_bregma)
        events.limits.connect(self._show_limits)
        events.log_scale.connect(panels.color_bar.set_log)
        events.lock_limits.connect(panels.color_bar.set_locked)
        events.job.connect(self._show_job)
        events.error.connect(self._show_messages)
        events.notice.connect(self._show_messages)

    def _show_dataset(self) -> None:
        dataset = self._state.dataset
        self._panels.dataset.show_dataset(
            None if dataset is None else presenters.summary_of(dataset)
        )
        if dataset is None:
            return
        atlas = dataset.atlas
        self._panels.source.resolution_um = atlas.resolution_um
        self._panels.region_tree.set_tree(
            atlas.tree, atlas.structure_ids, presenters.region_volumes_mm3(atlas)
        )
        self._panels.experiments.set_rows(presenters.experiment_rows(dataset))
        self._panels.fit.set_atlas(atlas)
        self._panels.fit.set_can_resume(was_stopped(self._state))
        self._show_outlook()
        self._show_source()
        self._show_model()
        self._show_prediction()

    def _show_model(self) -> None:
        model = self._state.model
        self._panels.fit.show_model(model)
        self._panels.fit.show_stale(self._state.is_stale)
        if model is not None:
            self._panels.color_bar.set_unit(model.connectivity.unit.capitalize())

    def _show_fit_params(self) -> None:
        if self._panels.fit.params() != self._state.fit_params:
            self._panels.fit.set_params(self._state.fit_params)
        self._panels.fit.show_stale(self._state.is_stale)
        self._panels.fit.set_can_resume(was_stopped(self._state))
        self._show_outlook()

    def _show_outlook(self) -> None:
        """Say before a fit what it will be about; what cannot be fitted says why."""
        state, panel = self._state, self._panels.fit
        if state.dataset is not None:
            job = jobs.outlook(state.dataset, state.fit_params)
            self._outlook.start(
                job, "The outlook", lambda _words: None, panel.show_outlook, panel.show_outlook
            )

    def _fit(self, *, resume: bool) -> None:
        self._panels.fit.begin()
        self._controller.fit(resume=resume)

    def _on_source(self) -> None:
        """While dragging the panel waits for the answer: the window is drawn once, not twice."""
        self._source_waits = self._state.dragging and self._state.prediction is not None
        if not self._source_waits:
            self._show_source()

    def _on_dragging(self, dragging: bool) -> None:
        if self._source_waits and not dragging:
            self._source_waits = False
            self._show_source()

    def _show_source(self) -> None:
        dataset, model = self._state.dataset, self._state.model
        if dataset is not None:
            mask = None if model is None else model.connectivity.source_mask
            shown = source_texts(dataset.atlas, self._state.source, mask)
            self._panels.source.show_source(self._state.source, *shown)

    def _show_prediction(self) -> None:
        prediction = self._state.prediction
        self._panels.save_volume.setEnabled(prediction is not None)
        if prediction is None:
            self._panels.targets.set_targets(())
            return
        if self._source_waits:
            self._show_source()
        if self._state.limits != self._limits:
            self._show_limits()
        sends = prediction.direction == "anterograde"
        self._panels.targets.set_targets(
            target_rows(prediction),
            prediction.model.connectivity.unit,
            VALUE_TITLE,
            region_title="Target region" if sends else "Source region",
            words=side_words(prediction),
        )
        self._panels.targets.select(self._selected_regions())

    def _show_limits(self) -> None:
        self._limits = self._state.limits
        self._panels.color_bar.set_limits(*self._limits)

    def _select(self, ids: tuple[int, ...]) -> None:
        self._state.selection = Selection(ids=ids)

    def _show_selection(self, selection: Selection) -> None:
        if selection.ids != self._panels.region_tree.selected_ids():
            self._panels.region_tree.select(selection.ids)
        self._panels.targets.select(self._selected_regions())

    def _selected_regions(self) -> tuple[int, ...]:
        dataset, ids = self._state.dataset, self._state.selection.ids
        return ids if dataset is None else dataset.atlas.tree.regions_of(ids)

    def _show_job(self) -> None:
        job = self._state.job
        self._panels.dataset.set_busy(job is not None)
        dataset = self._state.dataset
        can_fit = job is None and dataset is not None and dataset.experiments is not None
        self._panels.fit.set_can_fit(can_fit)
        if job is None:
            self._panels.job_bar.clear_progress()
            self._panels.fit.set_can_resume(was_stopped(self._state))
        else:
            if job.kind == "fit":
                self._panels.fit.show_figures(job.elapsed_s, job.progress.figures)
            self._panels.job_bar.show_progress(job.progress, job.elapsed_s)

    def _show_messages(self) -> None:
        if self._state.error:
            self._panels.job_bar.show_error(self._state.error)
        elif self._state.notice:
            self._panels.job_bar.show_message(self._state.notice)
        else:
            self._panels.job_bar.clear_note()

    def _on_dismissed(self) -> None:
        self._state.error = None
        self._state.notice = None

    def _on_limits(self, low: float, high: float) -> None:
        self._state.limits = (low, high)
        self._state.lock_limits = True


def _set(state: ExplorerState, name: str, value: Any) -> None:
    """Assignment as an expression, for signal connections."""
    setattr(state, name, value)
