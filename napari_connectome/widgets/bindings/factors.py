"""Factor pairs and the state: listed by energy, looked at one by one."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import ModelError
from napari_connectome.core.flatmap import CorticalView, FlatmapProjector
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.sides import SIDES
from napari_connectome.core.spline.model_energy import SideEnergy, model_energy_job
from napari_connectome.core.spline.model_factors import FactorPair, factor_pairs
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.recording.figures import SaveFigure
from napari_connectome.state.recording.steps import FileStep
from napari_connectome.widgets.bindings.figures import COLUMN_MM, Make, PageBinding
from napari_connectome.widgets.factors.view import FactorView

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NO_MODEL = (
    "Fit the low-rank spline model, or open one, to see the pairs of patterns that it is made of."
)
CHOOSE = "Choose a pair in the list."
PRINT_MM = 170.0
SIDE_NAMES = {"ipsi": "ipsilateral", "contra": "contralateral"}
TIPS = {
    "Side": "Of the targets, as seen from the source",
    "Pair": "By energy within its side",
    "Energy": "‖u‖ ‖v‖, the size of the pair's part of W",
    "Sum %": "Part of ‖W‖² that this pair and those before it hold together",
    "Sends from": "Region where the source pattern is strongest in the mean",
    "Arrives in": "Region where the target pattern is strongest in the mean",
}


class FactorBinding(PageBinding):
    """Keeps the list of pairs and their figures in step with the state.

    Parameters
    ----------
    view : FactorView
        What is kept.
    state : ExplorerState
        Observed; the pair that is looked at is written.
    controller : Controller
        Makes maps of the cortex.
    """

    def __init__(self, view: FactorView, state: ExplorerState, controller: Controller) -> None:
        super().__init__(view.figure, state, controller)
        self.view = view
        self._pairs: tuple[FactorPair, ...] = ()
        self._of: FittedModel | None = None
        self._energy: tuple[SideEnergy, ...] = ()
        self._decomposing = controller.background()
        self._row = -1
        view.page_changed.connect(lambda _page: self._show_figure())
        view.chosen.connect(self._on_chosen)
        view.volumes_toggled.connect(lambda _on: self._show_volumes())
        events = state.events
        self.watch(events.model, self.refresh)
        for signal in (events.maps, events.no_maps, events.map_params):
            self.watch(signal, self._show_figure)
        self.watch(events.factor_pair, self._on_pair)

    def refresh(self) -> None:
        """List the pairs of the present model."""
        model = self.state.model
        if model is not self._of:
            self._of, self._row = model, -1
            self._energy = ()
            self._decomposing.stop()
            self._pairs, words = _found(model)
            self.view.set_pairs(_frame(self._pairs), TIPS)
            self.view.set_words(words)
            self.view.set_can_choose(bool(self._pairs))
            if self._pairs:
                self._on_chosen(0)
        self.controller.views.need_maps()
        self._show_figure()

    @property
    def has_result(self) -> bool:
        """Whether there is a figure to save."""
        return self._maker() is not None

    def save_job(self, what: str, path: Path) -> Job[Path]:
        """Write the figure of the page to a file."""
        del what
        return _saved(path, self._maker())

    def save_step(self, what: str, path: Path) -> FileStep:
        """How a script writes the same file."""
        del what
        return SaveFigure(path, "A figure of the spline's factors")

    def _on_chosen(self, row: int) -> None:
        self._row = row
        self.view.choose(row)
        self._show_volumes()
        self._show_figure()

    def _show_volumes(self) -> None:
        shown = self.view.volumes.isChecked() and 0 <= self._row < len(self._pairs)
        self.state.factor_pair = self._pairs[self._row] if shown else None

    def _on_pair(self) -> None:
        """A layer that a person removed is not brought back by itself."""
        if self.state.factor_pair is None and self.view.volumes.isChecked() and self._pairs:
            self.view.volumes.blockSignals(True)
            self.view.volumes.setChecked(False)
            self.view.volumes.blockSignals(False)

    @property
    def is_busy(self) -> bool:
        """Whether something is being computed or drawn."""
        return self._decomposing.is_running or super().is_busy

    def close(self) -> None:
        """Stop observing, computing and drawing."""
        super().close()
        self._decomposing.stop()

    def _show_figure(self) -> None:
        maker = self._maker()
        self.view.set_can_export(maker is not None)
        if maker is not None:
            narrowest = COLUMN_MM if self.view.page == "pair" else 120.0
            self._drawer.show(maker, narrowest_mm=narrowest)
        elif self.view.page == "spectrum" and self._of is not None:
            self._decompose(self._of)
        elif not self._pairs:
            self._drawer.say("")
        else:
            self._drawer.say(self.state.no_maps or CHOOSE)

    def _decompose(self, model: FittedModel) -> None:
        """Find the spectrum that the page wants to show, once for each model."""
        if self._decomposing.is_running:
            return
        job = model_energy_job(model)
        self._decomposing.start(job, "The spectrum", self._drawer.say, self._on_energy)

    def _on_energy(self, energy: tuple[SideEnergy, ...]) -> None:
        self._energy = energy
        self._show_figure()

    def _maker(self) -> Make | None:
        if self.view.page == "spectrum":
            return partial(_spectrum, self._energy) if self._energy else None
        view = self._cortical_view()
        if view is None or self.atlas is None or not 0 <= self._row < len(self._pairs):
            return None
        return partial(_maps, self._pairs[self._row], view, self.atlas)

    def _cortical_view(self) -> CorticalView | None:
        views = {one.view.name: one.view for one in self.state.maps}
        return views.get(self.state.map_params.view) or next(iter(views.values()), None)


def _found(model: FittedModel | None) -> tuple[tuple[FactorPair, ...], str]:
    if model is None:
        return (), NO_MODEL
    try:
        pairs = factor_pairs(model)
    except ModelError as error:
        return (), str(error)
    ranks = {side: sum(pair.side == side for pair in pairs) for side in SIDES}
    said = " and ".join(f"{n} {SIDE_NAMES[side]}" for side, n in ranks.items() if n)
    return pairs, f"{said} pairs. W is the sum of source pattern times target pattern over them."


def _frame(pairs: tuple[FactorPair, ...]) -> pd.DataFrame:
    rows = [
        {
            "Side": pair.side,
            "Pair": pair.number,
            "Energy": pair.energy,
            "Sum %": 100 * pair.cumulative,
            "Sends from": pair.source_region,
            "Arrives in": pair.target_region,
        }
        for pair in pairs
    ]
    return pd.DataFrame(rows, columns=list(TIPS))


def _maps(pair: FactorPair, view: CorticalView, atlas: Atlas, width_mm: float) -> Figure:
    from napari_connectome.figures.factors import pair_figure

    images = {
        title: FlatmapProjector(view, values.mask).image(values.vector)
        for title, values in (
            (f"Pair {pair.number} sends from", pair.source),
            (f"and arrives in ({SIDE_NAMES[pair.side]})", pair.target),
        )
    }
    return pair_figure(view, images, atlas, width_mm=width_mm)


def _spectrum(energy: tuple[SideEnergy, ...], width_mm: float) -> Figure:
    from napari_connectome.figures.factors import spectrum_figure

    return spectrum_figure({one.side: one.spectrum for one in energy}, width_mm=width_mm)


def _saved(path: Path, make: Make | None) -> Job[Path]:
    from napari_connectome.figures.saving import save_figure

    yield Progress(0, 0, f"Writing {path.name}")
    if make is None:
        raise ModelError("There is no figure to save yet: choose a pair.")
    save_figure(make(PRINT_MM), path)
    return path
