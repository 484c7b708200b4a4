"""A page that waits says when the server does not answer any more, and goes on when it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .conftest import Site

WORDS = "连不上服务器"


def test_the_page_of_a_job_says_that_the_server_is_gone(city: Site, reader: Callable[..., Any]) -> None:
    one = reader(city, "plan_office")
    one.goes("jobs:job")
    toasts = one.page.locator(".toasts")
    assert one.page.locator("[hx-trigger]").count()
    assert WORDS not in toasts.inner_text()
    one.context.set_offline(True)
    one.page.wait_for_function("words => document.querySelector('.toasts').innerText.includes(words)", arg=WORDS)
    one.page.wait_for_timeout(9000)  # longer than a notice stays: it is still so
    assert WORDS in toasts.inner_text()
    one.context.set_offline(False)
    with one.page.expect_response(lambda answer: answer.ok and "/part/" in answer.url, timeout=10_000):
        pass
    one.complaints()
