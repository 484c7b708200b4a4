"""The rules in plain Python: figures, rooms and courses from the raw numbers, by the definition and not by a formula.

Nothing of bilan is imported. What is said of the rest of a period is found by trying, from the definition: "the rest
exactly at the amount meets the goal, one last digit beyond does not".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import cache

from . import raw

# HJ 633-2012 table 1: the daily values up to which the index is at most 100, and at most 200.
_GOOD = {"pm2_5": 75, "pm10": 150, "so2": 150, "no2": 80, "co": 4, "o3": 160}
_BAD = {"pm2_5": 150, "pm10": 350, "so2": 800, "no2": 280, "co": 24, "o3": 265}
# GB 3838-2002 table 1: permanganate index and total phosphorus of rivers, classes Ⅰ to Ⅴ.
_CODMN = (2, 4, 6, 10, 15)
_TP = (Fraction(2, 100), Fraction(1, 10), Fraction(2, 10), Fraction(3, 10), Fraction(4, 10))


def rounded(value: Fraction, digits: int) -> Decimal:
    """The value with ``digits`` decimals, a tie to the even neighbour (GB/T 8170)."""
    scaled = value * 10**digits
    whole = Decimal(scaled.numerator) / Decimal(scaled.denominator) if scaled.denominator == 1 else None
    steps = int(whole) if whole is not None else _half_even(scaled)
    return Decimal(steps).scaleb(-digits)


def _half_even(value: Fraction) -> int:
    below = value.numerator // value.denominator
    rest = value - below
    if rest == Fraction(1, 2):
        return below if below % 2 == 0 else below + 1
    return below + (rest > Fraction(1, 2))


def exact(value: Decimal | int | str) -> Fraction:
    return Fraction(Decimal(value).quantize(Decimal("1e-9"), rounding=ROUND_HALF_EVEN))


# Ambient air


@cache
def day_value(pollutant: str, day: date, region: str = raw.CITY, *, corrected: bool = True) -> Fraction | None:
    """The mean of the stations of the region on a day, None where fewer than three quarters of them measured."""
    inside = [id_ for id_, (district, _) in raw.STATIONS.items() if region in (raw.CITY, district)]
    found = [value for id_ in inside if (value := raw.measured(id_, pollutant, day, corrected=corrected)) is not None]
    if not inside or len(found) * 4 < len(inside) * 3:
        return None
    return sum(map(exact, found), Fraction()) / len(found)


def day_values(pollutant: str, first: str, last: str, region: str = raw.CITY, **known: bool) -> list[Fraction]:
    """The valid daily values of a period."""
    days = raw.days(date.fromisoformat(first), date.fromisoformat(last))
    return [value for day in days if (value := day_value(pollutant, day, region, **known)) is not None]


def mean(pollutant: str, first: str, last: str, region: str = raw.CITY, **known: bool) -> Decimal:
    """The published mean: whole micrograms."""
    values = day_values(pollutant, first, last, region, **known)
    return rounded(sum(values, Fraction()) / len(values), 0)


def percentile(pollutant: str, percent: int, first: str, last: str, digits: int = 0) -> Decimal:
    """HJ 663 annex A, between the two daily values beside the place 1 + (N - 1) p."""
    return rounded(_percentile(day_values(pollutant, first, last), percent), digits)


def _percentile(values: Iterable[Fraction], percent: int) -> Fraction:
    ordered = sorted(values)
    place = 1 + Fraction((len(ordered) - 1) * percent, 100)
    under = place.numerator // place.denominator
    low, high = ordered[under - 1], ordered[min(under, len(ordered) - 1)]
    return low + (place - under) * (high - low)


def days_of(first: str, last: str, worst: dict[str, int]) -> tuple[int, int]:
    """Of a period: the days on which every pollutant is within its value in ``worst``, and all days."""
    days = list(raw.days(date.fromisoformat(first), date.fromisoformat(last)))
    within = [all((day_value(name, day) or 0) <= most for name, most in worst.items()) for day in days]
    return sum(within), len(days)


def good_days(first: str, last: str) -> tuple[int, int]:
    return days_of(first, last, _GOOD)


def good_ratio(first: str, last: str) -> Decimal:
    good, days = good_days(first, last)
    return rounded(Fraction(100 * good, days), 1)


def heavy_days(first: str, last: str) -> Decimal:
    not_heavy, days = days_of(first, last, _BAD)
    return Decimal(days - not_heavy)


# Surface water


def item_mean(section: str, item: str, year: int, months: int = 12) -> Fraction:
    return sum((exact(raw.sampled(section, item, year, m)) for m in range(1, months + 1)), Fraction()) / months


def water_class(section: str, year: int, months: int = 12) -> int:
    """The worse of the two classes that permanganate index and phosphorus give; the rest is class Ⅱ or better."""
    kinds = [(item_mean(section, "codmn", year, months), _CODMN), (item_mean(section, "tp", year, months), _TP)]
    return max(1 + sum(value > limit for limit in limits) for value, limits in kinds)


def classes(year: int, months: int = 12, river: str = "") -> list[int]:
    """The classes of all sections, or of those of a river."""
    return [water_class(one, year, months) for one, (_, on, _, _) in raw.SECTIONS.items() if river in ("", on)]


def share_of(found: Sequence[int], chosen: Callable[[int], bool]) -> Decimal:
    return rounded(Fraction(100 * sum(map(chosen, found)), len(found)), 1)


def good_sections(year: int, months: int = 12, river: str = "") -> Decimal:
    return share_of(classes(year, months, river), lambda one: one <= 3)


def winter_sections(year: int) -> Decimal:
    """The good sections of October to March: each classed by the mean of its six months."""
    months = [(year, 10), (year, 11), (year, 12), (year + 1, 1), (year + 1, 2), (year + 1, 3)]

    def worst(section: str) -> int:
        found = 0
        for item, limits in (("codmn", _CODMN), ("tp", _TP)):
            mean = sum((exact(raw.sampled(section, item, *month)) for month in months), Fraction()) / len(months)
            found = max(found, 1 + sum(mean > limit for limit in limits))
        return found

    return share_of([worst(section) for section in raw.SECTIONS], lambda one: one <= 3)


def inferior_sections(year: int, months: int = 12) -> Decimal:
    return share_of(classes(year, months), lambda one: one == 6)


# Statistics


def reported(code: str, period: str, *, status: str = "final") -> Decimal:
    """The report of a figure; the only one of its status."""
    (value,) = (row[3] for row in raw.REPORTS if (row[0], row[2], row[4]) == (code, period, status))
    return Decimal(value)


def cumulated(rates: Iterable[Decimal], digits: int = 2) -> Decimal:
    """What yearly declines in percent make together: the product, never the sum."""
    return rounded(100 * (1 - _left(rates)), digits)


def each_year(rate: str, years: int, digits: int = 2) -> Fraction:
    """What a decline of so many percent in every year makes, rounded as the figure of all years is."""
    return Fraction(cumulated([Decimal(rate)] * years, digits))


def _left(rates: Iterable[Decimal]) -> Fraction:
    left = Fraction(1)
    for rate in rates:
        left *= 1 - exact(rate) / 100
    return left


# What is asked


def less(base: Decimal | str, percent: str) -> Fraction:
    """The level after a decrease by so many percent; a minus sign makes it an increase."""
    return exact(base) * (1 - exact(percent) / 100)


def on_the_way(base: Decimal | str, goal: Fraction | str, share: Fraction | str) -> Fraction:
    """The level of a straight course from base to goal, after a ``share`` of its way."""
    start, end = exact(Decimal(base)), goal if isinstance(goal, Fraction) else exact(goal)
    return start + (end - start) * Fraction(share)


def meets(figure: Decimal | Fraction, sign: str, level: Fraction) -> bool:
    value = Fraction(figure)
    return {"≤": value <= level, "<": value < level, "≥": value >= level, ">": value > level}[sign]


def short(figure: Decimal, sign: str, level: Fraction) -> Fraction:
    """By how much the figure falls short, negative for what it has to spare."""
    over = Fraction(figure) - level
    return over if sign in "≤<" else -over


# What is left


def room_of_mean(sign: str, level: str, values: Sequence[Fraction], left: int) -> Decimal:
    """The highest mean, in tenths, that the days left may have so that the published whole figure meets the goal."""
    so_far, goal, tenths = sum(values, Fraction()), exact(level), 0
    while meets(rounded((so_far + Fraction(tenths + 1, 10) * left) / (len(values) + left), 0), sign, goal):
        tenths += 1
    return Decimal(tenths).scaleb(-1)


def room_of_good_days(sign: str, level: str, good: int, days: int, left: int) -> int | None:
    """How many of the days left may be no good days; None where not even none may."""
    fits = [
        n
        for n in range(left + 1)
        if meets(rounded(Fraction(100 * (good + left - n), days + left), 1), sign, exact(level))
    ]
    return max(fits, default=None)


def room_of_percentile(percent: int, level: str, values: Sequence[Fraction], left: int) -> int | None:
    """How many of the days left may be above the level, however high, the others being at zero."""
    fits = []
    for n in range(left + 1):
        made = [*values, *[Fraction(10**6)] * n, *[Fraction(0)] * (left - n)]
        if rounded(_percentile(made, percent), 0) <= exact(level):
            fits.append(n)
    return max(fits, default=None)


def room_of_sections(sign: str, level: str, found: Sequence[int]) -> int:
    """How many good sections may fail; negative: how many others must become good."""
    good = sum(one <= 3 for one in found)
    needed = next(
        n for n in range(len(found) + 1) if meets(rounded(Fraction(100 * n, len(found)), 1), sign, exact(level))
    )
    return good - needed


def room_of_rate(level: str, rates: Sequence[Decimal], years: int, digits: int) -> Decimal:
    """The least yearly decline of the years left with which the published cumulated decline meets the goal."""
    step = Decimal(1).scaleb(-digits)
    rate = Decimal(0)
    while cumulated([*rates, *[rate] * years], digits - 1) < Decimal(level):
        rate += step
    return rate


def days_left(day: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(day)) // timedelta(days=1)
