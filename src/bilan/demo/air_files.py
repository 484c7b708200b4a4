"""The hourly values of air as files: one for a quarter, and the correction of a drift that came weeks later."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from bilan.demo.air import POLLUTANTS
from bilan.demo.delivery import Delivery, morning_after
from bilan.demo.files import labels, repeated, write_packed, write_text
from bilan.demo.instruments import DECIMALS, DRIFT, hours_of, measured_air
from bilan.demo.places import SIMULATED, AirStation, air_stations
from bilan.demo.streams import Floats

MAPPING = "air.toml"
CORRECTED_ON = date(2026, 8, 20)
_HEADS = {"so2": "SO2", "no2": "NO2", "pm10": "PM10", "co": "CO", "o3": "O3", "pm25": "PM2.5"}
_UNITS = {"co": "mg/m3"}


def write_air(folder: Path, seed: int, first: date, last: date) -> list[Delivery]:
    """Write the hours from ``first`` to ``last`` below ``folder`` and return the files in the order they came."""
    mapping = folder / MAPPING
    write_text(mapping, _mapping())
    made = []
    for year in range(first.year, last.year + 1):
        values = measured_air(seed, year)
        for number in range(4):
            start, end = date(year, 3 * number + 1, 1), _quarter_end(year, number)
            start, end = max(start, first), min(end, last)
            if start <= end:
                path = folder / f"air-{year}Q{number + 1}.csv.gz"
                write_packed(path, _table(values, list(air_stations()), start, end, "实时"))
                made.append(Delivery(path, "table", morning_after(end), mapping))
    start, end = max(DRIFT.first, first), min(DRIFT.last, last)
    if start <= end and last >= CORRECTED_ON:
        made.append(_correction(folder, seed, start, end, mapping))
    return made


def _correction(folder: Path, seed: int, start: date, end: date, mapping: Path) -> Delivery:
    """The values of the one instrument that drifted, as they should have been."""
    right = measured_air(seed, DRIFT.first.year, drifting=False)
    only = {name: values if name == DRIFT.pollutant else np.full_like(values, np.nan) for name, values in right.items()}
    path = folder / "air-correction.csv.gz"
    station = next(one for one in air_stations() if one.id == DRIFT.station)
    write_packed(path, _table(only, [station], start, end, "更正"))
    return Delivery(path, "table", morning_after(CORRECTED_ON), mapping)


def _table(values: dict[str, Floats], stations: list[AirStation], first: date, last: date, what: str) -> pa.Table:
    """One row for every hour and station, in the order of time."""
    times = labels(first, last, 1)
    place = hours_of(first, last, first.year)
    rows = [air_stations().index(one) for one in stations]
    columns = {"时间": repeated(times, len(stations), each=True)}
    about = {"站点编号": "id", "站点名称": "name", "行政区": "region", "经度": "lon", "纬度": "lat"}
    for head, name in about.items():
        columns[head] = repeated([str(getattr(one, name)) for one in stations], len(times))
    for name in POLLUTANTS:
        hourly = values[name][rows, place].T.ravel()
        numbers = pa.array(hourly, from_pandas=True)
        columns[_HEADS[name]] = numbers if name in DECIMALS else numbers.cast(pa.int32())
    columns["说明"] = repeated([f"{SIMULATED}（{what}）"], len(columns["时间"]))
    return pa.table(columns)


def _mapping() -> str:
    values = "\n".join(
        f'"{_HEADS[name]}" = {{ parameter = "{name}", unit = "{_UNITS.get(name, "µg/m3")}" }}' for name in POLLUTANTS
    )
    return f"""# {SIMULATED}：清河市空气自动站小时值
state = "published"

[time]
column = "时间"
seconds = 3600
label = "end"

[station]
column = "站点编号"
name = "站点名称"
lon = "经度"
lat = "纬度"
region_column = "行政区"
medium = "air"
kind = "station"

[station.attributes]
simulated = "true"

[values]
{values}
"""


def _quarter_end(year: int, number: int) -> date:
    after = date(year + 1, 1, 1) if number == 3 else date(year, 3 * number + 4, 1)
    return after - timedelta(days=1)
