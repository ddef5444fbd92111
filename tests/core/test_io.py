"""Saved models: nothing is lost, nothing half-written stays, nothing damaged is believed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from scipy.sparse import csr_array

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import DataError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.io import (
    check_model_file,
    describe_model,
    is_model_file,
    load_model,
    save_model,
    saving,
)
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Progress, run_to_end
from napari_connectome.core.sources import GaussianSource, RegionSource, SphereSource, VoxelSource
from napari_connectome.core.structures import Structure, StructureTree

SHAPE = (14, 10, 12)
CORTEX, THALAMUS, PONS = 315, 549, 771
SOURCES = [
    VoxelSource((450.0, 150.0, 850.0)),
    VoxelSource((450.0, 150.0, 250.0)),
    SphereSource((550.0, 350.0, 950.0), 250.0),
    GaussianSource((250.0, 450.0, 350.0), 150.0),
    RegionSource((THALAMUS,)),
]


def make_atlas() -> Atlas:
    divisions = {CORTEX: "Isocortex", THALAMUS: "TH", PONS: "P"}
    tree = StructureTree(
        [Structure(997, "root", "root", (255, 255, 255), (997,), 0)]
        + [
            Structure(i, acronym, f"{acronym} µ", (7, 8, 9), (997, i), n, frozenset({687527945}))
            for n, (i, acronym) in enumerate(divisions.items(), start=1)
        ]
    )
    annotation = np.zeros(SHAPE, dtype=np.uint32)
    annotation[1:12, 1:5] = CORTEX
    annotation[1:12, 5:8] = THALAMUS
    annotation[12:, 1:8] = PONS
    template = np.random.default_rng(5).random(SHAPE, dtype=np.float32)
    return Atlas(tree, annotation, 100.0, template, "small brain")


def make_experiments(atlas: Atlas) -> ExperimentSet:
    rng = np.random.default_rng(1)
    source = VoxelMask.from_atlas(atlas, [CORTEX, THALAMUS, PONS], "right")
    target = VoxelMask.from_atlas(atlas, [CORTEX, THALAMUS, PONS])
    member = source.to_vector(atlas.divisions)
    rows = np.concatenate(
        [rng.choice(np.flatnonzero(member == i), n) for i, n in {CORTEX: 12, THALAMUS: 7}.items()]
    )
    m = len(rows)
    projections = rng.lognormal(0, 1, (m, len(target))).astype(np.float32)
    projections[rng.random(projections.shape) < 0.8] = 0.0
    ones = np.ones(m, dtype=np.float32)
    return ExperimentSet(
        ids=np.arange(9_000_000_000, 9_000_000_000 + m),
        division_ids=member[rows].astype(np.int64),
        centroids=source.coordinates[rows] + rng.uniform(-0.4, 0.4, (m, 3)),
        injections=csr_array((ones, (np.arange(m), rows)), shape=(m, len(source))),
        projections=projections,
        injection_sums=np.ones(m),
        mirrored=np.zeros(m, dtype=bool),
        source_mask=source,
        target_mask=target,
    )


def make_model(kernel: str = "gaussian") -> FittedModel:
    atlas = make_atlas()
    entry = entry_of("voxel")
    values = entry.values({"kernel": kernel})
    fitted: FittedModel = run_to_end(entry.fit(make_experiments(atlas), atlas, **values))
    return replace(fitted, provenance={"folder": Path("/data/mouse"), "rows": np.int64(3)})


@pytest.fixture(scope="module", params=["gaussian", "polynomial"])
def model(request: pytest.FixtureRequest) -> FittedModel:
    return make_model(request.param)


@pytest.fixture
def file(model: FittedModel, tmp_path: Path) -> Path:
    path = tmp_path / "model.h5"
    save_model(model, path)
    return path


def everything(model: FittedModel) -> list[Any]:
    """All that a model is made of, to be compared."""
    parts = dict(model.connectivity.parts())
    nodes = parts.pop("nodes")
    return [
        model.model,
        dict(model.parameters),
        {name: dict(choice) for name, choice in model.choices.items()},
        model.experiment_ids.tolist(),
        model.atlas.tree.to_records(),
        model.atlas.annotation.tobytes(),
        model.atlas.resolution_um,
        model.atlas.name,
        {name: np.asarray(part).tolist() for name, part in parts.items()},
        [np.asarray(nodes[row]).tobytes() for row in range(nodes.shape[0])],
    ]


def leftovers(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.name.endswith(".part"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.label)
def test_predictions_are_the_same_bit_by_bit(model: FittedModel, file: Path, source: Any) -> None:
    before, after = model.predict(source), load_model(file).predict(source)
    assert before.vector.any()
    assert after.vector.tobytes() == before.vector.tobytes()
    assert after.volume().tobytes() == before.volume().tobytes()
    assert after.mirrored == before.mirrored
    assert after.support.experiment_ids.tolist() == before.support.experiment_ids.tolist()
    assert after.support.shares.tobytes() == before.support.shares.tobytes()
    assert after.support.nearest_um == before.support.nearest_um


def test_other_questions_get_the_same_answers(model: FittedModel, file: Path) -> None:
    before, after = model.connectivity, load_model(file).connectivity
    rows, values = np.array([3, 50, 200]), np.array([0.2, 0.3, 0.5])
    assert np.array_equal(before.onto_target(rows, values), after.onto_target(rows, values))
    assert np.array_equal(before.block(rows, rows), after.block(rows, rows))
    source_keys = np.arange(len(before.source_mask)) % 5 - 1
    target_keys = np.arange(len(before.target_mask)) % 7 - 1
    assert np.array_equal(
        before.regional_strength(source_keys, target_keys),
        after.regional_strength(source_keys, target_keys),
    )


def test_nothing_is_lost(model: FittedModel, file: Path) -> None:
    reopened = load_model(file)
    assert everything(reopened) == everything(model)
    assert reopened.atlas.template is not None
    assert np.array_equal(reopened.atlas.template, np.asarray(model.atlas.template))
    assert reopened.provenance == {"folder": "/data/mouse", "rows": 3}


def test_template_can_be_left_out(model: FittedModel, tmp_path: Path) -> None:
    save_model(model, tmp_path / "lean.h5", template=False)
    assert load_model(tmp_path / "lean.h5").atlas.template is None


def test_description_needs_no_arrays(model: FittedModel, file: Path) -> None:
    described = describe_model(file)
    assert described["model"] == "voxel"
    assert described["parameters"] == dict(model.parameters)
    assert described["choices"].keys() == model.choices.keys()
    assert described["experiments"] == model.experiment_ids.tolist()
    assert described["shape"] == list(SHAPE)
    assert described["format_version"] == 1


def test_a_reopened_model_can_be_saved_again(model: FittedModel, file: Path) -> None:
    second = file.with_name("second.h5")
    save_model(load_model(file), second)
    assert everything(load_model(second)) == everything(model)


def test_an_open_file_can_be_replaced(model: FittedModel, file: Path) -> None:
    opened = load_model(file)
    save_model(replace(opened, model="renamed"), file)
    assert everything(opened) == everything(model)
    assert load_model(file).model == "renamed"


def test_little_memory_gives_the_same_rows(model: FittedModel, file: Path) -> None:
    n = len(model.connectivity.target_mask)
    frugal = load_model(file, cache_bytes=3 * 4 * n)
    assert everything(frugal) == everything(model)
    assert everything(frugal) == everything(model)
    np.testing.assert_allclose(
        frugal.predict(SOURCES[2]).vector, model.predict(SOURCES[2]).vector, rtol=1e-5
    )


@pytest.mark.parametrize("cache_bytes", [1, 1 << 30])
def test_threads_may_ask_at_once(model: FittedModel, file: Path, cache_bytes: int) -> None:
    shared = load_model(file, cache_bytes=cache_bytes).connectivity.nodes
    original = model.connectivity.nodes
    rows = [int(i) for i in np.random.default_rng(0).integers(0, original.shape[0], 200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda row: np.array(shared[row]), rows))
    assert all(np.array_equal(original[row], got) for row, got in zip(rows, found, strict=True))


def test_rows_cannot_be_changed(file: Path) -> None:
    nodes = load_model(file).connectivity.nodes
    with pytest.raises(ValueError, match="read-only"):
        nodes[0][0] = 1.0


@pytest.mark.parametrize("cache_bytes", [1, 1 << 30])
def test_a_closed_file_says_so(file: Path, cache_bytes: int) -> None:
    nodes = load_model(file, cache_bytes=cache_bytes).connectivity.nodes
    kept = np.array(nodes[2])
    nodes.close()
    assert np.array_equal(nodes[2], kept)
    with pytest.raises(DataError, match=r"model\.h5 was closed"):
        nodes[0]


def test_everything_in_the_file_is_chunked_deflated_and_plain(file: Path) -> None:
    def look(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            assert item.chunks is not None, name
            assert item.compression == "gzip", name
            assert item.dtype.kind in "uif", name
            assert item.fletcher32 or name.endswith("nodes"), name

    with h5py.File(file) as opened:
        opened.visititems(look)
        nodes = opened["connectivity/nodes"][...]
    # Any HDF5 reader unpacks the rows, too.
    assert np.array_equal(nodes, load_model(file).connectivity.nodes.table(range(len(nodes))))


def test_long_rows_lie_in_several_chunks(tmp_path: Path) -> None:
    from napari_connectome.core.io.rows import open_rows, write_rows

    matrix = np.random.default_rng(0).random((3, 300_001), dtype=np.float32)
    with h5py.File(tmp_path / "rows.h5", "w") as opened:
        assert list(write_rows(opened, "matrix", matrix)) == [1, 2, 3]
        assert opened["matrix"].chunks[1] < 131_073
        assert np.array_equal(opened["matrix"][...], matrix)
        rows = open_rows(opened, "matrix")
        assert np.array_equal(rows[1], matrix[1])
        assert not rows.table([]).any(axis=1)[[0, 2]].any()


def test_progress_tells_every_row(model: FittedModel, tmp_path: Path) -> None:
    told: list[Progress] = []
    save_model(model, tmp_path / "model.h5", report=told.append)
    m = len(model.experiment_ids)
    assert [p.done for p in told if p.total and p.done] == list(range(1, m + 1))
    assert told[-1].fraction == 1.0


def test_a_failure_leaves_the_old_file_and_nothing_else(file: Path, model: FittedModel) -> None:
    before = file.read_bytes()

    def fail(moment: Progress) -> None:
        if moment.done == 5:
            raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError, match="pulled the plug"):
        save_model(model, file, report=fail)
    assert file.read_bytes() == before
    assert [p.name for p in file.parent.iterdir()] == ["model.h5"]


def test_a_stopped_job_leaves_nothing(model: FittedModel, tmp_path: Path) -> None:
    job = saving(model, tmp_path / "model.h5")
    for _ in range(8):
        next(job)
    assert len(leftovers(tmp_path)) == 1
    job.close()
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from napari_connectome.core.io import describe_model, load_model, save_model

source, target, is_old = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "old"
# Nothing is read here: threads that have started would be missing in the children.
before, described = b"the file before", describe_model(source)

def killed_at(moment):
    count = 0
    def die(*_):
        nonlocal count
        count += 1
        if count == moment:
            os.kill(os.getpid(), signal.SIGKILL)
    def hook(event, arguments):
        if event in ("open", "os.rename", "os.remove") and str(target.parent) in str(arguments):
            die()
    sys.addaudithook(hook)
    save_model(load_model(source), target, report=die)
    os._exit(0)

for moment in range(1, 1000):
    target.unlink(missing_ok=True)
    if is_old:
        target.write_bytes(before)
    child = os.fork()
    if not child:
        killed_at(moment)
    _, status = os.waitpid(child, 0)
    if not target.exists():
        found = "none"
    elif target.read_bytes() == before:
        found = "old"
    else:
        found = "new" if describe_model(target) == described else "half"
    print(os.WIFSIGNALED(status), found, flush=True)
    if not os.WIFSIGNALED(status):
        break
"""


@pytest.mark.parametrize("before", ["old", "none"])
def test_a_killed_process_leaves_the_old_file_or_none(file: Path, before: str) -> None:
    """Killed at every row that is written, and wherever a file is opened or renamed."""
    target = file.parent / "models" / "target.h5"
    target.parent.mkdir()
    command = [sys.executable, "-c", KILLED, str(file), str(target), before]
    done = subprocess.run(command, check=True, timeout=300, capture_output=True, text=True)
    outcomes = [tuple(line.split()) for line in done.stdout.splitlines()]
    assert outcomes[-1] == ("False", "new")
    killed = [found for was_killed, found in outcomes if was_killed == "True"]
    assert len(killed) > 20
    # Whole files only: first what was there, from some moment on the new one.
    first_new = killed.index("new")
    assert set(killed[:first_new]) == {before}
    assert set(killed[first_new:]) == {"new"}
    # What was begun has a name of its own and never counts as a model.
    assert leftovers(target.parent)


def test_permissions_are_those_of_new_files(file: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    assert file.stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_missing_folder_is_named(model: FittedModel, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere does not exist"):
        save_model(model, tmp_path / "nowhere" / "model.h5")


def test_a_folder_cannot_be_written_to_as_a_file(model: FittedModel, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder"):
        save_model(model, tmp_path)


def test_what_no_file_can_hold_is_refused(model: FittedModel, tmp_path: Path) -> None:
    class Special(type(model.connectivity)):
        pass

    special = Special.from_parts(model.connectivity.parts())
    with pytest.raises(DataError, match="A Special cannot be saved"):
        save_model(replace(model, connectivity=special), tmp_path / "model.h5")
    assert list(tmp_path.iterdir()) == []


def change(path: Path, edit: Callable[[h5py.File], None]) -> None:
    with h5py.File(path, "r+") as opened:
        edit(opened)


def test_a_newer_version_says_what_it_needs(file: Path) -> None:
    def edit(opened: h5py.File) -> None:
        opened.attrs["version"] = 2
        opened.attrs["readable_since"] = np.bytes_("7.5.0")

    change(file, edit)
    for ask in (load_model, describe_model, check_model_file):
        with pytest.raises(DataError, match=r"format version 2.*7\.5\.0 or later"):
            ask(file)


def test_a_missing_part_is_named(file: Path) -> None:
    change(file, lambda opened: opened.__delitem__("connectivity/nearest_um"))
    with pytest.raises(DataError, match=r"model\.h5.*nearest_um"):
        load_model(file)


def test_parts_that_disagree_are_refused(file: Path) -> None:
    def edit(opened: h5py.File) -> None:
        ids = opened["connectivity/experiment_ids"][:-1]
        del opened["connectivity/experiment_ids"]
        opened["connectivity/experiment_ids"] = ids

    change(file, edit)
    with pytest.raises(DataError, match=r"model\.h5: nodes must have shape"):
        load_model(file)


def test_an_unknown_kind_is_refused(file: Path) -> None:
    from napari_connectome.core.io.arrays import read_json, write_json

    def edit(opened: h5py.File) -> None:
        header = read_json(opened, "header")
        header["connectivity"]["kind"] = "hypergraph"
        del opened["header"]
        write_json(opened, "header", header)

    change(file, edit)
    with pytest.raises(DataError, match=r"model\.h5.*'hypergraph'.*Update"):
        load_model(file)


def test_another_hdf5_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as opened:
        opened["x"] = [1, 2, 3]
        opened.attrs["format"] = "something else"
    assert is_model_file(other)
    with pytest.raises(DataError, match="not a saved model"):
        load_model(other)


@pytest.mark.parametrize("content", [b"", b"hello", b"NRRD0004\n" * 100])
def test_another_type_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other.h5"
    other.write_bytes(content)
    assert not is_model_file(other)
    with pytest.raises(DataError, match="not a saved model"):
        load_model(other)


@pytest.mark.parametrize("name", ["absent.h5", "."])
def test_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="is missing"):
        load_model(tmp_path / name)


@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.999])
def test_a_truncated_file_is_refused(file: Path, part: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(DataError, match=r"model\.h5 is damaged or cut short"):
        load_model(file)


def test_damaged_rows_are_noticed_when_they_are_read(file: Path) -> None:
    with h5py.File(file) as opened:
        chunk = opened["connectivity/nodes"].id.get_chunk_info(4)
    content = bytearray(file.read_bytes())
    content[chunk.byte_offset + chunk.size // 2] ^= 0x40
    file.write_bytes(content)
    model = load_model(file)
    nodes = model.connectivity.nodes
    assert nodes[3].any()
    with pytest.raises(DataError, match=r"model\.h5 is damaged: row 4"):
        nodes[4]
    with pytest.raises(DataError, match="row 4"):
        model.predict(SOURCES[2])


def test_no_altered_byte_is_believed(file: Path) -> None:
    content = file.read_bytes()
    whole = everything(load_model(file))
    rng = np.random.default_rng(2)
    refused = 0
    for position in rng.integers(0, len(content), 60).tolist():
        altered = bytearray(content)
        altered[position] ^= int(rng.integers(1, 256))
        file.write_bytes(altered)
        try:
            found = everything(load_model(file))
        except DataError:
            refused += 1
        else:
            # Room between the parts of a file means nothing.
            assert found == whole, f"byte {position}"
    assert refused > 30


def test_a_file_that_leads_elsewhere_is_refused(file: Path, tmp_path: Path) -> None:
    """Links, and arrays whose numbers lie in another file: neither is followed."""
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as other:
        other["x"] = np.arange(3, dtype=np.int64)
    (tmp_path / "raw").write_bytes(bytes(24))

    def tampered(change: Callable[[h5py.File], object]) -> str:
        copy = tmp_path / "copy.h5"
        copy.write_bytes(file.read_bytes())
        with h5py.File(copy, "r+") as opened:
            del opened["experiment_ids"]
            change(opened)
        with pytest.raises(DataError, match=r"copy\.h5.*'/?experiment_ids'") as caught:
            load_model(copy)
        with pytest.raises(DataError):
            describe_model(copy)
        return str(caught.value)

    def set_link(link: object) -> Callable[[h5py.File], object]:
        return lambda opened: opened.__setitem__("experiment_ids", link)

    assert "another place" in tampered(set_link(h5py.ExternalLink(str(secret), "/x")))
    assert "another place" in tampered(set_link(h5py.SoftLink("/header")))
    raw = [(str(tmp_path / "raw"), 0, 24)]
    assert "another file" in tampered(
        lambda f: f.create_dataset("experiment_ids", (3,), np.int64, external=raw)
    )
    layout = h5py.VirtualLayout((3,), np.int64)
    layout[:] = h5py.VirtualSource(str(secret), "x", (3,))
    assert "another file" in tampered(lambda f: f.create_virtual_dataset("experiment_ids", layout))
    assert "next to nothing is stored" in tampered(
        lambda f: f.create_dataset("experiment_ids", (10**12,), np.int64, chunks=(1000,))
    )
