"""From a document to a raw value: upload, review, correct, publish, the board, the proof, what the lake holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import Site
from .filling import FIRST_HOUR, ROOT, value_at

if TYPE_CHECKING:
    from playwright.sync_api import Page

SEED = ROOT.parent / "shared" / "seeds" / "000_a06af7908e590dba.txt"
NAME, QUOTE = "细颗粒物浓度", "细颗粒物浓度达到国家二级标准"

needs_seed = pytest.mark.skipif(not SEED.exists(), reason=f"no {SEED}")


@needs_seed
def test_from_a_document_to_a_raw_value(new: Site, reader: Callable[..., Any]) -> None:
    office = reader(new, "plan_office")
    page: Page = office.page

    # the board says what to do first, and leads to the upload
    office.goes("/")
    page.get_by_role("link", name="去上传规划").click()
    page.get_by_role("link", name="上传规划文件").first.click()
    page.set_input_files("#id_document", str(SEED))
    page.get_by_role("button", name="上传并识别").click()

    # the job tells how far it is without being asked again
    page.wait_for_url(re.compile(r"/jobs/\d+/$"))
    assert page.locator("progress, .note.good").first.is_visible()
    page.get_by_role("link", name="去核对").click()

    # a span of the text finds its row in the lists, and the row its span
    page.locator("a.span", has_text=QUOTE).first.click()
    row = page.locator("li.item.chosen")
    assert NAME in row.inner_text()
    item = row.get_attribute("id") or ""
    page.locator(".tabs a").nth(1).click()
    page.locator(f'li.item[id="{item}"]').wait_for(state="detached")  # the other list is there
    page.locator("li.item [data-choose]").first.click()
    task = page.locator("li.item.chosen").get_attribute("id") or ""
    assert task != item
    assert page.locator(f'a.span.chosen[data-item="{task}"], .part-of-chosen[data-in~="{task}"]').count()
    page.locator(f'a.span[data-item="{item}"]').first.click()
    page.wait_for_selector(f'li.item.chosen[id="{item}"]')

    # the document gives the goal only by the name of a standard: a person enters its number
    page.keyboard.press("e")
    page.fill("#editor #id_value", "35")
    page.locator("#editor .button.main").click()
    page.wait_for_selector(f'li.item.corrected[id="{item}"]')

    # published, with what was not looked at said aloud
    page.get_by_role("link", name="发布…").click()
    page.fill("#id_note", "第一版")
    page.get_by_role("button", name="发布", exact=True).click()
    assert page.locator(".error-summary").is_visible()  # nobody said that he knows of the rest
    page.locator("#id_unreviewed_known").check()
    page.get_by_role("button", name="发布", exact=True).click()
    page.wait_for_url(re.compile(r"/plans/"))

    # on the board, judged by the year of the station
    office.goes("/")
    page.wait_for_selector("table.cards")
    line = page.locator("tr", has_text=NAME)
    mean = sum(value_at(hour) for hour in range(365 * 24)) / (365 * 24)
    assert f"{mean:.0f}" in line.locator('[data-label="现状"]').inner_text()
    line.get_by_role("link").first.click()

    # the chain of proof begins with the words of the document and ends with what was measured
    chain = page.locator("#proof ol.chain")
    chain.wait_for()
    assert QUOTE in chain.locator(".link-clause mark").inner_text()
    assert "35" in page.locator(".page-head .lead").inner_text()
    page.get_by_role("link", name="看原始数据").click()
    page.wait_for_selector("table.dense")
    assert page.locator("table.dense tbody tr").first.locator("td, th").count()  # the days come first
    page.get_by_role("link", name="逐时").click()
    page.get_by_label("某一天").fill("2025-06-15")
    page.get_by_role("button", name="筛选").click()
    first = page.locator("table.dense tbody tr").first
    shown = float(first.locator("td.number").inner_text().split()[0])
    assert "宽城站" in first.inner_text() and "导入的表格" in first.inner_text()
    first.get_by_role("link").click()

    # the value with its file, line and batch is the one in the lake
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    words = page.locator("main").inner_text()
    hour = (datetime.fromisoformat("2025-06-15T00:00+08:00") - FIRST_HOUR) // timedelta(hours=1)
    found = _in_the_lake(new.home / "lake", hour)
    assert found["value"] == shown == value_at(hour)
    assert f"{shown:g}" in words
    assert found["source_ref"] in words
    assert f"第 {found['source_line']} 行" in words
    assert found["batch"] in words
    assert office.complaints() == []


def _in_the_lake(folder: Path, hour: int) -> dict[str, Any]:
    """The row that the lake holds of the hour, which ends an hour after it begins."""
    from bilan.observe import Lake

    rows = Lake(folder).history("c1", "a34004", FIRST_HOUR + timedelta(hours=hour + 1)).to_pylist()
    assert len(rows) == 1
    return dict(rows[0])
