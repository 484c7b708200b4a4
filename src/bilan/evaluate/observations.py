"""The facts of the lake that a figure is made of, as one Ibis table of the engine."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING

import ibis

from bilan.errors import BilanError
from bilan.evaluate.engine import read_parquet
from bilan.observe.lake_schema import USABLE

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend

    from bilan.observe import Lake


class NoDataError(BilanError):
    """The lake holds nothing of what is asked."""


def observations(
    backend: SQLBackend,
    lake: Lake,
    parameters: Collection[str],
    first: date,
    last: date,
    *,
    stations: Collection[str] | None = None,
    known_at: datetime | None = None,
) -> ir.Table:
    """Return the observations of ``parameters`` on the days ``first`` to ``last`` (START side), both included.

    Columns as in :data:`bilan.observe.lake_schema.OBSERVATIONS`. Without ``known_at`` what holds now, with it what was
    known then. Values marked as invalid by their source are left out. Only files that the log of the lake says can hold
    them are read. Raises :class:`NoDataError`.
    """
    files = lake.files(parameters, first, last, stations)
    if not files:
        raise NoDataError(f"{lake.path}：{first} 至 {last} 没有 {'、'.join(sorted(parameters))} 的数据")
    table = read_parquet(backend, [file.path for file in files], f"{lake.path}/observations")
    table = table.filter(table.parameter.isin(sorted(parameters)), table.flag.isnull() | table.flag.isin(USABLE))
    if any(file.first_day < first or file.last_day > last for file in files):
        table = table.filter((table.day >= ibis.literal(first)) & (table.day <= ibis.literal(last)))
    if stations is not None:
        table = table.filter(table.station.isin(sorted(stations)))
    if known_at is not None:
        moment = ibis.literal(known_at, type="timestamp('UTC')")
        open_then = table.superseded_at.isnull() | (table.superseded_at > moment)
        return table.filter((table.received_at <= moment) & open_then)
    if any(file.closed for file in files):
        table = table.filter(table.superseded_at.isnull())
    return table
