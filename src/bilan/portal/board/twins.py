"""Goals that a plan states more than once, in a sentence and in a table: they count once, and each names the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence

from bilan.board.model import Row


def same(row: Row) -> Hashable:
    """Return what two rows share that ask for the same and are answered the same; of its own where nothing is asked.

    A goal in words alone has its own: no figure tells whether two of them are one.
    """
    if row.indicator is None or not row.limits:
        return row.target
    asked = (row.indicator, row.region, row.scope, row.goal.zh, row.due, row.every, row.soft)
    return asked, row.span, row.period, row.figure, row.status


def once(rows: Iterable[Row]) -> list[Row]:
    """Return the first of all rows that are the same."""
    found: dict[Hashable, Row] = {}
    for row in rows:
        found.setdefault(same(row), row)
    return list(found.values())


def stated_again(rows: Iterable[Row]) -> Mapping[str, Sequence[Row]]:
    """Return the other rows that are the same as a row, by its target; nothing for one that stands alone."""
    found: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        found[same(row)].append(row)
    return {
        row.target: [other for other in alike if other is not row]
        for alike in found.values()
        for row in alike
        if len(alike) > 1
    }
