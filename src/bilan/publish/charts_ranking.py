"""Who drags: districts beside each other, the largest gap first, with the goal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import altair as alt

from bilan.policy.texts import Language, unit_printed
from bilan.publish.charts import WIDTH, framed, limits_shown, no_data, subject_of, values
from bilan.publish.charts_amounts import scale_of, steps_of
from bilan.publish.charts_words import colour, shown, word

if TYPE_CHECKING:
    from bilan.board.model import Level, Row, Share

_ROW = 32  # pixels of one district
_WIDTH = WIDTH - 120
_RISING, _STRICT = {"≥", ">"}, {"<", ">"}


def ranking(rows: Row | Sequence[Row], *, language: Language = "zh") -> alt.LayerChart | alt.Chart:
    """Return the ranking of the districts of one row, or of one indicator's rows in several regions.

    The districts of a row stay in its order, the one that drags most first; rows are put by their gap, the largest
    first, those without a figure last. A dot is the figure, the line that leads to it the gap to the goal; the level
    line is the goal of all, a short one that of a district with a goal of its own. Colour and words both say who falls
    short.

    >>> from bilan.board.model import Level, Row, Said, Share
    >>> said = Said(zh="", en="")
    >>> def district(name, figure, gap):
    ...     return Share(region=name, region_name=name, figure=Decimal(figure), gap=Decimal(gap), own_goal=False,
    ...         status=None)
    >>> row = Row(target="T1", region="990100", region_name="清河市", scope=None, name="细颗粒物年均浓度", quote="",
    ...     indicator="air.pm25.annual", form="level", goal=said, limits=[Level(sign="≤", value=Decimal(31))],
    ...     status="at_risk", reason="", reason_text=said, figure=Decimal("31.4"), unit="µg/m3",
    ...     districts=[district("东湖区", 34, 3), district("南山区", 30, -1)])
    >>> [dot["label"] for dot in ranking(row).layer[-1].data.to_dict()["values"]]
    ['34（差 3）', '30（已到目标）']
    """
    several = list(rows) if isinstance(rows, Sequence) else []
    if isinstance(rows, Sequence) and not several:
        return no_data(word("ranking.title_plain", language), language=language)
    head = several[0] if isinstance(rows, Sequence) else rows
    places = _of_rows(several) if several else _of_districts(head)
    subject = subject_of(head.model_copy(update={"region_name": None}) if several else head, language)
    title, simulated = word("ranking.title", language, name=subject), any(row.simulated for row in several or [head])
    if not any(place.figure is not None for place in places):
        return no_data(title, simulated=simulated, language=language)
    common = head.limits if len({_levels(row) for row in several}) <= 1 else []
    notes = [word("ranking.note_own" if any(place.goal is not None for place in places) else "ranking.note", language)]
    far = _goal_is_far(places, common)
    layers = [*_goal_layers(common, head.unit, language, far=far), *_dot_layers(places, common, head.unit, language)]
    chart = alt.LayerChart(layer=layers).properties(width=_WIDTH, height=_ROW * len(places))
    return framed(chart, title, notes, simulated=simulated, language=language)


@dataclass(frozen=True, slots=True)
class _Place:
    """One district; ``goal`` is its own where it has one."""

    region: str | None
    name: str
    figure: Decimal | None
    gap: Decimal | None
    goal: Decimal | None
    strict: bool  # whether a figure that equals the goal falls short of it

    def side(self) -> str:
        """On which side of its goal it stands: ``short``, ``spare`` or ``none``."""
        if self.figure is None or self.gap is None:
            return "none"
        return "short" if self.gap > 0 or (self.strict and self.gap == 0) else "spare"

    def label(self, language: Language) -> str:
        """The figure in words."""
        if self.figure is None:
            return word("no_data", language)
        if self.gap is None:
            return shown(self.figure)
        return word(f"ranking.{self.side()}", language, figure=shown(self.figure), gap=shown(self.gap))


def _of_districts(row: Row) -> list[_Place]:
    return [
        _Place(share.region, share.region_name, share.figure, share.gap, _own_goal(share, row.limits), _strict(row))
        for share in row.districts
    ]


def _own_goal(share: Share, limits: Sequence[Level]) -> Decimal | None:
    """The goal of a district, from its figure and its gap: above the figure where more is better."""
    if not share.own_goal or share.figure is None or share.gap is None or len(limits) != 1:
        return None
    return share.figure + share.gap if limits[0].sign in _RISING else share.figure - share.gap


def _of_rows(rows: Sequence[Row]) -> list[_Place]:
    differ = len({_levels(row) for row in rows}) > 1
    places = [
        _Place(
            row.region,
            row.region_name or row.region or row.name,
            row.figure,
            row.gap,
            row.limits[0].value if differ and len(row.limits) == 1 else None,
            _strict(row),
        )
        for row in rows
    ]
    return sorted(places, key=lambda place: (place.figure is None, place.gap is None, -(place.gap or 0)))


def _strict(row: Row) -> bool:
    return any(level.sign in _STRICT for level in row.limits)


def _levels(row: Row) -> tuple[tuple[str, Decimal], ...]:
    return tuple((level.sign, level.value) for level in row.limits)


def _records(places: Sequence[_Place], common: Sequence[Level], language: Language) -> list[dict[str, Any]]:
    alike = Counter(place.name for place in places)
    shared = float(common[0].value) if len(common) == 1 else None
    return [
        {
            "region": place.name if alike[place.name] == 1 else f"{place.name} {place.region or at}",
            "value": None if place.figure is None else float(place.figure),
            "goal": shared if place.goal is None else float(place.goal),
            "own_goal": place.goal is not None,
            "series": word(f"ranking.side.{place.side()}", language),
            "label": place.label(language),
        }
        for at, place in enumerate(places, start=1)
    ]


def _dot_layers(places: Sequence[_Place], common: Sequence[Level], unit: str, language: Language) -> list[alt.Chart]:
    records = _records(places, common, language)
    known = [record for record in records if record["value"] is not None]
    led = [record for record in known if record["goal"] is not None]
    own = [record for record in led if record["own_goal"]]
    x, y = _x("value", unit, language), _y(records)
    tint = _tint(places, language)
    tips = [
        alt.Tooltip("region:N", title=word("ranking.region", language)),
        alt.Tooltip("label:N", title=word("ranking.value", language)),
    ]
    said = alt.Chart(values(records)).mark_text(align="left", fontSize=12, color=colour("role.text"))
    layers = [said.encode(x=alt.value(_WIDTH + 14), y=y, text="label:N", tooltip=tips)]
    if led:
        lead = alt.Chart(values(led)).mark_rule(strokeWidth=4, opacity=0.55)
        layers.append(lead.encode(x=_x("goal", unit, language), x2="value:Q", y=y, color=tint))
    if own:
        tick = alt.Chart(values(own)).mark_tick(thickness=2.5, size=16, color=colour("role.limit"))
        layers.append(tick.encode(x=_x("goal", unit, language), y=y))
    dots = alt.Chart(values(known)).mark_circle(size=150, opacity=1)
    return [*layers, dots.encode(x=x, y=y, color=tint, tooltip=tips)]


def _goal_is_far(places: Sequence[_Place], common: Sequence[Level]) -> bool:
    """Whether the first level lies in the right half of what is drawn: then its name is written to the left of it."""
    every = [place.figure for place in places] + [place.goal for place in places] + [level.value for level in common]
    known = [value for value in every if value is not None]
    return bool(common) and 2 * common[0].value > min(known) + max(known)


def _goal_layers(common: Sequence[Level], unit: str, language: Language, *, far: bool) -> list[alt.Chart]:
    if not common:
        return []
    levels = alt.Chart(values({"value": float(level.value)} for level in common))
    name = word("ranking.goal", language, limits=limits_shown(common, unit, language))
    side: dict[str, Any] = {"align": "right", "dx": 5} if far else {"align": "left", "dx": -5}
    said = alt.Chart(values([{"value": float(common[0].value), "name": name}])).mark_text(
        **side, dy=-10, fontSize=12, color=colour("role.limit"), baseline="bottom"
    )
    return [
        levels.mark_rule(color=colour("role.limit"), strokeWidth=1.8, strokeDash=[12, 3]).encode(
            x=_x("value", unit, language)
        ),
        said.encode(x=_x("value", unit, language), y=alt.value(4), text="name:N"),
    ]


def _x(field: str, unit: str, language: Language) -> alt.X:
    printed = unit_printed(unit, language)
    heading = word("with_unit", language, unit=printed) if printed else ""
    axis = alt.Axis(
        title=heading, titleAnchor="start", grid=True, domain=False, ticks=False, tickCount=6, **steps_of(unit)
    )
    return alt.X(f"{field}:Q", scale=alt.Scale(**scale_of(unit, padding=16)), axis=axis)


def _y(records: Sequence[dict[str, Any]]) -> alt.Y:
    axis = alt.Axis(title=None, domain=False, ticks=False, labelLimit=200, labelFontSize=13)
    order = [record["region"] for record in records]
    return alt.Y("region:N", sort=order, axis=axis, scale=alt.Scale(domain=order))


def _tint(places: Sequence[_Place], language: Language) -> alt.Color:
    sides = [
        side
        for side in ("short", "spare", "none")
        if any(place.side() == side for place in places if place.figure is not None)
    ]
    names = [word(f"ranking.side.{side}", language) for side in sides]
    scale = alt.Scale(domain=names, range=[colour(f"role.{side}") for side in sides])
    return alt.Color(
        "series:N", scale=scale, legend=alt.Legend(title=None, symbolType="circle", symbolOpacity=1, offset=8)
    )
