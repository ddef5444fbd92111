"""``spectrum``: how many patterns a spline model is made of, and how near a low-rank one comes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import path
from napari_connectome.commands.console import add_json_option, progress, say, say_json, say_table
from napari_connectome.commands.output import FIGURES, check_out

if TYPE_CHECKING:
    from napari_connectome.core.spline.model_energy import SideEnergy

LEVELS = (0.95, 0.99)
"""Parts of the energy whose number of patterns Harris et al. 2016 print."""


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "spectrum",
        help="energy by rank of a spline model",
        description="Decompose the connectivity of a spline model: how much of its energy ‖W‖² the "
        "largest patterns hold, how much smaller factors of that rank are, and how far a "
        "low-rank model is from one of full rank.",
    )
    parser.add_argument("model", type=path, metavar="MODEL", help="file that `fit` has written")
    parser.add_argument(
        "--against",
        type=path,
        metavar="FULL",
        help="spline model of full rank, fitted to the same data, to compare factors with",
    )
    parser.add_argument(
        "--out", type=path, metavar="FILE", help="table (.csv) or figure (.png, .svg, .pdf)"
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Decompose, print, and write."""
    from napari_connectome.core.progress import run_to_end
    from napari_connectome.core.spline.model_energy import model_energy_job
    from napari_connectome.data.model_files import read_model

    if arguments.out is not None:
        check_out(arguments.out, (".csv", *FIGURES))
    model = read_model(arguments.model)
    against = None if arguments.against is None else read_model(arguments.against)
    with progress() as report:
        sides = run_to_end(model_energy_job(model, against), report)
    if arguments.out is not None:
        _write(arguments.out, sides)
    if arguments.json:
        say_json({"model": str(arguments.model), "sides": [_figures(one) for one in sides]})
        return 0
    headings = ("side", "known", *(f"{level:.0%} in" for level in LEVELS), "smaller", "distance")
    say_table(headings, (_row(one) for one in sides))
    if arguments.out is not None:
        say(f"Written to {arguments.out}.")
    return 0


def _row(energy: SideEnergy) -> tuple[str, ...]:
    spectrum = energy.spectrum
    found = [spectrum.components(level) for level in LEVELS]
    smaller = "-" if found[-1] is None else f"{spectrum.compression(found[-1]):.0f}×"
    distance = "-" if energy.distance is None else f"{energy.distance:.1%}"
    counts = (str(count) if count is not None else "more" for count in found)
    return (energy.side, str(len(spectrum.values)), *counts, smaller, distance)


def _figures(energy: SideEnergy) -> dict[str, Any]:
    spectrum = energy.spectrum
    found = {f"{level:g}": spectrum.components(level) for level in LEVELS}
    return {
        "side": energy.side,
        "source_voxels": spectrum.shape[0],
        "target_voxels": spectrum.shape[1],
        "norm": spectrum.squared_norm**0.5,
        "components": found,
        "compression": {
            level: None if count is None else spectrum.compression(count)
            for level, count in found.items()
        },
        "distance": energy.distance,
        "singular_values": spectrum.values.tolist(),
        "cumulative": spectrum.cumulative.tolist(),
    }


def _write(out: Path, sides: tuple[SideEnergy, ...]) -> None:
    if out.suffix.lower() == ".csv":
        from napari_connectome.core.io.atomic import appearing
        from napari_connectome.core.spline.model_energy import energy_table

        with appearing(out) as part:
            energy_table(sides).to_csv(part, index=False, lineterminator="\n")
        return
    from napari_connectome.figures.factors import spectrum_figure
    from napari_connectome.figures.saving import save_figure

    save_figure(spectrum_figure({one.side: one.spectrum for one in sides}), out)
