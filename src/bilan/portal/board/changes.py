"""What changed on a board since an earlier day, by why it changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from bilan.board.looks import ATTENTION
from bilan.board.model import Row
from bilan.board.status import STATUSES, Status

DAYS = 7
UNKNOWN: Status = "cannot_be_judged"
# Why an answer is another one; what needs somebody to look comes first.
REASONS: Mapping[str, Any] = {
    "worse": _("变差了"),
    "lost": _("不能再判定"),
    "due": _("到了判定的日子"),
    "better": _("好转了"),
    "known": _("有了数，可以判定了"),
}
FIRST = {"worse": 2, "lost": 2, "due": 2}  # of a reason that are shown before the rest; of good news none


@dataclass(frozen=True)
class Change:
    """A row whose answer is another one than before; ``apart`` tells it from a namesake."""

    row: Row
    before: Status
    reason: str
    apart: str = ""


@dataclass(frozen=True)
class Group:
    """The changes of one reason, those that need attention first."""

    reason: str
    changes: Sequence[Change]

    @property
    def title(self) -> str:
        return str(REASONS[self.reason])

    @property
    def counts(self) -> list[tuple[Status, int]]:
        """How many have which answer now."""
        many = Counter(one.row.status for one in self.changes)
        return [(status, many[status]) for status in ATTENTION if many[status]]

    @property
    def first(self) -> Sequence[Change]:
        return self.changes[: FIRST.get(self.reason, 0)]

    @property
    def rest(self) -> Sequence[Change]:
        return self.changes[FIRST.get(self.reason, 0) :]


def changes(now: Iterable[Row], before: Mapping[str, Row], as_of: date, apart: Mapping[str, str]) -> list[Group]:
    """Return the targets whose answer changed until ``as_of``, by why it did; ``apart`` tells namesakes."""
    found = [
        Change(row, old.status, _reason(row, old, as_of), apart.get(row.target, ""))
        for row in now
        if (old := before.get(row.target)) is not None and old.status != row.status
    ]
    found.sort(key=lambda one: ATTENTION.index(one.row.status))
    groups = (Group(reason, [one for one in found if one.reason == reason]) for reason in REASONS)
    return [one for one in groups if one.changes]


def _reason(row: Row, old: Row, as_of: date) -> str:
    if row.status == UNKNOWN:
        return "lost"
    if old.next_due is not None and old.next_due <= as_of:
        return "due"
    if old.status == UNKNOWN:
        return "known"
    return "worse" if ATTENTION.index(row.status) < ATTENTION.index(old.status) else "better"


def counted(now: Iterable[Row], before: Iterable[Row]) -> dict[str, int]:
    """Return by how much the number of targets with each answer changed."""
    new, old = Counter(row.status for row in now), Counter(row.status for row in before)
    return {status: new[status] - old[status] for status in STATUSES}
