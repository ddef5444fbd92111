"""``crossvalidate``: how well models predict experiments that they have not seen."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from math import isfinite
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import names, path
from napari_connectome.commands.console import (
    add_json_option,
    counted,
    note,
    progress,
    say,
    say_json,
    say_table,
)
from napari_connectome.commands.fit import add_filters, load_settings
from napari_connectome.commands.output import check_out
from napari_connectome.core.errors import Cancelled, ModelError
from napari_connectome.core.progress import run_to_end

if TYPE_CHECKING:
    from napari_connectome.core.validation import (
        CrossValidation,
        ModelRequest,
        ValidationResult,
    )
    from napari_connectome.core.validation.requests import Assignment

SHOWN = ("voxel_mse_rel", "regional_mse_rel", "regional_ptp", "pearson_both")
HEADINGS = ("voxel MSE_rel", "regional MSE_rel", "regional PTP", "Pearson r")
NO_PTP = ("voxel MSE_rel", "regional MSE_rel", "Pearson r")


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "crossvalidate",
        help="compare models on experiments that they have not seen",
        description="Hold experiments out in turn, predict them by models fitted to the others, "
        "and score the predictions over voxels and over regions. Hyper-parameters are chosen "
        "anew inside of every fold. Ctrl-C keeps what there is, marked as partial.",
    )
    parser.add_argument("folder", type=path, metavar="DIR", help="cache folder")
    parser.add_argument(
        "--out",
        type=path,
        required=True,
        metavar="FILE",
        help="table of scores (.csv), or all tables, choices and tests (.json)",
    )
    parser.add_argument(
        "--model",
        type=names,
        default=("voxel", "homogeneous"),
        metavar="NAME,...",
        help="which models (default: voxel,homogeneous)",
    )
    parser.add_argument(
        "--folds",
        type=_folds,
        default="loo",
        metavar="loo|K",
        help="leave one out, or K folds of every division (default: loo)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the K folds (default: 0)")
    parser.add_argument(
        "--set",
        type=_assignment,
        action="append",
        default=[],
        metavar="MODEL.NAME=VALUE[,VALUE...]",
        help="parameter of a model, such as voxel.kernel=polynomial; of several values every "
        "fold chooses one by an inner loop; may be repeated",
    )
    parser.add_argument(
        "--no-ptp", action="store_true", help="leave the power to predict out: half the work"
    )
    parser.add_argument(
        "--jobs",
        type=_jobs,
        default=1,
        metavar="N",
        help="processes, -1 for all cores (default: 1)",
    )
    parser.add_argument("--resolution", type=int, metavar="UM", help="voxel edge to read, in µm")
    add_filters(parser)
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Cross-validate and write."""
    from napari_connectome.core.validation.requests import requests_of

    check_out(arguments.out, (".csv", ".json"))
    requests = requests_of(arguments.model, arguments.set)
    validation, remarks = _validation(arguments, requests)
    try:
        with progress() as report:
            result = run_to_end(validation.job(), report)
    except (KeyboardInterrupt, Cancelled):
        _keep_partial(arguments, validation)
        raise
    for line in remarks:
        note(line)
    _write(arguments, result)
    if arguments.json:
        from napari_connectome.core.validation import result_record

        say_json(result_record(result) | {"file": str(arguments.out)})
    else:
        _say(result)
        say(f"Written to {arguments.out}.")
    return 0


def _folds(text: str) -> str | int:
    if text == "loo":
        return text
    if not text.isdecimal() or int(text) < 2:
        raise ArgumentTypeError(f"loo or a whole number of at least 2 was expected; {text!r} came")
    return int(text)


def _jobs(text: str) -> int:
    try:
        count = int(text)
    except ValueError:
        count = 0
    if count == 0 or count < -1:
        raise ArgumentTypeError(f"a number of processes or -1 was expected; {text!r} came")
    return count


def _assignment(text: str) -> Assignment:
    """``MODEL.NAME=VALUE,...``."""
    from napari_connectome.core.validation.requests import assignment_of

    try:
        return assignment_of(text)
    except ModelError as error:
        raise ArgumentTypeError(str(error)) from None


def _validation(
    arguments: Namespace, requests: list[ModelRequest]
) -> tuple[CrossValidation, tuple[str, ...]]:
    from napari_connectome.core.validation import CrossValidation
    from napari_connectome.data.allen_cache import open_cache
    from napari_connectome.data.provenance import provenance
    from napari_connectome.data.tracing import load_experiments

    cache = open_cache(arguments.folder, arguments.resolution)
    settings = load_settings(arguments, cache.tree)
    with progress() as report:
        experiments = run_to_end(load_experiments(cache, settings), report)
    validation = CrossValidation(
        experiments,
        cache.atlas,
        requests,
        folds=arguments.folds,
        seed=arguments.seed,
        power_to_predict=not arguments.no_ptp,
        n_jobs=arguments.jobs,
        provenance=provenance(cache, settings, experiments.report.notes),
    )
    return validation, experiments.report.notes


def _keep_partial(arguments: Namespace, validation: CrossValidation) -> None:
    """Write what there is; nothing when nothing was predicted yet."""
    result = validation.result()
    if result is not None:
        _write(arguments, result)
        note(f"Stopped: partial results are in {arguments.out}.")


def _write(arguments: Namespace, result: ValidationResult) -> None:
    from napari_connectome.core.validation import write_result, write_scores

    write = write_result if arguments.out.suffix.lower() == ".json" else write_scores
    write(arguments.out, result)


def _say(result: ValidationResult) -> None:
    from napari_connectome.core.validation import paired_tests, score_table

    kind = "leave-one-out" if result.folds == "loo" else f"{result.folds} folds"
    say(f"Held-out error, training error in parentheses; {kind} on {counted(len(result.fold_of))}")
    table: Any = score_table(result)
    shown = table[table["score"].isin(SHOWN)].to_dict(orient="records")
    lines: dict[tuple[str, str], list[str]] = {}
    for row in shown:
        lines.setdefault((row["division"], row["model"]), []).append(_cell(row))
    headings = HEADINGS if len(next(iter(lines.values()))) == len(HEADINGS) else NO_PTP
    say_table(["division", "model", *headings], [[*key, *cells] for key, cells in lines.items()])
    whole = table[(table["division"] == "all") & (table["score"] == SHOWN[0])]
    whole = whole[whole["note"] != ""]
    for model, text in dict.fromkeys(zip(whole["model"], whole["note"], strict=True)):
        say(f"  {model}: {text}")
    tests: Any = paired_tests(result)
    chosen = tests[(tests["division"] == "all") & (tests["score"] == "pearson_both")]
    for row in chosen.to_dict(orient="records"):
        _say_test(row)


def _say_test(row: dict[str, Any]) -> None:
    """The paired test of two models."""
    if row["note"]:
        say(f"Pearson r of {row['model_a']} and {row['model_b']}: {row['note']}.")
        return
    means = (f"{row['model_' + i]} {row['mean_' + i]:.2f} ± {row['sd_' + i]:.2f}" for i in "ab")
    say(
        f"Pearson r of {' and '.join(means)}; paired t test of {row['experiments']} experiments: "
        f"p = {row['p_t']:.2g}."
    )


def _cell(row: dict[str, Any]) -> str:
    """A score with what belongs behind it; a dash where there is none."""
    test, train, sd = (float(row[column]) for column in ("test", "train", "sd"))
    if not isfinite(test):
        return "-"
    if isfinite(train):
        return f"{test:.2f} ({train:.2f})"
    return f"{test:.2f} ± {sd:.2f}" if isfinite(sd) else f"{test:.2f}"
