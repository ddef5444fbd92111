"""``complete``: missing entries of a matrix filled in."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import assignment, path
from napari_connectome.commands.complete_model import (
    add_model_options,
    check_model_options,
    save_as_model,
)
from napari_connectome.commands.console import add_json_option, note, progress, say, say_json
from napari_connectome.commands.output import check_out
from napari_connectome.core.progress import run_to_end

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from napari_connectome.core.completion.result import Completion
    from napari_connectome.data.completion_files import LabelledMatrix


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "complete",
        help="fill in the missing entries of a matrix",
        description="Complete a matrix: by default with the smallest nuclear norm that agrees with "
        "what was observed. Where --observed or --fraction hide entries that the table holds, "
        "errors are told beside those of simple means.",
    )
    parser.add_argument(
        "matrix", type=path, metavar="M.csv|.xlsx", help="table; empty cells are missing"
    )
    parser.add_argument("--out", type=path, required=True, metavar="F.csv", help="completed table")
    parser.add_argument("--observed", type=path, metavar="MASK.csv", help="1 observed, 0 missing")
    parser.add_argument(
        "--fraction", type=float, metavar="F", help="hide all but this part, at random"
    )
    parser.add_argument(
        "--pattern",
        choices=("random", "rows", "columns"),
        default="random",
        help="what --fraction hides (default: random entries)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of --fraction (default: 0)")
    parser.add_argument(
        "--method",
        default="nuclear-norm",
        help="nuclear-norm, soft-impute, rank-k, alternating, row-mean, column-mean, "
        "row-and-column-mean (default: nuclear-norm)",
    )
    parser.add_argument(
        "--delta",
        metavar="D|auto",
        help="how far observed entries may be missed, as a part of their norm (default: 0)",
    )
    parser.add_argument("--scaling", help="plain, rows, columns, both or log (default: plain)")
    parser.add_argument(
        "--set",
        type=assignment,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="parameter of the method, such as rank=5; may be repeated",
    )
    add_model_options(parser)
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Complete and write."""
    from napari_connectome.core.completion.methods import method_of
    from napari_connectome.core.completion.problem import CompletionProblem
    from napari_connectome.data.completion_files import read_labelled, write_labelled

    check_out(arguments.out, (".csv",))
    check_model_options(arguments)
    method = method_of(arguments.method)
    given = dict(arguments.set)
    for name in ("delta", "scaling"):
        if getattr(arguments, name) is not None:
            given[name] = getattr(arguments, name)
    method.values(given)
    table = read_labelled(arguments.matrix)
    observed = _observed(arguments, table)
    problem = CompletionProblem(table.values, observed)
    with progress() as report:
        found = run_to_end(method.job(problem, **given), report)
    figures = _figures(arguments, table, found)
    write_labelled(arguments.out, table.with_values(found.matrix), _notes(figures))
    if arguments.out_model is not None:
        save_as_model(arguments, table, found)
    for line in found.notes:
        note(line)
    say_json(figures) if arguments.json else _say(figures)
    return 0


def _observed(arguments: Namespace, table: LabelledMatrix) -> npt.NDArray[np.bool_]:
    import numpy as np

    from napari_connectome.core.completion.patterns import observed_entries
    from napari_connectome.data.completion_files import read_mask

    there = np.isfinite(table.values)
    if arguments.observed is not None:
        there &= read_mask(arguments.observed, table.values.shape)
    if arguments.fraction is None:
        return there
    return observed_entries(there, arguments.pattern, arguments.fraction, seed=arguments.seed)


def _figures(arguments: Namespace, table: LabelledMatrix, found: Completion) -> dict[str, Any]:
    from napari_connectome.core.completion.hidden import hidden_errors

    problem, certificate = found.problem, found.certificate
    errors = hidden_errors(found, table.values)
    return {
        "matrix": str(arguments.matrix),
        "file": str(arguments.out),
        "model": None if arguments.out_model is None else str(arguments.out_model),
        "rows": problem.shape[0],
        "columns": problem.shape[1],
        "observed": int(problem.observed.sum()),
        "observed_fraction": problem.fraction,
        "method": found.method,
        "rank": found.rank,
        "misfit": found.misfit,
        "iterations": found.iterations,
        "gap": None if certificate is None else certificate.gap,
        "undetermined": int((~found.determined).sum()),
        "hidden": int(errors.hidden.sum()),
        "relative_error_hidden": errors.error,
        "baselines": dict(errors.baselines),
        "notes": list(found.notes),
    }


def _notes(figures: dict[str, Any]) -> dict[str, Any]:
    kept = ("matrix", "method", "observed", "rank", "misfit", "gap", "undetermined")
    return {"completed by": "napari-connectome", **{name: figures[name] for name in kept}}


def _say(figures: dict[str, Any]) -> None:
    say(
        f"{figures['rows']} × {figures['columns']}, {figures['observed_fraction']:.1%} observed, "
        f"completed by {figures['method']}: rank {figures['rank']}, misfit {figures['misfit']:.3g}"
    )
    if figures["gap"] is not None:
        say(
            f"Certified to {figures['gap']:.1e} of the optimum after {figures['iterations']} steps."
        )
    if figures["undetermined"]:
        say(f"{figures['undetermined']} entries are not determined by any other one.")
    if figures["relative_error_hidden"] is not None:
        rivals = ", ".join(f"{n} {v:.3f}" for n, v in figures["baselines"].items())
        say(
            f"Relative error of {figures['hidden']} hidden entries: "
            f"{figures['relative_error_hidden']:.3f} ({rivals})."
        )
    say(f"Written to {figures['file']}.")
    if figures["model"] is not None:
        say(f"Saved as a model: {figures['model']}.")
