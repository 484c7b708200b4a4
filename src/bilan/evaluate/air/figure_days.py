"""The days that a figure of ambient air is made of: what each had, whether it is valid, whether it counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bilan.evaluate.air.indicators import AIR, Method, published_amount, shares_of
from bilan.evaluate.air.periods import DAILY
from bilan.evaluate.told import NOTHING, Quoted, Told, tell

if TYPE_CHECKING:
    import pyarrow as pa

    from bilan.periods import Period


@dataclass(frozen=True, slots=True)
class FigureDay:
    """A day of the city ``place``: its daily ``values`` by pollutant, as far as the figure is made of them, and index.

    ``valid``: it goes into the figure; ``counted``: it is one of the days that a share or a number of days counts, None
    of figures that count no days. ``reason`` says what is missing.
    """

    place: str
    day: date
    values: Mapping[str, Decimal | None]
    aqi: int | None
    primary: tuple[str, ...]
    category: Told
    valid: bool
    counted: bool | None
    reason: Told


def items_of(code: str) -> tuple[str, ...]:
    """Return the pollutants whose daily values make the indicator ``code``; none where days are judged by their index.

    >>> items_of("air.pm25.annual"), len(items_of("air.composite_index")), items_of("air.heavy_days")
    (('pm2_5',), 6, ())
    """
    method = AIR[code]
    if method.pollutant:
        return (method.pollutant,)
    return tuple(DAILY) if method.kind == "index" else ()


def figure_days(code: str, daily: pa.Table, places: Sequence[str], period: Period) -> list[FigureDay]:
    """Return every day of ``period`` in each of ``places``, also those without any data.

    ``daily`` is that of :class:`bilan.evaluate.air.period_tables.PeriodTables`.
    """
    rows = {(row["region"], row["day"]): row for row in daily.to_pylist()}
    asked = [(place, day) for day in _days(period) for place in places]
    return [_day(code, place, day, rows.get((place, day))) for place, day in asked]


def _days(period: Period) -> Iterator[date]:
    for number in range((period.last - period.first).days + 1):
        yield period.first + timedelta(days=number)


def _day(code: str, place: str, day: date, row: Mapping[str, Any] | None) -> FigureDay:
    method, items = AIR[code], items_of(code)
    if row is None:
        empty = dict.fromkeys(items)
        return FigureDay(
            place, day, empty, None, (), NOTHING, False, _counts(method, day, None), tell("reason.no_data")
        )
    measured = {name: row[DAILY[name]] for name in items}
    values = {name: None if value is None else published_amount(value) for name, value in measured.items()}
    aqi = row["aqi"]
    made_of = values.values() if items else (aqi,)  # the composite index takes each pollutant's days by themselves
    valid = any(value is not None for value in made_of)
    lacking = Quoted(row["reason"]) if row["reason"] and not items else tell("reason.few_hours")
    return FigureDay(
        place,
        day,
        values,
        aqi,
        tuple(row["primary"].split(",")) if row["primary"] else (),
        Quoted(row["category"] or ""),
        valid,
        _counts(method, day, aqi),
        NOTHING if valid else lacking,
    )


def _counts(method: Method, day: date, aqi: int | None) -> bool | None:
    if not method.days:
        return None
    low, high = shares_of(method, day)
    return aqi is not None and low <= aqi <= high
