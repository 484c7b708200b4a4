"""How fast the portal answers: 50 people who read, while a gateway writes 100 frames a second into the same lake.

    python bench/portal.py [FOLDER] [--readers 50] [--pause 2] [--warm-up 20] [--seconds 60] [--frames 100] [--cold]
    DATABASE_URL=postgres://… python bench/portal.py …

Fills a site in FOLDER (default: one that is thrown away) with the demo city, serves it as ``bilan serve`` does with two
processes, and lets the readers open the board and the pages of targets, each with a ``--pause`` of so many seconds on
average between two pages and an account of his own; they are timed after a ``--warm-up``, when every process has its
board. Before that one reader opens every page of a target once, so that its proof is there where the worker has not
made it ahead; how long this took is printed beside. With ``--cold`` nobody does, and of what was kept from an earlier
run in FOLDER nothing is left: worker and pages compute while people read. Then the same with a plan of 300 targets in
a city and its 20 districts over 60 stations and five years of hours (``--targets``, ``--stations``, ``--years``).
Prints the 50th and 95th percentile of each kind of page and their ratio to the baseline, the log-in page under the
same load, which needs neither board nor lake; what the first page and the next one weigh; and how long the machine
takes to count to ten million, without load. The database is SQLite, or the empty one that ``DATABASE_URL`` names.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urljoin

import board as board_bench

HOST = "127.0.0.1"
READY = 120.0  # seconds that a server may take to answer
_ASSET = re.compile(rb'(?:src|href)="(/static/[^"]+)"')
_PART = re.compile(rb'(?:hx-get|data-chart-url)="([^"]+)"')  # what the page asks for as soon as it is there
_WAIT = re.compile(rb'id="making"')  # what a page says whose board is still computed
_PROOF = re.compile(rb'id="proof" hx-get')  # what a page of a target says whose proof is still computed


@dataclass(frozen=True, slots=True)
class Load:
    """So many readers, who rest ``pause`` seconds on average, for so many seconds after those of the warm-up."""

    readers: int
    pause: float
    warm_up: float
    seconds: float
    cold: bool = False


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--pause", type=float, default=2.0)
    parser.add_argument("--warm-up", type=float, default=20.0, help="seconds that are not timed")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--frames", type=int, default=100, help="a second, written by a gateway all the while")
    parser.add_argument("--cold", action="store_true", help="nothing is computed before people read")
    parser.add_argument("--targets", type=int, default=300)
    parser.add_argument("--stations", type=int, default=60)
    parser.add_argument("--years", type=int, default=5)
    asked = parser.parse_args()
    load = Load(asked.readers, asked.pause, asked.warm_up, asked.seconds, asked.cold)
    with tempfile.TemporaryDirectory(prefix="bilan-bench-") as passing:
        folder = (asked.folder or Path(passing)).resolve()
        home = folder / "home"
        os.environ["BILAN_HOME"] = str(home)
        sessions, pages = demo_site(home, load.readers)
        print(f"this machine counts to ten million in {pace():.2f} s")
        measure("demo city", home, home / "lake", sessions, pages, load, asked.frames)
        lake = board_bench.lake_of(folder / "site", asked.stations, asked.years)  # its own: the gateway adds to it
        pages = large_plan(asked.targets, asked.years, lake)
        name = f"{asked.targets} targets x 21 regions"
        measure(name, home, lake, sessions, pages, load, asked.frames)
    return 0


# --- the site ---


def demo_site(home: Path, readers: int) -> tuple[list[str], dict[str, list[str]]]:
    """Fill the site with the demo city; return sessions of ``readers`` who read all, and the addresses of pages."""
    from bilan.portal.serve import prepare, setup

    setup(home)
    prepare()
    from bilan.portal.demo import SLUG, fill
    from bilan.portal.plans.models import Plan

    only(SLUG)
    fill()
    plan = Plan.objects.select_related("current").get(pk=SLUG)
    return [session_of_reader(number) for number in range(readers)], pages_of(plan)


def only(slug: str) -> None:
    """Let no other plan be in force: what it shows would be computed beside what is measured, from another lake."""
    from django.utils import timezone

    from bilan.portal.plans.models import Plan

    Plan.objects.exclude(pk=slug).update(withdrawn=timezone.now())
    Plan.objects.filter(pk=slug).update(withdrawn=None)


def session_of_reader(number: int) -> str:
    """Return the key of a session of a leader, who reads everything, logged in a moment ago."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, login
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest

    from bilan.portal.people.models import Membership, User

    name = f"bench-{number}"
    user = User.objects.filter(username=name).first() or User.objects.create_user(name, name=name)
    Membership.objects.get_or_create(user=user, role="leader")
    request = HttpRequest()
    request.session = SessionStore()
    request.META["REMOTE_ADDR"] = HOST
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert {SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY} <= set(request.session.keys())
    request.session.save()
    return str(request.session.session_key)


def pages_of(plan: Any) -> dict[str, list[str]]:
    """Return the addresses that readers open, by kind."""
    from django.urls import reverse

    targets = [one.id for one in plan.current.compiled_plan().targets]
    return {
        "log-in": [reverse("people:login")],
        "board": [f"{reverse('board:board')}?plan={plan.pk}"],
        "target": [reverse("board:target", args=[plan.pk, one]) for one in targets],
    }


def large_plan(targets: int, years: int, lake: Path) -> dict[str, list[str]]:
    """Publish the plan of ``bench/board.py`` with a goal of its own for every district."""
    from django.conf import settings

    from bilan.portal.board.models import Entry
    from bilan.portal.people.models import Region, User
    from bilan.portal.people.regions import sync_regions
    from bilan.portal.plans.models import Document, Draft, Plan, Version

    settings.BILAN_LAKE = lake
    sync_regions()
    region, user = Region.objects.get(pk=board_bench.CITY), User.objects.get(username="bench-0")
    compiled = board_bench.plan_of(targets, years)
    slug = f"bench-{targets}-{years}"
    plan, made = Plan.objects.get_or_create(slug=slug, defaults={"title": slug, "region": region})
    only(slug)
    if made:
        told: dict[str, Any] = {"plan": plan, "region": region}
        file = Document.objects.exclude(file=None).first()
        document = Document.objects.create(file=file.file, uploaded_by=user, **told)
        json = compiled.model_dump_json()
        draft = Draft.objects.create(document=document, compiled=json, started_by=user, state="published", **told)
        version = {"number": 1, "draft": draft, "document": document, "compiled": json, "published_by": user}
        plan.current = Version.objects.create(digest=compiled.plan.version, **version, **told)
        plan.save()
        Entry.objects.bulk_create(
            Entry(
                plan=plan,
                region_id=one.region,
                district=True,
                target=one.target,
                what=one.what,
                value=one.value,
                shown=str(one.value),
                reason=one.reason,
                by=one.by,
                on=one.on,
                author=user,
            )
            for one in board_bench.entries_of(targets)
        )
    return pages_of(plan)


# --- the load ---


def measure(
    name: str, home: Path, lake: Path, sessions: list[str], pages: dict[str, list[str]], load: Load, frames: int
) -> None:
    """Serve the site, write frames into its lake, let people read, and print what it took."""
    if load.cold:
        shutil.rmtree(home / "kept", ignore_errors=True)
    with serving(home, lake) as port, gateway(home, lake, frames):
        for kind in ("board", "target"):
            wait_until_made(port, sessions[0], pages[kind][0])
        opened = [first_opening(port, sessions[0], address) for address in pages["target"] if not load.cold]
        told = read(port, sessions, pages, load)
        weights = {kind: weight(port, sessions[0], pages[kind][0]) for kind in ("board", "target")}
    database = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    print(f"{name}, {database}, {load.readers} readers, {frames} frames/s:")
    _, base = percentiles(told["log-in"])
    if opened:
        cuts = "p50 {:.0f} ms, p95 {:.0f} ms, with the proof".format(*(1000 * cut for cut in percentiles(opened)))
        print(f"  first opening of each of {len(opened)} target pages, nobody else reading: {cuts}")
    for kind, times in told.items():
        half, most = percentiles(times)
        print(f"  {kind:8} {len(times):5} pages, p50 {half * 1000:5.0f} ms, p95 {most * 1000:5.0f} ms", end="")
        print(f", {most / base:.2f} of the log-in page")
    for kind, (first, after) in weights.items():
        print(f"  {kind}: {first / 1e6:.2f} MB on the first visit, {after / 1e3:.0f} kB after", flush=True)


def pace() -> float:
    """Return the seconds that a plain loop takes: machines that are shared are not the same from hour to hour."""
    begun = time.perf_counter()
    for _ in range(10_000_000):
        pass
    return time.perf_counter() - begun


def percentiles(times: Sequence[float]) -> tuple[float, float]:
    cut = quantiles(times, n=20)
    return cut[9], cut[18]


@contextmanager
def serving(home: Path, lake: Path) -> Iterator[int]:
    """Run ``bilan serve`` on a free port until the block is over."""
    port = free_port()
    command = [sys.executable, "-m", "bilan", "serve", f"--home={home}", f"--port={port}"]
    with running(command, BILAN_LAKE=str(lake)):
        begun = time.monotonic()
        while time.monotonic() - begun < READY:
            try:
                get(http.client.HTTPConnection(HOST, port, timeout=10), "/account/login/", "")
                break
            except OSError:
                time.sleep(0.3)
        yield port


@contextmanager
def gateway(home: Path, lake: Path, frames: int) -> Iterator[None]:
    """Run a gateway that loads into the lake, and outlets that send so many frames a second."""
    if not frames:
        yield
        return
    port, store, register = free_port(), home / f"hj212-{lake.parent.name}", home / "register.csv"
    faster = 30  # a frame every 30 seconds, sent every second: few outlets, as they become stations of the lake
    every = [f"--outlets={frames}", f"--rtd={faster}", f"--register={register}", "--duration=7d"]
    bilan = [sys.executable, "-m", "bilan"]
    subprocess.run([*bilan, "hj212", "simulate", *every, "--count=1", "--output=-"], check=True, capture_output=True)
    listen = [*bilan, "gateway", f"--listen={HOST}:{port}", f"--store={store}", f"--lake={lake}"]
    send = [*bilan, "hj212", "simulate", *every, f"--to={HOST}:{port}", f"--speed={faster}", "--quiet"]
    with running([*listen, f"--register={register}", "--log-level=error"]), running(send):
        yield


@contextmanager
def running(command: list[str], **environment: str) -> Iterator[None]:
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def wait_until_made(port: int, session: str, address: str) -> None:
    """Open a page until it shows its board: that of the first reader is still computed."""
    line = http.client.HTTPConnection(HOST, port, timeout=READY)
    begun = time.monotonic()
    while time.monotonic() - begun < READY:
        if not _WAIT.search(get(line, address, session)[0]):
            return
        time.sleep(1)
    raise SystemExit(f"{address}: still not made after {READY} s")


def first_opening(port: int, session: str, address: str) -> float:
    """Return the seconds until a page of a target is there with its proof."""
    line, begun = http.client.HTTPConnection(HOST, port, timeout=READY), time.monotonic()
    while _PROOF.search(get(line, address, session)[0]) and time.monotonic() - begun < READY:
        time.sleep(0.1)
    return time.monotonic() - begun


def read(port: int, sessions: list[str], pages: dict[str, list[str]], load: Load) -> dict[str, list[float]]:
    """Let the readers read; return the seconds of every page by kind."""
    told: dict[str, list[float]] = defaultdict(list)
    begin = time.monotonic() + load.warm_up
    threads = [
        threading.Thread(target=reader, args=(port, session, pages, load, begin, number, told))
        for number, session in enumerate(sessions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {kind: told[kind] for kind in pages}


def reader(
    port: int,
    session: str,
    pages: dict[str, list[str]],
    load: Load,
    begin: float,
    number: int,
    told: dict[str, list[float]],
) -> None:
    chance = random.Random(number)
    line = http.client.HTTPConnection(HOST, port, timeout=60)
    time.sleep(chance.uniform(0, load.pause))
    while (begun := time.monotonic()) < begin + load.seconds:
        kind = chance.choice(list(pages))
        get(line, chance.choice(pages[kind]), "" if kind == "log-in" else session)
        if begun >= begin:
            told[kind].append(time.monotonic() - begun)
        time.sleep(chance.expovariate(1 / load.pause) if load.pause else 0)


def get(line: http.client.HTTPConnection, address: str, session: str) -> tuple[bytes, int]:
    """Return the page and how many bytes came over the line. Ends the run where it is not answered."""
    cookies = {"Cookie": f"bilan-session={session}"} if session else {}
    try:
        line.request("GET", address, headers={"Accept-Encoding": "br, gzip", **cookies})
        answer = line.getresponse()
    except http.client.RemoteDisconnected:  # the server ended a line that had rested; browsers open another, too
        line.close()
        line.request("GET", address, headers={"Accept-Encoding": "br, gzip", **cookies})
        answer = line.getresponse()
    content = answer.read()
    if answer.status not in (http.HTTPStatus.OK, http.HTTPStatus.NO_CONTENT):  # a part that is not made yet
        raise SystemExit(f"{address}: answered {answer.status}")
    plain = gzip.decompress(content) if answer.getheader("Content-Encoding") == "gzip" else content
    return plain, len(content)


def weight(port: int, session: str, address: str) -> tuple[int, int]:
    """Return the bytes of a first visit to the page, all that it loads included, and of the next one.

    Files under ``/static`` carry their hash in their names, and browsers keep them; parts and charts come again.
    """
    line = http.client.HTTPConnection(HOST, port, timeout=60)
    page, size = get(line, address, session)
    loaded = {kind: {unescape(one.decode()) for one in kind.findall(page)} for kind in (_ASSET, _PART)}
    size += sum(get(line, urljoin(address, one), session)[1] for one in loaded[_PART])
    return size + sum(get(line, one, session)[1] for one in loaded[_ASSET]), size


if __name__ == "__main__":
    sys.exit(main())
