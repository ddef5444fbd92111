"""A view is kept in step while it can be seen, and brought up to date when it appears."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from psygnal import SignalInstance

from napari_connectome.core.atlas import Atlas
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState


class Binding(ABC):
    """Base of the bindings of views that may be hidden.

    Parameters
    ----------
    state : ExplorerState
        Observed, and written with what a person does in the view.
    controller : Controller
        Acts on requests.
    """

    def __init__(self, state: ExplorerState, controller: Controller) -> None:
        self.state, self.controller = state, controller
        self._active = False
        self._connections: list[tuple[SignalInstance, Callable[..., Any]]] = []

    @property
    def atlas(self) -> Atlas | None:
        """The open brain."""
        return None if self.state.dataset is None else self.state.dataset.atlas

    def watch(self, signal: SignalInstance, update: Callable[[], None]) -> None:
        """Call a method at every change, as long as the view can be seen."""

        def changed() -> None:
            if self._active:
                update()

        signal.connect(changed)
        self._connections.append((signal, changed))

    def set_active(self, active: bool) -> None:
        """Say whether the view can be seen; what it missed is caught up with."""
        if active != self._active:
            self._active = active
            if active:
                self.refresh()

    @abstractmethod
    def refresh(self) -> None:
        """Show everything anew."""

    def selected_regions(self) -> tuple[int, ...]:
        """Regions of the matrices and maps that are selected, or part of what is."""
        atlas, ids = self.atlas, self.state.selection.ids
        return ids if atlas is None else atlas.tree.regions_of(ids)

    def close(self) -> None:
        """Stop observing."""
        self._active = False
        for signal, slot in self._connections:
            signal.disconnect(slot, missing_ok=True)
