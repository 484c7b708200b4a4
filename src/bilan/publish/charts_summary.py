"""The board at a glance: how many targets of each area have which of the five answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import altair as alt

from bilan.board.looks import status_looks
from bilan.board.status import STATUSES, Status
from bilan.board.texts import phrase
from bilan.policy import indicators
from bilan.policy.texts import Language
from bilan.publish.charts import WIDTH, framed, no_data, stacked, values
from bilan.publish.charts_words import answer, colour, has_word, ink, percent, word

if TYPE_CHECKING:
    from bilan.board.model import Board, Row

_ALL, _NO_INDICATOR = "all", "none"
_ROW = 38  # pixels of one area
# sign and number are apart: a font that has the sign would otherwise draw the number, too
_INSIDE: dict[str, dict[str, Any]] = {
    "sign": {"align": "right", "dx": -2},
    "beside": {"align": "left", "dx": 3},
    "alone": {"align": "center"},
}
_SIGNED, _LEGIBLE = 0.075, 0.03  # shares of a bar that hold sign and number, and a number alone


def summary(board: Board, *, language: Language = "zh") -> alt.LayerChart | alt.Chart:
    """Return the counts of the five answers as stacked bars: the whole board first, then each area.

    The area is that of the indicator (``policy/indicators.csv``); targets without an indicator are an area of their
    own. A colour never stands alone: sign and number are in the bar, or in the legend where the bar is too narrow.

    >>> from datetime import date
    >>> from bilan.board.model import Board, Head
    >>> head = Head(plan="P", plan_title="行动计划", plan_version="1", region=None, region_name=None,
    ...     as_of=date(2026, 9, 30), known_at=None, policy_version="1", lake_version=0, statistics_version=0,
    ...     bilan_version="1", counts={}, simulated=False)
    >>> summary(Board(head=head, rows=[])).to_dict()["mark"]["text"]
    '没有数据'
    """
    head = board.head
    as_of = word("date", language, year=head.as_of.year, month=head.as_of.month, day=head.as_of.day)
    notes = [word("summary.of", language, plan=head.plan_title or head.plan, day=as_of)]
    title = word("summary.title", language)
    if not board.rows:
        return no_data(title, notes, simulated=head.simulated, language=language)
    areas = _areas([row for row in board.rows if not row.district])
    entries = _entries(areas[_ALL], language)
    rows = [row for area, counts in areas.items() for row in _bar(area, counts, entries, language)]
    chart = alt.LayerChart(layer=_layers(areas, entries, language), data=values(rows))
    chart = chart.properties(width=WIDTH, height=_ROW * len(areas))
    return framed(chart, title, notes, simulated=head.simulated, language=language)


def _areas(rows: list[Row]) -> dict[str, Counter[Status]]:
    """The counts of the whole, then of each area, the largest first."""
    area_of = {indicator.code: indicator.area for indicator in indicators()}
    found: dict[str, Counter[Status]] = {_ALL: Counter(row.status for row in rows)}
    for row in rows:
        area = area_of.get(row.indicator or "", _NO_INDICATOR)
        found.setdefault(area if has_word(f"area.{area}") else _NO_INDICATOR, Counter())[row.status] += 1
    return dict(sorted(found.items(), key=lambda item: (item[0] != _ALL, item[0] == _NO_INDICATOR, -item[1].total())))


def _name(area: str, counts: Counter[Status], language: Language) -> str:
    return word("summary.row", language, area=word(f"area.{area}", language), count=counts.total())


def _entries(whole: Counter[Status], language: Language) -> dict[str, str]:
    """How the legend calls each answer: by its sign, its name and its count on the whole board."""
    return {status: f"{answer(status, language)} {whole[status]}" for status in STATUSES}


def _bar(area: str, counts: Counter[Status], entries: Mapping[str, str], language: Language) -> list[dict[str, Any]]:
    rows = []
    for part in stacked({status: counts[status] for status in STATUSES}):
        signed, legible = part.share >= _SIGNED, part.share >= _LEGIBLE
        rows.append(
            {
                "area": _name(area, counts, language),
                "series": entries[part.code],
                "status": phrase(f"status.{part.code}", language),
                "count": part.count,
                "start": part.start,
                "middle": part.middle,
                "end": part.end,
                "share": percent(part.share),
                "sign": status_looks()[part.code].symbol if signed else "",
                "beside": str(part.count) if signed else "",
                "alone": str(part.count) if legible and not signed else "",
                "ink": ink(colour(f"status.{part.code}")),
            }
        )
    return rows


def _layers(areas: Mapping[str, Counter[Status]], entries: Mapping[str, str], language: Language) -> list[alt.Chart]:
    scale = alt.Scale(domain=list(entries.values()), range=[colour(f"status.{status}") for status in STATUSES])
    said = {name: word(f"summary.{name}", language) for name in ("status", "count", "share")}
    legend = alt.Legend(title=None, orient="top", symbolType="square", symbolStrokeWidth=0)
    names = [_name(area, counts, language) for area, counts in areas.items()]
    labels = alt.Axis(title=None, domain=False, ticks=False, labelLimit=220, labelFontSize=13)
    y = alt.Y("area:N", sort=names, axis=labels, scale=alt.Scale(paddingInner=0.28))
    x = alt.X("start:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    placed = alt.Chart().encode(y=y)
    bars = placed.mark_bar(stroke="white", strokeWidth=1).encode(
        x=x,
        x2="end:Q",
        color=alt.Color("series:N", scale=scale, legend=legend),
        tooltip=[alt.Tooltip(f"{name}:N", title=heading) for name, heading in said.items()],
    )
    inside = placed.encode(x=alt.X("middle:Q", axis=None), fill=alt.Fill("ink:N", scale=None, legend=None))
    return [
        bars,
        *(inside.mark_text(fontSize=12.5, **place).encode(text=f"{name}:N") for name, place in _INSIDE.items()),
    ]
