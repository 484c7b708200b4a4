"""Goals without a number: 全覆盖 is 100, 基本消除 is 0, 完成市下达任务 is another's figure, 明显下降 is a wish."""

from __future__ import annotations

import re
from collections.abc import Callable

from bilan.plan.grammar import lexicon
from bilan.plan.grammar.clauses import HIDDEN
from bilan.plan.grammar.comparators import direction
from bilan.plan.grammar.found import Found
from bilan.plan.grammar.names import ACTION, HEAD, clean, split
from bilan.plan.grammar.predicates import peel

_ADVERB = r"(?:全部|全面|基本|稳定|总体|彻底|完全|持续|逐步)"
_WATER = r"(?:达到或优于|达到或好于|优于或达到|达到|优于|好于)"
_SUPERIOR = r"(?:国家|省|市|自治区|自治州|州|上级|县|区|集团|中央|兵团)"

_COVER = re.compile(
    rf"(?P<subject>.{{0,60}}?)(?P<verb>(?:{_ADVERB}|实现|推进|推动|确保|达到|做到|完成|力争"
    rf"|努力)*)(?:100%)?(?P<what>全覆盖)(?P<after>.*)$"
)
_GONE_AFTER = re.compile(rf"^(?P<subject>.*?)(?P<how>{_ADVERB})+(?:得到)?(?P<verb>消除|清零|淘汰|取缔)(?P<after>.*)$")
_GONE_BEFORE = re.compile(rf"^(?P<before>.*?)(?P<how>{_ADVERB})+(?P<verb>消除|淘汰|取缔)(?P<object>[^,;。]{{2,}})$")
_WORST_GONE = re.compile(
    r"^(?P<before>(?![^\W\dA-Za-z_]{0,8}(?:开展|实施|推进))[^,]{2,}?)(?P<verb>消除)(?P<object>劣(?:Ⅴ"
    r"|五|V)类(?:水体|断面)?)$"
)
_CLEARED = re.compile(r"^(?P<subject>.{4,30}(?:天数|天气|水体|断面|问题|隐患))(?:动态)?(?:清零|归零)$")
_NEVER = re.compile(
    r"^(?P<before>.*?)(?:不|未|不再|杜绝)发生(?P<object>[^\W\dA-Za-z_]{2,20}(?:天气|事件|事故|污染))(?P<after>.*)$"
)
_NONE = re.compile(
    r"^(?P<subject>.{2,24}?)(?:基本)?无(?:明显)?(?P<object>填埋|海漂垃圾|黑臭水体|重污染天气|劣(?:Ⅴ|五"
    r"|V)类(?:水体|断面)?)$"
)
_ALL_MET = re.compile(rf"^(?P<subject>.+?)(?P<how>{_ADVERB}|100%|(?<=断面)|(?<=水源地)|(?<=水源))达标$")
_ALL_CLASS = re.compile(
    rf"^(?P<subject>.+?)(?P<how>全部|基本|均|稳定)(?:稳定)?{_WATER}(?P<class>[ⅠⅡⅢⅣ]|[一二三四])类(?:水体|标准|水质)?$"
)
_CLASS = re.compile(
    rf"^(?P<subject>.+?)(?:稳定|总体|持续)*(?:{_WATER}|保持在?|维持在?)(?:地表水"
    rf"|地下水)?(?:环境质量标准)?(?P<class>[ⅠⅡⅢⅣⅤ]|[一二三四五])类(?:水体|标准|水质|及以上|以上|水)*$"
)
_ALL_DONE = re.compile(
    r"^(?P<subject>.+?)(?:全面|全部|100%)(?P<verb>完成|实现|进入|纳入|执行|实施|建立|落实|建成|达到"
    r"|使用|采用)(?P<object>.*)$"
)
_REFERENCE = re.compile(
    r"(?P<verb>(?:完成|达到或优于|达到或好于|达到|优于|满足|符合|控制在|不低于|不高于))"
    rf"(?P<who>{_SUPERIOR}(?=[^,;]*(?:下达|考核|确定|要求|目标|规定|核定))[^,;\x01]{{0,24}}?"
    r"(?:任务|目标|要求|指标)+(?:以内|之内|范围内)?)$"
)
_YEARLY = re.compile(
    r"^(?P<verb>(?:确保|全面|按期)*完成)(?P<subject>.{6,30})(?P<who>年度|国家下达|省下达"
    r"|市下达)(?P<end>整改任务|目标任务|任务)$"
)
_LEVEL = re.compile(
    r"^(?P<subject>.*?)(?P<verb>达到|优于|接近)(?P<who>(?:国家|国内|国际|全国|全省"
    r"|清洁生产)[^\W\dA-Za-z_]{0,6}(?:先进水平|领先水平|平均水平))$"
)
_STANDARD = re.compile(
    r"^(?P<subject>.*?)(?:稳定|全面|基本)?(?P<verb>达到|优于|满足"
    r"|符合)(?P<who>(?:国家)?(?:环境空气质量)?(?P<grade>[一二])级标准)$"
)
_QUALITY = re.compile(
    r"^(?P<subject>.*?)(?P<verb>(?:得到|获得)(?:有效|全面|切实|安全|基本|巩固|进一步|显著"
    r"|根本)?(?:保障|遏制|提升|改善|控制|处置|保护|巩固提升|落实)"
    r"|(?:持续|稳步|逐步|进一步|明显|显著|大幅|不断|有效|稳定|总体|继续|基本|初步|有所|稳中"
    r"|力争)+(?:有所|有)?(?:提高|提升|下降|降低|减少|增加|增长|改善|优化|扩大|上升|遏制|保持稳定|稳定"
    r"|向好|有降|有升|趋好)"
    r"|保持(?:总体)?(?:稳定|良好)|不降低|不减少|不下降|不增加|稳中(?:向好|有降|有升)|总体保持稳定)$"
)
_ABSENT = re.compile(r"没有|尚未|未能|未实现|难以|不足|为目标|为核心|为重点")


_MAX_CLAUSE = 200  # characters; no goal is longer, and the rules look at every split of a clause


def implied_goals(text: str, subject: str) -> list[Found]:
    """The goals without a number in one clause (brackets hidden); ``subject`` as in :func:`number_goals`.

    >>> [(g.name, g.value, g.unit) for g in implied_goals("城市建成区黑臭水体基本消除", "")]
    [('城市建成区黑臭水体', 0.0, '条')]
    >>> [(g.name, g.reference) for g in implied_goals("化学需氧量重点工程减排量完成省下达年度任务", "")]
    [('化学需氧量重点工程减排量', '省下达年度任务')]
    """
    if _ABSENT.search(text):
        return []
    text = text.replace(HIDDEN, "")
    if len(text) > _MAX_CLAUSE:
        return []
    for rule in _RULES:
        if found := rule(text, subject):
            for goal in found:
                goal.soft = goal.soft or re.search(r"力争|争取", text) is not None
            return found
    return []


def _goal(text: str, name: str, value: float | None, *, approx: bool = False, reference: str | None = None) -> Found:
    lead = len(text) - len(text.lstrip("\x00、,和及与"))
    return Found(
        lead,
        len(text),
        name,
        "target",
        "=",
        value,
        lexicon.printed_unit(name),
        "implied",
        confidence=0.8,
        approx=approx,
        reference=reference,
    )


def _unit(goal: Found, unit: str) -> Found:
    if goal.unit is None or goal.unit == "":
        goal.unit = unit
    return goal


def _subject(own: str, before: str) -> str:
    name = clean(peel(own).rest)
    return name if len(name) >= 2 else clean(peel(before).rest)


def _coverage(text: str, before: str) -> list[Found]:
    if "全覆盖" not in text and "全收集" not in text:
        return []
    pieces = re.split(r"(?<=全覆盖)[、和及]", text)
    if len(pieces) > 1 and text.count("全覆盖") > 1:
        return [g for piece in pieces for g in _coverage(piece, before)]
    if both := re.match(r"^(?P<subject>.+?)全收集[、,和]?全处理", text):
        name = _subject(both["subject"], before)
        return [_unit(_goal(text, name + tail, 100.0), "%") for tail in ("收集率", "处理率")]
    m = _COVER.match(text)
    if m is None or re.match(r"[、的]|[^\W\dA-Za-z_]", m["after"].strip("\x00")):
        return []
    subject = _subject(m["subject"], before)
    if not subject:
        return []
    names = [n for n in split(subject) if n]
    codes = {c.indicator.code for n in names if (c := lexicon.find(n + "覆盖率") or lexicon.find(n))}
    names = names if len(names) > 1 and len(codes) == len(names) else [subject]
    done = []
    for name in names:
        goal = _goal(text, name, 100.0)
        if found := lexicon.find(name + "全覆盖") or lexicon.find(name + "覆盖率") or lexicon.find(name):
            goal.unit = lexicon.printed_unit(found.indicator.name)
        goal.unit = "%"
        goal.name = name if HEAD.search(name) else name + "覆盖率"
        done.append(goal)
    return done


_ENDED = re.compile(r"黑臭|劣|重污染|锅炉|车|机|标准|产能|设施|水体|断面|摩托|散煤|土灶|窑|隐患点|光瓶|散乱污|排污口")


def _ended(text: str, before: str) -> list[Found]:
    m = _GONE_AFTER.match(text)
    if (m and not m["after"].strip("\x00")) or (m and re.match(r"并|,", m["after"])):
        object_ = _subject(m["subject"], before)
    elif cleared := _CLEARED.match(text):
        object_ = clean(peel(cleared["subject"]).rest)
    else:
        m = _GONE_BEFORE.match(text) or _WORST_GONE.match(text)
        if m is None:
            return []
        place = clean(peel(m["before"]).rest)
        object_ = clean(m["object"]) if not place or ACTION.search(place) else place + clean(m["object"])
        if re.match(r"任务|工作", m["object"]):
            return []
    if not object_ or not (
        _ENDED.search(object_) or ((c := lexicon.find(object_)) and c.indicator.direction == "lower")
    ):
        return []
    goal = _goal(text, object_, 0.0, approx="基本" in text)
    return [
        _unit(
            goal,
            "辆" if re.search(r"车", object_) else "台" if "锅炉" in object_ else "条" if "水体" in object_ else "个",
        )
    ]


def _never(text: str, before: str) -> list[Found]:
    m = _NEVER.match(text)
    if m is None or m["after"]:
        return []
    goal = _goal(text, m["object"], 0.0)
    return [_unit(goal, "天" if "天气" in m["object"] else "起")]


def _nothing(text: str, before: str) -> list[Found]:
    m = _NONE.match(text)
    if m is None:
        return []
    name = clean(m["subject"]) + m["object"]
    if lexicon.find(name) is None and lexicon.find(name + "率"):
        name += "率"
    goal = _goal(text, name, 0.0, approx="明显" in text)
    goal.unit = goal.unit or None
    return [goal]


def _met(text: str, before: str) -> list[Found]:
    m = _ALL_MET.match(text)
    if m is None or not re.search(r"确保|实现|力争|保障|达到|水源|水体|断面", text):
        return []
    name = clean(peel(m["subject"]).rest)
    if not name or (ACTION.match(name) and not re.search(r"确保|实现|力争", m["subject"])):
        return []
    if re.search(r"浓度$|质量$|指标$", name):
        return []  # a mean that meets its standard is no share
    name += "达标比例" if name.endswith("水体") else "达标率"
    return [_unit(_goal(text, name, 100.0), "%")]


def _classes(text: str, before: str) -> list[Found]:
    if m := _ALL_CLASS.match(text):
        name = clean(peel(m["subject"]).rest)
        plural = m["how"] in ("全部", "均") or re.search(r"水源|各|所有|国考|省考|国控|省控", name)
        if name and plural:
            goal = _goal(text, f"{name}达到或优于{m['class']}类比例", 100.0, approx=m["how"] == "基本")
            goal.unit = "%"
            return [goal]
    if m := _CLASS.match(text):
        name = clean(peel(m["subject"]).rest)
        if name and re.search(r"水质|水源|断面|河|湖|库|水体|海域|出境|入境", name):
            value = float("ⅠⅡⅢⅣⅤ".find(m["class"]) + 1 or "一二三四五".find(m["class"]) + 1)
            goal = _goal(text, name, value)
            goal.operator, goal.unit, goal.value_kind = "<=", "类", "class"
            return [goal]
    return []


_DONE_OBJECT = re.compile(r"(?:淘汰|改造|整治|建设|治理|划定|整改|“[^”]+”建设)(?:任务|工作|目标)?$")


def _all_done(text: str, before: str) -> list[Found]:
    m = _ALL_DONE.match(text)
    if m is None:
        return []
    subject, object_, verb = clean(peel(m["subject"]).rest), m["object"], m["verb"]
    if (
        len(subject) < 3
        or (ACTION.match(subject) and not re.match(r"新建|新增", subject))
        or re.search(r"^(?:已|按)", subject)
    ):
        return []
    if verb == "完成":
        if not _DONE_OBJECT.search(object_):
            return []
        if (done := re.match(r"(淘汰|整治|改造|治理)任务", object_)) and before:
            work = re.sub(rf"^{done[1]}|{done[1]}$", "", clean(peel(before).rest))
            subject, object_ = subject + work, done[1]
    elif (
        verb in ("建立", "建成", "落实", "使用", "采用", "达到")
        or not object_
        or (verb in ("实施", "执行", "实现", "进入", "纳入") and len(object_) < 3)
    ):
        return []
    goal = _goal(text, subject + re.sub(r"任务$", "", object_), 100.0)
    goal.unit = "%"  # a share done, whatever unit the indicator counts in
    return [goal]


def _by_reference(text: str, before: str) -> list[Found]:
    m = _LEVEL.match(text) or _REFERENCE.search(text)
    if m is None:
        m = _YEARLY.match(text)
        if m is None or not re.search(r"问题|整改", text):
            return []
        return [_reference(text, clean(m["subject"]), m["who"] + m["end"])]
    who = m["who"]
    name = clean(peel(re.sub(r"(?:持续|稳步)*(?:降低|下降|减少)?并?$", "", peel(text[: m.start("verb")]).rest)).rest)
    if not name:
        name = clean(peel(before).rest)
    inside = re.search(r"下达(?:的)?(?P<middle>[^\W\dA-Za-z_]{3,10}?)(?:目标|任务)", who)
    if inside and not HEAD.search(name) and HEAD.search(inside["middle"]):
        name += inside["middle"]
    names = [n for n in split(name) if HEAD.search(n) or lexicon.find(n)]
    if not names and re.search(r"耗|碳|排放", name):
        names = [name]
    return [_reference(text, n, who) for n in names]


def _reference(text: str, name: str, who: str) -> Found:
    goal = _goal(text, name, None, reference=who)
    goal.value_kind = "by_reference"
    decline = re.search(r"(?:下降|降低|削减)(?:率|比例|幅度)?$", name) or (
        (c := lexicon.find(name)) and c.indicator.code.endswith("decline")
    )
    goal.operator = "decrease_by" if decline else "<=" if direction(name) == "lower" else ">="
    goal.confidence = 0.85
    return goal


def _standard(text: str, before: str) -> list[Found]:
    m = _STANDARD.match(text)
    if m is None:
        return []
    name = clean(peel(m["subject"]).rest)
    if not name or not lexicon.find(name):
        return []
    goal = _goal(text, name, None, reference=m["who"])
    goal.value_kind, goal.operator = "standard_reference", "<="
    return [goal]


def _quality(text: str, before: str) -> list[Found]:
    m = _QUALITY.match(text)
    if m is None:
        return []
    name = clean(peel(m["subject"]).rest)
    if len(name) < 4 or ACTION.match(re.sub(r"^(?:全省|全市|全区)", "", m["subject"].strip("\x00、,和"))):
        return []
    found = lexicon.find(name, 0.9)
    head = HEAD.search(name) and not re.search(r"(?:能力|水平|程度|规模|质量|排放)$", name)
    if found is None and not head:
        return []
    goal = _goal(text, name, None)
    goal.value_kind = "qualitative"
    goal.operator = (
        "decrease_by"
        if re.search(r"下降|降低|减少|有降", m["verb"])
        else ">="
        if re.search(r"提|增|扩|升", m["verb"])
        else "="
    )
    goal.confidence = 0.7
    return [goal]


_RULES: tuple[Callable[[str, str], list[Found]], ...] = (
    _coverage,
    _ended,
    _never,
    _nothing,
    _by_reference,
    _standard,
    _classes,
    _met,
    _all_done,
    _quality,
)
