"""The forms of connectivity that a file can hold: the one place to add another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self, runtime_checkable

from napari_connectome.core.both_sides_connectivity import BothSidesConnectivity
from napari_connectome.core.completed_connectivity import CompletedConnectivity
from napari_connectome.core.connectivity import Connectivity
from napari_connectome.core.dense_connectivity import DenseConnectivity
from napari_connectome.core.errors import DataError
from napari_connectome.core.factored import FactoredConnectivity
from napari_connectome.core.low_rank_connectivity import LowRankConnectivity
from napari_connectome.core.operator_connectivity import OperatorConnectivity
from napari_connectome.core.regional_connectivity import RegionalConnectivity
from napari_connectome.core.sides import SIDES


@runtime_checkable
class Storable(Protocol):
    """A connectivity that can be taken apart and put together again without loss."""

    def parts(self) -> dict[str, Any]:
        """Arrays, plain JSON values and row stores by name; a name may hold slashes."""

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        """Put together what :meth:`parts` gave."""


@dataclass(frozen=True)
class Kind:
    """One form of connectivity in a file.

    Parameters
    ----------
    name : str
        What the file calls it. Never changed once files exist.
    form : type
        A :class:`~napari_connectome.core.connectivity.Connectivity` that is :class:`Storable`.
    row_parts : frozenset of str
        Parts, where there are such, that are large matrices of float32: they are written row by
        row and read only when a row is needed.
    """

    name: str
    form: type[Any]
    row_parts: frozenset[str] = frozenset()


_PLAIN: tuple[Kind, ...] = (
    Kind("factored", FactoredConnectivity, frozenset({"nodes"})),
    Kind("regional", RegionalConnectivity),
    Kind("completed", CompletedConnectivity),
    Kind("low-rank", LowRankConnectivity),
    Kind("operator", OperatorConnectivity),
    Kind("dense", DenseConnectivity),
)
_OF_A_SIDE = frozenset(f"{side}/{part}" for side in SIDES for k in _PLAIN for part in k.row_parts)
KINDS: tuple[Kind, ...] = (*_PLAIN, Kind("both-sides", BothSidesConnectivity, _OF_A_SIDE))


def kind_of(connectivity: Connectivity) -> Kind:
    """Kind of a connectivity.

    Raises
    ------
    DataError
        When no file can hold it.
    """
    for kind in KINDS:
        if type(connectivity) is kind.form:
            return kind
    known = ", ".join(kind.form.__name__ for kind in KINDS)
    raise DataError(
        f"A {type(connectivity).__name__} cannot be saved; what can be saved is: {known}."
    )


def kind_named(name: str) -> Kind:
    """Kind of a name found in a file.

    Raises
    ------
    DataError
        When this program does not know it.
    """
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise DataError(
        f"it holds a connectivity of the kind {name!r}, which this program does not know "
        f"(it knows {', '.join(kind.name for kind in KINDS)}). Update napari-connectome."
    )
