"""Starting the portal: what must be there first, then the web server and the worker, until somebody stops them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from bilan.errors import BilanError
from bilan.portal import home as homes

Progress: TypeAlias = Callable[[str, float], None]

_STOP_WITHIN = 15  # seconds that pages and jobs have to end
_LOOK_EVERY = 1.0
_SHORTEST_REST, _LONGEST_REST = 1.0, 60.0  # seconds before a worker that died is started again
_SETTINGS = "bilan.portal.settings"


class ServeError(BilanError):
    """The portal cannot be started; the message says what to do."""


@dataclass(frozen=True)
class Serving:
    """Where to listen, with how many processes, threads and jobs at once, over which data folder."""

    host: str
    port: int
    home: Path | None
    workers: int
    threads: int
    jobs: int
    demo: Path | None = None  # what `bilan demo` wrote


def setup(home: Path | None) -> None:
    """Make the data folder where it is missing and Django ready to use. Raises FileError, SettingError."""
    if home is not None:
        os.environ["BILAN_HOME"] = str(home.resolve())
    homes.prepare(homes.folder())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", _SETTINGS)
    import django

    django.setup()


def prepare() -> tuple[str, str] | None:
    """Bring database, regions and static files up to this version; return the first administrator if one was made."""
    from django.core.management import call_command
    from django.db import DatabaseError

    from bilan.portal.people.administrator import first_administrator
    from bilan.portal.people.regions import sync_regions

    try:
        call_command("migrate", interactive=False, verbosity=0)
        sync_regions()
        call_command("clearsessions")
        call_command("collectstatic", interactive=False, verbosity=0)
        return first_administrator()
    except DatabaseError as error:
        raise ServeError(f"数据库用不了（DATABASE_URL）：{' '.join(str(error).split())}") from error


def prepared(serving: Serving, progress: Progress | None = None) -> None:
    """Make everything ready and say who may log in. Raises ServeError."""
    if sys.platform == "win32":
        raise ServeError("Windows 上不能直接运行，请用 WSL 或容器")
    setup(_with_lake_of(serving.demo, serving.home) if serving.demo else serving.home)
    made = prepare()
    if made:
        print(f"第一个管理员：用户名 {made[0]}，一次性密码 {made[1]}（只显示这一次，登录后须修改）")
    if serving.demo:
        _fill(serving.demo, progress)


def serve_until_stopped(serving: Serving) -> None:
    """Say where the site is, and serve until SIGINT or SIGTERM. Raises ServeError."""
    print(f"门户：{address(serving.host, serving.port)}（按 Ctrl-C 停止）", flush=True)
    supervise(pages_command(serving), jobs_command(serving) if serving.jobs else None)


def _with_lake_of(city: Path, home: Path | None) -> Path:
    """Let the site use the lake of the demo city, and a data folder beside it where none is named."""
    lake = city / "lake"
    if not lake.is_dir():
        raise ServeError(f"{city}：没有演示城市的数据湖，先运行 bilan demo --out {city}")
    os.environ["BILAN_LAKE"] = str(lake.resolve())
    return home or (Path(os.environ["BILAN_HOME"]) if os.environ.get("BILAN_HOME") else city / "portal")


def _fill(city: Path, progress: Progress | None) -> None:
    from bilan.portal.demo import fill

    accounts = fill(progress, city=city)
    print("演示账号（每次启动换新密码，原来的登录随之结束；全部是模拟数据；公众版首页不用登录）：")
    for one in accounts:
        print(f"  {one.username:14} {one.password}  {one.name}（{one.region}，{one.unit}）")


def address(host: str, port: int) -> str:
    """Return what a person on this machine types to see the site.

    >>> address("0.0.0.0", 8000), address("::1", 80)
    ('http://127.0.0.1:8000', 'http://[::1]:80')
    """
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def work(home: Path | None, jobs: int) -> None:
    """Run jobs until SIGINT or SIGTERM; a portal somewhere else keeps the database up to date."""
    os.nice(10)  # whoever reads a page goes before what is made ahead
    setup(home)
    from bilan.portal.jobs.queue import worker

    worker(jobs).run()


def pages_command(serving: Serving) -> list[str]:
    """Return the command of the web server."""
    options = {
        "bind": f"[{serving.host}]:{serving.port}" if ":" in serving.host else f"{serving.host}:{serving.port}",
        "workers": serving.workers,
        "threads": serving.threads,
        "worker-class": "gthread",
        "keep-alive": 30,
        "timeout": 120,
        "graceful-timeout": _STOP_WITHIN,
        "max-requests": 20_000,
        "max-requests-jitter": 2_000,
        "log-level": "warning",
    }
    given = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "gunicorn", *given, "bilan.portal.wsgi:application"]


def jobs_command(serving: Serving) -> list[str]:
    """Return the command of the worker."""
    return [sys.executable, "-m", "bilan", "worker", f"--jobs={serving.jobs}"]


def supervise(pages: list[str], jobs: list[str] | None) -> None:
    """Run both until SIGINT or SIGTERM; a worker that dies is started again, without pages there is nothing left.

    A worker that dies soon after its start rests before the next one, each time twice as long, a minute at most.

    Raises ServeError when the web server ends by itself.
    """
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    web = _begin(pages)
    worker = _begin(jobs) if jobs else None
    begun, rest = time.monotonic(), _SHORTEST_REST
    again: float | None = None
    try:
        while not over.wait(_LOOK_EVERY):
            if web.poll() is not None:
                raise ServeError(f"网页服务自行退出（退出码 {web.returncode}），原因见上")
            if jobs and worker is not None and worker.poll() is not None:
                now = time.monotonic()
                if again is None:
                    rest = _SHORTEST_REST if now - begun > _LONGEST_REST else min(2 * rest, _LONGEST_REST)
                    again = now + rest
                    print(f"bilan: 后台任务进程中断，{rest:.0f} 秒后重新启动", file=sys.stderr)
                elif now >= again:
                    worker, begun, again = _begin(jobs), now, None
    finally:
        _end(web, signal.SIGTERM)
        if worker is not None:
            _end(worker, signal.SIGINT)  # the job that runs may come to its end


def _begin(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process that Ctrl-C does not reach: it ends when we say so."""
    return subprocess.Popen(command, start_new_session=True)


def _end(process: subprocess.Popen[bytes], number: int) -> None:
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(_STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
