"""Reading the tables of this folder, checked as they are read: a wrong file names itself and never half works."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, cast

from bilan.errors import BilanError

FOLDER = Path(__file__).parent
_folder: ContextVar[Path] = ContextVar("folder", default=FOLDER)

SecondSource = Literal["yes", "partly", "no"]
Status = Literal["verified", "unverified"]

_REQUIRED = (
    "table",
    "title",
    "standard",
    "clause",
    "valid_from",
    "valid_to",
    "unit",
    "source",
    "second_source",
    "status",
)
_KEYS = frozenset((*_REQUIRED, "note"))


class StandardError(BilanError):
    """A table of a standard is malformed, missing for a day, there are two for one day, or none between two."""


@dataclass(frozen=True, slots=True)
class StandardTable:
    """One table of one standard with its validity and its source; ``rows`` are cells by column name.

    >>> table = standard_on("air.iaqi", date(2026, 3, 1))
    >>> table.standard, table.valid_from, table.unverified
    ('HJ 633-2026', datetime.date(2026, 3, 1), False)
    """

    name: str
    table: str
    title: str
    standard: str
    clause: str
    valid_from: date | None
    valid_to: date | None
    unit: str
    source: str
    second_source: SecondSource
    status: Status
    note: str
    rows: tuple[Mapping[str, str], ...]

    @property
    def unverified(self) -> bool:
        """Whether nothing better than memory or a single weak source stands behind the table."""
        return self.status == "unverified"

    @property
    def citation(self) -> str:
        """Standard and clause as a reader looks them up, with a warning where the table is unverified.

        >>> standard_on("air.iaqi", date(2026, 3, 1)).citation
        'HJ 633-2026 表1'
        """
        return f"{self.standard} {self.clause}".strip() + ("（未核实）" if self.unverified else "")

    @property
    def doubts(self) -> tuple[str, ...]:
        """What of the table could not be verified, a line each: the whole of it, or the rows that say so themselves.

        >>> standard_on("air.completeness", date(2026, 3, 1)).doubts[0]
        'GB 3095-2026、HJ 663-2026 表4：一天里有值的站点不少于城市站点的 75%'
        """
        if self.unverified:
            return (f"{self.standard}《{self.title}》：{self.note or self.source}",)
        rows = [row for row in self.rows if row.get("status") == "unverified"]
        return tuple(f"{self.citation}：{_said(row)}" for row in rows)

    def number(self, row: Mapping[str, str], column: str) -> Decimal:
        """Return the number in a cell; :class:`StandardError` names the table where it is none.

        >>> table = standard_on("air.iaqi", date(2026, 3, 1))
        >>> table.number(table.rows[0], "50")
        Decimal('50')
        """
        try:
            return Decimal(row[column])
        except (InvalidOperation, KeyError):
            raise StandardError(f"{self.name}.csv：{row.get(column)!r} 应为数字（列 {column}）") from None

    def holds_on(self, day: date) -> bool:
        """Whether the table judges the data of ``day`` (START side)."""
        return (self.valid_from or date.min) <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Regime:
    """A run of days on which every asked-for table stays the same; ``tables`` by kind."""

    first: date | None
    end: date | None
    tables: Mapping[str, StandardTable]

    @property
    def name(self) -> str:
        """The standards of the regime, each once, in the order asked for.

        >>> regimes(("air.iaqi", "air.limits"), date(2026, 3, 1), date(2026, 3, 1))[0].name
        'HJ 633-2026, GB 3095-2026'
        """
        return ", ".join(dict.fromkeys(table.standard for table in self.tables.values()))


def folder() -> Path:
    """Return the folder that standards come from: this one, or that of a draft (:func:`using_folder`).

    >>> folder().name
    'standards'
    """
    return _folder.get()


def standard_tables(kind: str) -> tuple[StandardTable, ...]:
    """Return every table of ``kind``, the oldest validity first; none overlaps another.

    >>> [table.standard for table in standard_tables("air.iaqi")]
    ['HJ 633-2012', 'HJ 633-2026']

    Raises :class:`StandardError` for a kind without a table.
    """
    found = _by_kind(folder()).get(kind)
    if found is None:
        raise StandardError(f"标准表中没有 {kind}")
    return found


def standard_on(kind: str, day: date) -> StandardTable:
    """Return the table of ``kind`` that judges the data of ``day`` (START side, Asia/Shanghai).

    >>> standard_on("air.iaqi", date(2026, 2, 28)).standard
    'HJ 633-2012'

    Raises :class:`StandardError` where none is in force.
    """
    for table in standard_tables(kind):
        if table.holds_on(day):
            return table
    raise StandardError(f"{day} 没有生效的标准表 {kind}")


def regimes(kinds: tuple[str, ...], first: date, last: date) -> tuple[Regime, ...]:
    """Return the regimes that judge the days ``first`` to ``last``, both included, in their order.

    >>> [str(regime.first) for regime in regimes(("air.iaqi",), date(2026, 2, 1), date(2026, 3, 31))]
    ['2012-02-29', '2026-03-01']

    Days before the first table of a kind have no regime. Raises :class:`StandardError` for a kind without a table.
    """
    every = [table for kind in kinds for table in standard_tables(kind)]
    cuts = {first} | {t.valid_from for t in every if t.valid_from and first < t.valid_from <= last}
    found = []
    for cut in sorted(cuts):
        tables = {table.table: table for table in every if table.holds_on(cut)}
        if len(tables) == len(set(kinds)):
            starts = [t.valid_from for t in tables.values() if t.valid_from]
            ends = [t.valid_to for t in tables.values() if t.valid_to]
            in_order = {kind: tables[kind] for kind in kinds}
            found.append(Regime(max(starts, default=None), min(ends, default=None), in_order))
    return tuple(found)


@contextmanager
def using_folder(folder: Path) -> Iterator[None]:
    """Within the block, standards come from ``folder``: a draft standard tried out before it is adopted."""
    token = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(token)


def _said(row: Mapping[str, str]) -> str:
    """A row as a reader understands it: what it means, with its cells in the places for them, or followed by them."""
    if "{" in row.get("meaning", ""):
        return row["meaning"].format_map({key: cell.replace("-", "\N{MINUS SIGN}") for key, cell in row.items()})
    unsaid = {"status", "source", "meaning", *(("rule", "scope") if row.get("meaning") else ())}
    cells = [cell for key, cell in row.items() if cell and key not in unsaid]
    return " ".join([row["meaning"], *cells] if row.get("meaning") else cells)


@cache
def _by_kind(folder: Path) -> Mapping[str, tuple[StandardTable, ...]]:
    kinds: dict[str, list[StandardTable]] = {}
    for path in sorted(folder.glob("*.csv")):
        table = _read(path)
        kinds.setdefault(table.table, []).append(table)
    return {kind: _in_order(tables) for kind, tables in kinds.items()}


def _in_order(tables: list[StandardTable]) -> tuple[StandardTable, ...]:
    tables.sort(key=lambda table: table.valid_from or date.min)
    for earlier, later in pairwise(tables):
        if earlier.valid_to is None or later.valid_from is None or later.valid_from < earlier.valid_to:
            raise StandardError(f"{later.name}.csv：与 {earlier.name}.csv 的有效期重叠")
        if earlier.valid_to < later.valid_from:
            raise StandardError(f"{later.name}.csv：与 {earlier.name}.csv 之间有空档，其间的数据无法评价")
    return tuple(tables)


def _read(path: Path) -> StandardTable:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise StandardError(f"{path.name}：应为 UTF-8 编码") from None
    head: dict[str, str] = {}
    body = 0
    for body, line in enumerate(lines):
        if not line.startswith("#"):
            break
        key, colon, value = line[1:].partition(":")
        if not colon or key.strip() not in _KEYS:
            raise StandardError(f"{path.name} 第 {body + 1} 行：应为 “# 键: 值”，键可为 {'、'.join(sorted(_KEYS))}")
        head[key.strip()] = value.strip()
    missing = [key for key in _REQUIRED if key not in head]
    if missing:
        raise StandardError(f"{path.name}：表头缺少 {'、'.join(missing)}")
    if head["second_source"] not in ("yes", "partly", "no") or head["status"] not in ("verified", "unverified"):
        raise StandardError(f"{path.name}：second_source 应为 yes、partly 或 no，status 应为 verified 或 unverified")
    first, end = (_day(path, head[key]) for key in ("valid_from", "valid_to"))
    if first and end and end <= first:
        raise StandardError(f"{path.name}：valid_to 应晚于 valid_from")
    return StandardTable(
        name=path.stem,
        table=head["table"],
        title=head["title"],
        standard=head["standard"],
        clause=head["clause"],
        valid_from=first,
        valid_to=end,
        unit=head["unit"],
        source=head["source"],
        second_source=cast(SecondSource, head["second_source"]),
        status=cast(Status, head["status"]),
        note=head.get("note", ""),
        rows=tuple(_rows(path, lines, body)),
    )


def _rows(path: Path, lines: list[str], body: int) -> Iterator[Mapping[str, str]]:
    cells = csv.reader(lines[body:], strict=True)
    try:
        header = next(cells, [])
        if not header or lines[body].startswith("#") or len(set(header)) < len(header):
            raise StandardError(f"{path.name} 第 {body + 1} 行：应为列名，各不相同")
        for row in cells:
            if len(row) != len(header):
                raise StandardError(
                    f"{path.name} 第 {body + cells.line_num} 行：应有 {len(header)} 格，实有 {len(row)} 格"
                )
            yield dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise StandardError(f"{path.name} 第 {body + cells.line_num} 行：不是完整的 CSV：{error}") from error


def _day(path: Path, cell: str) -> date | None:
    try:
        return date.fromisoformat(cell) if cell else None
    except ValueError:
        raise StandardError(f"{path.name}：{cell!r} 不是日期（年-月-日）") from None
