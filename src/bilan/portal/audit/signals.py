"""Log-ins, failures, locks and log-outs into the log."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from bilan.portal.audit.record import record

_LONGEST = 64  # of a name that nobody may have


@receiver(user_logged_in, dispatch_uid="audit.login")
def _logged_in(user: Any, **_: Any) -> None:
    record("session.login", row=user, actor=user)


@receiver(user_logged_out, dispatch_uid="audit.logout")
def _logged_out(user: Any = None, **_: Any) -> None:
    if user is not None:
        record("session.logout", row=user, actor=user)


@receiver(user_login_failed, dispatch_uid="audit.failed")
def _failed(credentials: Any = None, **_: Any) -> None:
    record("session.failed", label=str((credentials or {}).get("username", ""))[:_LONGEST])


@receiver(user_locked_out, dispatch_uid="audit.locked")
def _locked(username: str = "", **_: Any) -> None:
    record("session.locked", label=str(username)[:_LONGEST])
