"""What the two files of automatic surface-water stations share: how they are read, sections, states, parameters."""

from __future__ import annotations

from abc import abstractmethod
from calendar import isleap
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from bilan.errors import BilanError
from bilan.observe.importers.base import (
    KIND_WORDS,
    Importer,
    Keys,
    Measured,
    Options,
    Station,
    Taken,
    first_problem,
    melt,
    name_problem,
    region_id,
)
from bilan.observe.importers.cells import INSTANT, MISSING, by_unique, parse_time
from bilan.observe.importers.sources import Part, open_source

# 极值过滤: the network's own filter has withheld the value; the displayed one is then "--". A star says that the
# station does not measure the item at all, an empty cell says nothing.
WITHHELD = frozenset(("-", "--", "—", "极值过滤"))
ABSENT = MISSING | WITHHELD

# Instants: an automatic station draws a sample every four hours, and the stamp is when it was drawn.
ITEMS = {
    "water_temp": ("w01010", "℃"),
    "ph": ("w01001", ""),
    "do": ("w01009", "mg/L"),
    "ec": ("w01014", "µS/cm"),
    "turbidity": ("w01003", "NTU"),
    "codmn": ("w01019", "mg/L"),
    "nh3n": ("w21003", "mg/L"),
    "tp": ("w21011", "mg/L"),
    "tn": ("w21001", "mg/L"),
    "chla": ("w01016", "mg/L"),
    "algae": ("w19011", "cells/L"),
}
SAMPLES = tuple(Measured(column, code, unit, "value", 0) for column, (code, unit) in ITEMS.items())
_JOINT = " @ "  # between the date of a file and the time of a record, while both are read as one text
SECTION = ("province", "basin", "section")

# Data marks of HJ 212-2017 (table 8): normal, under maintenance, out of operation. A word unknown here stays as it is.
_MARKS = {"正常": "N", "维护": "M", "停站": "F", "不具备运行条件": "F"}

_KIND_COLUMNS = ("kind", "type", "inferred_type", "类型", "水体类型")


class KindsError(BilanError):
    """The table of section kinds is not one."""


class SectionImporter(Importer):
    """Instants (statistic ``value``, 0 seconds) at ``obs_time``, whose year follows from the column ``listed``.

    The published class is not read.
    """

    options: ClassVar[tuple[str, ...]] = ("kinds",)
    missing = ABSENT
    listed: ClassVar[str]

    @classmethod
    def check_options(cls, given: Options) -> None:
        """Raise KindsError also where the table of kinds is none."""
        super().check_options(given)
        if given.kinds:
            read_kinds(given.kinds)

    def survey(self) -> Iterable[str]:
        """Say where year, value and kind come from."""
        self.kinds = read_kinds(self.given.kinds) if self.given.kinds else {}
        yield from self.said()
        yield f"断面类型取自 {self.given.kinds.name}" if self.given.kinds else "文件不含断面类型（河流/湖库），留空"

    @abstractmethod
    def said(self) -> Iterable[str]:
        """Where year and values come from, in Chinese."""

    @staticmethod
    @abstractmethod
    def latest(listed: str) -> date:
        """The last day on which a record can be that stands under ``listed``; ValueError with the reason."""

    def values(self, part: Part) -> Part:
        """The part with the value of each item in the item's column."""
        return part

    def take(self, part: Part) -> Taken:
        """Return the part's samples."""
        when = pc.binary_join_element_wise(part[self.listed], part["obs_time"], _JOINT)
        labels, why = by_unique(when, self._instant, INSTANT)
        station, unnamed = section_ids(part)
        problem, column, raw = first_problem(("obs_time", part["obs_time"], why), ("section", part["section"], unnamed))
        keys = Keys(station, labels, problem, column, raw, flag=marks(part["status"]))
        columns = [sample for sample in SAMPLES if sample.column in part.cells.column_names]
        taken = melt(self.values(part), keys, columns, self.name, self.missing, withheld=WITHHELD)
        taken.stations = sections(part, self.kinds)
        return taken

    def _instant(self, text: str) -> datetime:
        listed, _, written = text.partition(_JOINT)
        return observed(written, self.latest(listed))


def section_ids(part: Part) -> tuple[pa.Array, pa.Array]:
    """Return the id of each row's section, made of province, basin and name as names repeat, and what is wrong."""
    province, basin, section = (pc.utf8_trim_whitespace(part[name]) for name in SECTION)
    return pc.binary_join_element_wise("water", province, basin, section, "-"), name_problem(part["section"], "断面名")


def observed(written: str, latest: date) -> datetime:
    """Return the instant of ``MM-DD HH:MM`` in the last year that has that day, not after ``latest``.

    A record of a stopped station may be months old, but none is of the future. Raises ValueError with the reason.

    >>> [observed(f"{day} 08:00", date(2022, 5, 9)).year for day in ("09-09", "05-08", "02-29")]
    [2021, 2022, 2020]
    """
    text = written.strip()
    if text in ABSENT:
        raise ValueError("没有观测时间")
    month, _, rest = text.partition("-")
    day = rest.partition(" ")[0]
    if not (month.isdecimal() and day.isdecimal()):
        raise ValueError("不是 月-日 时:分")
    year = latest.year - ((int(month), int(day)) > (latest.month, latest.day))
    while (int(month), int(day)) == (2, 29) and not isleap(year):
        year -= 1
    return parse_time(f"{year}-{text}")


def marks(status: pa.Array) -> pa.Array:
    """Return the station's state as the data mark of HJ 212-2017: N, M or F; an empty one as null.

    >>> marks(pa.array(["正常", "维护", "停站", "", "调试"])).to_pylist()
    ['N', 'M', 'F', None, '调试']
    """
    return by_unique(pc.utf8_trim_whitespace(status), lambda word: _MARKS.get(word, word) or None, pa.string())[0]


def sections(part: Part, kinds: Mapping[tuple[str, ...], str]) -> dict[str, Station]:
    """Return the sections of ``part``; river or lake only where ``kinds`` says so: the files do not."""
    there = [name for name in (*SECTION, "city", "river") if name in part.cells.column_names]
    found: dict[str, Station] = {}
    for row in part.cells.select(there).group_by(there, use_threads=False).aggregate([]).to_pylist():
        said = {name: text.strip() for name, text in row.items() if text.strip() and text.strip() not in ABSENT}
        key = tuple(row[name].strip() for name in SECTION)
        if not key[-1]:
            continue
        station = "-".join(("water", *key))
        before = found[station].attributes if station in found else {}
        attributes = {**before, **{name: text for name, text in said.items() if name != "section"}}
        found[station] = Station(
            id=station,
            name=key[-1],
            medium="surface_water",
            kind=kinds.get(key),
            region=_region(attributes.get("province", ""), attributes.get("city", "")),
            external=("cnemc-water", "|".join(key)),
            attributes=attributes,
        )
    return found


def _region(province: str, city: str) -> str | None:
    outer = region_id(province) if province else None
    return (region_id(city, None, outer) if city and outer else None) or outer


@cache
def read_kinds(path: Path) -> Mapping[tuple[str, ...], str]:
    """Return the kind, ``river`` or ``lake``, of the sections in the table ``path``, by province, basin and section.

    The kind stands in a column ``kind``, ``type``, ``inferred_type`` or 类型; sections with another word have none.
    Raises KindsError where a column is missing or no kind is known.
    """
    source = open_source(path)
    column = next((name for name in _KIND_COLUMNS if name in source.columns), None)
    if column is None or not set(SECTION) <= set(source.columns):
        raise KindsError(f"{path}：应有列 {'、'.join(SECTION)} 和 {' 或 '.join(_KIND_COLUMNS)}")
    found = {
        tuple(row[name].strip() for name in SECTION): KIND_WORDS[row[column].strip().lower()]
        for part in source.parts()
        for row in part.cells.select([*SECTION, column]).to_pylist()
        if row[column].strip().lower() in KIND_WORDS
    }
    if not found:
        raise KindsError(f"{path}：列 {column} 里没有认识的类型，应为 {'、'.join(KIND_WORDS)}")
    return found
