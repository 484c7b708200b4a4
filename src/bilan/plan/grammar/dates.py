"""Dates in a clause: deadlines, baseline years, start years, and the five-year plans that stand for years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bilan.plan.grammar.numerals import number
from bilan.plan.grammar.seasons import season_at, season_run

DateKind = Literal["due", "baseline", "start", "past"]

# the last year of each
FIVE_YEAR_PLANS = {"十一": 2010, "十二": 2015, "十三": 2020, "十四": 2025, "十五": 2030, "十六": 2035}
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}

_YEAR = re.compile(
    r"(?P<pre>截至|截止到?|力争到|确保到|争取到|努力到|到|至|自|从|以|比|较|与|同|相比|相较|对比|于|在)?"
    r"(?:(?P<from>20\d\d年\d{1,2}月)(?:[-~至到]))?(?P<year>20\d\d)(?:年?(?P<dash>[-~至到])(?P<year2>2"
    r"0\d\d))?年(?P<du>度)?"
    r"(?:(?P<month>\d{1,2})月(?:份)?(?:\d{1,2}日)?|(?P<half>上半年|下半年)|第?(?P<quarter>[一二三四])季度)?"
    r"(?P<end>年?[底末]|中)?(?P<before>之前|以前|前|内)?(?P<after>起|开始|以来|以后|后)?"
    r"(?P<base>的?(?:基础上|水平|相比|同期|基数))?"
)
_FIVE = re.compile(
    r"(?P<pre>截至|截止|到|比|较)?[“\"”]?(?P<five>十[一二三四五六])五[”\"“]?(?P<tail>期间|时期|末"
    r"|规划期|以来|期末|收官)?"
)
_MONTH = re.compile(
    r"(?<![\d年.])(?P<month>\d{1,2})月(?:份)?(?:\d{1,2}日)?(?P<end>[底末])?(?P<before>之前|以前|前)?(?![日\d])"
)
_END = re.compile(
    r"(?<![\d\u4e00-\u9fff])?(?:(?:今|本|当)?年?年(?P<end>底|末)(?P<before>之前|以前|前)?"
    r"|(?P<within>年内|(?:今|本|当)年内?))"
)
_HALF = re.compile(r"(?<!年)(?P<half>上半年|下半年)|(?<!年)第?(?P<quarter>[一二三四])季度(?=[末底前内]|,)")


@dataclass(frozen=True, slots=True)
class DateRef:
    """A date at ``start:end`` of the text searched; ``period`` in the grammar of :mod:`bilan.periods`."""

    start: int
    end: int
    period: str
    kind: DateKind
    carries: bool = True  # whether it holds for the clauses that follow; 6月底前 holds for its own


def dates(text: str, year: int | None = None, issued: int | None = None) -> list[DateRef]:
    """The dates that ``text`` names, in order; ``year`` completes months that name none.

    A year before ``issued`` (the year of issue) that no 到 introduces is a past one.

    >>> [(d.period, d.kind) for d in dates("2023年底前,化肥使用量比2020年减少10%")]
    [('2023-12', 'due'), ('2020', 'baseline')]
    >>> [(d.period, d.kind) for d in dates("力争9月底前完成,“十四五”期间,2022年起", 2024)]
    [('2024-09', 'due'), ('2025', 'due'), ('2022', 'start')]
    """
    found: list[DateRef] = []
    for m in _YEAR.finditer(text):
        found.append(DateRef(m.start(), m.end(), _period(m), _kind(m, text, issued)))
    for m in _FIVE.finditer(text):
        past = (
            m["pre"] in ("截至", "截止")
            or m["tail"] == "以来"
            or (issued is not None and FIVE_YEAR_PLANS[m["five"]] < issued)
        )
        bare = m["pre"] is None and m["tail"] is None
        if not bare or past:
            kind: DateKind = "baseline" if m["pre"] in ("比", "较") else "past" if past else "due"
            found.append(DateRef(m.start(), m.end(), str(FIVE_YEAR_PLANS[m["five"]]), kind))
    if year is not None:
        found += _yearless(text, year)
    found.sort(key=lambda d: (d.start, -d.end))
    kept: list[DateRef] = []
    for d in found:
        if not kept or d.start >= kept[-1].end:
            kept.append(d)
    return kept


def _period(m: re.Match[str]) -> str:
    if m["year2"]:
        season = season_at(m.string, m.end())
        return (season_run(season, int(m["year"]), int(m["year2"])) if season else None) or m["year2"]
    year = m["year"]
    last = _month(year, m["month"]) if m["month"] else None
    if m["from"] and last:  # a season that may cross the year
        first = _month(m["from"][:4], m["from"][5:-1])
        return f"{first}/{last}" if first and first <= last else last
    if last:
        return last
    if m["half"]:
        return f"{year}-06" if m["half"] == "上半年" else f"{year}-12"
    if m["quarter"]:
        return f"{year}Q{_QUARTERS[m['quarter']]}"
    return f"{year}-12" if m["end"] and m["end"][-1] in "底末" else year


def _month(year: str, month: str) -> str | None:
    return f"{year}-{int(month):02d}" if 1 <= int(month) <= 12 else None


def _kind(m: re.Match[str], text: str, issued: int | None) -> DateKind:
    if m["base"] or m["pre"] in ("比", "较", "相比", "相较", "对比"):
        return "baseline"
    if m["pre"] in ("与", "同", "以") and re.match(r"年?(?:相比|为基(?:准|数|年|期))", text[m.end() :]):
        return "baseline"
    if m["after"] in ("起", "开始", "以后", "后") or (m["pre"] in ("自", "从") and not m["end"]):
        return "start"
    if m["pre"] in ("截至", "截止", "截止到") or m["after"] == "以来":
        return "past"
    if issued is not None and int(m["year2"] or m["year"]) < issued:
        return "past"
    return "due"


def _yearless(text: str, year: int) -> list[DateRef]:
    found = []
    for m in _MONTH.finditer(text):
        if (m["end"] or m["before"]) and 1 <= int(m["month"]) <= 12:
            found.append(DateRef(m.start(), m.end(), f"{year}-{int(m['month']):02d}", "due", carries=False))
    for m in _END.finditer(text):
        found.append(DateRef(m.start(), m.end(), f"{year}-12" if m["end"] else str(year), "due", carries=False))
    for m in _HALF.finditer(text):
        period = (
            f"{year}Q{_QUARTERS[m['quarter']]}" if m["quarter"] else f"{year}-{'06' if m['half'] == '上半年' else '12'}"
        )
        found.append(DateRef(m.start(), m.end(), period, "due", carries=False))
    return found


_RELATIVE = re.compile(
    r"(?:印发|发布|下发|公布|实施|施行)之日起?(?:的)?(?P<n>\d{1,3}"
    r"|[一二两三四五六七八九十]{1,3})(?:个)?(?P<unit>工作日|月|年|日|天)之?内"
)


def relative(text: str, issued: str | None) -> tuple[int, int, str | None] | None:
    """A deadline counted from the day of issue: its place and its month, None where the day of issue is unknown.

    >>> relative("于本方案印发之日起2个月内报备案", "2026-11-20")
    (4, 13, '2027-01')
    """
    m = _RELATIVE.search(text)
    if m is None:
        return None
    if issued is None or len(issued) < 7:
        return m.start(), m.end(), None
    first = date.fromisoformat(issued if len(issued) == 10 else f"{issued}-01")
    n = int(number(m["n"]))
    if m["unit"] in ("月", "年"):
        months = first.year * 12 + first.month - 1 + n * (12 if m["unit"] == "年" else 1)
        return m.start(), m.end(), f"{months // 12}-{months % 12 + 1:02d}"
    days = n * 7 // 5 if m["unit"] == "工作日" else n
    return m.start(), m.end(), f"{first + timedelta(days=days):%Y-%m}"


def baseline_year(base: str | None, due: str | None) -> str | None:
    """The year that the words ``base`` compare with, for a goal due in the period ``due``.

    >>> [baseline_year(words, "2028") for words in ("比2025年", "较“十四五”末", "同比", None)]
    ['2025', '2025', '2027', None]
    """
    if base is None:
        return None
    if m := re.search(r"20\d\d", base):
        return m[0]
    if m := re.search(r"十[一二三四五]", base):
        return str(FIVE_YEAR_PLANS[m[0]])
    if re.search(r"上一?年|去年|前年|同比", base) and due:
        return str(int(due[:4]) - (2 if "前年" in base else 1))
    return None
