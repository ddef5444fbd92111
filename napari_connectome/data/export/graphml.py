"""GraphML files: networks for graph programs (Gephi, Cytoscape, igraph, NetworkX)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from napari_connectome.core.io.atomic import appearing
from napari_connectome.core.measures import MEASURES
from napari_connectome.data.export.network import Network


def write_graphml(
    path: str | Path, network: Network, *, provenance: Mapping[str, Any] | None = None
) -> Path:
    """Write a network as a directed graph; connections of weight 0 are left out.

    Nodes have ``label``, ``acronym``, ``name``, ``structure_id``, ``side``, ``color`` and, where
    they are known, ``ap_um``, ``dv_um`` and ``ml_um``; edges ``weight``.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    import networkx as nx  # takes a while to load and is needed for these files only

    target = Path(path).expanduser().absolute()
    graph = nx.DiGraph(
        measure=network.measure,
        unit=MEASURES[network.measure].unit,
        left_out=" ".join(network.left_out),
        provenance=json.dumps(dict(provenance or {})),
    )
    for node in range(len(network.weights)):
        graph.add_node(node, **_node(network, node))
    for i, j in zip(*network.weights.nonzero(), strict=True):
        graph.add_edge(int(i), int(j), weight=float(network.weights[i, j]))
    with appearing(target) as part:
        nx.write_graphml_xml(graph, part, named_key_ids=True)
    return target


def _node(network: Network, node: int) -> dict[str, Any]:
    count = len(network.regions)
    structure = network.regions[node % count]
    described = {
        "label": network.labels[node],
        "acronym": structure.acronym,
        "name": structure.name,
        "structure_id": structure.id,
        "side": "right" if node < count else "left",
        "color": "#" + "".join(f"{channel:02x}" for channel in structure.rgb),
    }
    centre = network.centres_um[node].tolist()
    if all(map(math.isfinite, centre)):
        described |= dict(zip(("ap_um", "dv_um", "ml_um"), centre, strict=True))
    return described
