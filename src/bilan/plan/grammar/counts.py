"""Counted outputs of an action: 完成改造线路230条, 创建40家绿色供应链, 39个、69个年度实施项目."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bilan.plan.grammar.clauses import HIDDEN
from bilan.plan.grammar.comparators import compare
from bilan.plan.grammar.found import Found
from bilan.plan.grammar.names import ACTION, clean, order_start
from bilan.plan.grammar.predicates import Predicate
from bilan.plan.grammar.quantities import Quantity

_NEED_COMPARATOR = frozenset({"种", "对", "组", "期", "次", "部", "门", "人", "场", "篇"})
_MONEY = frozenset({"元", "万元", "亿元"})
_DONE = re.compile(
    r"(?:治理|修复|整治|改造|建设|淘汰|清理|任务|按期完成|销号|整改|改建|提升|工程)+(?:工作|任务|项目)?$|得到|完成|面积达到"
)
_SUM = re.compile(r"等(?:共|约)?$")
_ABOUT = re.compile(r"[\x00、,和]*(?:围绕|针对|对|以|依托|聚焦|面向|涉及|包括)")
_WORKS = re.compile(r"(?:工程|项目)(?:建设)?$")
_OBJECT = re.compile(r"(?:的)?([\u4e00-\u9fff“”A-Za-z\x00()]+)")


@dataclass(frozen=True, slots=True)
class CountPlace:
    """A group of counts with the words around it; offsets in the clause's text."""

    items: list[Quantity]
    left: int
    right_end: int
    predicate: Predicate
    rest: str  # the words before, predicate peeled off
    after: str  # the words after
    shared: str  # the words after the last group of the clause, which all counts may share
    verb_led: bool  # an action before this group still holds
    subject: str = ""  # what the clause before speaks of


def count_goals(place: CountPlace) -> list[Found]:
    """The counted outputs at ``place``; empty when no action orders them."""
    q, rest, kinds = place.items[0], place.rest, place.predicate.kinds
    noun = _OBJECT.match(place.after)
    object_ = noun[1].replace(HIDDEN, "") if noun else ""
    if re.match(r"[以在由并]", object_) and len(object_) > 3:
        object_ = ""
    if not _ordered(place, object_):
        return []
    if re.search(r"至少[^\W\dA-Za-z_]{0,6}$", rest):
        kinds.add("at_least")
    if re.match(r"新增|净增", order_start(rest)):
        kinds.add("increase")
    if _too_weak(place):
        return []
    end = min(q.end if len(place.items) == 1 else place.items[-1].end, place.right_end)
    goal = Found(
        start=place.left,
        end=min(end + (noun.end() if noun else 0), place.right_end),
        name=_name(object_, "" if object_ else clean(rest), place.shared or place.subject),
        kind="task_quantity",
        operator="=",
        value=q.value,
        unit=q.unit,
        value_kind="number",
        value_max=q.value_max,
        ordered=True,
        confidence=0.85,
    )
    compare(goal, place.predicate, q)
    _as_output(goal, place.predicate, q)
    return [goal, *(replace(goal, value=other.value, unit=other.unit) for other in place.items[1:])]


def _ordered(place: CountPlace, object_: str) -> bool:
    """Whether an action orders the count, and does not merely describe its scope."""
    rest, kinds = place.rest, place.predicate.kinds
    if _SUM.search(rest):  # 甲、乙等14个: a sum of things named
        works = _WORKS.search(object_) is not None and not object_.startswith("重点") and not _ABOUT.match(rest)
        return works or ACTION.match(order_start(rest)) is not None
    verbs = list(ACTION.finditer(rest))
    if verbs and object_:
        near = len(rest) - verbs[-1].end() <= 18
        led = near or ACTION.match(order_start(rest)) is not None or "increase" in kinds
    else:
        led = bool(verbs) or bool(kinds & {"increase", "decrease", "up_to"}) or "完成" in place.predicate.words
    told = bool(place.subject) and not object_ and "at_least" in kinds  # 开展抽检,每年不少于两次
    return led or told or place.verb_led or _DONE.search(object_) is not None or _DONE.search(place.shared) is not None


def _too_weak(place: CountPlace) -> bool:
    q, kinds = place.items[0], place.predicate.kinds
    if q.unit in _MONEY:
        return not kinds & {"up_to", "above", "at_least"}
    if q.value < 2 and not kinds & {"at_least", "increase"}:
        return True
    compared = q.suffix or kinds & {"at_least", "increase", "up_to", "about", "above"}
    verbs = list(ACTION.finditer(place.rest))
    return q.unit in _NEED_COMPARATOR and not compared and not (verbs and verbs[-1].end() == len(place.rest))


def _as_output(goal: Found, predicate: Predicate, q: Quantity) -> None:
    """A counted output is reached, not kept below: only words that say so make it a ceiling or a decrease."""
    kinds = predicate.kinds
    if "up_to" in kinds and goal.operator in ("=", "<="):
        goal.operator = ">="
    elif (goal.operator == "<=" and not q.suffix and not kinds & {"at_most", "below", "control", "down_to"}) or (
        goal.operator == "decrease_by" and q.kind == "counted"
    ):
        goal.operator = "="


def _name(object_: str, before: str, shared: str) -> str:
    name = object_ or before or shared
    name = re.split(r"(?:等|的)(?=[^\W\dA-Za-z_]{6,})", name)[0] if len(name) > 24 else name
    return name.strip("、的和 ")[:40]
