"""From the words of a plan to an indicator of ``policy/indicators.csv``: exact, contained, then fuzzy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from bilan.policy import Indicator, indicators

_LEAD = re.compile(
    r"^(?:其中|同时|并|且|使|将|的|年均|年度|年|内|全(?:省|市|县|区|州|旗|镇|域|国|社会)|我(?:省|市|县"
    r"|区|州)|本(?:省|市|区|县)|辖区内?|区域内?|各(?:市|县|区|地)+"
    r"|主要农作物|农作物|主要污染物|到|和|及|与|以及|确保|力争|实现|争取|努力|使得|推动|保持|全市域"
    r"|市域|县域|省域|我|地级(?:及)?以上城市|县级(?:及)?以上城市|设区市|地级|规模以上)+"
)
_TAIL = re.compile(
    r"(?:要|应|应当|须|需|将|能够|可|总体|基本|持续|稳定|稳步|进一步|有所|明显|显著|大幅|逐步|不断"
    r"|全部|全面|力争|争取|确保|均|都|各|分别|年均|累计|实现|完成|比例达|的|建设|工作)+$"
)
_PUNCTUATION = re.compile(r"[\s“”\"'《》·,、;:。%]|\((?!PM|VOC|NO|SO|CO)[^()]*\)")
_SPELLINGS = (
    (re.compile(r"单位(?:地区|国内)?生产总值\(GDP\)|单位(?:地区|国内)?生产总值|万元(?:地区"
                r"|国内)?生产总值|万元GDP|单位GDP"), "单位GDP"),
    (re.compile(r"\(?PM2\.5\)?|细颗粒物"), "细颗粒物"),
    (re.compile(r"细颗粒物细颗粒物"), "细颗粒物"),
    (re.compile(r"\(?PM10\)?|可吸入颗粒物"), "可吸入颗粒物"),
    (re.compile(r"可吸入颗粒物可吸入颗粒物"), "可吸入颗粒物"),
    (re.compile(r"\(?VOCs\)?|挥发性有机物"), "挥发性有机物"),
    (re.compile(r"挥发性有机物挥发性有机物"), "挥发性有机物"),
    (re.compile(r"\(?NO[xX]\)?|氮氧化物"), "氮氧化物"),
    (re.compile(r"氮氧化物氮氧化物"), "氮氧化物"),
    (re.compile(r"\(?O3\)?|臭氧"), "臭氧"),
    (re.compile(r"臭氧臭氧"), "臭氧"),
    (re.compile(r"\(?COD\)?|化学需氧量"), "化学需氧量"),
    (re.compile(r"\(?AQI\)?"), "AQI"),
    (re.compile(r"劣(?:Ⅴ|五|V)类?"), "劣Ⅴ类"),
    (re.compile(r"(?:三|III|Ⅲ)类"), "Ⅲ类"),
    (re.compile(r"达到或(?:好|优)于|达到或优于|好于|优于|优良|Ⅰ[-~至]Ⅲ类|一[至-]三类"), "优良"),
    (re.compile(r"优良Ⅲ类"), "优良"),
    (re.compile(r"比率|比重|占比|比例|百分比"), "比例"),
    (re.compile(r"盖度"), "覆盖度"),
    (re.compile(r"饮用水源(?!保护)"), "饮用水水源"),
    (re.compile(r"水源地"), "水源"),
    (re.compile(r"能源消耗|能源消费强度|能耗强度"), "能耗"),
    (re.compile(r"降低率|下降比例|下降幅度|减少率"), "下降率"),
    (re.compile(r"施用量"), "使用量"),
    (re.compile(r"水环境质量|水质量"), "水"),
    (re.compile(r"国家考核断面|国考断面|国控断面"), "国考断面"),
    (re.compile(r"粪便|粪污"), "粪污"),
    (re.compile(r"固废"), "固体废物"),
    (re.compile(r"固体废弃物"), "固体废物"),
    (re.compile(r"单位工业增加值"), "万元工业增加值"),
    (re.compile(r"等(?:[\d一二三四五六七八九十]项)?主要(?:大气|水)?污染物"), ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """An indicator and how sure the words name it (1 exact, 0.9 contained, lower fuzzy)."""

    indicator: Indicator
    score: float


def plain(name: str) -> str:
    """``name`` without scope words, brackets and spelling variants.

    >>> plain("全省县级及以上城市可吸入颗粒物(PM10)浓度"), plain("单位国内生产总值能源消耗降低率")
    ('可吸入颗粒物浓度', '单位GDP能耗下降率')
    """
    text = _PUNCTUATION.sub("", name)
    while (shorter := _TAIL.sub("", _LEAD.sub("", text))) != text and shorter:
        text = shorter
    for pattern, spelling in _SPELLINGS:
        text = pattern.sub(spelling, text)
    return text


@cache
def _forms() -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for indicator in indicators():
        for form in (indicator.name, *indicator.aliases):
            key = plain(form)
            if len(key) >= 3:
                found.setdefault(key, indicator)
    return found


@lru_cache(maxsize=8192)
def find(name: str, cutoff: float = 0.84) -> Match | None:
    """The indicator that ``name`` names, or None.

    >>> find("全市空气质量优良天数比率").indicator.code, find("城市垃圾分类收集覆盖率").indicator.code
    ('air.aqi.good_days_ratio', 'solid.msw.sort_coverage')
    >>> find("会议次数") is None
    True
    """
    text = plain(name)
    if len(text) < 3:
        return None
    forms = _forms()
    if text in forms:
        return Match(forms[text], 1.0)
    if f"{text}浓度" in forms:  # 细颗粒物年均下降3%: a substance is measured by its concentration
        return Match(forms[f"{text}浓度"], 0.9)
    if (form := _contained(text)) is not None:
        return Match(forms[form], 0.9)
    if "、" in name:
        from bilan.plan.grammar.names import split

        pieces = [piece for piece in split(name) if "、" not in piece]
        named = {m.indicator.code: m for piece in pieces if (m := find(piece, cutoff))}
        if len(named) == 1:
            return Match(next(iter(named.values())).indicator, 0.85)
    from rapidfuzz import fuzz, process

    best = process.extractOne(text, list(forms), scorer=fuzz.ratio, score_cutoff=100 * cutoff)
    return Match(forms[best[0]], best[1] / 100) if best else None


# The units of the table in the words that plans print.
_PRINTED = {
    "t": "吨",
    "d": "天",
    "km": "公里",
    "km2": "平方公里",
    "hm2": "公顷",
    "m": "米",
    "万m2": "万平方米",
    "亿m3": "亿立方米",
    "%/a": "%/年",
    "1": None,
    "": None,
}


def _contained(text: str) -> str | None:
    """The longest form in ``text`` that ends it, or that makes up a good part of it."""
    forms = _forms()
    for length in range(len(text) - 1, 3, -1):
        if text[-length:] in forms:
            return text[-length:]
        if length >= 5 and length >= 0.45 * len(text):
            inside = (text[at : at + length] for at in range(len(text) - length))
            if (form := next((f for f in inside if f in forms), None)) is not None:
                return form
    return None


def printed_unit(name: str) -> str | None:
    """The unit that a goal without a printed one takes: its indicator's, in the words of plans.

    >>> printed_unit("化学需氧量重点工程减排量"), printed_unit("会议次数")
    ('吨', None)
    """
    match = find(name)
    return _PRINTED.get(match.indicator.unit, match.indicator.unit) if match else None


def complete(name: str, before: str) -> str | None:
    """``name`` with the start that it leans on in ``before``, when an indicator is called so.

    >>> complete("无害化处理率", "城市生活垃圾填埋率")
    '城市生活垃圾无害化处理率'
    """
    tail = plain(name)
    longer = {form for form in _forms() if len(form) > len(tail) and form.endswith(tail)}
    heads = (before[:k] for k in range(len(before), 1, -1))
    return next((head + name for head in heads if any(plain(head + name).endswith(f) for f in longer)), None)


def twins(name: str) -> tuple[str, str] | None:
    """Two indicators run together without a mark: 化肥农药利用率 is 化肥利用率 and 农药利用率.

    >>> twins("主要农作物化肥农药利用率")
    ('化肥利用率', '农药利用率')
    """
    text = plain(name)
    forms = _forms()
    for tail in range(2, 6):
        body, end = text[:-tail], text[-tail:]
        for cut in range(2, len(body) - 1):
            first, second = body[:cut] + end, body[cut:] + end
            if first in forms and second in forms and forms[first] is not forms[second]:
                return first, second
    return None
