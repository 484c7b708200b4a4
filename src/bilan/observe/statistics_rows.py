"""From a row of a table to a report, or to everything that is wrong with it, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from bilan.errors import BilanError
from bilan.observe.importers.cells import BEIJING, MISSING
from bilan.observe.importers.sources import Reject, shown
from bilan.observe.statistics_cells import called, day, is_called, number, place, said, status, unit_of
from bilan.observe.statistics_file import Row, placed
from bilan.observe.statistics_period import statistic_period
from bilan.observe.statistics_report import Report
from bilan.observe.statistics_units import times, unit_factor

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where reports come from: the file, its SHA-256, when it was received, and whether a spreadsheet wrote it."""

    file: str
    source_ref: str
    received_at: datetime
    binary: bool = False


def report_of(row: Row, origin: Origin) -> Report | list[Reject] | None:
    """Return the report of ``row``, or what is wrong with it, or None where it holds no value."""
    texts = row.cells["value"]
    if all(text in MISSING for _, text in texts):
        return None
    return _Reading(row, origin).report()


class _Reading:
    """One row being read; what is wrong with a cell is noted, and the other cells are read all the same."""

    def __init__(self, row: Row, origin: Origin) -> None:
        self.row, self.origin = row, origin
        self.rejects: list[Reject] = []
        self.today = origin.received_at.astimezone(BEIJING).date()

    def report(self) -> Report | list[Reject]:
        unit_text = self._text("unit")
        indicator = self._one("indicator", lambda text: called(text, unit_text))
        period = self._one("period", statistic_period)
        region = self._one("region", lambda text: place(text, period.last if period else self.today), is_called)
        printed = self._one("value", lambda text: number(text, binary=self.origin.binary))
        state = self._one("status", status)
        source = self._one("source", lambda text: said(text, "数据来源"))
        reported_by = self._one("reported_by", lambda text: said(text, "填报单位"))
        reported_on = self._one("reported_on", lambda text: day(text, self.today)) if self._has("reported_on") else None
        unit = None
        if indicator and printed:
            wanted, sign = indicator.unit, "%" if self.row.percent else printed[1]
            unit = self._one("unit", lambda text: unit_of(text, sign, wanted))
        if self.rejects or not (indicator and period and region and printed and state and source and reported_by):
            return self.rejects
        assert unit is not None
        value = times(printed[0], Fraction(100)) if self.row.percent else printed[0]
        factor = unit_factor(unit, indicator.unit)
        return Report(
            indicator=indicator.code,
            region=region.id,
            period=str(period),
            first=period.first,
            last=period.last,
            value=times(value, factor),
            step=times(Decimal(1).scaleb(int(value.as_tuple().exponent)), factor),
            unit=indicator.unit,
            given=f"{value:f}",
            given_unit=unit,
            source=source,
            status=state,
            reported_by=reported_by,
            reported_on=reported_on,
            note=self._text("note"),
            file=self.origin.file,
            source_ref=self.origin.source_ref,
            sheet=self.row.sheet,
            source_line=self.row.line,
            received_at=self.origin.received_at,
        )

    def _has(self, name: str) -> bool:
        return name in self.row.cells

    def _text(self, name: str) -> str:
        return next((text for _, text in self.row.cells.get(name, ()) if text), "")

    def _one(self, name: str, reading: Callable[[str], T], same: Callable[[T, str], bool] | None = None) -> T | None:
        """What the cells of a field mean, if they mean one thing; empty ones say nothing beside others.

        ``same`` may say that a text agrees with what another cell means, even where alone it would not be clear.
        """
        cells = self.row.cells[name]
        filled = [cell for cell in cells if cell[1]] or [cells[0]]
        meant: dict[tuple[str, str], T] = {}
        unclear: dict[tuple[str, str], str] = {}
        for cell in filled:
            try:
                meant[cell] = reading(cell[1])
            except (ValueError, BilanError) as error:
                unclear[cell] = str(error)

        def agrees(found: T, cell: tuple[str, str]) -> bool:
            return meant.get(cell) == found or (same is not None and same(found, cell[1]))

        for found in meant.values():
            if all(agrees(found, cell) for cell in filled):
                return found
        for cell, why in unclear.items():
            self._refuse(*cell, why)
        if not unclear:
            self._refuse(*filled[1], f"与列 {filled[0][0]} 的 {filled[0][1]!r} 不是一回事")
        return None

    def _refuse(self, column: str, text: str, why: str) -> None:
        self.rejects.append(placed(Reject(self.row.line, column, shown(text), why), self.row.sheet))
