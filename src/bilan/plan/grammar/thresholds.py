"""Numbers that are no goals: thresholds of scope, ordinals, size classes, frequencies, capacities of a thing named.

Each rule is a name and a test on the quantity with the text before and after it; the first that holds settles it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bilan.plan.grammar.quantities import Quantity

_WINDOW = 60  # characters on each side that can tell
_PERCENT = ("%", "百分点")
_BEFORE = re.compile(
    r"(?:第|每|每隔|日处理(?:能力|规模)?|日处置|国|欧|不足|仅|只有|现有|共有|建有|拥有|涉及|分为|位于"
    r"|高出|距|深|宽|(?<!提)高|长约|半径|周边|沿线|两侧|向[海陆]一侧|人均不足|设计)$|第[一二三四五六七八九十\d]+个$"
)
_AFTER = re.compile(
    r"^(?:的)?(?:条|项)?(?:措施|制度|机制|原则|环节|方面|要求|条例|规定|举措|政策|纪律|意识|自信|维护"
    r"|阶段|级以上|标准|单元格|层级|层次|领域|大类|要素)|^(?:一|1)(?:次|轮)|^[级型]|^见[绿园]"
)
# What follows a threshold: 65蒸吨/小时以上燃煤锅炉, 1万人以上的114个乡镇.
_SCOPED = re.compile(r"的?(?!的?(?:目标|要求|水平|任务|标准))(?:[\u4e00-\u9fff“]{2}|\d)")
_MADE = re.compile(r"(?:新增|建成|新建|建设|创建|打造|完成|治理|修复|改造|达到?|营造)(?:约)?$")
_EXTENT = re.compile(
    r"(?:流域|水域|建筑|占地|集水|单体|服务)?(?:面积|规模|库容|人口|装机容量|处理能力)(?:≥|>|大于|小于"
    r"|不足|少于|为?≥)$|(?:流域|水域|集水|单体)面积(?:超过|达到?|在)$"
)
_SIZE = re.compile(
    r"(?:面积|规模|能力|容量|投资|长度|宽度|库容|人口|功率|吨位)(?:为|在|达|达到)?(?:≥|>|大于|超过|小于|不足|在)?$"
)
# Only an order or a comparator makes a spelled-out count a goal: 至少完成一轮, 新建三座; 五个县区 is scope.
_SPELLED = re.compile(
    r"(?:至少|不少于|不低于|超过|达到)[^\W\dA-Za-z_]{0,6}$|(?:新增|新建|建成|创建|打造|培育|建设|改造|治理)$"
)
_AREA_MEETS = re.compile(r"的?[^\W\dA-Za-z_]{0,10}面积(?:达到|完成|实现)")
_RATING_UNITS = frozenset({"℃", "度", "分贝", "蒸吨/小时", "蒸吨", "元/吨", "MW", "GW", "兆瓦", "kW"})
_RAISED = re.compile(r"(?:达到?|不低于|提升[到至]|新增|突破|超过)$")


def _scoped(q: Quantity, after: str) -> bool:
    return q.suffix != "" and _SCOPED.match(after) is not None


def _spelled_out(q: Quantity, before: str, after: str) -> bool:
    return q.spelled and q.kind == "counted" and _SPELLED.search(before) is None


def _share_of_scope(q: Quantity, before: str, after: str) -> bool:
    """绿地率不低于35%的居住小区20万平方米: the share describes the estates."""
    goal = r"的(?![^\W\dA-Za-z_]{0,4}目标|要求|水平|任务|比例)[^\W\dA-Za-z_]"
    if q.unit != "%" or q.suffix or not re.match(goal, after):
        return False
    return re.search(r"\d", after) is not None or re.search(r"达到?$|不低于$", before) is None


def _measured_scope(q: Quantity, before: str, after: str) -> bool:
    if q.kind != "measured" or q.unit in _PERCENT or not _scoped(q, after) or _AREA_MEETS.match(after):
        return False
    return _MADE.search(before) is None or _SIZE.search(before) is not None


def _people_scope(q: Quantity, before: str, after: str) -> bool:
    return q.kind == "counted" and q.unit in ("人", "户", "头", "名") and _scoped(q, after)


def _rating(q: Quantity, before: str, after: str) -> bool:
    """The size of a thing, not a goal for it: 150MW风电场."""
    return q.unit in _RATING_UNITS and _RAISED.search(before) is None


_RULES: tuple[tuple[str, Callable[[Quantity, str, str], bool]], ...] = (
    ("word before", lambda q, before, after: _BEFORE.search(before) is not None),
    ("word after", lambda q, before, after: _AFTER.match(after) is not None),
    ("quoted name", lambda q, before, after: before.endswith(("“", '"'))),
    ("spelled out", _spelled_out),
    ("extent of scope", lambda q, before, after: _EXTENT.search(before) is not None),
    ("share of scope", _share_of_scope),
    ("measured scope", _measured_scope),
    ("people in scope", _people_scope),
    ("rating", _rating),
    ("part of one", lambda q, before, after: q.kind == "counted" and q.value < 1),
)


def no_goal(text: str, q: Quantity) -> str | None:
    """The name of the rule by which ``q`` in ``text`` is no goal, or None.

    >>> from bilan.plan.grammar.quantities import quantities
    >>> text = "支持65蒸吨/小时以上燃煤锅炉改造"
    >>> no_goal(text, quantities(text)[0])
    'measured scope'
    """
    before, after = text[max(0, q.start - _WINDOW) : q.start], text[q.end : q.end + _WINDOW]
    return next((name for name, holds in _RULES if holds(q, before, after)), None)
