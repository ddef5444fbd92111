"""Measured volumes beside the projection, and two answers with their difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from napari.components import ViewerModel
from napari.layers import Image

from napari_connectome.layers.evidence_styles import DIFFERENCE, measured_style
from napari_connectome.layers.metadata import PROVENANCE, model_metadata
from napari_connectome.layers.projection_layer import ProjectionLayer
from napari_connectome.layers.styles import PROJECTION
from napari_connectome.state.evidence_values import Compared, ComparedSide, ShownExperiment

LINKED = ("contrast_limits", "gamma", "colormap", "rendering", "interpolation2d")
"""What two compared layers share, so that a colour means the same in both."""
Limits = tuple[float, float]


class MeasuredLayers:
    """Owns one layer for each experiment that is shown.

    Parameters
    ----------
    viewer : ViewerModel
        Where the layers are added.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self._layers: dict[int, ProjectionLayer] = {}

    @property
    def layers(self) -> list[Image]:
        """The layers that are in the viewer."""
        return _layers(self._layers.values())

    def show(self, shown: Sequence[ShownExperiment], limits: Limits, *, log_scale: bool) -> None:
        """Show these experiments and no others."""
        wanted = {one.experiment_id for one in shown}
        for experiment_id in self._layers.keys() - wanted:
            self._layers.pop(experiment_id).clear()
        for one in shown:
            self._layer_of(one).show(
                one.measured,
                limits,
                log_scale=log_scale,
                metadata={
                    "experiment": one.experiment_id,
                    PROVENANCE: {
                        "experiment": one.experiment_id,
                        "data": dict(one.measured.model.provenance),
                    },
                },
            )

    def set_limits(self, limits: Limits, *, log_scale: bool) -> None:
        """Change the contrast alone."""
        for layer in self._layers.values():
            layer.set_limits(limits, log_scale=log_scale)

    def removed_by_hand(self) -> tuple[int, ...]:
        """Experiments whose layer a person has taken out of the viewer's list."""
        return tuple(
            experiment_id
            for experiment_id, layer in self._layers.items()
            if layer.layer is not None and layer.layer not in self._viewer.layers
        )

    def _layer_of(self, one: ShownExperiment) -> ProjectionLayer:
        if one.experiment_id not in self._layers:
            style = measured_style(one.color_number)
            style = {**style, "name": f"Experiment {one.experiment_id}"}
            self._layers[one.experiment_id] = ProjectionLayer(self._viewer, style)
        return self._layers[one.experiment_id]


class ComparedLayers:
    """Owns the layers of a comparison, one of which is visible.

    The present answer has a layer already: it is B, unless an experiment is held out.

    Parameters
    ----------
    viewer : ViewerModel
        Where the layers are added.
    projection : ProjectionLayer
        The layer of the present answer.
    """

    def __init__(self, viewer: ViewerModel, projection: ProjectionLayer) -> None:
        self._viewer = viewer
        self._projection = projection
        self._layers: dict[ComparedSide, ProjectionLayer] = {}
        self._drawn_as: dict[ComparedSide, tuple[object, ...]] = {}
        self._shown_as: tuple[object, ...] = ()

    @property
    def layers(self) -> list[Image]:
        """The layers that are in the viewer."""
        return _layers(self._layers.values())

    def show(
        self,
        compared: Compared,
        side: ComparedSide,
        limits: Limits,
        difference_limits: Limits,
        *,
        log_scale: bool,
    ) -> None:
        """Draw the two answers and their difference; only one of the three is visible."""
        names = layer_names(compared)
        self._make(names)
        for key, layer in self._layers.items():
            signed = key == "difference"
            values, log = compared.values_of(key), log_scale and not signed
            drawn_as = (layer.layer, values.vector, values.mask, values.mirrored, log)
            # A kept answer stays as it is while B follows a drag.
            if not _are_same(drawn_as, self._drawn_as.get(key, ())):
                layer.show(
                    values,
                    difference_limits if signed else limits,
                    log_scale=log,
                    metadata=model_metadata(values.model, compared=names[key]),
                )
                self._drawn_as[key] = (layer.layer, *drawn_as[1:])
        self.set_limits(limits, difference_limits, log_scale=log_scale)
        self._link()
        self.set_side(side)

    def set_side(self, side: ComparedSide) -> None:
        """Choose which one is visible; what a person has switched since stays as it is."""
        layers = {"b": self._projection.layer}
        layers |= {key: layer.layer for key, layer in self._layers.items()}
        shown_as = (side, *layers.values())
        if not self._layers or shown_as == self._shown_as:
            return
        self._shown_as = shown_as
        for key, layer in layers.items():
            if layer is not None:
                layer.visible = key == side
        if layers["b"] is not self._projection.layer and self._projection.layer is not None:
            self._projection.layer.visible = False

    def set_limits(self, limits: Limits, difference_limits: Limits, *, log_scale: bool) -> None:
        """Change the contrast alone."""
        for key, layer in self._layers.items():
            signed = key == "difference"
            layer.set_limits(
                difference_limits if signed else limits, log_scale=log_scale and not signed
            )

    def clear(self) -> None:
        """Take the layers away; the present answer is visible again."""
        if not self._layers:
            return
        for layer in self._layers.values():
            _unlink(self._viewer, layer.layer)
            layer.clear()
        _unlink(self._viewer, self._projection.layer)
        self._layers, self._drawn_as, self._shown_as = {}, {}, ()
        if self._projection.layer is not None:
            self._projection.layer.visible = True

    def _make(self, names: Mapping[ComparedSide, str]) -> None:
        """Layers of these names; those that are there get new ones, which takes far less time."""
        if self._layers.keys() != names.keys():
            # Another layer is B from now on.
            _unlink(self._viewer, self._projection.layer)
        for key in self._layers.keys() - names.keys():
            _unlink(self._viewer, self._layers[key].layer)
            self._layers.pop(key).clear()
        for key, name in names.items():
            if key not in self._layers:
                style = {**_style_of(key), "name": name}
                self._layers[key] = ProjectionLayer(self._viewer, style)
            layer = self._layers[key].layer
            if layer is not None and layer.metadata.get("compared") != name:
                layer.name = name
                layer.metadata["compared"] = name

    def _link(self) -> None:
        """Two layers that share limits keep sharing them when one is changed by hand."""
        second = self._layers.get("b", self._projection).layer
        pair = [layer for layer in (self._layers["a"].layer, second) if layer is not None]
        if len(pair) == 2:
            self._viewer.layers.link_layers(pair, LINKED)


def _layers(owned: Iterable[ProjectionLayer]) -> list[Image]:
    return [one.layer for one in owned if one.layer is not None]


def layer_names(compared: Compared) -> Mapping[ComparedSide, str]:
    """What the layers of a comparison are called; the present answer has its layer already."""
    if compared.held_out is not None:
        experiment_id = compared.held_out.experiment_id
        return {
            "a": f"Measured {experiment_id}",
            "b": f"Predicted without {experiment_id}",
            "difference": f"Residual {experiment_id}",
        }
    return {"a": "A (kept)", "difference": "A − B"}


def _are_same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether two drawings are of the same things; arrays are not looked into."""
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def _style_of(side: ComparedSide) -> Mapping[str, Any]:
    return DIFFERENCE if side == "difference" else PROJECTION


def _unlink(viewer: ViewerModel, layer: Image | None) -> None:
    if layer is not None and layer in viewer.layers:
        viewer.layers.unlink_layers([layer], LINKED)
