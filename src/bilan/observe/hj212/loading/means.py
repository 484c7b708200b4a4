"""Minute, hour and day values of outlets that send real-time data only, by the rules of ``policy/hj212/means_*.csv``.

    instants (2011) ──► minute ──► hour ──► day
                          ▲          ▲        ▲
                          └ what the device itself sent (2051, 2061, 2031) stands in the place of what is computed

- **Intervals** are [START, END), as the standard labels them by their START: an instant at 08:00:00 belongs to the hour
  08:00–09:00. A row's ``time`` is the END, as everywhere in the lake; days and hours are those of Asia/Shanghai.
- **No data is no zero.** An interval without any instant has no row. One with too few, or with different units, has
  rows with a null value and a flag, so that an earlier value is closed when its instants turn out to be wrong.
- **Present and normal.** An instant is present when it came with a value, or with a flag that says why it has none; it
  is normal when it is present, its flag is ``N`` and its value can be. Presence decides whether there is enough to
  judge an interval by, normality decides its flag: one ``D`` among 120 instants takes nothing from their number.
- **A valid minute** is one of the clock, in which at least 12 instants are present where they come every 5 s or more
  often, three quarters of those due where they come more rarely, and three quarters of those present are normal. Where
  instants come more rarely than once a minute no minute can be judged: a normal one stands for the time to the next.
- **Enough** is counted in minutes whatever the length of the minute data: ten-minute data need 8 minutes of present
  instants, an hour 45 valid minutes, a day its valid hours. Valid minutes of minute data that are themselves too few
  or not normal are not counted, as their value is not in the hour either. Minute data that the device sent itself as
  normal count with their whole length.
- **The flag** of the result is ``N``, or that of :class:`~bilan.policy.hj212.mean_rules.MarkRule`; values are those of
  the normal parts alone. A waste-water mean bears a flag, and a value, if one of its parts is abnormal. A part that is
  lacking, or itself has too few parts, is missing and not abnormal.
- **What the device sent** stands for an interval when it holds an ``avg``. An amount (``cou``) without one takes the
  place of the amount alone, beside means that are computed.
- **The time between instants**, where nobody told it, is the commonest distance in the same hour; where that has fewer
  than ten moments, in the 24 hours up to its end; else 60 s. Nothing is remembered from one call to the next.
- **Statistics** are ``avg``, ``min``, ``max`` and ``cou`` (amount: m³ of a flow, kg of what it carries), with ``zs`` in
  front for values converted to the reference oxygen. Directions have no minimum and maximum.
- **Resolution.** Values enter a sum in steps of 1e-9 of their unit, flows as weights in steps of 1e-8, cosines of
  1e-12; means of pH and noise have 9 decimals, of directions 6. Nothing is rounded more: the half-even rounding of
  HJ 212-2025 (one source) is for the figure that is published.

Of these the following is read in no standard: letters of the flag of waste water and of too few parts; least counts
but those of flue gas (12 instants, 45 minutes, 20 hours), so also three quarters of a minute or of ten; that a rare
instant stands for the time to the next, and the device's own minute data for their length; weighting by flow; means of
pH, wind and noise; how amounts follow, and that hours which are missing are not substituted in a day's amount; that
converted values are converted as instants and then averaged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bilan.errors import BilanError
from bilan.observe.hj212.loading.means_sql import (
    CONVERTED,
    EVERY,
    INSTANTS,
    MOMENTS,
    OFFSET,
    PACES,
    PACES_OF_A_DAY,
    SECONDS,
    SENT,
    level,
    rows_of,
)
from bilan.observe.lake_duckdb import readable, scan, session
from bilan.observe.lake_schema import INCOMING
from bilan.policy.hj212 import mean_rules as rules
from bilan.policy.hj212.mean_rules import LEVELS, Level

if TYPE_CHECKING:
    import duckdb

    from bilan.observe.lake import Lake

SOURCE = "hj212-computed"
DEVICE = "hj212"

# Outlets whose instants of a day are held at once: at ten factors every thirty seconds about two million.
OUTLETS_AT_ONCE = 64

_MINUTE, _HOUR, _DAY = 60, SECONDS["hour"], SECONDS["day"]
_ALWAYS = (-(2**62), 2**62)


class OutletError(BilanError):
    """What is said of an outlet cannot be."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """What must be known of an outlet to compute its means.

    ``st`` is its system code (31 flue gas, 32 waste water, 22 air …), ``minute_seconds`` the length of its minute data
    (MinInterval, whole minutes), ``every`` the seconds between its instants (RtdInterval; None: as they are seen),
    ``slow`` the same for factors that come more rarely, ``reference_oxygen`` (percent) that to which its concentrations
    are converted, None for none.
    Raises OutletError where intervals do not divide the hour or the oxygen is no share of air.

    >>> Outlet("s1", "31", minute_seconds=420)
    Traceback (most recent call last):
    bilan.observe.hj212.loading.means.OutletError: s1：分钟数据间隔 420 秒应为整分钟并能整除一小时
    """

    station: str
    st: str
    minute_seconds: int = 600
    every: int | None = 60
    slow: Mapping[str, int] = field(default_factory=dict)
    reference_oxygen: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.minute_seconds <= _HOUR or _HOUR % self.minute_seconds or self.minute_seconds % 60:
            raise OutletError(f"{self.station}：分钟数据间隔 {self.minute_seconds} 秒应为整分钟并能整除一小时")
        if any(every is not None and every <= 0 for every in (self.every, *self.slow.values())):
            raise OutletError(f"{self.station}：实时数据间隔应为正的秒数")
        if self.reference_oxygen is not None and not 0 <= self.reference_oxygen < rules.oxygen_of_air():
            raise OutletError(f"{self.station}：基准氧含量 {self.reference_oxygen}% 应小于 {rules.oxygen_of_air():g}%")


def means(
    observations: pa.Table | pa.RecordBatchReader,
    outlets: Collection[Outlet],
    first: datetime,
    last: datetime,
    *,
    source_ref: str,
    source_line: int,
) -> pa.Table:
    """The rows (:data:`~bilan.observe.lake_schema.INCOMING`) of all intervals that end after ``first``, up to ``last``.

    ``observations`` have the columns of INCOMING, one row of a key: the instants (statistics ``rtd``, ``zsrtd``,
    seconds 0) from the START of the earliest such interval (:func:`reach`; where ``every`` is not told, those of a day
    before it too), and what the devices sent of minute, hour
    and day data (source ``hj212``), which is used and not made again. Rows of other stations are passed over.
    Sorted by station, parameter, seconds, time, statistic; the same observations in any order give the same rows.

    >>> start = datetime(2024, 5, 1, 0, 0, tzinfo=UTC)
    >>> row = {"station": "s1", "parameter": "a19001", "statistic": "rtd", "seconds": 0, "unit": "%", "flag": "N",
    ...        "state": None, "source": "hj212", "source_ref": "f", "source_line": 1}
    >>> instants = [{**row, "time": start + timedelta(minutes=minute), "value": 5.0 + minute} for minute in range(10)]
    >>> made = means(pa.Table.from_pylist(instants, INCOMING), [Outlet("s1", "31")], start,
    ...              start + timedelta(minutes=10), source_ref="r", source_line=1)
    >>> made.select(["statistic", "seconds", "value", "flag"]).to_pylist()[0]
    {'statistic': 'avg', 'seconds': 600, 'value': 9.5, 'flag': 'N'}
    """
    with _session() as connection:
        connection.register("observations", observations)
        if isinstance(observations, pa.RecordBatchReader):  # is read once, but asked twice
            connection.execute("CREATE TEMP TABLE kept AS FROM observations")
            connection.execute("CREATE OR REPLACE TEMP VIEW observations AS FROM kept")
        return _computed(connection, outlets, first, last, source_ref, source_line)


def compute(
    lake: Lake, outlets: Collection[Outlet], first: datetime, last: datetime, *, source_ref: str, source_line: int
) -> Iterator[pa.Table]:
    """Yield the rows of :func:`means` from what the lake holds now, a table for some outlets at a time.

    A loader calls it with ``last``, up to which it takes data as complete, and ``first``, the earliest instant that is
    new or the ``last`` of the call before, whichever is earlier; and hands the tables to ``Lake.add``. The same call
    again changes nothing; a late instant gives corrections. What the device sends later prevails by its precedence.

    ``source_ref`` stays the same from call to call and ``source_line`` grows, such as the number of the last frame that
    was loaded: a value that returns to what it once was is taken for a repetition if its line says nothing new.
    """
    ordered = sorted(outlets, key=lambda outlet: outlet.station)
    for at in range(0, len(ordered), OUTLETS_AT_ONCE):
        some = ordered[at : at + OUTLETS_AT_ONCE]
        seen = timedelta(days=any(outlet.every is None for outlet in some))  # back to where the distance shows
        days = _local_day(reach(first, last) - seen - timedelta(microseconds=1)), _local_day(last)
        files = lake.files(None, *days, [outlet.station for outlet in some])
        if not files:
            continue
        with _session() as connection, readable(lake._observations, files) as paths:
            connection.execute(
                "CREATE TEMP VIEW observations AS "
                f"SELECT * FROM {scan(list(paths.values()))} WHERE superseded_at IS NULL "
                f"AND station BETWEEN {_quoted(some[0].station)} AND {_quoted(some[-1].station)}"
            )
            rows = _computed(connection, some, first, last, source_ref, source_line)
        yield rows  # the taker needs the memory


def reach(first: datetime, last: datetime) -> datetime:
    """The START of the earliest interval that ends after ``first``, up to ``last``: from there instants are needed.

    >>> reach(datetime(2024, 5, 1, 3, 20, tzinfo=UTC), datetime(2024, 5, 1, 4, tzinfo=UTC)).isoformat()
    '2024-05-01T03:00:00+00:00'
    >>> reach(datetime(2024, 5, 1, 15, 20, tzinfo=UTC), datetime(2024, 5, 1, 16, tzinfo=UTC)).isoformat()
    '2024-04-30T16:00:00+00:00'
    """
    if first.tzinfo is None or last.tzinfo is None:
        raise ValueError("a time must have a time zone")
    seconds = _DAY if _ends_a_day(first, last) else _HOUR
    return datetime.fromtimestamp((_second(first) + OFFSET) // seconds * seconds - OFFSET, UTC)


@contextmanager
def _session() -> Iterator[duckdb.DuckDBPyConnection]:
    """A session of the lake that writes no progress to standard output, which belongs to the caller."""
    with session() as connection:
        connection.execute("SET enable_progress_bar = false")
        yield connection


def _ends_a_day(first: datetime, last: datetime) -> bool:
    return (_second(first) + OFFSET) // _DAY < (_second(last) + OFFSET) // _DAY


def _computed(
    connection: duckdb.DuckDBPyConnection,
    outlets: Collection[Outlet],
    first: datetime,
    last: datetime,
    source_ref: str,
    source_line: int,
) -> pa.Table:
    since = _second(reach(first, last))
    _register_outlets(connection, outlets)
    span = {"since": since, "until": _second(last)}
    connection.execute(INSTANTS, span)
    connection.execute(SENT, {"device": DEVICE} | span)
    _register_rules(connection, sorted({outlet.st for outlet in outlets}))
    connection.execute(MOMENTS)
    connection.execute(PACES)
    if connection.execute("FROM moments ANTI JOIN paces USING (station, hour) LIMIT 1").fetchall():
        connection.execute(PACES_OF_A_DAY, span)
    if any(outlet.reference_oxygen is not None for outlet in outlets):
        connection.execute(CONVERTED, {"air": rules.oxygen_of_air()})
    _register_series(connection)
    below, levels = "instants", LEVELS if _ends_a_day(first, last) else LEVELS[:-1]
    for name in levels:
        connection.execute(level(name, below))
        below = name
    asked = {"first": _second(first), "last": _second(last)}
    told = {"source": SOURCE, "source_ref": source_ref, "source_line": source_line}
    every = " UNION ALL ".join(rows_of(name) for name in levels)
    rows = connection.sql(f"{every} ORDER BY station, parameter, seconds, time, statistic", params=asked | told)
    return rows.to_arrow_table().cast(INCOMING)


def _register_outlets(connection: duckdb.DuckDBPyConnection, outlets: Collection[Outlet]) -> None:
    """``outlets``: one row each; ``slow``: the factors that come more rarely."""
    _register(
        connection,
        "outlets",
        {"station": pa.string(), "st": pa.string(), "minute_seconds": pa.int64(), "every": pa.int64()}
        | {"reference": pa.float64()},
        [(each.station, each.st, each.minute_seconds, each.every, each.reference_oxygen) for each in outlets],
    )
    _register(
        connection,
        "slow",
        {"station": pa.string(), "parameter": pa.string(), "every": pa.int64()},
        [(each.station, parameter, every) for each in outlets for parameter, every in each.slow.items()],
    )


def _register_rules(connection: duckdb.DuckDBPyConnection, sts: Sequence[str]) -> None:
    """``roles``: which factor is the flow and the oxygen; ``amounts``: how amounts follow; ``units``: their factors."""
    valid = {"since": pa.int64(), "until": pa.int64()}
    _register(
        connection,
        "roles",
        {"st": pa.string(), "parameter": pa.string(), "role": pa.string()} | valid,
        [(rule.st, rule.factor, rule.role, *_validity(rule)) for rule in rules.kind_rules() if rule.role],
    )
    _register(
        connection,
        "amounts",
        {"st": pa.string(), "level": pa.string(), "amount": pa.string()} | valid,
        [(rule.st, rule.level, rule.amount, *_validity(rule)) for rule in rules.amount_rules() if rule.st in sts],
    )
    _register(
        connection,
        "units",
        {"unit": pa.string(), "of": pa.string(), "factor": pa.float64(), "canonical": pa.string()},
        [(unit.unit, unit.of, float(unit.factor), unit.canonical) for unit in rules.unit_factors()],
    )
    found = connection.execute("SELECT DISTINCT parameter FROM instants ORDER BY ALL").fetchall()
    _register(
        connection,
        "corrected",
        {"st": pa.string(), "parameter": pa.string()} | valid,
        [
            (st, parameter, since, until)
            for st in sts
            for (parameter,) in found
            for day, since, until in _eras()
            if rules.kind_rule(st, parameter, day).corrected
        ],
    )


def _register_series(connection: duckdb.DuckDBPyConnection) -> None:
    """``rules``: for every sort of series among the instants and what was sent, the rules of each level and era."""
    sorts: list[tuple[str, str, int, int]] = connection.execute(
        f"""
        SELECT DISTINCT st, parameter, minute_seconds, {EVERY}
        FROM (SELECT DISTINCT station, parameter, (begins + {OFFSET}) // 3600 AS hour FROM instants
              UNION SELECT DISTINCT station, parameter, (begins + {OFFSET}) // 3600 FROM sent)
        JOIN outlets USING (station) LEFT JOIN slow USING (station, parameter) LEFT JOIN paces USING (station, hour)
        ORDER BY ALL
        """
    ).fetchall()
    text, whole = pa.string(), pa.int64()
    _register(
        connection,
        "rules",
        {"st": text, "parameter": text, "minute_seconds": whole, "every": whole, "level": text, "since": whole}
        | {"until": whole, "mean": text, "samples": whole, "worth": whole, "least": whole, "share": whole}
        | {"valued": whole, "gravest": text, "otherwise": text, "few": text},
        [(*sort, name, *_rule(*sort, name, *era)) for sort in sorts for name in LEVELS for era in _eras()],
    )


def _rule(
    st: str, parameter: str, minute_seconds: int, every: int, name: Level, day: date, since: int, until: int
) -> tuple[Any, ...]:
    """The era and the rules of a level for a sort of series; ``day`` is any one of the era.

    ``samples`` are the instants that a minute needs, ``least`` the seconds that an interval needs; ``worth`` are the
    seconds for which a minute, an hour or a day stands when it is valid.
    """
    sample, count, mark = (
        rules.count_rule(st, "sample", every, day),
        rules.count_rule(st, name, every, day),
        rules.mark_rule(st, day),
    )
    samples = sample.needed(_MINUTE // max(every, sample.every or 0))
    interval, unit, worth = {
        "minute": (minute_seconds, _MINUTE, max(_MINUTE, every)),
        "hour": (_HOUR, _MINUTE, max(_HOUR, every)),
        "day": (_DAY, _HOUR, _DAY),
    }[name]
    least = count.needed_seconds(interval, max(unit, every))
    mean = rules.kind_rule(st, parameter, day).mean
    return since, until, mean, samples, worth, least, mark.share, mark.valued, mark.gravest, mark.otherwise, mark.few


def _eras() -> list[tuple[date, int, int]]:
    """A day of each run of days on which no rule changes, and its bounds in seconds since 1970."""
    days = [date.min, *rules.turning_days(), date.max]
    return [(day, _bound(day), _bound(end)) for day, end in pairwise(days)]


def _validity(rule: rules.Dated) -> tuple[int, int]:
    return _bound(rule.valid_from or date.min), _bound(rule.valid_to or date.max)


def _bound(day: date) -> int:
    """The second at which ``day`` begins in Asia/Shanghai."""
    if day in {date.min, date.max}:
        return _ALWAYS[day == date.max]
    return (day - date(1970, 1, 1)).days * _DAY - OFFSET


def _second(moment: datetime) -> int:
    return int(moment.timestamp())


def _local_day(moment: datetime) -> date:
    return (moment.astimezone(UTC) + timedelta(seconds=OFFSET)).date()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _register(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Mapping[str, pa.DataType],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    schema = pa.schema(list(columns.items()))
    table = [pa.array([row[at] for row in rows], kind) for at, kind in enumerate(schema.types)]
    connection.register(name, pa.Table.from_arrays(table, schema=schema))
