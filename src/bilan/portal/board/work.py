"""What pages of the latest day show is computed and kept ahead: the first reader of new data waits for nothing."""

from __future__ import annotations

import logging
import time
from collections.abc import Hashable, Iterator
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from huey import crontab

from bilan.portal.audit.record import last_change
from bilan.portal.board.boards import NoLakeError, board_of, explained_ahead, past_of
from bilan.portal.board.choosing import published_plans
from bilan.portal.board.lake import latest_day
from bilan.portal.board.sources import Asked
from bilan.portal.board.store import NotMadeError
from bilan.portal.jobs.chores import chore
from bilan.portal.jobs.models import Job, State

if TYPE_CHECKING:
    from bilan.portal.plans.models import Plan

logger = logging.getLogger(__name__)

_AT_MOST = 20.0  # seconds of one run; the next one goes on
_PATIENCE = 20.0  # seconds that a run waits for a board, which goes on being made
_done: dict[tuple[str, bool], Hashable] = {}  # of a plan, for the office or for everybody: what all was made from


class Round:
    """What is missing of all plans, made piece by piece; a run goes on where the last one stopped."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._left: Iterator[None] | None = None

    def run(self) -> None:
        """Make pieces for :data:`_AT_MOST` seconds; nothing while another run is at it, or people wait for a job."""
        if not self._turn.acquire(blocking=False):
            return
        try:
            if _somebody_waits():
                return
            until = time.monotonic() + _AT_MOST
            self._left = self._left or _pieces()
            for _made in self._left:
                if time.monotonic() > until or _somebody_waits():
                    return
            self._left = None
        except NoLakeError:
            self._left = None
        finally:
            self._turn.release()


chore("board.ahead", crontab(), at_once=False)(Round().run)


def _somebody_waits() -> bool:
    return Job.objects.filter(state=State.QUEUED).exists()


def _pieces() -> Iterator[None]:
    """Do the work of a round; a plan that cannot be made stands in no other's way."""
    for slug in list(published_plans().values_list("pk", flat=True)):
        plan = published_plans().filter(pk=slug).first()  # as it is when its turn comes
        if plan is None:
            continue
        for public in (False, True):
            try:
                yield from _of_plan(plan, public=public)
            except NoLakeError:
                raise
            except NotMadeError:
                continue  # the log has its reason
            except Exception:
                logger.exception("%s: not made ahead", plan.pk)


def _of_plan(plan: Plan, *, public: bool) -> Iterator[None]:
    assert plan.current is not None
    changed = last_change()
    asked = Asked(plan.current, latest_day(), plan.region_id, public=public)
    answer = board_of(asked, _PATIENCE, fresh=True)
    yield
    if answer is None or _done.get((plan.pk, public)) == (asked.key, answer.value.key):
        return
    whole = past_of(asked, _PATIENCE) is not None
    yield
    for _target in explained_ahead(asked, answer.value):
        yield
        if last_change() != changed:  # nobody will ask for the rest
            return
    with suppress(NotMadeError):  # what changed since then is told without it
        whole = board_of(asked.week_before, _PATIENCE) is not None and whole
    if whole:
        _done[plan.pk, public] = (asked.key, answer.value.key)
