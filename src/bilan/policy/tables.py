"""The dated tables of this folder as tuples of records, read once and only when asked for.

An empty cell means "not said": no alias, valid since always, still valid. Validity is half open: a row holds from
``valid_from`` up to, not including, ``valid_to``.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, cast

Direction = Literal["higher", "lower", "none"]
RegionKind = Literal["administrative", "functional_zone", "basin", "section", "sea"]
DepartmentKind = Literal[
    "government", "vertical", "body", "party", "judiciary", "mass", "territory", "collective", "enterprise"
]

FOLDER = Path(__file__).parent
_VERSION_LENGTH = 12  # enough to tell versions apart, short enough to be read out

UnitKind = Literal["measured", "counted", "duration"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something a plan promises a value of; ``direction`` says which way is better."""

    code: str
    name: str
    aliases: tuple[str, ...]
    unit: str
    direction: Direction
    area: str
    standard: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Region:
    """A place with an id of ours; ``code`` (GB/T 2260 where there is one) and names are attributes that may change.

    ``level`` counts downwards within a kind: 0 nation, 1 province, 2 prefecture, 3 county for administrative regions
    and zones; 1 river basin or sea, 2 tributary, lake or bay, 3 section for waters.
    """

    id: str
    code: str
    name: str
    short_name: str
    aliases: tuple[str, ...]
    kind: RegionKind
    level: int
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    source: str

    @property
    def fictional(self) -> bool:
        """Whether the region exists only in the demo and the tests."""
        return self.source == "fictional"


@dataclass(frozen=True, slots=True)
class Department:
    """A body that plans name, free of level: ``生态环境`` is the ministry, the provincial and the city bureau."""

    id: str
    name: str
    kind: DepartmentKind
    names: tuple[str, ...]
    aliases: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    successor: str | None
    name_en: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as printed: measured (亩, %), counted (家, 条) or a duration; ``canonical`` is the shared form."""

    printed: str
    kind: UnitKind
    canonical: str


@cache
def indicators() -> tuple[Indicator, ...]:
    """Return every indicator of ``indicators.csv`` in file order.

    >>> indicators()[0].code, indicators()[0].unit
    ('air.pm25.annual', 'µg/m3')
    """
    return tuple(
        Indicator(
            code=code,
            name=name,
            aliases=_words(aliases),
            unit=unit,
            direction=cast(Direction, direction),
            area=area,
            standard=standard,
            name_en=name_en,
        )
        for code, name, aliases, name_en, unit, direction, standard, area in _rows("indicators.csv")
    )


@cache
def regions() -> tuple[Region, ...]:
    """Return every region of ``regions.csv``, past and present, in file order.

    >>> [r.name for r in regions() if r.parent == "220000"][:2]
    ['长春市', '吉林市']
    """
    return tuple(
        Region(
            id_,
            code,
            name,
            short_name,
            _words(aliases),
            cast(RegionKind, kind or "administrative"),
            int(level),
            parent or None,
            _day(start),
            _day(end),
            source,
        )
        for id_, code, name, short_name, aliases, kind, level, parent, start, end, source in _rows("regions.csv")
    )


@cache
def departments() -> tuple[Department, ...]:
    """Return every body of ``departments.csv``, past and present, in file order.

    >>> departments()[0].names
    ('生态环境部', '生态环境厅', '生态环境局')
    """
    return tuple(
        Department(
            id=id_,
            name=name,
            kind=cast(DepartmentKind, kind),
            names=_words(names),
            aliases=_words(aliases),
            valid_from=_day(start),
            valid_to=_day(end),
            successor=successor or None,
            name_en=name_en,
        )
        for id_, name, kind, names, aliases, name_en, start, end, successor in _rows("departments.csv")
    )


@cache
def units() -> dict[str, Unit]:
    """Return the units of ``units.csv`` by the way they are printed.

    >>> units()["亩"].kind, units()["个百分点"].canonical
    ('measured', '百分点')
    """
    return {printed: Unit(printed, cast(UnitKind, kind), canonical) for printed, kind, canonical in _rows("units.csv")}


def resource_version() -> str:
    """Return the policy version that results point at: the first characters of the SHA-256 of every table.

    The tables of this folder and of ``hj212``, and the standards in force, also those of a draft
    (:func:`bilan.policy.standards.using_folder`). Line ends do not count, so a checkout on another system has the same
    version.

    >>> len(resource_version())
    12
    """
    from bilan.policy.standards import folder  # it reads tables of its own, and asks this room for nothing

    return _version_of(FOLDER, folder())


@cache
def _version_of(tables: Path, standards: Path) -> str:
    digest = hashlib.sha256()
    for number, folder in enumerate((tables, tables / "hj212", standards)):
        for path in sorted(folder.glob("*.csv")):
            content = path.read_bytes().replace(b"\r\n", b"\n")
            digest.update(b"%d\0%s\0%d\0%s" % (number, path.name.encode(), len(content), content))
    return digest.hexdigest()[:_VERSION_LENGTH]


def _rows(name: str) -> Iterator[list[str]]:
    """Yield the rows below the header; cells by position, which is three times as fast as by name."""
    lines = csv.reader((FOLDER / name).read_text(encoding="utf-8").splitlines(), strict=True)
    next(lines)
    return lines


def _words(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None
