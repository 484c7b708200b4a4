"""Any CSV, XLSX or Parquet table, wide or long, read as a mapping says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from bilan.observe.importers.base import (
    KIND_WORDS,
    FormatError,
    Importer,
    Keys,
    Measured,
    OptionError,
    Options,
    Station,
    Taken,
    coordinate,
    first_problem,
    melt,
    name_problem,
    region_id,
)
from bilan.observe.importers.cells import FIRST_YEAR, INSTANT, LAST_YEAR, by_unique, is_day, parse_time
from bilan.observe.importers.mapping import ATTRIBUTE, NO_REGION, Item, mapping_digest, read_mapping
from bilan.observe.importers.mapping import Mapping as TableMapping
from bilan.observe.importers.sources import Part, Reject, Source, open_source
from bilan.observe.importers.units import UnitError
from bilan.observe.statistics_cells import place
from bilan.policy.parameters import parameter

_JOINT = "\x1f"
_DAY = 86_400
_LINES = [("line", "min"), ("line", "max")]
_NOON = timedelta(hours=12)  # at midnight a sample would belong to the day before


class TableImporter(Importer):
    """What the columns are, their units, the interval and what its label means stand in the mapping."""

    name: ClassVar[str] = "table"
    title: ClassVar[str] = "任意表格，列由 --mapping 的 TOML 文件说明（宽表或长表）"
    required: ClassVar[tuple[str, ...]] = ()
    options: ClassVar[tuple[str, ...]] = ("mapping",)
    mapping: TableMapping

    @classmethod
    def manner(cls, given: Options) -> str:
        """By which mapping: the first digits of its SHA-256."""
        return f"mapping={mapping_digest(given.mapping)}" if given.mapping else ""

    @classmethod
    def check_options(cls, given: Options) -> None:
        """Raise OptionError also where the mapping is missing, MappingError where it is wrong."""
        super().check_options(given)
        if given.mapping is None:
            raise OptionError("--mapping：格式 table 要一个 TOML 映射文件")
        read_mapping(given.mapping)

    def open(self, path: Path) -> Source:
        """The file laid out as the mapping says, merged cells filled down."""
        self.mapping = read_mapping(self.given.mapping or Path())
        self.missing = frozenset(self.mapping.file.missing)
        source = open_source(path, self.mapping.file.layout)
        return FilledDown(source, self.mapping.file.fill_down) if self.mapping.file.fill_down else source

    def check(self) -> None:
        """Raise FormatError, which names the key, where the file has not a column of the mapping."""
        for key, column in self.mapping.columns():
            if column not in self.source.columns:
                raise FormatError(
                    f"{self.source.path}：没有列“{column}”（映射 {key}）；文件里是 {self.columns_shown()}"
                )

    def survey(self) -> Iterable[str]:
        """Say what the mapping says of time."""
        time = self.mapping.time
        if time.seconds:
            meaning = {"end": "结束", "start": "开始"}[time.label or "end"]
            yield f"时间标签是时段的{meaning}，时段 {time.seconds} 秒，时区 {time.zone}（映射）"
        else:
            yield f"时间是瞬时，时区 {time.zone}（映射）；只有日期的记在当日 12:00"
        self.instants = not any(self.mapping.lengths())
        self.only_days = self.instants and self._all_midnights()
        if self.only_days:
            yield "时间列没有钟点，或全是 0 时：视为只有日期，都记在当日 12:00"

    def take(self, part: Part) -> Taken:
        """Return the part's values."""
        keys = self._keys(part)
        taken = self._long(part, keys) if self.mapping.long else self._wide(part, keys)
        taken.stations, unknown = self._stations(part, keys)
        taken.rejects += unknown
        return taken

    def _wide(self, part: Part, keys: Keys) -> Taken:
        columns = [self.mapping.measured(column, item) for column, item in (self.mapping.values or {}).items()]
        return melt(part, keys, columns, self.name, self.missing, self.mapping.file.below)

    def _long(self, part: Part, keys: Keys) -> Taken:
        """Each parameter and unit that occurs, taken as a wide table of one column."""
        long = self.mapping.long
        assert long is not None
        unit = part[long.unit_column] if long.unit_column else pa.repeat(pa.scalar(long.unit or ""), part.count)
        pairs = pc.binary_join_element_wise(part[long.parameter], unit, _JOINT).dictionary_encode()
        taken = Taken()
        for number, pair in enumerate(pairs.dictionary.to_pylist()):
            rows = pc.equal(pairs.indices, number)
            called, _, written = pair.partition(_JOINT)
            these = keys.filter(rows)
            try:
                column = self._item(called.strip(), written.strip())
            except UnitError as error:
                column = Measured(long.value, "", "")
                these = these.refused(str(error), long.parameter, called)
            taken.add(melt(part.filter(rows), these, [column], self.name, self.missing, self.mapping.file.below))
        return taken

    def _item(self, called: str, unit: str) -> Measured:
        long = self.mapping.long
        assert long is not None
        item = long.items.get(called)
        if item is None:
            found = parameter(called)
            if found is None:
                raise UnitError(f"不认识的参数 {called!r}，可在映射的 [long.items] 里说明")
            item = Item(parameter=found.code)
        has_unit = bool(long.unit_column) or long.unit is not None
        return self.mapping.measured(long.value, item, unit if has_unit else None)

    def _keys(self, part: Part) -> Keys:
        time, station = self.mapping.time, self.mapping.station
        when = self._when(part)
        labels, why = by_unique(when, self._instant, INSTANT)
        checks = [(time.names[0], when, why)]
        if station.column:
            name = part[station.column]
            checks.append((station.column, name, name_problem(name, "站点")))
            ids = pc.binary_join_element_wise(pa.scalar(station.prefix), pc.utf8_trim_whitespace(name), "")
        else:
            ids = pa.repeat(pa.scalar(f"{station.prefix}{station.id}"), part.count)
        problem, column, raw = first_problem(*checks)
        flag = self._flag(part)
        return Keys(ids, labels, problem, column, raw, flag, time.label or "end")

    def _when(self, part: Part) -> pa.Array:
        """The time of each row as it is written."""
        names = self.mapping.time.names
        if len(names) == 1:
            return part[names[0]]
        # a date cell of a workbook brings a midnight of its own
        day = pc.replace_substring_regex(part[names[0]], r"[ T]00:00:00(\.0+)?$", "")
        return pc.binary_join_element_wise(day, *(part[name] for name in names[1:]), " ")

    def _all_midnights(self) -> bool:
        """Whether every row has the midnight that a column of dates brings; looks no further than the first other."""
        zone, seen = ZoneInfo(self.mapping.time.zone), False
        for part in self.source.parts():
            times, _ = by_unique(self._when(part), self._read, INSTANT)
            for read in pc.unique(times).drop_null().to_pylist():
                if read.astimezone(zone).time() != time.min:
                    return False
                seen = True
        return seen

    def _instant(self, text: str) -> datetime:
        """The label that ``text`` writes; an instant of which only the day is known lies at its noon."""
        read = self._read(text)
        return read + _NOON if self.only_days or (self.instants and is_day(text)) else read

    def _read(self, text: str) -> datetime:
        time = self.mapping.time
        zone = ZoneInfo(time.zone)
        if time.format is None:
            lengths = self.mapping.lengths()
            return parse_time(text, zone=zone, with_hour=any(lengths) and min(lengths) < _DAY)
        try:
            read = datetime.strptime(text.strip(), time.format)
        except ValueError:
            raise ValueError(f"不合 {time.format}") from None
        if read.microsecond:
            raise ValueError("时间应为整秒")
        if not FIRST_YEAR <= read.year <= LAST_YEAR:
            raise ValueError(f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间")
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)

    def _flag(self, part: Part) -> pa.Array | None:
        if self.mapping.flag is None:
            return None
        marks = self.mapping.flag.marks
        words = pc.utf8_trim_whitespace(part[self.mapping.flag.column])
        return by_unique(words, lambda word: marks.get(word, word) or None, pa.string())[0]

    def _stations(self, part: Part, keys: Keys) -> tuple[dict[str, Station], list[Reject]]:
        """The stations of the part, as the last row of each says; and regions that nobody knows, where each begins."""
        columns = dict(self.mapping.station.columns())
        cells = {"id": keys.station, "problem": keys.problem}
        cells |= {key: pc.utf8_trim_whitespace(part[name]) for key, name in columns.items()}
        told = pa.table(cells | {"line": part.lines}).group_by(list(cells), use_threads=False).aggregate(_LINES)
        rows = [row for row in told.to_pylist() if row["problem"] is None]
        rejects = [
            Reject(row["line_min"], columns["region_column"], row["region_column"], NO_REGION)
            for row in rows
            if row.get("region_column") and _region(row["region_column"]) is None
        ]
        last = sorted(rows, key=lambda row: row["line_max"])
        return {row["id"]: self._station(row) for row in last}, rejects

    def _station(self, row: Mapping[str, str]) -> Station:
        """The station that ``row`` tells of, its cells by the keys of the mapping."""
        said = self.mapping.station
        kind = row.get("kind_column") or said.kind
        region = _region(row.get("region_column", "")) or (region_id(said.region) if said.region else None)
        attributes = {name: row[f"{ATTRIBUTE}{name}"] for name in said.attribute_columns}
        return Station(
            id=row["id"],
            name=row.get("name") or None,
            medium=said.medium,
            kind=KIND_WORDS.get(kind, kind) if kind else None,
            region=region,
            lon=coordinate(row.get("lon") or "", 180),
            lat=coordinate(row.get("lat") or "", 90),
            attributes=said.attributes | {name: text for name, text in attributes.items() if text},
        )


@cache
def _region(text: str) -> str | None:
    """The id of the present region that has ``text`` for id or name, also after the name of an outer one."""
    try:
        return place(text, date.max).id
    except ValueError:
        return None


class FilledDown(Source):
    """A file in whose ``filled`` columns an empty cell means what stands above it, as merged cells of a workbook do."""

    def __init__(self, inner: Source, filled: tuple[str, ...]) -> None:
        super().__init__(inner.path)
        self.inner, self.filled = inner, filled
        self.columns, self.sha256 = inner.columns, inner.sha256

    def parts(self) -> Iterator[Part]:
        """Yield the rows, the last cell of a part filling the first ones of the next."""
        above: dict[str, str] = {}
        for part in self.inner.parts():
            for name in self.filled:
                cells = part[name]
                known = pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)
                full = pc.fill_null(pc.fill_null_forward(known), above.get(name, ""))
                if len(full):
                    above[name] = full[-1].as_py()
                place = part.cells.column_names.index(name)
                part.cells = part.cells.set_column(place, name, full)
            yield part
