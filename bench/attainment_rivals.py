"""The simple ways to foresee a year's figure with which ``attainment.py`` compares ours.

Each learns from the same training years of the city itself and answers with a distribution of the year's figure:
``below(x)``, ``quantile(p)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from bilan.foresee.attainment_years import Floats, Year
from bilan.foresee.bands import Band

BLOCK = 10  # days
DRAWS = 1000


class Distribution(Protocol):
    def below(self, figure: float) -> float: ...

    def quantile(self, probability: float) -> float: ...


class Logs:
    """A t band of the log of the figure (``spent`` = 0, ``share`` = 1) or of the rest's mean."""

    def __init__(self, levels: Sequence[float], spent: float, share: float) -> None:
        count = len(levels)
        spread = float(np.std(levels, ddof=1)) * math.sqrt(1 + 1 / count)
        self.band = Band(float(np.mean(levels)), max(spread, 1e-9), count - 1)
        self.spent, self.share = spent, share

    def below(self, figure: float) -> float:
        rest = (figure - self.spent) / self.share
        return self.band.below(math.log(rest)) if rest > 0 else 0.0

    def quantile(self, probability: float) -> float:
        return self.spent + self.share * math.exp(min(self.band.quantile(probability), 700))


class Draws:
    """The figures that were drawn."""

    def __init__(self, figures: Floats) -> None:
        self.figures = np.sort(figures)

    def below(self, figure: float) -> float:
        return float(np.searchsorted(self.figures, figure, side="right")) / len(self.figures)

    def quantile(self, probability: float) -> float:
        return float(np.quantile(self.figures, probability))


def extrapolation(now: Year, training: Sequence[Year]) -> Distribution:
    """The mean so far times the ratio of whole year to part so far in past years."""
    ratios = [math.log(whole(year) / year.so_far.mean) for year in training]
    return Logs([math.log(now.so_far.mean) + ratio for ratio in ratios], 0.0, 1.0)


def climatology(now: Year, training: Sequence[Year]) -> Distribution:
    """The rest will be as it was."""
    spent = _figure(now, 0.0)
    return Logs([math.log(year.rest.mean) for year in training], spent, _figure(now, 1.0) - spent)


def bootstrap(now: Year, training: Sequence[Year]) -> Distribution:
    """The rest in blocks of ten days, each taken from the same days of a year drawn by lot."""
    number = max(now.rest.steps // BLOCK, 1)
    blocks = [np.array_split(year.rest.values, number) for year in training]
    sums = np.array([[block.sum() for block in year] for year in blocks])
    counts = np.array([[len(block) for block in year] for year in blocks])
    lots = np.random.default_rng(number).integers(len(training), size=(DRAWS, number))
    column = np.arange(number)
    rest = sums[lots, column].sum(axis=1) / np.maximum(counts[lots, column].sum(axis=1), 1)
    return Draws(_figure(now, 0.0) + (_figure(now, 1.0) - _figure(now, 0.0)) * rest)


def whole(year: Year) -> float:
    """The figure of a year that is over: the mean of its valid days."""
    return (year.so_far.total + year.rest.total) / (year.so_far.valid + year.rest.valid)


def _figure(now: Year, rest: float) -> float:
    """The year's figure if the rest's mean were ``rest``; the parts weigh as in ours."""
    return (now.so_far.total + now.coming * rest) / (now.so_far.valid + now.coming)


RIVALS: dict[str, Callable[[Year, Sequence[Year]], Distribution]] = {
    "extrapolation": extrapolation,
    "climatology": climatology,
    "bootstrap": bootstrap,
}
