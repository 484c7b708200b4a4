"""Minute, hour and day values of outlets that send real-time data only, by the rules of ``policy/hj212/means_*.csv``.

    instants (2011) ──► minute ──► hour ──► day
                          ▲          ▲        ▲
                          └ what the device itself sent (2051, 2061, 2031) stands in the place of what is computed

- **Intervals** are [START, END), as the standard labels them by their START: an instant at 08:00:00 belongs to the hour
  08:00–09:00. A row's ``time`` is the END, as everywhere in the lake; days and hours are those of Asia/Shanghai.
- **No data is no zero.** An interval without any instant has no row. One with too few, or with different units, has
  rows with a null value and a flag, so that an earlier value is closed when its instants turn out to be wrong.
- **The flag** of the result is ``N``, or that of :class:`~bilan.policy.hj212.mean_rules.MarkRule`; values are those of
  the normal parts alone. A waste-water mean bears a flag, and a value, if one of its parts is abnormal. A part that is
  lacking, or itself has too few parts, is missing and not abnormal.
- **Statistics** are ``avg``, ``min``, ``max`` and ``cou`` (amount: m³ of a flow, kg of what it carries), with ``zs`` in
  front for values converted to the reference oxygen. Directions have no minimum and maximum.
- **Nothing is rounded**: the half-even rounding of HJ 212-2025 (one source) is for the figure that is published.

Of these the following is read in no standard: letters of the flag of waste water and of too few parts; least counts
but those of flue gas; weighting by flow; means of pH, wind and noise; how amounts follow, and that hours which are
missing are not substituted in a day's amount; that converted values are converted as instants and then averaged.
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
from bilan.observe.hj212.loading.means_sql import CONVERTED, INSTANTS, OFFSET, SECONDS, SENT, level, rows_of
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

_HOUR, _DAY = SECONDS["hour"], SECONDS["day"]
_ALWAYS = (-(2**62), 2**62)


class OutletError(BilanError):
    """What is said of an outlet cannot be."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """What must be known of an outlet to compute its means.

    ``st`` is its system code (31 flue gas, 32 waste water, 22 air …), ``minute_seconds`` the length of its minute data
    (MinInterval), ``every`` the seconds between its instants (RtdInterval), ``slow`` the same for factors that come
    more rarely, ``reference_oxygen`` (percent) that to which its concentrations are converted, None for none.
    Raises OutletError where intervals do not divide the hour or the oxygen is no share of air.

    >>> Outlet("s1", "31", minute_seconds=420)
    Traceback (most recent call last):
    bilan.observe.hj212.means.OutletError: s1：分钟数据间隔 420 秒应能整除一小时
    """

    station: str
    st: str
    minute_seconds: int = 600
    every: int = 60
    slow: Mapping[str, int] = field(default_factory=dict)
    reference_oxygen: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.minute_seconds <= _HOUR or _HOUR % self.minute_seconds:
            raise OutletError(f"{self.station}：分钟数据间隔 {self.minute_seconds} 秒应能整除一小时")
        if min(self.every, *self.slow.values(), self.every) <= 0:
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
    seconds 0) from the START of the earliest such interval (:func:`reach`), and what the devices sent of minute, hour
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
        days = _local_day(reach(first, last) - timedelta(microseconds=1)), _local_day(last)
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


def usual_interval(lake: Lake, stations: Collection[str], first: datetime, last: datetime) -> dict[str, int]:
    """The commonest distance in seconds between the instants of each station in the lake, the smaller one of equals.

    For :class:`Outlet.every` where nobody noted what interval the device was given. Stations with fewer than two
    instants are not in it.
    """
    files = lake.files(None, _local_day(first - timedelta(microseconds=1)), _local_day(last), sorted(stations))
    if not files:
        return {}
    with _session() as connection, readable(lake._observations, files) as paths:
        connection.register("asked", pa.table({"station": sorted(stations)}))
        found = connection.execute(
            f"""
            WITH moments AS (
                SELECT DISTINCT station, epoch_us(time) // 1000000 AS moment
                FROM {scan(list(paths.values()))} SEMI JOIN asked USING (station)
                WHERE seconds = 0 AND statistic = 'rtd' AND superseded_at IS NULL AND time >= $1 AND time <= $2
            ), distances AS (
                SELECT station, moment - lag(moment) OVER (PARTITION BY station ORDER BY moment) AS seconds FROM moments
            ), counted AS (
                SELECT station, seconds, count(*) AS n FROM distances WHERE seconds IS NOT NULL GROUP BY ALL
            )
            SELECT station, arg_max(seconds, (n, -seconds)) FROM counted GROUP BY station ORDER BY station
            """,
            [first, last],
        )
        return dict(found.fetchall())


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
    _register_rules(connection, sorted({outlet.st for outlet in outlets}))
    connection.execute(INSTANTS, {"since": since, "until": _second(last)})
    connection.execute(SENT, {"device": DEVICE, "since": since, "until": _second(last)})
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
    found = connection.execute("SELECT DISTINCT parameter FROM observations WHERE seconds = 0 ORDER BY ALL").fetchall()
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
        """
        SELECT DISTINCT st, parameter, minute_seconds, coalesce(slow.every, outlets.every)
        FROM (SELECT DISTINCT station, parameter FROM instants UNION SELECT DISTINCT station, parameter FROM sent)
        JOIN outlets USING (station) LEFT JOIN slow USING (station, parameter) ORDER BY ALL
        """
    ).fetchall()
    text, whole = pa.string(), pa.int64()
    _register(
        connection,
        "rules",
        {"st": text, "parameter": text, "minute_seconds": whole, "every": whole, "level": text, "since": whole}
        | {"until": whole, "mean": text, "least": whole, "share": whole, "gravest": text, "otherwise": text}
        | {"few": text},
        [(*sort, name, *_rule(*sort, name, *era)) for sort in sorts for name in LEVELS for era in _eras()],
    )


def _rule(
    st: str, parameter: str, minute_seconds: int, every: int, name: Level, day: date, since: int, until: int
) -> tuple[Any, ...]:
    """The era and the rules of a level for a sort of series; ``day`` is any one of the era."""
    count, mark = rules.count_rule(st, name, every, day), rules.mark_rule(st, day)
    interval, part = {
        "minute": (minute_seconds, max(every, count.every or 0)),
        "hour": (_HOUR, max(minute_seconds, every)),
        "day": (_DAY, max(_HOUR, every)),
    }[name]
    least = count.needed(interval // part)
    mean = rules.kind_rule(st, parameter, day).mean
    return since, until, mean, least, mark.share, mark.gravest, mark.otherwise, mark.few


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
