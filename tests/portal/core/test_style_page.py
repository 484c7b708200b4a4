"""The style page, which holds every part, in a real browser under the site's own security policy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
DRAWN = "[...document.querySelectorAll('figure[data-chart-url]')].map(figure => figure.dataset.chartState)"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """[...document.querySelectorAll('button, select, input, summary, nav a, a.button')]
  .filter(one => one.checkVisibility() && !one.closest('.review') && one.type != 'checkbox' && one.type != 'file')
  .filter(one => Math.min(one.getBoundingClientRect().height, 44) < 43.5)
  .filter(one => !one.closest('.crumbs'))
  .map(one => one.outerHTML.slice(0, 80))"""


@contextmanager
def opened(browser: Browser, address: str, watch: Any, **context: Any) -> Iterator[Page]:
    made = browser.new_context(**context)
    page = made.new_page()
    watch.follow(page)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    yield page
    made.close()


def _scrolled(page: Page) -> None:
    """The whole page came into view once, and every chart is drawn."""
    for at in range(0, page.evaluate("document.body.scrollHeight"), 600):
        page.evaluate(f"scrollTo(0, {at})")
        page.wait_for_timeout(30)
    for _ in range(300):  # wait_for_function would evaluate text in the page, which its policy forbids
        if page.evaluate(f"{DRAWN}.every(state => state == 'drawn' || state == 'failed')"):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the charts are not drawn after 30 s")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_everything_draws_and_nothing_complains(
    chromium: Browser, style_page: str, watch: Any, viewport: Any, scheme: Any
) -> None:
    with opened(chromium, style_page, watch, viewport=viewport, color_scheme=scheme) as page:
        _scrolled(page)
        assert page.evaluate(DRAWN) == ["drawn"] * 4
        assert page.evaluate(OVERFLOW) <= 0
        assert page.locator("canvas[role=img]").first.get_attribute("aria-label") == "trajectory"
    assert watch.console == []
    assert watch.hosts <= {"localhost", "127.0.0.1"}


def test_touch_targets_on_a_phone(chromium: Browser, style_page: str, watch: Any) -> None:
    with opened(chromium, style_page, watch, viewport=PHONE, has_touch=True) as page:
        assert page.evaluate(SMALL) == []


def test_the_table_of_a_chart_holds_its_data(chromium: Browser, style_page: str, watch: Any) -> None:
    with opened(chromium, style_page, watch, viewport=DESK) as page:
        _scrolled(page)
        figure = page.locator("figure[data-chart-url]").first
        figure.locator("summary").click()
        assert "39.8 µg/m³" in figure.locator("table").inner_text()


# What of a ranking is written beyond its frame, and the texts that lie upon each other.
_CUT = """() => {
  const every = [...document.querySelectorAll('figure[data-chart-url]')];
  const figure = every.find((one) => one.dataset.chartUrl.includes('ranking'));
  const view = figure.chartView.view, [left, top] = view.origin(), found = [];
  const box = (item, x, y) => {
    const { x1, x2, y1, y2 } = item.bounds;
    return { text: `${item.text}`, x1: x + x1, x2: x + x2, y1: y + y1, y2: y + y2 };
  };
  const walk = (part, x, y) => (part.items ?? []).forEach((item) => {
    if (part.marktype === 'text' && item.text && item.opacity !== 0) found.push(box(item, x, y));
    (item.items ?? []).forEach((inner) => walk(inner, x + (item.x ?? 0), y + (item.y ?? 0)));
  });
  walk(view.scenegraph().root, left, top);
  const wide = figure.querySelector('.drawing').clientWidth;
  const across = (a, b) => a.x1 < b.x2 - 1 && b.x1 < a.x2 - 1 && a.y1 < b.y2 - 3 && b.y1 < a.y2 - 3;
  const over = (a) => found.filter((b) => a.text !== b.text && across(a, b)).map((b) => `${a.text} | ${b.text}`);
  return {
    texts: found.map((one) => one.text),
    beyond: found.filter((one) => one.x1 < 0 || one.x2 > wide).map((one) => one.text),
    upon: found.flatMap(over),
    scrolls: figure.querySelector('canvas').offsetWidth > wide,
  };
}"""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_ranking_is_whole_on_a_phone(chromium: Browser, style_page: str, watch: Any, language: str) -> None:
    made = chromium.new_context(viewport=PHONE)
    made.add_cookies([{"name": "bilan-language", "value": language, "url": style_page}])
    page = made.new_page()
    page.goto(style_page)
    _scrolled(page)
    told = page.evaluate(_CUT)
    for word in ("北山区", "临江区", "35.2", "30.4", "≤31"):
        assert any(word in one for one in told["texts"]), word
    assert told["beyond"] == []
    assert told["upon"] == []
    assert not told["scrolls"]
    made.close()


def test_notes_of_a_chart_stand_apart(chromium: Browser, style_page: str, watch: Any) -> None:
    with opened(chromium, style_page, watch, viewport=DESK) as page:
        _scrolled(page)
        notes = page.locator("figure[data-chart-url] [data-chart-notes]").first.locator("span")
        assert notes.first.inner_text() == "模拟数据"
        assert "simulated" in str(notes.first.get_attribute("class"))
        first, second = (notes.nth(at).bounding_box() for at in (0, 1))
        assert first and second
        assert second["x"] >= first["x"] + first["width"] + 8 or second["y"] >= first["y"] + first["height"]
        assert notes.nth(1).inner_text().startswith("目标：")


def test_the_theme_is_kept_without_a_flash(chromium: Browser, style_page: str, watch: Any) -> None:
    with opened(chromium, style_page, watch, viewport=DESK, color_scheme="light") as page:
        page.locator(".tools button[value=dark]").click()
        assert page.locator("html").get_attribute("data-theme") == "dark"
        page.reload()
        assert 'data-theme="dark"' in page.request.get(style_page).text()
        assert page.locator(".tools button[value=dark]").get_attribute("aria-pressed") == "true"


def test_the_theme_and_the_language_without_script(chromium: Browser, style_page: str, watch: Any) -> None:
    with opened(chromium, style_page, watch, viewport=PHONE, java_script_enabled=False) as page:
        page.locator(".phone-menu > summary").click()
        page.locator(".phone-menu button[value=dark]").click()
        assert page.locator("html").get_attribute("data-theme") == "dark"
        page.locator(".phone-menu > summary").click()
        page.locator(".phone-menu").get_by_text("English").click()
        assert page.locator("html").get_attribute("lang") == "en"
        assert "missed" in page.locator(".counts").inner_text()
        assert page.url == style_page


def test_the_keyboard_skips_to_the_content_and_closes_a_dialog(chromium: Browser, style_page: str, watch: Any) -> None:
    with opened(chromium, style_page, watch, viewport=DESK) as page:
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        page.locator(".skip").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        page.locator("[data-opens]").click()
        assert page.locator("dialog").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator("dialog").is_visible()
        assert page.evaluate("document.activeElement.dataset.opens") == "sample-dialog"


def test_a_failed_chart_says_so(chromium: Browser, style_page: str, watch: Any) -> None:
    made = chromium.new_context(viewport=DESK)
    page = made.new_page()
    page.route("**/style/*/", lambda route: route.abort())
    page.goto(style_page)
    _scrolled(page)
    assert page.evaluate(DRAWN) == ["failed"] * 4
    assert page.locator("figure .failed").first.is_visible()
    made.close()


def test_a_chart_that_comes_too_early_is_asked_for_again(chromium: Browser, style_page: str, watch: Any) -> None:
    made = chromium.new_context(viewport=DESK)
    page = made.new_page()
    early = [
        {"status": 200, "content_type": "text/html", "body": "<p>正在计算</p>"},
        {"status": 503, "headers": {"Retry-After": "1"}},
    ]
    page.route("**/style/ranking/", lambda route: route.fulfill(**early.pop()) if early else route.continue_())
    page.goto(style_page)
    _scrolled(page)
    assert early == []
    assert page.evaluate(DRAWN) == ["drawn"] * 4
    made.close()


def test_paper_is_light_and_has_no_controls(chromium: Browser, style_page: str, watch: Any) -> None:
    with opened(chromium, style_page, watch, viewport=DESK, color_scheme="dark") as page:
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not page.locator(".masthead").is_visible()
        assert not page.locator(".filters").is_visible()
        assert page.locator(".simulated-banner").is_visible()
        assert page.locator("table.cards thead").is_visible()


def test_there_is_no_style_page_where_others_work(client: Any) -> None:
    assert client.get("/style/").status_code == 404
    assert client.get("/style/trajectory/").status_code == 404
