"""The days of air behind a figure: what stands between the hours and the figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bilan.board.facts_decline import DECLINES
from bilan.evaluate.air.figure_days import FigureDay, figure_days, items_of
from bilan.evaluate.air.indicators import AIR, reporting, tables_of
from bilan.evaluate.air.pollutants import BY_NAME
from bilan.evaluate.engine import building, connect
from bilan.evaluate.observations import NoDataError
from bilan.evaluate.places import region_of
from bilan.policy.told import in_language
from bilan.portal.board.boards import kept
from bilan.portal.board.days import period_called
from bilan.portal.board.raw import Behind
from bilan.portal.core.speech import language


@dataclass(frozen=True)
class Days:
    """The days of the figure that ``behind`` stands behind, one of ambient air; ``code`` is the indicator of each."""

    behind: Behind
    code: str

    @property
    def may_be_seen(self) -> bool:
        """Whether the reader sees every station: a day is made of all of them."""
        return not self.behind.hidden

    @cached_property
    def rows(self) -> list[FigureDay]:
        """Every day of the period, none where the reader does not see all that it is made of."""
        row = self.behind.row
        if not self.may_be_seen or row.region is None or row.period is None:
            return []
        period = period_called(row.period)
        with building():
            tables = tables_of(self.behind.lake, connect(), region_of(row.region), period, kept=kept())
            try:
                daily = tables.daily
            except NoDataError:
                return []
        places = sorted(reporting(tables.question.members().to_pylist(), period))
        return figure_days(self.code, daily, places, period)

    @property
    def counts_days(self) -> bool:
        """Whether the figure is a share or a number of days."""
        return bool(AIR[self.code].days)

    @property
    def items(self) -> Sequence[tuple[str, str, str]]:
        """The pollutants of which there is a column: name, as people write it, unit."""
        return [(name, BY_NAME[name].formula, BY_NAME[name].unit) for name in items_of(self.code)]

    @property
    def several_places(self) -> bool:
        """Whether there is a row of each of several cities for a day."""
        return len({row.place for row in self.rows}) > 1

    @property
    def told(self) -> Mapping[str, int]:
        """How many days there are, how many of them are valid, and how many of these count."""
        return {
            "days": len(self.rows),
            "valid": sum(row.valid for row in self.rows),
            "counted": sum(bool(row.counted) for row in self.rows),
        }

    def cells(self) -> tuple[list[str], Iterator[list[Any]]]:
        """Return the head and the rows of the file."""
        names = [f"{formula} ({unit})" for _name, formula, unit in self.items]
        head = ["region", "day", *names, "aqi", "primary", "category", "valid", "counted", "reason"]
        return head, (list(self._cells(row)) for row in self.rows)

    def _cells(self, row: FigureDay) -> Iterable[Any]:
        yield row.place
        yield row.day.isoformat()
        yield from row.values.values()
        yield row.aqi
        yield " ".join(row.primary)
        yield in_language(row.category, language())
        yield row.valid
        yield "" if row.counted is None else row.counted
        yield in_language(row.reason, language())


def days_of(behind: Behind) -> Days | None:
    """Return the days behind a figure of ambient air, None of any other."""
    code = DECLINES.get(behind.row.indicator or "", behind.row.indicator or "")
    return Days(behind, code) if behind.monitored and code in AIR else None
