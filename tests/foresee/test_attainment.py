"""The outlook against plain arithmetic that imports nothing from bilan, and against what must hold of any."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.foresee import Learned, Limit, Outlook, Series, attainment_learner, learn, outlook
from bilan.foresee.attainment import MINIMUM_YEARS
from bilan.foresee.attainment_scale import SHARE
from bilan.foresee.bands import Fit, Record, Start, fit
from bilan.foresee.room_limits import Side
from bilan.foresee.room_means import SoFar, bound_of_rest
from bilan.foresee.room_rest import Rest
from bilan.periods import Period

SHAPE = [1.3, 1.2, 1.05, 0.95, 0.85, 0.75, 0.7, 0.7, 0.8, 1.0, 1.3, 1.4]
YEAR = Period.parse("2025")
JUNE = date(2025, 6, 30)


def months(*levels: float, first: int = 2025) -> Series:
    """Whole years of monthly values of the same shape, the last of them ``first``."""
    values = [level * share for level in levels for share in SHAPE]
    return Series(date(first - len(levels) + 1, 1, 1), values, "month")


def goal(target: str, comparison: str = "<=", decimals: int | None = None) -> Limit:
    side: Side = "at_most" if comparison.startswith("<") else "at_least"
    return Limit(side, Decimal(target), decimals, strict=not comparison.endswith("="))


def number(value: float | None) -> float:
    assert value is not None
    return value


def t_below(t: float, freedom: int) -> float:
    """Of odd degrees of freedom, by the finite series in the angle (Abramowitz and Stegun 26.7.3)."""
    angle = math.atan(t / math.sqrt(freedom))
    term = total = math.cos(angle)
    for k in range(3, freedom - 1, 2):
        term *= math.cos(angle) ** 2 * (k - 1) / k
        total += term
    return 0.5 + (angle + math.sin(angle) * total) / math.pi


def test_by_hand() -> None:
    """Two even years of 30 and 40, now 38 for six months: is the year's mean at most 36?"""
    x = math.log(40 / 30) / 2  # the anomaly of either half in either year, up or down
    # months: the years and months leave nothing, 12 at the start of 0.2 and 11 of these years
    monthly = 12 * 0.2**2 / 23
    spread = monthly * 1.5 / 12 / 0.5
    weight, slope = spread / 0.25**2, spread / 0.05**2  # how firm persistence 1/3 and trend 0 are
    a, b, d = weight + 2 * x * x, x, slope + 0.5  # x̃ = ∓x, t̃ = ∓1/2
    p, q = weight / 3 + 2 * x * x, x
    persistence, trend = (d * p - b * q) / (a * d - b * b), (a * q - b * p) / (a * d - b * b)
    left = 10 * spread + weight / 9 + 2 * x * x - persistence * p - trend * q
    anomaly, years = math.log(38) - math.log(1200) / 2, 1.5
    centre = math.log(1200) / 2 + persistence * anomaly + trend * years
    doubt = (d * anomaly**2 - 2 * b * anomaly * years + a * years**2) / (a * d - b * b)
    scale = math.sqrt(left / 11 * (1 + 1 / 2 + doubt))

    series = Series(date(2023, 1, 1), [30] * 12 + [40] * 12 + [38] * 6, "month")
    told = outlook(series, YEAR, JUNE, goal("36"))
    assert told.persistence == pytest.approx(persistence)
    assert told.trend == pytest.approx(trend)
    assert told.middle == pytest.approx((38 + math.exp(centre)) / 2)
    assert told.low == pytest.approx((38 + math.exp(centre - 1.795885 * scale)) / 2, rel=1e-6)  # t of 11, 5 and 95 %
    assert told.high == pytest.approx((38 + math.exp(centre + 1.795885 * scale)) / 2, rel=1e-6)
    assert told.probability == pytest.approx(t_below((math.log(34) - centre) / scale, 11))  # the rest may have 34
    rounded = outlook(series, YEAR, JUNE, goal("36", decimals=0))
    assert rounded.probability == pytest.approx(t_below((math.log(35) - centre) / scale, 11))  # up to 36.5
    assert (told.years, told.neighbour_years, told.so_far, told.tried) == (2, 0, 38, 2)


def rising_spring(missing: int) -> Learned:
    """Two years at 35, then 90 days at 50 of which the last of January and the first of February are missing."""
    values = np.array([35.0] * 365 * 2 + [50.0] * 90)
    values[365 * 2 + 20 : 365 * 2 + 20 + missing] = np.nan
    return learn(Series(date(2021, 1, 1), values), Period.parse("2023"), date(2023, 3, 31))


def test_the_parts_weigh_by_their_valid_days() -> None:
    """All 90 of 90: (4500 + 275 y) / 365. 75 of them: 275 x 75 / 90 = 229.2, so (3750 + 229 y) / 304."""
    whole, gappy = (rising_spring(missing).outlook(goal("35")) for missing in (0, 15))
    for name in ("low", "middle", "high"):
        rest = (getattr(whole, name) * 365 - 4500) / 275
        assert getattr(gappy, name) == pytest.approx((3750 + 229 * rest) / 304, rel=1e-12)
    assert whole.so_far == gappy.so_far == 50


@pytest.mark.parametrize("missing", [0, 15])
@pytest.mark.parametrize("target", ["35", "38", "40"])
def test_the_probability_is_that_of_keeping_the_room(missing: int, target: str) -> None:
    """What the rest may have at the most is one number, that of the room; the band says how likely it is."""
    learned = rising_spring(missing)
    valid = 90 - missing
    bound = bound_of_rest(goal(target, decimals=0), [SoFar(50 * valid, valid, Rest(275, Fraction(valid, 90)))])
    assert bound is not None
    assert learned.foreseen is not None
    told = learned.outlook(goal(target, decimals=0))
    assert told.probability == pytest.approx(learned.foreseen.band.below(math.log(bound.value)), rel=1e-9)


def test_learned_once_for_every_goal(monkeypatch: pytest.MonkeyPatch) -> None:
    neighbours = [months(50, 48, 47, 45), months(60, 60, 61, 59)]
    series = months(44, 41, 40, 38)
    asked = [(goal("37"), 0.9), (goal("39", "<"), 0.5), (goal("38", ">="), 0.9)]
    expected = [outlook(series, YEAR, JUNE, one, neighbours=neighbours, level=level) for one, level in asked]
    learned = learn(series, YEAR, JUNE, neighbours=neighbours)
    monkeypatch.setattr(attainment_learner, "fit", None)  # nothing is fitted any more
    assert [learned.outlook(one, level) for one, level in asked] == expected
    assert len({told.probability for told in expected}) == 3
    assert number(expected[1].low) > number(expected[0].low)


def test_what_is_told_from_zero_is_learned() -> None:
    """Months without a heavy day count as half of the last published digit, 0.5 or 0.05, whatever the goal is asked."""
    rare = Series(date(2021, 1, 1), ([3, 1] + [0] * 8 + [1, 2]) * 4 + [2, 1, 0, 0, 0, 0], "month")
    one, other = (learn(rare, YEAR, date(2025, 3, 31), decimals=decimals) for decimals in (0, 1))
    asked = goal("1", decimals=1)
    assert one.outlook(asked).high == one.outlook(goal("1")).high != other.outlook(asked).high
    assert outlook(rare, YEAR, date(2025, 3, 31), asked) == other.outlook(asked)


@pytest.mark.parametrize(("target", "met"), [("35", 0.0), ("36", 1.0)])
def test_nothing_is_left(target: str, met: float) -> None:
    """A year of 35.5 is published as 36; no history is needed to say so."""
    year = Series(date(2025, 1, 1), [35.5] * 12, "month")
    told = outlook(year, YEAR, date(2025, 12, 31), goal(target, decimals=0))
    assert told == Outlook(met, low=35.5, middle=35.5, high=35.5, so_far=35.5)
    assert outlook(year, YEAR, date(2027, 1, 1), goal(target, decimals=0)) == told


@pytest.mark.parametrize("as_of", [date(2024, 12, 31), date(2024, 9, 30)])
def test_nothing_is_known_yet(as_of: date) -> None:
    """The eve of the year; in September before, the unfinished year teaches nothing either."""
    told = outlook(months(40, 40, 40, 40), YEAR, as_of, goal("40"))
    assert told.so_far is None
    assert told.persistence is None
    assert told.middle == pytest.approx(40, rel=0.01)
    assert told.years == (3 if as_of.month == 12 else 2)


def test_what_comes_later_is_not_looked_at() -> None:
    series = months(44, 41, 40, 38, 36)
    told = outlook(series, YEAR, JUNE, goal("37"))
    later = series.values.copy()
    later[-6:] = [-999, 0, 1e9, np.nan, 5, 5]
    assert outlook(Series(series.first, later, "month"), YEAR, JUNE, goal("37")) == told
    assert outlook(Series(series.first, [*series.values, *[7.0] * 24], "month"), YEAR, JUNE, goal("37")) == told
    assert outlook(Series(series.first, series.values[:-6], "month"), YEAR, JUNE, goal("37")) == told


@pytest.mark.parametrize("count", range(MINIMUM_YEARS))
def test_too_little_history_is_said(count: int) -> None:
    neighbour = months(50, 48, 47, 45, 44)
    told = outlook(months(*[40] * (count + 1)), YEAR, JUNE, goal("40"), neighbours=[neighbour])
    assert (told.probability, told.reason, told.years) == (None, "not_enough_history", count)
    assert (told.low, told.high, told.coverage) == (None, None, None)
    assert told.so_far == pytest.approx(40 * sum(SHAPE[:6]) / 6)
    enough = outlook(months(*[40] * (MINIMUM_YEARS + 1)), YEAR, JUNE, goal("40"))
    assert (enough.reason, enough.probability is None) == (None, False)


def test_a_past_year_with_gaps_does_not_count() -> None:
    """Two of six months missing is more than a fifth, one is not; the other half being whole does not help."""
    series = months(44, 41, 40, 38)
    for missing, years in ((1, 3), (2, 2)):
        values = series.values.copy()
        values[6 : 6 + missing] = np.nan
        assert outlook(Series(series.first, values, "month"), YEAR, JUNE, goal("37")).years == years


def test_this_year_with_gaps_is_not_foreseen() -> None:
    values = months(44, 41, 40, 38).values.copy()
    values[36:38] = np.nan
    told = outlook(Series(date(2022, 1, 1), values, "month"), YEAR, JUNE, goal("37"))
    assert (told.probability, told.reason) == (None, "not_enough_values")


def test_values_that_cannot_be_are_said() -> None:
    values = months(44, 41, 40, 38).values.copy()
    values[3] = -1
    told = outlook(Series(date(2022, 1, 1), values, "month"), YEAR, JUNE, goal("37"))
    assert (told.probability, told.reason) == (None, "impossible_values")
    assert outlook(months(44, 41, 40, 38), YEAR, JUNE, goal("0.8", ">="), scale=SHARE).reason == "impossible_values"


def test_zeros_have_a_log() -> None:
    """A month without a heavy day: counted as half of the last published digit, and the band reaches down to none."""
    rare = Series(date(2021, 1, 1), ([3, 1] + [0] * 8 + [1, 2]) * 4 + [2, 1, 0, 0, 0, 0], "month")
    for cut in (date(2025, 3, 31), JUNE):
        told = outlook(rare, YEAR, cut, goal("1", decimals=1))
        assert 0 < number(told.probability) < 1
        assert 0 < number(told.low) <= number(told.middle) <= number(told.high) < 5
    nothing = Series(date(2021, 1, 1), [0.0] * 54, "month")
    told = outlook(nothing, YEAR, JUNE, goal("1", decimals=0))
    assert number(told.probability) > 0.95
    assert told.low == told.middle == 0
    assert number(outlook(nothing, YEAR, JUNE, goal("-1", decimals=0)).probability) == 0
    assert number(outlook(nothing, YEAR, JUNE, goal("0", ">=", decimals=0)).probability) == 1


def test_a_goal_lost_for_certain() -> None:
    """Half a year at 80 is a mean of 40 even when the rest is clean."""
    series = Series(date(2022, 1, 1), [40.0] * 36 + [80.0] * 6, "month")
    assert outlook(series, YEAR, JUNE, goal("39.9")).probability == 0
    assert outlook(series, YEAR, JUNE, goal("40", "<")).probability == 0
    assert outlook(series, YEAR, JUNE, goal("40", ">=")).probability == 1
    assert 0 < number(outlook(series, YEAR, JUNE, goal("41")).probability) < 0.01


def test_intervals_of_the_past_are_counted() -> None:
    """Steady years hold; one year whose second half is three times itself is outside of what the others say."""
    steady = months(40, 40.5, 39.5, 40, 40.2, 39.8, 40)
    told = outlook(steady, YEAR, JUNE, goal("40"))
    assert (told.held, told.tried, told.coverage) == (6, 6, 1)
    values = steady.values.copy()
    values[30:36] *= 3
    odd = outlook(Series(steady.first, values, "month"), YEAR, JUNE, goal("40"))
    assert (odd.held, odd.tried, odd.coverage) == (5, 6, 5 / 6)


def test_intervals_of_neighbours_are_not_counted() -> None:
    """Theirs would hold, or not; how often this place's did is all that is said beside its interval."""
    steady = months(40, 40.5, 39.5, 40, 40.2, 39.8, 40)
    wild = steady.values.copy()
    wild[[6, 18, 42, 54]] *= 20
    told = outlook(steady, YEAR, JUNE, goal("40"), neighbours=[Series(steady.first, wild, "month")])
    assert (told.held, told.tried, told.neighbour_years) == (6, 6, 6)


def test_a_year_does_not_foresee_itself() -> None:
    """Two years whose second halves differ by 0.3 in the log: from the other alone, 0.256 either way is the most."""
    values = [40.0] * 18 + [40 * math.exp(0.3)] * 6 + [40.0] * 6
    told = outlook(Series(date(2023, 1, 1), values, "month"), YEAR, JUNE, goal("40"))
    assert (told.held, told.tried) == (0, 2)


def test_neither_do_neighbours_in_that_year(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def watched(own: Record, neighbours: list[Record], start: Start) -> Fit:
        asked.append([sorted(record.year.tolist()) for record in (own, *neighbours)])
        return fit(own, neighbours, start)

    monkeypatch.setattr(attainment_learner, "fit", watched)
    outlook(months(44, 41, 40, 38), YEAR, JUNE, goal("40"), neighbours=[months(50, 51, 52, 53)])
    every, *left_out = asked
    assert every == [[-3, -2, -1]] * 2
    assert left_out == [[[-2, -1]] * 2, [[-3, -1]] * 2, [[-3, -2]] * 2]  # the own years, one after the other


def test_neighbours_narrow_the_band() -> None:
    """They tell of the weather, not of the level."""
    generator = np.random.default_rng(5)
    wild = [month * level * math.exp(generator.normal(0, 0.03)) for level in (40, 41, 39) for month in SHAPE]
    own = Series(date(2023, 1, 1), wild[:30], "month")
    near = [months(90, 91, 90, 89, 90, 90, 91, 90), months(20, 20, 20, 20, 20, 20, 20, 20)]
    alone, beside = (outlook(own, YEAR, JUNE, goal("40"), neighbours=found) for found in ([], near))
    assert number(beside.high) - number(beside.low) < 0.9 * (number(alone.high) - number(alone.low))
    assert beside.middle == pytest.approx(number(alone.middle), rel=0.02)
    assert (beside.years, beside.neighbour_years, beside.tried) == (2, 14, 2)


def test_a_season_across_new_year() -> None:
    days = Series(date(2021, 10, 1), np.full(365 * 3 + 70, 60.0))
    winter = Period.parse("2024-10/2025-03")
    told = outlook(days, winter, date(2024, 11, 30), goal("60", decimals=0))
    assert told.years == 3
    assert told.middle == pytest.approx(60, rel=0.01)
    assert number(told.probability) > 0.5


def test_shares_of_good_days() -> None:
    """Nine good days in ten every month; 0.9 is even, and no share goes beyond all days."""
    days = np.ones(365 * 4 + 1)
    days[9::10] = 0
    series = Series(date(2021, 1, 1), days[: 365 * 3 + 181])
    told = [
        outlook(series, Period.parse("2024"), date(2024, 6, 30), goal(target, ">=", 3), scale=SHARE)
        for target in ("0.4", "0.85", "0.9", "0.95", "0.952")
    ]
    said = [number(one.probability) for one in told]
    assert said[0] == 1
    assert said[1] > 0.9
    assert said[2] == pytest.approx(0.5, abs=0.05)
    assert 0 < said[3] < 0.05
    assert said[4] == 0
    assert 0.45 < number(told[0].low) < 0.9 < number(told[0].high) < 0.95


series_of_years = st.lists(st.floats(20, 60), min_size=3, max_size=6)


@settings(max_examples=40)
@given(series_of_years, st.integers(1, 11), st.floats(10, 100))
def test_better_and_worse_are_all_there_is(levels: list[float], month: int, target: float) -> None:
    cut = date(2025, month, 28) if month == 2 else date(2025, month, 30)
    series, text = months(*levels), repr(target)
    for one, other in (("<=", ">"), ("<", ">=")):
        said = [number(outlook(series, YEAR, cut, goal(text, sign, 0)).probability) for sign in (one, other)]
        assert sum(said) == pytest.approx(1)
        assert all(0 <= probability <= 1 for probability in said)


@settings(max_examples=40)
@given(series_of_years, st.floats(0.2, 5))
def test_the_unit_does_not_matter(levels: list[float], factor: float) -> None:
    told = outlook(months(*levels), YEAR, JUNE, goal("40"))
    other = outlook(months(*[level * factor for level in levels]), YEAR, JUNE, goal(repr(40 * factor)))
    assert other.probability == pytest.approx(number(told.probability), abs=1e-9)
    assert other.low == pytest.approx(number(told.low) * factor)


@settings(max_examples=40)
@given(series_of_years, st.floats(0.05, 0.95))
def test_the_interval_and_the_probability_agree(levels: list[float], probability: float) -> None:
    """What the figure does not exceed with a probability is a target met with that probability."""
    level = abs(2 * probability - 1) or 0.5
    told = outlook(months(*levels), YEAR, JUNE, goal("40"), level=level)
    for bound, share in ((told.low, (1 - level) / 2), (told.middle, 0.5), (told.high, (1 + level) / 2)):
        met = outlook(months(*levels), YEAR, JUNE, goal(repr(bound)))
        assert met.probability == pytest.approx(share, abs=1e-6)


def test_nine_in_ten_intervals_hold() -> None:
    """300 places of six years with lasting and passing anomalies, about as large as the start takes them to be."""
    generator = np.random.default_rng(11)
    held = 0
    for _ in range(300):
        lasting = np.repeat(generator.normal(0, 0.04, 6), 12)
        levels = np.log(np.tile(SHAPE, 6)) + lasting + generator.normal(0, 0.2, 72)
        figures = 40 * np.exp(levels)
        told = outlook(Series(date(2020, 1, 1), figures, "month"), YEAR, JUNE, goal("40"))
        held += number(told.low) <= figures[-12:].mean() <= number(told.high)
    assert 0.86 <= held / 300 <= 0.96


def test_the_same_question_has_the_same_answer() -> None:
    series = months(44, 41, 40, 38)
    first = outlook(series, YEAR, JUNE, goal("38"), neighbours=[months(60, 58, 55, 50)])
    assert outlook(series, YEAR, JUNE, goal("38"), neighbours=[months(60, 58, 55, 50)]) == first


def test_the_example_of_the_method_page() -> None:
    series = Series(date(2023, 1, 1), [30] * 12 + [40] * 12 + [38] * 6, "month")
    told = outlook(series, YEAR, JUNE, goal("36", decimals=0))
    page = (Path(__file__).parents[2] / "docs" / "methods" / "attainment.md").read_text(encoding="utf-8")
    assert f"w = {told.persistence:.2f}，趋势每年 {told.trend:.3f}，全年中位数 {told.middle:.1f}" in page
    assert f"概率 {told.probability:.2f}，90 % 区间 {told.low:.1f}–{told.high:.1f}" in page


def test_a_year_that_is_over_is_compared_as_it_is_published_whatever_the_floats_say() -> None:
    """0.1 and 0.2 are 0.30000000000000004 together; their mean is 0.15, and 0.15 it is."""
    series = Series(date(2025, 1, 1), [0.1, 0.2] * 6, "month")
    for target, decimals, chance in (("0.15", None, 1.0), ("0.1", 1, 0.0), ("0.2", 1, 1.0)):
        told = outlook(series, YEAR, date(2025, 12, 31), goal(target, decimals=decimals))
        assert told.probability == chance
