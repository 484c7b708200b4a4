"""Amounts in the units of Chinese plans, made comparable: 1.5 万亩 and 15000 亩 are the same area.

Only what a plan writes with plain factors is converted here; physical units of measurements are converted at the doors.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

_MULTIPLES = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
_PREFIX = re.compile(r"[十百千]?[万亿]+")

# unit -> (the unit it is counted in, factor); a unit that is not listed is counted in itself
_FACTORS: Mapping[str, tuple[str, float]] = {
    "亩": ("亩", 1),
    "公顷": ("亩", 15),
    "hm2": ("亩", 15),
    "平方公里": ("亩", 1500),
    "平方千米": ("亩", 1500),
    "km2": ("亩", 1500),
    "平方米": ("平方米", 1),
    "m2": ("平方米", 1),
    "吨": ("吨", 1),
    "t": ("吨", 1),
    "千克": ("吨", 1e-3),
    "公斤": ("吨", 1e-3),
    "kg": ("吨", 1e-3),
    "公里": ("米", 1000),
    "千米": ("米", 1000),
    "km": ("米", 1000),
    "米": ("米", 1),
    "m": ("米", 1),
    "立方米": ("立方米", 1),
    "方": ("立方米", 1),
    "m3": ("立方米", 1),
    "千瓦时": ("千瓦时", 1),
    "度": ("千瓦时", 1),
    "kWh": ("千瓦时", 1),
    "千瓦": ("千瓦", 1),
    "kW": ("千瓦", 1),
    "兆瓦": ("千瓦", 1e3),
    "MW": ("千瓦", 1e3),
    "吉瓦": ("千瓦", 1e6),
    "GW": ("千瓦", 1e6),
    "吨标准煤": ("吨标准煤", 1),
    "吨标煤": ("吨标准煤", 1),
    "tce": ("吨标准煤", 1),
    "微克/立方米": ("µg/m3", 1),
    "μg/m3": ("µg/m3", 1),
    "ug/m3": ("µg/m3", 1),
    "毫克/立方米": ("µg/m3", 1000),
    "mg/m3": ("µg/m3", 1000),
    "毫克/升": ("mg/L", 1),
    "mg/L": ("mg/L", 1),
    "%": ("%", 1),
    "天": ("天", 1),
    "日": ("天", 1),
    "d": ("天", 1),
}


def amount(value: float, unit: str | None) -> tuple[float, str]:
    """Return the value in a comparable unit, and that unit; two amounts compare when the units are equal.

    >>> amount(1.5, "万亩"), amount(1000, "公顷")
    ((15000.0, '亩'), (15000.0, '亩'))
    >>> amount(3, "个百分点")
    (3.0, '个百分点')
    """
    name, factor = _without_multiple(unit or "")
    base, within = _FACTORS.get(name, (name, 1.0))
    return value * factor * within, base


def is_known_unit(unit: str) -> bool:
    """Return whether the unit, apart from 万 and 亿 before it, is in policy/units.csv or converted here.

    >>> is_known_unit("万亩"), is_known_unit("微克每立方米"), is_known_unit("微克每立万米")
    (True, True, False)
    """
    name, _ = _without_multiple(unit)
    return name in _FACTORS or name in _printed_units() or _plain(unit) in _printed_units()


@cache
def _printed_units() -> frozenset[str]:
    from bilan import policy

    return frozenset(_plain(form) for unit in policy.units().values() for form in (unit.printed, unit.canonical))


def _plain(unit: str) -> str:
    return "".join(unicodedata.normalize("NFKC", unit).split())


def _without_multiple(unit: str) -> tuple[str, float]:
    """Return the unit without 万 and 亿 before it, and what they multiply by."""
    name, factor = _plain(unit), 1.0
    if name not in _FACTORS and (prefix := _PREFIX.match(name)) and prefix.end() < len(name):
        for character in prefix.group():
            factor *= _MULTIPLES[character]
        name = name[prefix.end() :]
    return name, factor
