"""The list of named sources and the state."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import QFileDialog

from napari_connectome.data.source_files import NamedSource
from napari_connectome.state import source_jobs
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.recording.asking import SaveSources
from napari_connectome.widgets.source_list import SourceList
from napari_connectome.widgets.source_words import source_name

FILES = "Sources (*.json)"


class SourceListBinding:
    """Keeps the list in step with the state.

    Parameters
    ----------
    view : SourceList
        What is kept.
    state : ExplorerState
        Observed; the source and the named sources are written.
    controller : Controller
        Reads and writes files.
    """

    def __init__(self, view: SourceList, state: ExplorerState, controller: Controller) -> None:
        self._view, self._state, self._controller = view, state, controller
        view.keep_requested.connect(self._on_keep)
        view.asked.connect(self._on_asked)
        view.renamed.connect(self._on_renamed)
        view.deleted.connect(self._on_deleted)
        view.open_requested.connect(self._on_open)
        view.save_requested.connect(self._on_save)
        state.events.named_sources.connect(self._show)
        state.events.source.connect(self._show_source)

    def close(self) -> None:
        """Stop observing."""
        self._state.events.named_sources.disconnect(self._show, missing_ok=True)
        self._state.events.source.disconnect(self._show_source, missing_ok=True)

    def ask_open_path(self, title: str, kinds: str) -> str:
        """Ask what to open; empty when the person changed their mind."""
        return QFileDialog.getOpenFileName(self._view, title, "", kinds)[0]

    def ask_save_path(self, title: str, name: str, kinds: str) -> str:
        """Ask where to save; empty when the person changed their mind."""
        return QFileDialog.getSaveFileName(self._view, title, name, kinds)[0]

    def _show(self) -> None:
        self._view.set_names([(n.name, n.source.label) for n in self._state.named_sources])
        self._show_source()

    def _show_source(self) -> None:
        source = self._state.source
        self._view.set_can_keep(source is not None)
        rows = [
            row for row, named in enumerate(self._state.named_sources) if named.source == source
        ]
        self._view.select(rows[0] if rows else -1)

    def _on_keep(self) -> None:
        state, dataset = self._state, self._state.dataset
        if state.source is None or dataset is None:
            return
        mask = None if state.model is None else state.model.connectivity.source_mask
        name = free_name(source_name(dataset.atlas, state.source, mask), state.named_sources)
        state.named_sources = (*state.named_sources, NamedSource(name, state.source))

    def _on_asked(self, row: int) -> None:
        self._state.source = self._state.named_sources[row].source

    def _on_renamed(self, row: int, name: str) -> None:
        named = list(self._state.named_sources)
        others = (*named[:row], *named[row + 1 :])
        wanted = " ".join(name.split()) or named[row].name
        named[row] = NamedSource(free_name(wanted, others), named[row].source)
        self._state.named_sources = tuple(named)

    def _on_deleted(self, row: int) -> None:
        named = self._state.named_sources
        self._state.named_sources = (*named[:row], *named[row + 1 :])

    def _on_open(self) -> None:
        path = self.ask_open_path("Open named sources", FILES)
        if path:
            self.open_file(Path(path))

    def open_file(self, path: Path) -> None:
        """Add the sources of a file to the list."""

        def done(found: tuple[NamedSource, ...]) -> None:
            named = self._state.named_sources
            for source in found:
                named = (*named, NamedSource(free_name(source.name, named), source.source))
            self._state.named_sources = named
            self._state.notice = f"{len(found)} sources were opened from {path.name}."

        self._controller.read(path, lambda: source_jobs.open_sources(path), done)

    def _on_save(self) -> None:
        path = self.ask_save_path("Save named sources", "sources.json", FILES)
        if path:
            named = self._state.named_sources
            file = Path(path)
            self._controller.save(
                SaveSources(file, named), lambda: source_jobs.save_sources(file, named)
            )


def free_name(name: str, named: tuple[NamedSource, ...]) -> str:
    """A name that none of the sources has: the given one, with a number if need be."""
    taken = {n.name for n in named}
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free
