"""The raw numbers written into a lake, and sentences compiled into a plan: all that the tests need of bilan."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from bilan.observe import Lake
from bilan.observe.lake_schema import INCOMING, STATIONS
from bilan.observe.statistics import Statistics
from bilan.observe.statistics_report import Report
from bilan.periods import Period
from bilan.plan.compiler import compile_document
from bilan.plan.document import Document
from bilan.plan.model import CompiledPlan, Target
from bilan.policy.statistics import reportables

from . import raw

TITLE = "清河市生态环境保护三年行动计划(2022—2024年)"
MONITORED, CORRECTED = datetime(2025, 1, 5, tzinfo=UTC), datetime(2025, 2, 10, tzinfo=UTC)
_AIR = {"so2": "a21026", "no2": "a21004", "pm10": "a34002", "pm2_5": "a34004", "co": "a21005", "o3": "a05024"}
_WATER = {"ph": "w01001", "do": "w01009", "codmn": "w01019", "nh3n": "w21003", "tp": "w21011"}
_HOURS = 24


def write_lake(path: Path, since: date = raw.FIRST) -> Lake:
    """Write the raw numbers to a new lake: hours of air ``since`` a day, months of water, statistics as reports."""
    lake = Lake(path)
    lake.add_stations(pa.Table.from_pylist([*_air_stations(), *_sections()], schema=STATIONS))
    air = [_air(one, station, since, corrected=False) for one in raw.POLLUTANTS for station in raw.STATIONS]
    lake.add([pa.concat_tables([*air, _water()])], batch="first", received_at=MONITORED)
    where, what, first, last, _ = raw.FAULT
    lake.add([_air(what, where, first, last, ref="again")], batch="again", received_at=CORRECTED)
    Statistics.of(lake).add([report_of(row, line) for line, row in enumerate(raw.REPORTS, 2)], "reports")
    return lake


def _air_stations() -> list[dict[str, Any]]:
    return [
        {"id": id_, "name": f"{id_}站", "medium": "air", "kind": "national", "region": region}
        for id_, (region, _) in raw.STATIONS.items()
    ]


def _sections() -> list[dict[str, Any]]:
    return [
        {
            "id": id_,
            "name": f"{name}断面",
            "medium": "surface_water",
            "kind": "river",
            "region": region,
            "attributes": [("river", river), ("basin", basin)],
        }
        for id_, (name, river, basin, region) in raw.SECTIONS.items()
    ]


def _air(
    pollutant: str,
    station: str,
    first: date = raw.FIRST,
    last: date = raw.LAST,
    *,
    corrected: bool = True,
    ref: str = "air",
) -> pa.Table:
    """Hours of a station: each the value of its day."""
    values = [(day, raw.measured(station, pollutant, day, corrected=corrected)) for day in raw.days(first, last)]
    known = [(day, value) for day, value in values if value is not None]
    midnights = np.array([day for day, _ in known], dtype="datetime64[us]") - np.timedelta64(8, "h")
    hours = np.arange(1, _HOURS + 1).astype("timedelta64[h]")
    table = {
        "time": pa.array((midnights[:, None] + hours).ravel(), pa.timestamp("us")).cast(pa.timestamp("us", "UTC")),
        "value": np.repeat([float(value) for _, value in known], _HOURS),
        "source_line": np.arange(2, 2 + _HOURS * len(known)),
    }
    words = {"station": station, "parameter": _AIR[pollutant], "statistic": "avg", "source": "table"}
    words |= {"source_ref": f"{ref}-{pollutant}", "unit": "mg/m3" if pollutant == "co" else "µg/m3"}
    return _filled(table, words, seconds=3600)


def _water() -> pa.Table:
    """A sample at noon of the fifth of every month."""
    rows = [
        {
            "station": section,
            "parameter": code,
            "statistic": "value",
            "seconds": 0,
            "time": datetime(year, month, 5, 4, tzinfo=UTC),
            "value": float(raw.sampled(section, item, year, month)),
            "unit": "" if item == "ph" else "mg/L",
            "source": "table",
            "source_ref": "water",
        }
        for section in raw.SECTIONS
        for year in range(raw.FIRST.year, raw.LAST.year + 1)
        for month in range(1, 13)
        for item, code in _WATER.items()
    ]
    for line, row in enumerate(rows, 2):
        row["source_line"] = line
    return pa.Table.from_pylist(rows, schema=INCOMING)


def _filled(columns: dict[str, Any], words: dict[str, str], seconds: int) -> pa.Table:
    """The columns with words that are the same on every row."""
    length = len(columns["value"])
    same = {name: pa.repeat(word, length) for name, word in words.items()}
    same |= {name: pa.nulls(length, pa.string()) for name in ("flag", "state")}
    return pa.table(columns | same | {"seconds": pa.repeat(seconds, length)}).select(INCOMING.names).cast(INCOMING)


def report_of(row: tuple[str, ...], line: int) -> Report:
    """Return a row of :data:`raw.REPORTS` as a report."""
    indicator, region, said, given, status, received = row
    period, value = Period.parse(said), Decimal(given)
    unit = reportables()[indicator].unit
    return Report(
        indicator=indicator,
        region=region,
        period=said,
        first=period.first,
        last=period.last,
        value=value,
        step=Decimal(1).scaleb(int(value.as_tuple().exponent)),
        unit=unit,
        given=given,
        given_unit=unit,
        source="统计公报",
        status=status,  # type: ignore[arg-type]
        reported_by="统计局",
        reported_on=None,
        note="",
        file="reports.csv",
        source_ref="reports",
        sheet="",
        source_line=line,
        received_at=datetime.fromisoformat(received).replace(tzinfo=UTC) + timedelta(hours=4),
    )


@cache
def compiled(sentence: str, title: str = TITLE) -> CompiledPlan:
    """Return the plan whose goals are the sentence."""
    text = "\n".join([title, "一、主要目标", sentence, "二、重点任务", "1.治理入河排口。改善环境。"])
    return compile_document(Document("a.txt", "text/plain", "00c0ffee" * 8, text, "utf-8", is_plain=True))


def target_of(sentence: str, title: str = TITLE) -> Target:
    """Return the one target of the sentence."""
    (target,) = (one for one in compiled(sentence, title).targets if one.kind != "milestone")
    return target
