"""``completion-curve``: how the error of a completed matrix falls with what is observed."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import path, whole
from napari_connectome.commands.console import (
    add_json_option,
    note,
    progress,
    say,
    say_json,
    say_table,
)
from napari_connectome.commands.output import FIGURES, check_out
from napari_connectome.core.errors import Cancelled, DataError
from napari_connectome.core.progress import run_to_end

if TYPE_CHECKING:
    from napari_connectome.core.completion.curve import Curve

LEVELS = (0.5, 0.2, 0.1, 0.05)


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "completion-curve",
        help="how many entries of a matrix would have been enough",
        description="Hide entries of a matrix at random, complete it, and repeat, for observed "
        "fractions from 0 to 1: for the matrix and for its rank-2 approximation. Ctrl-C keeps what "
        "there is.",
    )
    parser.add_argument("matrix", type=path, metavar="M.csv|.xlsx", help="table of the truth")
    parser.add_argument("--out", type=path, required=True, metavar="F.csv", help="table to write")
    parser.add_argument("--figure", type=path, metavar="FILE", help=f"curve ({', '.join(FIGURES)})")
    parser.add_argument(
        "--steps", type=whole, default=40, metavar="N", help="steps from 0 to 1 (default: 40)"
    )
    parser.add_argument(
        "--repeats", type=whole, default=50, metavar="N", help="random choices (default: 50)"
    )
    parser.add_argument(
        "--delta", type=_delta, default=0.0, metavar="D", help="part of the norm (default: 0)"
    )
    parser.add_argument("--no-rank-2", action="store_true", help="leave the second curve out")
    parser.add_argument("--seed", type=int, default=0, help="of the choices (default: 0)")
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="processes, -1 for all cores (default: 1)"
    )
    parser.add_argument(
        "--checkpoint", type=path, metavar="FILE", help="where it is kept meanwhile"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Complete again and again, and write."""
    import numpy as np

    from napari_connectome.core.completion.curve import CurveRequest
    from napari_connectome.core.completion.curve_job import curve_job
    from napari_connectome.data.completion_files import read_labelled
    from napari_connectome.data.curve_files import CheckpointWriter, load_checkpoint

    check_out(arguments.out, (".csv",))
    if arguments.figure is not None:
        check_out(arguments.figure, FIGURES)
    if arguments.resume and arguments.checkpoint is None:
        raise DataError("--resume goes with --checkpoint: the file to go on from.")
    if arguments.jobs == 0 or arguments.jobs < -1:
        raise DataError("--jobs is a number of processes, or -1 for all cores.")
    request = CurveRequest(
        read_labelled(arguments.matrix).values,
        fractions=tuple(np.linspace(0.0, 1.0, arguments.steps + 1).round(6).tolist()),
        repeats=arguments.repeats,
        delta=arguments.delta,
        truncated=not arguments.no_rank_2,
        seed=arguments.seed,
    )
    begun = load_checkpoint(arguments.checkpoint, request) if arguments.resume else None
    writer = None if arguments.checkpoint is None else CheckpointWriter(arguments.checkpoint)
    last: list[Curve] = []

    def keep(curve: Curve) -> None:
        last[:] = [curve]
        if writer is not None:
            writer.keep(curve)

    try:
        with progress() as report:
            job = curve_job(request, n_jobs=arguments.jobs, begun=begun, keep=keep)
            curve = run_to_end(job, report)
    except (KeyboardInterrupt, Cancelled):
        if last:
            _write(arguments, last[0])
            note(f"Stopped: partial results are in {arguments.out}.")
        raise
    finally:
        if writer is not None:
            writer.flush()
    _write(arguments, curve)
    say_json(_figures(arguments, curve)) if arguments.json else _say(arguments, curve)
    return 0


def _delta(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ArgumentTypeError(f"a number of at least 0 was expected; {text!r} came")
    return value


def _write(arguments: Namespace, curve: Curve) -> None:
    from napari_connectome.data.curve_files import write_curve

    write_curve(arguments.out, curve)
    if arguments.figure is not None:
        from napari_connectome.figures.completion_curve import curve_figure
        from napari_connectome.figures.saving import save_figure

        save_figure(curve_figure(curve), arguments.figure)


def _figures(arguments: Namespace, curve: Curve) -> dict[str, Any]:
    return {
        "matrix": str(arguments.matrix),
        "file": str(arguments.out),
        "fractions": list(curve.request.fractions),
        "mean_mse": [curve.mean(n).tolist() for n in range(curve.request.curves)],
        "sd_mse": [curve.sd(n).tolist() for n in range(curve.request.curves)],
        "recovered": [curve.recovered(n).tolist() for n in range(curve.request.curves)],
        "recovered_from": [curve.recovered_from(n) for n in range(curve.request.curves)],
        "enough": {
            str(level): [curve.enough_for(level, n) for n in range(curve.request.curves)]
            for level in LEVELS
        },
    }


def _say(arguments: Namespace, curve: Curve) -> None:
    from napari_connectome.core.completion.curve import RECOVERED

    names = ("matrix", "rank 2")[: curve.request.curves]
    say("Observed fraction that would have been enough for a mean relative error of")
    rows = []
    for level in LEVELS:
        found = (curve.enough_for(level, n) for n in range(len(names)))
        rows.append([f"{level:g}", *("none" if f is None else f"{f:g}" for f in found)])
    parts = (curve.recovered_from(n) for n in range(len(names)))
    rows.append([f"{RECOVERED:g}, always", *("none" if f is None else f"{f:g}" for f in parts)])
    say_table(["error", *names], rows)
    say(f"Written to {arguments.out}.")
