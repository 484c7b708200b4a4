"""Units at the door: a value arrives in the unit of its file and is kept in that of its parameter."""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from functools import cache

from bilan.errors import BilanError

# Each unit in multiples of the first of its kind. Amounts per volume are one kind: 1 mg/L is 1 g/m3.
_KINDS: tuple[dict[str, Fraction], ...] = (
    {
        "ng/m3": Fraction(1),
        "µg/m3": Fraction(10**3),
        "ng/l": Fraction(10**3),
        "mg/m3": Fraction(10**6),
        "µg/l": Fraction(10**6),
        "g/m3": Fraction(10**9),
        "mg/l": Fraction(10**9),
        "g/l": Fraction(10**12),
    },
    {"pa": Fraction(1), "hpa": Fraction(100), "mbar": Fraction(100), "kpa": Fraction(1000)},
    {"µs/cm": Fraction(1), "ms/m": Fraction(10), "ms/cm": Fraction(1000), "s/m": Fraction(10_000)},
    {"cells/l": Fraction(1), "cells/ml": Fraction(1000), "万cells/l": Fraction(10_000)},
    {"m": Fraction(1), "cm": Fraction(1, 100), "mm": Fraction(1, 1000)},
    {"l/s": Fraction(1), "m3/s": Fraction(1000), "m3/h": Fraction(1000, 3600)},
)

_WRITTEN = {
    "μ": "µ",
    "³": "3",
    "²": "2",
    "^3": "3",
    "立方米": "m3",
    "毫克": "mg",
    "微克": "µg",
    "纳克": "ng",
    "毫升": "ml",
    "升": "l",
    "千帕": "kpa",
    "百帕": "hpa",
    "个细胞": "cells",
    "细胞": "cells",
    "°c": "℃",
    "摄氏度": "℃",
    "无量纲": "",
    "毫西门子": "ms",
    "微西门子": "µs",
    "厘米": "cm",
}
_SAME = {
    "个/l": "cells/l",
    "个/ml": "cells/ml",
    "万个/l": "万cells/l",
    "ug/m3": "µg/m3",
    "ug/l": "µg/l",
    "us/cm": "µs/cm",
}


class UnitError(BilanError):
    """A unit is unknown, or not of the kind in which the parameter is measured."""


@cache
def factor(unit: str, into: str) -> Fraction:
    """Return by what a value in ``unit`` is multiplied to be one in ``into``.

    >>> factor("μg/m³", "mg/m3"), factor("毫克/升", "mg/L"), factor("hPa", "kPa")
    (Fraction(1, 1000), Fraction(1, 1), Fraction(1, 10))

    Raises UnitError where there is no factor: for parts per billion, whose mass depends on the gas and its state.
    """
    given, wanted = _plain(unit), _plain(into)
    if given == wanted:
        return Fraction(1)
    for kind in _KINDS:
        if given in kind and wanted in kind:
            return kind[given] / kind[wanted]
    raise UnitError(f"单位 {unit!r} 不能换算为 {into!r}")


def _plain(unit: str) -> str:
    """The unit in small letters, its digits on the line, the micro sign one sign; kinds are told apart all the same."""
    text = unit.strip().replace("℃", "°c")
    text = "".join(unicodedata.normalize("NFKC", sign) if sign not in "µ°" else sign for sign in text).lower()
    for written, plain in _WRITTEN.items():
        text = text.replace(written, plain)
    text = "".join(text.split())
    return _SAME.get(text, text)
