"""What the head of the document says about itself: title, number, issuer, day of issue, period, superior documents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from bilan.plan.grammar.dates import FIVE_YEAR_PLANS, dates
from bilan.plan.grammar.numerals import number

_KIND = r"(?:规划|方案|计划|要点|安排|意见|通知|纲要|清单|办法|行动|细则|任务书|责任书|措施|指引|目标任务)"
_TITLE_LINE = re.compile(rf"^[^,。;:]{{4,60}}{_KIND}(?:\((?:[^()]*|征求意见稿|试行)\))?$")
_NUMBER = re.compile(r"^\(?([^\W\dA-Za-z_]{1,12}(?:〔|\[)20\d\d(?:〕|\])\d+号)\)?$", re.M)
_DATE_LINE = re.compile(r"^(20\d\d)年(\d{1,2})月(\d{1,2})日$", re.M)
_DATE_HANZI = re.compile(
    r"^(二〇[一二三四五六七八九〇]{2})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})日)?$", re.M
)
_ISSUED_AS = re.compile(
    r"现将《([^《》]{6,60})》|《([^《》]{6,60})》(?:\([^()]*\))?[^。《》]{0,40}现(?:予以)?(?:印发|下发)"
)
_BASIS = re.compile(
    r"(?:根据|依据|按照|贯彻落实|落实|遵照|对照)(?P<list>(?:[^。《》]{0,30}《[^《》]{4,60}》(?:\([^()]*\))?)+)"
)
_NAMED = re.compile(r"《([^《》]{4,60})》")
_ISSUER = re.compile(r"^([^\W\dA-Za-z_]{2,30}(?:人民政府|委员会|办公厅|办公室|厅|局|领导小组|委))(?:办公[厅室])?$")
_PERIOD_YEARS = re.compile(r"(20\d\d)年?[-~至到](20\d\d)年?")
_FIVE = re.compile(r"[“\"]?(十[一二三四五六])五[”\"]?")
_TERM = re.compile(r"(?:规划|实施|计划|方案)(?:期限|期|年限)(?:为|:|是)?(20\d\d)年?[-~至到](20\d\d)年")


@dataclass(slots=True)
class Head:
    """The plan about itself; ``year`` is that of a yearly plan, ``due`` what its title sets for undated goals."""

    title: str | None = None
    number: str | None = None
    issuer: str | None = None
    issued: str | None = None
    period: str | None = None
    superior: list[str] = field(default_factory=list)
    year: int | None = None
    due: str | None = None

    @property
    def issued_year(self) -> int | None:
        """The year of issue."""
        return int(self.issued[:4]) if self.issued else None


def read_head(text: str, first_heading: int, *, title: str | None = None, issued: str | None = None) -> Head:
    """The head of the repaired ``text``, whose first heading stands at ``first_heading``.

    >>> h = read_head("清河市2026年生态环境保护工作要点\\n一、目标\\n…", 18)
    >>> h.title, h.year, h.due
    ('清河市2026年生态环境保护工作要点', 2026, '2026')
    """
    top = text[: max(first_heading, 0)] or text[:2000]
    head = Head(title=title or _title(top), issued=issued)
    if (m := _NUMBER.search(text[:3000])) is not None:
        head.number = m[1]
    head.issued = issued or _issued(text)
    head.issuer = _issuer(top)
    head.superior = _superior(top if len(top) > 60 else text[:1500])
    _terms(head, text)
    return head


def _title(top: str) -> str | None:
    if (m := _ISSUED_AS.search(top)) is not None:
        return m[1] or m[2]
    lines = [line.strip() for line in top.split("\n")]
    candidates = [
        (i, line) for i, line in enumerate(lines) if _TITLE_LINE.match(line) and not re.match(r"[(《]|附件|目录", line)
    ]
    for i, (a, b) in enumerate(pairwise(lines)):
        if _opens_title(a, b):
            candidates = [c for c in candidates if c != (i + 1, b)] + [(i + 1, a + b)]
    if not candidates:
        glued = re.search(rf"(?:^|\n)([^,。;:\n]{{4,60}}?{_KIND}(?:\([^()]*\))?)(?=为|根据|按照|一、|\n|$)", top)
        return glued[1] if glued else None
    own = [c for c in candidates if not re.search(r"通知$", c[1])]
    chosen = max(own, key=lambda c: (len(c[1]) >= 10, c[0])) if own else candidates[0]
    return re.sub(r"^.*?关于印发《?|》?的通知$", "", chosen[1])


def _opens_title(line: str, following: str) -> bool:
    """Whether ``line`` is the first half of a title that is broken over two lines."""
    if not line or not following or len(line) > 30 or re.search(r"[。,;:!?]|\d日$|号\)?$", line):
        return False
    whole = _TITLE_LINE.match(line + following) and not _TITLE_LINE.match(line)
    return bool(whole) and re.search(r"[省市县区州会厅局府]|20\d\d|关于", line) is not None and not _ISSUER.match(line)


def _issued(text: str) -> str | None:
    for part in (text[:4000], text[-1500:]):
        for line in (_DATE_LINE, _DATE_HANZI):
            if (m := line.search(part)) is not None and (day := _day(*(number(n) for n in m.groups() if n))):
                return day
    return None


def _day(year: float, month: float, day: float | None = None) -> str | None:
    """The day, or the month where no day is named; None for one that no calendar has."""
    try:
        first = date(int(year), int(month), int(day or 1)).isoformat()
    except ValueError:
        return None
    return first if day is not None else first[:7]


def _issuer(top: str) -> str | None:
    lines = [line.strip() for line in top.split("\n")]
    for i, line in enumerate(lines):
        if _DATE_LINE.match(line) and i and _ISSUER.match(lines[i - 1]):
            first = i - 1
            while first and _ISSUER.match(lines[first - 1]):
                first -= 1
            return lines[first]
    for line in lines:
        if m := _ISSUER.match(line):
            return m[1]
    m = re.search(
        r"(?:^|\n)([^\W\dA-Za-z_]{2,25}?(?:人民政府|委员会|办公厅|办公室|厅|局))(?:办公[厅室])?(?:关于)?印发", top
    )
    return m[1] if m else None


def _superior(top: str) -> list[str]:
    named: list[str] = []
    for m in _BASIS.finditer(top):
        named += [n for n in _NAMED.findall(m["list"]) if n not in named]
    return named[:12]


def _terms(head: Head, text: str) -> None:
    title = head.title or ""
    if (m := _PERIOD_YEARS.search(title)) or (m := _TERM.search(text)):
        head.period, head.due = f"{m[1]}/{m[2]}", m[2]
    elif m := _FIVE.search(title):
        last = FIVE_YEAR_PLANS[m[1]]
        head.period, head.due = f"{last - 4}/{last}", str(last)
    else:
        years = {d.period for d in dates(title)}
        if len(years) == 1 and re.fullmatch(r"20\d\d", year := years.pop()):
            head.year, head.period, head.due = int(year), year, year
