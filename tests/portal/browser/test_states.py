"""Every page empty, in part, forbidden and with an error; on a phone, in English, and as the file it gives."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest
from django.urls import resolve

from ..test_rights_crawl import addresses
from .conftest import DESK, PHONE, Site
from .looking import chinese, wider
from .states import CANNOT, NO_PAGES, PAGES, ROWS, STATES, WITHOUT_EXPORT, State

# What is Chinese on an English page because it is somebody's: the name of the product and of the other language, words
# of the document and items made of them, entries of the log, places of the table of regions.
THEIRS = (
    ".mark, .ours, [lang=zh-Hans], option:not([value='']), .source-text, .item > [data-choose], "
    ".answers-for a, .row-links a, .gap-item > span, .plain-list strong, .quoted, .chain mark, "
    ".chain blockquote, table.log ins, table.log del, table.log details, table.log .goal, .tree th a, "
    "#work-head ~ ul h3, .pre, "
    "td .muted.block, blockquote.quote, section > .table-panel table.log td:nth-child(4)"
)
# Names of plans, targets, places, units and people, and what these entered, which stand between words of the interface.
NAMES = (
    "清河市碧水蓝天行动计划（2026—2028年）", "清河市试验计划", "没有读成的文件", "空白文件", "收紧优良天数", "治气护林",
    "PM2.5年均浓度", "森林覆盖率", "新增绿地", "管网", "公里", "细颗粒物", "甲站", "乙站",
    "清河高新技术产业开发区", "清河市", "临江区", "东湖区", "北山区", "安平县", "临沂市",
    "临江分局", "东湖分局", "外市局", "市局", "原环保局", "市环保局", "市档案馆", "赵联系", "钱局长",
    "排队的", "读完的", "读坏的", "王五", "主管部门", "内部会议纪要", "内部资料",
    "优良天数比率", "市林业局", "林业年报", "林业", "刚读成的规划",
    "国考断面水质优良比例", "全市PM2.5年均浓度（全市）", "碧水蓝天", "第一次发布", "清河产业园",
    "全国", "云江省", "临江", "市生态环境局", "市住房城乡建设局", "市水务局", "市财政局",
    "2026-10至2027-03", "2018至2020",  # a period is written so in either language
)  # fmt: skip


@pytest.fixture
def site_of(request: pytest.FixtureRequest) -> Callable[[str], Site]:
    return request.getfixturevalue


def test_no_state_is_left_out() -> None:
    told = {(row.page, row.state) for row in ROWS}
    assert told.isdisjoint(CANNOT)
    assert told | set(CANNOT) == {(page, state) for page in PAGES for state in STATES}
    assert {page for page, one in PAGES.items() if not one.export} == set(WITHOUT_EXPORT)


def test_no_page_is_left_out(city: Site) -> None:
    """Whatever answers a visit is a page with its states, or it is told why it is none."""
    visited = {name for name, one in addresses() if hasattr(getattr(one.callback, "view_class", None), "get")}
    pages = {resolve(urlsplit(city.address(page.address)).path).view_name for page in PAGES.values()}
    assert pages.isdisjoint(NO_PAGES)
    assert pages | set(NO_PAGES) == visited


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.page}-{row.state}-{row.sees[:8]}")
def test_state(site_of: Callable[[str], Site], reader: Callable[..., Any], row: State) -> None:
    one = reader(site_of(row.site), row.who)
    one.page.set_viewport_size(DESK)
    assert one.goes(row.address) == row.status
    assert not row.does or row.sees not in _words(one, row.at)
    for step in row.does:
        DOES[step[0]](one, *step[1:])
    assert row.sees in _words(one, row.at)
    assert not row.not_sees or row.not_sees not in _words(one, "main")
    one.page.set_viewport_size(PHONE)
    assert wider(one.page) == []
    expected = (*_EXPECTED, f"{row.status} ", f"{_NOT_LOADED} {row.status}")
    assert [told for told in one.complaints() if not told.startswith(expected)] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_as_usual_is_in_no_other_state(city: Site, reader: Callable[..., Any], name: str) -> None:
    """What is seen in a state is not on the page anyway."""
    page = PAGES[name]
    one = reader(city, page.who)
    one.goes(page.address)
    for row in ROWS:
        if row.page == name and row.not_sees:
            assert row.not_sees in _words(one, "main"), f"{row.state}: {row.not_sees}"
        elif row.page == name and not _is_usual(city, row):
            assert row.sees not in _words(one, row.at), f"{row.state}: {row.sees}"
    one.complaints()


def _is_usual(city: Site, row: State) -> bool:
    """Whether the state is that in which the page is shown first."""
    page = PAGES[row.page]
    same = (row.who, city.address(row.address)) == (page.who, city.address(page.address))
    return same and row.site == "city" and not row.does


def _words(one: Any, at: str) -> str:
    return "\n".join(re.sub(r"\s*\n\s*", "\n", words) for words in one.page.locator(at).all_inner_texts())


# A refusal is told by the browser, too, and so is a day in the address that is none.
_NOT_LOADED = "error: Failed to load resource: the server responded with a status of"
_EXPECTED = (*("403 ", "404 ", "422 ", "429 ", "warning: The specified value"), f"{_NOT_LOADED} 4")
DOES: dict[str, Callable[..., Any]] = {
    "go": lambda one, address: one.goes(address),
    "click": lambda one, selector: (one.page.locator(selector).first.click(), one.page.wait_for_load_state()),
    "fill": lambda one, selector, words: one.page.fill(selector, words),
    "file": lambda one, selector, name, words: one.page.set_input_files(
        selector, {"name": name, "mimeType": "application/octet-stream", "buffer": words.encode()}
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone(city: Site, reader: Callable[..., Any], name: str) -> None:
    page = PAGES[name]
    one = reader(city, page.who)
    one.page.set_viewport_size(PHONE)
    assert one.goes(page.address) == 200
    thing = one.page.locator(page.main).first
    assert thing.is_visible()
    box = thing.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"] + 1
    assert wider(one.page) == []
    assert one.page.evaluate("scrollY") == 0, "its beginning is out of sight"


def test_a_board_that_was_waited_for_begins_at_its_top(city: Site, reader: Callable[..., Any]) -> None:
    one = reader(city, "public")
    one.page.set_viewport_size(DESK)
    one.goes("/public/")
    shown = date.fromisoformat(one.page.locator("input[name=as_of]").input_value())
    address = f"/public/?as_of={shown - timedelta(days=9)}"
    one.page.route(f"**{address}", _with_a_notice)
    one.page.goto(address, wait_until="domcontentloaded")
    one.page.wait_for_selector("#making", state="attached")  # nobody asked for this day before
    one.page.wait_for_selector("#making", state="detached")
    one.page.wait_for_selector(".simulated-banner")
    one.page.wait_for_timeout(500)
    scrolled = one.page.evaluate("scrollY")
    one.page.unroute(f"**{address}")
    assert scrolled == 0


def _with_a_notice(route: Any) -> None:
    """The page that comes has something above what stood on the one before."""
    answer = route.fetch()
    notice = '<div class="simulated-banner"><p class="frame">模拟数据</p></div>'
    body = answer.text() if 'id="making"' in answer.text() else re.sub("(<body[^>]*>)", rf"\1{notice}", answer.text())
    route.fulfill(response=answer, body=body)


def test_fields_beside_each_other_are_of_one_height(city: Site, reader: Callable[..., Any]) -> None:
    one = reader(city, "administrator")
    one.page.set_viewport_size(DESK)
    one.goes("/audit/")  # its filter has words, choices and days
    places = "all => all.map(one => [one.getBoundingClientRect().y, one.getBoundingClientRect().height].join())"
    assert len(set(one.page.locator(".filters .field").evaluate_all(places))) == 1
    assert len(set(one.page.locator(".filters .field :is(input, select)").evaluate_all(places))) == 1


@pytest.mark.parametrize("name", PAGES)
def test_in_english(city: Site, reader: Callable[..., Any], name: str) -> None:
    page = PAGES[name]
    one = reader(city, page.who)
    one.page.set_viewport_size(DESK)
    one.goes(page.address)
    one.page.locator(".tools button[name=language]").click()
    one.page.wait_for_selector("html[lang=en]")
    one.page.wait_for_selector("#making", state="detached")
    if one.page.locator("#proof").count():
        one.page.wait_for_selector("#proof ol.chain")
    left = chinese(one.page, [THEIRS, sorted(NAMES, key=len, reverse=True)])
    one.speaks("zh-hans")
    assert not left, "\n".join(left)
    assert one.complaints() == []


@pytest.mark.parametrize("name", [name for name in PAGES if PAGES[name].export])
def test_export(city: Site, reader: Callable[..., Any], name: str) -> None:
    page = PAGES[name]
    one = reader(city, page.who)
    one.goes(page.address)
    address = one.site.address(page.export)
    one.page.evaluate(_OFFERS, address)
    fetched = one.downloads(lambda opened: opened.locator("#offered").click())
    kind = next((kind for kind in READ if kind in address), "csv")
    assert page.holds in READ[kind](fetched.read_bytes())


# The link of the page to its file; it is there, and gets a name by which the test finds it.
_OFFERS = """(address) => {
  const path = (one) => new URL(one, location).pathname;
  const links = [...document.querySelectorAll('main a[href]')];
  const link = links.findLast((one) => path(one.href) === path(address));
  if (!link) throw new Error(`no link to ${address}`);
  for (let at = link; at; at = at.parentElement) if (at.nodeName === 'DETAILS') at.open = true;
  link.id = 'offered';
}"""


def _workbook(data: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


READ: dict[str, Callable[[bytes], str]] = {
    "xlsx": _workbook,
    "json": lambda data: json.dumps(json.loads(data), ensure_ascii=False),
    "csv": lambda data: "\n".join(" ".join(row) for row in csv.reader(io.StringIO(data.decode("utf-8-sig")))),
    "svg": lambda data: data.decode(),
}
