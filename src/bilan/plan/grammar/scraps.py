"""Indicator tables that an extractor left as a run of scraps, one cell a line.

They are read only where the order of the scraps still tells the row: a name, a unit perhaps, exactly one value for the
baseline and one for the target. Everything else is refused and becomes a gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bilan.plan.grammar import lexicon
from bilan.plan.grammar.names import HEAD
from bilan.plan.grammar.tables import Row, cell_goal
from bilan.plan.model import Nature

_CAPTION = re.compile(r"^(?:表|专栏|附表)\s?[\d一二三四五六七八九十-]*[^\n。]{2,50}$", re.M)
_INDICATORS = re.compile(r"指标|目标")
_PAST = re.compile(r"完成情况|“十三五”|现状")
_UNIT = re.compile(
    r"^\(?(?:%|‰|万?吨|万?亩|公顷|平方公里|公里|千米|km2?|个|家|座|处|条|天|µg/m3|微克/立方米"
    r"|万?平方米|亿?立方米|分贝|起/万枚|亿?元|万?元)\)?$"
)
_NATURE = re.compile(r"^(约束性|预期性|指导性)(.*)$")
_VALUE = re.compile(
    r"^(?:[><≥≤]?=?-?[\d.]+(?:%|‰|万?吨|万?亩|公顷|个|家|条|座|天|µg/m3)?(?:以上|以下|以内|左右)?"
    r"|\[[\d.]+\]|[-/—]|[><≥≤][\d.]+%?"
    r"|(?:较|比)20\d\d年[^\W\dA-Za-z_]{2}[\d.]+%?|(?:新增|累计|达到?|下降|降低"
    r"|提高)[\d.]+[%\u4e00-\u9fff]{0,4}|完成[^\W\dA-Za-z_]{0,6}下达[^\W\dA-Za-z_]{0,4}目标"
    r"|达到[^\W\dA-Za-z_]{0,6}考核[^\W\dA-Za-z_]{0,4}要求"
    r"|(?:有效|稳定|总体|持续)(?:保障|保持稳定|向好|提升|改善)|总体保持稳定|稳中向好|不降低|不减少)$"
)
_MAX_SCRAP = 26


@dataclass(slots=True)
class Zone:
    """A table left as scraps: ``start:end`` in the repaired text, caption included."""

    start: int
    end: int
    caption: str
    scraps: int


@dataclass(slots=True)
class _Open:
    name: str
    start: int
    unit: str | None = None
    nature: Nature | None = None
    values: list[tuple[str, int]] = field(default_factory=list)  # text and end


def zones(text: str) -> list[Zone]:
    """The runs of scraps that follow a table's caption."""
    found: list[Zone] = []
    for m in _CAPTION.finditer(text):
        if found and m.start() < found[-1].end:
            continue
        end, scraps = m.end(), 0
        for line in re.finditer(r"[^\n]+", text[m.end() :]):
            if (
                len(line[0]) > _MAX_SCRAP
                or line[0].endswith("。")
                or re.match(r"注:|第.{1,3}[章节]|[一二三四五六七八九十]{1,2}、|\([一二三四五六七八九十]\)", line[0])
            ):
                break
            scraps += 1
            end = m.end() + line.end()
        if scraps >= 8:
            found.append(Zone(m.start(), end, m[0], scraps))
    return found


def scrap_goals(text: str, zone: Zone, due: str | None) -> Iterator[Row]:
    """The rows of a scrap table that can be told apart; offsets count the repaired ``text``.

    >>> t = "表1 主要指标\\n序号\\n2025年\\n现状\\n2030年\\n目标\\n"
    >>> t += "森林覆盖率\\n%\\n40.1\\n41.5\\n农村生活污水治理率\\n31%\\n55%\\n指导性"
    >>> [(r.found.name, r.found.value, r.baseline, r.due) for r in scrap_goals(t, zones(t)[0], "2030")]
    [('森林覆盖率', 41.5, 40.1, '2030'), ('农村生活污水治理率', 55.0, 31.0, '2030')]
    """
    if not _INDICATORS.search(zone.caption) or _PAST.search(zone.caption):
        return
    years: list[str] = []  # of the columns, as the header names them
    row: _Open | None = None
    seen = False
    before = ("", 0)
    for m in re.finditer(r"[^\n]+", text[zone.start : zone.end]):
        scrap, at = m[0], zone.start + m.start()
        if row is not None and len(row.values) == _columns(years) and re.fullmatch(r"\d{1,2}", scrap):
            yield from _close(row, years, due)  # the next row's number
            row = None
        elif row is not None and _take(row, scrap, at):
            continue
        else:
            yield from _close(row, years, due)
            row = None
            if not seen and (year := re.match(r"(20\d\d)年", scrap)) and year[1] not in years:
                years.append(year[1])
            if not re.fullmatch(r"[\d.]{1,3}", scrap):
                row = _open(scrap, at, before)
                seen = seen or row is not None
                before = (scrap, at)
    yield from _close(row, years, due)


def _columns(years: list[str]) -> int:
    return max(2, len(years))


def _take(row: _Open, scrap: str, at: int) -> bool:
    """Whether ``scrap`` belongs to the open row: its nature, its unit or one of its values."""
    if (nature := _NATURE.match(scrap)) and not nature[2]:
        row.nature = "约束性" if nature[1] == "约束性" else "预期性"
        return True
    if _UNIT.match(scrap) and not row.values:
        row.unit = scrap.strip("()")
        return True
    numbering = not row.values and row.unit is None and re.fullmatch(r"\d{1,2}", scrap)
    if _VALUE.match(scrap) and not numbering:
        row.values.append((scrap, at + len(scrap)))
        return True
    return False


def _open(scrap: str, at: int, before: tuple[str, int]) -> _Open | None:
    inner = re.search(r"\(([^()]*(?:%|吨|µg|微克|/|亩|公里|个|天)[^()]*)\)$", scrap)
    name = scrap[: inner.start()] if inner else scrap
    unit = inner[1] if inner else None
    match = lexicon.find(name)
    if match and match.score >= 0.85 and len(name) >= 5:
        return _Open(name, at, unit)
    joined = before[0] + name
    match = lexicon.find(joined)
    if before[0] and len(before[0]) >= 4 and match and match.score >= 0.9 and HEAD.search(joined):
        return _Open(joined, before[1], unit)
    return _Open(name, at, unit) if HEAD.search(name) and len(name) >= 6 else None


def _close(row: _Open | None, years: list[str], due: str | None) -> Iterator[Row]:
    """The goals of a row that has a value for each column: the first is the baseline, the others are goals."""
    if row is None or len(row.values) != _columns(years):
        return
    base, *goals = row.values
    dues = years[1:] if len(years) == len(row.values) else [due]
    for (goal, end), when in zip(goals, dues, strict=True):
        made = cell_goal(row.name, goal, base[0], row.unit)
        if made is not None:
            found, baseline, base_year = made
            found.confidence = 0.6
            yield Row(found, row.start, end, when, base_year, baseline, row.nature)


# One row a line: 19.森林覆盖率(%) 24 25 预期性 …
_ROW = re.compile(
    r"^(?:[^\W\dA-Za-z_]{2,8}\s?)??(?:\d{1,2}[.、]\s?)?(?P<name>[\u4e00-\u9fffA-Za-z(][^\s\n]{3,40}?)"
    r"(?:\((?P<unit>[^()\d]*)\))?\s?"
    r"(?P<base>[-—/]|[\d.]+%?)\s?(?P<goal>[><≥≤]?=?[\d.]+%?"
    r"|完成[^\W\dA-Za-z_]{1,6}下达[^\W\dA-Za-z_]{0,4}?(?:目标|任务)\*?|不降低|不减少|稳中向好|达到[\d.]+[^\n]{0,12}?)"
    r"\s?(?P<nature>约束性|预期性|指导性)",
    re.M,
)


_MAX_ROW = 160  # characters of a line that can be one row


def _rows(text: str) -> Iterator[re.Match[str]]:
    for line in re.finditer(r"[^\n]+", text):
        if len(line[0]) <= _MAX_ROW and "性" in line[0] and (m := _ROW.match(text, line.start(), line.end())):
            yield m


def row_lines(text: str) -> list[tuple[int, int]]:
    """The lines of ``text`` that are rows of an indicator table."""
    ends = ((m.start(), text.find("\n", m.end())) for m in _rows(text))
    return [(start, end if end >= 0 else len(text)) for start, end in ends]


def row_goals(text: str, due: str | None) -> Iterator[Row]:
    """The goals in rows that stand on one line each; offsets count the repaired ``text``.

    >>> row, = row_goals("19.森林覆盖率(%)24 25预期性市林业局", "2030")
    >>> row.found.name, row.found.value, row.baseline, row.nature
    ('森林覆盖率', 25.0, 24.0, '预期性')
    """
    for m in _rows(text):
        made = cell_goal(m["name"], m["goal"].rstrip("*"), m["base"], m["unit"])
        if made is None or not (HEAD.search(m["name"]) or lexicon.find(m["name"])):
            continue
        found, baseline, base_year = made
        found.confidence = 0.7
        nature: Nature = "约束性" if m["nature"] == "约束性" else "预期性"
        yield Row(found, m.start("name"), m.end("goal"), due, base_year, baseline, nature)
