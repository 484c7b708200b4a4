"""Every column of the board's rows: answer, figure, line, gap and room, probability, units, and when it is due."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from tests.portal.board.conftest import CITY, DONGHU, LINJIANG, cells, course, tight, words

pytestmark = pytest.mark.django_db

AIR, FOREST, PIPES = "PM2.5年均浓度", "森林覆盖率", "管网"
BOARDS = pytest.mark.parametrize("address", ["/board/", "/public/"])
END = '<time datetime="2026-12-31">2026年12月31日</time>'


def room(mean: int) -> str:
    """What the other 275 days may have, so that 365 come to 35.05 at most, which is rounded to 35.0."""
    most = (365 * 3505 - 90 * 100 * mean) // 275 / 100
    return (
        f"其余时间（预计有效 275 天）均值不超过 {most:.2f} µg/m³，即达到要求（≤35 µg/m³）；"
        f"迄今有效 90 天，均值 {mean}.00 µg/m³。"
    )


def of_air(site: Any, address: str, region: str, mean: int) -> Any:
    """The row of what is measured, with all that does not depend on the answer looked at."""
    row = cells(site.text("plan_office", address, region=region), AIR)
    assert row["现状"] == f"{mean}.0 µg/m³ 暂"
    assert f'<b>{mean}.0</b><span class="unit">µg/m³</span><span class="tag">暂</span>' in row.labelled["现状"]
    assert row["可能性"] == "往年数据不足" and "<svg" not in row.labelled["可能性"]
    assert row["牵头单位"] == "市局"
    assert list(row.labelled) == ["现状", "走势", "差距与余量", "可能性", "牵头单位"]
    place = {"/board/": "targets", "/public/": "public"}[address]
    assert f'<a href="/{place}/qinghe/t1/?region={region}&amp;as_of=2026-03-31">' in row.head
    assert f'<span class="goal">≤35 µg/m³ ·{END}</span>' in row.head
    assert 'aria-label="PM2.5年均浓度 2025–2026-03"' in row.labelled["走势"]
    return row


@BOARDS
def test_the_columns_are_called_by_what_is_in_them(site: Any, address: str) -> None:
    (head,) = re.findall(r"<thead.*?</thead>", site.text("plan_office", address), re.DOTALL)
    assert words(head) == "状态 目标 现状 走势 差距与余量 可能性 牵头单位"


@BOARDS
def test_a_measured_target_that_is_just_kept(site: Any, address: str) -> None:
    row = of_air(site, address, CITY, 35)
    assert words(row.status) == "➔ 正常推进" and 'class="status on_course "' in row.status
    assert row["差距与余量"] == f"恰好达到 {room(35)}" and '<b class="spare">' in row.labelled["差距与余量"]
    assert course(row.labelled["走势"]) == [(4, 16), (116, 16)]  # 2025 and now, both on the line of the goal
    assert '<line class="goal" x1="0" x2="120" y1="16.0" y2="16.0"/>' in row.labelled["走势"]


@pytest.mark.parametrize(
    ("region", "mean", "status", "gap", "kind", "height", "goal"),
    [
        (LINJIANG, 30, "on_course", "有余 5.0 µg/m³", "spare", 28, "4.0"),
        (DONGHU, 40, "at_risk", "超 5.0 µg/m³", "over", 4, "28.0"),
    ],
)
def test_what_there_is_to_spare_and_what_is_too_much(
    site: Any, region: str, mean: int, status: str, gap: str, kind: str, height: int, goal: str
) -> None:
    row = of_air(site, "/board/", region, mean)
    assert f'class="status {status} "' in row.status
    assert row["差距与余量"] == f"{gap} {room(mean)}"
    assert f'<span class="gap-line"><b class="{kind}">{gap}</b><span class="room">' in row.labelled["差距与余量"]
    assert course(row.labelled["走势"]) == [(4, height), (116, height)]
    assert f'<line class="goal" x1="0" x2="120" y1="{goal}" y2="{goal}"/>' in row.labelled["走势"]


@BOARDS
def test_a_reported_figure_of_another_year_says_of_which(site: Any, address: str) -> None:
    row = cells(site.text("plan_office", address), FOREST)
    assert words(row.status) == "? 不能判定"
    assert row["现状"] == "42.10 % 统计报送 2025 · 没有报送清河市的森林覆盖率（2026）"
    assert course(row.labelled["走势"]) == [(4, 28), (116, 28)]
    assert row.labelled["差距与余量"] == row.labelled["可能性"] == ""  # cards leave an empty cell out
    assert row["牵头单位"] == "市局"
    assert f'<span class="goal">≥43% ·{END}</span>' in row.head


@BOARDS
def test_an_entered_figure_has_a_gap_and_neither_line_nor_probability(site: Any, address: str) -> None:
    site.decide(target="t4", what="figure", value=90, shown="90", on=date(2026, 3, 31))
    row = cells(site.text("plan_office", address), PIPES)
    assert words(row.status) == "! 有风险"
    assert row["现状"] == "90 公里 填报"
    assert row.labelled["差距与余量"] == '<span class="gap-line"><b class="over">差 90 公里</b></span>'
    assert row.labelled["走势"] == row.labelled["可能性"] == ""
    assert row["牵头单位"] == "市局"
    assert f'<span class="goal">≥180 公里 ·{END}</span>' in row.head


@BOARDS
def test_what_has_no_figure_says_why_in_place_of_four_columns(site: Any, address: str) -> None:
    row = cells(site.text("plan_office", address), PIPES)
    why = "没有与它对应的指标，还没有数"
    assert {label: words(one) for label, one in row.labelled.items()} == {"现状": why, "牵头单位": "市局"}


def test_where_the_plan_names_nobody_the_column_is_empty(site: Any, people: Any, plan: Any) -> None:
    from tests.portal.board.conftest import publish

    tasks = [one.model_copy(update={"leads": []}) for one in plan.tasks]
    publish(people, plan.model_copy(update={"tasks": tasks, "duties": []}), "nobody")
    row = cells(site.text("plan_office", "/board/", plan="nobody"), AIR)
    assert row["牵头单位"] == ""


def test_what_was_closed_is_told_inside_and_not_in_public(site: Any, people: Any) -> None:
    from bilan.portal.board.models import Closing

    Closing.objects.create(
        plan=site.plan, region=site.plan.region, target="t1", version=site.plan.current, period="2026",
        as_of=date(2026, 3, 31), known_at=timezone.now(), plan_version="v-of-test", policy_version="p",
        lake_version=1, statistics_version=1, software_version="s", status="missed", figure="41",
        figure_unit="µg/m3", approved_by=people.users["plan_office"],
    )  # fmt: skip
    site.logged()
    inside, outside = (cells(site.text("plan_office", one), AIR) for one in ("/board/", "/public/"))
    assert words(inside.status) == "➔ 正常推进 已结账 当时 ✗ 未达到 41 µg/m³"
    assert words(outside.status) == "➔ 正常推进"
    assert outside.labelled == inside.labelled


def test_a_board_of_the_public_leads_nowhere_inside(site: Any) -> None:
    (table,) = re.findall(r'<table class="table cards".*?</table>', tight(site.text("plan_office", "/public/")))
    assert sorted(set(re.findall(r'href="(/\w+/)', table))) == ["/public/"]
