"""A Student t band for the rest of a year: climatology + persistence x anomaly so far + trend.

With x the level of the part so far, y that of the rest and t the year, every place j has its own level and trend, and
all share persistence w and spread s:

    y = level(j) + w·x + trend(j)·t + s·noise

Persistence, trends and spread begin at a :class:`Start` and move from it as far as the training years say: a
normal-inverse-gamma prior, after which the next y has a t distribution (Gelman et al., Bayesian Data Analysis, 14.8).
Levels are logs or log-odds; a place's level comes from its own years only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bilan.foresee import attainment_student as student

NEIGHBOUR_WEIGHT = 0.5  # of a neighbour's year against an own one: neighbours share weather, their years are not new


@dataclass(frozen=True, slots=True)
class Start:
    """What is believed before any year is seen, and how firmly.

    ``persistence`` of an anomaly with its standard deviation, the standard deviation of a ``trend`` that is zero at the
    start (per year), ``spread`` of the rest (standard deviation), and how many degrees of freedom the spread is worth.
    """

    persistence: float
    persistence_deviation: float
    trend_deviation: float
    spread: float
    worth: float


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """The training years of one place: year, level of the part so far, level of the rest, one of each a year."""

    year: NDArray[np.float64]
    so_far: NDArray[np.float64]
    rest: NDArray[np.float64]

    @classmethod
    def of(cls, rows: Sequence[tuple[float, float, float]]) -> Record:
        """Return the record of ``(year, level so far, level of the rest)``.

        >>> len(Record.of([(2023, 3.9, 4.1), (2024, 3.8, 4.0)]))
        2
        """
        table = np.array(rows, dtype=np.float64).reshape(-1, 3)
        return cls(table[:, 0], table[:, 1], table[:, 2])

    def __len__(self) -> int:
        return len(self.year)

    def of_years(self, numbers: Sequence[int]) -> Record:
        """Return the record of the years at these places only."""
        chosen = list(numbers)
        return Record(self.year[chosen], self.so_far[chosen], self.rest[chosen])

    def rows(self) -> list[tuple[float, float, float]]:
        """Return the rows that :meth:`of` takes."""
        return list(zip(self.year.tolist(), self.so_far.tolist(), self.rest.tolist(), strict=True))

    def centred(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The anomalies of (so far, year) and of the rest about the record's means."""
        known = np.column_stack([self.so_far, self.year])
        return known - known.mean(axis=0), self.rest - self.rest.mean()


@dataclass(frozen=True, slots=True)
class Band:
    """A t distribution: ``centre + scale x t`` with ``freedom`` degrees of freedom."""

    centre: float
    scale: float
    freedom: float

    def below(self, level: float) -> float:
        """Return the probability of at most ``level``.

        >>> Band(4.0, 0.1, 6.0).below(4.0)
        0.5
        """
        return student.below((level - self.centre) / self.scale, self.freedom)

    def quantile(self, probability: float) -> float:
        """Return the level that is not exceeded with ``probability``."""
        return self.centre + self.scale * student.quantile(probability, self.freedom)


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What the training years made of the start; ``band`` is for one more year of the own place."""

    own: Record
    persistence: float
    trend: float
    spread: float
    freedom: float
    doubt: NDArray[np.floating]  # covariance of (persistence, trend) in units of spread²

    def band(self, year: float, so_far: float) -> Band:
        """Return the band of the rest of ``year`` after a part of level ``so_far``."""
        step = np.array([so_far - self.own.so_far.mean(), year - self.own.year.mean()])
        centre = self.own.rest.mean() + step @ [self.persistence, self.trend]
        widening = 1 + 1 / len(self.own) + step @ self.doubt @ step
        return Band(float(centre), self.spread * math.sqrt(widening), self.freedom)


def fit(own: Record, neighbours: Sequence[Record], start: Start) -> Fit:
    """Return persistence, the own trend and spread after the years of ``own`` and, at half weight, ``neighbours``.

    Raises ValueError when ``own`` has no year: its level could be anything.

    >>> still = Start(persistence=0.5, persistence_deviation=0.25, trend_deviation=0.05, spread=0.1, worth=4)
    >>> one = fit(Record.of([(2024, 4.0, 4.0)]), [], still)
    >>> round(one.band(2025, 4.2).centre, 3), one.freedom
    (4.1, 4.0)
    """
    if not len(own):
        raise ValueError("expected at least one training year")
    records = [(own, 1.0), *((other, NEIGHBOUR_WEIGHT) for other in neighbours if len(other) > 1)]
    deviations = np.full(1 + len(records), start.trend_deviation)
    deviations[0] = start.persistence_deviation
    firmness = np.diag((start.spread / deviations) ** 2)
    belief = np.zeros(len(deviations))
    belief[0] = start.persistence
    information = firmness.copy()
    pull = firmness @ belief
    squares = start.worth * start.spread**2 + belief @ pull
    freedom = start.worth
    for number, (record, weight) in enumerate(records, 1):
        known, rest = record.centred()
        shape = np.zeros((len(record), len(deviations)))
        shape[:, [0, number]] = known
        information += weight * shape.T @ shape
        pull += weight * shape.T @ rest
        squares += weight * rest @ rest
        freedom += weight * (len(record) - 1)  # one is spent on the place's level
    doubt = np.linalg.inv(information)
    learned = doubt @ pull
    left = float(squares - learned @ pull)
    spread = math.sqrt(max(left, 0.0) / freedom)
    return Fit(own, float(learned[0]), float(learned[1]), spread, freedom, doubt[:2, :2])
