"""Provenance as a person reads it."""

from __future__ import annotations

from napari_connectome.core.citations import HARRIS, TRACING
from napari_connectome.core.provenance_words import PROGRAM, citation_text, provenance_groups

TOLD = {
    "source": {"version": 1, "kind": "sphere", "center_um": [1.0, 2.0, 3.0], "radius_um": 400.0},
    "direction": "anterograde",
    "model": "spline",
    "parameters": {"bandwidth_um": None},
    "experiment_ids": [7, 9],
    "atlas": {"name": "brain"},
    "data": {
        "folder": "/data/<b>",
        "settings": {"wanted": {"strain": None}, "min_contained": 0.25},
        "sha256": {"structures.json": "ab"},
        "versions": {"numpy": "2"},
    },
}


def test_everything_is_told_in_its_group() -> None:
    assert provenance_groups(TOLD) == {
        "Question": (
            ("kind", "sphere"),
            ("center (µm)", "1.0; 2.0; 3.0"),
            ("radius (µm)", "400"),
            ("direction", "anterograde"),
        ),
        "Model": (("model", "spline"), ("bandwidth (µm)", "chosen from the data")),
        "Experiments": (("number", "2"), ("ids", "7, 9")),
        "Data": (
            ("atlas, name", "brain"),
            ("folder", "/data/<b>"),
            ("wanted, strain", "any"),
            ("min contained", "0.25"),
        ),
        "SHA-256 of files": (("structures.json", "ab"),),
        "Versions": (("numpy", "2"),),
    }


def test_what_is_not_known_is_left_out() -> None:
    assert provenance_groups({"source": "a drawing"}) == {"Question": (("source", "a drawing"),)}
    assert provenance_groups({}) == {}


def test_the_model_is_cited_first_and_the_program_last() -> None:
    lines = citation_text(TOLD).splitlines()
    assert lines[0] == HARRIS
    assert lines[1] == TRACING
    assert lines[-1] == PROGRAM
    assert citation_text({"citations": ["one"]}).splitlines() == ["one", PROGRAM]
