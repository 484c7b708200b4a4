"""Between years of values and bands of levels: what the training years say of this cut, and how it held in them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bilan.foresee.attainment_scale import Scale
from bilan.foresee.attainment_years import Floats, Part, Year
from bilan.foresee.bands import NEIGHBOUR_WEIGHT, Band, Fit, Record, fit
from bilan.foresee.room_limits import Limit

Place = Sequence[Year]


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of one year: of the part so far (0 when nothing lies before the cut), of the rest, of its months."""

    year: Year
    so_far: float
    rest: float
    months: tuple[float, ...]

    @property
    def row(self) -> tuple[float, float, float]:
        return float(self.year.shift), self.so_far, self.rest


@dataclass(frozen=True, slots=True)
class Learner:
    """Fits bands for years cut where ``now`` is cut.

    What is nearer to zero than ``least`` is not told apart: a mean, or for shares a number of days or months.
    """

    now: Year
    scale: Scale
    least: float

    def levels(self, year: Year) -> Levels:
        """Return the levels of ``year``, nan where a part of it has no value."""
        so_far = self._level(year.so_far) if self.now.so_far.steps else 0.0
        return Levels(year, so_far, self._level(year.rest), tuple(map(self._level, year.months)))

    def band(self, shift: int, so_far: float, places: Sequence[Sequence[Levels]]) -> tuple[Fit, Band]:
        """Return what the years of ``places``, the own place first, teach, and the band after a part so far."""
        records = [Record.of([past.row for past in place]) for place in places]
        start = self.scale.start(self.now.so_far.years, self.now.rest.years, self.monthly(places))
        learned = fit(records[0], records[1:], start)
        return learned, learned.band(shift, so_far)

    def monthly(self, places: Sequence[Sequence[Levels]]) -> float:
        """Return the standard deviation of a month's level about the month's usual level and the year's own.

        It begins at the scale's with the weight of a year of months.
        """
        freedom = float(len(self.now.months))
        squares = freedom * self.scale.monthly**2
        for number, place in enumerate(places):
            weight = NEIGHBOUR_WEIGHT if number else 1.0
            left, free = _two_way([past.months for past in place])
            squares += weight * left
            freedom += weight * free
        return math.sqrt(squares / freedom)

    def hindcast(self, places: Sequence[Sequence[Levels]], level: float) -> list[bool]:
        """Return for every training year whether its interval held when it was left out, with all that overlaps it.

        Every place is its own place in turn; one with a single year has nothing to learn its level from.
        """
        held = []
        for number, place in enumerate(places):
            order = [place, *places[:number], *places[number + 1 :]]
            for past in place if len(place) > 1 else ():
                kept = [[one for one in other if not one.year.overlaps(past.year)] for other in order]
                band = self.band(past.year.shift, past.so_far, kept)[1]
                held.append(band.quantile((1 - level) / 2) <= past.rest <= band.quantile((1 + level) / 2))
        return held

    def figure(self, band: Band, probability: float) -> float:
        """Return the figure of ``now`` that is not exceeded with ``probability``; both parts weigh as they are long."""
        rest = self.scale.mean(band.quantile(probability), self._least(self.now.rest))
        return (self._spent + self.now.rest.steps * rest) / self._steps

    def probability(self, band: Band, limit: Limit) -> float:
        """Return the probability that the figure of ``now`` keeps ``limit``."""
        edge, lower = limit.bound(), limit.side == "at_most"
        most = (float(edge.value) * self._steps - self._spent) / self.now.rest.steps  # the rest's mean on the edge
        if most < 0 or (most == 0 and edge.closed != lower):
            below = 0.0
        elif self.scale.share and (most > 1 or (most == 1 and edge.closed == lower)):
            below = 1.0
        else:
            below = band.below(self.scale.level(most, self._least(self.now.rest)))
        return below if lower else 1.0 - below

    @property
    def _steps(self) -> int:
        return self.now.so_far.steps + self.now.rest.steps

    @property
    def _spent(self) -> float:
        return self.now.so_far.steps * self.now.so_far.mean if self.now.so_far.steps else 0.0

    def _level(self, part: Part) -> float:
        return self.scale.level(part.mean, self._least(part)) if part.valid else math.nan

    def _least(self, part: Part) -> float:
        return self.least / part.steps if self.scale.share else self.least


def least_told(now: Year, places: Sequence[Place], limit: Limit, scale: Scale) -> float:
    """Return what is not told apart from zero: half a day, of the last published digit, or of the smallest value."""
    if scale.share:
        return 0.5
    if limit.decimals is not None:
        return 0.5 * 10.0**-limit.decimals
    known = [
        now.so_far.values,
        *(part.values for place in places for year in place for part in (year.so_far, year.rest)),
    ]
    positive = [float(values[values > 0].min()) for values in known if (values > 0).any()]
    return 0.5 * min(positive, default=1.0)


def _two_way(levels: Sequence[Sequence[float]]) -> tuple[float, int]:
    """The sum of squares that months and years leave of a table of years x months, and its degrees of freedom.

    Months that one of the years lacks are left out.
    """
    if len(levels) < 2:
        return 0.0, 0
    table: Floats = np.array(levels, dtype=np.float64)
    table = table[:, ~np.isnan(table).any(axis=0)]
    years, months = table.shape
    if months < 2:
        return 0.0, 0
    left = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
    return float((left**2).sum()), (years - 1) * (months - 1)
