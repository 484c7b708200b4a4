"""Damage from scanning that changes meaning: Ⅲ read as In, 100 as IO0, 。 as o, O3 as 03."""

from __future__ import annotations

import re
from collections.abc import Callable

from bilan.plan.mapped import Edit

# How scanners read a Roman class; what they make of one stroke more or less.
_READINGS = {
    "Ⅰ": ("I", "L"),
    "Ⅱ": ("II", "LI", "IL", "LL"),
    "Ⅲ": ("III", "IN", "HI", "IH", "LII", "ILL", "LLL", "IM", "M", "IU"),
    "Ⅳ": ("IV", "LV", "N"),
    "Ⅴ": ("V",),
}
_ROMAN = {reading: numeral for numeral, readings in _READINGS.items() for reading in readings}
_LETTERS = "IVlnHLNMUu1iv"


def _roman(m: re.Match[str]) -> str:
    return _ROMAN.get(m[0].upper().replace("1", "I"), m[0])


def _digits(m: re.Match[str]) -> str:
    plain = m[0].translate(str.maketrans("IlOoi", "11001"))
    return plain if float(plain) <= 100 else m[0]


# (pattern, replacement): each pattern asks for enough context that the reading has no rival.
_RULES: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(rf"(?<![A-Za-z0-9])[{_LETTERS}]{{1,3}}(?=类|水质|水体(?:比|断))"), _roman),
    (re.compile(r"(?<=[劣Ⅰ-])V(?=[^A-Za-z]|$)|(?<![A-Za-z])(?:III|II|I)(?=[-~至到](?:I{2,3}|IV|V|Ⅲ|Ⅳ|Ⅴ))"), _roman),
    (re.compile(r"(?<=优于)(?:III|II|IV|In|HI)(?![A-Za-z])|(?<=好于)(?:III|II|IV|In|HI)(?![A-Za-z])"), _roman),
    (re.compile(r"(?<![0-9A-Za-z.])(?=[0-9IlOoi]*[IlOoi])[0-9IlOoi]{2,3}(?=%)"), _digits),
    (re.compile(r"(?<=\d)[Oo](?=%)"), "0"),
    (re.compile(r"(?<=\d%)[oO](?=[^\W\dA-Za-z_])"), "。"),
    (re.compile(r"(?<=\d)[uµ]g[/ ]?m[3³](?!\d)"), "µg/m3"),
    (re.compile(r"(?<![\d.])03(?=和|与|、|协同|浓度|污染|\)|日最大)|(?<=PM2\.5和)03(?!\d)"), "O3"),
    (re.compile(r"(?<=[\u4e00-\u9fff(、])([SNC])02(?!\d)"), lambda m: m[1] + "O2"),
    (re.compile(r"PM(?:2[.,。、] ?5|25|₂\.₅|2\.5)(?!\d)"), "PM2.5"),
    (re.compile(r"PM ?(?:10|1O|l0|₁₀)(?!\d)"), "PM10"),
    (re.compile(r"力口"), "加"),
    (re.compile(r"泡游通道"), "洄游通道"),
    (re.compile(r"堰松"), "偃松"),
    (re.compile(r"印发V(?=[\u4e00-\u9fffX])"), "印发《"),
    (re.compile(r"(?<=[^\W\dA-Za-z_])[\"”](?=(?:责任|牵头)(?:单位|部门)[:：])"), "。"),
    (re.compile(r"''|‘‘|’’"), "”"),
]


def scan_edits(text: str) -> list[Edit]:
    """Edits that restore what scanning broke (rule name: scan damage).

    >>> from bilan.plan.mapped import Mapped
    >>> t = "优于In类的湖库断面占61.7%,污泥处置率达到IO0%。PM2.5和03协同,力口强监管"
    >>> Mapped(t).apply(scan_edits(t)).text
    '优于Ⅲ类的湖库断面占61.7%,污泥处置率达到100%。PM2.5和O3协同,加强监管'
    """
    edits = []
    for pattern, new in _RULES:
        for m in pattern.finditer(text):
            fixed = new(m) if callable(new) else new
            if fixed != m[0]:
                edits.append(Edit(m.start(), m.end(), fixed, "scan damage"))
    return edits
