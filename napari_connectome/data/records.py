"""What is known about each tracing experiment before its volumes are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from napari_connectome.core.errors import DataError, ExperimentError
from napari_connectome.core.structures import StructureTree

if TYPE_CHECKING:
    import pandas as pd

Bounds = tuple[float, float]
StructureMatch = Literal["primary", "any"]


@dataclass(frozen=True)
class ExperimentRecord:
    """Published metadata of one experiment.

    Parameters
    ----------
    id : int
        Image series id (``data_set_id`` or ``id`` in the files).
    structure_id : int
        Primary injection structure.
    structure_acronym, structure_name : str
        Its short and full name.
    injection_structure_ids : tuple of int
        All structures that the injection touches.
    injection_volume_mm3 : float
        Published volume; NaN where the file gives none.
    injection_point_um : tuple of float or None
        Published injection site, CCF (AP, DV, ML).
    transgenic_line : str or None
        Name of the line, None for wild type.
    strain, sex, specimen_name : str or None
        As published.
    """

    id: int
    structure_id: int
    structure_acronym: str
    structure_name: str
    injection_structure_ids: tuple[int, ...]
    injection_volume_mm3: float
    injection_point_um: tuple[float, float, float] | None
    transgenic_line: str | None
    strain: str | None
    sex: str | None
    specimen_name: str | None

    @property
    def wild_type(self) -> bool:
        """Whether no transgenic line is named."""
        return self.transgenic_line is None

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> ExperimentRecord:
        """Read one entry of an experiments.json of any AllenSDK version.

        Versions differ in ``data_set_id`` / ``id``, hyphens in keys, structures as
        "1/2/3", a list of ids or of objects, and lines as a name or an object.

        Raises
        ------
        DataError
            When the entry has no id or no primary structure.
        """
        values = {key.replace("-", "_"): value for key, value in entry.items()}
        try:
            return cls(
                id=int(values["data_set_id"] if "data_set_id" in values else values["id"]),
                structure_id=int(values["structure_id"]),
                structure_acronym=str(values.get("structure_abbrev") or ""),
                structure_name=str(values.get("structure_name") or ""),
                injection_structure_ids=_structure_ids(values.get("injection_structures")),
                injection_volume_mm3=_number(values.get("injection_volume")),
                injection_point_um=_point(values),
                transgenic_line=_line_name(values.get("transgenic_line")),
                strain=values.get("strain") or None,
                sex=values.get("gender") or values.get("sex") or None,
                specimen_name=values.get("specimen_name") or None,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(
                "Every experiment needs data_set_id (or id) and structure_id; "
                f"{error!r} in {str(dict(entry))[:120]}."
            ) from error


@dataclass(frozen=True)
class ExperimentFilter:
    """Which experiments are wanted, judged by metadata alone. None asks for nothing.

    Parameters
    ----------
    wild_type : bool, optional
        True: no transgenic line; False: with one.
    transgenic_line, strain : str or collection of str, optional
        Accepted names, in any case.
    structure_ids : collection of int, optional
        Accepted structures; their descendants count too.
    structure_match : {"primary", "any"}
        Whether the primary injection structure must match, or any of the
        injection structures may.
    injection_volume_mm3 : tuple of float, optional
        Lowest and highest published volume, both included.
    ids, exclude_ids : collection of int, optional
        Only these; none of these.
    """

    wild_type: bool | None = None
    transgenic_line: str | Collection[str] | None = None
    strain: str | Collection[str] | None = None
    structure_ids: Collection[int] | None = None
    structure_match: StructureMatch = "primary"
    injection_volume_mm3: Bounds | None = None
    ids: Collection[int] | None = None
    exclude_ids: Collection[int] = ()

    def __post_init__(self) -> None:
        """Turn names and collections into sets, so that equal filters compare equal."""
        for name in ("transgenic_line", "strain"):
            value = getattr(self, name)
            if value is not None:
                names = (value,) if isinstance(value, str) else value
                object.__setattr__(self, name, frozenset(str(n).casefold() for n in names))
        for name in ("structure_ids", "ids", "exclude_ids"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, frozenset(int(i) for i in value))
        if self.structure_match not in ("primary", "any"):
            raise DataError(
                f"structure_match is 'primary' or 'any'; {self.structure_match!r} came."
            )
        check_bounds("injection_volume_mm3", self.injection_volume_mm3)

    def reasons(
        self, records: Iterable[ExperimentRecord], tree: StructureTree
    ) -> dict[int, str | None]:
        """Why each experiment is left out, None where it is wanted."""
        structures = _with_descendants(self.structure_ids, tree)
        return {record.id: self._reason(record, structures) for record in records}

    def _reason(self, record: ExperimentRecord, structures: Collection[int] | None) -> str | None:
        if self.ids is not None and record.id not in self.ids:
            return "not in the list of experiments"
        if record.id in self.exclude_ids:
            return "excluded by the list"
        if self.wild_type is not None and record.wild_type is not self.wild_type:
            return "wild type" if record.wild_type else f"line {record.transgenic_line}"
        if not _is_among(record.transgenic_line, self.transgenic_line):
            return f"line {record.transgenic_line or 'none'}"
        if not _is_among(record.strain, self.strain):
            return f"strain {record.strain or 'unknown'}"
        if structures is not None and not self._touches(record, structures):
            return f"injected into {record.structure_acronym}"
        if not within(record.injection_volume_mm3, self.injection_volume_mm3):
            return f"published injection volume {record.injection_volume_mm3:.3g} mm³"
        return None

    def _touches(self, record: ExperimentRecord, structures: Collection[int]) -> bool:
        if self.structure_match == "primary":
            return record.structure_id in structures
        return any(i in structures for i in (record.structure_id, *record.injection_structure_ids))


class ExperimentTable:
    """Metadata of experiments, in the order of the file.

    Parameters
    ----------
    records : iterable of ExperimentRecord
        Every id once.
    tree : StructureTree
        Tells which structures lie below one another.
    with_volumes : collection of int
        Ids whose volumes are on disk at the chosen resolution.

    Raises
    ------
    DataError
        When an id is repeated.
    """

    def __init__(
        self,
        records: Iterable[ExperimentRecord],
        tree: StructureTree,
        with_volumes: Collection[int] = (),
    ) -> None:
        self.records = tuple(records)
        self._by_id = {record.id: record for record in self.records}
        if len(self._by_id) != len(self.records):
            raise DataError("The experiment list names an experiment twice. Download it again.")
        self._tree = tree
        self.with_volumes = frozenset(with_volumes) & self._by_id.keys()

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[ExperimentRecord]:
        return iter(self.records)

    def __contains__(self, experiment_id: object) -> bool:
        return experiment_id in self._by_id

    def __getitem__(self, experiment_id: int) -> ExperimentRecord:
        try:
            return self._by_id[int(experiment_id)]
        except KeyError:
            raise ExperimentError(
                f"Experiment {experiment_id} is not among the {len(self)} of this folder."
            ) from None

    @property
    def ids(self) -> tuple[int, ...]:
        """Ids in the order of the file."""
        return tuple(self._by_id)

    def filter(self, wanted: ExperimentFilter | None = None, **criteria: Any) -> ExperimentTable:
        """Experiments that pass; criteria are the fields of :class:`ExperimentFilter`.

        Raises
        ------
        DataError
            When a bound is upside down.
        AtlasError
            When a structure id is not in the tree.
        TypeError
            When a criterion does not exist.
        """
        wanted = ExperimentFilter(**criteria) if wanted is None else wanted
        reasons = wanted.reasons(self.records, self._tree)
        return self._only(record for record in self.records if reasons[record.id] is None)

    def on_disk(self) -> ExperimentTable:
        """Experiments whose volumes are there."""
        return self._only(record for record in self.records if record.id in self.with_volumes)

    def to_frame(self) -> pd.DataFrame:
        """A table with one row per experiment, indexed by id, and a column `has_volumes`."""
        import pandas as pd  # takes long to import and is needed here only

        names = [field.name for field in fields(ExperimentRecord)]
        frame = pd.DataFrame(
            [[getattr(record, name) for name in names] for record in self.records], columns=names
        )
        frame["has_volumes"] = [record.id in self.with_volumes for record in self.records]
        return frame.set_index("id")

    def _only(self, records: Iterable[ExperimentRecord]) -> ExperimentTable:
        return ExperimentTable(records, self._tree, self.with_volumes)


def check_bounds(name: str, bounds: Bounds | None) -> None:
    """Refuse bounds that nothing can lie between."""
    if bounds is not None and not (len(bounds) == 2 and bounds[0] <= bounds[1]):
        raise DataError(f"{name} takes the lowest and the highest value; {bounds} came.")


def within(value: float, bounds: Bounds | None) -> bool:
    """Whether a value lies between bounds, both included; NaN lies between none."""
    return bounds is None or bounds[0] <= value <= bounds[1]


def _is_among(name: str | None, accepted: Collection[str] | None) -> bool:
    return accepted is None or (name is not None and name.casefold() in accepted)


def _with_descendants(
    structure_ids: Collection[int] | None, tree: StructureTree
) -> frozenset[int] | None:
    if structure_ids is None:
        return None
    return frozenset(below for i in structure_ids for below in tree.descendant_ids(i))


def _structure_ids(value: Any) -> tuple[int, ...]:
    """Ids from "1/2/3", a list of ids, or a list of objects with an id."""
    parts = value.split("/") if isinstance(value, str) else value or ()
    return tuple(int(p["id"] if isinstance(p, Mapping) else p) for p in parts if p != "")


def _line_name(value: Any) -> str | None:
    name = value.get("name") if isinstance(value, Mapping) else value
    return str(name) if name else None


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _point(values: Mapping[str, Any]) -> tuple[float, float, float] | None:
    """Injection site from injection_x, _y, _z or a list of three coordinates."""
    point = values.get("injection_coordinates") or [values.get(f"injection_{a}") for a in "xyz"]
    if any(c is None for c in point):
        return None
    ap, dv, ml = (float(c) for c in point)
    return ap, dv, ml
