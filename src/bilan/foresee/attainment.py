"""Probability of attainment: will the figure of this year meet its goal, given the values so far and the years before?

See Also: ``bands`` for the distribution of the rest of the year, ``attainment_years`` for how years are cut,
``room_limits`` for goals and rounding, ``attainment_scale`` for what is believed before any year is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from bilan.foresee.attainment_learner import Learner, Place, least_told
from bilan.foresee.attainment_scale import MEAN, Scale
from bilan.foresee.attainment_years import Series, Year, occurrence, occurrences
from bilan.foresee.room_limits import Limit
from bilan.periods import Period

MINIMUM_YEARS = 2  # past years of the place itself; fewer are not enough history
MINIMUM_SHARE = 0.8  # valid days or months of either part of a past year, and of this year so far
LEVEL = 0.9

Reason = Literal["not_enough_history", "not_enough_values", "impossible_values"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """The probability that the figure meets the goal, and what it rests on.

    ``probability`` is None when ``reason`` says why. ``low``, ``middle`` and ``high`` are unrounded figures of the
    period; the figure lies from low to high with probability ``level``. ``held`` of ``tried`` such intervals held in
    the past. ``years`` and ``neighbour_years`` were learned from. ``persistence`` is the part of the anomaly so far
    that the rest is expected to keep, ``trend`` the change of the rest's level in a year (of its log or log-odds).
    """

    probability: float | None
    reason: Reason | None = None
    level: float = LEVEL
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    held: int = 0
    tried: int = 0
    years: int = 0
    neighbour_years: int = 0
    so_far: float | None = None
    persistence: float | None = None
    trend: float | None = None

    @property
    def coverage(self) -> float | None:
        """The share of past intervals that held, None when none could be tried."""
        return self.held / self.tried if self.tried else None


def outlook(
    series: Series,
    period: Period,
    as_of: date,
    goal: Limit,
    *,
    neighbours: Iterable[Series] = (),
    scale: Scale = MEAN,
    level: float = LEVEL,
) -> Outlook:
    """Return the outlook of the mean over ``period``, a year or a season, as known on the evening of ``as_of``.

    ``series`` holds daily or monthly values in the unit of the goal, those of past years included, ``neighbours`` the
    like of places with similar weather. Values after ``as_of`` are not looked at; past years count once they are over.

    Raises ValueError for a period of more than a year.

    >>> past = [40, 42, 38, 36, 34, 30, 28, 27, 31, 36, 41, 45] * 3
    >>> series = Series(date(2022, 1, 1), [*past, 38, 39, 36, 34, 32, 29], "month")
    >>> told = outlook(series, Period.parse("2025"), date(2025, 6, 30), Limit("at_most", Decimal(35), decimals=0))
    >>> round(told.probability, 2), round(told.low, 1), round(told.high, 1)
    (0.77, 31.9, 37.2)
    """
    now = occurrence(series, period, as_of)
    own, *others = [
        [year for year in occurrences(place, period, as_of) if year.shift < 0 and year.last <= as_of]
        for place in (series, *neighbours)
    ]
    return judge(now, own, others, goal, scale=scale, level=level)


def judge(
    now: Year, own: Place, neighbours: Sequence[Place], goal: Limit, *, scale: Scale = MEAN, level: float = LEVEL
) -> Outlook:
    """Return the outlook of ``now`` after the training years of ``own`` and ``neighbours``, whichever they are.

    A year counts when both of its parts have :data:`MINIMUM_SHARE` of their values.
    """
    places = [[year for year in place if year.share >= MINIMUM_SHARE] for place in (own, *neighbours)]
    so_far = now.so_far.mean if now.so_far.valid else None
    if reason := _refusal(now, places, scale):
        return Outlook(None, reason, level, years=len(places[0]), so_far=so_far)
    if not now.rest.steps:
        figure = now.so_far.mean
        return Outlook(float(goal.met_by(_told(figure))), None, level, figure, figure, figure, so_far=figure)
    learner = Learner(now, scale, least_told(now, places, goal, scale))
    levels = [list(map(learner.levels, place)) for place in places]
    learned, band = learner.band(now.shift, learner.levels(now).so_far, levels)
    held = learner.hindcast(levels, level)
    return Outlook(
        learner.probability(band, goal),
        level=level,
        low=learner.figure(band, (1 - level) / 2),
        middle=learner.figure(band, 0.5),
        high=learner.figure(band, (1 + level) / 2),
        held=sum(held),
        tried=len(held),
        years=len(places[0]),
        neighbour_years=sum(map(len, places[1:])),
        so_far=so_far,
        persistence=learned.persistence if now.so_far.steps else None,
        trend=learned.trend,
    )


def _refusal(now: Year, places: Sequence[Place], scale: Scale) -> Reason | None:
    """The code of what forbids a number, if anything does; a year that is over needs no history."""
    past = (part for place in places for year in place for part in (year.so_far, year.rest))
    if any(scale.forbids(part.values) for part in (now.so_far, *past)):
        return "impossible_values"
    if now.so_far.share < MINIMUM_SHARE:
        return "not_enough_values"
    if now.rest.steps and len(places[0]) < MINIMUM_YEARS:
        return "not_enough_history"
    return None


def _told(figure: float) -> Decimal:
    """The figure to ten decimals: more would judge the error of its last addition."""
    return Decimal(repr(round(figure, 10)))
