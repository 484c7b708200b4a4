"""What all charts of the house share: frame and fonts, rows as data, what is drawn where there is nothing, shares."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import altair as alt

from bilan.policy import indicators
from bilan.policy.texts import Language, after_number
from bilan.publish import ChartError
from bilan.publish.charts_words import colour, shown, word

if TYPE_CHECKING:
    from bilan.board.model import Level, Row

Chart: TypeAlias = alt.Chart | alt.LayerChart | alt.FacetChart
Record: TypeAlias = Mapping[str, Any]
_AnyChart = TypeVar("_AnyChart", alt.Chart, alt.LayerChart, alt.FacetChart)

# The first of them that a machine has is used; a PNG is drawn with the fonts of the machine that draws it.
FONTS = (
    "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, "
    "WenQuanYi Micro Hei, WenQuanYi Zen Hei, SimHei, sans-serif"
)
WIDTH = 640  # pixels of the plotting area of a chart that has no reason for another width
_TITLE_COLUMNS, _NOTE_COLUMNS = 78, 108  # before a line is wrapped; a Chinese character takes two


def framed(
    chart: _AnyChart,
    title: str,
    notes: Iterable[str],
    *,
    simulated: bool,
    language: Language,
    table: Mapping[str, Sequence[Any]] | None = None,
) -> _AnyChart:
    """Return ``chart`` in the style of the house under ``title``; ``notes`` and what is simulated stand below it.

    ``usermeta`` of the specification holds ``title``, ``notes`` and ``simulated`` once more, unwrapped and each by
    itself: a page that sets them as its own text wraps them where it ends. ``table``, the data to read, is in it, too.

    >>> framed(alt.Chart().mark_point(), "甲", ["乙"], simulated=True, language="zh").to_dict()["title"]["subtitle"]
    ['模拟数据', '乙']
    """
    told: list[str] = [note for note in notes if note]
    mark = word("simulated", language) if simulated else ""
    under = [line for note in (mark, *told) if note for line in _wrapped(note, _NOTE_COLUMNS)]
    heading = alt.TitleParams(text=_wrapped(title, _TITLE_COLUMNS), subtitle=under)
    meta = {
        "language": language,
        "title": title,
        "notes": told,
        "simulated": mark,
        **({"table": table} if table else {}),
    }
    titled: _AnyChart = chart.properties(title=heading, usermeta=meta)
    styled: _AnyChart = titled.configure(**_style())
    return styled


def no_data(title: str, notes: Iterable[str] = (), *, simulated: bool = False, language: Language = "zh") -> alt.Chart:
    """Return the chart that says there is no data.

    >>> no_data("水质").to_dict()["mark"]["text"]
    '没有数据'
    """
    said = alt.Chart(values([{}])).mark_text(text=word("no_data", language), fontSize=16, color=colour("role.faint"))
    placed: alt.Chart = said.properties(width=WIDTH, height=120)
    return framed(placed, title, notes, simulated=simulated, language=language)


def values(rows: Iterable[Record]) -> alt.InlineData:
    """Return ``rows`` as the data of a chart; they become part of it, however many they are."""
    return alt.InlineData(values=[dict(row) for row in rows])


def records(table: Any, columns: Sequence[str], optional: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return the rows of an Arrow table, of mappings or of sequences as dictionaries with ``columns``.

    A sequence gives the columns in their order. Those in ``optional`` may be missing and are None then. Raises
    :class:`ChartError`, which names the row and the column.

    >>> records([("2025-01", 3)], ["month", "count"])
    [{'month': '2025-01', 'count': 3}]
    >>> records([{"month": "2025-01"}], ["month", "count"])
    Traceback (most recent call last):
        ...
    bilan.publish.ChartError: 第 1 行：没有 count 一列（应有 month、count）
    """
    rows = table.to_pylist() if hasattr(table, "to_pylist") else list(table)
    return [_record(row, at, columns, optional) for at, row in enumerate(rows, start=1)]


def subject_of(row: Row, language: Language) -> str:
    """Return what ``row`` is about: the indicator, in the words of the plan or by its English name, and the region."""
    english = {indicator.code: indicator.name_en for indicator in indicators()} if language == "en" else {}
    name = english.get(row.indicator or "") or row.name
    return word("with_region", language, name=name, region=row.region_name) if row.region_name else name


def limits_shown(limits: Iterable[Level], unit: str, language: Language) -> str:
    """Return levels as people read them.

    >>> from decimal import Decimal
    >>> from bilan.board.model import Level
    >>> limits_shown([Level(sign="≥", value=Decimal(6)), Level(sign="<", value=Decimal(9))], "mg/L", "zh")
    '≥6、<9 mg/L'
    """
    listed = word("list", language).join(f"{level.sign}{shown(level.value)}" for level in limits)
    return f"{listed}{after_number(unit, language)}"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stacked bar: ``count``, and where it begins and ends as shares of the whole bar (0 to 1)."""

    code: str
    count: int
    start: float
    end: float

    @property
    def share(self) -> float:
        return self.end - self.start

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


def stacked(counts: Mapping[str, int]) -> list[Part]:
    """Return the parts of one bar in the order of ``counts``, without those that are empty.

    >>> [(part.code, part.start, part.end) for part in stacked({"a": 1, "b": 0, "c": 3})]
    [('a', 0.0, 0.25), ('c', 0.25, 1.0)]
    """
    whole, before, parts = sum(counts.values()), 0, []
    for code, count in counts.items():
        if count:
            parts.append(Part(code, count, before / whole, (before + count) / whole))
            before += count
    return parts


def haloed(base: alt.Chart, **mark: Any) -> list[alt.Chart]:
    """Return the text of ``base`` twice: in white behind and in its colour, so that it is read over lines."""
    behind = {**mark, "color": "white", "stroke": "white", "strokeWidth": 3, "strokeJoin": "round"}
    return [base.mark_text(**behind), base.mark_text(**mark)]


def _record(row: Any, at: int, columns: Sequence[str], optional: Sequence[str]) -> dict[str, Any]:
    expected = "、".join(columns)
    if not isinstance(row, Mapping):
        if len(row) > len(columns):
            raise ChartError(f"第 {at} 行：有 {len(row)} 个值（应有 {expected}）")
        row = dict(zip(columns, row, strict=False))
    missing = [name for name in columns if name not in row and name not in optional]
    if missing:
        raise ChartError(f"第 {at} 行：没有 {missing[0]} 一列（应有 {expected}）")
    return {name: row.get(name) for name in columns}


def _wrapped(text: str, columns: int) -> list[str]:
    """The lines of ``text``, none much wider than ``columns``; they break at spaces and between Chinese characters."""
    lines, used = [""], 0
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        if used >= columns and (wide or character == " ") and unicodedata.category(character)[0] != "P":
            lines.append("")
            used = 0
        lines[-1] += character
        used += 2 if wide else 1
    return [line.strip() for line in lines]


def _style() -> dict[str, Any]:
    text, faint, grid = colour("role.text"), colour("role.faint"), colour("role.grid")
    return {
        "background": "white",
        "font": FONTS,
        "padding": 16,
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "fontSize": 17,
            "fontWeight": 600,
            "color": text,
            "lineHeight": 23,
            "offset": 16,
            "subtitleFontSize": 12.5,
            "subtitleColor": faint,
            "subtitleLineHeight": 18,
            "subtitlePadding": 6,
        },
        "view": {"stroke": None},
        "axis": {
            "labelFontSize": 12,
            "labelColor": text,
            "labelPadding": 6,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titleColor": faint,
            "gridColor": grid,
            "domainColor": "#aab2ba",
            "tickColor": "#aab2ba",
        },
        "legend": {
            "orient": "bottom",
            "direction": "horizontal",
            "title": None,
            "labelFontSize": 12,
            "labelColor": text,
            "labelLimit": 420,
            "symbolSize": 160,
            "columnPadding": 18,
            "offset": 14,
        },
        "header": {"labelFontSize": 13, "labelFontWeight": 600, "labelColor": text, "labelPadding": 4, "title": None},
    }
