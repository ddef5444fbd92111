"""Results of a cross-validation as files: a table of scores, or everything as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from napari_connectome import __version__
from napari_connectome.core.io.atomic import appearing
from napari_connectome.core.provenance import repeatable
from napari_connectome.core.validation.comparison import paired_tests
from napari_connectome.core.validation.result import ModelResult, ValidationResult
from napari_connectome.core.validation.tables import (
    SCORES,
    experiment_table,
    fold_table,
    score_table,
)

FORMAT = "napari-connectome cross-validation"
VERSION = 1


def write_scores(path: Path, result: ValidationResult) -> None:
    """Write the score table as CSV in UTF-8, after lines ``# key: value`` that say what it is.

    pandas reads it with ``read_csv(path, comment="#")``.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    # Without the time: the same scores give the same bytes.
    said = repeatable(_described(result))
    with appearing(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for key, value in said.items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            file.write(f"# {key}: {text}\n")
        score_table(result).to_csv(file, index=False, lineterminator="\n")


def write_result(path: Path, result: ValidationResult) -> None:
    """Write all tables, what was chosen and the provenance as JSON; missing numbers are null.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    with appearing(path) as part:
        text = json.dumps(result_record(result), indent=1, ensure_ascii=False, allow_nan=False)
        part.write_text(text + "\n", encoding="utf-8")


def result_record(result: ValidationResult) -> dict[str, Any]:
    """All tables of a result as plain JSON values."""
    return _described(result) | {
        "models": [_model_record(model) for model in result.models],
        "score_titles": SCORES,
        "scores": _records(score_table(result)),
        "tests": _records(paired_tests(result)),
        "folds_pooled": _records(fold_table(result)),
        "experiments": _records(experiment_table(result)),
    }


def _described(result: ValidationResult) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "written_by": __version__,
        "folds": "leave-one-out" if result.folds == "loo" else f"{result.folds} folds",
        "seed": result.seed,
        "partial": result.partial,
        "provenance": _plain(result.provenance),
    }


def _model_record(model: ModelResult) -> dict[str, Any]:
    return {
        "name": model.name,
        "title": model.title,
        "candidates": _plain(list(model.candidates)),
        "chosen": _plain(list(model.held_out.chosen)),
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): _plain(value) for key, value in row.items()}
        for row in table.to_dict(orient="records")
    ]


def _plain(value: Any) -> Any:
    """Plain JSON: numpy's numbers as Python's, what is not finite as null or text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return "inf" if value > 0 else None
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)
