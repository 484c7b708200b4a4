"""``{% sparkline values goal=31 label="…" %}``: a small line of figures, drawn on the server as SVG.

None among ``values`` is a gap in the line. Sizes are attributes and colours classes, as the security policy asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

WIDTH, HEIGHT, MARGIN = 120, 32, 4
Number = Decimal | float | int


@register.simple_tag
def sparkline(values: Iterable[Number | None], goal: Number | None = None, label: str = "") -> SafeString | str:
    """The line; '' with fewer than two figures, as one point has no course.

    >>> "points" in sparkline([3, 1, None, 2, 4], goal=2, label="PM2.5")
    True
    >>> sparkline([3])
    ''
    """
    series = [None if value is None else float(value) for value in values]
    known = [value for value in series if value is not None]
    if len(known) < 2:
        return ""
    level = None if goal is None else float(goal)
    spots = _spots(series, [*known, level] if level is not None else known)
    return format_html(
        '<svg class="sparkline" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        _goal(level, [*known, level]) if level is not None else "",
        format_html_join("", '<polyline class="course" points="{}"/>', ((line,) for line in _lines(spots))),
        _last(spots),
    )


def _spots(series: Sequence[float | None], span: Sequence[float]) -> list[tuple[float, float] | None]:
    step = (WIDTH - 2 * MARGIN) / (len(series) - 1)
    return [None if value is None else (MARGIN + at * step, _height(value, span)) for at, value in enumerate(series)]


def _height(value: float, span: Sequence[float]) -> float:
    low, high = min(span), max(span)
    if low == high:
        return HEIGHT / 2
    return MARGIN + (HEIGHT - 2 * MARGIN) * (high - value) / (high - low)


def _lines(spots: Sequence[tuple[float, float] | None]) -> Iterator[str]:
    for is_gap, run in groupby(spots, key=lambda spot: spot is None):
        if not is_gap:
            yield " ".join(f"{spot[0]:.1f},{spot[1]:.1f}" for spot in run if spot)


def _goal(level: float, span: Sequence[float]) -> SafeString:
    height = f"{_height(level, span):.1f}"
    return format_html('<line class="goal" x1="0" x2="{}" y1="{}" y2="{}"/>', WIDTH, height, height)


def _last(spots: Sequence[tuple[float, float] | None]) -> SafeString:
    x, y = [spot for spot in spots if spot][-1]
    return format_html('<circle class="last" cx="{}" cy="{}" r="3"/>', f"{x:.1f}", f"{y:.1f}")
