"""Without a mouse, and on paper."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest

from .conftest import DESK, Site
from .looking import drawn
from .states import CITY, T1

if TYPE_CHECKING:
    from playwright.sync_api import Page

HERE = "() => document.activeElement.name || document.activeElement.id || document.activeElement.textContent.trim()"


def tabbed(page: Page, most: int = 60) -> list[str]:
    """Return what the tab key reaches, from where the focus is to the end of ``main``."""
    found = []
    for _ in range(most):
        page.keyboard.press("Tab")
        if not page.evaluate("document.activeElement.closest('main') !== null"):
            break
        found.append(str(page.evaluate(HERE)))
    return found


@pytest.fixture
def office(city: Site, reader: Callable[..., Any]) -> Any:
    one = reader(city, "plan_office")
    one.page.set_viewport_size(DESK)
    return one


def test_the_first_key_skips_the_menu(office: Any) -> None:
    office.goes(f"/?{CITY}")
    office.page.keyboard.press("Tab")
    assert office.page.evaluate("document.activeElement.className") == "skip"
    assert office.page.locator(".skip").bounding_box()["y"] >= 0
    office.page.keyboard.press("Enter")
    assert office.page.evaluate("document.activeElement.id") == "content"


def test_filters_and_days_are_reached_in_their_order_and_used(office: Any) -> None:
    page = office.page
    office.goes(f"/?{CITY}")
    page.locator("#content").focus()
    reached = tabbed(page)
    wanted = ["q", "region", "area", "unit", "status", "due", "as_of", "筛选"]
    assert [one for one in dict.fromkeys(reached) if one in wanted] == wanted
    assert any("PM2.5" in one for one in reached)
    page.locator("select[name=status]").focus()
    while page.locator("select[name=status]").input_value() != "missed":
        page.keyboard.press("ArrowDown")
    page.locator("input[name=as_of]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**status=missed**")
    assert page.locator("tbody tr").count() == 1
    assert office.complaints() == []


def test_focus_is_seen(office: Any) -> None:
    office.goes(f"/?{CITY}")
    office.page.locator("#content").focus()
    for _ in range(12):
        office.page.keyboard.press("Tab")
        outline = office.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", office.page.evaluate(HERE)


def test_menus_open_and_close_by_keys(office: Any) -> None:
    page = office.page
    office.goes(f"/?{CITY}")
    menu = page.locator(".page-head details.drop-down summary")
    menu.focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("link", name="Excel").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Excel").is_visible()
    assert page.evaluate("document.activeElement.localName") == "summary"


def test_a_review_is_read_by_keys(office: Any) -> None:
    page = office.page
    office.goes("plans:review")
    rows = [one.get_attribute("id") for one in page.locator("li.item[data-state]").all()]
    chosen = lambda: page.locator("li.item.chosen").get_attribute("id")  # noqa: E731
    page.locator("#lists").focus()
    page.keyboard.press("j")
    assert chosen() == rows[0]
    page.keyboard.press("j")
    assert chosen() == rows[1]
    page.keyboard.press("k")
    assert chosen() == rows[0]
    page.keyboard.press("n")  # of a revision nothing is left to look at
    assert chosen() == rows[0]
    page.keyboard.press("2")
    page.wait_for_selector("#lists[data-list=tasks]")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_selector("#editor[open]")
    assert page.evaluate("document.activeElement.closest('#editor') !== null")
    page.keyboard.press("Escape")
    assert not page.locator("#editor[open]").count()
    assert page.evaluate("document.activeElement.closest('li.item') !== null")
    assert office.complaints() == []


def test_keys_of_a_review_act_before_anything_has_the_focus(office: Any) -> None:
    page = office.page
    office.goes("plans:review")
    assert page.evaluate("document.activeElement === document.body")
    page.keyboard.press("j")
    assert page.locator("li.item.chosen").count() == 1
    office.goes("plans:review")
    page.locator("h1").click()  # beside everything
    page.keyboard.press("2")
    page.wait_for_selector("#lists[data-list=tasks]")
    office.goes("plans:review")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")  # the dialog has the word
    assert page.locator("li.item.chosen").count() == 0
    page.keyboard.press("Escape")
    hint = page.locator(".keys-hint")
    hint.click()
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 800})
    assert not hint.is_visible()
    assert office.complaints() == []


def test_keys_of_a_review_act_in_it_only_and_can_be_turned_off(office: Any) -> None:
    page = office.page
    office.goes("plans:review")
    chosen = page.locator("li.item.chosen")
    page.locator("details.more summary").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")  # nothing has the focus, but a menu is open
    page.locator("details.more summary").click()
    page.locator(".masthead .mark").focus()
    page.keyboard.press("j")
    page.keyboard.press("?")
    page.locator(".narrow-down summary").click()
    page.locator("#lists input[type=search]").press("j")
    assert page.locator("#lists input[type=search]").input_value() == "j"
    assert not chosen.count() and not page.locator("#keys").is_visible()
    page.locator("#source-text a.span").first.focus()
    page.keyboard.press("j")
    assert chosen.count() == 1
    page.keyboard.press("?")
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    office.goes("plans:review")
    page.keyboard.press("j")
    assert not chosen.count()
    page.locator("#lists").focus()
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert not chosen.count() and not page.locator("#keys").is_visible()
    page.locator("details.more summary").click()
    page.locator("details.more [data-opens=keys]").click()
    assert not page.locator("#keys-on").is_checked()
    page.locator("#keys-on").check()
    page.keyboard.press("Escape")
    page.locator("#lists").focus()
    page.keyboard.press("j")
    assert chosen.count() == 1
    assert office.complaints() == []


def test_the_text_of_a_review_is_one_stop_and_can_be_skipped(office: Any) -> None:
    page = office.page
    office.goes("plans:review")
    at = "[...document.querySelectorAll('#source-text a.span')].indexOf(document.activeElement)"
    skip = page.locator(".review > .skip")
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement.matches('.review > .skip')"):
        page.keyboard.press("Tab")
    assert skip.evaluate("(one) => getComputedStyle(one).clipPath") == "none"
    page.keyboard.press("Tab")  # the pane, which scrolls
    page.keyboard.press("Tab")
    assert page.evaluate(at) == 0
    for key, place in (("ArrowRight", 1), ("ArrowDown", 2), ("ArrowLeft", 1), ("ArrowUp", 0), ("ArrowUp", 0)):
        page.keyboard.press(key)
        assert page.evaluate(at) == place
    page.keyboard.press("End")
    assert page.evaluate(at) == page.locator("#source-text a.span").count() - 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "lists"
    page.keyboard.press("Shift+Tab")  # back to where it was
    assert page.evaluate(at) == page.locator("#source-text a.span").count() - 1
    skip.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "lists"
    assert office.complaints() == []


def test_the_words_of_a_job_keep_their_place_and_are_changed_when_others_come(office: Any) -> None:
    page = office.page
    office.goes("jobs:job")
    words = page.locator("main [aria-live]")
    assert "排队中" in words.inner_text()
    words.evaluate("""(one) => {
      one.changes = 0;
      new MutationObserver((all) => { one.changes += all.length; })
        .observe(one, { subtree: true, childList: true, characterData: true, attributes: true });
    }""")
    for _ in range(3):
        with page.expect_response("**/part/*"):
            pass
    assert words.evaluate("(one) => one.changes") == 0
    assert not page.locator("main .job :is([role=status], [role=alert])").count()

    def other(route: Any) -> None:
        answer = route.fetch(url=route.request.url.partition("?")[0])
        route.fulfill(response=answer, body=answer.text().replace("排队中", "马上开始"))

    page.locator("#job-cancel").focus()
    page.route("**/part/*", other)
    page.wait_for_selector("main [aria-live]:has-text('马上开始')")
    page.unroute("**/part/*")
    assert words.evaluate("(one) => one.changes") > 0  # the same element
    assert page.evaluate("document.activeElement.id") == "job-cancel"
    assert office.complaints() == []


@pytest.mark.parametrize(
    ("address", "title", "last"),
    [(f"/?{CITY}", "清河市试验计划", "新增绿地"), (f"{T1}?{CITY}", "PM2.5年均浓度", "甲站")],
    ids=["board", "target"],
)
def test_on_paper(office: Any, address: str, title: str, last: str) -> None:
    """The pages hold the title and the last of the table, and nothing stands beyond their edges."""
    page = office.page
    office.goes(address)
    page.wait_for_selector("[hx-trigger^=load]", state="detached")
    drawn(page)
    page.emulate_media(media="print")
    assert page.evaluate(_CUT_BY_PAGES) == []
    assert [one for one in page.locator("main form").all() if one.is_visible()] == []
    paper = page.pdf(format="A4", print_background=True)
    with pypdfium2.PdfDocument(io.BytesIO(paper)) as document:
        words = "".join(one.get_textpage().get_text_bounded() for one in document)
        inside = [_inside(one) for one in document]
    page.emulate_media(media="null")
    assert title in words.replace("\r\n", "")
    assert last in words
    assert "筛选" not in words
    assert all(inside)
    assert len(inside) <= 6


# The end of a page that cuts a grid lays what follows over what was cut; a chart must not be wider than its frame.
_CUT_BY_PAGES = """() => [
  ...[...document.querySelectorAll('main :is(.beside, .stack, .chain, .chain > li)')]
    .filter((one) => one.checkVisibility() && getComputedStyle(one).display === 'grid'),
  ...[...document.querySelectorAll('.drawing canvas')]
    .filter((one) => one.offsetWidth > one.closest('.drawing').offsetWidth),
].map((one) => one.outerHTML.slice(0, 100))"""


def _inside(page: Any) -> bool:
    """Whether every letter of a page of paper stands on it."""
    width, height = page.get_size()
    text = page.get_textpage()
    boxes = [text.get_charbox(at) for at in range(text.count_chars())]
    return all(left >= 0 and right <= width and bottom >= 0 and top <= height for left, bottom, right, top in boxes)
