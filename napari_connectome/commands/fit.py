"""``fit``: from a cache folder to a saved model."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import assignment, names, path, positive, read_ids
from napari_connectome.commands.console import (
    add_json_option,
    counted,
    note,
    progress,
    say,
    say_json,
)
from napari_connectome.commands.describe import say_choices
from napari_connectome.commands.output import check_writable
from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import run_to_end

if TYPE_CHECKING:
    from napari_connectome.core.models.fitted import FittedModel
    from napari_connectome.core.structures import StructureTree
    from napari_connectome.data.settings import LoadSettings

SHORT = ("regions", "lam", "rank")
"""Parameters that have an option of their own."""


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "fit",
        help="fit a model to the experiments of a cache folder",
        description="Fit a model to the experiments of an AllenSDK cache folder and save it.",
    )
    parser.add_argument("folder", type=path, metavar="DIR", help="cache folder")
    parser.add_argument("--out", type=path, required=True, metavar="MODEL", help="file to write")
    parser.add_argument("--model", default="voxel", help="which model (default: voxel)")
    parser.add_argument(
        "--set",
        type=assignment,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="parameter of the model, such as kernel=polynomial; may be repeated",
    )
    parser.add_argument("--resolution", type=int, metavar="UM", help="voxel edge to read, in µm")
    parser.add_argument("--no-template", action="store_true", help="leave the template image out")
    add_spline_options(parser)
    group = parser.add_argument_group("long fits")
    group.add_argument(
        "--checkpoint", type=path, metavar="FILE", help="keep what the fit has reached in this file"
    )
    group.add_argument(
        "--resume", action="store_true", help="go on with the fit that the file was left by"
    )
    add_filters(parser)
    add_json_option(parser)
    parser.set_defaults(run=run)


def add_spline_options(parser: ArgumentParser) -> None:
    """Add short ways to write parameters of spline models; :func:`assignments` reads them."""
    group = parser.add_argument_group("spline models (short for --set)")
    group.add_argument("--regions", metavar="ACRONYM,...", help="what a spline model is about")
    group.add_argument("--lambda", dest="lam", metavar="NUMBER", help="smoothness λ, or auto")
    group.add_argument("--rank", metavar="R", help="pairs of patterns of a low-rank model")


def assignments(arguments: Namespace) -> dict[str, str]:
    """Parameters from ``--set`` and from their short forms.

    Raises
    ------
    ModelError
        When one is given both ways.
    """
    found = dict(arguments.set)
    for name in SHORT:
        value = getattr(arguments, name)
        if value is not None and name in found:
            raise ModelError(f"{name} was given twice; write it once.")
        if value is not None:
            found[name] = value
    return found


def add_filters(parser: ArgumentParser) -> None:
    """Add the options that choose experiments; :func:`load_settings` reads them."""
    group = parser.add_argument_group("which experiments")
    group.add_argument("--wild-type", action="store_true", help="without a transgenic line")
    group.add_argument("--line", action="append", help="transgenic line; may be repeated")
    group.add_argument(
        "--structure", type=names, metavar="ACRONYM,...", help="primary injection structures"
    )
    group.add_argument("--ids", type=path, metavar="FILE", help="file of experiment ids")
    group.add_argument("--min-injection-volume", type=positive, metavar="MM3")
    group.add_argument("--max-injection-volume", type=positive, metavar="MM3")
    group.add_argument(
        "--min-contained",
        type=float,
        default=0.0,
        metavar="FRACTION",
        help="least part of an injection inside the source space, 0 to 1",
    )
    group.add_argument(
        "--skip-damaged", action="store_true", help="leave damaged experiments out and say so"
    )


def run(arguments: Namespace) -> int:
    """Fit and save."""
    from napari_connectome.core.models.catalog import entry_of

    entry = entry_of(arguments.model)
    values: dict[str, Any] = dict(entry.values(assignments(arguments)))
    values |= _checkpoint(arguments, entry)
    check_writable(arguments.out)
    model = _fit(arguments, entry, values)
    if arguments.json:
        say_json(_figures(model, arguments.out))
    else:
        say(f"{entry.title}, {counted(len(model.experiment_ids))}")
        say_choices(model.choices)
        size = arguments.out.stat().st_size / 1e6
        say(f"Saved as {arguments.out} ({size:.1f} MB).")
    return 0


def load_settings(arguments: Namespace, tree: StructureTree) -> LoadSettings:
    """Turn the filter options into settings.

    Raises
    ------
    ConnectomeError
        When an acronym is unknown, the file of ids is unusable or bounds are upside down.
    """
    from napari_connectome.data.records import ExperimentFilter
    from napari_connectome.data.settings import LoadSettings

    acronyms = arguments.structure
    wanted = ExperimentFilter(
        wild_type=True if arguments.wild_type else None,
        transgenic_line=arguments.line,
        structure_ids=None if acronyms is None else [tree.by_acronym(a).id for a in acronyms],
        ids=None if arguments.ids is None else read_ids(arguments.ids),
    )
    low, high = arguments.min_injection_volume, arguments.max_injection_volume
    bounds = None
    if low is not None or high is not None:
        bounds = (low or 0.0, float("inf") if high is None else high)
    return LoadSettings(
        wanted=wanted,
        injection_volume_mm3=bounds,
        min_contained=arguments.min_contained,
        on_bad="skip" if arguments.skip_damaged else "raise",
    )


def _checkpoint(arguments: Namespace, entry: Any) -> dict[str, Any]:
    """Where the fit keeps what it has reached, for models that can be gone on with."""
    from napari_connectome.core.spline.checkpoint import Checkpointing

    if arguments.resume and arguments.checkpoint is None:
        raise ModelError("--resume needs the file of the fit to go on with: --checkpoint FILE.")
    if arguments.checkpoint is None:
        return {}
    if not entry.resumable:
        raise ModelError(
            f"A fit of the {entry.title} is over too soon to be gone on with; leave --checkpoint "
            "out."
        )
    check_writable(arguments.checkpoint)
    return {"checkpoint": Checkpointing(arguments.checkpoint, arguments.resume)}


def _fit(arguments: Namespace, entry: Any, values: dict[str, Any]) -> FittedModel:
    from napari_connectome.core.io import save_model
    from napari_connectome.data.allen_cache import open_cache
    from napari_connectome.data.provenance import provenance
    from napari_connectome.data.tracing import load_experiments, needs_of

    cache = open_cache(arguments.folder, arguments.resolution)
    settings = load_settings(arguments, cache.tree)
    note(f"Needs at most: {needs_of(cache, settings).text}.")
    with progress() as report:
        experiments = run_to_end(load_experiments(cache, settings), report)
        fitted = run_to_end(entry.fit(experiments, cache.atlas, **values), report)
        origin = provenance(cache, settings, experiments.report.notes)
        model: FittedModel = replace(fitted, provenance={**fitted.provenance, **origin})
        save_model(model, arguments.out, template=not arguments.no_template, report=report)
    for line in experiments.report.notes:
        note(line)
    return model


def _figures(model: FittedModel, out: Path) -> dict[str, Any]:
    return {
        "model": model.model,
        "parameters": model.parameters,
        "experiments": len(model.experiment_ids),
        "choices": model.choices,
        "provenance": model.provenance,
        "file": str(out),
        "bytes": out.stat().st_size,
    }
