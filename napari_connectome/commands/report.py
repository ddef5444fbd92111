"""``report``: all that there is to say about a saved model, as one page."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import path
from napari_connectome.commands.console import add_json_option, note, progress, say, say_json
from napari_connectome.commands.map_options import add_map_options, map_of
from napari_connectome.commands.matrix import BY_OPTION
from napari_connectome.commands.output import check_out_folder
from napari_connectome.core.progress import run_to_end

if TYPE_CHECKING:
    from napari_connectome.core.experiments import ExperimentSet
    from napari_connectome.core.models.fitted import FittedModel

PAGE = "report.html"


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "report",
        help="write a page about a saved model: tables, figures, statistics, provenance",
        description="Write one HTML page about a saved model that needs nothing else: model and "
        "choices, data, regional matrix, maps of the cortex, statistics of the weights, "
        "cross-validation, provenance.",
    )
    parser.add_argument("model", type=path, metavar="MODEL", help="file that `fit` has written")
    parser.add_argument("--out", type=path, required=True, metavar="DIR", help=f"folder for {PAGE}")
    parser.add_argument(
        "--data",
        type=path,
        metavar="FOLDER",
        help="cache folder that the model was fitted to: adds a summary of the experiments and a "
        "cross-validation (default: the folder named in the model, where it still is)",
    )
    parser.add_argument(
        "--folds",
        type=folds,
        default="loo",
        metavar="loo|K|none",
        help="of the cross-validation: leave one out, K folds, or leave it out (default: loo)",
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
    from napari_connectome.commands.report_validation import validated, validation_section
    from napari_connectome.commands.statistics import described
    from napari_connectome.core.analysis.data_summary import summary_of_experiments
    from napari_connectome.core.io.atomic import appearing
    from napari_connectome.core.regional import regional_matrix_job
    from napari_connectome.data.model_files import read_model
    from napari_connectome.figures.html_page import html_page

    check_out_folder(arguments.out)
    model, measure = read_model(arguments.model), BY_OPTION[arguments.measure]
    with progress() as report:
        matrix = run_to_end(regional_matrix_job(model), report)
    parts = [sections.model_section(model)]
    experiments = _experiments(arguments, model)
    if experiments is not None:
        with progress() as report:
            summaries = run_to_end(summary_of_experiments(experiments, model.atlas), report)
        parts.append(sections.data_section(summaries, model.atlas.tree))
    parts.append(sections.matrix_section(matrix, measure))
    parts.append(sections.maps_section(model, lambda: map_of(arguments, model.atlas)))
    with progress() as report:
        statistics, found = sections.statistics_section(model, matrix, measure, report)
    parts.append(statistics)
    if experiments is not None and arguments.folds != "none":
        with progress() as report:
            result = validated(model, experiments, arguments.folds, report)
        parts.append(validation_section(result))
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


def folds(text: str) -> str | int:
    """``loo``, ``none`` or a number of folds."""
    if text in ("loo", "none"):
        return text
    if not text.isdecimal() or int(text) < 2:
        raise ArgumentTypeError(
            f"loo, none or a whole number of at least 2 was expected; {text!r} came"
        )
    return int(text)


def _experiments(arguments: Namespace, model: FittedModel) -> ExperimentSet | None:
    """The model's own experiments, read from their folder; None, with a remark, without one."""
    from napari_connectome.data.allen_cache import open_cache
    from napari_connectome.data.records import ExperimentFilter
    from napari_connectome.data.settings import LoadSettings
    from napari_connectome.data.tracing import load_experiments

    folder = arguments.data or Path(str(model.provenance.get("folder", "")))
    if arguments.data is None and not (folder.is_absolute() and folder.is_dir()):
        note(
            "The folder that the model was fitted to is not known or no longer there: no summary "
            "of the data, no cross-validation. Name it with --data."
        )
        return None
    cache = open_cache(folder, int(model.atlas.resolution_um))
    settings = LoadSettings(wanted=ExperimentFilter(ids=model.experiment_ids.tolist()))
    with progress() as report:
        experiments = run_to_end(load_experiments(cache, settings), report)
    for line in experiments.report.notes:
        note(line)
    return experiments
