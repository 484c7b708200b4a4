"""What a target asks of a figure: one small language for every form in which plans promise something.

A goal is about a *level* (PM2.5 at most 31 µg/m3) or about a *change* against a baseline: in percent of it, in
percentage points, or by an amount. A change becomes a level as soon as the baseline is known, so that there is one
comparison for all (:class:`bilan.foresee.room_limits.Limit`). What no figure can answer is a :class:`Unjudged` goal.

- ``=`` is read as 达到: where one direction is better, and for what a task counts, reaching the number is enough, and
  of a range its weaker end (控制在 0.15—0.2 以内). Without a direction both sides are asked.
- 下降 X% of an indicator that is itself a decline (单位GDP能耗下降率) is a level of that indicator.
- 增加 or 减少 by an amount is a level where what is added or taken away is itself the figure: of tasks, and of
  indicators that count work (新增治理面积). Of any other indicator it is a change.
- 年均提高 1 个百分点 is that change in each year from the baseline to the goal, one after the other.
- 提高 2% of an indicator in % is written for 2 % of it and for 2 percentage points. The goal says so (``doubt``); it is
  judged where both readings give the same answer, and else a person must say what was meant: whoever answers for the
  target would rather be asked than be told that they missed what they never promised.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from bilan.board.accumulating import adds_up_over
from bilan.foresee.room_levels import Change, level_after_percent, level_after_points
from bilan.foresee.room_limits import Limit, Side, plain, published
from bilan.observe.statistics_units import StatisticUnitError, times, unit_factor

if TYPE_CHECKING:
    from bilan.plan.model import Target
    from bilan.policy import Indicator

Basis = Literal["level", "percent", "points", "amount"]
Doubt = Literal["percent_or_points"]
Why = Literal[
    "qualitative",
    "by_reference",
    "standard_reference",
    "no_value",
    "no_baseline",
    "zero_baseline",
    "unit",
    "season",
    "period",
]

_POINTS = {"百分点", "个百分点"}
_PERCENT = "%"
_EACH_YEAR = "年均"
_CLASSES = range(1, 6)  # Ⅰ to Ⅴ
_CHANGES: dict[str, Change] = {"decrease_by": "decrease", "increase_by": "increase"}
_SIDES: dict[str, Side] = {">=": "at_least", "<=": "at_most"}
_BETTER: dict[str, Side] = {"higher": "at_least", "lower": "at_most"}
_OTHER: dict[Side, Side] = {"at_least": "at_most", "at_most": "at_least"}
# 基本, 约, 左右: no rule says how far that reaches. What misses the number of the plan by more than this share of it
# misses the goal beyond doubt; what misses it by less is for a person to judge.
VAGUE = Fraction(5, 100)
_UNSAID: dict[str, Why] = {
    "qualitative": "qualitative",
    "by_reference": "by_reference",
    "standard_reference": "standard_reference",
}


class Unjudged(Exception):  # noqa: N818 - an answer, not a mistake
    """No figure can be compared with the goal; ``why`` says what is missing."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


@dataclass(frozen=True, slots=True)
class Ask:
    """One side of a goal: the figure, or its change, is to be ``side`` of ``value``."""

    side: Side
    value: Decimal


@dataclass(frozen=True, slots=True)
class Goal:
    """What a target asks of a figure in ``unit``.

    ``asks`` are about the level, or about the change in the direction ``change``, counted upwards, over the whole time
    or (``yearly``) in each year of it. ``vague`` is set for 基本, 约 and 左右: a figure that misses the goal by less is
    for a person to judge. ``soft`` goals (力争) are judged like others, and said to be soft. ``doubt`` is what is not
    sure about the words.
    """

    asks: tuple[Ask, ...]
    basis: Basis = "level"
    change: Change | None = None
    strict: bool = False
    soft: bool = False
    vague: bool = False
    yearly: bool = False
    unit: str = ""
    doubt: Doubt | None = None

    @property
    def names_nothing(self) -> bool:
        """Whether the number of the plan is zero: no heavy pollution, no growth."""
        return all(ask.value == 0 for ask in self.asks)

    @property
    def all_or_nothing(self) -> bool:
        """Whether there never is any room: a level of none, or of a share the whole."""
        whole = {Decimal(0), Decimal(100)} if self.unit == _PERCENT else {Decimal(0)}
        return self.change is None and all(ask.value in whole for ask in self.asks)

    def in_points(self) -> Goal:
        """Return the goal as it reads if its percent are percentage points."""
        return replace(self, basis="points", doubt=None)

    def limits(self, decimals: int | None, baseline: Decimal | None = None, years: int = 1) -> tuple[Limit, ...]:
        """Return the goal as levels of the figure, which is published with ``decimals``.

        ``years`` from the baseline to the goal count for a ``yearly`` one only.

        >>> less = Goal((Ask("at_least", Decimal(18)),), "percent", "decrease")
        >>> [(limit.sign, limit.value) for limit in less.limits(0, Decimal(42))]
        [('≤', Decimal('34.44'))]

        Raises :class:`Unjudged` where a change has no baseline, or one of zero that no percentage can change.
        """
        return tuple(self._limit(ask, decimals, baseline, years if self.yearly else 1) for ask in self.asks)

    def tolerance(self, limit: Limit, baseline: Decimal | None = None) -> Fraction | None:
        """Return by how much a vague goal may be missed before it is missed beyond doubt, None for by anything.

        That is a share of the number that the plan names, for 下降10%左右 of the 10 %:

        >>> less = Goal((Ask("at_least", Decimal(10)),), "percent", "decrease", vague=True)
        >>> less.tolerance(less.limits(0, Decimal(40))[0], Decimal(40))
        Fraction(1, 5)
        """
        if self.names_nothing:
            return None
        start = Fraction(0) if self.change is None or baseline is None else Fraction(baseline)
        return abs(Fraction(limit.value) - start) * VAGUE

    def _limit(self, ask: Ask, decimals: int | None, baseline: Decimal | None, years: int) -> Limit:
        if self.change is None:
            return Limit(ask.side, _compounded(ask.value, years, decimals), decimals, self.strict)
        if baseline is None:
            raise Unjudged("no_baseline")
        after = level_after_percent if self.basis == "percent" else level_after_points
        level: Decimal | None = baseline
        for _ in range(years):
            level = None if level is None else after(level, ask.value, self.change)
        if level is None:
            raise Unjudged("zero_baseline")
        side = _OTHER[ask.side] if self.change == "decrease" else ask.side
        return Limit(side, level, decimals, self.strict)


def _compounded(rate: Decimal, years: int, decimals: int | None) -> Decimal:
    """The decline in percent that ``rate`` in each year adds up to: never the sum.

    No plan prints this number. It is reckoned just as the figure is, which is then rounded, and so it is rounded to the
    same decimals (GB/T 8170): who falls by 3 % in each of three years has 8.73 %, and has kept 8.7327 %.
    """
    if years == 1:
        return rate
    left = math.prod([1 - rate.scaleb(-2)] * years, start=Decimal(1))
    return plain(100 * (1 - left)) if decimals is None else published(100 * (1 - left), decimals)


def goal_of(target: Target, indicator: Indicator | None, value: Decimal | None = None) -> Goal:
    """Return what ``target`` asks.

    ``value``, when it is given, is the number to compare with: a superior's figure or a district's own that was
    entered, or the limit of a standard, in the unit of the indicator, into which numbers of the plan are converted; of
    a change it takes the place of the change.

    Raises :class:`Unjudged` for goals in words, for those whose number is with somebody else, and for those that count
    something else than the indicator (30 villages of a share).
    """
    basis = _basis(target, indicator)
    ends = _ends(target, indicator, basis) if value is None else (value, value)
    if any(_is_no_goal(number, target, basis) for number in ends):
        raise Unjudged("no_value")
    return Goal(
        asks=_asks(target, indicator, ends),
        basis=basis,
        change=None if basis == "level" else _CHANGES[target.operator],
        strict=target.strict,
        soft=target.soft,
        vague=target.approx or target.operator == "approx",
        yearly=target.recurrence == _EACH_YEAR and target.operator in _CHANGES,
        unit=indicator.unit if indicator is not None else target.unit or "",
        doubt="percent_or_points" if basis == "percent" and indicator and indicator.unit == _PERCENT else None,
    )


def goal_or_why(target: Target, indicator: Indicator | None) -> Goal | Unjudged:
    """Return what ``target`` asks as the plan says it, or why no figure can answer it."""
    try:
        return goal_of(target, indicator)
    except Unjudged as missing:
        return missing


def printed_baseline(target: Target, indicator: Indicator | None) -> Decimal | None:
    """Return the baseline that the plan prints, in the unit of the indicator, None without one.

    It stands in the unit of the goal; where that is the unit of a change (下降10%), in the unit of the indicator.
    """
    if target.baseline_value is None:
        return None
    number = _exact(target.baseline_value)
    if indicator is None or not target.unit or not indicator.unit or _basis(target, indicator) in ("percent", "points"):
        return number
    try:
        return times(number, unit_factor(target.unit, indicator.unit))
    except StatisticUnitError:
        return number


def measures_decline(indicator: Indicator | None) -> bool:
    """Return whether the figure of the indicator is itself a rate of decline.

    >>> from bilan.policy import indicators
    >>> sorted(one.code for one in indicators() if measures_decline(one))[:3]
    ['air.pm10.decline', 'air.pm25.decline', 'carbon.intensity.decline']
    """
    return indicator is not None and indicator.code.endswith("decline")


def _ends(target: Target, indicator: Indicator | None, basis: Basis) -> tuple[Decimal, Decimal]:
    """The number of the plan, or the two ends of its range, in the unit of the indicator."""
    if target.value is None:
        raise Unjudged(_UNSAID.get(target.value_kind, "no_value"))
    first = _exact(target.value)
    last = first if target.value_max is None else _exact(target.value_max)
    if indicator is None or not target.unit or not indicator.unit or basis in ("percent", "points"):
        return min(first, last), max(first, last)
    try:
        factor = unit_factor(target.unit, indicator.unit)
    except StatisticUnitError:
        raise Unjudged("unit") from None
    return times(min(first, last), factor), times(max(first, last), factor)


def _is_no_goal(number: Decimal, target: Target, basis: Basis) -> bool:
    """Whether no target can ask for the number: a change of less than nothing, a class that there is not."""
    return number < 0 if basis != "level" else target.value_kind == "class" and number not in _CLASSES


def _basis(target: Target, indicator: Indicator | None) -> Basis:
    """What the number of the target counts."""
    if target.operator not in _CHANGES or measures_decline(indicator):
        return "level"
    if target.unit in _POINTS:
        return "points"
    if target.unit == _PERCENT:
        return "percent"
    return "level" if counts_work(target, indicator) else "amount"


def counts_work(target: Target, indicator: Indicator | None) -> bool:
    """Return whether the figure of ``target`` counts what was done since the plan began, so that it only grows.

    Tasks count, wherever the plan writes them, and so do figures that add up over a plan
    (:mod:`bilan.board.accumulating`), unless the target asks for so many per cent more or less of them.
    """
    if target.kind == "task_quantity":
        return True
    if target.operator not in _CHANGES:
        return adds_up_over(indicator) == "plan"
    if indicator is None:
        return True
    return adds_up_over(indicator) == "plan" and target.unit not in (_PERCENT, *_POINTS)


def unit_of(target: Target, indicator: Indicator | None) -> str:
    """Return the unit that figures of ``target`` are in, by the name that the plan has for it where it has one."""
    if indicator is None or not indicator.unit or not target.unit:
        return (indicator.unit if indicator else "") or target.unit or ""
    try:
        return target.unit if unit_factor(target.unit, indicator.unit) == 1 else indicator.unit
    except StatisticUnitError:
        return indicator.unit


def _asks(target: Target, indicator: Indicator | None, ends: tuple[Decimal, Decimal]) -> tuple[Ask, ...]:
    """The sides of the goal. Of a change the number is the least that is promised, unless the plan bounds it above."""
    side = _side(target, indicator)
    asks = tuple(Ask(one, end) for one, end in zip(_OTHER, ends, strict=True) if side in (one, None))
    if target.operator == "increase_by" and measures_decline(indicator):
        return tuple(Ask(_OTHER[ask.side], -ask.value) for ask in asks)  # a rise by 2 % at most: a decline of -2 %
    return asks


def _side(target: Target, indicator: Indicator | None) -> Side | None:
    """The side that is asked, None for both: by the operator, by what a task counts, by what is better."""
    if target.operator in _CHANGES:
        return _SIDES.get(target.bound or ">=")
    if target.operator in _SIDES:
        return _SIDES[target.operator]
    if target.kind == "task_quantity":
        return "at_least"
    return None if indicator is None else _BETTER.get(indicator.direction)


def _exact(value: float) -> Decimal:
    """The number as the plan writes it, without the .0 of a float."""
    number = Decimal(repr(value))
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number
