"""Numbers as Chinese official texts write them: 12, 1,040, 十二, 三千五百, 两, 百分之百, 三分之二."""

from __future__ import annotations

import re

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_GROUPS = {"万": 10_000, "亿": 100_000_000}

HANZI = "零〇一二两三四五六七八九十百千"
ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"


def hanzi_number(text: str) -> int:
    """The value of a Chinese numeral.

    Raises ValueError for anything that is not one.

    >>> hanzi_number("十二"), hanzi_number("三千零五"), hanzi_number("二〇二五"), hanzi_number("一亿两千万")
    (12, 3005, 2025, 120000000)
    """
    if not text or any(c not in _DIGITS and c not in _PLACES and c not in _GROUPS for c in text):
        raise ValueError(f"not a Chinese numeral: {text!r}")
    if len(text) > 1 and all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = group = digit = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _PLACES:
            group += (digit or 1) * _PLACES[c]
            digit = 0
        else:
            total = (total + group + digit) * _GROUPS[c] if c == "亿" else total + (group + digit) * _GROUPS[c]
            group = digit = 0
    return total + group + digit


def number(text: str) -> float:
    """The value of an Arabic or Chinese numeral.

    >>> number("1,040"), number("45.22"), number("二十"), number("十五点二五")
    (1040.0, 45.22, 20.0, 15.25)
    """
    plain = text.replace(",", "")
    whole, point, decimals = plain.partition("点")
    if point:
        return float(f"{hanzi_number(whole)}.{''.join(str(hanzi_number(c)) for c in decimals)}")
    return float(plain) if re.fullmatch(r"\d+(?:\.\d+)?", plain) else float(hanzi_number(text))


def ordinal(mark: str) -> int | None:
    """The number in a heading mark, or None.

    >>> ordinal("(十一)"), ordinal("第三章"), ordinal("25"), ordinal("③"), ordinal("前言")
    (11, 3, 25, 3, None)
    """
    if len(mark) == 1 and "①" <= mark <= "⑳":
        return ord(mark) - ord("①") + 1
    found = re.search(rf"\d+|[{HANZI}]+", mark)
    return int(number(found[0])) if found else None
