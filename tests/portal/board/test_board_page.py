"""The board: counts, changes, filters, days, files, and what stands where there is nothing."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.django_db


def test_the_board_counts_and_lists_every_target(site: Any) -> None:
    page = site.text("plan_office", "/")
    assert "清河市试验计划" in page
    assert page.count('class="what"') == 5
    assert "35.0" in page  # the mean of both stations
    assert "42.10" in page


def test_the_slipping_come_first(site: Any) -> None:
    site.decide(status="missed")
    page = site.text("plan_office", "/")
    names = [page.index(f">{name}</a>") for name in ("新增绿地", "森林覆盖率")]
    assert page.index('id="list"') < names[0] < names[1]


def test_what_has_no_figure_has_the_room_of_all_figures(site: Any) -> None:
    site.decide(status="missed", reason="市政府同意延至 2027 年")
    page = site.text("plan_office", "/")
    line = page[page.index(">新增绿地</a>") :].partition("</tr>")[0]
    assert line.count("<td") == 2
    assert 'colspan="4"' in line
    other = page[page.index(">森林覆盖率</a>") :].partition("</tr>")[0]
    assert other.count("<td") == 5 and "colspan" not in other


def test_what_changed_within_a_week_is_told(site: Any, until_idle: Any) -> None:
    site.decide(status="missed", on="2026-03-30")
    site.text("plan_office", "/")
    until_idle()
    page = site.text("plan_office", "/")
    changed = page[page.index('class="changed"') : page.index('id="list"')]
    assert "新增绿地" in changed
    assert "森林覆盖率" not in changed
    assert "比 7 天前多 1" in page


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({"area": "air"}, ["PM2.5年均浓度"]),
        ({"q": "森林"}, ["森林覆盖率"]),
        ({"status": "missed"}, ["新增绿地"]),
        ({"unit": "市局", "area": "ecology"}, ["森林覆盖率"]),
        ({"due": "past"}, []),
        ({"due": "none"}, []),
    ],
)
def test_filters_stand_in_the_address(site: Any, query: dict[str, str], left: list[str]) -> None:
    site.decide(status="missed")
    page = site.text("plan_office", "/", **query)
    assert page.count('class="what"') == len(left)
    for name in left:
        assert f">{name}</a>" in page[page.index('id="list"') :]
    assert ("没有符合条件的目标" in page) is (not left)


def test_a_past_day_has_its_own_board(site: Any) -> None:
    site.decide(status="missed", on="2026-03-30")
    assert "内部会议纪要" in site.text("plan_office", "/")
    assert "内部会议纪要" not in site.text("plan_office", "/", as_of="2026-03-29")


@pytest.mark.parametrize("day", ["2999-01-01", "nonsense", "1900-01-01"])
def test_days_that_cannot_be_shown_are_told(site: Any, day: str) -> None:
    page = site.text("plan_office", "/", as_of=day)
    assert "note care" in page
    assert "2026年3月31日" in page  # the last with data


def test_a_district_has_its_own_board(site: Any) -> None:
    assert "30.0" in site.text("plan_office", "/", region="990102")


def test_english(site: Any, client_of: Any) -> None:
    client = client_of("plan_office")
    client.cookies["bilan-language"] = "en"
    page = client.get("/", {"as_of": "2026-03-31"}).content.decode()
    assert "Targets that need attention first" in page
    assert "Gap and room" in page


def test_files_hold_what_the_page_shows(site: Any) -> None:
    from openpyxl import load_workbook

    told = json.loads(site.text("plan_office", "/targets/board.json", area="air"))
    assert [row["name"] for row in told["rows"]] == ["PM2.5年均浓度"]
    assert sum(told["head"]["counts"].values()) == 1
    csv = site.text("plan_office", "/targets/board.csv")
    assert csv.startswith("\ufeff")
    assert "'=1+1" in csv  # no formula
    answer = site.get("plan_office", "/targets/board.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert cells
    assert site.get("plan_office", "/targets/board.pdf").status_code == 404


def test_taking_a_file_away_is_in_the_log(site: Any) -> None:
    from bilan.portal.audit.models import Entry

    site.get("plan_office", "/targets/board.json")
    assert Entry.objects.filter(action="board.export", actor_name__contains="plan_office").count() == 1


def test_without_a_plan_it_says_what_to_do(people: Any, client_of: Any) -> None:
    page = client_of("plan_office").get("/").content.decode()
    assert "还没有发布的规划" in page
    assert 'href="/plans/"' in page
    assert "还没有发布的规划" in client_of("public").get("/").content.decode()


def test_without_a_lake_it_says_what_to_do(site: Any, settings: Any, tmp_path: Path) -> None:
    settings.BILAN_LAKE = tmp_path / "none"
    assert "bilan ingest" in site.text("plan_office", "/")
    assert "bilan ingest" not in site.text("public", "/")


def test_an_empty_lake_judges_nothing(site: Any, settings: Any, tmp_path: Path) -> None:
    from bilan.observe import Lake

    settings.BILAN_LAKE = tmp_path / "empty"
    Lake(tmp_path / "empty")
    page = site.text("plan_office", "/")
    assert page.count("status cannot_be_judged") >= 5


def test_another_plan_is_shown_in_its_own_place(site: Any, elsewhere: Any) -> None:
    page = site.text("leader", "/", plan="elsewhere", region="990102")
    assert "外市计划" in page
    assert "上次看的地区不在这个规划里" in page
    assert site.get("leader", "/", plan="elsewhere", region="371300").status_code == 200
    assert site.get("leader", "/targets/elsewhere/t1/", region="990102").status_code == 404  # the path names the plan
    assert site.get("officer", "/", plan="qinghe", region="990103").status_code == 404  # a place he may not see
    public = site.text("public", "/public/", plan="elsewhere", region="990102")
    assert "外市计划" in public


def test_it_says_how_far_the_data_reach_where_that_is_not_the_day(site: Any) -> None:
    for address in ("/", "/targets/qinghe/t1/", "/public/"):
        assert "监测数据到" not in site.text("plan_office", address)
        page = site.text("plan_office", address, as_of="2026-04-20" if address != "/public/" else "2026-04-30")
        assert re.search(r"看板日期 <time[^>]*>2026年4月\d+日</time> · 监测数据到 <time[^>]*>2026年3月31日", page)
        assert "数据截至" not in page
