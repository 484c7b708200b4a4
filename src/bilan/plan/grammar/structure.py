"""Chapters, sections and tasks: where each heading stands and what belongs to it.

A task is the lowest numbered or bold heading that carries text of its own; headings above it are sections, and so are
the general parts of a plan (总体要求, 主要目标, 形势 …), whose text is no duty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bilan.plan.grammar.numerals import ordinal

_N = "一二三四五六七八九十"
# rank, mark at the head of a line; a smaller rank stands above
_STYLES: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"第[{_N}百]{{1,4}}[章篇编]|第[{_N}]{{1,3}}部分[:、]?")),
    (2, re.compile(rf"第[{_N}百]{{1,4}}节")),
    (3, re.compile(rf"[{_N}]{{1,3}}[、.](?![{_N}]+[类级星期次批])")),
    (4, re.compile(rf"\([{_N}]{{1,3}}\)[、.]?")),
    (5, re.compile(r"\d{1,3} ?[.、,](?![\d%])")),
    (6, re.compile(r"\(\d{1,2}\)[、.]?|\d{1,2}\)")),
    (7, re.compile(r"[①-⑳]")),
)
_LIST_RANK = 6
_BOLD_RANK = 8
_MAX_TITLE = 60
Marked = tuple[int, int, int | None]  # start, end, level

_GENERAL = re.compile(
    r"^(?:总体)?(?:要求|思路|目标|考虑)$|总体要求|指导思想|(?:基本|工作|实施|编制|规划|遵循"
    r"|总体)?原则$|(?:主要|工作|总体|具体|规划|奋斗|行动|发展|建设|创建"
    r"|远景|阶段性?|约束性|预期性|分年度|攻坚|治理|年度|减排|任务)+目标|目标(?:指标|任务|与指标|和指标"
    r"|体系)?$|目标要求|指标体系|主要指标|目标愿景|战略定位|目的意义|重要意义"
    r"|创建对象|(?:适用|规划|实施|工作|治理|攻坚)(?:范围|期限|对象)|(?:编制|制定|起草)(?:依据|背景"
    r"|说明)|名词解释|有关说明|^总则$|^附则$|^前言$|^序言$|^引言$|^(?:总体|工作|基本)思路$|^工作(?:内容)?要求$"
)
_PAST = re.compile(
    r"形势|现状|成效|成就|进展|回顾|基础$|工作基础|发展基础|背景|机遇|挑战|存在(?:的)?(?:主要)?问题"
    r"|问题与|主要问题|面临|依据|概况|前言|总则|取得"
    r"|规划范围|选划|基准|不足$"
)
_GOALS = re.compile(r"目标|指标")
_CAPTION = re.compile(r"^(?:表|附表|专栏)\s?\d[^\n]*$", re.M)
_VALIDITY = re.compile(r"^本(?:方案|规划|计划|办法|意见|通知|要点|细则)")
_VERBS = (
    "各地、|各有关|坚决|推进|推动|加强|打好|加快|开展|完善|全面|加大|深入|坚持|构建|建立|落实|强化"
    "|实施|提升|健全|严格|积极|大力|优化|培育|组织|持续|聚焦|围绕|突出|统筹|动态|稳步"
    "|巩固|支持|鼓励|引导|探索|制定|编制|以|按照|根据|依托|充分|进一步|着力|实行|推广|扎实|有序|研究|发挥|展望|到20"
)
_VERB_START = re.compile(rf"(?:{_VERBS})")
_KNOWN_TITLES = re.compile(
    r"总体要求(?:和(?:主要)?目标)?|指导思想|基本原则|工作原则|(?:主要|工作|总体|奋斗|具体)目标|(?:主要"
    r"|重点)(?:任务|举措|工作|措施)|保障措施|组织实施|组织保障|工作要求"
)


@dataclass(slots=True)
class Part:
    """A heading with its body; offsets count characters of the repaired text."""

    rank: int
    number: str | None
    title: str
    start: int
    end: int
    body_start: int
    body_end: int
    parent: Part | None = None
    children: list[Part] = field(default_factory=list)
    is_task: bool = False
    is_general: bool = False
    is_past: bool = False
    is_goals: bool = False

    def above(self) -> Iterator[Part]:
        """The parts it stands in, innermost first."""
        part = self.parent
        while part is not None:
            yield part
            part = part.parent


def parts(text: str, marked: Sequence[Marked] = (), tables: Sequence[tuple[int, int]] = ()) -> list[Part]:
    """The headings of the repaired ``text`` in order, linked to each other and told apart as sections and tasks.

    ``marked`` are ranges the layout marks as headings, with their level or None where it only says "bold"; ``tables``
    ranges in which no heading stands.

    >>> text = "一、总体要求\\n好。\\n二、任务\\n(一)河道治理。修好全市管网。\\n(二)大气治理。减排提速。"
    >>> [(p.number, p.title, p.is_task) for p in parts(text)]
    [('一', '总体要求', False), ('二', '任务', False), ('(一)', '河道治理', True), ('(二)', '大气治理', True)]
    """
    found = [p for p in _by_line(text, marked) if not any(a <= p.start < b for a, b in tables)]
    if len(found) < 3 and len(glued := _glued(text)) > len(found):
        found = glued
    _set_bodies(text, found)
    _link(found)
    found = _run_in_heads(text, found)
    _classify(text, found)
    return found


def _set_bodies(text: str, found: list[Part]) -> None:
    """Each body ends where the next heading starts."""
    for part, end in zip(found, [p.start for p in found[1:]] + [len(text)], strict=False):
        part.body_end = end


# --- documents with lines ---------------------------------------------------------------------------------------------


def _by_line(text: str, marked: Sequence[Marked]) -> list[Part]:
    found: list[tuple[Part, int | None]] = []  # with the level that the layout gives it
    notes = False  # under 注: numbered lines explain a table
    layout = {start: (end, level) for start, end, level in marked}
    at = 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        if not line.strip():
            continue
        notes = line.startswith("注:") or (notes and re.match(r"\d[.、]|[①-⑳]|\[", line) is not None)
        part = None if notes else _line_head(line, start)
        end, level = layout.get(start, (start, None))
        if part is None and 2 <= end - start <= _MAX_TITLE:
            title = text[start:end].rstrip("。:. ")
            part = Part(_BOLD_RANK, None, title, start, start + len(title), end, end)
        if part is not None:
            found.append((part, level))
    _rank_by_level(found)
    numbered = next((i for i, (p, _) in enumerate(found) if p.number is not None), 0)
    return [p for p, _ in found[numbered:]]  # marked lines before the first number are the document's own title


def _rank_by_level(found: list[tuple[Part, int | None]]) -> None:
    """Unnumbered headings stand where the layout's levels put them among the numbered ones."""
    ranks: dict[int, int] = {}
    for part, level in found:
        if level is not None and part.number is not None:
            ranks[level] = min(part.rank, ranks.get(level, part.rank))
    for part, level in found:
        if part.number is None and level is not None and ranks:
            above = [rank for known, rank in ranks.items() if known < level]
            part.rank = ranks.get(level, max(above) + 1 if above else min(ranks.values()))


def _line_head(line: str, start: int) -> Part | None:
    for rank, mark in _STYLES:
        m = mark.match(line)
        if m is None:
            continue
        rest = line[m.end() :].lstrip()
        offset = len(line) - len(rest)
        if not rest or not re.match(r"[\u4e00-\u9fff“”\"《(A-Za-z0-9]", rest):
            return None
        length = _title_length(rest, rank)
        if length is None:
            return None
        end = start + offset + length
        number = re.sub(r"^([^()]*?)[ 、.,:]+$", r"\1", m[0].strip())
        return Part(rank, number, rest[:length].strip(), start, end, end, end)
    return None


def _title_length(rest: str, rank: int) -> int | None:
    """Characters of the title at the head of ``rest``; None when this is a list item and no heading."""
    stop = re.search(r"[。:;!?]", rest)
    length = stop.start() if stop else len(rest)
    if rank >= _LIST_RANK:  # (1) and ① head a paragraph only when a short title and then text of its own follow
        runs_in = stop is not None and stop[0] != ";" and len(rest) - stop.end() >= 12 and "," not in rest[:length]
        return length if length <= (26 if runs_in else 30) and (runs_in or stop is None) else None
    if length <= _MAX_TITLE and (stop is None or stop[0] == "。" or "," not in rest[: length - 8]):
        return length
    comma = re.search(r"[,;。:]", rest)
    return min(comma.start() if comma else len(rest), _MAX_TITLE)


# --- documents whose line breaks are lost -----------------------------------------------------------------------------


def _glued(text: str) -> list[Part]:
    """Headings by their sequence: the next number of each style, wherever it stands."""
    found: list[Part] = []
    for m, rank in _glued_marks(text):
        found.append(Part(rank, m[1], "", m.start(), m.end(), m.end(), m.end()))
    for here, end in zip(found, [p.start for p in found[1:]] + [len(text)], strict=False):
        length = _glued_title(text[here.end : end], here.rank)
        here.title = text[here.end : here.end + length].strip()
        here.end += length
        here.body_start = here.end
    return found


_GLUED = {
    3: re.compile(rf"(?<![第{_N}\d(“])([{_N}]{{1,3}})、(?=[^\W\dA-Za-z_])(?![{_N}]+[类级星期次批])"),
    4: re.compile(rf"(\([{_N}]{{1,3}}\))(?=[\u4e00-\u9fff“])"),
    5: re.compile(r"(?<![\d.%年月第-])(\d{1,2}) ?[.,、](?=[\u4e00-\u9fff“])"),
}
_GLUED_BARE = r"(?<=[\u4e00-\u9fff。)])({n})(?={verbs})"
_AFTER_TITLE = re.compile(r"(?:方案|计划|规划|要点|意见|安排|纲要|如下)$")
_BOUNDARY = re.compile(r"[。;!)”\"\n]$")


def _glued_marks(text: str) -> list[tuple[re.Match[str], int]]:
    candidates = sorted(
        ((m, rank) for rank, pattern in _GLUED.items() for m in pattern.finditer(text)), key=lambda c: c[0].start()
    )
    accepted: list[tuple[re.Match[str], int]] = []
    last = {3: 0, 4: 0, 5: 0}
    for m, rank in candidates:
        n = ordinal(m[1]) or 0
        opens = re.match(r"[^。,;]{2,25}\(一\)", text[m.end() : m.end() + 30])
        titled = n == 1 and _AFTER_TITLE.search(text[: m.start()][-4:]) is not None
        if rank == 3 and not opens and not titled and not _BOUNDARY.search(text[: m.start()][-1:] or "\n"):
            continue
        if n == last[rank] + 1 or (n == 1 and rank > 3 and accepted and accepted[-1][1] < rank):
            accepted.append((m, rank))
            last[rank] = n
        elif rank == 5 and n == last[5] + 2 and (bare := _bare_mark(text, accepted, n - 1, m.start())):
            accepted += [(bare, 5), (m, 5)]
            last[5] = n
        elif rank == 5 and n == last[5] + 2 and _lost_one(text, m):
            accepted.append((m, 5))
            last[5] = n
        else:
            continue
        if rank == 3:
            last[4] = 0
            if not any(r == 5 for _, r in accepted):
                last[5] = 0
    return sorted(accepted, key=lambda a: a[0].start())


def _lost_one(text: str, m: re.Match[str]) -> bool:
    """Whether the mark opens a task although the one before it is lost with its text."""
    return _BOUNDARY.search(text[: m.start()][-1:] or "\n") is not None and _VERB_START.match(text, m.end()) is not None


def _bare_mark(text: str, accepted: list[tuple[re.Match[str], int]], n: int, before: int) -> re.Match[str] | None:
    """The number ``n`` without a mark, between the last heading and ``before``."""
    after = max((m.end() for m, rank in accepted if rank == 5), default=0)
    pattern = re.compile(_GLUED_BARE.format(n=n, verbs=f"(?:{_VERBS})"))
    return pattern.search(text, after, before)


def _glued_title(rest: str, rank: int) -> int:
    stop = re.search(r"[。:;!?]", rest)
    length = stop.start() if stop else len(rest)
    if rank < 5 and (known := _KNOWN_TITLES.match(rest)):
        return known.end()
    if rank == 5 or length <= 24:
        return min(length, _MAX_TITLE)
    for m in _VERB_START.finditer(rest, 6, min(length, 40)):
        if not re.search(r"[的和与、和及]$", rest[: m.start()]):
            return m.start()
    comma = rest.find(",")
    return min(x for x in (length, comma if comma > 0 else length, 30))


# --- relations and kinds ----------------------------------------------------------------------------------------------


def _link(found: list[Part]) -> None:
    stack: list[Part] = []
    for part in found:
        part.children = []
        while stack and stack[-1].rank >= part.rank:
            stack.pop()
        part.parent = stack[-1] if stack else None
        if part.parent:
            part.parent.children.append(part)
        stack.append(part)


_RUN_IN = re.compile(r"(?=([^\n]+))((?:[\u4e00-\u9fffA-Za-z0-9“”\"()、/-]){5,28})。(?=[^\n]{15,})")
_ANSWERED = re.compile(r"\([^()]*(?:负责|牵头|参与|局|委|厅|政府|部门|单位)[^()]{0,40}\)。?$")


def _run_in_heads(text: str, found: list[Part]) -> list[Part]:
    """Bold run-in headings that lost their boldness: paragraphs that open with a short sentence and end with a duty."""
    extra: list[Part] = []
    for part in found:
        if part.children or part.rank >= _BOLD_RANK or part.body_end - part.body_start < 80:
            continue
        if _general(part) or "\n" not in text[part.body_start : part.body_end].strip("\n"):
            continue
        if text[part.end : part.end + 1] not in ("\n", ""):
            continue  # the heading runs into its own text
        heads, answered, paragraphs = [], 0, 0
        for m in re.finditer(r"[^\n]+", text[part.body_start : part.body_end]):
            at = part.body_start + m.start()
            paragraphs += 1
            head = _RUN_IN.match(m[0])
            if head:
                heads.append(Part(_BOLD_RANK, None, head[2], at, at + len(head[2]), at + len(head[2]) + 1, 0))
                answered += _ANSWERED.search(m[0].rstrip()) is not None
        if len(heads) >= 2 and len(heads) >= 0.6 * paragraphs and answered >= 0.5 * len(heads):
            extra += heads
    if not extra:
        return found
    merged = sorted([*found, *extra], key=lambda p: p.start)
    _set_bodies(text, merged)
    _link(merged)
    return merged


def _general(part: Part) -> bool:
    return any(_is_general(p) or _is_past(p) for p in (part, *part.above()))


def _is_general(part: Part) -> bool:
    return len(part.title) <= 16 and _GENERAL.search(part.title) is not None


def _is_past(part: Part) -> bool:
    return len(part.title) <= 28 and _PAST.search(part.title) is not None


def _classify(text: str, found: list[Part]) -> None:
    for part in found:
        line = [part, *part.above()]
        part.is_past = any(_is_past(p) and not _GOALS.search(p.title) for p in line)
        part.is_general = _general(part)
        part.is_goals = any(_GOALS.search(p.title) for p in line) and not part.is_past and part.is_general
        own = _CAPTION.sub("", text[part.body_start : part.body_end]).strip("。:; \n")
        sentence = text[part.end : part.end + 1] == "。"  # a numbered sentence is its own text
        part.is_task = (
            not part.children
            and not part.is_general
            and (len(own) >= 4 or sentence)
            and len(part.title) >= 3
            and not _VALIDITY.match(part.title)
        )
