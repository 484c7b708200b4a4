"""Goals with a number: how a clause binds indicators, comparators and quantities to each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bilan.plan.grammar import lexicon
from bilan.plan.grammar.clauses import HIDDEN
from bilan.plan.grammar.comparators import compare
from bilan.plan.grammar.counts import CountPlace, count_goals
from bilan.plan.grammar.dates import DateRef
from bilan.plan.grammar.found import Found
from bilan.plan.grammar.names import ACTION, HEAD, clean, order_start, split, top_level
from bilan.plan.grammar.predicates import Predicate, peel
from bilan.plan.grammar.quantities import Quantity, quantities
from bilan.plan.grammar.thresholds import no_goal

_JOINS = re.compile(r"[、,和与及]|以及|和|或|至|,?到|\(含\)")
_DAYS = re.compile(r"天数|日数|污染天气?")
_MAX_GROUPS = 40  # a clause with more numbers is a table that lost its cells, not a sentence
_FULL_NAME = 6  # characters; a shorter conjunct leans on the next one
_PERCENT = frozenset({"%", "百分点", "‰"})
_CHANGE = re.compile(r"(?:(?P<less>减少|降低|削减|压减|压缩|缩减)|提高|提升|增加(?!值)|扩大)(?P<what>.+)")
_BESIDE_CHANGE = frozenset({"firm", "soft", "each", "in_turn", "about", "at_least", "above"})
_RATE = re.compile(r"(?:率|比例|比率|占比|比重|比|度|水平)(?:\([^()]*\))?$")
_BARE = re.compile(r"(?:系数|指数|EQI\)?|得分|分值|评分|级别?)$")


@dataclass(slots=True)
class _Group:
    """Quantities that stand together: 45.8%和45.22%."""

    items: list[Quantity]
    left: int  # where the text that may belong to it begins
    right: int  # where the text after it ends

    @property
    def start(self) -> int:
        return self.items[0].start

    @property
    def end(self) -> int:
        return self.items[-1].end


def number_goals(
    text: str, subject: str, dated: Sequence[DateRef], *, soft: bool = False, verb_led: bool = False
) -> list[Found]:
    """The goals with a number in one clause.

    ``text`` is the clause (brackets hidden), ``subject`` the words of the clause before, for a clause that names none,
    ``dated`` the dates in the clause; ``verb_led`` says that an action of the clause before still holds.

    >>> goals = number_goals("化肥利用率、农药利用率分别达到43.6%和44.15%", "", [])
    >>> [(g.name, g.operator, g.value, g.unit) for g in goals]
    [('化肥利用率', '>=', 43.6, '%'), ('农药利用率', '>=', 44.15, '%')]
    >>> [(g.name, g.kind, g.value) for g in number_goals("建设30家左右节水企业和120家节水单位", "", [])]
    [('节水企业', 'task_quantity', 30.0), ('节水单位', 'task_quantity', 120.0)]
    """
    groups = _groups(text, dated)
    if len(groups) > _MAX_GROUPS:
        return []
    goals: list[Found] = []
    for i, group in enumerate(groups):
        left = text[group.left : group.start]
        for d in dated:
            if group.left <= d.start and d.end <= group.start and d.kind != "baseline":
                left = left.replace(text[d.start : d.end], HIDDEN * (d.end - d.start))
        right = text[group.end : group.right]
        shared = text[groups[-1].end : groups[-1].right] if i < len(groups) - 1 else ""
        if i and groups[i - 1].end == group.start:
            continue  # 9条115.56公里: the second measures the first
        if i + 1 < len(groups) and groups[i + 1].start == group.end:
            right = text[groups[i + 1].end : groups[i + 1].right]
        if i + 1 < len(groups) and _counts_scope(group, groups[i + 1], text):
            continue
        found = _bind(group, left, right, shared, subject if i == 0 else "", verb_led)
        verb_led = verb_led or any(g.kind == "task_quantity" for g in found)
        for g in found:
            g.soft = g.soft or soft
            g.date = _own_date(group, dated, found, g)
        goals += found
    return goals


def _groups(text: str, dated: Sequence[DateRef]) -> list[_Group]:
    inside = [(d.start, d.end) for d in dated]
    items = [
        q
        for q in quantities(text)
        if (q.kind != "duration" or (q.unit in ("天", "日") and _DAYS.search(text[: q.start])))
        and not any(a <= q.start < b for a, b in inside)
        and no_goal(text, q) is None
    ]
    groups: list[_Group] = []
    for q in items:
        last = groups[-1] if groups else None
        if last and _JOINS.fullmatch(text[last.end : q.start]) and last.items[-1].kind in (q.kind, "bare"):
            if last.items[-1].kind == "bare":  # 53和32微克/立方米: the unit stands once
                last.items = [replace(i, unit=q.unit, kind=q.kind) for i in last.items]
            last.items.append(q)
        else:
            groups.append(_Group([q], 0, len(text)))
    for a, b in pairwise(groups):
        between = text[a.end : b.start]
        # A noun right after a count belongs to it; a list mark ends it.
        cut = re.search(r"[、和及](?!其)|以及|并", between)
        a.right = a.end + cut.start() if cut else b.start
        b.left = a.right if cut else a.end
    return groups


def _bind(group: _Group, left: str, right: str, shared: str, subject: str, verb_led: bool) -> list[Found]:
    """The goals of one group of quantities, by what stands around it: a subject, a share of something, an action."""
    q = group.items[0]
    predicate = peel(left)
    rest = predicate.rest.strip("、和及与,")
    noun_follows = re.match(r"(?:的)?[\u4e00-\u9fff“]{2,}", right) is not None
    inherited = not clean(rest) and bool(subject) and (bool(predicate) or (q.unit in _PERCENT and not noun_follows))
    if inherited:
        rest = subject
    rest = _ordered_change(rest, predicate, q)
    name = clean(rest)
    compared = bool(predicate.kinds - {"firm", "soft", "each", "in_turn", "about"}) or "为" in predicate.words
    if q.kind == "bare" and not (compared and _BARE.search(name)):
        return []
    if compared and name and not _counts_something(right, q, predicate, rest):
        return _levels(group, predicate, rest, name, inherited)
    if q.unit in _PERCENT:
        return _shares(group, predicate, name, right, inherited)
    stated = HEAD.search(name) and not ACTION.match(order_start(rest)) and not right.strip(HIDDEN)
    if q.kind == "measured" and stated:
        return _levels(group, predicate, rest, name, inherited)
    counted = CountPlace(group.items, group.left, group.right, predicate, rest, right, shared, verb_led, clean(subject))
    return count_goals(counted)


def _ordered_change(rest: str, predicate: Predicate, q: Quantity) -> str:
    """What an order to change it by ``q`` stands before: 减少化肥使用量1%; the order becomes part of the predicate.

    A percentage after a rate may be the level to reach (提高回用率30%), so that only points of it are a change.
    """
    m = _CHANGE.fullmatch(order_start(rest))
    if m is None or q.unit not in ("%", "百分点") or predicate.kinds - _BESIDE_CHANGE or not HEAD.search(m["what"]):
        return rest
    if q.unit == "%" and _RATE.search(m["what"]):
        return rest
    predicate.kinds.add("decrease" if m["less"] else "increase")
    return m["what"]


def _counts_scope(group: _Group, following: _Group, text: str) -> bool:
    """44个断面优良比例达到93%: the count says of what the share is taken."""
    if group.items[0].kind != "counted" or following.items[0].unit not in _PERCENT:
        return False
    between = peel(text[group.end : following.start])
    return HEAD.search(between.rest) is not None and "、" not in between.rest


def _counts_something(right: str, q: Quantity, predicate: Predicate, rest: str) -> bool:
    """Whether a noun stands right after the number, so that the words before it are a verb: 新增40家绿色工厂."""
    if q.unit in _PERCENT:
        return False
    noun = re.match(r"[\u4e00-\u9fff“]{2,}", right)
    if noun is None or re.match(r"(?:以上|左右|的(?:目标|水平|要求|任务)|目标|水平|标准|要求)", right):
        return False
    return not (predicate.kinds & {"up_to", "down_to", "keep", "control"}) or not HEAD.search(clean(rest))


# --- subject, predicate, value ----------------------------------------------------------------------------------------


def _levels(group: _Group, predicate: Predicate, rest: str, name: str, inherited: bool) -> list[Found]:
    values = group.items
    names = _names(name, len(values), predicate)
    if len(names) == len(values):
        pairs = list(zip(names, values, strict=True))
    elif len(values) == 1:
        pairs = [(n, values[0]) for n in names]
    else:
        pairs = [(name, v) for v in values]
    start = group.start - len(predicate.words) if inherited else group.left
    ordered = ACTION.match(order_start(rest)) and "up_to" not in predicate.kinds
    found = []
    for n, q in pairs:
        goal = Found(start, group.end, n, "target", "=", q.value, q.unit, "number", q.value_max)
        compare(goal, predicate, q)
        if q.kind == "counted" and ordered:
            goal.kind = "task_quantity"
        goal.confidence = 0.8 if inherited else 0.95
        found.append(goal)
    return found


def _names(name: str, values: int, predicate: Predicate) -> list[str]:
    """The indicators that ``values`` numbers belong to: 分别 pairs them off, 各 gives each the same."""
    conjuncts = split(name)
    if len(conjuncts) < 2:
        pair = lexicon.twins(name)
        return list(pair) if pair and values <= 2 else [name]
    if values > 1:
        return conjuncts[-values:] if len(conjuncts) >= values else [name]
    if predicate.kinds & {"each", "in_turn"}:
        return conjuncts
    whole = lexicon.find(name)
    if whole is not None and whole.score >= 1:
        return [name]
    if all(HEAD.search(c) and len(c) >= _FULL_NAME for c in top_level(name)):
        return conjuncts  # each is a full name of its own
    codes = {m.indicator.code for c in conjuncts if (m := lexicon.find(c))}
    return conjuncts if len(codes) == len(conjuncts) and all(HEAD.search(c) for c in conjuncts) else [name]


# --- shares -----------------------------------------------------------------------------------------------------------


def _shares(group: _Group, predicate: Predicate, name: str, right: str, inherited: bool) -> list[Found]:
    """A rate without a comparator, or a share that stands before its subject: 60%以上的工程要确定目标."""
    q = group.items[0]
    after = re.match(r"(?:的)?([\u4e00-\u9fff“”]{2,})", right.strip(HIDDEN))
    rate = bool(name) and (HEAD.search(name) is not None or lexicon.find(name) is not None)
    closes = after is None or re.match(r"(?:的)?(?:目标|以上|左右|水平|任务|比例|速度|幅度)", right) is not None
    if closes:
        stated = rate or any(word in predicate.words for word in ("占", "为", "实现")) or after is not None
        return _levels(group, predicate, name, name, inherited) if name and stated else []
    if after is None or (name and q.value != 100 and not re.search(r"实现|达到?", predicate.words)):
        return []
    goal = Found(group.left, group.end + after.end(), name + after[1], "target", "=", q.value, q.unit, "number")
    compare(goal, predicate, q)
    goal.confidence = 0.8
    return [goal]


def _own_date(group: _Group, dated: Sequence[DateRef], found: list[Found], goal: Found) -> DateRef | None:
    """The deadline nearest before the number; as many dates as values pair off (2023年、2025年分别达到…)."""
    due = [d for d in dated if d.kind in ("due", "past") and d.end <= group.start]
    if len(due) == len(found) > 1 and len({g.name for g in found}) == 1:
        return due[found.index(goal)]
    return due[-1] if due else None
