"""The sections of a report, each made from a fitted model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_connectome.commands.describe import COLUMNS
from napari_connectome.core.analysis.connections import connections_of
from napari_connectome.core.analysis.data_summary import DivisionSummary, Spread
from napari_connectome.core.analysis.region_centroids import region_centroids
from napari_connectome.core.analysis.weight_statistics import (
    WeightStatistics,
    weight_statistics_job,
)
from napari_connectome.core.errors import ConnectomeError, ModelError
from napari_connectome.core.measures import MEASURES, Measure
from napari_connectome.core.progress import Progress, run_to_end
from napari_connectome.core.provenance_words import flat, value_text
from napari_connectome.core.regional import RegionalMatrix
from napari_connectome.core.sides import SIDES
from napari_connectome.figures.html_page import (
    Section,
    heading,
    html_table,
    image,
    paragraph,
    remark,
)

if TYPE_CHECKING:
    from napari_connectome.core.flatmap import CorticalView
    from napari_connectome.core.models.fitted import FittedModel
    from napari_connectome.core.structures import StructureTree

ISOCORTEX_ID = 315
STRONGEST = 20
MAPPED_REGIONS = 3
Report = Callable[[Progress], None]


def model_section(model: FittedModel) -> Section:
    """Model, parameters, and what was chosen from the data."""
    atlas = model.atlas
    box = " × ".join(map(str, atlas.shape))
    facts = [
        ("Model", model.model),
        ("Experiments", str(len(model.experiment_ids))),
        ("Atlas", f"{atlas.name}, {box} voxels of {atlas.resolution_um:g} µm"),
        ("Unit of a projection", model.connectivity.unit),
        *((f"Parameter {name}", value_text(value)) for name, value in model.parameters.items()),
    ]
    blocks = [html_table((), facts, words=True)]
    if model.choices:
        columns = [c for c in COLUMNS if any(c in choice for choice in model.choices.values())]
        rows = [
            (name, *(value_text(choice.get(column), "–") for column in columns))
            for name, choice in model.choices.items()
        ]
        header = ("division", *(column.replace("_", " ") for column in columns))
        blocks += [heading("Chosen from the data"), html_table(header, rows)]
        blocks += [
            remark(f"{name}, {key.replace('_', ' ')}: {', '.join(map(str, value))}.")
            for name, choice in model.choices.items()
            for key, value in choice.items()
            if isinstance(value, list | tuple) and value
        ]
    return Section("model", "Model", tuple(blocks))


def data_section(summaries: Sequence[DivisionSummary], tree: StructureTree) -> Section:
    """How well the experiments cover each division."""
    from napari_connectome.figures.summary import summary_figure

    header = (
        *("division", "experiments", "regions", "≥ 1", "≥ 2", "≥ 3", "≥ 4", "≥ 5", "mm³"),
        *("mean region mm³", "mean nearest mm", "largest nearest mm", "mean injected mm³"),
    )
    rows = [
        (
            tree[one.division_id].acronym,
            *map(str, (one.experiments, one.regions, *one.regions_injected)),
            f"{one.volume_mm3:.3f}",
            _part(one.region_volume_mm3, "mean"),
            _part(one.nearest_mm, "mean"),
            _part(one.nearest_mm, "most"),
            _part(one.injection_mm3, "mean"),
        )
        for one in summaries
    ]
    caption = (
        "Right hemisphere. ≥ k: regions within 200 µm of at least k injection centroids of the "
        "division. Nearest: distance of its voxels to the nearest centroid. Injected: injection "
        "density summed over the division."
    )
    blocks = (
        image(summary_figure(summaries, tree), "Experiments, regions and distances by division"),
        html_table(header, rows, caption=caption),
    )
    return Section("data", "Data", blocks)


def matrix_section(matrix: RegionalMatrix, measure: Measure) -> Section:
    """The regional matrix, and its strongest connections."""
    from napari_connectome.figures.matrix import matrix_figure

    values = matrix.values(measure)
    ranked = np.where(np.isnan(values), -1.0, values)
    # A region's connection to itself is nearly always the strongest and says little.
    ranked[(matrix.source_ids[:, None] == matrix.target_ids) & ~matrix.contra] = -1.0
    order = np.argsort(-ranked, axis=None, kind="stable")[:STRONGEST]
    rows = []
    for row, column in zip(*np.unravel_index(order, values.shape), strict=True):
        if ranked[row, column] <= 0:
            break
        source, target = (
            matrix.tree[int(i)] for i in (matrix.source_ids[row], matrix.target_ids[column])
        )
        side = SIDES[int(matrix.contra[column])]
        names = f"{source.name} → {target.name}"
        rows.append((source.acronym, target.acronym, side, f"{values[row, column]:.4g}", names))
    counts = (
        f"{matrix.shape[0]} sources × {matrix.shape[1]} targets; {int((values == 0).sum())} "
        f"connections are zero, {int(np.isnan(values).sum())} missing. Unit: "
        f"{matrix.unit(measure)} ({MEASURES[measure].formula})."
    )
    title = f"Regional matrix: {matrix.title(measure)}"
    blocks = [paragraph(counts), image(matrix_figure(matrix, measure), title)]
    divisions = matrix.divisions()
    if ISOCORTEX_ID in divisions and len(divisions) > 1:
        cortex = matrix.of_regions([ISOCORTEX_ID])
        blocks += [heading("Isocortex"), image(matrix_figure(cortex, measure), f"{title}, cortex")]
    blocks += [
        heading("Strongest connections between different regions"),
        html_table(("source", "target", "side", "value", "names"), rows),
    ]
    return Section("matrix", title, tuple(blocks))


def maps_section(model: FittedModel, load_view: Callable[[], CorticalView]) -> Section:
    """Projections of the largest cortical regions on a map of the cortex."""
    from napari_connectome.core.flatmap import FlatmapProjector
    from napari_connectome.core.sources import RegionSource
    from napari_connectome.figures.flatmap import MapSource, flatmap_figure

    blocks: list[str] = []
    try:
        regions = _largest_cortical_regions(model)
        view = load_view()
        for structure_id in regions:
            prediction = model.predict(RegionSource((structure_id,)))
            projector = FlatmapProjector(view, prediction.mask)
            structure = model.atlas.tree[structure_id]
            figure = flatmap_figure(
                view,
                projector.image(prediction.vector, mirrored=prediction.mirrored),
                model.atlas,
                title=f"Projection of {structure.acronym}\n{structure.name}, right hemisphere",
                unit=f"mean {model.connectivity.unit}",
                caption=f"{view.title}, {view.origin}; mean over all depths.",
                log=True,
                source=MapSource(structure_ids=(structure_id,)),
            )
            blocks.append(image(figure, f"Map of the cortex: projection of {structure.name}"))
    except ConnectomeError as error:
        blocks.append(remark(f"No maps: {error}"))
    return Section("maps", "Maps of the cortex", tuple(blocks))


def statistics_section(
    model: FittedModel, matrix: RegionalMatrix, measure: Measure, report: Report
) -> tuple[Section, list[WeightStatistics]]:
    """Distributions, mixtures and fall-off: whole brain and cortex, both sides."""
    distances = region_centroids(model.atlas).distances_um(matrix)
    blocks: list[str] = []
    found: list[WeightStatistics] = []
    groups: list[tuple[int, ...]] = [()]
    if ISOCORTEX_ID in matrix.row_divisions:
        groups.append((ISOCORTEX_ID,))
    for group in groups:
        for side in SIDES:
            try:
                chosen = connections_of(matrix, measure, side, group)
                one = run_to_end(weight_statistics_job(chosen, distances), report)
            except ModelError as error:
                blocks.append(remark(str(error)))
                continue
            found.append(one)
            blocks.extend(_statistics_blocks(one))
    if found:
        blocks.insert(0, _overview(found))
    title = f"Statistics of the weights: {matrix.title(measure)}"
    return Section("statistics", title, tuple(blocks)), found


def provenance_section(model: FittedModel, versions: Mapping[str, str]) -> Section:
    """Where everything came from."""
    rows = [
        *((name, value_text(value)) for name, value in flat(model.provenance)),
        *((f"report, {name}", value) for name, value in versions.items()),
    ]
    ids = ", ".join(map(str, model.experiment_ids.tolist()))
    blocks = (
        html_table((), rows, words=True),
        heading("Experiments"),
        paragraph(ids),
    )
    return Section("provenance", "Provenance", blocks)


def _statistics_blocks(one: WeightStatistics) -> Iterator[str]:
    from napari_connectome.figures.statistics import statistics_figures

    yield heading(one.connections.title)
    for name, figure in statistics_figures(one).items():
        yield image(figure, f"{one.connections.title}: {name}")
    for line in one.notes:
        yield remark(line)


def _overview(found: Iterable[WeightStatistics]) -> str:
    rows = []
    for one in found:
        best, lognormal = one.distribution.best, one.distribution.fit_of("lognormal")
        distance = one.distance
        rows.append(
            (
                one.connections.title,
                str(len(one.connections)),
                best.title,
                f"{lognormal.ks_distance:.3f}",
                f"{lognormal.ks_p_fitted:.3f}",
                f"{one.distribution.shapiro_p:.2g}",
                str(one.mixture.components),
                "–" if distance is None else distance.best.title,
                "–" if distance is None else _slope(distance.fit_of("power_law").slope, distance),
            )
        )
    header = (
        *("connections", "number", "lowest BIC", "lognormal KS D", "p (fitted)"),
        *("Shapiro–Wilk p", "components", "law of distance", "power-law exponent"),
    )
    return html_table(header, rows)


def _slope(slope: float, distance: Any) -> str:
    return f"{slope:.2f} ± {distance.fit_of('power_law').slope_error:.2f}".replace("-", "−")


def _largest_cortical_regions(model: FittedModel) -> list[int]:
    """Cortical regions with the most source voxels.

    Raises
    ------
    ModelError
        When the model has no source in the cortex.
    """
    from napari_connectome.core.regions import MaskRegions

    regions = MaskRegions(model.atlas, model.connectivity.source_mask, by_side=False)
    tree = model.atlas.tree
    sizes = {
        int(i): int(count)
        for i, count in zip(regions.structure_ids, regions.counts, strict=True)
        if count and tree.division_of(int(i)) == ISOCORTEX_ID
    }
    if not sizes:
        raise ModelError("no region of the cortex is a source of this model.")
    return sorted(sizes, key=lambda i: -sizes[i])[:MAPPED_REGIONS]


def _part(spread: Spread | None, part: str) -> str:
    return "–" if spread is None else f"{getattr(spread, part):.3f}"
