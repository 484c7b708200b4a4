"""What the jobs themselves need: nobody waits for a job that no queue holds."""

from __future__ import annotations

from huey import crontab

from bilan.portal.jobs.chores import chore
from bilan.portal.jobs.recover import recover

chore("jobs.recover", crontab())(recover)
