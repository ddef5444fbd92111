"""``download``: Allen data into a cache folder, by the AllenSDK."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import names, path, positive, read_ids, whole
from napari_connectome.commands.console import (
    add_json_option,
    counted,
    note,
    progress,
    say,
    say_json,
)
from napari_connectome.core.progress import run_to_end

if TYPE_CHECKING:
    from napari_connectome.data.download import DownloadPlan, DownloadRequest

EXIT_INCOMPLETE = 1


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "download",
        help="download Allen atlas and experiments into a cache folder",
        description="Download the Allen atlas and tracing experiments with the AllenSDK, which is "
        "fetched by itself the first time. What is in the folder already is kept, so the same "
        "command goes on where it was interrupted.",
    )
    parser.add_argument("out", type=path, metavar="OUT", help="cache folder")
    parser.add_argument(
        "--resolution", type=whole, default=100, metavar="UM", help="10, 25, 50 or 100 (default)"
    )
    group = parser.add_argument_group("which experiments (all that fit every option)")
    group.add_argument("--ids", type=path, metavar="FILE", help="file of experiment ids")
    group.add_argument("--wild-type", action="store_true", help="without a transgenic line")
    group.add_argument("--line", action="append", default=[], help="line; may be repeated")
    group.add_argument(
        "--structure", type=names, default=(), metavar="ACRONYM,...", help="injected structures"
    )
    parser.add_argument("--plan", action="store_true", help="say how much it is, and stop")
    parser.add_argument("--no-template", action="store_true", help="leave the average brain out")
    parser.add_argument(
        "--jobs", type=whole, default=4, metavar="N", help="files at a time (default: 4)"
    )
    parser.add_argument(
        "--timeout",
        type=positive,
        default=60.0,
        metavar="S",
        help="how long the server may be silent (default: 60)",
    )
    parser.add_argument("--server", metavar="URL", help="ask another server for experiments")
    parser.add_argument("--archive", metavar="URL", help="ask another server for the atlas")
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Download, or say how much it would be."""
    from napari_connectome.data.download import download_job, plan_job

    request = _request(arguments)
    if arguments.plan:
        with progress() as report:
            plan = run_to_end(plan_job(request), report)
        say_json(asdict(plan)) if arguments.json else say(_plan_text(plan))
        return 0
    with progress() as report:
        found = run_to_end(download_job(request), report)
    for name, why in found.failed.items():
        note(f"{name}: {why}")
    if arguments.json:
        say_json(
            {
                "folder": str(found.folder),
                "plan": asdict(found.plan),
                "downloaded": found.downloaded,
                "failed": dict(found.failed),
            }
        )
    else:
        kept = found.plan.files - found.plan.missing
        failed = f", {len(found.failed)} failed" if found.failed else ""
        say(f"{found.downloaded} files downloaded into {found.folder}, {kept} kept{failed}.")
    return EXIT_INCOMPLETE if found.failed else 0


def _request(arguments: Namespace) -> DownloadRequest:
    from napari_connectome.data.download import DownloadRequest

    return DownloadRequest(
        folder=arguments.out,
        resolution_um=arguments.resolution,
        ids=None if arguments.ids is None else read_ids(arguments.ids),
        wild_type=arguments.wild_type,
        lines=tuple(arguments.line),
        structures=tuple(arguments.structure),
        template=not arguments.no_template,
        jobs=arguments.jobs,
        timeout_s=arguments.timeout,
        base_uri=arguments.server,
        archive_uri=arguments.archive,
    )


def _plan_text(plan: DownloadPlan) -> str:
    return (
        f"{counted(plan.experiments)}: {plan.files} files, {plan.missing} of them missing, about "
        f"{plan.bytes / 1e6:.0f} MB; {plan.free_bytes / 1e9:.1f} GB are free."
    )
