"""What changed on a board since an earlier day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bilan.board.looks import ATTENTION
from bilan.board.model import Row
from bilan.board.status import STATUSES, Status

DAYS = 7
UNKNOWN: Status = "cannot_be_judged"
_WAYS = ("worse", "better", "other")


@dataclass(frozen=True)
class Change:
    """A row whose answer is another one than before. ``way``: worse, better, or other where one could not be judged."""

    row: Row
    before: Status

    @property
    def way(self) -> str:
        if UNKNOWN in (self.row.status, self.before):
            return "other"
        return "worse" if ATTENTION.index(self.row.status) < ATTENTION.index(self.before) else "better"


def changes(now: Iterable[Row], before: Mapping[str, Row]) -> list[Change]:
    """Return the targets whose answer changed, what got worse first."""
    found = [
        Change(row, old.status)
        for row in now
        if (old := before.get(row.target)) is not None and old.status != row.status
    ]
    return sorted(found, key=lambda one: (_WAYS.index(one.way), ATTENTION.index(one.row.status)))


def counted(now: Iterable[Row], before: Iterable[Row]) -> dict[str, int]:
    """Return by how much the number of targets with each answer changed."""
    new, old = Counter(row.status for row in now), Counter(row.status for row in before)
    return {status: new[status] - old[status] for status in STATUSES}
