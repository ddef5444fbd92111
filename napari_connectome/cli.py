"""The command line: the same jobs as in the window, without it.

Exit codes: 0 done, 1 the window could not show what was asked for, 2 bad input
(one line on the error stream says which), 130 stopped with Ctrl-C, 143 terminated.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from napari_connectome import __version__
from napari_connectome.commands import (
    cache,
    complete,
    completion_curve,
    convert,
    crossvalidate,
    download,
    export,
    fit,
    flatmap,
    info,
    matrix,
    movie,
    next_sites,
    predict,
    report,
    simulate,
    spectrum,
    statistics,
    summary,
    window,
)
from napari_connectome.core.errors import Cancelled, ConnectomeError

PROGRAM = "napari-connectome"
GROUPS = (
    window,
    info,
    cache,
    download,
    export,
    simulate,
    summary,
    fit,
    convert,
    predict,
    flatmap,
    matrix,
    movie,
    next_sites,
    statistics,
    spectrum,
    crossvalidate,
    complete,
    completion_curve,
    report,
)
"""Modules of the commands, in the order of the help text."""
EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143


class Parser(argparse.ArgumentParser):
    """A parser whose complaints fit on one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is, and leave with exit code 2."""
        self.exit(EXIT_BAD_INPUT, f"{self.prog}: {message} (see {self.prog} --help)\n")


def build_parser() -> Parser:
    """Parser of all commands."""
    parser = Parser(
        prog=PROGRAM,
        description="Explore how the mouse brain is wired: open tracing data, fit a connectome "
        "model, ask where a place projects to.",
        epilog="Coordinates are CCFv3 micrometres in the order AP, DV, ML.",
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True, parser_class=Parser
    )
    for group in GROUPS:
        group.add_to(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; by default those of the process.

    Returns
    -------
    int
        Exit code.
    """
    arguments = build_parser().parse_args(argv)
    try:
        with _terminated_cleanly():
            code: int = arguments.run(arguments)
            sys.stdout.flush()
            return code
    except (KeyboardInterrupt, Cancelled):
        return _fail("stopped", EXIT_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has seen enough. Python would complain again at its end.
        sys.stdout = None
        return EXIT_BAD_INPUT
    except ConnectomeError as error:
        return _fail(str(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _fail(f"{place}{error.strerror or error}")


def _fail(message: str, code: int = EXIT_BAD_INPUT) -> int:
    sys.stderr.write(f"{PROGRAM}: {' '.join(message.split())}\n")
    return code


@contextmanager
def _terminated_cleanly() -> Iterator[None]:
    """Let a polite request to end run every clean-up, so that no half-written file stays."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(EXIT_TERMINATED)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
