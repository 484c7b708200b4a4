"""Rows for the style page: made up, so that every part is seen with what it is for, with and without."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from bilan.board.model import Baseline, Board, Chance, Head, Level, RoomLeft, Row, Said, Share, Unit
from bilan.board.status import STATUSES

_PLAN, _REGION, _CITY = "style", "style-city", "样例市"


def sample_board() -> Board:
    """Return a board of five made-up rows, one for each answer."""
    rows = [_missed(), _at_risk(), _cannot(), _on_course(), _met()]
    counts = {status: sum(row.status == status for row in rows) for status in STATUSES}
    head = Head(
        plan=_PLAN,
        plan_title="样例市生态环境保护行动计划（2026—2028年）",
        plan_version="1",
        region=_REGION,
        region_name=_CITY,
        as_of=date(2026, 9, 30),
        known_at=None,
        policy_version="1",
        lake_version=1,
        statistics_version=1,
        bilan_version="1",
        counts=counts,
        simulated=True,
    )
    return Board(head=head, rows=rows)


def _row(**values: Any) -> Row:
    plain: dict[str, Any] = {
        "target": f"style-{values['status']}",
        "region": _REGION,
        "region_name": _CITY,
        "scope": None,
        "indicator": None,
        "form": "level",
        "reason": "style",
        "reason_text": Said(zh="样例", en="sample"),
        "due": date(2026, 12, 31),
        "next_due": date(2026, 12, 31),
        "simulated": True,
    }
    return Row.model_validate(plain | values)


def _levels(sign: str, value: str) -> list[Level]:
    return [Level.model_validate({"sign": sign, "value": value})]


def _room(zh: str, en: str) -> RoomLeft:
    text = Said(zh=zh, en=en)
    return RoomLeft(state="open", code="style", amount=None, unit="", per=None, per_unit="", text=text)


def _at_risk() -> Row:
    return _row(
        status="at_risk",
        name="细颗粒物年均浓度",
        quote="细颗粒物（PM2.5）年均浓度控制在31微克/立方米以下",
        goal=Said(zh="≤31 µg/m³", en="≤31 µg/m³"),
        limits=_levels("≤", "31"),
        figure=Decimal("33.4"),
        unit="µg/m3",
        source="monitored",
        period="2026-01/2026-09",
        official=False,
        gap=Decimal("2.4"),
        baseline=Baseline(year=2025, value=Decimal("35.1")),
        room=_room(
            "其余时间（预计有效 92 天）均值不超过 24.1 µg/m³，即达到要求。",
            "Over the other 92 days the mean may be 24.1 µg/m³ at most.",
        ),
        chance=Chance(probability=0.42, reason=None, level=0.9, low=31.2, middle=32.6, high=34.4, held=9, tried=11),
        leads=[Unit(name="市生态环境局", department="ecology")],
        districts=[
            _share("北山区", "35.2", "4.2"),
            _share("临江区", "33.9", "2.9"),
            _share("东湖区", "30.4", "-0.6"),
        ],
    )


def _share(name: str, figure: str, gap: str) -> Share:
    return Share(region=name, region_name=name, figure=Decimal(figure), gap=Decimal(gap), own_goal=False, status=None)


def _on_course() -> Row:
    return _row(
        status="on_course",
        name="新增治理水土流失面积",
        quote="新增治理水土流失面积60平方公里",
        goal=Said(zh="完成 60 平方公里", en="60 km² done"),
        limits=_levels("≥", "60"),
        figure=Decimal("24.5"),
        unit="km2",
        source="reported",
        period="2026-01/2026-08",
        gap=Decimal("35.5"),
        due=date(2028, 12, 31),
        room=_room(
            "还须完成 35.5 平方公里；剩 27 个月，每个月须完成 1.4。", "35.5 km² to go in 27 months: 1.4 a month."
        ),
        leads=[Unit(name="市水利局", department=None), Unit(name="市自然资源和规划局", department=None)],
    )


def _met() -> Row:
    return _row(
        status="met",
        name="县级及以上集中式饮用水水源地水质达标率",
        quote="县级及以上集中式饮用水水源地水质达标率达到100%",
        goal=Said(zh="≥100%", en="≥100%"),
        limits=_levels("≥", "100"),
        figure=Decimal("100"),
        unit="%",
        source="monitored",
        period="2026-01/2026-08",
        gap=Decimal(0),
        leads=[Unit(name="市生态环境局", department="ecology"), Unit(name="市水利局", department=None)],
    )


def _missed() -> Row:
    return _row(
        status="missed",
        name="城市建成区黑臭水体消除比例",
        quote="2026年6月底前，城市建成区黑臭水体全部消除",
        goal=Said(zh="≥100%", en="≥100%"),
        limits=_levels("≥", "100"),
        figure=Decimal("87.5"),
        unit="%",
        source="entered",
        period="2026-06",
        due=date(2026, 6, 30),
        next_due=None,
        gap=Decimal("12.5"),
        leads=[Unit(name="市住房城乡建设局", department=None)],
    )


def _cannot() -> Row:
    return _row(
        status="cannot_be_judged",
        name="主要污染物排放总量",
        quote="主要污染物排放总量持续减少",
        goal=Said(zh="定性目标", en="a goal in words"),
        form="qualitative",
        limits=[],
        chance=Chance(probability=None, reason="no_method", level=0.9),
    )
