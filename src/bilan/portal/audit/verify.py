"""Whether the log is as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bilan.portal.audit.chain import FIRST, hash_of
from bilan.portal.audit.models import Entry, Head

_AT_ONCE = 2000


@dataclass(frozen=True)
class Verified:
    """How many entries were looked at, the hash of the last, and the first thing that does not fit, if any."""

    entries: int
    last: str
    broken: int | None = None
    problem: str = ""

    @property
    def ok(self) -> bool:
        return self.broken is None


def verify(anchors: Mapping[int, str]) -> Verified:
    """Compute the chain anew and hold it against ``anchors``, hashes by number, and the head.

    Entries that others add meanwhile belong to it, too.
    """
    expected, previous = 1, FIRST
    while True:
        begun = expected
        rest = Entry.objects.filter(number__gte=expected) if expected > 1 else Entry.objects.all()
        for entry in rest.order_by("number").iterator(chunk_size=_AT_ONCE):
            if problem := _problem(entry, expected, previous, anchors):
                return Verified(expected, previous, min(entry.number, expected), problem)
            expected, previous = entry.number + 1, entry.hash
        seen, head = expected - 1, Head.objects.first()
        if ((head.number, head.hash) if head else (0, FIRST)) == (seen, previous):
            break
        if begun == expected:  # nothing new came: the head is another one
            return Verified(seen, previous, expected, "末条与链头不符：末尾被截去或链头被改")
    if beyond := sorted(number for number in anchors if number >= expected):
        return Verified(seen, previous, expected, f"末尾被截去：抄存的散列到第 {beyond[-1]} 条")
    return Verified(seen, previous)


def _problem(entry: Entry, expected: int, previous: str, anchors: Mapping[int, str]) -> str:
    if entry.number != expected:
        return f"缺第 {expected} 条，其后是第 {entry.number} 条"
    if entry.previous != previous:
        return "所记的上一条散列与上一条不符"
    if entry.hash != hash_of(entry):
        return "内容与散列不符，被改过"
    if anchors.get(entry.number, entry.hash) != entry.hash:
        return "散列与抄存的不符，被改后重算过"
    return ""
