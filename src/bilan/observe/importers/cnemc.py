"""Station hours as the China National Environmental Monitoring Centre publishes them, one row a station and hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from bilan.observe.importers.base import (
    PUBLISHED,
    Importer,
    Keys,
    Measured,
    Station,
    Taken,
    coordinate,
    first_problem,
    melt,
    name_problem,
    region_id,
)
from bilan.observe.importers.cells import INSTANT, by_unique, numbers, parse_time
from bilan.observe.importers.sources import Part, Source, open_source
from bilan.observe.lake_schema import start_side

# Collectors of the feed write the names as the feed does (TimePoint, PM2_5) or in small letters.
_ALSO = {
    "pm2.5": "pm2_5",
    "pm25": "pm2_5",
    "pm2.5_24h": "pm2_5_24h",
    "pm25_24h": "pm2_5_24h",
    "time_point": "timepoint",
}

_HOUR, _DAY, _EIGHT_HOURS = 3600, 86_400, 28_800
_PM25, _PM10, _SO2, _NO2, _CO, _O3 = "a34004", "a34002", "a21026", "a21004", "a21005", "a05024"
_UG, _MG = "µg/m3", "mg/m3"


def _of(column: str, parameter: str, unit: str, seconds: int) -> Measured:
    return Measured(column, parameter, unit, "avg", seconds, state=PUBLISHED)


_VALUES = (
    _of("pm2_5", _PM25, _UG, _HOUR),
    _of("pm10", _PM10, _UG, _HOUR),
    _of("so2", _SO2, _UG, _HOUR),
    _of("no2", _NO2, _UG, _HOUR),
    _of("co", _CO, _MG, _HOUR),
    _of("pm2_5_24h", _PM25, _UG, _DAY),
    _of("pm10_24h", _PM10, _UG, _DAY),
    _of("so2_24h", _SO2, _UG, _DAY),
    _of("no2_24h", _NO2, _UG, _DAY),
    _of("co_24h", _CO, _MG, _DAY),
)
# By their names o3 and o3_8h are the current hour and its 8 hours, o3_24h and o3_8h_24h the largest of the day so far,
# which is derived and not kept. For years the feed had the two of each pair exchanged.
_AS_NAMED = (_of("o3", _O3, _UG, _HOUR), _of("o3_8h", _O3, _UG, _EIGHT_HOURS))
_EXCHANGED = (_of("o3_24h", _O3, _UG, _HOUR), _of("o3_8h_24h", _O3, _UG, _EIGHT_HOURS))
_PAIRS = (("o3", "o3_24h"), ("o3_8h", "o3_8h_24h"))


class CnemcImporter(Importer):
    """Label = end of the hour, Beijing time; µg/m3, CO mg/m3; published AQI, level and primary pollutant are not read.

    Statistic ``avg``: six values of 1 h, sliding means of 24 h (not of O3), O3 of 8 h. A zero is a measured zero.
    """

    name: ClassVar[str] = "cnemc"
    title: ClassVar[str] = "总站发布的空气站点小时值（timepoint、stationcode、pm2_5 …）"
    required: ClassVar[tuple[str, ...]] = ("timepoint", "stationcode", "pm2_5", "pm10", "so2", "no2", "co", "o3")

    def open(self, path: Path) -> Source:
        """The columns in small letters, by one name each."""
        source = open_source(path)
        plain = {name: _ALSO.get(name.lower(), name.lower()) for name in source.columns}
        return source.renaming(plain)

    def survey(self) -> Iterable[str]:
        """Find the days on which the ozone columns are exchanged.

        The largest value of the day so far is never below the current one. So the column that is larger where the two
        differ is the largest so far; each day is decided by the majority of its rows, a day without any difference by
        the majority of the file (there it makes no difference for the hour).
        """
        self.exchanged: dict[date | None, bool] = {}
        named, swapped = self._evidence()
        usual = sum(swapped.values()) > sum(named.values())
        for day in {*named, *swapped}:
            self.exchanged[day] = swapped.get(day, 0) > named.get(day, 0)
        self.usual = usual
        yield "时间标签是小时的结束，北京时间"
        if any(self.exchanged.values()):
            yield (
                "o3 与 o3_24h（o3_8h 与 o3_8h_24h）列名互换的日子，当前小时取自 o3_24h："
                "按列名看，当日最大值会小于当前值"
            )

    def _evidence(self) -> tuple[Mapping[date, int], Mapping[date, int]]:
        """For each day, in how many rows the columns stand as named and in how many exchanged."""
        named: dict[date, int] = {}
        swapped: dict[date, int] = {}
        pairs = [pair for pair in _PAIRS if set(pair) <= set(self.source.columns)]
        if not pairs:
            return named, swapped
        for part in self.source.parts():
            days = _days(self._labels(part)[0])
            for current, largest in pairs:
                now, most = (numbers(part[name], self.missing).values for name in (current, largest))
                for counts, seen in ((named, pc.less(now, most)), (swapped, pc.greater(now, most))):
                    for found in pc.value_counts(days.filter(seen)).to_pylist():
                        if found["values"] is not None:
                            counts[found["values"]] = counts.get(found["values"], 0) + found["counts"]
        return named, swapped

    def take(self, part: Part) -> Taken:
        """Return the part's values; rows of a day with exchanged columns take their ozone from the other two."""
        here = set(part.cells.column_names)
        labels, why = self._labels(part)
        swapped = self._swapped(labels)
        taken = Taken()
        for mask, ozone in ((pc.invert(swapped), _AS_NAMED), (swapped, _EXCHANGED)):
            rows = part.filter(mask)
            if rows.count:
                columns = [m for m in (*_VALUES, *ozone) if m.column in here]
                keys = self._keys(rows, labels.filter(mask), why.filter(mask))
                taken.add(melt(rows, keys, columns, self.name, self.missing))
        taken.stations = self._stations(part, labels)
        return taken

    def _labels(self, part: Part) -> tuple[pa.Array, pa.Array]:
        return by_unique(part["timepoint"], parse_time, INSTANT)

    def _swapped(self, labels: pa.Array) -> pa.Array:
        coded = _days(labels).dictionary_encode()
        known = [self.exchanged.get(day, self.usual) for day in coded.dictionary.to_pylist()]
        return pc.fill_null(pa.array(known, pa.bool_()).take(coded.indices), False)

    def _keys(self, part: Part, labels: pa.Array, why: pa.Array) -> Keys:
        code = part["stationcode"]
        problem, column, raw = first_problem(
            ("timepoint", part["timepoint"], why), ("stationcode", code, name_problem(code, "站点编码"))
        )
        station = pc.binary_join_element_wise(self.name, pc.utf8_trim_whitespace(code), "-")
        return Keys(station, labels, problem, column, raw)

    def _stations(self, part: Part, labels: pa.Array) -> dict[str, Station]:
        """The stations of the part, once each; a name, city and place only where the file has them."""
        columns = ("stationcode", "positionname", "area", "longitude", "latitude")
        there = [name for name in columns if name in part.cells.column_names]
        found = {}
        on = next((day for day in _days(labels).to_pylist() if day), None)
        for row in part.cells.select(there).group_by(there).aggregate([]).to_pylist():
            code = row["stationcode"].strip()
            if code:
                city = row.get("area", "").strip()
                found[f"{self.name}-{code}"] = Station(
                    id=f"{self.name}-{code}",
                    name=row.get("positionname", "").strip() or None,
                    medium="air",
                    kind="station",
                    region=region_id(city, on) if city else None,
                    lon=coordinate(row.get("longitude", ""), 180),
                    lat=coordinate(row.get("latitude", ""), 90),
                    external=(self.name, code),
                    attributes={"city": city} if city else {},
                )
        return found


def _days(labels: pa.Array) -> pa.Array:
    """The day, in Beijing and of the start side, to which each label belongs."""
    return start_side(labels).cast(pa.date32())
