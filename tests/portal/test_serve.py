"""``bilan serve``: from nothing to a site, and back to nothing left running; settings fit for the open."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.http import StreamingHttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

BILAN = [sys.executable, "-m", "bilan"]
ROOT = Path(__file__).parents[2]


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BILAN_", "DJANGO_"))}
    kept.pop("DATABASE_URL", None)
    return {**kept, "BILAN_HOME": str(home), **more}


@pytest.fixture
def database() -> Iterator[dict[str, str]]:
    """Nothing, so that the site uses SQLite; where the tests run on PostgreSQL, a database of its own there."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield {}
        return
    import psycopg

    name = f"bilan_serve_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        try:
            yield {"DATABASE_URL": urlsplit(given)._replace(path=f"/{name}").geturl()}
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def answered(url: str, seconds: float = 60) -> tuple[int, str]:
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url) as answer:
                return answer.status, answer.read().decode()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def children_of(number: int) -> list[int]:
    shown = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, encoding="ascii", check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in shown.splitlines()]
    found = [child for child, parent in pairs if parent == number]
    return found + [below for child in found for below in children_of(child)]


def health(port: int, **more: str) -> bool:
    code = f"import sys; from bilan.portal.health import pages_answer; sys.exit(not pages_answer({port}))"
    env = {**os.environ, **more}
    return subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_serve_makes_a_site_and_stops_everything_it_started(
    tmp_path: Path, database: dict[str, str], number: signal.Signals
) -> None:
    home, port = tmp_path / "data", free_port()
    command = [*BILAN, "serve", "--port", str(port), "--home", str(home), "--workers", "1"]
    env = environment(home, **database)
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, encoding="utf-8")
    try:
        patience = 180 if database else 60  # a database of its own is made there first
        status, page = answered(f"http://127.0.0.1:{port}/account/login/", patience)
        assert status == 200
        sheet = re.search(r'href="(/static/core/tokens\.[0-9a-f]{12}\.css)"', page)
        assert sheet, "static files have no hash in their names"
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{sheet[1]}", headers={"Accept-Encoding": "br"})
        with urllib.request.urlopen(asked) as answer:
            assert answer.headers["Content-Encoding"] == "br"
            assert "immutable" in answer.headers["Cache-Control"]
        asked = {"BILAN_HOSTS": "", "BILAN_HTTPS": ""}
        assert health(port, **asked)
        assert not health(port, **{**asked, "BILAN_HOSTS": "elsewhere.example"})  # a name that the site does not know
        assert not health(free_port(), **asked)
        started = children_of(process.pid)
        assert len(started) >= 3  # web server, its worker process, the worker for jobs
    finally:
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert re.search(r"用户名 admin，一次性密码 (\w{5}-){3}\w{5}", out)
    assert f"http://127.0.0.1:{port}" in out
    assert [one for one in started if Path(f"/proc/{one}").exists()] == []
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600
    assert (home / "db.sqlite3").exists() is not bool(database)
    verified = subprocess.run([*BILAN, "audit", "verify"], env=env, capture_output=True, encoding="utf-8", check=False)
    assert (verified.returncode, "没有不符" in verified.stdout) == (0, True)


def demo_commands() -> list[list[str]]:
    """What `make demo` runs, by the words after ``bilan``."""
    recipe = re.search(r"^demo:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert recipe
    return [line.removeprefix("\t$(BIN)/bilan ").split() for line in recipe[1].splitlines()]


def opened_by(username: str, password: str, site: str) -> str:
    """The page of one's own account after a log-in through the form."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(f"{site}/account/login/") as answer:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
    assert token
    told = {"username": username, "password": password, "next": "/account/", "csrfmiddlewaretoken": token[1]}
    with browser.open(f"{site}/account/login/", urlencode(told).encode()) as answer:
        assert (answer.status, answer.url) == (200, f"{site}/account/"), username
        page: str = answer.read().decode()
    return page


def test_make_demo_prints_accounts_that_open_a_site(tmp_path: Path, database: dict[str, str]) -> None:
    """What it runs, with fewer days and a port that is free."""
    simulate, serve = demo_commands()
    env = environment(tmp_path, **database)
    del env["BILAN_HOME"]
    subprocess.run(
        [*BILAN, *simulate, "--from", "2026-07-01"], cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, check=True
    )
    port, printed = free_port(), tmp_path / "printed"
    with printed.open("w", encoding="utf-8") as out:
        process = subprocess.Popen([*BILAN, *serve, "--port", str(port)], cwd=tmp_path, env=env, stdout=out)
    site, started = f"http://127.0.0.1:{port}", []
    try:
        status, page = answered(f"{site}/public/", seconds=300)
        end = time.monotonic() + 120
        while "模拟数据" not in page and time.monotonic() < end:  # the page says that the board is being made
            status, page = answered(f"{site}/public/")
            time.sleep(0.5)
        told = printed.read_text(encoding="utf-8")
        started = children_of(process.pid)
        assert (status, "清河市" in page, "模拟数据" in page) == (200, True, True)
        with urllib.request.urlopen(site) as answer:  # led nowhere else
            assert (answer.status, answer.url.rstrip("/")) == (200, site)
        assert f"门户：{site}（" in told
        accounts = re.findall(r"^  (demo-\w+) +(\S+)  (\S+)（", told, re.MULTILINE)
        roles = {"admin", "plan", "linjiang", "donghu", "analyst", "leader"}
        assert {username.removeprefix("demo-") for username, _, _ in accounts} == roles
        for username, password, name in accounts:
            assert name in opened_by(username, password, site), username
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    assert process.returncode == 0
    assert len(started) >= 4  # web server, its two worker processes, the worker for jobs
    assert [one for one in started if Path(f"/proc/{one}").exists()] == []
    assert (tmp_path / "out" / "portal" / "secret.key").exists()
    assert (tmp_path / "out" / "portal" / "db.sqlite3").exists() is not bool(database)


def test_verify_names_the_broken_entry_with_code_3(tmp_path: Path, database: dict[str, str]) -> None:
    env = environment(tmp_path, **database)
    code = (
        "from bilan.portal import serve; serve.setup(None); serve.prepare()\n"
        "from django.db import connection; from bilan.portal.audit import guards; guards.remove()\n"
        "connection.cursor().execute(\"UPDATE audit_entry SET label = 'x' WHERE number = 2\")"
    )
    subprocess.run([sys.executable, "-c", code], env=env, check=True)
    found = subprocess.run([*BILAN, "audit", "verify"], env=env, capture_output=True, encoding="utf-8", check=False)
    assert (found.returncode, "第 2 条" in found.stderr) == (3, True)


def test_verify_of_an_empty_folder_says_so(tmp_path: Path, database: dict[str, str]) -> None:
    env = environment(tmp_path, **database)
    found = subprocess.run([*BILAN, "audit", "verify"], env=env, capture_output=True, encoding="utf-8", check=False)
    assert found.returncode == 1
    assert "Traceback" not in found.stderr
    assert "bilan serve" in found.stderr


def test_without_the_extra_a_clear_line_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['django'] = None; import bilan.cli; sys.exit(bilan.cli.main(['audit', 'verify']))"
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), capture_output=True, encoding="utf-8", check=False
    )
    assert found.returncode == 1
    assert "pip install 'bilan[portal]'" in found.stderr


def test_a_port_that_is_taken_ends_with_a_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [*BILAN, "serve", "--port", str(taken.getsockname()[1]), "--jobs", "0"]
        found = subprocess.run(
            command, env=environment(tmp_path), capture_output=True, encoding="utf-8", check=False, timeout=120
        )
    assert found.returncode == 1
    assert "Traceback" not in found.stderr.rpartition("bilan:")[2]


def test_check_deploy_is_clean_behind_https(tmp_path: Path) -> None:
    env = environment(tmp_path, BILAN_HTTPS="1", BILAN_PROXIES="1", BILAN_HOSTS="plan.example.cn")
    code = (
        "from bilan.portal import serve; serve.setup(None)\n"
        "from django.core.management import call_command; call_command('check', deploy=True, fail_level='WARNING')"
    )
    found = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, encoding="utf-8", check=False)
    assert found.returncode == 0, found.stderr
    assert "no issues" in found.stdout


def test_a_password_of_the_database_is_taken_as_it_is(tmp_path: Path) -> None:
    password = "p@ss:/w#r%d?&$ 密"
    env = environment(tmp_path, DATABASE_URL="postgres://bilan@database/bilan", BILAN_DB_PASSWORD=password)
    code = "from bilan.portal.settings import DATABASES; print(ascii(DATABASES['default']['PASSWORD']))"
    found = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, encoding="ascii", check=True)
    assert found.stdout.strip() == ascii(password)


def test_health_of_the_worker_is_told_by_the_jobs_that_wait(tmp_path: Path, database: dict[str, str]) -> None:
    env = environment(tmp_path, **database)
    asked = [sys.executable, "-m", "bilan.portal.health", "worker"]
    assert subprocess.run(asked, env=env, capture_output=True, check=False).returncode == 1  # there is no database yet
    code = "from bilan.portal import serve; serve.setup(None); serve.prepare()"
    subprocess.run([sys.executable, "-c", code], env=env, check=True)
    assert subprocess.run(asked, env=env, capture_output=True, check=False).returncode == 0


def test_a_setting_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    env = environment(tmp_path, BILAN_LOCKOUT_FAILURES="many")
    found = subprocess.run([*BILAN, "audit", "verify"], env=env, capture_output=True, encoding="utf-8", check=False)
    assert (found.returncode, "BILAN_LOCKOUT_FAILURES" in found.stderr) == (1, True)


def test_no_migration_is_missing(db: None) -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def policy(answer: Any) -> dict[str, str]:
    header = answer.headers["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


@pytest.mark.parametrize("url", ["/account/login/", "/no-such-page/", "/"])
def test_pages_tell_browsers_to_be_strict(db: None, url: str) -> None:
    answer = Client().get(url)
    told = policy(answer)
    assert told["default-src"] == "'none'"
    assert {told[name] for name in ("script-src", "style-src", "img-src", "font-src", "connect-src")} == {"'self'"}
    assert not re.search(r"unsafe|\*|http|data:|blob:", answer.headers["Content-Security-Policy"])
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_the_server_is_given_no_body_for_head(db: None, rf: RequestFactory) -> None:
    """It would drop one with a line in the log for each."""
    from bilan.portal.core.head import NoBody
    from bilan.portal.wsgi import application

    told: dict[str, str] = {}
    body = application(rf.head("/account/login/").environ, lambda status, headers: told.update(headers))
    assert b"".join(body) == b"" and int(told["Content-Length"]) > 1000
    assert Client().get("/account/login/").content
    for method, sent in ((rf.head, b""), (rf.get, b"ab")):
        answer: Any = NoBody(lambda request: StreamingHttpResponse([b"a", b"b"]))(method("/"))
        assert b"".join(answer) == sent


def test_pages_of_a_person_stay_out_of_caches(client_of: Any) -> None:
    assert "no-store" in client_of("officer").get("/account/").headers["Cache-Control"]


def test_an_unknown_host_is_refused(db: None) -> None:
    assert Client(headers={"host": "evil.example"}).get("/account/login/").status_code == 400


def test_the_demo_is_not_poured_into_a_site_that_people_work_on(people: Any) -> None:
    from bilan.errors import BilanError
    from bilan.portal import demo
    from bilan.portal.people.models import User

    User.objects.filter(pk=people.plan_office.pk).update(last_login=timezone.now())
    before = User.objects.count()
    with pytest.raises(BilanError, match="已经在用"):
        demo.fill(warm=False)
    assert User.objects.count() == before


def test_a_worker_that_cannot_start_is_begun_again_ever_more_rarely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from bilan.portal import serve

    monkeypatch.setattr(serve, "_LOOK_EVERY", 0.02)
    monkeypatch.setattr(serve, "_SHORTEST_REST", 0.1)
    monkeypatch.setattr(signal, "signal", lambda *told: None)
    begun = tmp_path / "begun"
    pages = [sys.executable, "-c", "import time; time.sleep(3)"]
    with pytest.raises(serve.ServeError):  # the pages end, which is noticed while the worker rests
        serve.supervise(pages, [sys.executable, "-c", f"open({str(begun)!r}, 'a').write('x')"])
    assert 2 <= len(begun.read_text()) <= 5
    assert "后台任务进程中断" in capfd.readouterr().err
