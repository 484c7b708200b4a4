"""Tabs and filters of the pages of administration on a phone, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.django_db(transaction=True)

TAB = (
    "(one => [one.left, one.right, innerWidth])(document.querySelector('.tabs [aria-current]').getBoundingClientRect())"
)
WIDTHS = "[...document.querySelectorAll('.filters .button, .filters')].map(one => one.getBoundingClientRect().width)"


def test_tabs_and_filters_fit_a_phone(
    chromium: Browser, live_server: Any, client_of: Callable[[str], Client], watch: Any
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies(
        [{"name": name, "value": client_of("administrator").cookies[name].value, "url": live_server.url}]
    )
    page = context.new_page()
    watch.follow(page)
    page.goto(f"{live_server.url}/jobs/")
    left, right, width = page.evaluate(TAB)  # the last of six
    assert 0 <= left < right <= width
    page.goto(f"{live_server.url}/audit/")
    whole, *buttons = page.evaluate(WIDTHS)
    assert len(buttons) == 3
    assert min(buttons) > 0.85 * whole
    assert watch.console == []
    context.close()
