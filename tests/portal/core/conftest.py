"""A real browser that reports what its console says and whom it asks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from bilan.portal.core import charts_bundle

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")


@dataclass
class Watch:
    """What a page said on its console and which hosts it asked, beside its own."""

    console: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def follow(self, page: Page) -> None:
        page.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.console.append(f"error: {error}"))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or ""))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's chromium, without a window."""
    api = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install 'bilan[test]'")
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright runs a loop in the thread of the test
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
    if before is not None:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the bundle of charts, which takes seconds to make."""
    folder = tmp_path_factory.mktemp("made")
    charts_bundle.write(folder)
    return folder


@pytest.fixture
def style_page(live_server: Any, settings: Any, made: Path) -> str:
    """The address of the style page, which shows every part."""
    settings.DEBUG = True
    shutil.copytree(made, settings.BILAN_HOME / "made")
    return f"{live_server.url}/style/"


@pytest.fixture
def watch() -> Watch:
    """What the pages of a test say and ask."""
    return Watch()
