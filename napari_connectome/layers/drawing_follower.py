"""Keeps the source in step with the layer that a person draws in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from napari.components import ViewerModel
from napari.layers import Image, Labels, Layer
from psygnal import Signal

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import ConnectomeError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources import Source
from napari_connectome.layers.drawing_layers import put_back
from napari_connectome.layers.drawing_reading import read_layer
from napari_connectome.layers.drawings import Drawn, source_of
from napari_connectome.layers.drawn_shapes import Unfinished
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.newest import Newest
from napari_connectome.state.params import DrawingParams
from napari_connectome.state.runner import Runner

log = logging.getLogger(__name__)

MOVED = ("scale", "translate", "rotate", "shear", "affine", "units", "data", "name", "visible")
"""What a layer tells when it is another drawing, or lies elsewhere."""
EDITED = ("labels_update", "features", "set_data")
"""What it tells when it is drawn in; undoing a stroke of the brush tells the last of them alone.

Of a single dab napari tells `paint` before the data have changed, and these afterwards."""


@dataclass(frozen=True, eq=False)
class Made:
    """What a source was made of.

    Parameters
    ----------
    drawn : Drawn
        What was drawn.
    params : DrawingParams
        How it was taken.
    digest : bytes
        Differs between drawings.
    n_voxels : int
        Source voxels that it covers, of both sides.
    inside : float
        Part of it that lies on source voxels.
    """

    drawn: Drawn
    params: DrawingParams
    digest: bytes
    n_voxels: int
    inside: float


class DrawingFollower:
    """Makes the source of a layer, whenever a stroke ends and, as far as it keeps up, before.

    The source stays as it is when the drawing is empty, hidden, removed or outside the source
    space; what is wrong is told.

    Parameters
    ----------
    viewer : ViewerModel
        Whose layers are followed.
    state : ExplorerState
        Observed; source, drawing flag, drawing parameters, error and notice are written.
    runner : Runner
        Where sources are made.
    """

    changed = Signal()
    """Another layer is followed, or something else is drawn in it."""

    def __init__(self, viewer: ViewerModel, state: ExplorerState, runner: Runner) -> None:
        self._viewer, self._state = viewer, state
        self._newest = Newest(runner, self._on_made, self._on_failed)
        self._asking = self._missed = False
        self._stroke = self._begun = False
        self._putting_back = self._wanted = False
        self._told: str | None = None
        self._own: set[Layer] = set()
        # What is known of a source must not keep it alive.
        self._of: WeakKeyDictionary[Source, tuple[Layer, Made]] = WeakKeyDictionary()
        self._source: Source | None = None
        self.layer: Layer | None = None
        self.made: Made | None = None
        viewer.layers.events.removed.connect(self._on_removed)
        self._connections: tuple[tuple[Any, Callable[..., None]], ...] = (
            (state.events.drawing_params, self.refresh),
            (state.events.model, self.refresh),
            (state.events.dataset, self._on_dataset),
            (state.events.source, self._on_source),
        )
        for signal, slot in self._connections:
            signal.connect(slot)

    def close(self) -> None:
        """Stop following."""
        self.follow(None)
        self._viewer.layers.events.removed.disconnect(self._on_removed)
        for signal, slot in self._connections:
            signal.disconnect(slot, missing_ok=True)

    def follow(self, layer: Layer | None, *, own: bool = False, ask: bool = True) -> None:
        """Take the source from a layer from now on.

        Parameters
        ----------
        layer : Layer or None
            What is followed; None for no layer.
        own : bool
            Whether the layer was made for this: going back to an earlier source then
            brings back what was drawn in it.
        ask : bool
            Whether what is drawn in it already becomes the source at once.
        """
        self._let_go()
        self.layer, self.made, self._source = layer, None, None
        if layer is not None:
            if own:
                self._own.add(layer)
            for name in _names(layer):
                getattr(layer.events, name).connect(self._on_edited)
            layer.mouse_drag_callbacks.append(self._on_press)
        self.changed.emit()
        if layer is not None and ask:
            self.ask_again()

    def ask_again(self) -> None:
        """Make the drawing the source, also after another one was chosen."""
        self._wanted = True
        self.refresh()

    def refresh(self) -> None:
        """Look at the layer now; nothing happens where nothing has changed."""
        layer, dataset = self.layer, self._state.dataset
        if layer is None or dataset is None or self._putting_back or self._begun:
            return
        if not layer.visible:
            self._tell(f"{layer.name} is hidden, so that it is not asked. Show it to go on.")
            return
        if self._asking:
            self._missed = True
            return
        try:
            drawn = read_layer(layer)
        except ConnectomeError as error:
            self._tell(str(error))
            return
        params, model = self._state.drawing_params, self._state.model
        mask = None if model is None else model.connectivity.source_mask
        before = None if self.made is None or self._source is None else (self._source, self.made)
        self._asking = True
        self._newest.ask(lambda: _make(drawn, dataset.atlas, params, mask, before))

    def _on_made(self, answer: tuple[Source, Made]) -> None:
        source, made = answer
        is_new = self._source is not source
        self._source, self.made = source, made
        self._all_is_well()
        if self.layer is not None and (is_new or self._wanted):
            self._of[source] = (self.layer, made)
            self._state.source = source
        self._wanted = False
        self._catch_up()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ConnectomeError):
            if not isinstance(error, Unfinished):
                self._tell(str(error))
        else:
            log.error("The drawing could not be read", exc_info=error)
            self._tell(f"The drawing could not be read: {type(error).__name__}: {error}")
        self._catch_up()

    def _catch_up(self) -> None:
        """Look again if something was missed; else a stroke that is over has been answered."""
        self._asking = False
        if self._missed:
            self._missed = False
            self.refresh()
        self._end_stroke()
        self.changed.emit()

    def _end_stroke(self) -> None:
        if self._state.drawing and not (self._stroke or self._asking):
            self._state.drawing = False

    def _tell(self, text: str) -> None:
        self._told = text
        self._state.error = text

    def _all_is_well(self) -> None:
        """Take back what was wrong with an earlier state of the drawing."""
        if self._told is not None and self._state.error == self._told:
            self._state.error = None
        self._told = None

    def _on_press(self, layer: Layer, event: Any) -> Generator[None, None, None]:
        """What comes of a stroke of the pen, between press and release, is one step."""
        if str(layer.mode) in ("pan_zoom", "transform"):
            return
        self._stroke = True
        self._state.drawing = True
        yield
        while event.type == "mouse_move":
            yield
        self._stroke = False
        self.refresh()
        self._end_stroke()

    def _on_edited(self, event: Any) -> None:
        action = str(getattr(event, "action", ""))
        if action:
            # A polygon is told of when it is begun, and again when it is closed.
            self._begun = action == "adding"
        self.refresh()

    def _on_removed(self, event: Any) -> None:
        gone: Layer = event.value
        name = gone.name
        self._own.discard(gone)
        if gone is self.layer:
            self.follow(None)
            self._state.notice = (
                f"{name} is gone; the last prediction stays. Draw anew, or choose another layer."
            )

    def _on_dataset(self) -> None:
        self.follow(None)

    def _on_source(self, source: Source | None) -> None:
        """Bring back what was drawn when a person goes back to an earlier source."""
        layer, made = self._of.get(source, (None, None)) if source is not None else (None, None)
        if layer is None or made is None or source is self._source:
            return
        # A layer that a person has brought along is never written to.
        if layer not in self._own or layer not in self._viewer.layers:
            return
        if layer is not self.layer:
            self.follow(layer, ask=False)
        self._newest.forget()
        self._asking = self._missed = False
        self._source, self.made = source, made
        self._putting_back = True
        try:
            self._state.drawing_params = made.params
            put_back(layer, made.drawn)
        finally:
            self._putting_back = False
        self.changed.emit()

    def _let_go(self) -> None:
        layer = self.layer
        self._newest.forget()
        self._asking = self._missed = self._stroke = self._begun = self._wanted = False
        self._end_stroke()
        if layer is not None:
            for name in _names(layer):
                getattr(layer.events, name).disconnect(self._on_edited)
            if self._on_press in layer.mouse_drag_callbacks:
                layer.mouse_drag_callbacks.remove(self._on_press)


def _names(layer: Layer) -> list[str]:
    # An image tells of every slice that is shown, and is not drawn in.
    names = MOVED if isinstance(layer, Image) and not isinstance(layer, Labels) else MOVED + EDITED
    return [name for name in names if name in layer.events.emitters]


def _make(
    drawn: Drawn,
    atlas: Atlas,
    params: DrawingParams,
    mask: VoxelMask | None,
    before: tuple[Source, Made] | None,
) -> tuple[Source, Made]:
    """The source of a drawing; the one before where nothing has changed."""
    digest = drawn.digest()
    if before is not None and (before[1].digest, before[1].params) == (digest, params):
        source = before[0]
    else:
        source = source_of(drawn, atlas, params)
    if mask is None:
        return source, Made(drawn, params, digest, 0, 1.0)
    weights = source.weights(atlas, mask)
    n_voxels = sum(len(part.rows) for part in weights.parts)
    return source, Made(drawn, params, digest, n_voxels, weights.inside_fraction)
