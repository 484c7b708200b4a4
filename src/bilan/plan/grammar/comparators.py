"""From the words around a number to its operator: 以上, 控制在, 比2020年下降, 左右 …"""

from __future__ import annotations

import re

from bilan.plan.grammar import lexicon
from bilan.plan.grammar.found import Found
from bilan.plan.grammar.predicates import Predicate
from bilan.plan.grammar.quantities import Quantity
from bilan.plan.model import Operator

AT_LEAST = ("以上", "及以上", "及其以上")
AT_MOST = ("以下", "及以下", "以内", "之内")
_LOWER = re.compile(
    r"浓度|排放|能耗|耗(?!氧)|用水总量|用水量|黑臭|劣|重污染|事故|填埋|超标|使用量|施用量|煤炭消费"
    r"|能源消费(?:总量|增量)|产生强度|产生量|极差|Ⅴ类|V类|死亡|信访|投诉|降尘|流失率|漏损"
)
_DECLINE = re.compile(r"(?:下降|降低|减少|削减|减排)(?:率|比例|幅度|量)?$|下降率")
_LEVEL = re.compile(r"(?:浓度|总量)$")


def direction(name: str) -> str:
    """``higher`` or ``lower``: which way is better for the indicator that ``name`` names.

    >>> direction("细颗粒物浓度"), direction("森林覆盖率")
    ('lower', 'higher')
    """
    match = lexicon.find(name)
    if match and match.indicator.direction != "none":
        return match.indicator.direction
    return "lower" if _LOWER.search(name) and not re.search(r"(?:率|比例|减排量)$", name) else "higher"


def compare(goal: Found, predicate: Predicate, q: Quantity) -> None:
    """Set the goal's operator, bound and its strict, soft and approximate forms from the words around ``q``."""
    kinds = predicate.kinds
    about = q.suffix in ("左右", "上下") or "about" in kinds
    goal.soft = "soft" in kinds
    goal.base = predicate.base
    goal.strict = bool(kinds & {"above", "below"}) and not kinds & {"at_least", "at_most"}
    change = _change(goal.name, kinds, q)
    if change is not None:
        goal.operator, goal.approx, goal.bound = change, about, _bound(kinds, q)
        return
    goal.operator = "approx" if about else _level(goal.name, predicate, q)
    if q.value_max is not None:
        goal.value_kind = "range"


def _change(name: str, kinds: set[str], q: Quantity) -> Operator | None:
    if "decrease" in kinds and "down_to" not in kinds:
        return "decrease_by"
    if q.doubling or ("increase" in kinds and not kinds & {"up_to", "down_to"}):
        return "increase_by"
    declines = _DECLINE.search(name) and q.unit in ("%", "百分点") and not _LEVEL.search(name)
    return "decrease_by" if declines else None


def _bound(kinds: set[str], q: Quantity) -> Operator | None:
    if q.suffix in AT_LEAST or kinds & {"at_least", "above"}:
        return ">="
    return "<=" if q.suffix in AT_MOST or kinds & {"at_most", "below"} else None


def _level(name: str, predicate: Predicate, q: Quantity) -> Operator:
    kinds = predicate.kinds
    lower = direction(name) == "lower"
    if "at_least" in kinds or q.suffix in AT_LEAST:
        return ">="
    if kinds & {"at_most", "below", "down_to"} or q.suffix in AT_MOST:
        return "<="
    if "above" in kinds:  # 优于 is the better side, 超过 the larger
        return "<=" if lower and "优于" in predicate.words else ">="
    if "control" in kinds:
        return "<="
    if "up_to" in kinds:
        return "<=" if lower else ">="
    return "<=" if lower and "keep" not in kinds and q.unit != "%" else "="
