"""All that the lake ever held of one value."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa

from bilan.observe.lake_duckdb import readable, scan, session
from bilan.observe.lake_files import Bounds, touching
from bilan.observe.lake_log import LakeLog
from bilan.observe.lake_schema import OBSERVATIONS, start_side


def read_history(
    log: LakeLog, station: str, parameter: str, time: datetime, known_at: datetime | None = None
) -> pa.Table:
    """The rows; see :meth:`bilan.observe.lake.Lake.history`."""
    if time.tzinfo is None or (known_at and known_at.tzinfo is None):
        raise ValueError("a time must have a time zone")
    time = time.astimezone(UTC)
    year = start_side(pa.array([time], OBSERVATIONS.field("time").type))[0].as_py().year
    files = touching(log.files(), [Bounds(parameter, year, time, time, station, station)])
    if not files:
        return OBSERVATIONS.empty_table()
    known = "received_at <= $3 AND (superseded_at IS NULL OR superseded_at > $3)" if known_at else "true"
    with session() as connection, readable(log, files) as paths:
        found = connection.sql(
            f"""
            SELECT {", ".join(OBSERVATIONS.names)} FROM {scan(list(paths.values()))}
            WHERE station = $1 AND time = $2 AND {known}
            ORDER BY statistic, seconds, received_at, superseded_at NULLS LAST, source_line
            """,
            params=[station, time, known_at] if known_at else [station, time],
        )
        return found.to_arrow_table().cast(OBSERVATIONS)
