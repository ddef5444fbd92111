from __future__ import annotations

import pytest

from napari_connectome.core.structures import Structure, StructureTree


def _structure(path: tuple[int, ...], order: int, acronym: str, name: str) -> Structure:
    return Structure(path[-1], acronym, name, (order * 20, 100, 255 - order * 20), path, order)


@pytest.fixture
def tree() -> StructureTree:
    """A small ontology: two visual areas and the thalamus below the root."""
    return StructureTree(
        _structure(path, order, acronym, name)
        for order, (path, acronym, name) in enumerate(
            [
                ((997,), "root", "root"),
                ((997, 8), "grey", "Basic cell groups and regions"),
                ((997, 8, 315), "Isocortex", "Isocortex"),
                ((997, 8, 315, 669), "VIS", "Visual areas"),
                ((997, 8, 315, 669, 385), "VISp", "Primary visual area"),
                ((997, 8, 315, 669, 409), "VISl", "Lateral visual area"),
                ((997, 8, 549), "TH", "Thalamus"),
                ((997, 8, 549, 170), "LGd", "Dorsal part of the lateral geniculate complex"),
                ((997, 8, 549, 218), "LP", "Lateral posterior nucleus of the thalamus"),
            ]
        )
    )
