"""A district sees its own and nothing of another; everybody sees the public side, and nothing internal there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Site
from .states import CITY, T1

OWN, OTHER = "临江区", "东湖区"
INSIDE = ("", "proof/", "data/", "data.csv", "chart/trajectory.json", "chart/ranking.json")
INTERNAL = ("内部会议纪要", "王五", "只给", "与去年口径一致", "plan_office", "赵联系", OWN, OTHER, "/targets/qinghe/")


def test_an_officer_has_his_district_and_no_other(city: Site, reader: Callable[..., Any]) -> None:
    officer = reader(city, "officer")
    page = officer.page
    officer.goes("/")
    assert OWN in page.locator(".page-head .lead").inner_text()
    line = page.locator("tbody tr", has_text="PM2.5年均浓度")
    assert "30.0" in line.inner_text()  # that of his district, not the city's 35.0
    line.get_by_role("link").first.click()
    page.wait_for_selector("#proof ol.chain")
    assert "region=990102" in page.url
    shown = page.content()
    assert OTHER not in shown
    assert "只给临江区" in shown
    assert "只给东湖区" not in shown
    assert officer.complaints() == []


@pytest.mark.parametrize("part", INSIDE)
@pytest.mark.parametrize("place", ["990103", "990100"])
def test_another_district_is_not_there_for_him(city: Site, reader: Callable[..., Any], place: str, part: str) -> None:
    officer = reader(city, "officer")
    answer = officer.asks(f"{T1}{part}?region={place}&as_of=2026-03-31")
    assert answer.status == 404
    assert "40.0" not in answer.text()


def test_another_district_is_in_none_of_his_lists_files_and_charts(city: Site, reader: Callable[..., Any]) -> None:
    officer = reader(city, "officer")
    own = "region=990102&as_of=2026-03-31"
    addresses = [
        *("/", "/targets/", f"/targets/board.json?{own}", f"/targets/board.csv?{own}"),
        *(f"{T1}{part}?{own}" for part in INSIDE if part != "chart/ranking.json"),
    ]
    for address in addresses:
        answer = officer.asks(address)
        assert answer.status == 200, address
        assert OTHER not in answer.text(), address
        assert "只给东湖区" not in answer.text(), address
    officer.goes("/")
    offered = officer.page.locator("form.filters select[name=region] option").all_inner_texts()
    assert OTHER not in offered


def test_a_plan_under_review_is_not_there_for_him(city: Site, reader: Callable[..., Any]) -> None:
    officer = reader(city, "officer")
    officer.goes("/plans/")
    assert "空白文件" not in officer.page.content()
    assert officer.goes("/plans/empty/") == 404
    assert officer.goes("plans:review") == 403
    officer.complaints()


def test_everybody_sees_the_public_board_without_log_in(city: Site, reader: Callable[..., Any]) -> None:
    nobody = reader(city, "public")
    page = nobody.page
    nobody.goes("/")
    assert "公开看板" in page.locator(".page-head").inner_text()
    seen = [page.content()]
    page.locator("tbody tr", has_text="PM2.5年均浓度").get_by_role("link").first.click()
    page.wait_for_selector("#proof ol.chain")
    assert page.get_by_role("link", name="看原始数据").count() == 0
    assert page.locator("main form[method=post]").count() == 0
    seen.append(page.content())
    for form in ("csv", "json"):
        seen.append(nobody.asks(f"/public/board.{form}").text())
    assert json.loads(seen[-1])["rows"]
    for words in seen:
        assert [one for one in INTERNAL if one in words] == []
    assert nobody.complaints() == []


def test_nobody_gets_inside_without_log_in(city: Site, reader: Callable[..., Any]) -> None:
    nobody = reader(city, "public")
    for address in ("/board/", "/targets/", f"{T1}?{CITY}", "/units/", "/audit/", "/jobs/", "/administration/"):
        nobody.goes(address)
        assert nobody.page.url.startswith(f"{city.url}/account/login/?next="), address
    assert nobody.complaints() == []
