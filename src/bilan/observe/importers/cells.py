"""From the text of a column to numbers and instants, a whole column at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

BEIJING = ZoneInfo("Asia/Shanghai")
INSTANT = pa.timestamp("us", "UTC")
FIRST_YEAR, LAST_YEAR = 1950, 2100
UNDECODED = "\ufffd"  # stands where bytes are no text of the file's encoding

# Written where there is no value. The dash alone, the slash (not monitored) and the asterisk (not measured) are in use
# at the national networks; the others come from the tools that files pass through.
MISSING = frozenset(
    (
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "-;",
        "/",
        "*",
        "&mdash;",
        "NA",
        "N/A",
        "NaN",
        "nan",
        "NULL",
        "null",
        "None",
        "#N/A",
    )
)

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_BELOW = r"^\s*(?:[<＜]\s*[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?\s*[lL]?|[0-9]+\.?[0-9]*\s*[lL])\s*$"
_EXACT = pa.decimal128(38, 16)

_ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_SPLIT = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:(?:T|\s+|(?<=日))(?P<hour>\d{1,2})(?:[:：时](?P<minute>\d{1,2})?(?:[:：分](?P<second>\d{1,2})?秒?)?(?P<part>\.\d+)?"
    r"|(?<=\d\d)(?P<minute2>\d{2})(?P<second2>\d{2})?)?)?" + _ZONE
)
_RUN = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[T\s]?(?P<hour>\d{2})(?P<minute>\d{2})?(?P<second>\d{2})?(?P<part>\.\d+)?)?" + _ZONE
)


class Numbers(NamedTuple):
    """A column read as numbers: ``values`` float64, null where ``empty`` (nothing was there) or ``bad`` (no number)."""

    values: pa.Array
    empty: pa.Array
    bad: pa.Array


def numbers(column: pa.Array, missing: Collection[str] = MISSING, factor: Fraction = Fraction(1)) -> Numbers:
    """Return the text ``column`` as numbers times ``factor``, in decimal arithmetic where the factor is not 1.

    ``missing`` are the marks that mean nothing is there; a mark that is a number is compared as a number.

    >>> read = numbers(pa.array(["3.5", "NA", " 1200 ", "1,2"]), factor=Fraction(1, 1000))
    >>> read.values.to_pylist(), read.empty.to_pylist(), read.bad.to_pylist()
    ([0.0035, None, 1.2, None], [False, True, False, False], [False, False, False, True])
    """
    text = pc.utf8_trim_whitespace(column)
    empty = pc.is_in(text, value_set=pa.array(sorted(missing), pa.string()))
    text = pc.if_else(empty, pa.scalar(None, pa.string()), text)
    try:
        values = text.cast(pa.float64())
    except pa.ArrowInvalid:
        text = pc.if_else(pc.match_substring_regex(text, _NUMBER), text, pa.scalar(None, pa.string()))
        values = text.cast(pa.float64())
    values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, pa.float64()))
    marks = [mark for mark in map(_float, missing) if mark is not None]
    if marks:
        marked = pc.is_in(values, value_set=pa.array(marks, pa.float64()))
        empty = pc.or_(empty, marked)
        values = pc.if_else(marked, pa.scalar(None, pa.float64()), values)
    bad = pc.and_(pc.is_null(values), pc.invert(empty))
    return Numbers(values if factor == 1 else _times(values, text, factor), empty, bad)


def _times(values: pa.Array, text: pa.Array, factor: Fraction) -> pa.Array:
    """The numbers that ``text`` writes, times ``factor``: each the float nearest to the exact decimal.

    0.3 mg/L is 300 µg/L; in floats the product would be 299.99999999999994 or the like.
    """
    try:
        exact = pc.multiply(text.cast(_EXACT).cast(pa.decimal256(40, 16)), pa.scalar(_decimal(factor)))
        return pc.if_else(pc.is_valid(values), exact.cast(pa.string()).cast(pa.float64()), values)
    except pa.ArrowInvalid:  # a number too long or too large for the columns of digits: one by one
        pairs = zip(values.to_pylist(), text.to_pylist(), strict=True)
        return pa.array([value if value is None else float(Fraction(of) * factor) for value, of in pairs], pa.float64())


def _decimal(factor: Fraction) -> Decimal:
    return Decimal(factor.numerator) / Decimal(factor.denominator)


def _float(mark: str) -> float | None:
    return float(mark) if re.match(_NUMBER, mark) else None


def limits(column: pa.Array, share: Fraction) -> tuple[pa.Array, pa.Array]:
    """Return ``column`` with 0.05L, <0.05 and <0.05L (below the detection limit) as ``share`` of the limit, and where.

    >>> text, below = limits(pa.array(["0.05L", "＜0.3", "0.4"]), Fraction(1, 2))
    >>> text.to_pylist(), below.to_pylist()
    (['0.025', '0.15', '0.4'], [True, True, False])
    """
    below = pc.match_substring_regex(column, _BELOW)
    if not pc.any(below).as_py():
        return column, below

    def of_limit(text: str) -> str:
        match = re.search(r"[0-9.]+(?:[eE][+-]?[0-9]+)?", text)
        return str(Decimal(match[0]) * _decimal(share)) if match and re.match(_BELOW, text) else text

    return by_unique(column, of_limit, pa.string())[0], below


def by_unique(column: pa.Array, reading: Callable[[str], Any], kind: pa.DataType) -> tuple[pa.Array, pa.Array]:
    """Return what ``reading`` makes of each text and, where it raises ValueError, why: it is asked once per text.

    Times and names repeat in every row of a table, so this costs next to nothing where a loop would cost minutes.
    """
    coded = column.dictionary_encode()
    made: list[Any] = []
    reasons: list[str | None] = []
    for text in coded.dictionary.to_pylist():
        try:
            made.append(reading(text))
            reasons.append(None)
        except ValueError as error:
            made.append(None)
            reasons.append(str(error))
    return pa.array(made, kind).take(coded.indices), pa.array(reasons, pa.string()).take(coded.indices)


@lru_cache(maxsize=200_000)  # the hours of twenty years
def parse_time(text: str, *, zone: tzinfo = BEIJING, with_hour: bool = True) -> datetime:
    """Return the instant, in UTC, that ``text`` writes: 2016-01-14T00:00:00, 2026-04-10T1400, 2024/3/1 24:00, 20240301.

    24:00 is midnight at the end of the day. Raises ValueError with the reason in Chinese, also for a part of a second
    and, ``with_hour``, for a date alone.

    >>> parse_time("2024-02-28 24:00").isoformat(), parse_time("2026-04-10T1400").isoformat()
    ('2024-02-28T16:00:00+00:00', '2026-04-10T06:00:00+00:00')
    """
    found = _parts(text)
    if with_hour and "hour" not in found:
        raise ValueError("只有日期，没有钟点")
    if found.get("part", ".0").strip(".0"):
        raise ValueError("时间应为整秒")
    year, month, day = (int(found[key]) for key in ("year", "month", "day"))
    hour, minute, second = (int(found.get(key) or found.get(f"{key}2") or 0) for key in ("hour", "minute", "second"))
    return instant(year, month, day, hour, minute, second, zone=_offset(found.get("zone")) or zone)


def is_day(text: str) -> bool:
    """Return whether ``text`` writes a date and no hour.

    >>> is_day("2024年3月1日"), is_day("2024-03-01 00:00"), is_day("昨天")
    (True, False, False)
    """
    try:
        return "hour" not in _parts(text)
    except ValueError:
        return False


def _parts(text: str) -> dict[str, str]:
    """The parts of a time that ``text`` writes, by name."""
    match = _SPLIT.fullmatch(text.strip()) or _RUN.fullmatch(text.strip())
    if match is None:
        raise ValueError("不是认识的时间写法")
    return {key: value for key, value in match.groupdict().items() if value}


def instant(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, *, zone: tzinfo = BEIJING
) -> datetime:
    """Return that wall clock of ``zone`` in UTC; hour 24 only as 24:00:00. Raises ValueError with the reason.

    >>> instant(2023, 2, 29)
    Traceback (most recent call last):
        ...
    ValueError: 没有 2023-02-29 这一天
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间")
    midnight_after = (hour, minute, second) == (24, 0, 0)
    try:
        local = datetime(year, month, day, tzinfo=zone)
    except ValueError:
        raise ValueError(f"没有 {year}-{month:02}-{day:02} 这一天") from None
    if midnight_after:
        return (local + timedelta(days=1)).astimezone(UTC)
    try:
        return local.replace(hour=hour, minute=minute, second=second).astimezone(UTC)
    except ValueError:
        raise ValueError(f"没有 {hour}:{minute:02}:{second:02} 这个钟点") from None


def _offset(written: str | None) -> tzinfo | None:
    if written is None:
        return None
    try:
        return datetime.strptime(written, "%z").tzinfo
    except ValueError:
        raise ValueError(f"没有 {written} 这个时区") from None
