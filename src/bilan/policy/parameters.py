"""What is measured: one code for a parameter, however a file, a packet or a person calls it."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

Medium = Literal["air", "water", "gas"]

_TABLE = Path(__file__).parent / "parameters.csv"
_LOOKS = re.compile(r"[\s_\-()\[\]【】]+")
_DECIMAL = re.compile(r"(?<=\d)_(?=\d)")  # pm2_5; the point stays, or PM1.0 would be PM10


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of ``parameters.csv``.

    ``code`` is that of HJ 212-2017 (or of HJ 524/525-2009, on which it rests); a code that begins with ``x`` is ours.
    ``code_2005`` is that of HJ/T 212-2005, ``hj212_unit`` the unit of packets, both empty where there is none;
    ``unit`` is the one in which the lake keeps values, ``decimals`` how many the national networks publish.
    """

    code: str
    code_2005: str
    name: str
    aliases: tuple[str, ...]
    unit: str
    hj212_unit: str
    medium: Medium
    decimals: int
    source: str
    unverified: bool


@cache
def parameters() -> tuple[Parameter, ...]:
    """Return every parameter of ``parameters.csv`` in file order.

    >>> parameters()[0].code, parameters()[0].name, parameters()[0].unit
    ('a21026', '二氧化硫', 'µg/m3')
    """
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Parameter(
                code=row["code"],
                code_2005=row["code_2005"],
                name=row["name"],
                aliases=tuple(row["aliases"].split("|")) if row["aliases"] else (),
                unit=row["unit"],
                hj212_unit=row["hj212_unit"],
                medium=cast(Medium, row["medium"]),
                decimals=int(row["decimals"]),
                source=row["source"],
                unverified=row["status"] != "verified",
            )
            for row in csv.DictReader(file, strict=True)
        )


def parameter(called: str) -> Parameter | None:
    """Return the parameter that ``called`` names by code, Chinese name or alias, or None.

    Case, spaces, brackets, hyphens, underscores and the form of digits do not count.

    >>> [parameter(name).code for name in ("pm2_5", "PM₂.₅", "细颗粒物（PM2.5）", "NH3-N", "A34004")]
    ['a34004', 'a34004', 'a34004', 'w21003', 'a34004']
    >>> parameter("PM1.0").code, parameter("aqi")
    ('a34005', None)
    """
    return _called().get(_plain(called))


def parameter_2005(code: str) -> Parameter | None:
    """Return the parameter with the HJ/T 212-2005 ``code``, or None.

    >>> parameter_2005("011").name, parameter_2005("S01").name
    ('化学需氧量', '氧气含量')
    """
    return next((p for p in parameters() if p.code_2005 == code.upper()), None) if code else None


def _plain(name: str) -> str:
    return _LOOKS.sub("", _DECIMAL.sub(".", unicodedata.normalize("NFKC", name).lower()))


@cache
def _called() -> dict[str, Parameter]:
    """Codes and names win over aliases, the earlier row over the later one."""
    called: dict[str, Parameter] = {}
    for row in parameters():
        called.setdefault(_plain(row.code), row)
        called.setdefault(_plain(row.name), row)
    for row in parameters():
        for alias in row.aliases:
            called.setdefault(_plain(alias), row)
    return called
