"""``matrix``: how strongly the regions of a saved model project to each other."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import names, path, positive
from napari_connectome.commands.console import add_json_option, note, progress, say, say_json
from napari_connectome.commands.output import FIGURES, check_out
from napari_connectome.core.errors import DataError
from napari_connectome.core.measures import MEASURES, Measure
from napari_connectome.core.progress import run_to_end

if TYPE_CHECKING:
    from pathlib import Path

    from napari_connectome.core.models.fitted import FittedModel
    from napari_connectome.core.regional_matrix import RegionalMatrix

WIDTH_MM = 180.0
BY_OPTION: dict[str, Measure] = {name.replace("_", "-"): name for name in MEASURES}


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "matrix",
        help="write or draw the regional matrix of a saved model",
        description="Sum the connections of a saved model over pairs of regions, sources in the "
        "right hemisphere as rows, targets on both sides as columns. Writes a table that can be "
        "opened again, a figure, or the plain array.",
    )
    parser.add_argument("model", type=path, metavar="MODEL", help="file that `fit` has written")
    parser.add_argument(
        "--out",
        type=path,
        required=True,
        metavar="FILE",
        help=f"table (.csv), figure ({', '.join(FIGURES)}), values as an array (.npy), network "
        "(.graphml), or connectivity for The Virtual Brain (.zip)",
    )
    parser.add_argument(
        "--measure",
        choices=tuple(BY_OPTION),
        default="normalized-connection-density",
        help="what the numbers are (default: normalized-connection-density)",
    )
    parser.add_argument(
        "--order",
        choices=("ontology", "clustered"),
        default="ontology",
        help="regions as in the atlas, or similar ones beside each other (default: ontology)",
    )
    parser.add_argument(
        "--regions",
        type=names,
        metavar="ACRONYM,...",
        help="only these regions, or those inside of these structures",
    )
    figure = parser.add_argument_group("figures")
    figure.add_argument("--log", action="store_true", help="colours on a logarithmic scale")
    figure.add_argument(
        "--width", type=positive, metavar="MM", help=f"most width on paper (default: {WIDTH_MM:g})"
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Make the matrix and write it."""
    from napari_connectome.core.regional import regional_matrix_job
    from napari_connectome.core.regional_order import arranged
    from napari_connectome.data.model_files import read_model

    check_out(arguments.out, (".csv", *FIGURES, ".npy", ".graphml", ".zip"))
    is_figure = arguments.out.suffix.lower() in FIGURES
    if not is_figure and (arguments.log or arguments.width is not None):
        raise DataError("--log and --width go with figures: a table holds the numbers themselves.")
    model, measure = read_model(arguments.model), BY_OPTION[arguments.measure]
    tree = model.atlas.tree
    wanted = [tree.by_acronym(name).id for name in arguments.regions or ()]
    with progress() as report:
        matrix = run_to_end(regional_matrix_job(model), report)
    if wanted:
        matrix = matrix.of_regions(wanted)
    matrix = arranged(matrix, measure, arguments.order)
    _write(arguments, model, matrix, measure)
    figures = _figures(arguments, matrix, measure)
    say_json(figures) if arguments.json else _say(figures)
    return 0


def _write(
    arguments: Namespace, model: FittedModel, matrix: RegionalMatrix, measure: Measure
) -> None:
    suffix = arguments.out.suffix.lower()
    if suffix == ".csv":
        from napari_connectome.data.regional_files import write_matrix

        write_matrix(arguments.out, matrix, measure, provenance=model.provenance)
    elif suffix == ".npy":
        from napari_connectome.core.io.npy import write_npy

        write_npy(arguments.out, matrix.values(measure))
    elif suffix in (".graphml", ".zip"):
        _write_network(arguments.out, model, matrix, measure)
    else:
        from napari_connectome.figures.matrix import matrix_figure
        from napari_connectome.figures.saving import save_figure

        width = arguments.width or WIDTH_MM
        figure = matrix_figure(matrix, measure, log=arguments.log, width_mm=width)
        save_figure(figure, arguments.out)


def _write_network(out: Path, model: FittedModel, matrix: RegionalMatrix, measure: Measure) -> None:
    from napari_connectome.core.analysis.region_centroids import region_centroids
    from napari_connectome.core.provenance import model_provenance, repeatable
    from napari_connectome.data.export.graphml import write_graphml
    from napari_connectome.data.export.network import network_of
    from napari_connectome.data.export.tvb import write_tvb

    network = network_of(matrix, measure, region_centroids(model.atlas))
    if network.left_out:
        note(
            f"Left out, since they are not source and target on both sides: "
            f"{', '.join(network.left_out)}."
        )
    write = write_graphml if out.suffix.lower() == ".graphml" else write_tvb
    write(out, network, provenance=repeatable(model_provenance(model)))


def _figures(arguments: Namespace, matrix: RegionalMatrix, measure: Measure) -> dict[str, Any]:
    import numpy as np

    values = matrix.values(measure)
    return {
        "model": str(arguments.model),
        "measure": measure,
        "title": matrix.title(measure),
        "unit": matrix.unit(measure),
        "formula": MEASURES[measure].formula,
        "order": arguments.order,
        "sources": matrix.shape[0],
        "targets": matrix.shape[1],
        "missing_sources": int((matrix.source_counts == 0).sum()),
        "missing_targets": int((matrix.target_counts == 0).sum()),
        "zero_cells": int((values == 0).sum()),
        "largest": _largest(matrix, np.nan_to_num(values, nan=-1.0), measure),
        "file": str(arguments.out),
    }


def _largest(matrix: RegionalMatrix, values: Any, measure: Measure) -> dict[str, Any]:
    row, column = divmod(int(values.argmax()), matrix.shape[1])
    return {
        "source": matrix.tree[int(matrix.source_ids[row])].acronym,
        "target": matrix.tree[int(matrix.target_ids[column])].acronym,
        "side": "contra" if matrix.contra[column] else "ipsi",
        "value": float(matrix.values(measure)[row, column]),
    }


def _say(figures: dict[str, Any]) -> None:
    say(f"{figures['title']}: {figures['sources']} sources × {figures['targets']} targets")
    say(f"Unit: {figures['unit']} ({figures['formula']})")
    missing = (figures["missing_sources"], figures["missing_targets"])
    if any(missing):
        say(
            f"Without a voxel in the model, so missing: {missing[0]} sources, {missing[1]} targets."
        )
    largest = figures["largest"]
    say(
        f"Largest: {largest['value']:.4g}, from {largest['source']} to {largest['target']} "
        f"({largest['side']}). Cells of zero: {figures['zero_cells']}."
    )
    say(f"Written to {figures['file']}.")
