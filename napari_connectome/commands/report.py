"""``report``: all that there is to say about a saved model, as one page."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import path
from napari_connectome.commands.console import add_json_option, note, progress, say, say_json
from napari_connectome.commands.map_options import add_map_options, map_of
from napari_connectome.commands.matrix import BY_OPTION
from napari_connectome.commands.output import check_out_folder
from napari_connectome.core.progress import run_to_end

if TYPE_CHECKING:
    from napari_connectome.core.analysis.data_summary import DivisionSummary
    from napari_connectome.core.models.fitted import FittedModel

PAGE = "report.html"


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "report",
        help="write a page about a saved model: tables, figures, statistics, provenance",
        description="Write one HTML page about a saved model that needs nothing else: model and "
        "choices, regional matrix, maps of the cortex, statistics of the weights, provenance.",
    )
    parser.add_argument("model", type=path, metavar="MODEL", help="file that `fit` has written")
    parser.add_argument("--out", type=path, required=True, metavar="DIR", help=f"folder for {PAGE}")
    parser.add_argument(
        "--data",
        type=path,
        metavar="FOLDER",
        help="cache folder that the model was fitted to: adds a summary of the experiments",
    )
    parser.add_argument(
        "--measure",
        choices=tuple(BY_OPTION),
        default="normalized-connection-density",
        help="of matrix and statistics (default: normalized-connection-density)",
    )
    add_map_options(parser)
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Make the page and write it."""
    from napari_connectome import __version__
    from napari_connectome.commands import report_sections as sections
    from napari_connectome.commands.statistics import described
    from napari_connectome.core.io import load_model
    from napari_connectome.core.io.atomic import appearing
    from napari_connectome.core.regional import regional_matrix_job
    from napari_connectome.figures.html_page import html_page

    check_out_folder(arguments.out)
    model, measure = load_model(arguments.model), BY_OPTION[arguments.measure]
    with progress() as report:
        matrix = run_to_end(regional_matrix_job(model), report)
    parts = [sections.model_section(model)]
    if arguments.data is not None:
        parts.append(sections.data_section(_summaries(arguments, model), model.atlas.tree))
    parts.append(sections.matrix_section(matrix, measure))
    parts.append(sections.maps_section(model, lambda: map_of(arguments, model.atlas)))
    with progress() as report:
        statistics, found = sections.statistics_section(model, matrix, measure, report)
    parts.append(statistics)
    parts.append(sections.provenance_section(model, {"napari-connectome": __version__}))
    title = f"{model.model.capitalize()} model of {model.atlas.name}"
    lead = f"{arguments.model.name}, {len(model.experiment_ids)} experiments"
    arguments.out.mkdir(exist_ok=True)
    page = arguments.out / PAGE
    with appearing(page.absolute()) as file:
        file.write_text(html_page(title, lead, parts), encoding="utf-8", newline="")
    if arguments.json:
        say_json(
            {
                "model": str(arguments.model),
                "file": str(page),
                "bytes": page.stat().st_size,
                "measure": measure,
                "sections": [part.name for part in parts],
                "statistics": [described(one) for one in found],
            }
        )
    else:
        say(f"Written to {page} ({page.stat().st_size / 1e6:.1f} MB).")
    return 0


def _summaries(arguments: Namespace, model: FittedModel) -> tuple[DivisionSummary, ...]:
    """Summary of the model's own experiments, read from the folder."""
    from napari_connectome.core.analysis.data_summary import summary_of_experiments
    from napari_connectome.data.allen_cache import open_cache
    from napari_connectome.data.records import ExperimentFilter
    from napari_connectome.data.settings import LoadSettings
    from napari_connectome.data.tracing import load_experiments

    cache = open_cache(arguments.data, int(model.atlas.resolution_um))
    settings = LoadSettings(wanted=ExperimentFilter(ids=model.experiment_ids.tolist()))
    with progress() as report:
        experiments = run_to_end(load_experiments(cache, settings), report)
        summaries = run_to_end(summary_of_experiments(experiments, cache.atlas), report)
    for line in experiments.report.notes:
        note(line)
    return summaries
