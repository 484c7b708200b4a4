"""What the worker does for the files."""

from __future__ import annotations

from huey import crontab

from bilan.portal.files.sweep import sweep
from bilan.portal.jobs.chores import chore

chore("files.sweep", crontab(hour="19", minute="20"))(sweep)  # UTC: at night here
