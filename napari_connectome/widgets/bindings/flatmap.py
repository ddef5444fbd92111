"""The flatmap and the state: the projection as a picture, clicks as sources and regions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from napari_connectome.core.cortex.area import area_drawing
from napari_connectome.core.errors import SourceError
from napari_connectome.core.flatmap import FlatmapProjector
from napari_connectome.core.models.fitted import Direction
from napari_connectome.core.sources import Source, VolumeSource
from napari_connectome.layers.drawings import on_side
from napari_connectome.state.controller import Controller
from napari_connectome.state.evidence_values import ShownAnswer
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import MapParams
from napari_connectome.state.values import BrainMap
from napari_connectome.widgets import presenters, view_contents
from napari_connectome.widgets.bindings.binding import Binding
from napari_connectome.widgets.compare_contents import (
    movie_frame,
    shown_answer,
    shows_difference,
    side_colors,
)
from napari_connectome.widgets.flatmap.content import Place
from napari_connectome.widgets.flatmap.view import FlatmapView
from napari_connectome.widgets.source_words import marked_pixels

NO_BRAIN = "Open a brain to see its cortex as a map."


class FlatmapBinding(Binding):
    """Keeps a flatmap in step with the state.

    The marker of the source moves when the answer to it comes: one redraw, not two.

    Parameters
    ----------
    view : FlatmapView
        What is kept.
    state : ExplorerState
        Observed; source, selection and the parameters of the map are written.
    controller : Controller
        Makes the maps.
    source_at : callable
        Makes the source of a picked place.
    """

    def __init__(
        self,
        view: FlatmapView,
        state: ExplorerState,
        controller: Controller,
        source_at: Callable[[Place], Source],
    ) -> None:
        super().__init__(state, controller)
        self.view = view
        self._source_at = source_at
        self._shown: BrainMap | None = None
        self._pick_depth = state.map_params.pick_depth
        self._projectors: dict[Direction, FlatmapProjector] = {}
        self._drawn: ShownAnswer | None = None
        self._signed = False
        view.set_colors(presenters.colormap_colors())
        self._take_requests()
        events = state.events
        self.watch(events.dataset, self.refresh)
        self.watch(events.no_maps, self._show_map)
        self.watch(events.maps, self._show_map)
        self.watch(events.map_params, self._show_map)
        self.watch(events.movie, self._on_answer)
        self.watch(events.frame, self._on_answer)
        self.watch(events.prediction, self._on_answer)
        self.watch(events.compared, self._on_answer)
        self.watch(events.compared_side, self._on_answer)
        self.watch(events.limits, self._show_limits)
        self.watch(events.difference_limits, self._show_limits)
        self.watch(events.log_scale, self._show_limits)
        self.watch(events.selection, self._show_selection)

    @property
    def shown(self) -> BrainMap | None:
        """The map that is shown."""
        return self._shown

    def projector(self, answer: ShownAnswer) -> FlatmapProjector | None:
        """What turns an answer into the picture that is shown."""
        if self._shown is None:
            return None
        params, known = self.state.map_params, self._projectors.get(answer.direction)
        if (
            known is None
            or known.view is not self._shown.view
            or known.mask is not answer.mask
            or (known.depth, known.aggregate) != (params.depth, params.aggregate)
        ):
            known = FlatmapProjector(
                self._shown.view,
                answer.mask,
                depth=params.depth,
                aggregate=params.aggregate,
            )
            self._projectors[answer.direction] = known
        return known

    def refresh(self) -> None:
        """Show the map, the projection and the selection; ask for maps where there are none."""
        self.controller.views.need_maps()
        self._show_map()

    def _show_map(self) -> None:
        state, params = self.state, self.state.map_params
        names = {m.view.name: m for m in state.maps}
        self.view.set_views({name: m.view.title for name, m in names.items()})
        shown = names.get(params.view) or next(iter(names.values()), None)
        self._show_params(params, shown)
        if shown is not self._shown or shown is None or params.pick_depth != self._pick_depth:
            self._shown, self._pick_depth = shown, params.pick_depth
            atlas = self.atlas
            if shown is None or atlas is None:
                self.view.set_content(None, NO_BRAIN if atlas is None else state.no_maps or "")
                return
            self.view.set_content(view_contents.map_content(shown, atlas, params.pick_depth))
            self._show_selection()
        self._show_answer()

    def _show_params(self, params: MapParams, shown: BrainMap | None) -> None:
        if shown is not None:
            self.view.set_view(shown.view.name)
        self.view.set_aggregate(params.aggregate)
        self.view.set_depth_range(*params.depth)
        self.view.set_pick_depth(params.pick_depth)
        self.view.set_limits_mode(params.linked_limits)

    def image(self) -> npt.NDArray[np.float32] | None:
        """The values that are shown; None while there are none."""
        answer = shown_answer(self.state)
        if answer is None:
            return None
        if self.state.compared is not None and shows_difference(self.state):
            # Not the difference's own map: the largest values of a path may lie apart.
            comparison = self.state.compared.comparison
            first, second = self._image_of(comparison.first), self._image_of(comparison.second)
            return None if first is None or second is None else first - second
        return self._image_of(answer)

    def _image_of(self, answer: ShownAnswer) -> npt.NDArray[np.float32] | None:
        projector = self.projector(answer)
        if projector is None:
            return None
        return projector.image(answer.vector, mirrored=answer.mirrored)

    def _on_answer(self) -> None:
        """A chosen side of a comparison comes later than the answer: one redraw, not two."""
        if shown_answer(self.state) is not self._drawn:
            self._show_answer()

    def _show_answer(self) -> None:
        prediction, atlas = movie_frame(self.state) or self.state.prediction, self.atlas
        self._drawn = answer = shown_answer(self.state)
        if self._shown is None or atlas is None:
            return
        image = self.image()
        if answer is None or image is None:
            self.view.mark_source(())
            self.view.set_image(None, "")
            return
        self._show_limits()
        self.view.mark_source(() if prediction is None else marked_pixels(self._shown, prediction))
        unit = view_contents.map_unit(answer, self.state.map_params.aggregate)
        self.view.set_image(image, f"A − B. {unit}" if shows_difference(self.state) else unit)

    def _show_limits(self) -> None:
        state, signed = self.state, shows_difference(self.state)
        if signed != self._signed:
            self._signed = signed
            self.view.set_colors(side_colors(state.compared_side if signed else "b"))
        if signed:
            self.view.set_limits(*state.difference_limits, log=False)
        else:
            self.view.set_limits(*state.limits, log=state.log_scale)

    def _show_selection(self) -> None:
        self.view.set_regions(self.selected_regions())

    def _take_requests(self) -> None:
        view, state = self.view, self.state
        view.place_picked.connect(self._on_place)
        view.place_dragged.connect(self._on_place)
        view.drag_started.connect(lambda: setattr(state, "dragging", True))
        view.drag_ended.connect(lambda: setattr(state, "dragging", False))
        view.area_drawn.connect(self._on_area)
        view.region_chosen.connect(self._on_region)
        view.view_changed.connect(lambda name: self._change(view=name))
        view.aggregate_changed.connect(lambda name: self._change(aggregate=name))
        view.depth_range_changed.connect(lambda low, high: self._change(depth=(low, high)))
        view.pick_depth_changed.connect(lambda depth: self._change(pick_depth=depth))
        view.limits_mode_changed.connect(lambda linked: self._change(linked_limits=linked))

    def _change(self, **values: object) -> None:
        self.state.map_params = self.state.map_params.model_copy(update=values)

    def _on_place(self, place: Place) -> None:
        self.state.source = self._source_at(place)

    def _on_area(self, pixels: npt.NDArray[np.bool_]) -> None:
        """The paths under an area, over the depth that is shown, become the source."""
        state, atlas = self.state, self.atlas
        if self._shown is None or atlas is None:
            return
        view, params = self._shown.view, state.drawing_params
        try:
            drawing = area_drawing(view, pixels, state.map_params.depth)
        except SourceError as error:
            state.error = str(error)
            return
        source = VolumeSource(drawing, f"area of the {view.title.lower()}", params.scale)
        state.source = on_side(source, atlas, params)

    def _on_region(self, structure_id: int) -> None:
        if structure_id:
            self.state.selection = self.state.selection.toggled(structure_id)
