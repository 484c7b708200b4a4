"""Quantities: numbers with their units, ranges, and the marks that stand on them (以上, 左右, 翻一番)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from bilan.plan.grammar.numerals import ARABIC, number
from bilan.policy import units

_MULTIPLES = {"": 1.0, "十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8}
_AFTER = re.compile(r"\)?(?P<suffix>及以上|及以下|以上|以下|以内|之内|之间|左右|上下|及其以上)")
_MAX_DIGITS = 15  # what a float holds exactly; a longer row of digits is a code
_HANZI = "一二两三四五六七八九十百千"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit at ``start:end`` (suffix marks included) of the text searched."""

    start: int
    end: int
    value: float
    unit: str | None
    kind: str  # measured, counted, duration, bare
    value_max: float | None = None
    suffix: str = ""
    spelled: bool = False  # written in Chinese numerals
    doubling: bool = False  # 翻一番: an increase by 100 %


@cache
def _pattern() -> re.Pattern[str]:
    printed = "|".join(re.escape(u) for u in sorted(units(), key=len, reverse=True))
    return re.compile(
        rf"(?<![A-Za-z\d.])(?P<first>{ARABIC}"
        rf"|(?<![第{_HANZI}])(?=[十百千]*[一二两三四五六七八九])[{_HANZI}]{{1,4}}(?=[个家座条项轮次处所天]))"
        rf"(?:(?P<unit1>{printed})?(?P<dash>[-~至到])(?P<second>{ARABIC}))?"
        rf"(?P<multiple>十万|百万|千万|[百千万亿])?余?多?(?:(?P<unit>{printed})|(?!\d))"
    )


_PERCENT_WORDS = re.compile(
    rf"百分之(?P<n>[{_HANZI}零]{{1,5}}(?:点[零〇一二三四五六七八九]{{1,4}})?)(?![{_HANZI}零])"
    r"|(?P<parts>[二三四五六七八九十])分之(?P<share>[一二三四五六七八九])"
)
_INVERTED = re.compile(rf"每(?P<per>立方米|升|公斤|千克)(?P<n>{ARABIC})(?P<unit>微克|毫克|克)")  # 每立方米35微克
_DOUBLING = re.compile(r"翻(?P<n>[一两三])番")


def quantities(text: str) -> list[Quantity]:
    """The quantities in ``text``, in order.

    万 and 亿 stay with a measured unit and are multiplied out before a counted noun (GB/T 15835 spellings of both kinds
    are read).

    >>> [(q.value, q.unit) for q in quantities("新增665万亩,覆盖1.2万户,翻一番")]
    [(665.0, '万亩'), (12000.0, '户'), (100.0, '%')]
    >>> q, = quantities("强度控制在15-20%左右"); q.value, q.value_max, q.suffix
    (15.0, 20.0, '左右')
    """
    inverted = list(_INVERTED.finditer(text))
    found = [
        q
        for m in _pattern().finditer(text)
        if not any(i.start() < m.start() < i.end() for i in inverted) and (q := _read(m, text)) is not None
    ]
    for m in inverted:
        unit = f"{m['unit']}/{m['per']}"
        found.append(_with_suffix(text, m.start(), m.end(), number(m["n"]), unit, "measured"))
    for m in _PERCENT_WORDS.finditer(text):
        if m["n"]:
            value = 100.0 if m["n"] == "百" else number(m["n"])
        else:
            value = round(100 * number(m["share"]) / number(m["parts"]), 2)
        found.append(_with_suffix(text, m.start(), m.end(), value, "%", "measured"))
    for m in _DOUBLING.finditer(text):
        increase = 100.0 * (2 ** number(m["n"]) - 1)
        found.append(replace(_with_suffix(text, m.start(), m.end(), increase, "%", "measured"), doubling=True))
    return sorted(found, key=lambda q: q.start)


def _read(m: re.Match[str], text: str) -> Quantity | None:
    first, unit, multiple = m["first"], m["unit"], m["multiple"] or ""
    if max(len(first), len(m["second"] or "")) > _MAX_DIGITS:
        return None
    hanzi = not first[0].isdigit()
    if unit is None:
        if hanzi or multiple or (len(first.replace(",", "")) == 4 and first.startswith("20")):
            return None
        top = number(m["second"]) if m["second"] else None
        return _with_suffix(text, m.start(), m.end(), number(first), None, "bare", top)
    kind, canonical = units()[unit].kind, units()[unit].canonical
    if unit == "年" and len(first) == 4:
        return None
    value = number(first)
    top = number(m["second"]) if m["second"] else None
    if kind == "counted":
        value *= _MULTIPLES[multiple]
        top = top * _MULTIPLES[multiple] if top is not None else None
        name = canonical
    else:
        name = multiple + canonical
    return _with_suffix(text, m.start(), m.end(), value, name, kind, top, hanzi)


def _with_suffix(
    text: str,
    start: int,
    end: int,
    value: float,
    unit: str | None,
    kind: str,
    top: float | None = None,
    spelled: bool = False,
) -> Quantity:
    after = _AFTER.match(text, end)
    if after and (text[end] != ")" or "(" in text[max(0, start - 6) : start]):
        return Quantity(start, after.end(), value, unit, kind, top, after["suffix"], spelled)
    return Quantity(start, end, value, unit, kind, top, "", spelled)
