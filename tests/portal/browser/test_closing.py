"""A period is closed by clicking, with what it rests on; a correction stands beside it; it is opened again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from bilan import __version__
from bilan.policy import resource_version

from .conftest import DESK, Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAME = "新建污水管网"
PLAN = f"""长春市污水管网建设行动方案（2025年）

一、总体要求
坚持问题导向，补齐短板。

二、主要目标
到2025年底，{NAME}180公里。
"""


@pytest.fixture
def page(new: Site, reader: Callable[..., Any]) -> Page:
    """Somebody of the plan office on the page of the one target of a plan that he uploaded and published."""
    office = reader(new, "plan_office")
    page: Page = office.page
    page.set_viewport_size(DESK)
    office.goes("/plans/upload/")
    page.set_input_files("#id_document", {"name": "管网.txt", "mimeType": "text/plain", "buffer": PLAN.encode()})
    page.get_by_role("button", name="上传并识别").click()
    page.wait_for_url(re.compile(r"/jobs/\d+/$"))
    page.get_by_role("link", name="去核对").click()
    page.get_by_role("link", name="发布…").click()
    page.fill("#id_note", "第一版")
    page.locator("#id_unreviewed_known").check()
    page.get_by_role("button", name="发布", exact=True).click()
    page.wait_for_url(re.compile(r"/plans/"))
    office.goes("/board/")
    page.locator("tbody tr", has_text=NAME).get_by_role("link").first.click()
    page.wait_for_selector("#closings")
    return page


def enter(page: Page, value: str, day: str) -> None:
    """Write a figure down as of a day."""
    page.locator("#entries summary").click()
    page.locator("#id_entry-what").select_option("figure")
    page.fill("#id_entry-value", value)
    page.fill("#id_entry-on", day)
    page.fill("#id_entry-reason", f"验收报告：{value}公里")
    with page.expect_navigation():
        page.locator("#entries form .button.main").click()
    page.locator("#entries tbody tr", has_text=f"验收报告：{value}公里").wait_for()


def cells(page: Page) -> dict[str, str]:
    """The one row of the closings, by the labels of its cells."""
    row = page.locator("#closings tbody tr:not(.reopening)")
    assert row.count() == 1
    found = {one.get_attribute("data-label") or "": one.inner_text() for one in row.locator("th, td").all()}
    return {label: " ".join(told.split()) for label, told in found.items()}


def standing(page: Page) -> str:
    return " ".join(page.locator(".standing .row").first.inner_text().split())


def test_a_period_is_closed_corrected_and_opened_again(page: Page) -> None:
    enter(page, "90", "2025-12-30")
    assert standing(page) == "✗ 未达到 90 公里 填报"

    # approved by clicking, with what the judgement says in sight
    form = page.locator("#closings details")
    form.locator("summary").click()
    assert form.locator("summary").inner_text() == "给 2025 结账"
    assert " ".join(form.locator("form > p").first.inner_text().split()) == "✗ 未达到 90 公里"
    page.fill("#id_closing-remark", "局务会第3号")
    with page.expect_navigation():
        page.get_by_role("button", name="批准并结账").click()
    assert page.get_by_text("已结账。以后的更正会同当时的判定并列显示。").is_visible()

    # closed, with who approved it and what it rests on
    told = cells(page)
    assert told[""] == "2025"
    assert told["当时的判定"] == "✗ 未达到 90 公里 局务会第3号"
    assert told["批准"].startswith("规划办 ")
    foot = page.locator(".made-from details p").last.text_content() or ""
    versions = re.search(r"计划 (\w{12}) · 政策 (\w{12}) · 数据湖第 (\d+) 版", foot)
    assert versions is not None
    plan, policy, lake = versions.groups()
    assert (policy, lake) == (resource_version(), "1")
    assert told["依据"] == f"规划 {plan}，政策数据 {policy}，数据第 {lake} 版，软件 {__version__}"
    assert told["情况"].startswith("已结账")
    assert page.get_by_role("button", name="批准并结账").count() == 0
    assert page.locator(".then-now").count() == 0

    # a correction changes the page; what was closed stays beside it
    enter(page, "180", "2025-12-31")
    assert standing(page) == "✓ 已达到 180 公里 填报"
    then, now = (" ".join(one.inner_text().split()) for one in page.locator(".then-now .columns > div").all())
    assert then.startswith("当时 ✗ 未达到 90 公里 规划办批准 ·")
    assert now.startswith("现在 ✓ 已达到 180 公里 ")
    assert cells(page)["当时的判定"] == "✗ 未达到 90 公里 局务会第3号"

    # opened again with a reason; the period may be closed anew
    page.locator("#closings tbody summary").click()
    page.fill("#closings tbody [name=reason]", "省里更正")
    with page.expect_navigation():
        page.locator("#closings tbody .button.danger").click()
    assert page.get_by_text("已重新打开，判定按现在的数据计算。").is_visible()
    told = cells(page)
    assert re.fullmatch(r"规划办重新打开 .*：省里更正", told["情况"])
    assert told["当时的判定"] == "✗ 未达到 90 公里 局务会第3号"
    assert page.locator(".then-now").count() == 0
    assert page.locator("#closings > details summary").inner_text() == "给 2025 结账"
