"""A calendar of daily air quality: a cell for each day, a small calendar for each month."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import altair as alt

from bilan.policy.standards import StandardTable, standard_on
from bilan.policy.texts import Language
from bilan.publish import ChartError
from bilan.publish.charts import framed, no_data, records, values
from bilan.publish.charts_words import colour, ink, word

_CELL = 30  # pixels
_COLUMNS = 4  # months side by side
_WEEKS = 6
_NOTHING = "/"  # the sign of a day without data
_GOOD = 2  # 优 and 良 are the first two categories


def calendar(
    days: Any, *, title: str | None = None, simulated: bool = False, language: Language = "zh"
) -> alt.FacetChart | alt.Chart:
    """Return the calendar of ``days``: an Arrow table, mappings or sequences with ``day``, ``aqi`` and ``category``.

    ``category``, by its Chinese name, may be left out and is then read from the table of the standard that judges the
    day; a day with neither has no data, as has every day without a row between the first and the last. Colours are
    those of HJ 633 table 2; the AQI in the cell, or the sign of no data, says the same without colour.

    Raises :class:`~bilan.publish.ChartError` for a row that cannot be read or an unknown category.

    >>> chart = calendar([(date(2025, 1, 1), 45, "优"), (date(2025, 1, 3), 120, None)])
    >>> chart.to_dict()["title"]["subtitle"][0]
    '有数据 2 天，其中优良 1 天；没有数据 1 天'
    """
    heading = title or word("calendar.title", language)
    every = _every_day(_days(days))
    cells = [_cell(day, every[-1].day, language) for day in every]
    known = [cell for cell in cells if cell["level"]]
    if not known:
        return no_data(heading, simulated=simulated, language=language)
    good = sum(cell["level"] <= _GOOD for cell in known)
    counted = word("calendar.count", language, days=len(known), good=good, none=len(cells) - len(known))
    notes = [counted, word("calendar.cell", language)]
    months = list(dict.fromkeys(cell["month"] for cell in cells))
    header = alt.Header(title=None, labelAnchor="start", labelOrient="top")
    facet = alt.Facet("month:N", sort=months, title=None, header=header)
    chart = alt.LayerChart(layer=_layers(date.fromisoformat(cells[-1]["date"]), language), data=values(cells))
    chart = chart.properties(width=7 * _CELL, height=_WEEKS * _CELL)
    placed: alt.FacetChart = chart.facet(facet, columns=_COLUMNS, spacing=18).resolve_axis(x="independent")
    return framed(placed, heading, notes, simulated=simulated, language=language)


@dataclass(frozen=True, slots=True)
class _Day:
    """``level`` is the category by its place in the standard, 1 for the best; 0 is no data."""

    day: date
    aqi: int | None
    level: int


def _days(table: Any) -> dict[date, _Day]:
    found: dict[date, _Day] = {}
    for at, row in enumerate(records(table, ["day", "aqi", "category"], optional=["aqi", "category"]), start=1):
        day = row["day"].date() if isinstance(row["day"], datetime) else row["day"]
        if not isinstance(day, date):
            raise ChartError(f"第 {at} 行：day 是 {day!r}（应为日期）")
        if day in found:
            raise ChartError(f"第 {at} 行：{day} 已有一行（每天应只有一行）")
        aqi = None if row["aqi"] is None else round(row["aqi"])
        found[day] = _Day(day, aqi, _level(day, aqi, row["category"], at))
    return found


def _level(day: date, aqi: int | None, category: str | None, at: int) -> int:
    table = standard_on("air.categories", day)
    if category is None:
        return 0 if aqi is None else max(1, bisect_right(table.rows, aqi, key=lambda row: int(row["from"])))
    names = [row["category"] for row in table.rows]
    if category not in names:
        raise ChartError(f"第 {at} 行：没有 {category!r} 这一级别（应为{'、'.join(names)}）")
    return names.index(category) + 1


def _every_day(days: Mapping[date, _Day]) -> list[_Day]:
    if not days:
        return []
    first, last = min(days), max(days)
    every = (first + timedelta(days=at) for at in range((last - first).days + 1))
    return [days.get(day, _Day(day, None, 0)) for day in every]


def _cell(day: _Day, last: date, language: Language) -> dict[str, Any]:
    """The cell of a day: in the column of its weekday and the row of its week in the month, weeks from Monday.

    All days have one legend, that of the standard of the ``last``: the lowest category began at 0 and begins at 1.
    """
    table = standard_on("air.categories", day.day)
    background = table.rows[day.level - 1]["colour"] if day.level else colour("air.none")
    category = word(f"air.{day.level or 'none'}", language)
    sign = _NOTHING if not day.level else category[:1] if day.aqi is None else str(day.aqi)
    return {
        "date": day.day.isoformat(),
        "day": str(day.day.day),
        "month": word("month", language, year=day.day.year, month=day.day.month),
        "weekday": word(f"weekday.{day.day.weekday()}", language),
        "week": (day.day.replace(day=1).weekday() + day.day.day - 1) // 7,
        "level": day.level,
        "category": category,
        "series": _series(standard_on("air.categories", last), day.level, language),
        "sign": sign,
        "aqi": "—" if day.aqi is None else str(day.aqi),
        "ink": ink(background) if day.level else colour("role.faint"),
    }


def _series(table: StandardTable, level: int, language: Language) -> str:
    """The entry of the legend: the category with its range of the AQI, or the sign of no data."""
    if not level:
        return f"{_NOTHING} {word('air.none', language)}"
    low = table.rows[level - 1]["from"]
    category = word(f"air.{level}", language)
    if level == len(table.rows):
        return word("air.above", language, category=category, low=low)
    return word("air.range", language, category=category, low=low, high=int(table.rows[level]["from"]) - 1)


def _layers(last: date, language: Language) -> Sequence[alt.Chart]:
    weekdays = [word(f"weekday.{at}", language) for at in range(7)]
    axis = alt.Axis(orient="top", title=None, domain=False, ticks=False, labelAngle=0, labelPadding=2, labelFontSize=11)
    x = alt.X("weekday:N", sort=weekdays, axis=axis, scale=alt.Scale(domain=weekdays, paddingInner=0.06))
    y = alt.Y("week:O", axis=None, scale=alt.Scale(domain=list(range(_WEEKS)), paddingInner=0.06))
    table = standard_on("air.categories", last)
    levels = [*range(1, len(table.rows) + 1), 0]
    scale = alt.Scale(
        domain=[_series(table, level, language) for level in levels],
        range=[*(row["colour"] for row in table.rows), colour("air.none")],
    )
    legend = alt.Legend(title=None, symbolType="square", symbolStrokeWidth=0, columns=4)
    said = {"date": "calendar.day", "aqi": "AQI", "category": "calendar.category"}
    tips = [
        alt.Tooltip(f"{name}:N", title=code if code == "AQI" else word(code, language)) for name, code in said.items()
    ]
    placed = alt.Chart().encode(x=x, y=y)
    tint = alt.Fill("ink:N", scale=None, legend=None)
    return [
        placed.mark_rect(cornerRadius=3).encode(color=alt.Color("series:N", scale=scale, legend=legend), tooltip=tips),
        placed.mark_text(fontSize=7.5, dx=-12, dy=-9, align="left", opacity=0.85).encode(text="day:N", fill=tint),
        placed.mark_text(fontSize=11.5, dy=4).encode(text="sign:N", fill=tint),
    ]
