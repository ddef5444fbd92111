"""napari opens what is dropped onto it through this plugin, and saves layers with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import nibabel
import numpy as np
import pytest
from napari.components import ViewerModel
from npe2 import read_get_reader
from qtpy.QtCore import QMimeData, QPointF, Qt, QUrl
from qtpy.QtGui import QDropEvent
from qtpy.QtWidgets import QApplication, QLabel

from napari_connectome.core.errors import DataError
from napari_connectome.core.io import save_model
from napari_connectome.core.sources import VoxelSource, from_record
from napari_connectome.data.export.volumes import export_volume
from napari_connectome.data.nrrd import read_volume
from napari_connectome.layers.scene import Scene
from napari_connectome.state.controller import Controller
from napari_connectome.state.exploration import exploration_of
from napari_connectome.state.exploration_file import write_exploration
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams
from napari_connectome.state.runner import ImmediateRunner
from napari_connectome.widgets.reading import explorer_of, is_ours

PLUGIN = "napari-connectome"
VISP = VoxelSource((8750.0, 1250.0, 8350.0))


@pytest.fixture(scope="module")
def fitted(small_brain: Path) -> ExplorerState:
    state = ExplorerState()
    Controller(state, ImmediateRunner()).load(DatasetParams(path=small_brain), then_fit=True)
    state.source = VISP
    assert state.prediction is not None
    return state


@pytest.fixture(scope="module")
def places(
    fitted: ExplorerState, small_brain: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("places")
    save_model(fitted.model, folder / "model.h5")
    write_exploration(folder / "look.json", exploration_of(fitted))
    manifest = next(small_brain.glob("*manifest*.json"))
    model, look = folder / "model.h5", folder / "look.json"
    return {"folder": small_brain, "manifest": manifest, "model": model, "exploration": look}


@pytest.mark.parametrize("kind", ["folder", "manifest", "model", "exploration"])
def test_places_open_in_the_explorer(
    make_napari_viewer: Callable[..., Any], places: dict[str, Path], qtbot: Any, kind: str
) -> None:
    viewer = make_napari_viewer()
    assert viewer.open(places[kind], plugin=PLUGIN) == []
    explorer = explorer_of(viewer.window)
    with qtbot.waitSignal(explorer.ready, timeout=60_000):
        pass
    assert explorer.state.error is None
    assert explorer_of(viewer.window) is explorer
    facts = explorer.panels.dataset.findChild(QLabel, "dataset_facts").text()
    assert ("A model is open" in facts) == (kind == "model")
    if kind == "exploration":
        qtbot.waitUntil(lambda: explorer.state.prediction is not None, timeout=10_000)
        assert explorer.state.source == VISP
    explorer.shut_down()


def test_an_exploration_that_is_dropped_opens(
    make_napari_viewer: Callable[..., Any], places: dict[str, Path], qtbot: Any
) -> None:
    viewer = make_napari_viewer(show=True)
    (window,) = (w for w in QApplication.allWidgets() if type(w).__name__ == "QtViewer")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(places["exploration"]))])
    event = QDropEvent(
        QPointF(window.rect().center()),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    explorer = explorer_of(viewer.window)
    qtbot.waitUntil(lambda: explorer.state.prediction is not None, timeout=60_000)
    assert explorer.state.source == VISP
    explorer.shut_down()


def test_without_a_window_the_atlas_comes(places: dict[str, Path], fitted: ExplorerState) -> None:
    for kind in ("folder", "model", "exploration"):
        viewer = ViewerModel()
        template, regions = viewer.open(places[kind], plugin=PLUGIN)
        np.testing.assert_array_equal(template.data, fitted.dataset.atlas.template)
        assert regions.data.shape == fitted.dataset.atlas.shape


def test_files_of_others_are_left_to_them(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"format": "geojson"}))
    (tmp_path / "b.json").write_bytes(b"\xff{")
    with h5py.File(tmp_path / "c.h5", "w") as file:
        file["x"] = [1]
        file.attrs["format"] = "another"
    (tmp_path / "d.h5").write_bytes(b"\x89HDF\r\n\x1a\n and no more")
    (tmp_path / "manifest.json").write_text("[]")
    (tmp_path / "folder").mkdir()
    for place in [*tmp_path.iterdir(), tmp_path]:
        assert not is_ours(place), place
        with pytest.raises(ValueError, match="refused"):
            read_get_reader([str(place)], plugin_name=PLUGIN, stack=False)


@pytest.mark.parametrize("name", ["a.nrrd", "a.nii", "A.NII.GZ"])
def test_volumes_lie_where_their_headers_say(
    tmp_path: Path, fitted: ExplorerState, name: str
) -> None:
    volume = fitted.prediction.volume()
    told = {"model": "voxel", "n": [1, 2]}
    file = export_volume(tmp_path / name, volume, 200.0, provenance=told)
    (layer,) = ViewerModel().open(file, plugin=PLUGIN)
    np.testing.assert_array_equal(layer.data, volume)
    np.testing.assert_array_equal(layer.scale, 200)
    np.testing.assert_array_equal(layer.translate, 100)
    assert set(map(str, layer.units)) == {"micrometer"}
    assert layer.name.lower() == "a"
    assert layer.metadata["provenance"] == told


def test_axes_of_other_programs_are_put_in_order(tmp_path: Path) -> None:
    """Right, anterior, superior in mm, a part of the box: voxel by voxel where it should be."""
    values = np.arange(60, dtype=np.float32).reshape(3, 4, 5)  # R, A, S
    affine = np.diag([0.1, 0.1, 0.1, 1.0])
    affine[:3, 3] = (2.0, -7.0, -5.0)
    nibabel.save(nibabel.Nifti1Image(values, affine), tmp_path / "a.nii")
    (layer,) = ViewerModel().open(tmp_path / "a.nii", plugin=PLUGIN)
    assert layer.data.shape == (4, 5, 3)
    for r, a, s in np.ndindex(values.shape):
        right, anterior, superior = affine[:3, :3] @ (r, a, s) + affine[:3, 3]
        # A coordinate names the corner of its voxel, as in the Allen Institute's files.
        ccf = np.array([-anterior, -superior, right]) * 1000 + 50
        index = np.rint((ccf - layer.translate) / layer.scale).astype(int)
        assert layer.data[tuple(index)] == values[r, a, s]


def test_structure_ids_come_as_labels(tmp_path: Path, fitted: ExplorerState) -> None:
    annotation = fitted.dataset.atlas.annotation
    file = export_volume(tmp_path / "a.nrrd", annotation, 200.0)
    (layer,) = ViewerModel().open(file, plugin=PLUGIN)
    assert type(layer).__name__ == "Labels"
    np.testing.assert_array_equal(layer.data, annotation)


def test_a_damaged_volume_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.nrrd").write_bytes(b"NRRD0004\n")
    with pytest.raises(DataError, match=r"a\.nrrd is no readable NRRD volume"):
        ViewerModel().open(tmp_path / "a.nrrd", plugin=PLUGIN)


@pytest.fixture
def shown(fitted: ExplorerState) -> Any:
    viewer, state = ViewerModel(), ExplorerState()
    scene = Scene(viewer, state)
    state.dataset = fitted.dataset
    state.model = fitted.model
    state.prediction = fitted.prediction
    yield viewer, state
    scene.close()


@pytest.mark.parametrize("name", ["p.nrrd", "p.nii", "p.nii.gz", "p.ome.zarr"])
def test_projections_are_saved_with_their_provenance(
    shown: Any, fitted: ExplorerState, tmp_path: Path, name: str
) -> None:
    viewer, _ = shown
    viewer.layers.selection = {viewer.layers["Projection"]}
    (saved,) = viewer.layers.save(str(tmp_path / name), selected=True, plugin=PLUGIN)
    assert saved == str(tmp_path / name)
    if not name.endswith("zarr"):
        (layer,) = ViewerModel().open(saved, plugin=PLUGIN)
        np.testing.assert_array_equal(layer.data, fitted.prediction.volume())
        np.testing.assert_allclose(layer.translate, viewer.layers["Projection"].translate)
        told = layer.metadata["provenance"]
    else:
        told = json.loads((tmp_path / name / ".zattrs").read_text())["provenance"]
    assert told["layer"] == "Projection"
    assert told["model"] == "voxel"
    assert len(told["data"]["sha256"]) == 3
    assert len(told["experiment_ids"]) == 40
    assert from_record(told["source"]) == VISP


def test_a_logarithm_is_taken_back_and_regions_keep_their_ids(
    shown: Any, fitted: ExplorerState, tmp_path: Path
) -> None:
    viewer, state = shown
    state.log_scale = True
    viewer.layers["Projection"].save(str(tmp_path / "p.nrrd"), plugin=PLUGIN)
    volume = fitted.prediction.volume()
    found = read_volume(tmp_path / "p.nrrd")
    np.testing.assert_allclose(found, volume, rtol=1e-5, atol=1e-29)
    viewer.layers["Regions"].save(str(tmp_path / "r.nrrd"), plugin=PLUGIN)
    atlas = fitted.dataset.atlas
    expected = np.where(atlas.regions > 0, atlas.regions, atlas.annotation)
    np.testing.assert_array_equal(read_volume(tmp_path / "r.nrrd"), expected)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "unit of length"),
        ({"scale": (10, 10, 20), "translate": (5, 5, 10)}, "cubic voxels"),
        ({"scale": (10, 10, 10), "translate": (500, 5, 5)}, "corner"),
        ({"scale": (10,) * 3, "translate": (5,) * 3, "rotate": 30}, "cubic voxels"),
    ],
)
def test_layers_that_are_no_whole_volume_are_refused(
    tmp_path: Path, settings: dict[str, Any], words: str
) -> None:
    viewer = ViewerModel()
    units = {"units": ("um",) * 3} if settings else {}
    layer = viewer.add_image(np.ones((3, 4, 5), dtype=np.float32), **settings, **units)
    with pytest.raises(Exception, match=words):
        layer.save(str(tmp_path / "p.nrrd"), plugin=PLUGIN)
    assert not list(tmp_path.iterdir())
