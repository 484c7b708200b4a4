"""What all readings of ambient air of one period are made from, kept by the rows that it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa

from bilan.evaluate.air.lake import CODES, AirQuestion, computed_days, periods_of, report_of, states
from bilan.evaluate.contents import contents
from bilan.evaluate.kept import Kept

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bilan.periods import Period


@dataclass(frozen=True)
class PeriodTables:
    """The figures, the days and the states of the gas of ``question`` in ``period``; days are computed once for all.

    ``question`` is about cities, strict and without declared dust, as all readings are.
    """

    question: AirQuestion
    period: Period
    kept: Kept

    @cached_property
    def figures(self) -> pa.Table:
        """See :func:`bilan.evaluate.air.lake.periods`. Raises :class:`~bilan.evaluate.observations.NoDataError`."""
        return self._table("figures", lambda: periods_of(self.question, self._judged, [self.period]))

    @cached_property
    def daily(self) -> pa.Table:
        """See :func:`bilan.evaluate.air.lake.days`. Raises :class:`~bilan.evaluate.observations.NoDataError`."""
        return self._table("daily", lambda: report_of(self.question, self._judged))

    @cached_property
    def states(self) -> list[str]:
        """See :func:`bilan.evaluate.air.lake.states`."""
        found: list[str] = self._table("states", self._states)["state"].to_pylist()
        return found

    def _states(self) -> pa.Table:
        found = states(self.question, self.period.first, self.period.last)
        return pa.table({"state": pa.array(found, pa.string())})

    def _table(self, name: str, compute: Callable[[], pa.Table]) -> pa.Table:
        return self.kept.table(["air period", name, *self._rests_on], compute)

    @cached_property
    def _judged(self) -> ir.Table:
        return computed_days(self.question, self.period.first, self.period.last)

    @cached_property
    def _rests_on(self) -> list[str]:
        """Whole years: who reports in a year is one of the network."""
        asked, first, last = self.question, self.period.first, self.period.last
        stations = asked.stations()
        files = asked.lake.files(CODES, date(first.year, 1, 1), date(last.year, 12, 31), stations)
        places = repr(sorted(asked.members().to_pylist(), key=repr))
        about = [str(asked.known_at), str(asked.region), repr(asked.cities), str(self.period)]
        return [*about, places, *contents(asked.lake, asked.backend, files, stations, self.kept)]
