"""What a board must say, in plain Python and by trying every case: rounding, room and answer. Nothing of bilan's.

GB/T 8170 (half to even); HJ 663 annex A (percentiles); GB 3095 table 4. A room is found by trying how far the rest of
the period may go, never by a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..evaluate.air.reference import percentile

LIKELY = Fraction(6, 10)  # from this probability on a goal is said to be on course
OPEN = 10**7  # beyond every value of a day, in steps


@dataclass(frozen=True)
class Goal:
    """``side`` is ``<=`` or ``>=``; ``value`` in the unit of the figure, which is published with ``decimals``."""

    side: str
    value: Fraction
    decimals: int

    def kept_by(self, exact: Fraction) -> bool:
        """Whether the figure keeps the goal once it is rounded."""
        shown = Fraction(rounded(exact, self.decimals))
        return shown <= self.value if self.side == "<=" else shown >= self.value

    def gap(self, figure: Decimal) -> Fraction:
        """By how much the figure falls short."""
        over = Fraction(figure) - self.value
        return over if self.side == "<=" else -over


@dataclass(frozen=True)
class Left:
    """What is left: ``days`` of the calendar, of which as many are expected to be valid as were so far."""

    days: int
    valid: int
    gone: int

    @property
    def expected(self) -> int:
        share = Fraction(self.valid, self.gone) if self.gone else Fraction(1)
        return max(round(self.days * share), min(self.days, 1))


Found = tuple[str, Fraction | None]  # state and amount


def rounded(value: Fraction, decimals: int) -> Decimal:
    """GB/T 8170: to the even neighbour at a tie.

    >>> rounded(Fraction(69, 2), 0), rounded(Fraction(71, 2), 0)
    (Decimal('34'), Decimal('36'))
    """
    return Decimal(round(value * 10**decimals)).scaleb(-decimals)  # of a fraction, to the even neighbour


def mean_room(goal: Goal, total: Fraction, valid: int, left: Left, lowest: int = 0) -> Found:
    """How high the rest may be on average, to one decimal more than the figure; ``goal`` is one to stay below."""

    def kept(days: int, each: Fraction) -> bool:
        return goal.kept_by((total + days * each) / (valid + days))

    if not left.days:
        return ("met" if kept(0, Fraction(0)) else "missed"), None
    if not kept(left.days, Fraction(lowest)):
        return "impossible", None
    if not kept(left.expected, Fraction(lowest)):
        return "behind", Fraction(lowest)
    step = Fraction(1, 10 ** (goal.decimals + 1))
    most = last_true(lambda k: kept(left.expected, k * step), int(OPEN / step))
    return ("open" if most else "exhausted"), most * step


def last_true(holds: Callable[[int], bool], most: int) -> int:
    """The last number from 0 on that holds, where all before it hold and none after."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def share_room(goal: Goal, counted: int, valid: int, left: Left, *, percent: bool = True) -> Found:
    """How many of the days to come may go wrong: be none of the kind where it is good, or one where it is bad."""

    def kept(days: int, wrong: int) -> bool:
        of_the_kind = counted + (wrong if goal.side == "<=" else days - wrong)
        whole = valid + days
        return goal.kept_by(Fraction(100 * of_the_kind, whole) if percent else Fraction(of_the_kind))

    if not left.days:
        return ("met" if kept(0, 0) else "missed"), None
    if not kept(left.days, 0):
        return "impossible", None
    if kept(left.days, left.days):
        return "safe", Fraction(left.expected)
    spare = [wrong for wrong in range(left.expected + 1) if kept(left.expected, wrong)]
    if not spare:
        return "behind", Fraction(0)
    return ("open" if max(spare) else "exhausted"), Fraction(max(spare))


def percentile_room(goal: Goal, share: Fraction, values: Sequence[Fraction], left: Left) -> Found:
    """How many of the days to come may be above the limit, however high, with the others exactly at it."""

    def kept(days: int, above: int, others: Fraction) -> bool:
        tried = [*values, *[Fraction(OPEN)] * above, *[others] * (days - above)]
        return goal.kept_by(percentile(tried, share))

    if not left.days:
        return ("met" if kept(0, 0, Fraction(0)) else "missed"), None
    if not kept(left.days, 0, Fraction(0)):
        return "impossible", None
    if kept(left.days, left.days, goal.value):
        return "safe", Fraction(left.expected)
    spare = [above for above in range(left.expected + 1) if kept(left.expected, above, goal.value)]
    if not spare:
        return "behind", Fraction(0)
    return ("open" if max(spare) else "exhausted"), Fraction(max(spare))


def section_room(goal: Goal, counted: int, judged: int, *, over: bool) -> Found:
    """How many sections may still change for the worse; below zero, how many must change for the better."""

    def kept(number: int) -> bool:
        return goal.kept_by(Fraction(100 * number, judged))

    if over:
        return ("met" if kept(counted) else "missed"), None
    within = [number for number in range(judged + 1) if kept(number)]
    if not within:
        return "impossible", None
    if len(within) == judged + 1:
        return "safe", Fraction(counted if goal.side == ">=" else judged - counted)
    spare = counted - min(within) if goal.side == ">=" else max(within) - counted
    return ("open" if spare > 0 else "behind" if spare else "exhausted"), Fraction(spare)


def status_of(
    *,
    ended: bool,
    meets: bool,
    last: bool = True,
    room: str | None = None,
    chance: float | None = None,
    step_met: bool | None = None,
) -> str:
    """One of the five answers, by the rules as the guide says them.

    Due: by the figure. With the period in which it is due: by what is certain of the rest, then by its probability,
    then by whether any room is left, then by the figure. Before that period a year that is lost or safe says only how
    the course goes.
    """
    if ended or (last and room in ("safe", "met", "impossible", "missed")):
        kept = meets if ended else room in ("safe", "met")
        return "met" if kept else "missed"
    certain = not last and room in ("safe", "impossible")
    if chance is not None and not certain:
        good = Fraction(chance) >= LIKELY
    elif certain:
        good = room == "safe"
    elif not last and step_met is not None:
        good = step_met
    else:
        good = meets and not (last and room in ("exhausted", "behind"))
    return "on_course" if good else "at_risk"
