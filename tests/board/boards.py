"""Boards built by hand: no plan, no lake and no computation has a part in them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from bilan.board.model import Board, Chance, Explanation, Head, Level, Link, RoomLeft, Row, Said, Share, Unit
from bilan.board.status import STATUSES
from bilan.board.texts import said

SIMULATED: dict[str, Any] = {"simulated": True}


def both(text: str) -> Said:
    return Said(zh=text, en=f"en:{text}")


def make_row(target: str = "p00c0ffee-target-8a3b9c0d1e", **fields: Any) -> Row:
    defaults: dict[str, Any] = {
        "target": target,
        "region": "990100",
        "region_name": "清河市",
        "scope": None,
        "name": "细颗粒物年均浓度",
        "quote": "细颗粒物年均浓度不高于31微克/立方米",
        "indicator": "air.pm25.annual",
        "form": "level",
        "goal": said("goal.level", sign="≤", value=Decimal(31), unit="µg/m3"),
        "limits": [Level(sign="≤", value=Decimal(31))],
        "status": "at_risk",
        "reason": "unlikely",
        "reason_text": both("达到的可能性不够大"),
        "figure": Decimal(34),
        "unit": "µg/m3",
        "source": "monitored",
        "period": "2026-01/2026-09",
        "due": date(2028, 12, 31),
        "next_due": date(2026, 12, 31),
        "completeness": Said(zh="273/273 天", en="273/273 days"),
        "official": False,
        "gap": Decimal(3),
        "room": RoomLeft(
            state="open",
            code="mean.open",
            amount=Decimal("22.1"),
            unit="µg/m3",
            per=Decimal(92),
            per_unit="day",
            text=both("其余时间均值不超过 22.1"),
        ),
        "chance": Chance(
            probability=0.425, reason=None, level=0.9, low=31.94, middle=33.5, high=37.21, held=9, tried=11, years=5
        ),
        "leads": [Unit(name="市生态环境局", department="ecology")],
    }
    return Row.model_validate(defaults | fields)


def unjudged(target: str = "p00c0ffee-target-00000000aa", **fields: Any) -> Row:
    """A goal in words: no figure, no gap, no room, no chance."""
    empty = dict.fromkeys(("indicator", "figure", "source", "period", "next_due", "gap", "room", "chance"))
    told: dict[str, Any] = {
        "name": "城市品质",
        "form": "qualitative",
        "goal": said("goal.qualitative"),
        "limits": [],
        "status": "cannot_be_judged",
        "reason": "qualitative",
        "reason_text": said("missing.qualitative"),
        "unit": "",
        "completeness": None,
        "due": None,
    }
    return make_row(target, **(empty | told | fields))


def share(name: str, figure: str | None, gap: str | None, **fields: Any) -> Share:
    return Share(
        region=name,
        region_name=name,
        figure=None if figure is None else Decimal(figure),
        gap=None if gap is None else Decimal(gap),
        own_goal=fields.get("own_goal", False),
        status=fields.get("status"),
    )


def make_board(rows: list[Row], **head: Any) -> Board:
    defaults: dict[str, Any] = {
        "plan": "p00c0ffee",
        "plan_title": "清河市清水蓝天三年方案",
        "plan_version": "v3",
        "region": "990100",
        "region_name": "清河市",
        "as_of": date(2026, 9, 30),
        "known_at": None,
        "policy_version": "pol7",
        "lake_version": 12,
        "statistics_version": 4,
        "bilan_version": "0.5.0",
        "counts": {status: sum(row.status == status for row in rows) for status in STATUSES},
        "simulated": False,
    }
    return Board(head=Head.model_validate(defaults | head), rows=rows)


def five_answers() -> Board:
    """One target of each answer, in the order in which a plan might have them, not in that of the board."""
    return make_board(
        [
            make_row(
                "p00c0ffee-target-1111111111", name="优良天数比例", status="met", reason="kept", official=True,
                reason_text=both("到期，目标已达到"),
                goal=said("goal.level", sign="≥", value=Decimal("87.0"), unit="%"),
                limits=[Level(sign="≥", value=Decimal("87.0"))], figure=Decimal("88.20"), unit="%",
                gap=Decimal("-1.20"), next_due=None, room=None, chance=None, period="2025",
                completeness=both("365/365 天"),
            ),
            make_row(districts=[
                share("北山区", "38", "7"), share("南湖区", "36", "5"), share("东城区", "33", "2"),
                share("西岭县", "32", "1"), share("中和区", "29", "-2"), share("新区", None, None),
            ]),
            unjudged(),
            make_row(
                "p00c0ffee-target-2222222222", name="森林覆盖率", status="on_course", reason="ahead", source="reported",
                reason_text=both("不落后于分年（分月）进度"), figure=Decimal("42.1"), unit="%", gap=Decimal("0.4"),
                goal=said("goal.level", sign="≥", value=Decimal("42.5"), unit="%"), scope="全市", room=None,
                chance=None, limits=[Level(sign="≥", value=Decimal("42.5"))], official=True, period="2025",
                completeness=both("最终数"),
            ),
            make_row(
                "p00c0ffee-target-3333333333", name="重污染天数", status="missed", reason="lost", unit="天",
                reason_text=both("其余时段再好，也达不到目标"), figure=Decimal(4), gap=Decimal(2), official=False,
                goal=said("goal.level", sign="≤", value=Decimal(2), unit="天"), chance=None,
                limits=[Level(sign="≤", value=Decimal(2))],
            ),
        ]
    )  # fmt: skip


def make_explanation(row: Row | None = None) -> Explanation:
    row = row or make_row()
    chain = [
        Link(step="clause", lines=[said("line.quote", quote=row.quote)]),
        Link(step="figure", lines=[both("34 µg/m3"), both("九个月的均值")]),
        Link(step="units", lines=[said("line.leads", units=["市生态环境局", "市交通局"])]),
    ]
    return Explanation(row=row, chain=chain)
