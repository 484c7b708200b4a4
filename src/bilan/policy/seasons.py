"""The seasons that plans name (秋冬季, 汛期, …): which months they are, by ``policy/seasons.csv``.

High, mean and low water (丰水期, 平水期, 枯水期) are set river by river and stand in no table that holds for all; a
target for one of them needs its months written out.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache

from bilan.periods import Period
from bilan.policy.tables import FOLDER


@dataclass(frozen=True, slots=True)
class Season:
    """Whole months from ``first_month`` to ``last_month``, of the next year where that is the smaller number."""

    name: str
    first_month: int
    last_month: int
    source: str
    unverified: bool

    def of(self, year: int) -> Period:
        """Return the season that begins in ``year``.

        >>> str(season("冬季").of(2026)), str(season("汛期").of(2026)), str(season("年均").of(2026))
        ('2026-12/2027-02', '2026-05/2026-09', '2026')
        """
        if (self.first_month, self.last_month) == (1, 12):
            return Period.parse(f"{year}")
        ends = year + (self.last_month < self.first_month)
        return Period.parse(f"{year}-{self.first_month:02}/{ends}-{self.last_month:02}")

    def latest(self, day: date, since: date | None = None) -> Period:
        """Return the last one that had begun by ``day``, but none that began before ``since``.

        >>> str(season("秋冬季").latest(date(2027, 9, 30)))
        '2026-10/2027-03'
        >>> str(season("秋冬季").latest(date(2027, 2, 1), since=date(2027, 1, 1)))
        '2027-10/2028-03'
        """
        begun = self.of(day.year)
        if begun.first > day:
            begun = self.of(day.year - 1)
        if since is not None and begun.first < since:
            this = self.of(since.year)
            return this if this.first >= since else self.of(since.year + 1)
        return begun


def season(name: str) -> Season | None:
    """Return the season called ``name``, None where no months are known for it.

    >>> season("枯水期") is None
    True
    """
    return _seasons().get(name)


@cache
def _seasons() -> dict[str, Season]:
    text = (FOLDER / "seasons.csv").read_text(encoding="utf-8")
    return {row["name"]: _season(row) for row in csv.DictReader(text.splitlines(), strict=True)}


def _season(row: dict[str, str]) -> Season:
    months = int(row["first_month"]), int(row["last_month"])
    return Season(row["name"], *months, row["source"], row["status"] != "verified")
