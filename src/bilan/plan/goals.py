"""Goals with a number: how a clause binds indicators, comparators and quantities to each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bilan.plan import lexicon
from bilan.plan.clauses import HIDDEN
from bilan.plan.dates import DateRef
from bilan.plan.model import Operator, TargetKind, ValueKind
from bilan.plan.names import ACTION, HEAD, clean, split
from bilan.plan.predicates import Predicate, peel
from bilan.plan.quantities import Quantity, quantities

_LOWER = re.compile(
    r"浓度|排放|能耗|耗(?!氧)|用水总量|用水量|黑臭|劣|重污染|事故|填埋|超标|使用量|施用量|煤炭消费"
    r"|能源消费(?:总量|增量)|产生强度|产生量|极差|Ⅴ类|V类|死亡|信访|投诉|降尘|流失率|漏损"
)
_DECLINE = re.compile(r"(?:下降|降低|减少|削减|减排)(?:率|比例|幅度|量)?$|下降率")
_JOINS = re.compile(r"[、,和与及]|以及|和|或|至|,?到|\(含\)")
# What follows a threshold: 65蒸吨/小时以上燃煤锅炉, 1万人以上的114个乡镇.
_THRESHOLD = re.compile(r"的?(?!的?(?:目标|要求|水平|任务|标准))(?:[\u4e00-\u9fff“]{2}|\d)")
_RULE_BEFORE = re.compile(
    r"(?:第|每|每隔|日处理(?:能力|规模)?|日处置|国|欧|不足|仅|只有|现有|共有|建有|拥有|涉及|分为|位于"
    r"|高出|距|深|宽|高|长约|半径|周边|沿线|两侧|向[海陆]一侧|人均不足|设计)$"
)
_RULE_AFTER = re.compile(
    r"^(?:的)?(?:条|项)?(?:措施|制度|机制|原则|环节|方面|要求|条例|规定|举措|政策|纪律|意识|自信|维护"
    r"|阶段|级以上|标准|单元格|层级|层次|领域|大类|要素)|^(?:一|1)(?:次|轮)"
)
_NOT_COUNTS = {"类", "种", "批", "对", "组", "期", "次", "部", "门", "人", "场", "篇"}  # goals only with a comparator
_TAIL_ACTION = re.compile(
    r"(?:治理|修复|整治|改造|建设|淘汰|清理|任务|按期完成|销号|整改|改建|提升|工程)+(?:工作|任务|项目)?$|得到|完成"
)
# Only an order or a comparator makes a spelled-out count a goal: 至少完成一轮, 新建三座; 五个县区 is scope.
_SPELLED = re.compile(
    r"(?:至少|不少于|不低于|超过|达到)[\u4e00-\u9fff]{0,6}$|(?:新增|新建|建成|创建|打造|培育|建设|改造|治理)$"
)
_EXTENT = re.compile(
    r"(?:流域|水域|建筑|占地|集水|单体|服务)?(?:面积|规模|库容|人口|装机容量|处理能力)(?:≥|>|大于|小于"
    r"|不足|少于|为?≥)$|(?:流域|水域|集水|单体)面积(?:超过|达到?|在)$"
)
_SUM = re.compile(r"等(?:共|约)?$")


@dataclass(slots=True)
class Found:
    """A goal in a clause; ``start:end`` in the clause's text."""

    start: int
    end: int
    name: str
    kind: TargetKind
    operator: Operator
    value: float | None
    unit: str | None
    value_kind: ValueKind
    value_max: float | None = None
    strict: bool = False
    soft: bool = False
    approx: bool = False
    bound: Operator | None = None
    base: str | None = None
    reference: str | None = None
    date: DateRef | None = None  # a date of its own, nearer than the clause's
    confidence: float = 0.9
    number_at: int = 0


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

    >>> [(g.name, g.operator, g.value, g.unit) for g in number_goals("森林覆盖率、湿地保护率分别达到45.8%和45.22%", "", [])]
    [('森林覆盖率', '>=', 45.8, '%'), ('湿地保护率', '>=', 45.22, '%')]
    >>> [(g.name, g.kind, g.value) for g in number_goals("创建40家左右绿色供应链和250家绿色工厂", "", [])]
    [('绿色供应链', 'task_quantity', 40.0), ('绿色工厂', 'task_quantity', 250.0)]
    """
    groups = _groups(text, dated)
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
        found = _bind(text, group, left, right, shared, subject if i == 0 else "", verb_led)
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
        if q.kind != "duration" and not any(a <= q.start < b for a, b in inside) and not _is_rule(text, q)
    ]
    groups: list[_Group] = []
    for q in items:
        last = groups[-1] if groups else None
        if last and last.items[-1].kind == q.kind and _JOINS.fullmatch(text[last.end : q.start]):
            last.items.append(q)
        else:
            groups.append(_Group([q], 0, len(text)))
    for a, b in zip(groups, groups[1:], strict=False):
        between = text[a.end : b.start]
        # A noun right after a count belongs to it; a list mark ends it.
        cut = re.search(r"[、和及](?!其)|以及|并", between)
        a.right = a.end + cut.start() if cut else b.start
        b.left = a.right if cut else a.end
    return groups


def _is_rule(text: str, q: Quantity) -> bool:
    """Whether the quantity is a threshold, an ordinal, a size class or a rule, not a goal."""
    before, after = text[: q.start], text[q.end :]
    if _RULE_BEFORE.search(before) or _RULE_AFTER.match(after) or text[q.start - 1 : q.start] in ("“", '"'):
        return True
    if not text[q.start].isdigit() and q.kind == "counted" and not _SPELLED.search(before):
        return True
    if re.match(r"[级型]", after) or re.search(r"第[一二三四五六七八九十\d]+个$", before):
        return True
    if _EXTENT.search(before):
        return True
    if q.unit == "%" and re.match(r"的(?!目标|要求|水平|任务|比例)", after) and not re.search(r"\d", after):
        return q.suffix == "" and not re.search(r"达到?$|不低于$", before)
    threshold = q.suffix != "" and q.kind == "measured" and q.unit != "%" and _THRESHOLD.match(after)
    if threshold and not re.search(r"(?:新增|建成|新建|建设|创建|打造|完成|治理|修复|改造|达到?|营造)(?:约)?$", before):
        return True
    if (
        q.kind == "counted"
        and q.suffix
        and q.unit in ("人", "户", "头", "名")
        and (_THRESHOLD.match(after) or re.match(r"的?\d", after))
    ):
        return True
    if q.unit == "%" and q.suffix == "" and re.match(r"的[\u4e00-\u9fff]+\d", after):
        return True
    if (
        re.search(
            r"(?:面积|规模|能力|容量|投资|长度|宽度|库容|人口|功率|吨位)(?:为|在|达|达到)?(?:≥|>|大于"
            r"|超过|小于|不足|在)?$",
            before,
        )
        and threshold
    ):
        return True
    if q.unit in ("%", "百分点") or q.kind == "bare":
        return False
    if q.unit in ("℃", "度", "分贝", "蒸吨/小时", "蒸吨", "元/吨", "MW", "GW", "兆瓦", "kW"):
        return not re.search(r"(?:达到?|不低于|提升[到至]|新增|突破|超过)$", before)
    return q.value < 1 and q.kind == "counted"


def _bind(text: str, group: _Group, left: str, right: str, shared: str, subject: str, verb_led: bool) -> list[Found]:
    first = group.items[0]
    predicate = peel(left)
    rest = predicate.rest.strip("、和及与,")
    inherited = False
    noun_follows = re.match(r"(?:的)?[\u4e00-\u9fff“]{2,}", right) is not None
    if not clean(rest) and subject and (predicate or (first.unit in ("%", "百分点") and not noun_follows)):
        rest, inherited = subject, True
    name = clean(rest)
    percent = first.unit in ("%", "百分点", "‰")
    compared = bool(predicate.kinds - {"firm", "soft", "each", "in_turn", "about"}) or "为" in predicate.words
    if first.kind == "bare" and not (
        compared and re.search(r"(?:系数|指数|EQI\)?|得分|分值|评分|综合指数|级别?)$", name)
    ):
        return []
    if compared and name and not _counts_something(right, first, predicate, rest):
        return _levels(group, predicate, rest, name, inherited)
    if percent:
        return _percent_first(group, predicate, name, right, inherited)
    if (
        first.kind == "measured"
        and HEAD.search(name)
        and not ACTION.match(clean_start(rest))
        and not right.strip(HIDDEN)
    ):
        return _levels(group, predicate, rest, name, inherited)
    return _counts(group, predicate, rest, name, right, shared, verb_led)


def clean_start(text: str) -> str:
    """``text`` without dates, scope and soft words before its first word."""
    return re.sub(
        r"^(?:[\x00、,和及与]|力争|争取|努力|确保|全(?:省|市|县|区|年)|同时|计划|累计|共|再|其中|要"
        r"|积极|大力|加快|深入|全面|基本|稳步|有序|持续|着力|每年|年度|年内|年|[\u4e00-\u9fff]{2,4}[市县区省])+",
        "",
        text,
    )


def _counts_something(right: str, q: Quantity, predicate: Predicate, rest: str) -> bool:
    """Whether a noun stands right after the number, so that the words before it are a verb: 新增40家绿色工厂."""
    if q.unit in ("%", "百分点", "‰"):
        return False
    noun = re.match(r"[\u4e00-\u9fff“]{2,}", right)
    if noun is None or re.match(r"(?:以上|左右|的(?:目标|水平|要求|任务)|目标|水平|标准|要求)", right):
        return False
    return not (predicate.kinds & {"up_to", "down_to", "keep", "control"}) or not HEAD.search(clean(rest))


# --- subject, predicate, value ----------------------------------------------------------------------------------------


def _levels(group: _Group, predicate: Predicate, rest: str, name: str, inherited: bool) -> list[Found]:
    values = group.items
    names = _names(name, len(values), predicate)
    pairs: list[tuple[str, Quantity]]
    if len(names) == len(values):
        pairs = list(zip(names, values, strict=True))
    elif len(values) == 1:
        pairs = [(n, values[0]) for n in names]
    else:
        pairs = [(name, v) for v in values]
    # 左右 and the like stand with the last number only.
    start = group.start - len(predicate.words) if inherited else group.left
    found = []
    for n, q in pairs:
        goal = Found(start, group.end, n, "target", "=", q.value, q.unit, "number", q.value_max, number_at=q.start)
        _compare(goal, predicate, q)
        if q.kind == "counted" and ACTION.match(clean_start(rest)) and "up_to" not in predicate.kinds:
            goal.kind = "task_quantity"
        goal.confidence = 0.8 if inherited else 0.95
        found.append(goal)
    return found


def _names(name: str, values: int, predicate: Predicate) -> list[str]:
    conjuncts = split(name)
    if len(conjuncts) < 2:
        pair = lexicon.twins(name)
        return list(pair) if pair and values <= 2 else [name]
    if values > 1:
        return conjuncts if len(conjuncts) == values else conjuncts[-values:] if len(conjuncts) > values else [name]
    if predicate.kinds & {"each", "in_turn"}:
        return conjuncts
    codes = {m.indicator.code for c in conjuncts if (m := lexicon.find(c))}
    whole = lexicon.find(name)
    if whole is not None and whole.score >= 1:
        return [name]
    return conjuncts if len(codes) == len(conjuncts) and all(HEAD.search(c) for c in conjuncts) else [name]


def _compare(goal: Found, predicate: Predicate, q: Quantity) -> None:
    """Set operator, bound and the strict, soft, approximate forms from the words around the number."""
    kinds = predicate.kinds
    lower = direction(goal.name) == "lower"
    goal.soft = "soft" in kinds
    goal.base = predicate.base
    about = q.suffix in ("左右", "上下") or "about" in kinds
    change = None
    if "decrease" in kinds and "down_to" not in kinds:
        change = "decrease_by"
    elif "increase" in kinds and "up_to" not in kinds and "down_to" not in kinds:
        change = "increase_by"
    elif _DECLINE.search(goal.name) and q.unit in ("%", "百分点") and not lower_level(goal.name):
        change = "decrease_by"
    if change is not None:
        goal.operator = "decrease_by" if change == "decrease_by" else "increase_by"
        goal.approx = about
        if q.suffix in ("以上", "及以上") or kinds & {"at_least", "above"}:
            goal.bound = ">="
        elif q.suffix in ("以下", "以内", "之内") or kinds & {"at_most", "below"}:
            goal.bound = "<="
        return
    if about:
        goal.operator = "approx"
        return
    goal.strict = bool(kinds & {"above", "below"}) and not kinds & {"at_least", "at_most"}
    if "at_least" in kinds or q.suffix in ("以上", "及以上"):
        goal.operator = ">="
    elif "at_most" in kinds or q.suffix in ("以下", "及以下", "以内", "之内") or "below" in kinds or "down_to" in kinds:
        goal.operator = "<="
    elif "above" in kinds:
        goal.operator = "<=" if lower and "优于" in predicate.words else ">="
    elif "control" in kinds:
        goal.operator = "<="
    elif "up_to" in kinds:
        goal.operator = "<=" if lower else ">="
    else:
        goal.operator = "<=" if lower and not kinds & {"keep"} and q.unit != "%" else "="
    if q.value_max is not None:
        goal.value_kind = "range"


def direction(name: str) -> str:
    """``higher`` or ``lower``: which way is better for the indicator that ``name`` names."""
    match = lexicon.find(name)
    if match and match.indicator.direction != "none":
        return match.indicator.direction
    return "lower" if _LOWER.search(name) and not re.search(r"(?:率|比例|减排量)$", name) else "higher"


def lower_level(name: str) -> bool:
    """A name that ends in 下降 only because it lost its value is a decline; 浓度 and 总量 are levels."""
    return re.search(r"(?:浓度|总量)$", name) is not None


# --- number first -----------------------------------------------------------------------------------------------------


def _percent_first(group: _Group, predicate: Predicate, name: str, right: str, inherited: bool) -> list[Found]:
    """实现100%达标排放, 60%以上的工程要确定目标, and a rate without any predicate."""
    q = group.items[0]
    after = re.match(r"(?:的)?([\u4e00-\u9fff“”]{2,})", right.strip(HIDDEN))
    if name and (HEAD.search(name) or lexicon.find(name)) and not after:
        return _levels(group, predicate, name, name, inherited)
    if not after:
        if name and ("占" in predicate.words or "为" in predicate.words or "实现" in predicate.words):
            return _levels(group, predicate, name, name, inherited)
        return []
    if name and HEAD.search(name) and re.match(r"目标|以上|左右|水平|的目标|任务", right):
        return _levels(group, predicate, name, name, inherited)
    if re.match(r"(?:的)?(?:比例|速度|幅度|目标)", right) and name:
        goal = Found(group.left, group.end, name, "target", "=", q.value, q.unit, "number", number_at=q.start)
        _compare(goal, predicate, q)
        return [goal]
    if name and not re.search(r"实现|达到?|100", predicate.words + "100" * (q.value == 100)):
        return []
    full = (name + after[1]) if name else after[1]
    goal = Found(group.left, group.end + after.end(), full, "target", "=", q.value, q.unit, "number", number_at=q.start)
    _compare(goal, predicate, q)
    goal.confidence = 0.8
    return [goal]


def _counts(
    group: _Group, predicate: Predicate, rest: str, name: str, right: str, shared: str, verb_led: bool
) -> list[Found]:
    """Counted outputs of an action: 完成230条, 创建40家绿色供应链, 39个、69个年度实施项目."""
    q = group.items[0]
    noun = re.match(r"(?:的)?([\u4e00-\u9fff“”A-Za-z\x00()]+)", right)
    object_ = noun[1].replace(HIDDEN, "") if noun else ""
    if re.match(r"[以在由并]", object_) and len(object_) > 3:
        object_ = ""
    verbs = list(ACTION.finditer(rest))
    led = bool(verbs) or bool(predicate.kinds & {"increase", "decrease", "up_to"}) or "完成" in predicate.words
    if verbs and object_:
        led = (
            len(rest) - verbs[-1].end() <= 18
            or ACTION.match(clean_start(rest)) is not None
            or bool(predicate.kinds & {"increase"})
        )
    if not led and verb_led:
        led = True
    if not led and (_TAIL_ACTION.search(object_) or (shared and _TAIL_ACTION.search(shared))):
        led = True
    if _SUM.search(rest) and re.search(r"(?:工程|项目)(?:建设)?$", object_):
        led = True
    elif not led or (_SUM.search(rest) and not ACTION.match(clean_start(rest))):
        return []
    if re.search(r"至少[\u4e00-\u9fff]{0,6}$", rest):
        predicate.kinds.add("at_least")
    if re.match(r"新增|净增", clean_start(rest)):
        predicate.kinds.add("increase")
    weak = (
        q.unit in _NOT_COUNTS
        and not predicate.kinds & {"at_least", "increase", "up_to", "about", "above"}
        and not q.suffix
    )
    if (weak and not (verbs and verbs[-1].end() == len(rest))) or (
        q.value < 2 and not predicate.kinds & {"at_least", "increase"}
    ):
        return []
    if q.unit in ("元", "万元", "亿元") and not predicate.kinds & {"up_to", "above", "at_least"}:
        return []
    before = clean(rest) if not object_ else ""
    goal = Found(
        group.left,
        min(group.end + (noun.end() if noun else 0), group.right),
        _count_name(object_, before, shared),
        "task_quantity",
        "=",
        q.value,
        q.unit,
        "number",
        q.value_max,
        number_at=q.start,
    )
    _compare(goal, predicate, q)
    if goal.operator == "decrease_by" and q.kind == "counted":
        goal.operator = "="
    if goal.operator in ("=", "<=") and "up_to" in predicate.kinds:
        goal.operator = ">="
    if goal.operator == "<=" and q.suffix == "" and not predicate.kinds & {"at_most", "below", "control", "down_to"}:
        goal.operator = "="
    if q.kind == "measured" and goal.operator == "increase_by":
        goal.kind = "target"
    goal.confidence = 0.85
    goals = [goal]
    for other in group.items[1:]:
        extra = Found(
            goal.start,
            goal.end,
            goal.name,
            goal.kind,
            goal.operator,
            other.value,
            other.unit,
            "number",
            number_at=other.start,
        )
        goals.append(extra)
    return goals


def _count_name(object_: str, before: str, shared: str) -> str:
    name = object_ or before or shared
    name = re.split(r"(?:等|的)(?=[\u4e00-\u9fff]{6,})", name)[0] if len(name) > 24 else name
    return name.strip("、的和 ")[:40]


def _own_date(group: _Group, dated: Sequence[DateRef], found: list[Found], goal: Found) -> DateRef | None:
    """The deadline nearest before the number; as many dates as values pair off (2023年、2025年分别达到…)."""
    due = [d for d in dated if d.kind in ("due", "past") and d.end <= group.start]
    if len(due) == len(found) > 1 and len({g.name for g in found}) == 1:
        return due[found.index(goal)]
    return due[-1] if due else None
