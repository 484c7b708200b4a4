"""The page of a target: its proof down to raw values, charts, and what stands where there is nothing."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from tests.portal.board.conftest import section, tight, words

from bilan.portal.core.turns import Turns

pytestmark = pytest.mark.django_db


def test_the_chain_leads_from_the_clause_to_the_units(site: Any) -> None:
    page = site.text("plan_office", site.target(1))
    steps = re.findall(r'class="link-(\w+)"', page)
    assert steps == ["clause", "target", "method", "data", "figure", "room", "chance", "status", "units"]
    assert "<mark>PM2.5年均浓度控制在35微克/立方米以下</mark>" in page
    assert "HJ 663" in page
    assert "甲站" in page
    assert "/data/?" in page
    assert "1 治气护林" in words(section(page, "work-head"))  # the task, beside the clause's heading
    assert f'href="{site.plan.current.get_absolute_url()}#t1"' in page


@pytest.mark.parametrize("public", [False, True])
def test_where_the_clause_stands_is_told_by_headings_and_not_by_counts(site: Any, public: bool) -> None:
    page = site.text("plan_office", site.target(1, public=public))
    told = page[page.index("<blockquote>") : page.index("</blockquote>")]
    assert "《清河市试验计划》 › 1 治气护林" in told
    assert "个字符" not in page
    english = site.client_of("plan_office")
    english.cookies["bilan-language"] = "en"
    page = english.get(site.target(1, public=public), {"as_of": "2026-03-31"}).content.decode()
    assert "characters" not in page and "› 1 治气护林" in page


def test_a_clause_in_a_table_is_shown_by_its_columns(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import clauses, views_target
    from bilan.portal.board.table_rows import Cell

    cells = (Cell("序号", "2", False), Cell("2025年基准值", "", True), Cell("2028年目标值", "180", True))
    shown = clauses.Clause("", "180", "", ("（二）主要目标", "表1 主要指标"), cells)
    monkeypatch.setattr(views_target, "clause_of", lambda *_: shown)
    page = site.text("plan_office", site.target(4))
    told = tight(page[page.index("<blockquote>") : page.index("</blockquote>")])
    assert "<dt>2028年目标值</dt><dd><mark>180</mark></dd>" in told
    assert "<dt>序号</dt><dd>2</dd>" in told
    assert "2025年基准值" not in told
    assert "主要目标 › 表1 主要指标" in told


def test_districts_without_answers_have_no_column_for_them() -> None:
    from bilan.portal.board.templatetags.board import any_judged
    from bilan.portal.core.styleguide_sample import sample_board

    (row,) = (one for one in sample_board().rows if one.districts)
    assert any_judged(row.districts) is False
    judged = row.districts[0].model_copy(update={"status": "met"})
    assert any_judged([judged, *row.districts]) is True


@pytest.mark.parametrize(
    ("figure", "gap", "told"),
    [
        ("40", "7.2667", "差 7.3"),
        ("30.50", "-2.233333", "余 2.233"),
        ("33", "0.0004", "差 0.0004"),  # not nothing
        ("32", "0.0", "恰好达到"),
        (None, None, "—"),
    ],
)
def test_how_far_a_district_is_has_the_decimals_of_its_figure(figure: str | None, gap: str | None, told: str) -> None:
    from bilan.portal.board.templatetags.board import short
    from bilan.portal.core.styleguide_sample import sample_board

    (row,) = (one for one in sample_board().rows if one.districts)
    told_numbers = (("figure", figure), ("gap", gap))
    numbers = {name: None if value is None else Decimal(value) for name, value in told_numbers}
    whole = row.model_copy(update={"figure": Decimal("36.0"), "form": "percent"})
    assert short(row.districts[0].model_copy(update=numbers), whole) == told


def test_versions_are_short_and_whole_on_demand(site: Any) -> None:
    policy = site.get("plan_office", "/targets/board.json").json()["head"]["policy_version"]
    assert len(policy) == 12
    for address in (site.target(1), "/"):
        page = site.text("plan_office", address)
        foot = page[page.index('class="made-from') :]
        seen, hidden = foot[: foot.index("<details>")], foot[foot.index("<details>") : foot.index("</details>")]
        assert policy[:7] in seen and policy not in seen
        assert policy in hidden


def test_what_is_true_of_the_whole_board_stands_on_the_board(site: Any) -> None:
    note = "“暂”是时段未满或数据不够时的数，不是公布值。"
    for address, place in ((site.target(1), "<details>"), ("/", "</details>")):
        page = site.text("plan_office", address)
        assert page.count(note) == 1
        foot = page[page.index('class="made-from') :]
        assert (foot.index(note) > foot.index(place)) is (place == "<details>")


def test_raw_values_of_a_monitored_figure(site: Any) -> None:
    page = site.text("plan_office", site.target(1, "data/"), view="hours")
    assert page.count("data/value/") == 50
    assert "甲站" in page
    assert "乙站" in page
    assert 'title="file-of-test"' in page
    assert re.search(r"导入的表格 第 \d+ 行", page)
    assert "小时均值" in page
    assert 'class="table dense cards readings"' in page  # on a phone a card each, the value first
    one = site.text("plan_office", site.target(1, "data/"), station="s1", day="2026-02-01")
    assert one.count("data/value/") == 24
    assert "乙站</td>" not in one
    assert "没有这样的数据" in site.text("plan_office", site.target(1, "data/"), day="2031-01-01")


def test_a_raw_value_tells_where_it_was_read(site: Any) -> None:
    page = site.text("plan_office", site.target(1, "data/"), station="s2", day="2026-03-01")
    address = html.unescape(re.findall(r'href="([^"]*data/value/[^"]*)"', page)[0])
    told = site.client_of("plan_office").get(address).content.decode()
    assert "40.0" in told
    assert "file-of-test" in told
    assert "b1" in told
    assert "导入的表格 第" in told and "小时均值" in told
    assert not re.search(r">\s*(?:table|avg)\b", told)
    assert told.index("file-of-test") > told.index("<details")
    assert told.count("北京时间") == 1
    assert "2026年3月1日 01:00" in told  # UTC has the last evening of February
    unknown = address.replace("station=s2", "station=s9")
    assert site.client_of("plan_office").get(unknown).status_code == 404
    assert site.get("plan_office", site.target(1, "data/value/"), station="s1", time="x").status_code == 404
    assert site.get("plan_office", site.target(1, "data/value/"), station="s1", time="0001-01-01").status_code == 404


def test_the_days_of_a_figure_of_air_stand_before_its_hours(site: Any) -> None:
    page = site.text("plan_office", site.target(1, "data/"))
    assert "共 90 天，有效 90 天。" in page
    assert page.count("view=hours&amp;day=") == 50
    tabs = re.findall(r'<li><a href="[^"]*view=(\w+)"( aria-current="page")?>', page)
    assert tabs == [("days", ' aria-current="page"'), ("hours", "")]
    rest = site.text("plan_office", site.target(1, "data/"), page="2")
    assert rest.count("view=hours&amp;day=") == 40
    (address,) = {html.unescape(one) for one in re.findall(r'href="([^"]*day=2026-02-01)"', page)}
    hours = site.client_of("plan_office").get(site.target(1, "data/") + address).content.decode()
    assert "共 48 项" in hours
    assert "2026年2月1日 01:00" in hours


@pytest.mark.parametrize("number", [2, 3])
def test_what_is_not_made_of_days_of_air_has_none(site: Any, number: int) -> None:
    assert "逐日" not in site.text("plan_office", site.target(number, "data/"), view="days")


def test_the_days_as_a_file(site: Any) -> None:
    page = site.text("plan_office", site.target(1, "data/"))
    address = html.unescape(re.findall(r'href="([^"]*data\.csv[^"]*)"', page)[0])
    answer = site.client_of("plan_office").get(address, {"as_of": "2026-03-31", "view": "days"})
    text = b"".join(answer).decode().removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert "view=days" in address
    assert len(rows) == 90
    assert (rows[0]["day"], rows[0]["PM2.5 (µg/m3)"], rows[0]["valid"]) == ("2026-01-01", "35", "True")


def test_days_and_kinds_in_english(site: Any) -> None:
    client = site.client_of("plan_office")
    client.cookies["bilan-language"] = "en"
    page = client.get(site.target(1, "data/"), {"as_of": "2026-03-31"}).content.decode()
    assert "90 days, 90 of them valid." in page
    assert "By hour" in page
    hours = client.get(site.target(1, "data/"), {"as_of": "2026-03-31", "view": "hours"}).content.decode()
    assert "hourly mean" in hours
    assert "imported table" in hours


def test_raw_values_as_a_file(site: Any) -> None:
    rows = site.text("plan_office", site.target(1, "data.csv"), station="s1", day="2026-02-01").splitlines()
    assert rows[0].startswith("\ufeffstation,parameter")
    assert len(rows) == 25


def test_reports_stand_behind_a_reported_figure(site: Any) -> None:
    page = site.text("plan_office", site.target(2, "data/"))
    assert "林业.csv" in page
    assert "42.10" in page
    assert "第 7 行" in page
    assert "ref-of-report" in site.text("plan_office", site.target(2, "data.csv"))


def test_nothing_stands_behind_what_nobody_measures(site: Any) -> None:
    assert "这个数背后没有原始数据" in site.text("plan_office", site.target(3, "data/"))


def test_charts_are_drawn_from_the_row(site: Any) -> None:
    spec = json.loads(site.text("plan_office", site.target(1, "chart/trajectory.json")))
    assert spec["usermeta"]["alt"]
    table = spec["usermeta"]["table"]
    assert table["columns"] == ["系列", "时段", "数值"]
    assert any(row[:2] == ["数值", "2025"] for row in table["rows"])  # a past figure
    ranked = json.loads(site.text("plan_office", site.target(1, "chart/ranking.json")))
    assert "东湖区" in json.dumps(ranked, ensure_ascii=False)
    assert site.get("plan_office", site.target(3, "chart/ranking.json")).status_code == 404
    assert site.get("plan_office", site.target(1, "chart/pie.json")).status_code == 404
    drawn = site.get("plan_office", site.target(1, "chart/trajectory.svg"))
    assert drawn.status_code in (200, 503)  # without a Chinese font it says so
    assert drawn.status_code == 503 or b"<svg" in drawn.content


def test_no_chart_of_nothing(site: Any) -> None:
    assert "data-chart-url" in site.text("plan_office", site.target(1))
    assert "data-chart-url" not in site.text("plan_office", site.target(3))


def test_districts_are_ranked(site: Any) -> None:
    page = site.text("plan_office", site.target(1))
    ranking = page[page.index("districts-head") :]
    assert ranking.index("东湖区") < ranking.index("临江区")  # 40 is worse than 30
    assert "?region=990103" in ranking


def test_tables_and_scrolled_areas_say_what_they_are(site: Any) -> None:
    page = site.text("plan_office", site.target(1))
    tables = re.findall(r'<table class="[^"]*cards[^"]*".*?</table>', page, re.DOTALL)
    assert any("东湖区" in one for one in tables)
    assert not [one for table in tables for one in re.findall(r"<(?:table|thead|tbody|tr|th|td)\b[^>]*>", table)
                if "role=" not in one]  # fmt: skip
    for number in (1, 2):
        areas = re.findall(r'<div[^>]*tabindex="0"[^>]*>', site.text("plan_office", site.target(number, "data/")))
        assert areas
        assert all('role="region" aria-label="' in one for one in areas)


def test_a_goal_of_the_whole_is_called_by_its_place(site: Any) -> None:
    page = site.text("plan_office", site.target(1))
    assert ">同清河市<" in page
    assert "同全市" not in page


def test_names_and_periods_are_written_in_the_language_of_the_page(site: Any) -> None:
    from django.utils import translation

    from bilan.portal.board.templatetags.board import listed, span_words

    told = {}
    for code in ("zh-hans", "en"):
        with translation.override(code):
            told[code] = listed(["市委宣传部", "市教育局"]), span_words("2026-01/2026-03"), span_words("2026")
    assert told["zh-hans"] == ("市委宣传部、市教育局", "2026-01 至 2026-03", "2026")
    assert told["en"] == ("市委宣传部, 市教育局", "2026-01 to 2026-03", "2026")
    client = site.client_of("plan_office")
    client.cookies["bilan-language"] = "en"
    page = client.get(site.target(1), {"as_of": "2026-03-31"}).content.decode()
    assert "Led by: 市局" in page
    assert "：市局" not in page


def test_no_step_of_the_proof_is_an_empty_heading(site: Any) -> None:
    told = site.text("plan_office", site.target(3, "proof/"))
    assert "<p>由人判定，没有计算方法</p>" in told
    assert "<p>还没有数，没有用到计算方法</p>" in site.text("plan_office", site.target(4, "proof/"))
    for number in (1, 2, 3, 4):
        steps = re.findall(r"</h3>(.*?)</li>", site.text("plan_office", site.target(number, "proof/")), re.DOTALL)
        assert len(steps) == 9
        assert all(step.strip() for step in steps)


def test_doubts_and_periods_are_told_in_sentences(site: Any) -> None:
    told = site.text("plan_office", site.target(1, "proof/"))
    assert "一天里有值的站点不少于城市站点的 75%" in told
    assert "浓度低于 −20 µg/m³ 的不算测到，其上的负值按 0" in told
    assert "2026-01 至 2026-03：" in told
    assert "2026-01/2026-03" not in told


def test_what_cannot_be_judged_says_why(site: Any) -> None:
    page = site.text("plan_office", site.target(3))
    assert "status cannot_be_judged large" in page
    assert "<p>目标没有数字，须由人判定" in page


def test_no_target_no_page(site: Any) -> None:
    assert site.get("plan_office", site.target(9)).status_code == 404
    assert site.get("plan_office", "/targets/elsewhere/t1/").status_code == 404
    assert site.get("plan_office", site.target(1), region="371300").status_code == 404


def test_the_proof_may_come_after_the_page(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import views_target

    whole = views_target.explanation_of
    monkeypatch.setattr(views_target, "explanation_of", lambda *_: None)
    page = site.text("plan_office", site.target(1))
    address = html.unescape(re.findall(r'hx-get="([^"]*/proof/[^"]*)"', page)[0])
    monkeypatch.setattr(views_target, "explanation_of", whole)
    assert 'class="link-method"' in site.client_of("plan_office").get(address).content.decode()


def test_a_page_beyond_the_last_is_the_last(site: Any) -> None:
    page = site.text("plan_office", site.target(1, "data/"), station="s1", day="2026-02-01", page="99999")
    assert page.count("data/value/") == 24
    assert "没有这样的数据" not in page


def test_a_file_has_the_time_of_the_page_and_the_order_of_time(site: Any) -> None:
    page = site.text("plan_office", site.target(1, "data/"), station="s1")  # hours, as a station is asked for
    text = site.text("plan_office", site.target(1, "data.csv"), station="s1")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    times = [row["time"] for row in rows]
    assert len(rows) == 90 * 24  # of three months, each read by itself
    assert times == sorted(times)
    assert times[0] == "2026-01-01T01:00:00+08:00"
    assert "2026年1月1日 01:00" in page
    assert all(row["received_at"].endswith("+08:00") for row in rows)


def test_few_files_are_read_at_a_time_and_a_turn_ends_with_the_answer(site: Any, monkeypatch: Any) -> None:
    from bilan.portal.board import views_data

    monkeypatch.setattr(views_data, "_turns", Turns(at_once=2, waiting=0))
    held = [site.get("plan_office", site.target(1, "data.csv")) for _ in range(2)]
    busy = site.get("plan_office", site.target(1, "data.csv"))
    assert busy.status_code == 503
    assert busy.headers["Retry-After"]
    request_finished.disconnect(close_old_connections)  # the connection is that of the test
    for one in held:
        one.close()  # the browser went away: nothing of it was read
    request_finished.connect(close_old_connections)
    assert site.text("plan_office", site.target(1, "data.csv"), day="2026-02-01").count("\n") == 49


def test_a_file_is_not_in_memory_as_a_whole(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import raw

    read: list[int] = []
    whole = raw.fetched

    def counted(*told: Any) -> Any:
        found = whole(*told)
        read.append(found.num_rows)
        return found

    monkeypatch.setattr(raw, "fetched", counted)
    site.text("plan_office", site.target(1, "data.csv"))
    assert read == [2 * 24 * 31, 2 * 24 * 28, 2 * 24 * 31]
