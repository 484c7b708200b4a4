"""Reported statistics in the lake: the Delta table ``statistics`` beside observations and stations.

Reports are only ever appended; which one stands is told from them when they are read, so that what was known on any day
can be asked. See :mod:`bilan.observe.statistics_report` for the order of reports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import CommitProperties, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError

from bilan.observe.lake_classify import Added
from bilan.observe.lake_log import LakeLog
from bilan.observe.lake_schema import LakeError
from bilan.observe.statistics_report import Report, standing, unseen
from bilan.periods import Period

if TYPE_CHECKING:
    from bilan.observe.lake import Lake

TABLE = "statistics"
TRIES = 30  # commits of others between reading and writing are rare
_MANY = 40  # files; more of them are written as one with the next reports
_INSTANT = pa.timestamp("us", "UTC")

# Figures are text: a decimal as it was printed, whose last digit says how far it was rounded.
STATISTICS = pa.schema(
    [
        ("indicator", pa.string()),
        ("region", pa.string()),
        ("period", pa.string()),
        ("first", pa.date32()),
        ("last", pa.date32()),
        ("value", pa.string()),
        ("step", pa.string()),
        ("unit", pa.string()),
        ("given", pa.string()),
        ("given_unit", pa.string()),
        ("source", pa.string()),
        ("status", pa.string()),
        ("reported_by", pa.string()),
        ("reported_on", pa.date32()),
        ("note", pa.string()),
        ("file", pa.string()),
        ("source_ref", pa.string()),
        ("sheet", pa.string()),
        ("source_line", pa.int64()),
        ("received_at", _INSTANT),
    ]
)


@dataclass(frozen=True)
class Reports:
    """All reports of a lake at one moment, looked up without another look at the lake."""

    rows: tuple[Report, ...]
    version: int

    def of(self, indicator: str, region: str, period: Period, known_at: datetime | None = None) -> list[Report]:
        """Return the reports of a figure, the one that stands first; with ``known_at`` those known then."""
        return standing(self._by_key.get((indicator, region, period.first, period.last), ()), known_at)

    def periods(self, indicator: str, region: str, known_at: datetime | None = None) -> list[Period]:
        """Return the periods of which there is a report of the figure, the one that ends last at the end."""
        known = {
            Period(report.period, report.first, report.last)
            for report in self._by_figure.get((indicator, region), ())
            if known_at is None or report.received_at <= known_at
        }
        return sorted(known, key=lambda period: (period.last, period.first))

    @cached_property
    def _by_figure(self) -> Mapping[tuple[str, str], list[Report]]:
        found: dict[tuple[str, str], list[Report]] = defaultdict(list)
        for report in self.rows:
            found[report.indicator, report.region].append(report)
        return dict(found)

    @cached_property
    def _by_key(self) -> Mapping[tuple[object, ...], list[Report]]:
        return _by_key(self.rows)


class Statistics:
    """The reports of the lake at ``place``, a folder or a URL; a lake without any has none.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Statistics(folder).reports().rows
    ()
    """

    def __init__(self, place: str | Path, options: Mapping[str, str] | None = None) -> None:
        self._uri = f"{str(place).rstrip('/')}/{TABLE}"
        self._options = options
        self._log: LakeLog | None = None
        self._read: Reports | None = None

    @classmethod
    def of(cls, lake: Lake) -> Statistics:
        """The reports that lie beside the observations of ``lake``."""
        return cls(lake.path, lake.options)

    @property
    def id(self) -> str:
        """The name that the reports were given when they were first taken in; empty where there are none."""
        log = self._opened()
        return "" if log is None else str(log.table.metadata().id)

    @property
    def version(self) -> int:
        """The number of the last commit to the reports; -1 where there are none."""
        log = self._opened()
        if log is None:
            return -1
        log.refresh()
        return log.version

    def reports(self) -> Reports:
        """Return every report in the order in which they came, read anew when there is something new."""
        version = self.version
        if self._read is None or self._read.version != version:
            self._read = Reports(tuple(_reports(self._log)) if self._log else (), version)
        return self._read

    def add(self, arriving: Sequence[Report], source_ref: str) -> Added:
        """Take in the reports of the file ``source_ref`` in one commit; how many were new, the same, later, outranked.

        ``corrected`` counts reports that now stand where another one stood, ``outranked`` those that do not stand.
        Raises LakeError where others write all the time.
        """
        log = self._log = self._opened() or LakeLog.open(self._uri, STATISTICS, (), self._options)
        mark = f"{TABLE}:{source_ref}"
        for _ in range(TRIES):
            before = self.reports()
            read_before = log.mark(mark) >= 0
            fresh, added = _judged(before, arriving, read_before=read_before)
            if read_before and not fresh:
                return added
            names = pa.table(log.table.get_add_actions(flatten=True)).num_rows
            whole = names >= _MANY
            rows = [*before.rows, *fresh] if whole else fresh
            try:
                write_deltalake(
                    log.table,
                    _table(rows),
                    mode="overwrite" if whole else "append",
                    commit_properties=CommitProperties(
                        max_commit_retries=0, app_transactions=[Transaction(mark, len(arriving))]
                    ),
                )
            except CommitFailedError:
                continue
            log.refresh()
            return added
        raise LakeError(f"{self._uri}：其他进程一直在写入，请稍后再试")

    def _opened(self) -> LakeLog | None:
        if self._log is None and LakeLog.exists(self._uri, self._options):
            self._log = LakeLog(self._uri, self._options)
        return self._log


def _judged(before: Reports, arriving: Sequence[Report], *, read_before: bool) -> tuple[list[Report], Added]:
    """The reports that are new, in the order of their lines, and what became of all."""
    fresh: list[Report] = []
    new = corrected = outranked = 0
    for key, reports in _by_key(arriving).items():
        chain = list(before._by_key.get(key, ()))
        for report in unseen(chain, reports, read_before=read_before):
            if not chain:
                new += 1
            elif report.rank > max(other.rank for other in chain):
                corrected += 1
            else:
                outranked += 1
            chain.append(report)
            fresh.append(report)
    fresh.sort(key=lambda report: (report.sheet, report.source_line))
    return fresh, Added(new=new, same=len(arriving) - len(fresh), corrected=corrected, outranked=outranked)


def _by_key(reports: Sequence[Report]) -> dict[tuple[object, ...], list[Report]]:
    found: dict[tuple[object, ...], list[Report]] = defaultdict(list)
    for report in reports:
        found[report.key].append(report)
    return dict(found)


def _table(reports: Sequence[Report]) -> pa.Table:
    rows = [{**asdict(report), "value": str(report.value), "step": str(report.step)} for report in reports]
    return pa.Table.from_pylist(rows, schema=STATISTICS)


def _reports(log: LakeLog) -> list[Report]:
    """Every row, in the order of receipt; read in this thread alone, as the stations are."""
    where = log.filesystem()
    rows = []
    for name in pa.table(log.table.get_add_actions(flatten=True))["path"].to_pylist():
        with pq.ParquetFile(name, filesystem=where, pre_buffer=False) as file:
            rows += file.read(use_threads=False).select(STATISTICS.names).cast(STATISTICS).to_pylist()
    made = [Report(**{**row, "value": Decimal(row["value"]), "step": Decimal(row["step"])}) for row in rows]
    return sorted(made, key=lambda report: (report.received_at, report.source_ref, report.sheet, report.source_line))
