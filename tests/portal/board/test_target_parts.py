"""The parts of a target's page: how it stands, the lines of its proof, its charts, and the tasks that serve it."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from typing import Any

import pytest
from tests.portal.board.conftest import DONGHU, TEXT, course, section, tight, words

from bilan.plan.model import Measure

pytestmark = pytest.mark.django_db

ASKED = "region=990100&as_of=2026-03-31"
ROOM = "其余时间（预计有效 275 天）均值不超过 35.06 µg/m³，即达到要求（≤35 µg/m³）；迄今有效 90 天，均值 35.00 µg/m³。"
PUBLIC = pytest.mark.parametrize("public", [False, True])


@pytest.fixture
def plan(plan: Any) -> Any:
    """The task has a measure around all of its targets but the last, which stands in no task."""
    end = TEXT.index("，=1+1")
    measure = Measure(id="m1", start=0, end=end, task="k1", text="铺设管网，整治散煤。", leads=["市局"], supports=[])
    targets = [one.model_copy(update={"task": None}) if one.id == "t5" else one for one in plan.targets]
    tasks = [one.model_copy(update={"supports": ["市林业局", "市住建局"]}) for one in plan.tasks]
    return plan.model_copy(update={"measures": [measure], "targets": targets, "tasks": tasks})


def steps(page: str) -> dict[str, list[str]]:
    """The lines of the proof by step."""
    chain = re.findall(r'<li class="link-(\w+)">(.*?)</li>', page, re.DOTALL)
    return {name: [words(line) for line in re.findall(r"<p>(.*?)</p>", told)] for name, told in chain}


@PUBLIC
def test_how_a_measured_target_stands(site: Any, public: bool) -> None:
    told = section(site.text("plan_office", site.target(1, public=public)), "standing")
    assert words(told) == (
        f"现在怎样 ➔ 正常推进 35.0 µg/m³ 暂 目前已达到，到期前仍可能失去 恰好达到 {ROOM} 往年数据不足 "
        "2026-01 至 2026-03 · 90 / 90 天有效 · 看板日期 2026年3月31日"
    )
    assert course(told) == [(4, 16), (116, 16)]  # 2025 and now
    assert 'aria-label="PM2.5年均浓度 2025–2026-03"' in told


def test_how_a_district_stands_that_has_too_much(site: Any) -> None:
    told = section(site.text("plan_office", site.target(1), region=DONGHU), "standing")
    assert '<b class="over">超 5.0 µg/m³</b>' in told and "均值不超过 33.43 µg/m³" in told
    assert course(told) == [(4, 4), (116, 4)]


def test_how_a_reported_and_an_entered_figure_stand(site: Any) -> None:
    told = section(site.text("plan_office", site.target(2)), "standing")
    assert words(told) == (
        "现在怎样 ? 不能判定 42.10 % 统计报送 没有报送清河市的森林覆盖率（2026） 2025 · 最终数 · 看板日期 2026年3月31日"
    )
    assert course(told) == [(4, 28), (116, 28)]
    site.decide(target="t4", what="figure", value=90, shown="90", on=date(2026, 3, 31))
    told = section(site.text("plan_office", site.target(4)), "standing")
    assert words(told) == (
        "现在怎样 ! 有风险 90 公里 填报 目前未达到，没有可比的进度或往年数据 差 90 公里 "
        "2026-01 至 2026-03 · 王五 2026-03-31 填报 · 看板日期 2026年3月31日"
    )
    assert course(told) == []


@PUBLIC
def test_each_step_of_the_proof_says_what_it_rests_on(site: Any, public: bool) -> None:
    told = steps(site.text("plan_office", site.target(1, public=public)))
    districts = [] if public else ["其中 东湖区：40.0 µg/m³", "其中 临江区：30.0 µg/m³"]
    assert told["target"] == [
        "指标：细颗粒物(PM2.5)年均浓度（air.pm25.annual）", "目标：≤35 µg/m³", "期限：2026-12-31",
        "基准：2025 年 35 µg/m³（按数据）", "要求的数：≤35 µg/m³",
    ]  # fmt: skip
    assert told["method"][:5] == [
        "方法：有效日均值的算术平均",
        "依据：HJ 663-2026 表1（未核实）：年评价的统计量与所对的浓度限值",
        "依据：GB 3095-2026、HJ 663-2026 表4：数据统计的有效性规定",
        "依据：HJ 663-2026 修约规定（未核实）：浓度的修约位数",
        "适用：GB 3095-2026、HJ 663-2026（2026-03-01 起）",
    ]
    assert [one.startswith("未核实：") for one in told["method"][5:]] == ([] if public else [True] * 6)
    assert [one for one in told["data"] if one != "看原始数据"] == [
        "站点或断面 2 个：乙站、甲站", "采用：有效日 90", "采用：站点（最多的一天） 2", "完整性：90 / 90 天有效",
        "数据湖第 1 版，统计报送第 1 版",
    ]  # fmt: skip
    assert ("看原始数据" in told["data"]) is not public
    assert told["figure"] == [
        "90 个日均值之和 3150", "3150 ÷ 90 = 35.0000", "按 GB/T 8170 修约为 35",
        "2026-01 至 2026-03：35.0 µg/m³（暂，不是公布值）", "恰好达到目标", *districts,
    ]  # fmt: skip
    assert told["room"] == [ROOM]
    assert told["chance"] == ["不给可能性：往年数据不足"]
    assert told["status"] == ["正常推进：目前已达到，到期前仍可能失去"]
    assert told["units"] == ["牵头：市局"]


@PUBLIC
def test_the_charts_of_the_page_and_what_their_addresses_give(site: Any, public: bool) -> None:
    page = html.unescape(site.text("plan_office", site.target(1, public=public)))
    place = "public" if public else "targets"
    charts = {"trajectory": "历年数值、目标和今后的范围：PM2.5年均浓度", "ranking": "各区县：PM2.5年均浓度"}
    if public:  # districts are nobody's but the office's
        del charts["ranking"]
    assert re.findall(r'data-chart-url="([^"]*)" data-chart-alt="([^"]*)"', page) == [
        (f"/{place}/qinghe/t1/chart/{kind}.json?{ASKED}", alt) for kind, alt in charts.items()
    ]
    links = [f"/{place}/qinghe/t1/chart/{kind}.{form}?{ASKED}" for kind in charts for form in ("svg", "png")]
    assert re.findall(r'<a href="([^"]*/chart/[^"]*)" download>', page) == links
    begins = {"image/svg+xml": b"<svg", "image/png": b"\x89PNG\r\n"}
    for link in links:
        answer = site.client_of("plan_office").get(link)
        kind = "image/svg+xml" if ".svg?" in link else "image/png"
        if answer.status_code == 503:
            assert "服务器上没有中文字体" in answer.content.decode()
            continue
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
        assert answer.content.startswith(begins[kind])


def test_what_the_charts_draw(site: Any) -> None:
    tables = {}
    for kind in ("trajectory", "ranking"):
        answer = site.get("plan_office", site.target(1, f"chart/{kind}.json"))
        assert answer.headers["Content-Type"] == "application/json"
        tables[kind] = json.loads(answer.content)["usermeta"]["table"]["rows"]
    assert tables["trajectory"] == [
        ["数值", "2025", "35 µg/m³"], ["基准", "2025", "35 µg/m³"], ["计划进程", "2025", "35 µg/m³"],
        ["数值（至今或数据不足）", "2026-01 至 2026-03", "35.0 µg/m³"], ["计划进程", "2026", "35 µg/m³"],
        ["目标", "2026-12-31", "≤35 µg/m³"],
    ]  # fmt: skip
    assert tables["ranking"] == [
        ["东湖区", "40.0（差 5.0）"], ["临江区", "30.0（已到目标）"],
        *([name, "没有数据"] for name in ("北山区", "安平县", "清河高新技术产业开发区")),
    ]  # fmt: skip


@PUBLIC
@pytest.mark.parametrize("number", [1, 3])
def test_the_tasks_that_serve_a_target(site: Any, public: bool, number: int) -> None:
    told = section(site.text("plan_office", site.target(number, public=public)), "work-head")
    assert words(told) == (
        "为它服务的任务 1 治气护林 铺设管网，整治散煤。 牵头：市局 · 配合：市林业局、市住建局 · 期限：2026"
    )
    assert tight(told).count("<li") == 1
    assert "<h3>1 治气护林</h3><p>铺设管网，整治散煤。</p>" in tight(told)


def test_a_target_that_no_task_serves_says_so(site: Any) -> None:
    told = section(site.text("plan_office", site.target(5)), "work-head")
    assert words(told) == "为它服务的任务 规划里没有写明哪项任务为这个目标服务。"
