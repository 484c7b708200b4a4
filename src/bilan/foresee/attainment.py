"""Probability of attainment: will the figure of this year meet its goal, given the values so far and the years before?

What the years teach rests on series, period and day; a goal is held against it afterwards, as many as there are.

See Also: ``bands`` for the distribution of the rest of the year, ``attainment_years`` for how years are cut,
``attainment_figure`` for the probability of the figure, ``attainment_scale`` for what is believed before any year is
seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from bilan.foresee.attainment_figure import Foreseen
from bilan.foresee.attainment_learner import Learner, Place
from bilan.foresee.attainment_scale import MEAN, Scale
from bilan.foresee.attainment_years import Floats, Series, Year, occurrence, occurrences
from bilan.foresee.bands import Band
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
    past years of the place itself. ``years`` and ``neighbour_years`` were learned from. ``persistence`` is the part of
    the anomaly so far that the rest is expected to keep, ``trend`` the change of the rest's level in a year (of its log
    or log-odds).
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


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What the years say of the figure of ``now``, apart from any goal; :meth:`outlook` holds a goal against it.

    ``facts`` is what every outlook of it has in common. ``foreseen`` is None where ``facts.reason`` forbids a number
    and where nothing is left of the period. ``past`` has for each own year its band when left out, and what came.
    """

    now: Year
    facts: Outlook
    foreseen: Foreseen | None = None
    past: tuple[tuple[Band, float], ...] = ()

    def outlook(self, goal: Limit, level: float = LEVEL) -> Outlook:
        """Return the outlook of the figure for ``goal``, with the interval of probability ``level``.

        >>> past = [40, 42, 38, 36, 34, 30, 28, 27, 31, 36, 41, 45] * 3
        >>> series = Series(date(2022, 1, 1), [*past, 38, 39, 36, 34, 32, 29], "month")
        >>> learned = learn(series, Period.parse("2025"), date(2025, 6, 30))
        >>> [round(learned.outlook(Limit("at_most", value)).probability, 2) for value in (33, 35, 37)]
        [0.18, 0.66, 0.94]
        """
        facts = replace(self.facts, level=level)
        if facts.reason:
            return facts
        if self.foreseen is None:
            figure = self.now.so_far.mean
            return replace(facts, probability=float(goal.met_by(_told(figure))), low=figure, middle=figure, high=figure)
        below, above = (1 - level) / 2, (1 + level) / 2
        return replace(
            facts,
            probability=self.foreseen.probability(goal),
            low=self.foreseen.figure(below),
            middle=self.foreseen.figure(0.5),
            high=self.foreseen.figure(above),
            held=sum(band.quantile(below) <= came <= band.quantile(above) for band, came in self.past),
            tried=len(self.past),
        )


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

    :func:`learn`, told apart from zero as the goal is published, and :meth:`Learned.outlook` in one.

    >>> past = [40, 42, 38, 36, 34, 30, 28, 27, 31, 36, 41, 45] * 3
    >>> series = Series(date(2022, 1, 1), [*past, 38, 39, 36, 34, 32, 29], "month")
    >>> told = outlook(series, Period.parse("2025"), date(2025, 6, 30), Limit("at_most", Decimal(35), decimals=0))
    >>> round(told.probability, 2), round(told.low, 1), round(told.high, 1)
    (0.77, 31.9, 37.2)
    """
    learned = learn(series, period, as_of, neighbours=neighbours, scale=scale, decimals=goal.decimals)
    return learned.outlook(goal, level)


def learn(
    series: Series,
    period: Period,
    as_of: date,
    *,
    neighbours: Iterable[Series] = (),
    scale: Scale = MEAN,
    decimals: int | None = None,
) -> Learned:
    """Return what the years say of the mean over ``period``, a year or a season, as known on the evening of ``as_of``.

    ``series`` holds daily or monthly values in the unit of the goal, those of past years included, ``neighbours`` the
    like of places with similar weather. Values after ``as_of`` are not looked at; past years count once they are over.
    Means nearer to zero than half of the last of the ``decimals`` that are published are not told apart.

    Raises ValueError for a period of more than a year.

    >>> series = Series(date(2023, 1, 1), [30] * 12 + [40] * 12 + [38] * 6, "month")
    >>> learned = learn(series, Period.parse("2025"), date(2025, 6, 30), decimals=0)
    >>> learned.facts.years, round(learned.facts.persistence, 2), learned.facts.so_far
    (2, 0.52, 38.0)
    """
    now = occurrence(series, period, as_of)
    own, *others = [
        [year for year in occurrences(place, period, as_of) if year.shift < 0 and year.last <= as_of]
        for place in (series, *neighbours)
    ]
    return learn_from(now, own, others, scale=scale, decimals=decimals)


def learn_from(
    now: Year, own: Place, neighbours: Sequence[Place], *, scale: Scale = MEAN, decimals: int | None = None
) -> Learned:
    """Return what the training years of ``own`` and ``neighbours``, whichever they are, say of ``now``.

    A year counts when both of its parts have :data:`MINIMUM_SHARE` of their values.
    """
    places = [[year for year in place if year.share >= MINIMUM_SHARE] for place in (own, *neighbours)]
    facts = Outlook(None, years=len(places[0]), so_far=now.so_far.mean if now.so_far.valid else None)
    if reason := _refusal(now, places, scale):
        return Learned(now, replace(facts, reason=reason))
    if not now.rest.steps:
        return Learned(now, replace(facts, years=0))
    learner = Learner(now, scale, _least_told(now, places, decimals, scale))
    histories = [learner.history(place) for place in places]
    learned, band = learner.band(now.shift, learner.so_far(now), histories)
    facts = replace(
        facts,
        neighbour_years=sum(map(len, places[1:])),
        persistence=learned.persistence if now.so_far.steps else None,
        trend=learned.trend,
    )
    return Learned(now, facts, Foreseen(now, scale, learner.least, band), tuple(learner.hindcast(histories)))


def _refusal(now: Year, places: Sequence[Place], scale: Scale) -> Reason | None:
    """The code of what forbids a number, if anything does; a year that is over needs no history."""
    if any(scale.forbids(values) for values in _values(now, places)):
        return "impossible_values"
    if now.so_far.share < MINIMUM_SHARE:
        return "not_enough_values"
    if now.rest.steps and len(places[0]) < MINIMUM_YEARS:
        return "not_enough_history"
    return None


def _least_told(now: Year, places: Sequence[Place], decimals: int | None, scale: Scale) -> float:
    """What is not told apart from zero: half a day, half of the last published digit, or of the smallest value."""
    if scale.share:
        return 0.5
    if decimals is not None:
        return 0.5 * 10.0**-decimals
    positive = [float(values[values > 0].min()) for values in _values(now, places) if (values > 0).any()]
    return 0.5 * min(positive, default=1.0)


def _values(now: Year, places: Sequence[Place]) -> Iterator[Floats]:
    """What was measured in this year so far, and in both parts of the past ones."""
    yield now.so_far.values
    for place in places:
        for year in place:
            yield from (year.so_far.values, year.rest.values)


def _told(figure: float) -> Decimal:
    """The figure to ten decimals: more would judge the error of its last addition."""
    return Decimal(repr(round(figure, 10)))
