"""Statistics in files: every number, with all its digits, once."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.analysis.data_summary import data_summary
from napari_connectome.core.errors import DataError
from napari_connectome.data.statistics_table import (
    STATISTICS_COLUMNS,
    statistics_rows,
    summary_rows,
    write_rows,
)
from tests.core.analysis.planted_statistics import planted_statistics
from tests.core.model_data import ISOCORTEX, THALAMUS
from tests.core.regional_data import region_atlas


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_number_comes_back(tmp_path: Path) -> None:
    one = planted_statistics()
    rows = statistics_rows(one)
    assert all(tuple(row) == STATISTICS_COLUMNS for row in rows)
    keys = [(row["analysis"], row["model"], row["quantity"]) for row in rows]
    assert len(set(keys)) == len(keys)
    write_rows(tmp_path / "s.csv", rows)
    found = {
        (row["analysis"], row["model"], row["quantity"]): float(row["value"])
        for row in read(tmp_path / "s.csv")
    }
    assert found["connections", "", "zero"] == 1234
    for fit in one.distribution.fits:
        assert found["distribution", fit.family, "bic"] == fit.bic
        assert found["distribution", fit.family, "ks_p_fitted"] == fit.ks_p_fitted
        for name, value in fit.parameters.items():
            assert found["distribution", fit.family, name] == value
    assert found["mixture", "", "components"] == one.mixture.components
    for number, mean in enumerate(one.mixture.means, start=1):
        assert found["mixture", f"component {number}", "mean_log10"] == mean
    assert one.distance is not None
    power, exponential = one.distance.fit_of("power_law"), one.distance.fit_of("exponential")
    assert found["distance", "power_law, log scale", "exponent"] == power.slope
    assert found["distance", "exponential, log scale", "decay_per_mm"] == -exponential.slope
    assert found["distance", "power_law, log scale", "rmse_ln_weight"] == power.rmse


def test_without_distances_there_are_no_lines_about_them() -> None:
    rows = statistics_rows(planted_statistics(distances=False))
    assert "distance" not in {row["analysis"] for row in rows}


def test_summary_has_a_line_per_division_and_empty_cells_where_nothing_is_known(
    tmp_path: Path,
) -> None:
    atlas = region_atlas()
    summaries = data_summary(atlas, [[2.0, 2.0, 7.0]] * 2, [ISOCORTEX] * 2)
    write_rows(tmp_path / "d.csv", summary_rows(summaries, atlas.tree))
    cortex, thalamus, _ = read(tmp_path / "d.csv")
    assert (cortex["division"], cortex["id"], cortex["experiments"]) == ("Isocortex", "315", "2")
    assert float(cortex["volume_mm3"]) == summaries[0].volume_mm3
    assert summaries[0].nearest_mm is not None
    assert float(cortex["nearest_mm_mean"]) == summaries[0].nearest_mm.mean
    assert int(thalamus["id"]) == THALAMUS
    assert thalamus["nearest_mm_mean"] == thalamus["injection_mm3_mean"] == ""
    assert not any("nan" in cell for cell in thalamus.values())


def test_a_file_that_cannot_be_written_is_refused_with_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        write_rows(tmp_path / "none" / "s.csv", [{"a": np.pi}])
