"""From the parts of a plan to its targets: every clause with its date, its subject and its goals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bilan.plan.grammar import lexicon
from bilan.plan.grammar.clauses import HIDDEN, Clause, clauses, hide
from bilan.plan.grammar.dates import DateRef, baseline_year, dates, relative
from bilan.plan.grammar.found import Found
from bilan.plan.grammar.goals import number_goals
from bilan.plan.grammar.head import Head
from bilan.plan.grammar.implied import implied_goals
from bilan.plan.grammar.names import ACTION
from bilan.plan.grammar.places import by_place, without_place
from bilan.plan.grammar.regions import PlanRegion
from bilan.plan.grammar.seasons import SEASON, season_in
from bilan.plan.grammar.structure import Part
from bilan.plan.model import DueSource

_SOFT = re.compile(r"力争|争取")
_PAST = re.compile(r"目前|现有|现状|截至|截止|与去年相比|以来|上年度")
_DONE = re.compile(r"已(?:经)?(?:累计)?(?:完成|建成|达到|实现|有|投)[^,]*\d")
_MILESTONE = re.compile(
    r"(?:(?:全面|基本|初步|率先|按期|如期)*(?:完成|建成|建立|形成|出台|印发|发布|编制|制定|启动|开展"
    r"|达到|实现|投产|投运|运行|开工|竣工|通车|确定|划定|淘汰|退出|关停|构建|打造|制订|修订|投用|上线))"
)
_LIST_ITEM = re.compile(r"\d.*|[\u4e00-\u9fff“”()、]{2,16}\d[\d.]*[^\d]{1,12}")  # …,人工种草20万亩,改良草原8万亩
_BRACKETED_DATE = 4  # characters beside the date in a bracket that only dates
_LEANING = 8  # characters; a longer name stands by itself
_EMPTY = re.compile(rf"力争|争取|努力|确保|期间|{SEASON}")  # what a clause that only dates may say beside
_WHOLE_YEAR = re.compile(r"全年|年均|年度")
_COUNTED = re.compile(r"^[个家户条座台辆处项起件]$")
_RECUR = re.compile(  # 年均浓度 is the mean of a year: what it falls by, it does not fall by each year
    r"每(?:年度?|季度|月|周|日|个[^\W\dA-Za-z_]{1,4}|[县市区]|村|\d年)|年均(?!浓度|值|质量浓度|水平)|逐年"
)
_EVERY = re.compile(r"每(?:年|季|月|周|日|\d年)")
_FAR = re.compile(r"从长远看|长远来看|从长远来看|今后一个时期")  # a date left open on purpose
_STANDING = re.compile(r"(?:长期|常年)(?:稳定)?(?:坚持|保持|维持)")  # never done, not even with the plan
_SCOPE = re.compile(
    r"^(?P<scope>每个[^\W\dA-Za-z_]{1,4}|(?:地级|县级|设区市|省级)(?:及以上)?(?:城市"
    r"|工业园区)?(?:建成区)?|全(?:省|市|县|区|州)|辖区"
    r"|[\u4e00-\u9fffX]{1,8}?(?:流域|水库|海域|湾区|湾)|[\u4e00-\u9fffX]{1,4}?(?:河|江|湖)(?=干流|支流"
    r"|国考|省考|国控|省控|断面|水质))"
)

_PLACE = re.compile(r"[^\W\dA-Za-z_]{2,6}[市县区旗州]")  # 其中临江区达到50%: the indicator is the one said before


@dataclass(slots=True)
class Promise:
    """A goal with its place and date; ``start:end`` in the repaired text."""

    found: Found
    start: int
    end: int
    clause: tuple[int, int]
    part: Part | None
    due: str | None
    source: DueSource | None
    baseline: str | None = None
    season: str | None = None
    recurrence: str | None = None
    scope: str | None = None


@dataclass(slots=True)
class _Context:
    region: PlanRegion
    due: DateRef | None = None
    sentence: int = -1
    subject: str = ""
    past: bool = False
    far: bool = False
    fresh: bool = False  # the clause before is nothing but a date
    soft: bool = False  # 力争到2027年, …: said of the whole sentence
    dated_here: bool = False  # the date stands in this sentence
    passed: bool = False  # a clause without a goal stands before in this sentence
    verb_led: bool = False  # the clause before ordered a count
    last_name: str = ""
    said: str = ""  # the indicator named last in this sentence
    season: str | None = None  # 到2027年采暖季, …: said of the whole sentence
    standing: bool = False
    offered: list[DateRef] = field(default_factory=list)  # the dates of a clause that is nothing else

    def begin(self, sentence: int) -> None:
        """Forget what was said of the sentence before; its date may hold on, but a winter dates its own only."""
        self.sentence, self.subject, self.said, self.season = sentence, "", "", None
        self.dated_here = self.past = self.passed = self.verb_led = False
        self.far = self.soft = self.standing = False
        if self.due is not None and "/" in self.due.period:
            self.due = None


def promises(
    text: str, parts: list[Part], head: Head, region: PlanRegion, skip: Sequence[tuple[int, int]] = ()
) -> Iterator[Promise]:
    """The goals of the repaired ``text`` in order, results of the last period and the ranges in ``skip`` left out.

    ``region`` is that of the plan; a goal that names a district of it is the district's.
    """
    text = _blanked(text, skip)
    opening = _part(text, 0, parts[0].start if parts else len(text), None, head, region)
    # Before the first heading a plan describes itself; only what it dates there is promised.
    yield from (p for p in opening if not parts or p.source in ("explicit", "inherited"))
    for part in parts:
        if part.is_past:
            continue
        start = part.body_start
        if not part.children and (len(part.title) > 20 or "," in part.title):
            start = part.end - len(part.title)
        yield from _part(text, start, part.body_end, part, head, region)


def _blanked(text: str, ranges: Sequence[tuple[int, int]]) -> str:
    """``text`` with the ranges, which may overlap, hidden line by line; the length stays."""
    pieces, at = [], 0
    for start, end in sorted(ranges):
        if end > at:
            pieces += [text[at : max(at, start)], re.sub(r"[^\n]", HIDDEN, text[max(at, start) : end])]
            at = end
    return "".join([*pieces, text[at:]])


def _part(text: str, start: int, end: int, part: Part | None, head: Head, region: PlanRegion) -> Iterator[Promise]:
    context = _Context(region)
    shown = hide(text[start:end])
    at = 0
    for paragraph in shown.split("\n"):
        if paragraph.strip() and not re.match(
            r"注:|资料来源|(?:\d|[①-⑳])[.、]?[^\W\dA-Za-z_]{2,20}(?:指|是指)", paragraph
        ):
            if part is None or not (part.is_goals or part.is_general):
                context.due = None
            yield from _paragraph(text, paragraph, start + at, part, head, context)
        at += len(paragraph) + 1


def _paragraph(
    text: str, paragraph: str, offset: int, part: Part | None, head: Head, context: _Context
) -> Iterator[Promise]:
    context.sentence = -1
    for clause in clauses(paragraph):
        found = dates(clause.text, head.year, head.issued_year)
        if clause.sentence != context.sentence:
            context.begin(clause.sentence)
        context.far = context.far or _FAR.search(clause.text) is not None
        context.standing = context.standing or _STANDING.search(clause.text) is not None
        due = [d for d in found if d.kind == "due"]
        past = [d for d in found if d.kind == "past"]
        if not clause.inner:
            if due and not past:
                context.due, context.dated_here, context.past = due[-1] if len(due) == 1 else due[0], True, False
            elif (past and not due) or _PAST.search(clause.text) or _DONE.search(clause.text):
                context.past = True
        made: list[Promise] = []
        if not context.past or (clause.inner and due):
            made = list(_clause(text, clause, found, offset, part, head, context))
            yield from made
            if made:
                context.last_name = made[-1].found.name
                context.said = without_place(context.last_name, context.region)
            if not clause.inner:
                bare = _EMPTY.sub("", _without(clause.text, found)).strip(f"{HIDDEN},、")
                context.season = context.season if bare else season_in(clause.text) or context.season
                context.fresh = bool(due) and not bare
                context.offered = due if context.fresh else []
                context.soft = context.soft or (context.fresh and _SOFT.search(clause.text) is not None)
                context.passed = context.passed or not (made or context.fresh)
                context.verb_led = any(p.found.kind == "task_quantity" or p.found.ordered for p in made)
        if due and clause.inner and len(clause.text) <= due[-1].end - due[0].start + _BRACKETED_DATE:
            context.due, context.dated_here = due[-1], True  # 秋冬季期间(2026年10月-2027年3月)
        if due and not clause.inner:
            context.due = due[-1] if due[-1].carries or context.fresh else None
        if not clause.inner:
            own = _without(clause.text, found)
            if len(own.strip("\x00")) >= 3:
                context.subject = made[0].found.name if len(made) == 1 and made[0].found.value is not None else own


def _clause(
    text: str, clause: Clause, found: list[DateRef], offset: int, part: Part | None, head: Head, context: _Context
) -> Iterator[Promise]:
    own = _without(clause.text, found)
    soft = _SOFT.search(clause.text) is not None or context.soft
    subject = context.last_name if clause.inner else context.subject
    led = context.verb_led and (clause.inner or _LIST_ITEM.fullmatch(clause.text) is not None)
    goals = number_goals(clause.text, subject, found, soft=soft, verb_led=led)
    if not goals and not clause.inner:
        goals = [_shifted(g, own) for g in implied_goals(own, context.subject)]
    due = [d for d in found if d.kind == "due"]
    dated = bool(due) or context.fresh
    if not goals and dated and not clause.inner and (m := _MILESTONE.search(own)) and len(own.strip("\x00")) >= 6:
        after = m.end() < len(own)
        goals = [_milestone(clause.text, own, slice(m.end(), None) if after else slice(m.start()))]
    counted = relative(own, head.issued) if not goals else None
    if counted is not None:
        goals = [_milestone(clause.text, own, slice(counted[1], None))]
    if not due:
        _pair_off(goals, context.offered)
    for goal, district in by_place(goals, context.said, context.region):
        place = _PLACE.fullmatch(goal.name) if context.said and goal.kind == "target" else None
        said = place or (district and goal.name == context.said)
        goal.name = context.said if said else _completed(goal.name, context.last_name)
        if goal.date is not None and goal.date.kind == "past":
            continue
        recurrence = m[0] if (m := _RECUR.search(clause.text)) else None
        recurs = recurrence is not None and _EVERY.match(recurrence) is not None and not context.dated_here
        when, source = _due(goal, due, part, head, context, recurs=recurs, undated=context.far)
        if (
            goal.kind == "task_quantity"
            and part is not None
            and part.is_goals
            and goal.unit
            and not _COUNTED.search(goal.unit)
        ):
            goal.kind = "target"  # among the goals an amount is a state to reach
        goal.soft = goal.soft or soft
        start, end = offset + clause.start + goal.start, offset + clause.start + goal.end
        while start < end and text[start] in "、,;。和及与 \n":
            start += 1
        if counted is not None:
            when, source = counted[2], "relative"
        scope = _SCOPE.match(goal.name)
        yield Promise(
            goal,
            start,
            end,
            (offset + clause.start, offset + clause.end),
            part,
            when,
            source,
            baseline=baseline_year(goal.base, when),
            season=season_in(clause.text) or (None if _WHOLE_YEAR.search(clause.text) else context.season),
            recurrence=recurrence,
            scope=place[0] if place else scope["scope"] if scope and not ACTION.match(scope["scope"]) else district,
        )


def _pair_off(goals: list[Found], offered: list[DateRef]) -> None:
    """到2027年、2030年,优良天数比率分别达到…: as many dates as figures of one indicator pair off in order."""
    if len(goals) == len(offered) > 1 and len({goal.name for goal in goals}) == 1:
        for goal, when in zip(goals, offered, strict=True):
            goal.date = when


def _completed(name: str, before: str) -> str:
    """A name that leans on the goal before it: 农村生活垃圾无填埋,无害化处理率达到98%."""
    known = lexicon.find(name)
    if not before or len(name) > _LEANING or (known is not None and known.score >= 0.9):
        return name
    return lexicon.complete(name, before) or name


def _without(text: str, found: list[DateRef]) -> str:
    """``text`` with its deadlines hidden; baseline years stay, the predicate needs them."""
    for d in found:
        if d.kind != "baseline":
            text = text[: d.start] + HIDDEN * (d.end - d.start) + text[d.end :]
    return text


def _shifted(goal: Found, own: str) -> Found:
    lead = len(own) - len(own.lstrip("\x00、,和及与"))
    goal.start, goal.end = lead, len(own.rstrip("\x00"))
    return goal


def _milestone(clause: str, own: str, act: slice) -> Found:
    """A dated act without a number, named by what is done; ``own`` is ``clause`` with its dates hidden."""
    name = _shown(clause[act], own[act]) or _shown(clause, own)
    return Found(0, len(clause), name[:60], "milestone", "=", None, None, "qualitative", confidence=0.7)


def _shown(text: str, hidden: str) -> str:
    """``text`` without the dates at its ends; one in the middle belongs to the name: 生态状况2015-2020年变化调查."""
    start = len(hidden) - len(hidden.lstrip(f"{HIDDEN}、,"))
    end = len(hidden.rstrip(f"{HIDDEN}、,"))
    return text[start:end].replace(HIDDEN, "")


def _due(
    goal: Found, due: list[DateRef], part: Part | None, head: Head, context: _Context, *, recurs: bool, undated: bool
) -> tuple[str | None, DueSource | None]:
    own = goal.date or (due[-1] if due else None)
    if own is not None:
        return own.period, "explicit"
    if recurs:
        return None, "recurring"
    if undated:
        return None, None
    goals = part is not None and (part.is_goals or part.is_general)
    carried = not context.passed and context.due is not None and len(context.due.period) == len("2025")
    if context.due is not None and (context.dated_here or goals or carried):
        source: DueSource = "section" if goals else "inherited"
        return context.due.period, ("explicit" if context.fresh else "inherited") if context.dated_here else source
    if context.standing:
        return None, None
    return head.due, "document" if head.due else None
