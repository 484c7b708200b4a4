"""How the sections are spread over the classes of water quality, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from bilan.periods import Period, periods_between
from bilan.policy.standards import standard_tables
from bilan.policy.texts import Language
from bilan.publish import ChartError
from bilan.publish.charts import WIDTH, framed, no_data, records, stacked, values
from bilan.publish.charts_words import colour, ink, percent, word

_NONE = "none"
_STEP = 56  # pixels of a month, as long as they fit
_LEGIBLE = 0.055  # share of a bar that holds class and number
_LABELLED = 14  # months; the bars of more are too narrow for labels


def sections_by_class(
    months: Any, *, title: str | None = None, simulated: bool = False, language: Language = "zh"
) -> alt.LayerChart | alt.Chart:
    """Return the stacked shares of sections by class, a bar for each month.

    ``months``: an Arrow table, mappings or sequences with ``month`` (``2025-03``), ``class`` (``Ⅰ`` to ``劣Ⅴ``, or 1 to
    6; None is a section without a class) and ``count``; rows of one month and class are added. Shares are of all
    sections of the month: what cannot be judged stays in the whole, in grey. The official ratios have rules of their
    own and are not computed here.

    Raises :class:`~bilan.publish.ChartError` for a row that cannot be read.

    >>> chart = sections_by_class([("2025-01", "Ⅱ", 6), ("2025-01", "劣Ⅴ", 1), ("2025-01", None, 1)])
    >>> [(row["class"], row["start"], row["end"]) for row in next(iter(chart.to_dict()["datasets"].values()))]
    [('Ⅱ类', 0.0, 0.75), ('劣Ⅴ类', 0.75, 0.875), ('无法评价', 0.875, 1.0)]
    """
    heading = title or word("sections.title", language)
    counts = _counts(months)
    rows = [row for month in sorted(counts) for row in _bar(month, counts[month], language)]
    if not rows:
        return no_data(heading, simulated=simulated, language=language)
    first, last = (Period.parse(month) for month in (min(counts), max(counts)))
    every = [str(period) for period in periods_between("month", first.first, last.last)]
    counted = [word("sections.numbers", language)] if len(every) <= _LABELLED else []
    notes = [word("semicolon", language).join([word("sections.note", language), *counted])]
    chart = alt.LayerChart(layer=_layers(every, language), data=values(rows))
    return framed(chart.properties(height=320), heading, notes, simulated=simulated, language=language)


def _counts(table: Any) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    codes = _codes()
    for at, row in enumerate(records(table, ["month", "class", "count"]), start=1):
        code = codes.get(row["class"])
        if code is None:
            expected = "、".join(name for name in codes if isinstance(name, str) and name)
            raise ChartError(f"第 {at} 行：没有 {row['class']!r} 这一类别（应为{expected}，没有类别的留空）")
        month = found.setdefault(_month(row["month"], at), dict.fromkeys([*map(str, range(1, 7)), _NONE], 0))
        month[code] += int(row["count"] or 0)
    return {month: counts for month, counts in found.items() if any(counts.values())}


def _month(text: Any, at: int) -> str:
    try:
        period = Period.parse(str(text))
    except ValueError:
        period = None
    if period is None or period.first.replace(day=1) != period.last.replace(day=1):
        raise ChartError(f"第 {at} 行：month 是 {text!r}（应为月份，如 2025-03）")
    return f"{period.first:%Y-%m}"


def _codes() -> Mapping[object, str]:
    """How a class may be written, and its code: the number of the class in the standard, or that of none."""
    rows = standard_tables("water.surface.status")[-1].rows
    named: dict[object, str] = {row["name"]: row["class"] for row in rows}
    return named | {int(row["class"]): row["class"] for row in rows} | {None: _NONE, "": _NONE}


def _bar(month: str, counts: Mapping[str, int], language: Language) -> list[dict[str, Any]]:
    return [
        {
            "month": month,
            "class": word(f"water.{part.code}", language),
            "count": part.count,
            "start": part.start,
            "middle": part.middle,
            "end": part.end,
            "share": percent(part.share),
            "label": f"{word(f'short.{part.code}', language)} {part.count}" if part.share >= _LEGIBLE else "",
            "ink": ink(colour(f"water.{part.code}")),
        }
        for part in stacked(counts)
    ]


def _layers(months: Sequence[str], language: Language) -> list[alt.Chart]:
    codes = [*map(str, range(1, 7)), _NONE]
    scale = alt.Scale(
        domain=[word(f"water.{code}", language) for code in codes], range=[colour(f"water.{code}") for code in codes]
    )
    legend = alt.Legend(title=None, symbolType="square", symbolStrokeWidth=0)
    said = {name: word(f"sections.{name}", language) for name in ("month", "class", "count", "share")}
    labels = alt.Axis(title=None, labelAngle=0, ticks=False, labelOverlap=True)
    x = alt.X("month:O", axis=labels, scale=alt.Scale(domain=list(months), paddingInner=0.14, paddingOuter=0.1))
    axis = alt.Axis(format="%", tickCount=5, title=None, domain=False, ticks=False)
    y = alt.Y("start:Q", axis=axis, scale=alt.Scale(domain=[0, 1]))
    width = min(WIDTH + 80, max(240, len(months) * _STEP))
    placed = alt.Chart().encode(x=x).properties(width=width)
    bars = placed.mark_bar(stroke="white", strokeWidth=0.8).encode(
        y=y,
        y2="end:Q",
        color=alt.Color("class:N", scale=scale, legend=legend),
        tooltip=[alt.Tooltip(f"{name}:N", title=heading) for name, heading in said.items()],
    )
    numbers = placed.mark_text(fontSize=11).encode(
        y=alt.Y("middle:Q", axis=axis), text="label:N", fill=alt.Fill("ink:N", scale=None, legend=None)
    )
    return [bars, numbers] if len(months) <= _LABELLED else [bars]
