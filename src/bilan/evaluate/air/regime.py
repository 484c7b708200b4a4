"""Rows judged by the regime of their own day."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

import ibis
import ibis.expr.types as ir

from bilan.evaluate.air.pollutants import steps
from bilan.policy.standards import Regime, regimes


def by_regime(
    table: ir.Table,
    kinds: tuple[str, ...],
    first: date,
    last: date,
    judge: Callable[[ir.Table, Regime], ir.Table],
    reads: Callable[[Regime], Hashable] | None = None,
) -> ir.Table:
    """Return ``judge(rows, regime)`` for the rows of every regime from ``first`` to ``last``, together.

    ``table`` has ``day`` (date, START side). Rows of days before the first regime are not in the result. ``reads`` says
    what ``judge`` takes from a regime: the rows of regimes that follow each other and agree in it are judged at once,
    which halves the query.

    >>> days = ibis.memtable({"day": [date(2026, 2, 28), date(2026, 3, 1)]})
    >>> named = by_regime(days, ("air.iaqi",), date(2026, 2, 28), date(2026, 3, 1),
    ...                   lambda rows, regime: rows.mutate(by=ibis.literal(regime.name)))
    >>> sorted(ibis.duckdb.connect().to_pyarrow(named)["by"].to_pylist())
    ['HJ 633-2012', 'HJ 633-2026']
    """
    found = regimes(kinds, first, last)
    told_apart = found if reads is None else list(_joined(found, reads))
    parts = [judge(_of(table, regime, first, last), regime) for regime in told_apart]
    if not parts:
        return judge(table.filter(ibis.literal(False)), regimes(kinds, last, date.max)[0])
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def not_negative(value: ir.IntegerValue, regime: Regime, pollutant: str) -> ir.IntegerValue:
    """Return ``value`` in steps, 0 where it is the noise of an instrument around zero, null where it is far below.

    How far below zero a value is no measurement is said by the rule ``lowest`` of ``air.completeness``.
    """
    return ibis.cases((value < lowest(regime, pollutant), None), (value < 0, 0), else_=value).cast("int64")


def lowest(regime: Regime, pollutant: str) -> int:
    """Return the lowest value, in steps, that is still a measurement."""
    table = regime.tables["air.completeness"]
    rows = {row["scope"]: row for row in table.rows if row["rule"] == "lowest"}
    return steps(table.number(rows.get(pollutant, rows[""]), "minimum"))


def _joined(found: Sequence[Regime], reads: Callable[[Regime], Hashable]) -> Iterator[Regime]:
    """The regimes, those that follow each other and agree as one."""
    for _, run in groupby(found, key=reads):
        alike = list(run)
        yield replace(alike[0], end=alike[-1].end)


def _of(table: ir.Table, regime: Regime, first: date, last: date) -> ir.Table:
    """The rows of the regime; no filter where the whole span lies in it."""
    if regime.first is not None and regime.first > first:
        table = table.filter(table.day >= ibis.literal(regime.first))
    if regime.end is not None and regime.end <= last:
        table = table.filter(table.day < ibis.literal(regime.end))
    return table
