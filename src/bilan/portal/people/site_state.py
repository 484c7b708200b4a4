"""What the site runs with: each setting with its value and where it comes from, versions, the lake, the worker."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilan import __version__
from bilan.policy import resource_version
from bilan.portal.board.lake import state as lake_state
from bilan.portal.core.speech import day_words
from bilan.portal.jobs.models import SILENT, Job, State

PING = "people.ping"  # the kind of job that only shows that a worker takes jobs
_WAITS_TOO_LONG = timedelta(minutes=1)


@dataclass(frozen=True)
class Setting:
    """An environment variable: what it is for, what holds now, and whether it was set or is the default."""

    name: str
    meaning: str
    value: str
    given: bool


# name, what it is for, what holds now; values of secrets are not among them
_KNOWN: tuple[tuple[str, Any, Callable[[], Any]], ...] = (
    ("BILAN_HOME", gettext_lazy("数据文件夹"), lambda: settings.BILAN_HOME),
    ("BILAN_LAKE", gettext_lazy("数据湖"), lambda: settings.BILAN_LAKE),
    ("BILAN_SECRET_KEY", gettext_lazy("签名密钥"), lambda: _("（不显示）")),
    ("DATABASE_URL", gettext_lazy("数据库"), lambda: settings.DATABASES["default"]),
    ("BILAN_DB_PASSWORD", gettext_lazy("数据库的密码"), lambda: _hidden(os.environ.get("BILAN_DB_PASSWORD"))),
    ("BILAN_HOSTS", gettext_lazy("访问时可用的主机名"), lambda: settings.ALLOWED_HOSTS),
    ("BILAN_HTTPS", gettext_lazy("只经 HTTPS 访问"), lambda: settings.BILAN_HTTPS),
    ("BILAN_PROXIES", gettext_lazy("前面有几层反向代理"), lambda: settings.BILAN_PROXIES),
    ("BILAN_ORIGINS", gettext_lazy("另外信任的来源"), lambda: settings.CSRF_TRUSTED_ORIGINS),
    ("BILAN_LOCKOUT_FAILURES", gettext_lazy("连续登录失败几次锁定"), lambda: settings.AXES_FAILURE_LIMIT),
    ("BILAN_LOCKOUT_MINUTES", gettext_lazy("锁多少分钟"), lambda: _in(settings.AXES_COOLOFF_TIME, minutes=1)),
    (
        "BILAN_SESSION_IDLE_MINUTES",
        gettext_lazy("多少分钟不操作要重新登录"),
        lambda: _in(settings.BILAN_SESSION_IDLE, minutes=1),
    ),
    ("BILAN_SESSION_HOURS", gettext_lazy("登录后最长几小时"), lambda: _in(settings.BILAN_SESSION_LONGEST, hours=1)),
    ("BILAN_MOST_UPLOAD_MB", gettext_lazy("一个上传文件的上限（MB）"), lambda: settings.BILAN_MOST_UPLOAD >> 20),
    ("BILAN_MOST_PAGES", gettext_lazy("一个 PDF 的页数上限"), lambda: settings.BILAN_MOST_PAGES),
    (
        "BILAN_PARSE_MEMORY_MB",
        gettext_lazy("读一份文件最多用的内存（MB）"),
        lambda: settings.BILAN_PARSE_MEMORY >> 20,
    ),
    ("BILAN_PARSE_SECONDS", gettext_lazy("读一份文件最多用的秒数"), lambda: settings.BILAN_PARSE_SECONDS),
    ("BILAN_REDIS", gettext_lazy("任务队列用的 Redis"), lambda: _hidden(settings.BILAN_REDIS)),
    ("BILAN_JOBS_RUNNING", gettext_lazy("一个人同时最多的任务数"), lambda: settings.BILAN_JOBS_RUNNING),
    ("BILAN_JOBS_HOURLY", gettext_lazy("一个人每小时最多的任务数"), lambda: settings.BILAN_JOBS_HOURLY),
    ("BILAN_JOBS_AT_ONCE", gettext_lazy("任务在网页进程里立刻做完"), lambda: settings.BILAN_JOBS_AT_ONCE),
    ("BILAN_LOG_LEVEL", gettext_lazy("日志级别"), lambda: os.environ.get("BILAN_LOG_LEVEL", "WARNING").upper()),
    ("BILAN_PORTAL_DEBUG", gettext_lazy("显示错误细节"), lambda: settings.DEBUG),
)


def settings_now() -> list[Setting]:
    """Return every setting."""
    return [Setting(name, str(words), _told(value()), bool(os.environ.get(name))) for name, words, value in _KNOWN]


def _told(value: Any) -> str:
    if isinstance(value, dict):
        value = _database(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return str(value) if value not in ("", None) else "—"


def _hidden(secret: str | None) -> str:
    return _("已设（不显示）") if secret else ""


def _in(span: timedelta, **one: int) -> int:
    return int(span / timedelta(**one))


def _database(told: Mapping[str, Any]) -> str:
    """The database without the user and the password that its address may hold."""
    name = str(told["NAME"])
    return f"SQLite {name}" if connection.vendor == "sqlite" else f"{connection.display_name} {told['HOST']}/{name}"


def versions() -> list[tuple[str, str]]:
    """Return the versions of everything that figures and pages depend on."""
    return [
        ("bilan", __version__),
        (_("标准和政策数据"), resource_version()),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        (connection.display_name, _database_version()),
    ]


def _database_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select sqlite_version()" if connection.vendor == "sqlite" else "show server_version")
        return str(cursor.fetchone()[0])


def lake() -> list[tuple[str, str]]:
    """Return what is known of the lake; nothing where there is none."""
    known = lake_state()
    if known is None:
        return []
    last = day_words(known.last_day) if known.last_day else "—"
    return [(_("编号"), known.lake), (_("版本"), str(known.version)), (_("最后有数据的一天"), last)]


@dataclass(frozen=True)
class Worker:
    """Whether jobs are taken: ``working``, ``stuck`` (some wait and nobody takes them) or ``idle``; the last sign."""

    state: str
    waiting: int
    running: int
    last_sign: datetime | None


def worker() -> Worker:
    """Return how the worker of jobs is doing, by what the jobs show."""
    now = timezone.now()
    running = Job.objects.filter(state=State.RUNNING, heartbeat__gte=now - SILENT).count()
    waiting = Job.objects.filter(state=State.QUEUED)
    oldest = waiting.aggregate(at=Min("created"))["at"]
    signs = Job.objects.aggregate(heard=Max("heartbeat"), began=Max("started"))
    last = max((at for at in signs.values() if at is not None), default=None)
    stuck = not running and oldest is not None and now - oldest > _WAITS_TOO_LONG
    return Worker("working" if running else "stuck" if stuck else "idle", waiting.count(), running, last)
