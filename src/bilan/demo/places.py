"""Where the demo city measures: 12 stations of air and 10 sections of water, all of them invented."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any, TypeVar

T = TypeVar("T", "AirStation", "Section")
SIMULATED = "模拟数据"


@dataclass(frozen=True, slots=True)
class AirStation:
    """A station; ``level``, ``traffic`` and ``ozone`` are its usual multiples of the city's values."""

    id: str
    name: str
    region: str
    lon: float
    lat: float
    level: float
    traffic: float
    ozone: float


@dataclass(frozen=True, slots=True)
class Section:
    """A section; concentrations (mg/L) and the share of saturation are those of 2025, ``gain`` their yearly factor."""

    id: str
    name: str
    region: str
    lon: float
    lat: float
    kind: str
    river: str
    automatic: bool
    codmn: float
    nh3n: float
    tp: float
    oxygen: float
    gain: float


@cache
def air_stations() -> tuple[AirStation, ...]:
    """Return the stations of air.

    >>> len(air_stations()), air_stations()[0].name
    (12, '临江区政府（模拟）')
    """
    return tuple(_made(AirStation, row) for row in table("stations.csv"))


@cache
def sections() -> tuple[Section, ...]:
    """Return the sections of rivers and lakes.

    >>> [section.name for section in sections() if section.river == "北山河"]
    ['北山河口断面']
    """
    return tuple(_made(Section, row) for row in table("sections.csv"))


def _made(kind: type[T], row: list[str]) -> T:
    """The row as one of ``kind``, each cell as its field wants it."""
    reads: dict[str, Callable[[str], Any]] = {"str": str, "float": float, "bool": lambda text: text == "1"}
    return kind(*(reads[str(one.type)](cell) for one, cell in zip(fields(kind), row, strict=True)))


def table(name: str) -> list[list[str]]:
    """Return the rows of a packaged table, without its heading."""
    text = (resources.files("bilan.demo") / "data" / name).read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines(), strict=True))[1:]
