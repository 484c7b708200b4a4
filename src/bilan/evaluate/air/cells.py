"""Text cells of a table as times and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from bilan.evaluate.air.aqi import Report

# In small letters; compared without regard to case.
MISSING = ("", "na", "n/a", "#n/a", "nan", "none", "null", r"\n", "-", "--", "-;", "—", "——", "&mdash;", "*")
CODES_OF_MISSING = (-99.0, -999.0, -9999.0)
NOT_MONITORED = "/"
_LARGEST = 1e6  # a concentration beyond this is a slip, not air
_MOMENT = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|(\d{2})(\d{2}))"
    r"(?:[T ]?(\d{1,2})(?::?(\d{2})(?::?(\d{2})(?:\.0+)?)?)?)?(?:\+08:?00)?"
)
_PLAIN = str.maketrans({"年": "-", "月": "-", "日": " ", "时": ":", "點": ":", "点": ":", "分": ":", "秒": " "})


@dataclass(frozen=True, slots=True)
class Moment:
    """The start of a label's day, and its clock where it has one."""

    midnight: datetime
    clock: timedelta | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """The values of cells, which are not monitored, which carry a code of missing data, which are no number."""

    values: pa.ChunkedArray
    off: pa.ChunkedArray
    coded: pa.ChunkedArray
    bad: pa.ChunkedArray


def moment(text: str) -> Moment | None:
    """Return the time that a label gives; none where it gives none.

    >>> moment("2016年1月3日8时") == moment("2016-01-03T08:00:00") == moment(" 2016/1/3 8:00 ")
    True
    >>> moment("2016-01-03").clock, moment("2016-02-30")
    (None, None)
    """
    match = _MOMENT.fullmatch(" ".join(text.translate(_PLAIN).split()).rstrip(": ") if "年" in text else text.strip())
    if match is None:
        return None
    year, month, day, month_, day_, *clock = match.groups()
    hour, minute, second = (int(part or 0) for part in clock)
    try:
        midnight = datetime(int(year), int(month or month_), int(day or day_))
    except ValueError:
        return None
    if (hour, minute, second) > (24, 0, 0) or minute > 59 or second > 59:
        return None
    return Moment(midnight, None if clock[0] is None else timedelta(hours=hour, minutes=minute, seconds=second))


def days(times: pa.ChunkedArray, report: Report) -> pa.Array:
    """Return the day (START side) of every label; null where it is no time. An hour's label is its end."""
    encoded = times.combine_chunks().dictionary_encode()
    found = pa.array([_day(text, report) for text in encoded.dictionary.to_pylist()], pa.date32())
    return found.take(encoded.indices)


def numbers(cells: pa.ChunkedArray) -> Numbers:
    """Return what the text ``cells`` say.

    >>> found = numbers(pa.chunked_array([["3.5", "None", "/", "-999", "x"]]))
    >>> found.values.to_pylist(), found.bad.to_pylist()
    ([3.5, None, None, None, None], [False, False, False, False, True])
    """
    text = pc.utf8_trim_whitespace(cells)
    off = pc.equal(text, NOT_MONITORED)
    missing = pc.or_(pc.is_in(pc.utf8_lower(text), pa.array(MISSING)), off)
    number = pc.match_substring_regex(text, r"^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,2})?$")
    values = pc.cast(pc.if_else(pc.and_(number, pc.invert(missing)), text, None), pa.float64())
    coded = pc.is_in(values, pa.array(CODES_OF_MISSING))
    possible = pc.fill_null(pc.less(pc.abs(values), _LARGEST), False)
    taken = pc.and_(possible, pc.invert(coded))
    return Numbers(pc.if_else(taken, values, None), off, coded, pc.invert(pc.or_(missing, possible)))


def other_kind(labels: Iterable[tuple[str, int]], report: Report) -> tuple[Report, str] | None:
    """Return the report that most of the ``labels`` (each with its count) are of, and one of them, if not ``report``.

    >>> other_kind([("2016-01-03T08:00", 3), ("2016-01-03T00:00", 1)], "day")
    ('hour', '2016-01-03T08:00')
    >>> other_kind([("2016-01-03", 3)], "hour"), other_kind([("2016-01-03T00:00", 3)], "day")
    (('day', '2016-01-03'), None)
    """
    known = [(text, count, found) for text, count in labels if (found := moment(text)) is not None]
    whole = (timedelta(0), timedelta(days=1))
    against = [
        (text, count)
        for text, count, found in known
        if (found.clock is None if report == "hour" else found.clock is not None and found.clock not in whole)
    ]
    if 2 * sum(count for _, count in against) <= sum(count for _, count, _ in known):
        return None
    return ("hour" if report == "day" else "day"), against[0][0]


def _day(text: str, report: Report) -> date | None:
    found = moment(text)
    if found is None:
        return None
    if report == "day":
        return found.midnight.date()
    return None if found.clock is None else (found.midnight + found.clock - timedelta(microseconds=1)).date()
