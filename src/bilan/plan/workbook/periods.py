"""Periods as people write them into a workbook: 2027年底, 2027.6, 2026-10至2027-03."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from bilan.periods import Period

_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_PARTS = (
    re.compile(rf"{_YEAR}年?(?:度)?"),
    re.compile(rf"{_YEAR}年?(?P<end>底|末)(?:之?前|以前)?"),
    re.compile(rf"{_YEAR}(?:年|[-./])(?P<month>[0-9]{{1,2}})(?:月份?)?(?:底|末)?(?:之?前|以前)?"),
    # a day counts as its month: the grammar of periods knows no days
    re.compile(rf"{_YEAR}(?:年|[-./])(?P<month>[0-9]{{1,2}})(?:月|[-./])(?P<day>[0-9]{{1,2}})日?(?:之?前|以前)?"),
    re.compile(rf"{_YEAR}年?(?:第?(?P<quarter>[1-4一二三四])季度|Q(?P<q>[1-4]))(?:底|末)?(?:之?前|以前)?"),
    re.compile(rf"{_YEAR}年?(?P<half>上半年|下半年)"),
)
_MONTH_ALONE = re.compile(r"(?P<next>次年|翌年)?(?P<month>[0-9]{1,2})月份?底?")
_JOINTS = re.compile(r"至|到|~|—+|–|-|/")


def written_period(text: str) -> str:
    """Return the period, in the grammar of :mod:`bilan.periods`, that a person wrote; ValueError when there is none.

    The end of a year is its December, a day is its month, a half-year is the month in which it ends.

    >>> [written_period(text) for text in ("2027年底前", "2027.6", "2027年6月30日", "2026-10至2027-03")]
    ['2027-12', '2027-06', '2027-06', '2026-10/2027-03']
    >>> written_period("2021-2025年"), written_period("2026年10月至12月"), written_period("2025年第一季度")
    ('2021/2025', '2026-10/2026-12', '2025Q1')
    """
    text = "".join(unicodedata.normalize("NFKC", text).split())
    single = _part(text)
    if single is not None:
        return str(Period.parse(single))
    for joint in _JOINTS.finditer(text):
        first, last = _part(text[: joint.start()]), _tail(text[: joint.start()], text[joint.end() :])
        if first is not None and last is not None:
            return str(Period.parse("/".join(_alike(first, last))))
    raise ValueError(text)


def _part(text: str) -> str | None:
    """Return one side of a period, None where it is none."""
    for form in _PARTS:
        if (found := form.fullmatch(text)) is not None:
            return _canonical(found.groupdict())
    return None


def _canonical(found: dict[str, str | None]) -> str:
    year = found["year"] or ""
    if quarter := found.get("quarter") or found.get("q"):
        return f"{year}Q{'一二三四'.find(quarter) + 1 or quarter}"
    if month := found.get("month"):
        date(int(year), int(month), int(found.get("day") or 1))  # ValueError: no such day
        return f"{year}-{int(month):02}"
    if found.get("half"):
        return f"{year}-{'06' if found['half'] == '上半年' else '12'}"
    return f"{year}-12" if found.get("end") else year


def _tail(head: str, text: str) -> str | None:
    """Return the end of a run; a month alone belongs to the year at the head, or with 次年 to the next."""
    if (alone := _MONTH_ALONE.fullmatch(text)) and head[:4].isdigit():
        return f"{int(head[:4]) + bool(alone['next'])}-{int(alone['month']):02}"
    return _part(text)


def _alike(first: str, last: str) -> tuple[str, str]:
    """Return both ends of a run in months where only one of them names a month."""
    if len(first) == len(last):
        return first, last
    return (first if "-" in first else f"{first}-01"), (last if "-" in last else f"{last}-12")
