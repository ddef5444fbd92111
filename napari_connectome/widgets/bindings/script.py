"""The script of what was done, and the state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import QTimer

from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.recording.document import notebook, python_script
from napari_connectome.widgets.bindings.binding import Binding
from napari_connectome.widgets.script.view import ScriptView

SETTLED_MS = 150
"""The script is written once a person pauses: a drag makes many steps that replace each other."""


class ScriptBinding(Binding):
    """Keeps the script in step with the state.

    Parameters
    ----------
    view : ScriptView
        What is kept.
    state : ExplorerState
        Observed.
    controller : Controller
        Writes files.
    ask_save : callable
        Asks where to save by title, name and kinds; empty when the person changed their mind.
    """

    def __init__(
        self,
        view: ScriptView,
        state: ExplorerState,
        controller: Controller,
        ask_save: Callable[[str, str, str], str],
    ) -> None:
        super().__init__(state, controller)
        self.view, self._ask_save = view, ask_save
        self._settled = QTimer(view)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self.refresh)
        view.script_requested.connect(self._on_script)
        view.notebook_requested.connect(self._on_notebook)
        self.watch(state.events.done, self._settled.start)

    def refresh(self) -> None:
        """Show the script of what was done until now."""
        done = self.state.done
        self.view.set_text(python_script(done) if done else "")

    def close(self) -> None:
        """Stop observing."""
        super().close()
        self._settled.stop()

    def _on_script(self) -> None:
        name = self._ask_save("Save the script", "connectome.py", "Python (*.py)")
        if name:
            self.controller.save_text(Path(name), python_script(self.state.done))

    def _on_notebook(self) -> None:
        name = self._ask_save("Save the notebook", "connectome.ipynb", "Notebooks (*.ipynb)")
        if name:
            self.controller.save_text(Path(name), notebook(self.state.done))
