"""Reading the tables of this folder: one record per row, its cells as what they stand for."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeVar

_FOLDER = Path(__file__).parent


class Dated(Protocol):
    """A record that holds in some editions."""

    @property
    def editions(self) -> tuple[int, ...]:
        """The years of the editions, ascending."""


D = TypeVar("D", bound=Dated)
T = TypeVar("T")


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of the table ``name`` in file order, cells by column name.

    >>> next(rows("editions"))["standard"]
    'HJ/T 212-2005'
    """
    lines = (_FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    return csv.DictReader(lines, strict=True)


def records(name: str, kind: type[T], **readers: Callable[[str], object]) -> Iterator[T]:
    """Yield the rows of the table ``name`` as records of ``kind``, whose fields are the table's columns.

    A cell is read by the reader of its column; without one it is text, but ``editions`` and ``unverified`` are years.
    """
    by_column: dict[str, Callable[[str], Any]] = {"editions": years, "unverified": years, **readers}
    for row in rows(name):
        yield kind(**{column: by_column[column](cell) if column in by_column else cell for column, cell in row.items()})


def by_edition(found: Iterable[D], key: str, known: Iterable[int]) -> dict[int, dict[str, D]]:
    """Return for each known edition its records by the field ``key``; a code defined twice in one is a ValueError."""
    table: dict[int, dict[str, D]] = {edition: {} for edition in known}
    for record in found:
        code = getattr(record, key)
        for edition in record.editions:
            if code in table[edition]:
                raise ValueError(f"{code} 在 {edition} 版中有两行")
            table[edition][code] = record
    return table


def in_edition(table: Mapping[int, T], edition: int) -> T:
    """Return what ``table`` holds for ``edition``; ValueError names an edition that does not exist."""
    try:
        return table[edition]
    except KeyError:
        raise ValueError(f"HJ 212 有 {'、'.join(map(str, table))} 三版，没有 {edition}") from None


def words(cell: str) -> tuple[str, ...]:
    """Return the parts of a cell that holds several, or none.

    >>> words("1|2"), words("")
    (('1', '2'), ())
    """
    return tuple(cell.split("|")) if cell else ()


def years(cell: str) -> tuple[int, ...]:
    """Return the editions that a cell names.

    >>> years("2005|2017")
    (2005, 2017)
    """
    return tuple(int(year) for year in words(cell))


def number(cell: str) -> int | None:
    """Return the number in a cell, None where it is empty.

    >>> number("30"), number("")
    (30, None)
    """
    return int(cell) if cell else None


def day(cell: str) -> date | None:
    """Return the day in a cell, None where it is empty.

    >>> day("2026-01-01"), day("")
    (datetime.date(2026, 1, 1), None)
    """
    return date.fromisoformat(cell) if cell else None


def pattern(cell: str) -> re.Pattern[str] | None:
    """Return the pattern in a cell, None where it is empty.

    >>> pattern("[1-9]").fullmatch("0"), pattern("")
    (None, None)
    """
    return re.compile(cell) if cell else None


def yes(cell: str) -> bool:
    """Return whether a cell says yes.

    >>> yes("yes"), yes("no")
    (True, False)
    """
    return cell == "yes"
