"""What every importer gives, and what most of them share: a wide table becomes rows of the lake."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc

from bilan.errors import BilanError
from bilan.observe.importers.cells import INSTANT, MISSING, UNDECODED, instant, limits, numbers
from bilan.observe.importers.sources import Part, Reject, Source, open_source
from bilan.observe.lake_schema import INCOMING
from bilan.policy import region_by_name

Label = Literal["start", "end"]
PUBLISHED = "published"
KIND_WORDS = {  # how tables write the two kinds of surface water
    "river": "river",
    "河流": "river",
    "河": "river",
    "lake": "lake",
    "reservoir": "lake",
    "湖库": "lake",
    "湖泊": "lake",
    "水库": "lake",
    "湖": "lake",
}
NORMAL = "N"  # data mark of HJ 212-2017
BELOW_LIMIT = "L"  # the letter that laboratories write behind the detection limit


class FormatError(BilanError):
    """A file is not of the format it was given as; nothing of it was taken."""


class OptionError(BilanError):
    """An option is missing, or the format does not know it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller says about a file besides its format."""

    label: Label | None = None
    mapping: Path | None = None
    kinds: Path | None = None

    def given(self) -> tuple[str, ...]:
        """The names of the options that are set."""
        return tuple(name for name in ("label", "mapping", "kinds") if getattr(self, name) is not None)


@dataclass(frozen=True, slots=True)
class Station:
    """One row of the lake's table of stations, as far as a file tells."""

    id: str
    name: str | None
    medium: str
    kind: str | None
    region: str | None = None
    lon: float | None = None
    lat: float | None = None
    external: tuple[str, str] | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measured:
    """A column of values: which parameter, in which statistic over how many seconds, ``factor`` to the lake's unit.

    ``state`` is that of the gas (``298K`` …), or ``published``: see :func:`published_state`.
    """

    column: str
    parameter: str
    unit: str
    statistic: str = "avg"
    seconds: int = 3600
    factor: Fraction = Fraction(1)
    state: str | None = None


@dataclass(slots=True)
class Taken:
    """What a part of a file gave: observations in the columns of :data:`INCOMING`, what was refused, and counts."""

    observations: list[pa.RecordBatch] = field(default_factory=list)
    stations: dict[str, Station] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    rows: int = 0
    empty: int = 0
    done: float = 0.0

    def add(self, other: Taken) -> None:
        """Put what another part of the rows gave beside this."""
        self.observations += other.observations
        self.stations |= other.stations
        self.rejects += other.rejects
        self.rows += other.rows
        self.empty += other.empty


@dataclass(frozen=True, slots=True)
class Keys:
    """For each row of a part its station, its label as an instant, why one of them is missing, and the row's flag.

    ``labels`` are the ends of the intervals, or their starts when ``label`` says so. ``problem`` is null where the row
    has both its keys; ``column`` and ``raw`` say where a problem stands.
    """

    station: pa.Array
    labels: pa.Array
    problem: pa.Array
    column: pa.Array
    raw: pa.Array
    flag: pa.Array | None = None
    label: Label = "end"

    def filter(self, mask: pa.Array) -> Keys:
        """The keys of the rows where ``mask`` is true."""
        arrays = {name: getattr(self, name).filter(mask) for name in ("station", "labels", "problem", "column", "raw")}
        flag = None if self.flag is None else self.flag.filter(mask)
        return Keys(**arrays, flag=flag, label=self.label)

    def refused(self, why: str, column: str, raw: str) -> Keys:
        """The keys of rows of which none can be taken."""
        given = {"problem": why, "column": column, "raw": raw}
        count = len(self.station)
        return replace(self, **{name: pa.repeat(pa.scalar(text), count) for name, text in given.items()})

    def marked(self, mask: pa.Array, flag: str) -> Keys:
        """The keys with ``flag`` in the rows where ``mask`` is true."""
        none = pa.nulls(len(mask), pa.string())
        return replace(self, flag=pc.if_else(mask, pa.scalar(flag), none if self.flag is None else self.flag))


class Importer(ABC):
    """One file of a format: a subclass says which columns it must have and how a part of it becomes rows of the lake.

    The constructor refuses a file before anything of it is taken: FormatError where it is not of the format, FileError
    where it cannot be read, OptionError where an option is foreign to the format.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    required: ClassVar[tuple[str, ...]]
    options: ClassVar[tuple[str, ...]] = ()
    missing: Collection[str] = MISSING

    def __init__(self, path: Path, options: Options | None = None) -> None:
        self.given = options or Options()
        self.check_options(self.given)
        self.source = self.open(path)
        self.check()
        self.assumptions = tuple(self.survey())

    @classmethod
    def manner(cls, given: Options) -> str:
        """How files are read beside their format, in a word that every row keeps as part of its ``batch``."""
        return ""

    @classmethod
    def check_options(cls, given: Options) -> None:
        """Raise OptionError where an option of ``given`` is foreign to this format, and what a file it names raises."""
        foreign = [name for name in given.given() if name not in cls.options]
        if foreign:
            raise OptionError(f"--{foreign[0]}：格式 {cls.name} 没有这个选项")

    def open(self, path: Path) -> Source:
        """The file as a table of text, its columns called as in :attr:`required`."""
        return open_source(path)

    def check(self) -> None:
        """Raise FormatError where the file lacks a column."""
        absent = [name for name in self.required if name not in self.source.columns]
        if absent:
            wanted = "、".join(self.required)
            raise FormatError(
                f"{self.source.path}：不是 {self.name} 格式：缺少列 {'、'.join(absent)}"
                f"（应有 {wanted}；文件里是 {self.columns_shown()}）"
            )

    def columns_shown(self) -> str:
        """The file's columns in a message, the first dozen of them."""
        return "、".join(self.source.columns[:12]) + (" …" if len(self.source.columns) > 12 else "")

    def survey(self) -> Iterable[str]:
        """Look at the file as a whole; return, in Chinese, what has to be assumed to read it."""
        return ()

    @abstractmethod
    def take(self, part: Part) -> Taken:
        """Return what ``part`` of the file gives."""

    def __iter__(self) -> Iterator[Taken]:
        """Yield what each part of the file gives, observations in the order of their lines, as the lake wants them."""
        for part in self.source.parts():
            taken = self.take(part) if part.count else Taken()
            taken.rejects = sorted([*part.rejects, *taken.rejects], key=lambda reject: reject.line)
            taken.rows += len(part.rejects)
            taken.done = part.done
            if taken.observations:
                rows = pa.Table.from_batches(taken.observations)
                taken.observations = rows.sort_by("source_line").combine_chunks().to_batches()
            yield taken


def melt(
    part: Part,
    keys: Keys,
    columns: Iterable[Measured],
    source: str,
    missing: Collection[str],
    below: Fraction | None = None,
    withheld: Collection[str] = (),
) -> Taken:
    """Return the values of ``columns`` as observations, a batch for each column, and everything refused or empty.

    A cell that is no number is refused alone; a row without station or time is refused once, and only when it holds
    a value: rows of stopped stations have neither. With ``below``, 0.05L and <0.05 are that share of 0.05, flag ``L``.
    The marks in ``withheld`` mean that the item is measured and has no valid value now: an observation without a value,
    unless the whole station is out of operation.
    """
    taken = Taken(rows=part.count)
    keyed = pc.is_null(keys.problem)
    lost = None
    for measured in columns:
        cells = part[measured.column]
        plain, limited = (cells, None) if below is None else limits(cells, below)
        read = numbers(plain, missing, measured.factor)
        taken.empty += pc.sum(read.empty.cast(pa.int64())).as_py() or 0
        bad = pc.and_(read.bad, keyed)
        if pc.any(bad).as_py():
            taken.rejects += _bad_cells(part, bad, measured.column, cells)
        lost = pc.invert(read.empty) if lost is None else pc.or_(lost, pc.invert(read.empty))
        here = pc.and_(pc.is_valid(read.values), keyed)
        if withheld:
            here = pc.or_(here, pc.and_(_withheld(cells, keys, withheld), keyed))
        if pc.any(here).as_py():
            marked = keys if limited is None else keys.marked(limited, BELOW_LIMIT)
            taken.observations.append(_batch(part, marked, measured, read.values, here, source))
    wrong = None if lost is None else pc.and_(lost, pc.invert(keyed))
    if wrong is not None and pc.any(wrong).as_py():
        taken.rejects += _bad_rows(part, keys, wrong)
    return taken


def _batch(part: Part, keys: Keys, measured: Measured, values: pa.Array, here: pa.Array, source: str) -> pa.RecordBatch:
    labels = keys.labels.filter(here)
    if keys.label == "start":
        labels = pc.add(labels, pa.scalar(timedelta(seconds=measured.seconds), pa.duration("us")))
    count = len(labels)
    constant = {
        "parameter": measured.parameter,
        "statistic": measured.statistic,
        "seconds": measured.seconds,
        "unit": measured.unit or None,
        "state": measured.state,
        "source": source,
        "source_ref": part.sha256,
    }
    found: dict[str, Any] = {
        "station": keys.station.filter(here),
        "time": labels,
        "value": values.filter(here),
        "source_line": part.lines.filter(here),
    }
    if keys.flag is not None:
        found["flag"] = keys.flag.filter(here)
    if measured.state == PUBLISHED:
        found["state"] = published_state(measured.parameter, labels)
    arrays = [
        found[column.name]
        if column.name in found
        else pa.repeat(pa.scalar(constant.get(column.name), column.type), count)
        for column in INCOMING
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=INCOMING)


def _withheld(cells: pa.Array, keys: Keys, marks: Collection[str]) -> pa.Array:
    """Where a running station has one of ``marks`` in the place of a value."""
    marked = pc.is_in(pc.utf8_trim_whitespace(cells), value_set=pa.array(sorted(marks), pa.string()))
    return marked if keys.flag is None else pc.and_(marked, pc.fill_null(pc.equal(keys.flag, NORMAL), True))


def _bad_cells(part: Part, bad: pa.Array, column: str, cells: pa.Array) -> list[Reject]:
    lines, texts = part.lines.filter(bad).to_pylist(), cells.filter(bad).to_pylist()
    name = part.called.get(column, column)
    return [Reject(line, name, text, _why_no_number(text)) for line, text in zip(lines, texts, strict=True)]


def _why_no_number(text: str) -> str:
    if UNDECODED in text:
        return "有不能解码的字节"
    plain = text.strip()
    if plain[:1] in "<＜" or plain[-1:] in "Ll":
        return "像是低于检出限的写法，不是数"
    return "不是数"


def _bad_rows(part: Part, keys: Keys, wrong: pa.Array) -> list[Reject]:
    columns = (part.lines, keys.column, keys.raw, keys.problem)
    rows = zip(*(column.filter(wrong).to_pylist() for column in columns), strict=True)
    return [Reject(line, part.called.get(name or "", name or ""), raw or "", why) for line, name, raw, why in rows]


def first_problem(*checks: tuple[str, pa.Array, pa.Array]) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Return for each row its first problem, the column where it stands and the text there.

    Each of ``checks`` is a column's name, its text, and for each row what is wrong with it, or null.
    """
    problem = pc.coalesce(*(why for _, _, why in checks))
    none = pa.scalar(None, pa.string())
    column = pc.coalesce(*(pc.if_else(pc.is_valid(why), pa.scalar(name), none) for name, _, why in checks))
    raw = pc.coalesce(*(pc.if_else(pc.is_valid(why), text, none) for _, text, why in checks))
    return problem, column, raw


def name_problem(text: pa.Array, what: str) -> pa.Array:
    """Return what is wrong with each name in ``text``, which stands for ``what``, or null: nothing there, no text."""
    none = pa.scalar(None, pa.string())
    undecoded = pc.if_else(pc.match_substring(text, UNDECODED), pa.scalar("有不能解码的字节"), none)
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(text), ""), pa.scalar(f"没有{what}"), undecoded)


_GASES = frozenset(("a21026", "a21004", "a21003", "a21002", "a21005", "a05024"))


def published_state(parameter: str, ends: pa.Array) -> pa.Array:
    """Return the state in which the national network publishes ``parameter`` in the intervals that end at ``ends``.

    GB 3095-2012, amendment of 2018 (in force 2018-09-01): gases at 298.15 K and 1013.25 hPa, particles as they are;
    before, all of them at 273 K. The day is that of the start side.

    >>> hours = pa.array(["2018-08-31T16:00:00Z", "2018-08-31T17:00:00Z"]).cast(INSTANT)
    >>> published_state("a21026", hours).to_pylist(), published_state("a34004", hours).to_pylist()
    (['273K', '298K'], ['273K', 'actual'])
    """
    change = pa.scalar(instant(2018, 9, 1), INSTANT)
    since = "298K" if parameter in _GASES else "actual"
    return pc.if_else(pc.less_equal(ends, change), pa.scalar("273K"), pa.scalar(since))


@cache
def region_id(name: str, on: date | None = None, within: str | None = None) -> str | None:
    """Return the id of the region called ``name`` on that day, else in the present, or None."""
    found = (region_by_name(name, on, within) if on else None) or region_by_name(name, None, within)
    return found.id if found else None


def coordinate(text: str, most: int) -> float | None:
    """Return degrees, or None where ``text`` holds none: missing, zero (no station lies there) or beyond ``most``.

    >>> coordinate("116.366", 180), coordinate("0", 180), coordinate("—", 90)
    (116.366, None, None)
    """
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value and abs(value) <= most else None
