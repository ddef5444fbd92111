"""Every kind of step, done by the controller and then by the script: the files are the same."""

from __future__ import annotations

import ast
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.progress import run_to_end
from napari_connectome.core.source_path import path_through
from napari_connectome.core.sources import (
    CombinedSource,
    GaussianSource,
    RegionSource,
    SphereSource,
    VolumeSource,
    VoxelSource,
)
from napari_connectome.core.validation import write_result, write_scores
from napari_connectome.data.curve_files import write_curve
from napari_connectome.data.download import DownloadRequest
from napari_connectome.data.nrrd import read_volume
from napari_connectome.data.regional_files import write_matrix
from napari_connectome.data.source_files import NamedSource
from napari_connectome.data.statistics_table import statistics_rows, summary_rows, write_rows
from napari_connectome.data.target_table import write_targets
from napari_connectome.state import source_jobs
from napari_connectome.state.completion_values import write_completed
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import (
    CompletionParams,
    DatasetParams,
    FitParams,
    MapParams,
    StatisticsParams,
    ValidationParams,
)
from napari_connectome.state.recording.asking import SaveSources, SaveTargets
from napari_connectome.state.recording.completing import SaveCompleted
from napari_connectome.state.recording.document import notebook, python_script
from napari_connectome.state.recording.figures import (
    Drawing,
    SaveFigure,
    completion_drawing,
    scores_drawing,
    statistics_drawing,
)
from napari_connectome.state.recording.opening import Download
from napari_connectome.state.recording.record import record
from napari_connectome.state.recording.regional import SaveMatrix, SaveStatistics, SaveSummary
from napari_connectome.state.recording.scores import SaveScores
from napari_connectome.state.recording.steps import FileStep
from napari_connectome.state.runner import ImmediateRunner

VISP = (8750.0, 1250.0, 8350.0)
NEAR = (8750.0, 1250.0, 8150.0)
LEFT = (8750.0, 1250.0, 3050.0)


class Session:
    """A controller whose results are saved into a folder."""

    def __init__(self, brain: Path, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.state = ExplorerState()
        self.controller = Controller(self.state, ImmediateRunner())
        self.controller.load(DatasetParams(path=brain), then_fit=True)
        self.check()

    def check(self) -> None:
        assert self.state.error is None
        assert self.state.job is None

    def save(self, step: FileStep, write: object) -> None:
        def job() -> Iterator[object]:
            yield from ()
            write(step.path)  # type: ignore[operator]
            return step.path

        self.controller.save(step, job)  # type: ignore[arg-type]
        self.check()

    def targets(self, name: str) -> None:
        prediction = self.state.prediction
        assert prediction is not None
        self.save(SaveTargets(self.folder / name), lambda path: write_targets(path, prediction))


def run_again(state: ExplorerState, folder: Path) -> Path:
    folder.mkdir()
    (folder / "again.py").write_text(python_script(state.done), encoding="utf-8")
    command = [sys.executable, "-W", "error", "again.py"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{ended.stderr}\n{python_script(state.done)}"
    return folder / "results"


def names_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def assert_same_bytes(first: Path, second: Path, *names: str) -> None:
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_sources_of_every_kind(small_brain: Path, tmp_path: Path) -> None:
    session = Session(small_brain, tmp_path / "window")
    state = session.state
    shape = state.dataset.atlas.shape
    drawn = np.zeros(shape)
    drawn[42:45, 5:9, 38:44] = np.linspace(0.1, 1.0, 6)
    drawing = VolumeSource(drawn, 'a "drawing" – µm', "as drawn")
    sphere = SphereSource(LEFT, 400.0)
    sources = {
        "voxel": VoxelSource(VISP),
        "sphere": sphere,
        "gaussian": GaussianSource(VISP, 250.5),
        "region": RegionSource((385,), "left"),
        "drawing": drawing,
        "combined": CombinedSource(((sphere, 1.0), (drawing, 0.25)), "both"),
    }
    for name, source in sources.items():
        for direction in ("anterograde", "retrograde"):
            session.controller.ask(source, direction)
            session.check()
            session.targets(f"{name}_{direction}.csv")
    session.controller.save_volume(session.folder / "volume.nrrd")
    named = tuple(NamedSource(name, source) for name, source in sources.items())
    session.save(
        SaveSources(session.folder / "sources.json", named),
        lambda path: run_to_end(source_jobs.save_sources(path, named)),
    )
    again = run_again(state, tmp_path / "script")
    assert names_of(again) == names_of(session.folder)
    tables = [f"{n}_{d}.csv" for n in sources for d in ("anterograde", "retrograde")]
    assert_same_bytes(session.folder, again, *tables, "sources.json")
    volumes = [read_volume(f / "volume.nrrd", shape=shape) for f in (session.folder, again)]
    np.testing.assert_array_equal(*volumes)


def test_matrices_statistics_scores_and_completion(small_brain: Path, tmp_path: Path) -> None:
    session = Session(small_brain, tmp_path / "window")
    state, controller, folder = session.state, session.controller, session.folder

    def save_matrix(name: str, order: str = "ontology") -> None:
        state.matrix_params = state.matrix_params.model_copy(update={"order": order})
        shown, model = state.shown_matrix, state.model
        step = SaveMatrix(folder / name, shown.measure, order, shown="matrix", of_model=True)
        session.save(
            step,
            lambda path: write_matrix(
                path, shown.matrix, shown.measure, provenance=model.provenance
            ),
        )

    controller.views.need_matrix()
    save_matrix("matrix.csv")
    save_matrix("clustered.csv", "clustered")
    division = 315
    state.statistics_params = StatisticsParams(within=(division,), side="contra")
    controller.statistics.need()
    found = state.statistics
    session.save(
        SaveStatistics(folder / "statistics.csv"),
        lambda path: write_rows(path, statistics_rows(found)),
    )
    assert found.distance is not None
    controller.statistics.need_data()
    summary, tree = state.data_summary, state.dataset.atlas.tree
    session.save(
        SaveSummary(folder / "summary.csv"),
        lambda path: write_rows(path, summary_rows(summary, tree)),
    )
    state.validation_params = ValidationParams(
        models=("voxel",), values=("voxel.bandwidth_um=500,900",), folds=3, power_to_predict=False
    )
    controller.validation.run()
    scores = state.validation.result
    session.save(SaveScores(folder / "scores.csv", "csv"), lambda path: write_scores(path, scores))
    session.save(SaveScores(folder / "scores.json", "json"), lambda p: write_result(p, scores))

    controller.open_matrix(folder / "matrix.csv")
    save_matrix("opened.csv")
    for kind, path in (("model", None), ("experiments", None), ("file", folder / "completed.csv")):
        state.completion_params = CompletionParams(
            matrix=kind, path=path, method="column-mean", fraction=0.7
        )
        controller.completion.run()
        session.check()
        completed = state.completion
        name = "completed.csv" if kind == "experiments" else f"completed_{kind}.csv"
        session.save(
            SaveCompleted(folder / name, "completed"), lambda p, c=completed: write_completed(p, c)
        )
        if kind == "model":
            controller.completion.go_on_with_completed()
            save_matrix("matrix_completed.csv")
    controller.completion.run_series()
    series = state.completion_series[-1]
    session.save(
        SaveCompleted(folder / "series.csv", "series"), lambda path: write_completed(path, series)
    )
    known = state.completion.made_of or state.matrix
    cells = zip(known.source_ids[:3].tolist(), known.target_ids[1:4].tolist(), strict=True)
    state.completion_params = CompletionParams(
        method="column-mean",
        pattern="painted",
        painted=frozenset((source, target, "ipsi") for source, target in cells),
    )
    controller.completion.run()
    session.check()
    controller.completion.use_as_model()
    session.check()
    controller.views.need_matrix()
    assert state.matrix.marks.any()
    save_matrix("of_completed.csv")
    drawings = {
        "distance": statistics_drawing("distance", 180.0, log_distance=False),
        "data": statistics_drawing("data", 180.0, log_distance=True),
        "removed": completion_drawing("removed", 180.0),
        "errors": scores_drawing("errors", 180.0),
    }
    for name, drawing in drawings.items():
        record(state, SaveFigure(folder / f"{name}.svg", name, drawing))
    again = run_again(state, tmp_path / "script")
    assert names_of(again) == names_of(folder) | {f"{name}.svg" for name in drawings}
    assert min((again / f"{name}.svg").stat().st_size for name in drawings) > 2000
    assert_same_bytes(folder, again, *(names_of(folder) - {"scores.json"}))
    one, other = (json.loads((f / "scores.json").read_text()) for f in (folder, again))
    assert one["scores"] == other["scores"]


def test_the_curve_of_a_table(tmp_path: Path) -> None:
    """A table that is completed at once: the curve of a real matrix takes minutes."""
    from napari_connectome.data.completion_files import read_labelled

    table = tmp_path / "table.csv"
    rng = np.random.default_rng(0)
    rows = rng.random((6, 1)) * rng.random((1, 5))
    table.write_text("\n".join(",".join(map(repr, row)) for row in rows.tolist()) + "\n")
    state = ExplorerState(completion_params=CompletionParams(matrix="file", path=table))
    controller = Controller(state, ImmediateRunner())
    controller.completion.run_curve()
    curve = state.completion_curve
    assert curve is not None
    folder = tmp_path / "window"
    folder.mkdir()
    record(state, SaveCompleted(folder / "curve.csv", "curve"))
    write_curve(folder / "curve.csv", curve)
    drawing = completion_drawing("curve", 180.0)
    record(state, SaveFigure(folder / "curve.svg", "The curve", drawing))
    again = run_again(state, tmp_path / "script")
    assert_same_bytes(folder, again, "curve.csv")
    assert (again / "curve.svg").stat().st_size > 2000
    assert read_labelled(table).values.shape == (6, 5)


def test_comparisons_maps_movies_and_models(small_brain: Path, tmp_path: Path) -> None:
    from napari_connectome.core.io.npy import write_npy
    from napari_connectome.figures.movie_file import write_movie
    from napari_connectome.state.recording.comparing import SaveMap
    from napari_connectome.state.recording.planning import SaveMovie
    from napari_connectome.state.scripting import cortical_map, map_image

    session = Session(small_brain, tmp_path / "window")
    state, controller, folder = session.state, session.controller, session.folder
    view = cortical_map(state.dataset, "top")
    params = MapParams(view="top", aggregate="max", depth=(0.0, 0.5))

    def save_map(name: str, shown: object, *answers: object) -> None:
        images = [
            map_image(a, view, aggregate=params.aggregate, depth=params.depth) for a in answers
        ]
        image = images[0] if len(images) == 1 else images[0] - images[1]
        step = SaveMap(folder / name, "top", params, shown)
        session.save(step, lambda path: write_npy(path, image))

    state.source = VoxelSource(VISP)
    save_map("answer.npy", "answer", state.prediction)
    controller.save_model(folder / "model.h5")
    controller.comparison.keep()
    state.source = VoxelSource(NEAR)
    both = state.compared.comparison
    save_map("difference.npy", "difference", both.first, both.second)
    save_map("first.npy", "a", both.first)
    controller.comparison.keep_model()
    state.fit_params = FitParams(values={"bandwidth_um": 700.0})
    controller.fit()
    save_map("other_model.npy", "a", state.compared.comparison.first)
    controller.comparison.open_model(folder / "model.h5")
    save_map("saved_model.npy", "a", state.compared.comparison.first)
    experiment = int(state.model.experiment_ids[3])
    controller.comparison.keep_measured(experiment)
    save_map("measured.npy", "a", state.compared.comparison.first)
    controller.comparison.hold_out(experiment)
    save_map("held_out.npy", "b", state.compared.comparison.second)
    controller.movies.film(lambda atlas, mask: path_through((VISP, NEAR), atlas, mask, frames=3))
    save_map("frame.npy", 2, state.movie.prediction(2))
    movie, limits = state.movie, state.movie.limits
    session.save(
        SaveMovie(folder / "movie.gif", "top", "coronal", 5.0, limits, log=True),
        lambda path: write_movie(path, movie, view, fps=5.0, limits=limits, log=True),
    )
    controller.sites.rank(315, 2)
    state.hypothetical = (VISP,)
    session.check()
    again = run_again(state, tmp_path / "script")
    assert names_of(again) == names_of(folder)
    assert_same_bytes(folder, again, *(names_of(folder) - {"model.h5"}))
    assert "nc.rank_sites(model, 315, 2)" in python_script(state.done)
    assert "nc.with_hypothetical(model, " in python_script(state.done)


def test_a_saved_model_is_asked_again(small_brain: Path, tmp_path: Path) -> None:
    session = Session(small_brain, tmp_path / "first")
    session.controller.save_model(session.folder / "model.h5")
    state = ExplorerState()
    controller = Controller(state, ImmediateRunner())
    controller.open_model(session.folder / "model.h5")
    state.source = VoxelSource(VISP)
    folder = tmp_path / "window"
    folder.mkdir()
    prediction = state.prediction
    write_targets(folder / "targets.csv", prediction)
    record(state, SaveTargets(folder / "targets.csv"))
    again = run_again(state, tmp_path / "script")
    assert_same_bytes(folder, again, "targets.csv")


@pytest.mark.parametrize(
    "drawing",
    [
        *(statistics_drawing(p, 180.0, log_distance=True) for p in ("numbers", "distribution")),
        statistics_drawing("mixture", 180.0, log_distance=True),
        *(completion_drawing(page, 180.0) for page in ("matrices", "spectrum", "curve")),
        *(scores_drawing(page, 180.0) for page in ("errors", "correlations", "sources")),
    ],
    ids=lambda drawing: drawing.lines[-1].split("(")[0],
)
def test_figures_are_called_as_they_are_made(drawing: Drawing) -> None:
    """Drawing all of them would take long: that they can be called so is checked instead."""
    names: dict[str, object] = {}
    tree = ast.parse("\n".join(drawing.lines))
    assert isinstance(tree.body[0], ast.ImportFrom)
    exec(compile(ast.Module([tree.body[0]], []), "imports", "exec"), names)
    call = next(node for node in ast.walk(tree) if isinstance(node, ast.Call))
    made = inspect.signature(names[ast.unparse(call.func)])  # type: ignore[arg-type]
    made.bind(*call.args, **{str(one.arg): one.value for one in call.keywords})


def test_files_of_one_name_do_not_overwrite_each_other() -> None:
    state = ExplorerState()
    for folder in ("a", "b", "c"):
        record(state, SaveTargets(Path(f"/{folder}/targets.csv")))
    script = python_script(state.done)
    assert [f'results / "targets{end}.csv"' in script for end in ("", "-2", "-3")] == [True] * 3


def test_what_is_not_done_again_is_said() -> None:
    state = ExplorerState()
    request = DownloadRequest(Path("/data/allen"), resolution_um=100, structures=("VISp", "MOs"))
    record(state, Download(request))
    record(state, SaveFigure(Path("/a/map.png"), "The map of the cortex"))
    script = python_script(state.done)
    said = " ".join(line.removeprefix("# ") for line in script.splitlines())
    assert 'napari-connectome download "/data/allen" --resolution 100 --structure VISp,MOs' in said
    assert "The map of the cortex was saved as /a/map.png." in said
    compile(script, "script", "exec")


def test_a_name_that_is_no_text_and_one_with_quotes_are_written() -> None:
    hostile = Path('/a/b"; import os #\n\u202e.csv')
    state = ExplorerState()
    record(state, SaveTargets(hostile))
    script = python_script(state.done)
    tree = compile(script, "script", "exec")
    assert "os" not in tree.co_names
    script.encode("utf-8")


def test_the_notebook_has_the_same_lines_as_the_script() -> None:
    state = ExplorerState()
    record(state, SaveTargets(Path("/a/targets.csv")))
    record(state, SaveFigure(Path("/a/map.png"), "The map of the cortex"))
    made = json.loads(notebook(state.done))
    assert (made["nbformat"], made["nbformat_minor"]) == (4, 5)
    code = ["".join(c["source"]) for c in made["cells"] if c["cell_type"] == "code"]
    script = python_script(state.done)
    assert len(code) == 2
    assert all(cell in script for cell in code)
    assert len({cell["id"] for cell in made["cells"]}) == len(made["cells"])


@pytest.mark.parametrize("text", [python_script, notebook])
def test_nothing_done_is_said(text: object) -> None:
    assert "Nothing was done yet." in text(())  # type: ignore[operator]
