"""Units of reported statistics: tonnes in tens of thousands, hectares and mu, tonnes of coal a ten thousand yuan.

A unit is a product of printed units, each with a Chinese multiple before it (万吨, 亿立方米), over others (吨/万元).
Unlike the units of monitors these compound freely, so they are taken apart. Counts (个, 家, 座) stand for each other:
what is counted is said by the indicator.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from decimal import Context, Decimal
from fractions import Fraction
from functools import cache

from bilan.errors import BilanError
from bilan.policy import units
from bilan.policy.statistics import printed_units

_MULTIPLES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_BY_LENGTH = sorted(_MULTIPLES, key=len, reverse=True)
_COUNT = "count"
_SIGNS = str.maketrans({"·": "*", "•": "*", "×": "*", "⋅": "*", "∙": "*", "（": "(", "）": ")", "μ": "µ"})
_DIGITS = 10  # significant digits kept of a product that no decimal writes exactly: 1 亩 is 1/15 hm2


class StatisticUnitError(BilanError):
    """A unit is unknown, or of another kind than the one that is wanted."""


@cache
def unit_factor(unit: str, into: str) -> Fraction:
    """Return by what a figure in ``unit`` is multiplied to be one in ``into``.

    >>> unit_factor("万吨", "t"), unit_factor("公顷", "亩"), unit_factor("吨标准煤/万元", "千克标准煤/元")
    (Fraction(10000, 1), Fraction(15, 1), Fraction(1, 10))

    Raises :class:`StatisticUnitError`.
    """
    given, wanted = _parsed(unit), _parsed(into)
    if given[1] != wanted[1]:
        raise StatisticUnitError(f"单位 {unit!r} 不能换算为 {into or '无单位'}")
    return given[0] / wanted[0]


def times(value: Decimal, factor: Fraction) -> Decimal:
    """Return ``value`` times ``factor``: exact where a decimal can write it, else to 10 significant digits at least.

    A power of ten leaves the digits as they are, zeros at the end included.

    >>> times(Decimal("1.2"), Fraction(10000)), times(Decimal("9.50"), Fraction(1, 10))
    (Decimal('12000'), Decimal('0.950'))
    >>> times(Decimal(2), Fraction(1, 15))
    Decimal('0.1333333333')
    """
    shift = _power_of_ten(factor)
    if shift is not None:
        made = value.scaleb(shift)
    else:
        product = Fraction(value) * factor
        digits = 60 if _terminates(product) else max(_DIGITS, len(value.as_tuple().digits))
        made = Context(prec=digits).divide(Decimal(product.numerator), Decimal(product.denominator))
    return made.quantize(Decimal(1)) if int(made.as_tuple().exponent) > 0 else made


def _power_of_ten(factor: Fraction) -> int | None:
    """The exponent of a power of ten; None for any other number."""
    for number, sign in ((factor.numerator, 1), (factor.denominator, -1)):
        digits = str(number)
        if 1 in (factor.numerator, factor.denominator) and number > 1:
            return sign * (len(digits) - 1) if digits.rstrip("0") == "1" else None
    return 0 if factor == 1 else None


def _terminates(number: Fraction) -> bool:
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


@cache
def _parsed(unit: str) -> tuple[Fraction, frozenset[tuple[str, int]]]:
    """The factor of ``unit`` and its dimensions with their powers."""
    text = _plain(unit)
    if not text:
        return Fraction(1), frozenset()
    whole = _one(text)
    if whole:
        return whole[0], _powers({whole[1]: 1})
    factor, powers = Fraction(1), Counter[str]()
    for number, side in enumerate(text.replace("(", "").replace(")", "").split("/")):
        for word in side.split("*"):
            found = _one(word)
            if found is None:
                raise StatisticUnitError(f"不认识单位 {unit!r}")
            power = -1 if number else 1
            factor *= found[0] ** power
            powers[found[1]] += power
    return factor, _powers(powers)


def _powers(powers: dict[str, int]) -> frozenset[tuple[str, int]]:
    """Ratios and counts have no dimension of their own: 个 and 1 differ, but 家 and 个 do not."""
    return frozenset((name, power) for name, power in powers.items() if power and name != "ratio")


def _one(word: str) -> tuple[Fraction, str] | None:
    """The factor and dimension of one unit, with or without a multiple."""
    known = _known()
    if word in known:
        return known[word]
    for multiple in _BY_LENGTH:
        rest = word.removeprefix(multiple)
        if rest != word and rest in known:
            factor, dimension = known[rest]
            return factor * _MULTIPLES[multiple], dimension
    return None


@cache
def _known() -> dict[str, tuple[Fraction, str]]:
    found = {_plain(unit.printed): (Fraction(1), _COUNT) for unit in units().values() if unit.kind == "counted"}
    for unit in printed_units():
        for form in (unit.unit, *unit.aliases):
            found[_plain(form)] = (unit.factor, unit.dimension)
    return found


def _plain(unit: str) -> str:
    """One spelling: no spaces, digits on the line, one sign for products; case stays, as MW is no mW."""
    text = unicodedata.normalize("NFKC", unit.translate(_SIGNS).replace("℃", "°C"))
    return "".join(text.split()).translate(_SIGNS).replace("^", "").replace("每", "/")
