"""What a board is made from apart from the lake: the plan of a version, and what people decided about it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Count, Max

from bilan.board.entries import Entries
from bilan.board.entries import Entry as Decision
from bilan.board.facts import SIMULATED
from bilan.policy.told import Told
from bilan.portal.board.changes import DAYS
from bilan.portal.board.models import Entry
from bilan.portal.core.held import Held

if TYPE_CHECKING:
    from bilan.plan.model import CompiledPlan
    from bilan.portal.plans.models import Plan, Version

_MOST = 32  # held in memory of each
# In place of who decided and why: both languages of the board have words for these.
_OFFICE, _REASON, _MADE_UP = (Told("board_texts.csv", f"public.{one}", {}) for one in ("office", "reason", "made_up"))
_entries: Held[Entries] = Held(_MOST)


@dataclass(frozen=True)
class Asked:
    """A board, as one request asks for it. ``region``: an id in place of the plan's own; ``public``: for everybody.

    ``changed``: the last change of what people decide, where it is known; their decisions are then read once for it.
    """

    version: Version
    as_of: date
    region: str | None = None
    public: bool = False
    changed: str | None = field(default=None, compare=False)

    @property
    def plan(self) -> CompiledPlan:
        """The compiled plan."""
        return self.version.compiled_plan()

    @cached_property
    def entries(self) -> Entries:
        """The decisions of people; in a public one nobody is named and no reason is given."""
        if self.changed is None:
            return self._read()
        return _entries.once((self.version.plan_id, self.public, self.changed), self._read)

    def _read(self) -> Entries:
        return _told_to_all(self.version.plan) if self.public else entries_of(self.version.plan)

    @cached_property
    def key(self) -> Hashable:
        """What tells this question from others."""
        own = self.region if self.region != self.plan.plan.region else None
        return self.version.identity, own, self.as_of, self.public

    @property
    def week_before(self) -> Asked:
        """The same question :data:`~bilan.portal.board.changes.DAYS` earlier: what changed since is told."""
        return replace(self, as_of=self.as_of - timedelta(days=DAYS))

    @property
    def month(self) -> Hashable:
        """What tells it from questions of other months; earlier periods are the same on all days of one."""
        return self.version.identity, self.region, self.as_of.replace(day=1)


def entries_of(plan: Plan) -> Entries:
    """Return the decisions of people about the targets of ``plan``, as the board reads them."""
    last = Entry.objects.filter(plan=plan).aggregate(Max("pk"), Max("at"), Count("pk"))
    return _entries.once((plan.pk, *last.values()), lambda: Entries(_decisions(plan)))


def _told_to_all(plan: Plan) -> Entries:
    taken = entries_of(plan)
    return _entries.once(("public", plan.pk, taken.digest), lambda: Entries(_anonymous(one) for one in taken))


def _anonymous(one: Decision) -> Decision:
    return replace(one, by=_OFFICE, reason=_MADE_UP if SIMULATED in one.reason else _REASON)


def _decisions(plan: Plan) -> list[Decision]:
    rows = Entry.objects.filter(plan=plan).order_by("on", "pk")
    return [row.decision() for row in rows]
