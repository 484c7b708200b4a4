"""Rows and boards for the tests of charts; every figure is invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bilan.board.model import Baseline, Board, Chance, Head, Level, Row, Said, Share

NOTHING = Said(zh="", en="")
CHANCE = Chance(probability=0.72, reason=None, level=0.9, low=30.4, middle=32.4, high=34.1)
COURSE = [("2025", "33.6"), ("2026", "32.7"), ("2027", "31.9"), ("2028", "31.0")]


def row(**changes: Any) -> Row:
    """A target on PM2.5, due in 2028, nine months into 2026."""
    plain = Row(
        target="T1",
        region="990100",
        region_name="清河市",
        scope=None,
        name="细颗粒物年均浓度",
        quote="",
        indicator="air.pm25.annual",
        form="level",
        goal=Said(zh="2028年降至31 µg/m³以下", en="≤31 µg/m³ by 2028"),
        limits=[Level(sign="≤", value=Decimal(31))],
        status="on_course",
        reason="likely",
        reason_text=NOTHING,
        figure=Decimal("32.2"),
        unit="µg/m3",
        period="2026-01/2026-09",
        baseline=Baseline(year=2025, value=Decimal("33.6")),
        due=date(2028, 12, 31),
        next_due=date(2026, 12, 31),
        official=False,
        chance=CHANCE,
        course={period: Decimal(value) for period, value in COURSE},
    )
    return plain.model_copy(update=changes)


def share(name: str, figure: str | None, gap: str | None, *, own_goal: bool = False) -> Share:
    return Share(
        region=name,
        region_name=name,
        figure=None if figure is None else Decimal(figure),
        gap=None if gap is None else Decimal(gap),
        own_goal=own_goal,
        status=None,
    )


def board(rows: Sequence[Row], **changes: Any) -> Board:
    head = Head(
        plan="P",
        plan_title="清河市行动计划",
        plan_version="1",
        region=None,
        region_name=None,
        as_of=date(2026, 9, 30),
        known_at=None,
        policy_version="1",
        lake_version=0,
        statistics_version=0,
        bilan_version="1",
        counts=Counter(row.status for row in rows),
        simulated=False,
    )
    return Board(head=head.model_copy(update=changes), rows=list(rows))
