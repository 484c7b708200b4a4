"""In a real browser: upload, review with keys and mouse, correct, add from the text, publish; phone; English."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from bilan.portal.plans.models import Draft, Version
from bilan.portal.plans.state import review_of

from ..core.conftest import Watch, chromium  # noqa: F401 - a fixture
from .conftest import TEXT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)
PICTURES = os.environ.get("BILAN_PICTURES", "")  # a folder: what was seen is kept there


@pytest.fixture
def page(chromium: Browser, live_server: Any, people: Any) -> Iterator[tuple[Page, Watch]]:  # noqa: F811
    """A page in which somebody of the plan office is logged in; at the end the console must have been silent."""
    from django.test import Client

    client = Client()
    client.force_login(people.users["plan_office"], backend="django.contrib.auth.backends.ModelBackend")
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": live_server.url}])
    opened, watch = context.new_page(), Watch()
    watch.follow(opened)
    yield opened, watch
    context.close()
    assert watch.console == []
    assert watch.hosts <= {"localhost", "127.0.0.1"}


@pytest.fixture
def picture(page: tuple[Page, Watch]) -> Callable[[str], None]:
    def take(name: str) -> None:
        if PICTURES:
            page[0].wait_for_timeout(300)
            page[0].screenshot(path=str(Path(PICTURES, f"{name}.png")), caret="initial")

    return take


def upload(opened: Page, tmp_path: Path) -> Any:
    """Hand the document in and go to its review."""
    path = tmp_path / "清河市行动计划.txt"
    path.write_text(TEXT, encoding="utf-8")
    opened.goto("/plans/upload/")
    opened.set_input_files("#id_document", str(path))
    opened.select_option("#id_region", "990100")
    opened.get_by_role("button", name="上传并识别").click()
    opened.get_by_role("link", name="去核对").click()
    return Draft.objects.select_related("plan", "document").latest("pk")


def test_from_upload_to_publication(page: tuple[Page, Watch], picture: Callable[[str], None], tmp_path: Path) -> None:
    opened, _watch = page
    opened.goto("/plans/")
    picture("plans-empty")
    opened.get_by_role("link", name="上传规划文件").first.click()
    picture("upload")
    draft = upload(opened, tmp_path)
    plan = review_of(draft).plan
    picture("review")

    # a span finds its row, in whatever list it stands, and a row its span
    task = plan.tasks[1]
    opened.locator(f'a.span[data-item="{task.id}"]').first.click()
    opened.wait_for_selector(f'li.item.chosen[id="{task.id}"]')
    opened.keyboard.press("1")
    target = plan.targets[0]
    opened.wait_for_selector(f'li[id="{target.id}"]')
    opened.locator(f'li[id="{target.id}"] [data-choose]').click()
    assert opened.locator(f'a.span.chosen[data-item="{target.id}"]').count() >= 1
    picture("review-chosen")

    # keys: confirm and go on, correct in the dialog, reject, undo
    opened.keyboard.press("c")
    opened.wait_for_selector(f'li.item.confirmed[id="{target.id}"]')
    second = plan.targets[1]
    opened.wait_for_selector(f'li.item.chosen[id="{second.id}"]')
    opened.keyboard.press("e")
    opened.wait_for_selector("#editor[open] #id_value")
    picture("editor")
    opened.fill("#id_value", "很高")
    opened.locator("#editor .button.main").click()
    opened.wait_for_selector("#editor .error-summary")
    picture("editor-wrong")
    opened.fill("#id_value", "88")
    opened.locator("#editor .button.main").click()
    opened.wait_for_selector(f'li.item.corrected[id="{second.id}"]')
    assert not opened.locator("#editor[open]").count()
    assert review_of(draft).plan.targets[1].value == 88
    opened.keyboard.press("j")
    third = plan.targets[2]
    opened.wait_for_selector(f'li.item.chosen[id="{third.id}"]')
    opened.keyboard.press("x")
    opened.wait_for_selector(f'li.item.rejected[id="{third.id}"]')
    assert opened.locator(f'a.span.rejected[data-item="{third.id}"]').count() >= 1
    picture("review-decided")
    opened.keyboard.press("u")
    opened.wait_for_selector(f'li.item.unreviewed[id="{third.id}"]')
    opened.wait_for_selector(f'li.item.chosen[id="{third.id}"]')
    assert opened.evaluate("scrollY") == 0  # the panes scroll, not the page
    assert review_of(draft).state(third.id) == "unreviewed"
    opened.keyboard.press("k")
    opened.keyboard.press("n")  # the next that nobody has looked at
    opened.wait_for_selector(f'li.item.unreviewed.chosen[id="{third.id}"]')
    opened.keyboard.press("?")
    opened.wait_for_selector("#keys[open]")
    picture("keys")
    opened.keyboard.press("Escape")

    # words selected in the text become a project
    words = "清河湿地工程"
    opened.evaluate(
        """(words) => {
          const walker = document.createTreeWalker(document.getElementById("source-text"), NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf(words);
            if (at < 0) continue;
            getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + words.length);
            return;
          }
        }""",
        words,
    )
    opened.wait_for_selector("#selection:not([hidden])")
    picture("selection")
    opened.locator("#selection a", has_text="项目").click()
    opened.wait_for_selector("#editor[open] #id_name")
    assert opened.input_value("#id_name") == words
    opened.locator("#editor .button.main").click()
    opened.wait_for_selector("li.item.added")
    new = next(p for p in review_of(draft).plan.projects if p.name == words and p.start == TEXT.index(words))
    assert opened.locator(f'a.span.added[data-item="{new.id}"]').count() == 1

    # publish
    opened.get_by_role("link", name=re.compile("发布")).click()
    picture("publish")
    opened.fill("#id_note", "印发稿")
    opened.check("#id_unreviewed_known")
    opened.get_by_role("button", name="发布").click()
    opened.wait_for_url("**/versions/**")
    picture("version")
    version = Version.objects.get()
    assert version.compiled_plan().targets[1].value == 88
    opened.goto(f"{draft.get_absolute_url()}history/")
    picture("history")
    opened.goto(draft.plan.get_absolute_url())
    picture("plan")


def test_without_script_every_decision_is_a_form(
    page: tuple[Page, Watch],
    chromium: Browser,  # noqa: F811
    live_server: Any,
    tmp_path: Path,
) -> None:
    opened, _watch = page
    draft = upload(opened, tmp_path)
    plan = review_of(draft).plan
    cookies: Any = opened.context.cookies()
    bare = chromium.new_context(java_script_enabled=False, base_url=live_server.url)
    bare.add_cookies(cookies)
    plain = bare.new_page()
    plain.goto(draft.get_absolute_url())
    plain.locator(f'li[id="{plan.targets[0].id}"]').get_by_role("button", name="确认").click()
    assert review_of(draft).state(plan.targets[0].id) == "confirmed"
    plain.locator(f'li[id="{plan.targets[1].id}"]').get_by_role("link", name="修改").click()
    plain.fill("#id_value", "87")
    plain.get_by_role("button", name="保存").click()
    assert review_of(draft).plan.targets[1].value == 87
    bare.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_and_in_english(
    page: tuple[Page, Watch], picture: Callable[[str], None], live_server: Any, tmp_path: Path, scheme: Any
) -> None:
    opened, _watch = page
    draft = upload(opened, tmp_path)
    opened.emulate_media(color_scheme=scheme)
    opened.context.add_cookies([{"name": "bilan-language", "value": "en", "url": live_server.url}])
    opened.goto(draft.get_absolute_url())
    picture(f"review-en-{scheme}")
    assert "Confirm" in opened.locator("#lists").inner_text()
    opened.set_viewport_size({"width": 390, "height": 844})
    for name, address in {
        "review": draft.get_absolute_url(),
        "edit": f"{draft.get_absolute_url()}edit/?item={review_of(draft).plan.targets[0].id}",
        "publish": f"{draft.get_absolute_url()}publish/",
        "history": f"{draft.get_absolute_url()}history/",
        "import": f"{draft.get_absolute_url()}import/",
        "plan": draft.plan.get_absolute_url(),
        "plans": "/plans/",
    }.items():
        opened.goto(address)
        width = opened.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, (name, width)
        picture(f"phone-{name}-{scheme}")


def test_all_that_is_listed_is_confirmed_after_one_row_was(page: tuple[Page, Watch], tmp_path: Path) -> None:
    opened, _watch = page
    draft = upload(opened, tmp_path)
    targets = review_of(draft).plan.targets
    opened.goto(f"{draft.get_absolute_url()}?list=targets")
    opened.locator(f'li[id="{targets[0].id}"]').get_by_role("button", name="确认").click()
    opened.wait_for_selector(f'li.item.confirmed[id="{targets[0].id}"]')
    opened.get_by_role("button", name=f"确认列出的 {len(targets) - 1} 项…").click()
    assert f"确认列出的 {len(targets) - 1} 项？" in opened.locator("#confirm-shown h2").inner_text()
    opened.locator("#confirm-shown .button.main").click()
    opened.wait_for_selector(".messages .good")
    assert review_of(draft).progress("targets") == (len(targets), len(targets))


def test_a_form_in_a_tab_of_its_own_saves_and_leads_back(page: tuple[Page, Watch], tmp_path: Path) -> None:
    opened, _watch = page
    draft = upload(opened, tmp_path)
    target = review_of(draft).plan.targets[0].id
    opened.goto(f"{draft.get_absolute_url()}edit/?item={target}")
    opened.fill("#id_value", "30")
    opened.get_by_role("button", name="保存").click()
    opened.wait_for_selector(f'li.item.corrected[id="{target}"]')
    assert review_of(draft).plan.targets[0].value == 30


def _answer(status: int, route: Any) -> None:
    route.fulfill(status=status) if status else route.abort()


def test_what_fails_is_said_and_who_is_logged_out_is_led_to_the_log_in(
    page: tuple[Page, Watch], tmp_path: Path
) -> None:
    opened, watch = page
    draft = upload(opened, tmp_path)
    target = review_of(draft).plan.targets[0].id
    opened.goto(f"{draft.get_absolute_url()}?list=targets")
    confirm = opened.locator(f'li[id="{target}"]').get_by_role("button", name="确认")
    for status, words in ((403, "您没有权限做这件事"), (500, "没有做成，请刷新页面再试"), (0, "连不上服务器")):
        opened.route("**/confirm/*", partial(_answer, status))
        confirm.click()
        opened.wait_for_selector(f'.toast:has-text("{words}")')
        opened.unroute("**/confirm/*")
    assert len(watch.console) >= 3  # the browser tells of each
    watch.console.clear()
    opened.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    confirm.click()
    opened.wait_for_url(re.compile(r"/account/login/\?next="))
    assert not review_of(draft).number
