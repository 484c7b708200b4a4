"""The way of one target: what was reached, what was planned, what is asked, and what may still come of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import altair as alt

from bilan.board.phrases import coverage, is_unreliable
from bilan.board.texts import phrase
from bilan.evaluate.told import span_told
from bilan.policy.texts import Language, after_number, unit_printed
from bilan.policy.told import in_language
from bilan.publish.charts import WIDTH, framed, haloed, limits_shown, no_data, subject_of, values
from bilan.publish.charts_amounts import never_negative, scale_of, steps_of
from bilan.publish.charts_times import end_of, instant, time_axis
from bilan.publish.charts_trajectory_table import read_as_table
from bilan.publish.charts_words import answer, colour, percent, shown, word

if TYPE_CHECKING:
    from bilan.board.model import Level, Row

_DASHES = {"figure": [1, 0], "course": [5, 4], "limit": [12, 3], "outcome": [2, 2]}
_LABELLED = 8  # of more figures than these only the first and the last are labelled


def trajectory(
    row: Row, history: Iterable[tuple[str, Decimal | None]] = (), *, language: Language = "zh"
) -> alt.LayerChart | alt.Chart:
    """Return the chart of ``row`` over time; ``history`` holds the figures of earlier periods, in the row's unit.

    Every figure stands at the end of its period; None in ``history`` is a gap in the line, and a figure that is not
    official (a figure to date, or one with too little data) is hollow. The course is a dashed line, the limits are
    level lines, what the period may still come to is a fan from the last figure to the end of the period. The
    probability is in the title. ``usermeta`` holds all of it as a table.

    Raises :class:`~bilan.publish.ChartError` for a period that cannot be read.

    >>> from bilan.board.model import Chance, Level, Row, Said
    >>> row = Row(target="T1", region="990100", region_name="清河市", scope=None, name="细颗粒物年均浓度", quote="",
    ...     indicator="air.pm25.annual", form="level", goal=Said(zh="2026年降至31 µg/m³以下", en="≤31 µg/m³ by 2026"),
    ...     limits=[Level(sign="≤", value=Decimal(31))], status="on_course", reason="likely",
    ...     reason_text=Said(zh="", en=""), figure=Decimal("30.2"), unit="µg/m3", period="2026-01/2026-09",
    ...     due=date(2026, 12, 31), official=False, chance=Chance(probability=0.72, reason=None, level=0.9, low=28.4,
    ...     middle=30.0, high=32.1))
    >>> trajectory(row, [("2024", Decimal("34.1")), ("2025", Decimal("33.0"))]).to_dict()["title"]["text"]
    ['细颗粒物年均浓度（清河市）　➔ 正常推进，达标概率 72%']
    """
    title = _headline(row, language)
    content = _content(row, history, language)
    notes = [word("trajectory.goal", language, goal=getattr(row.goal, language)), *content.signs()]
    if not (content.figures or content.course):
        notes = [notes[0], getattr(row.reason_text, language)]
        return no_data(title, notes, simulated=row.simulated, language=language)
    layers = [*_fan_layers(content), *_line_layers(content), *_point_layers(content)]
    chart = alt.LayerChart(layer=layers).properties(width=WIDTH, height=300)
    table = read_as_table(content.series(), language)
    return framed(chart, title, notes, simulated=row.simulated, language=language, table=table)


@dataclass(frozen=True, slots=True)
class _Content:
    """What is drawn, a record for each point: where it ends, its value, and how both are shown."""

    row: Row
    language: Language
    figures: Sequence[Mapping[str, Any]]
    course: Sequence[Mapping[str, Any]]
    limits: Sequence[Mapping[str, Any]]
    fan: Sequence[Mapping[str, Any]]
    baseline: Mapping[str, Any] | None

    def names(self) -> dict[str, str]:
        """How the legend calls each series that is there."""
        words = {"figure": self.figures, "course": self.course}
        names = {code: word(f"trajectory.{code}", self.language) for code, records in words.items() if records}
        if self.limits:
            limits = limits_shown(self.row.limits, self.row.unit, self.language)
            names["limit"] = word("trajectory.limit", self.language, limits=limits)
        if self.fan:
            end = self.fan[-1]
            level = percent(end["level"])
            names["outcome"] = word(
                "trajectory.outcome", self.language, level=level, low=end["low_shown"], high=end["high_shown"]
            )
        return names

    def signs(self) -> list[str]:
        """What the signs mean that stand in no legend: the diamond of the baseline, the hollow point."""
        said = []
        if self.baseline:
            told = {"year": self.baseline["period"], "value": self.baseline["shown"]}
            said.append(word("trajectory.baseline", self.language, **told))
            computed = self.computed_baseline()
            if computed:
                said.append(word("trajectory.baseline_differs", self.language, computed=computed["shown"], **told))
        if any(not record["official"] for record in self.figures):
            said.append(word("trajectory.to_date", self.language))
        return [word("trajectory.between_signs", self.language).join(said)] if said else []

    def computed_baseline(self) -> Mapping[str, Any] | None:
        """The figure of the base year where the data give another one than the baseline that is told."""
        base = self.baseline or {"period": None}
        same = (at for at in self.figures if at["period"] == base["period"])
        return next((at for at in same if at["value"] not in (None, base["value"])), None)

    def series(self) -> list[list[dict[str, Any]]]:
        """Everything that is drawn, each record with the name of its series as ``kind``."""
        level = {} if not self.fan else {"level": percent(self.fan[-1]["level"])}
        to_come = [
            {**at, "shown": f"{at['shown']}{after_number(self.row.unit, self.language)}"} for at in self.fan[-1:]
        ]
        figure, to_date = "trajectory.figure", "trajectory.series.to_date"
        base = "trajectory.series.told" if self.computed_baseline() else "trajectory.series.baseline"
        return [
            [self._named(at, figure if at["official"] else to_date) for at in self.figures],
            [self._named(at, base) for at in [self.baseline] if at],
            [self._named(at, "trajectory.course") for at in self.course],
            [self._named(at, "trajectory.series.outcome", **level) for at in to_come],
            [self._named(at, "trajectory.series.limit") for at in self.limits],
        ]

    def _named(self, record: Mapping[str, Any], code: str, **told: str) -> dict[str, Any]:
        return {**record, "kind": word(code, self.language, **told)}

    def of(self, code: str, records: Sequence[Mapping[str, Any]]) -> alt.Chart:
        """``records`` as data, with the colour, the dash and the place in the legend of the series ``code``."""
        names = self.names()
        legend = alt.Legend(title=None, symbolType="stroke", symbolStrokeWidth=2.5, symbolSize=500, columns=2)
        tints = alt.Scale(domain=list(names.values()), range=[colour(f"role.{one}") for one in names])
        dashes = alt.Scale(domain=list(names.values()), range=[_DASHES[one] for one in names])
        return alt.Chart(values({**record, "series": names[code]} for record in records)).encode(
            color=alt.Color("series:N", scale=tints, legend=legend),
            strokeDash=alt.StrokeDash("series:N", scale=dashes, legend=legend),
        )

    def x(self) -> alt.X:
        """The axis of time over everything that has a day."""
        ends = [record["end"] for record in (*self.figures, *self.course, *self.fan)]
        return time_axis([*ends, self.baseline["end"]] if self.baseline else ends)

    def y(self, of: str = "value") -> alt.Y:
        """The axis of figures, which begins at zero for counts alone: a course is read by its slope."""
        unit = unit_printed(self.row.unit, self.language)
        heading = word("with_unit", self.language, unit=unit) if unit else ""
        place: dict[str, Any] = {
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleX": 0,
            "titleY": -14,
        }
        axis = alt.Axis(title=heading, **place, **steps_of(self.row.unit))
        return alt.Y(f"{of}:Q", scale=alt.Scale(**scale_of(self.row.unit, padding=12)), axis=axis)

    def tooltip(self) -> list[alt.Tooltip]:
        """What is said of a point under the mouse."""
        said = {"period": "trajectory.period", "shown": "trajectory.value"}
        return [alt.Tooltip(f"{name}:N", title=word(code, self.language)) for name, code in said.items()]


def _headline(row: Row, language: Language) -> str:
    subject = subject_of(row, language)
    status = answer(row.status, language)
    if row.chance is None or row.chance.probability is None:
        return word("trajectory.headline_no_chance", language, subject=subject, status=status)
    probability = percent(row.chance.probability)
    code = "trajectory.headline" if row.chance.asked == "goal" else "trajectory.headline_step"
    headline = word(code, language, subject=subject, status=status, probability=probability)
    if not is_unreliable(row.chance):
        return headline
    return word("trajectory.unreliable", language, headline=headline, warning=coverage(row.chance, language))


def _content(row: Row, history: Iterable[tuple[str, Decimal | None]], language: Language) -> _Content:
    figures = [_record(period, value, row.unit, language) for period, value in history]
    if row.figure is not None and row.period is not None:
        today = _record(row.period, row.figure, row.unit, language, official=row.official)
        figures = [record for record in figures if record["end"] != today["end"]] + [today]
    figures.sort(key=lambda record: record["end"])
    known = [record for record in figures if record["value"] is not None]
    course = sorted(
        (_record(period, value, row.unit, language) for period, value in row.course.items()),
        key=lambda record: record["end"],
    )
    limits = [_limit(row, level, language) for level in row.limits]
    fan = _fan(row, known, language)
    return _Content(row, language, figures if known else [], course, limits, fan, _baseline(row, language))


def _limit(row: Row, level: Level, language: Language) -> dict[str, Any]:
    due = row.due or row.next_due
    return {
        "value": float(level.value),
        "end": instant(due or date.max),
        "period": due.isoformat() if due else "—",
        "shown": limits_shown([level], row.unit, language),
    }


def _record(
    period: str, value: Decimal | None, unit: str, language: Language, *, official: bool = True
) -> dict[str, Any]:
    return {
        "period": in_language(span_told(period), language),
        "end": instant(end_of(period)),
        "value": None if value is None else float(value),
        "shown": f"{shown(value)}{after_number(unit, language)}",
        "label": shown(value),
        "official": official,
    }


def _baseline(row: Row, language: Language) -> dict[str, Any] | None:
    if row.baseline is None or row.baseline.value is None or row.baseline.year is None:
        return None
    return _record(str(row.baseline.year), row.baseline.value, row.unit, language)


def _fan(row: Row, known: Sequence[Mapping[str, Any]], language: Language) -> list[dict[str, Any]]:
    """The last figure and the interval at the end of the period, if there is one and it is still to come.

    Nothing is drawn below zero where figures cannot be; what is said of the interval is what the method gives.
    """
    chance, end = row.chance, _period_end(row)
    if chance is None or chance.low is None or chance.high is None or end is None:
        return []
    decimals = max((_decimals(value) for value in [row.figure, *(level.value for level in row.limits)]), default=0)
    middle = (chance.low + chance.high) / 2 if chance.middle is None else chance.middle
    low, high = (shown(round(Decimal(bound), decimals)) for bound in (chance.low, chance.high))
    least = 0.0 if never_negative(row) else -math.inf
    ends = {"low": chance.low, "middle": middle, "high": chance.high}
    outcome: dict[str, Any] = {name: max(least, value) for name, value in ends.items()}
    outcome |= {"end": instant(end), "level": chance.level, "low_shown": low, "high_shown": high}
    outcome |= {"period": end.isoformat(), "shown": phrase("show.interval", language, low=low, high=high)}
    before = [record for record in known if record["end"] < outcome["end"]][-1:]
    return [{"end": at["end"], **dict.fromkeys(("low", "middle", "high"), at["value"])} for at in before] + [outcome]


def _period_end(row: Row) -> date | None:
    """The end of the period that the probability is of: of a step the figure's year, of a goal the day it is due."""
    goal = row.chance is None or row.chance.asked == "goal"
    if goal and (row.next_due or row.due):
        return row.next_due or row.due
    return date(end_of(row.period).year, 12, 31) if row.period else None


def _decimals(value: Decimal | None) -> int:
    exponent = 0 if value is None else value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _fan_layers(content: _Content) -> list[alt.Chart]:
    if not content.fan:
        return []
    base = alt.Chart(values(content.fan)).encode(x=content.x())
    end = alt.Chart(values(content.fan[-1:])).encode(x=content.x(), tooltip=content.tooltip())
    tint = colour("role.outcome")
    return [
        base.mark_area(color=tint, opacity=0.22).encode(y=content.y("low"), y2="high:Q"),
        content.of("outcome", content.fan).mark_line(strokeWidth=1.8).encode(x=content.x(), y=content.y("middle")),
        end.mark_rule(color=tint, strokeWidth=3).encode(y=content.y("low"), y2="high:Q"),
    ]


def _line_layers(content: _Content) -> list[alt.Chart]:
    layers = []
    if content.limits:
        layers.append(content.of("limit", content.limits).mark_rule(strokeWidth=1.8).encode(y=content.y()))
    for code, records in (("course", content.course), ("figure", content.figures)):
        if records:
            line = content.of(code, records).mark_line(strokeWidth=2.6 if code == "figure" else 1.8)
            layers.append(line.encode(x=content.x(), y=content.y()))
    return layers


def _point_layers(content: _Content) -> list[alt.Chart]:
    layers, tint = [], colour("role.figure")
    for official in (True, False):
        points = [at for at in content.figures if at["value"] is not None and at["official"] is official]
        if points:
            base = alt.Chart(values(points)).encode(x=content.x(), y=content.y(), tooltip=content.tooltip())
            fill = tint if official else "white"
            layers.append(base.mark_point(size=70, stroke=tint, strokeWidth=2, fill=fill, opacity=1))
    if content.baseline:
        base = alt.Chart(values([content.baseline])).encode(x=content.x(), y=content.y(), tooltip=content.tooltip())
        layers.append(base.mark_point(shape="diamond", size=130, stroke=tint, strokeWidth=2, fill="white", opacity=1))
    return layers + _label_layers(content)


def _label_layers(content: _Content) -> list[alt.Chart]:
    """The values above their points; of the two of a base year the lower one stands below."""
    known = [at for at in content.figures if at["value"] is not None]
    above = known if len(known) <= _LABELLED else [known[0], known[-1]]
    below: list[Mapping[str, Any]] = []
    if content.baseline:
        two = [at for at in (content.baseline, content.computed_baseline()) if at]
        two.sort(key=lambda at: at["value"], reverse=True)
        above, below = two[:1] + [at for at in above if at["end"] != content.baseline["end"]], two[1:]
    return [
        layer for labelled, dy in ((above, -14), (below, 16)) if labelled for layer in _labels(content, labelled, dy)
    ]


def _labels(content: _Content, labelled: Sequence[Mapping[str, Any]], dy: int) -> list[alt.Chart]:
    base = alt.Chart(values(labelled)).encode(x=content.x(), y=content.y(), text="label:N")
    return haloed(base, dy=dy, fontSize=12, color=colour("role.text"))
