"""Who is locked out after too many failed log-ins, and the end of such a lock."""

from __future__ import annotations

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db.models import Sum
from django.utils import timezone


def locked_names() -> frozenset[str]:
    """Return the names that cannot log in at this moment, whatever the password."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    rows = AccessAttempt.objects.filter(attempt_time__gte=since, username__isnull=False)  # one for each browser
    failed = rows.values("username").order_by().annotate(failures=Sum("failures_since_start"))
    locked = failed.filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    return frozenset(locked.values_list("username", flat=True))


def unlock(username: str) -> int:
    """Forget the failures of a name; return how many records of them there were."""
    return int(reset(username=username))
