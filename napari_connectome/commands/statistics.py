"""``statistics``: how the weights of a regional matrix are distributed, and fall off."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import names, path
from napari_connectome.commands.console import (
    add_json_option,
    note,
    progress,
    say,
    say_json,
    say_table,
)
from napari_connectome.commands.matrix import BY_OPTION
from napari_connectome.commands.output import FIGURES, check_out, check_out_folder
from napari_connectome.core.errors import DataError, ModelError
from napari_connectome.core.measures import Measure
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sides import SIDES, Side

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from napari_connectome.core.analysis.weight_statistics import WeightStatistics
    from napari_connectome.core.atlas import Atlas
    from napari_connectome.core.regional_matrix import RegionalMatrix

TABLE = ".csv"
DEFAULT_MEASURE: Measure = "normalized_connection_density"


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "statistics",
        help="fit distributions, mixtures and laws of distance to connection weights",
        description="Fit distributions to the connections of a saved model or a regional matrix "
        "that are larger than zero, mixtures of lognormal distributions, and laws of their "
        "fall-off with distance.",
    )
    parser.add_argument(
        "source", type=path, metavar="MODEL|MATRIX.csv", help="saved model, or regional matrix"
    )
    parser.add_argument(
        "--measure",
        choices=tuple(BY_OPTION),
        help="what the weights are (default: normalized-connection-density, or the only one that "
        "the matrix holds)",
    )
    parser.add_argument(
        "--divisions",
        type=names,
        metavar="ACRONYM,...",
        help="only connections within these structures (default: the whole brain)",
    )
    parser.add_argument("--side", choices=SIDES, help="of the targets (default: both, one by one)")
    parser.add_argument(
        "--atlas", type=path, metavar="DIR", help="cache folder that a matrix belongs to"
    )
    parser.add_argument(
        "--distances",
        type=path,
        metavar="FILE",
        help="table of distances between regions in µm, instead of those of their centroids",
    )
    parser.add_argument(
        "--out",
        type=path,
        metavar="FILE|DIR",
        help=f"numbers ({TABLE}), figure ({', '.join(FIGURES)}), or a folder for all of them",
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Compute, write and print."""
    if arguments.out is not None:
        if arguments.out.suffix and not arguments.out.is_dir():
            check_out(arguments.out, (TABLE, *FIGURES))
        else:
            check_out_folder(arguments.out)
    matrix, atlas = _matrix(arguments)
    measure = _measure(arguments, matrix)
    distances = _distances(arguments, matrix, atlas)
    within = [matrix.tree.by_acronym(name).id for name in arguments.divisions or ()]
    sides = SIDES if arguments.side is None else (arguments.side,)
    found = all_statistics(matrix, measure, sides, within, distances)
    if arguments.out is not None:
        _write(arguments.out, found)
    if arguments.json:
        say_json(
            {
                "source": str(arguments.source),
                "measure": measure,
                "unit": matrix.unit(measure),
                "statistics": [described(one) for one in found],
                "file": None if arguments.out is None else str(arguments.out),
            }
        )
    else:
        for one in found:
            _say(one)
        if arguments.out is not None:
            say(f"Written to {arguments.out}.")
    return 0


def all_statistics(
    matrix: RegionalMatrix,
    measure: Measure,
    sides: Sequence[Side],
    structure_ids: Sequence[int],
    distances_um: npt.NDArray[np.float64] | None,
) -> list[WeightStatistics]:
    """Statistics of each side that has enough connections; remarks say which has not, and why.

    Raises
    ------
    ModelError
        When no side has.
    """
    from napari_connectome.core.analysis.connections import connections_of
    from napari_connectome.core.analysis.weight_statistics import weight_statistics_job

    found, reasons = [], []
    with progress() as report:
        for side in sides:
            try:
                chosen = connections_of(matrix, measure, side, structure_ids)
                found.append(run_to_end(weight_statistics_job(chosen, distances_um), report))
            except ModelError as error:
                reasons.append(str(error))
    if not found:
        raise ModelError(" ".join(dict.fromkeys(reasons)))
    for line in [*reasons, *(line for one in found for line in one.notes)]:
        note(line)
    return found


def described(statistics: WeightStatistics) -> dict[str, Any]:
    """All numbers of a group as plain values."""
    from dataclasses import asdict

    connections, distance = statistics.connections, statistics.distance
    mixture, distribution = statistics.mixture, statistics.distribution
    return {
        "group": connections.group,
        "side": connections.side,
        "connections": len(connections),
        "zero": connections.zeros,
        "missing": connections.missing,
        "distribution": asdict(distribution) | {"best": distribution.best.family},
        "mixture": {
            "components": mixture.components,
            "means_log10": mixture.means.tolist(),
            "sds_log10": mixture.sds.tolist(),
            "shares": mixture.shares.tolist(),
            "bics": mixture.bics,
            "converged": mixture.converged,
        },
        "distance": None
        if distance is None
        else {
            "pairs": len(distance.weights),
            "left_out": distance.left_out,
            "best": distance.best.law,
            "fits": [asdict(fit) for fit in distance.fits],
        },
        "notes": list(statistics.notes),
    }


def _matrix(arguments: Namespace) -> tuple[RegionalMatrix, Atlas | None]:
    """The matrix, and the atlas that it belongs to where one is known."""
    if arguments.source.suffix.lower() == TABLE:
        from napari_connectome.data.allen_cache import open_cache
        from napari_connectome.data.regional_files import read_matrix

        atlas = None if arguments.atlas is None else open_cache(arguments.atlas).atlas
        tree = None if atlas is None else atlas.tree
        if arguments.measure is None:
            return read_matrix(arguments.source, tree), atlas
        measure = BY_OPTION[arguments.measure]
        return read_matrix(arguments.source, tree, measure=measure), atlas
    if arguments.atlas is not None:
        raise DataError("--atlas goes with a matrix (.csv): a saved model has its own atlas.")
    from napari_connectome.core.io import load_model
    from napari_connectome.core.regional import regional_matrix_job

    model = load_model(arguments.source)
    with progress() as report:
        return run_to_end(regional_matrix_job(model), report), model.atlas


def _measure(arguments: Namespace, matrix: RegionalMatrix) -> Measure:
    if arguments.measure is not None:
        return BY_OPTION[arguments.measure]
    return matrix.measure_or_first(DEFAULT_MEASURE)


def _distances(
    arguments: Namespace, matrix: RegionalMatrix, atlas: Atlas | None
) -> npt.NDArray[np.float64] | None:
    if arguments.distances is not None:
        from napari_connectome.data.distance_table import read_distances_um

        return read_distances_um(arguments.distances, matrix)
    if atlas is None:
        note(
            "No distances between regions: give --atlas or --distances for the fall-off with "
            "distance."
        )
        return None
    from napari_connectome.core.analysis.region_centroids import region_centroids

    return region_centroids(atlas).distances_um(matrix)


def _write(out: Path, found: Sequence[WeightStatistics]) -> None:
    from napari_connectome.data.statistics_table import statistics_rows, write_rows
    from napari_connectome.figures.saving import save_figure
    from napari_connectome.figures.statistics import statistics_figure, statistics_figures

    rows = [row for one in found for row in statistics_rows(one)]
    if out.is_dir() or not out.suffix:
        out.mkdir(exist_ok=True)
        write_rows(out / f"statistics{TABLE}", rows)
        for one in found:
            for name, figure in statistics_figures(one).items():
                save_figure(figure, out / f"{name}-{one.connections.side}.png")
    elif out.suffix.lower() == TABLE:
        write_rows(out, rows)
    else:
        save_figure(statistics_figure(found), out)


def _say(one: WeightStatistics) -> None:
    connections, distribution, mixture = one.connections, one.distribution, one.mixture
    say(
        f"{connections.title}: {len(connections)} connections above zero, {connections.zeros} "
        f"zero, {connections.missing} missing"
    )
    say_table(
        ["distribution", "BIC", "KS D", "p", "p (fitted)"],
        [
            [
                fit.title,
                f"{fit.bic:.1f}",
                f"{fit.ks_distance:.4f}",
                f"{fit.ks_p:.2g}",
                f"{fit.ks_p_fitted:.3f}",
            ]
            for fit in distribution.fits
        ],
    )
    say(
        f"Log weights normal? Shapiro-Wilk W = {distribution.shapiro_w:.4f}, "
        f"p = {distribution.shapiro_p:.2g}"
    )
    parts = zip(mixture.means, mixture.sds, mixture.shares, strict=True)
    say(
        f"Mixture: {mixture.components} components, mean ± SD of log10 (share): "
        + ", ".join(f"{mean:.2f} ± {sd:.2f} ({share:.0%})" for mean, sd, share in parts)
    )
    if one.distance is not None:
        say_table(
            ["law of distance", "scale", "slope", "error", "RMSE"],
            [
                [
                    fit.title,
                    fit.scale,
                    f"{fit.slope:.3f}" + ("" if fit.law == "power_law" else "/mm"),
                    f"{fit.slope_error:.3f}",
                    f"{fit.rmse:.4g}",
                ]
                for fit in one.distance.fits
            ],
        )
