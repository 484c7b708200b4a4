"""Sites as people get them: the product's own server in its own process, visited with a real browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from ..conftest import PASSWORD
from ..core.conftest import Watch, chromium  # noqa: F401 - a fixture
from ..test_serve import environment, free_port
from .filling import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Browser, BrowserContext, Page

collect_ignore_glob = ["filling.py", "states.py", "looking.py"]

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def _own_folder() -> None:
    """The sites live longer than a test and have folders of their own."""


@dataclass(frozen=True)
class Site:
    """A site that runs: where it is, where it keeps its things, and the addresses of its pages by name."""

    url: str
    home: Path
    addresses: dict[str, str]

    def address(self, words: str) -> str:
        """Return an address that is named, ``board:target?region=1``, or written out, ``/board/``."""
        if words.startswith("/"):
            return words
        name, mark, query = words.partition("?")
        found = self.addresses[name]
        return f"{found}{'&' if '?' in found else '?'}{query}" if mark else found


@contextmanager
def served(kind: str, home: Path, static: Path) -> Iterator[Site]:
    """A site with what ``filling`` puts into one of that kind."""
    home.mkdir()
    (home / "static").symlink_to(static)
    port = free_port()
    with _database(kind) as database, (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.portal.browser.filling", kind, str(home), str(port)],
            cwd=ROOT,
            env=environment(home, **database),
            stdout=log,
            stderr=log,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, process, home / "log")
            yield Site(url, home, json.loads((home / "addresses.json").read_text(encoding="utf-8")))
        finally:
            process.terminate()
            process.wait(60)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 180
    while process.poll() is None and time.monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(f"{url}/account/login/"):
            return
        time.sleep(0.1)
    pytest.fail(f"the site does not answer:\n{log.read_text(encoding='utf-8')[-4000:]}")


@contextmanager
def _database(kind: str) -> Iterator[dict[str, str]]:
    """Nothing where the site uses SQLite; else a database of its own, for as long as it is used."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield {}
        return
    import psycopg

    name = f"bilan_{kind}_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        yield {"DATABASE_URL": urlsplit(given)._replace(path=f"/{name}").geturl()}
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


@pytest.fixture(scope="session")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collected files of all sites: packing them takes seconds."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory, static: Path) -> Iterator[Site]:
    """清河市 with all that pages can show."""
    with served("city", tmp_path_factory.mktemp("city") / "home", static) as site:
        yield site


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory, static: Path) -> Iterator[Site]:
    """清河市 after its data were damaged."""
    with served("broken", tmp_path_factory.mktemp("broken") / "home", static) as site:
        yield site


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory, static: Path) -> Iterator[Site]:
    """A site that has people and nothing else."""
    with served("bare", tmp_path_factory.mktemp("bare") / "home", static) as site:
        yield site


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory, static: Path) -> Iterator[Site]:
    """长春市 before its first plan, with a worker."""
    with served("new", tmp_path_factory.mktemp("new") / "home", static) as site:
        yield site


@dataclass
class Reader:
    """Somebody at a browser, and what his pages complained of."""

    site: Site
    context: BrowserContext
    page: Page
    watch: Watch = field(default_factory=Watch)

    def begins(self) -> None:
        """From now on hear what the pages complain of."""
        self.watch.follow(self.page)
        self.page.on("response", lambda answer: answer.status >= 400 and self._refused(answer))
        self.page.on("requestfailed", self._failed)

    def _refused(self, answer: Any) -> None:
        self.watch.console.append(f"{answer.status} {answer.url}")

    def _failed(self, asked: Any) -> None:
        if asked.failure != "net::ERR_ABORTED":  # the reader left while a part of the page was on its way
            self.watch.console.append(f"failed {asked.url} {asked.failure}")

    def goes(self, words: str) -> int:
        """Open a page, wait until its board is there, and return the status: of the page that came last."""
        self.page.goto(self.site.address(words), wait_until="domcontentloaded")
        self.page.wait_for_selector("#making", state="detached")
        self.page.wait_for_load_state()
        return int(self.page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus"))

    def asks(self, address: str) -> APIResponse:
        """Return what is answered at an address as soon as its board is there."""
        answer = self.context.request.get(address)
        while answer.status == 204 or 'id="making"' in answer.text():
            self.page.wait_for_timeout(300)
            answer = self.context.request.get(address)
        return answer

    def speaks(self, language: str) -> None:
        self.context.add_cookies([{"name": "bilan-language", "value": language, "url": self.site.url}])

    def downloads(self, click: Callable[[Page], None]) -> Path:
        """Return the file that the click fetches."""
        with self.page.expect_download() as fetched:
            click(self.page)
        return fetched.value.path()

    def complaints(self) -> list[str]:
        """What the console said since the last time, what was refused, and other hosts that were asked."""
        others = self.watch.hosts - {urlsplit(self.site.url).hostname}
        found = self.watch.console + [f"asked {host}" for host in others]
        self.watch.console.clear()
        self.watch.hosts.clear()
        return found


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/account/login/")
    page.locator("main [name=username]").fill(name)
    page.locator("main [name=password]").fill(password)
    page.locator("main button.main").click()


@pytest.fixture(scope="module")
def reader(chromium: Browser) -> Iterator[Callable[..., Reader]]:  # noqa: F811
    """Somebody of a name at a site, logged in once; ``public`` is nobody. His settings are those of the last test."""
    made: dict[tuple[str, str], Reader] = {}

    def one(site: Site, who: str, fresh: bool = False, **told: Any) -> Reader:
        if (site.url, who) in made and not fresh:
            return made[site.url, who]
        context = chromium.new_context(base_url=site.url, viewport=DESK, **{"accept_downloads": True, **told})
        context.set_default_timeout(60_000)  # somebody else may use the machine, too
        found = Reader(site, context, context.new_page())
        if who != "public":
            log_in(found.page, who)
            found.page.wait_for_selector("form[action='/account/logout/']", state="attached")
            found.page.wait_for_selector("#making", state="detached")
            found.page.wait_for_load_state()
        found.begins()
        if not fresh:
            made[site.url, who] = found
        return found

    yield one
    for found in made.values():
        found.context.close()


@pytest.fixture(autouse=True)
def _chromium_is_there() -> None:
    if shutil.which("chromium") is None:
        pytest.skip("no chromium: apt-get install chromium")
