"""Periods as statistical tables write them, as periods of bilan's own grammar."""

from __future__ import annotations

import calendar
import contextlib
import re
import unicodedata
from collections.abc import Callable
from datetime import date

from bilan.errors import BilanError
from bilan.periods import Period

_QUARTERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_FIVE_YEARS = {"十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026}
_SPELLING = str.maketrans({"—": "-", "–": "-", "“": "", "”": "", '"': "", "q": "Q"})
_TO = r"(?:-|~|至|到)"
_YEAR = r"(?P<year>\d{4})年?"

# What each way of writing is in the grammar.
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(_YEAR + "度?(?:全年)?"), lambda m: m["year"]),
    (re.compile(r"(?P<year>\d{4})(?:年|/|-)(?P<month>\d{1,2})月?份?"), lambda m: _month(m["year"], m["month"])),
    (re.compile(r"(?P<year>\d{4})(?P<month>\d{2})"), lambda m: f"{m['year']}-{m['month']}"),
    (re.compile(_YEAR + "第?(?P<q>[一二三四1-4])季度?"), lambda m: f"{m['year']}Q{_QUARTERS[m['q']]}"),
    (re.compile(r"(?P<year>\d{4})-?Q(?P<q>[1-4])"), lambda m: f"{m['year']}Q{m['q']}"),
    (re.compile(_YEAR + "上半年"), lambda m: f"{m['year']}-01/{m['year']}-06"),
    (
        re.compile(_YEAR + "前(?P<q>[二两三23])个?季度"),
        lambda m: f"{m['year']}-01/{m['year']}-{3 * _QUARTERS[m['q']]:02}",
    ),
    (
        re.compile(_YEAR + r"前(?P<month>\d{1,2})个月"),
        lambda m: f"{m['year']}-01/{_month(m['year'], m['month'])}",
    ),
    (re.compile(_YEAR + "下半年"), lambda m: f"{m['year']}-07/{m['year']}-12"),
    (
        re.compile(rf"(?P<year>\d{{4}})年(?P<from>\d{{1,2}})月?{_TO}(?P<to>\d{{1,2}})月份?"),
        lambda m: f"{_month(m['year'], m['from'])}/{_month(m['year'], m['to'])}",
    ),
    (
        re.compile(rf"(?P<y1>\d{{4}})[年\-](?P<m1>\d{{1,2}})月?(?:/|{_TO})(?P<y2>\d{{4}})[年\-](?P<m2>\d{{1,2}})月?"),
        lambda m: f"{_month(m['y1'], m['m1'])}/{_month(m['y2'], m['m2'])}",
    ),
    (re.compile(rf"(?P<y1>\d{{4}})年?(?:/|{_TO})(?P<y2>\d{{4}})年"), lambda m: f"{m['y1']}/{m['y2']}"),
    (re.compile("(?P<plan>十[二三四五]五)(?:时期|期间)?"), lambda m: _five(m["plan"])),
    # A cell into which someone typed 2025-03 and which the spreadsheet made a date of.
    (re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-01 00:00:00"), lambda m: f"{m['year']}-{m['month']}"),
)
_WINTER = re.compile(rf"(?:(?P<y1>\d{{4}}){_TO}(?P<y2>\d{{4}}|\d{{2}})年?度?)秋冬季")

EXPECTED = "应为 2025、2025年3月、2025年一季度、2025Q1、2024-10/2025-03 这样的期间"


class StatisticPeriodError(BilanError):
    """A text names no period."""


def statistic_period(text: str) -> Period:
    """Return the period that ``text`` names, in the shortest form of the grammar, so that one span has one name.

    >>> [str(statistic_period(t)) for t in ("2025年", "2025年3月", "2025年一季度", "秋冬季 2024-10/2025-03")]
    ['2025', '2025-03', '2025Q1', '2024-10/2025-03']
    >>> [str(statistic_period(t)) for t in ("2026年前三季度", "2026年前两季度", "2026年前10个月", "2026年前1个月")]
    ['2026-01/2026-09', '2026-01/2026-06', '2026-01/2026-10', '2026-01']

    Raises :class:`StatisticPeriodError`.
    """
    plain = unicodedata.normalize("NFKC", text).strip().translate(_SPELLING)
    closed = "".join(plain.split())
    found = _winter(closed) or _parsed(plain) or _parsed(closed) or _season(closed)
    if found is None or not 1950 <= found.first.year <= found.last.year <= 2100:
        raise StatisticPeriodError(EXPECTED)
    return canonical(found.first, found.last)


def canonical(first: date, last: date) -> Period:
    """Return the period from ``first`` to ``last``, whole months, in its shortest form.

    >>> str(canonical(date(2025, 1, 1), date(2025, 12, 31))), str(canonical(date(2025, 4, 1), date(2025, 6, 30)))
    ('2025', '2025Q2')
    """
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if first.month == 1 and last.month == 12:
        text = f"{first.year}" if months == 12 else f"{first.year}/{last.year}"
    elif months == 1:
        text = f"{first:%Y-%m}"
    elif months == 3 and first.month % 3 == 1:
        text = f"{first.year}Q{(first.month + 2) // 3}"
    else:
        text = f"{first:%Y-%m}/{last:%Y-%m}"
    return Period(text, first, last)


def _parsed(text: str) -> Period | None:
    written = (grammar(match) for pattern, grammar in _FORMS if (match := pattern.fullmatch(text)))
    for form in (text, *written):
        with contextlib.suppress(ValueError):
            return Period.parse(form)
    return None


def _season(text: str) -> Period | None:
    """秋冬季 before a run of months that crosses the year; before anything else it would say two things."""
    found = _parsed(text.removeprefix("秋冬季")) if text.startswith("秋冬季") else None
    return found if found and found.first.year < found.last.year and found.first.month > 1 else None


def _winter(text: str) -> Period | None:
    """The season of heating, October to March of the next year."""
    match = _WINTER.fullmatch(text)
    if match is None:
        return None
    first = int(match["y1"])
    last = int(match["y2"]) if len(match["y2"]) == 4 else first // 100 * 100 + int(match["y2"])
    if last != first + 1:
        return None
    return Period(text, date(first, 10, 1), date(last, 3, calendar.monthrange(last, 3)[1]))


def _month(year: str, month: str) -> str:
    return f"{year}-{int(month):02}"


def _five(plan: str) -> str:
    return f"{_FIVE_YEARS[plan]}/{_FIVE_YEARS[plan] + 4}"
