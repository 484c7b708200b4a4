"""The course from a baseline to a goal: where the figure should stand in each year, or at the end of each month.

Linear by default; a table of milestones (分年度目标) takes the place of the straight line between the points it names.
A baseline that already meets the goal has no way to go: the course is the goal itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bilan.foresee.room_limits import Exact, Limit

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Course:
    """Points (months since year 0, level) in their order; between them the course is straight, after them it stays."""

    points: tuple[tuple[int, Fraction], ...]

    def at_end_of(self, day: date) -> Fraction | None:
        """Return the level at the end of the month of ``day``, None before the course begins.

        >>> from decimal import Decimal
        >>> linear = course((2025, Decimal(71)), (2028, Decimal(77)))
        >>> [linear.at_end_of(date(year, 6, 30)) for year in (2025, 2026, 2031)]
        [None, Fraction(72, 1), Fraction(77, 1)]
        """
        return self._at(day.year * MONTHS + day.month)

    def of_year(self, year: int) -> Fraction | None:
        """Return the level for the figure of the whole ``year``, None before the course begins.

        >>> from decimal import Decimal
        >>> course((2025, Decimal("33.6")), (2028, Decimal(31))).of_year(2026) == Fraction("33.6") - Fraction("2.6") / 3
        True
        """
        return self._at((year + 1) * MONTHS)

    def _at(self, month: int) -> Fraction | None:
        place = bisect_left(self.points, month, key=_month)
        if place == len(self.points):
            return self.points[-1][1]
        later, level = self.points[place]
        if later == month:
            return level
        if place == 0:
            return None
        earlier, before = self.points[place - 1]
        gone, whole = month - earlier, later - earlier
        (rise, of), (start, by) = level.as_integer_ratio(), before.as_integer_ratio()
        return Fraction(start * of * (whole - gone) + rise * by * gone, by * of * whole)  # one division, not four


def _month(point: tuple[int, Fraction]) -> int:
    return point[0]


def course(
    baseline: tuple[int, Exact],
    goal: tuple[int, Exact],
    milestones: Mapping[int, Exact] | None = None,
    *,
    limit: Limit | None = None,
) -> Course:
    """Return the course from the level of the ``baseline`` year to that of the ``goal`` year.

    ``milestones`` are levels of years between them. ``limit``, when it is given, is the goal's: a baseline that meets
    it makes a course that is the goal from the first year on.

    >>> from decimal import Decimal
    >>> course((2025, Decimal(30)), (2028, Decimal(31)), limit=Limit("at_most", Decimal(31))).of_year(2026)
    Fraction(31, 1)

    Raises ValueError for a goal that is not after its baseline, and for milestones that are not between them.
    """
    (first, start), (last, end) = baseline, goal
    between = dict(milestones or {})
    if last <= first:
        raise ValueError(f"a course ends after it begins, not {first} to {last}")
    if outside := sorted(year for year in between if not first < year <= last):
        raise ValueError(f"milestones of {outside} are not between {first} and {last}")
    if limit is not None and limit.met_by(start) and not between:
        start = end
    levels = {first: start, last: end} | between
    return Course(tuple(((year + 1) * MONTHS, Fraction(level)) for year, level in sorted(levels.items())))


def milestone_course(levels: Mapping[int, Exact]) -> Course:
    """Return the course through a table of yearly levels alone.

    >>> from decimal import Decimal
    >>> milestone_course({2026: Decimal(33), 2028: Decimal(31)}).of_year(2027)
    Fraction(32, 1)

    Raises ValueError for an empty table.
    """
    if not levels:
        raise ValueError("a course needs a level of at least one year")
    return Course(tuple(((year + 1) * MONTHS, Fraction(level)) for year, level in sorted(levels.items())))
