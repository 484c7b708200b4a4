"""The TOML file that says how to read any table: which column is what, in which unit, and what a time label means."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bilan.errors import BilanError, FileError, os_reason
from bilan.observe.importers.base import Label, Measured, region_id
from bilan.observe.importers.cells import MISSING
from bilan.observe.importers.sources import Layout
from bilan.observe.importers.units import UnitError, factor
from bilan.policy.parameters import parameter

State = Literal["298K", "273K", "actual", "published"]
MAX_MAPPING = 1 << 20  # bytes
ATTRIBUTE = "attribute_columns."
NO_REGION = "行政区表里没有这个名称，或不止一个"
_STATISTIC = r"^[a-z][a-z_]*$"
_NO_LABEL = "seconds 大于 0 时必须写 label：end（标签是时段结束）或 start（时段开始）"


class MappingError(BilanError):
    """A mapping is no TOML, a key of it is wrong, or it does not fit the file."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class FileSection(_Section):
    """``[file]``: how the file is laid out, where it does not say so itself."""

    encoding: str | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    sheet: str | None = None
    header: int = Field(1, ge=1, le=1000)
    missing: tuple[str, ...] = tuple(sorted(MISSING))
    fill_down: tuple[str, ...] = ()
    below_limit: Literal["half", "limit", "zero"] | None = None

    @property
    def layout(self) -> Layout:
        return Layout(self.encoding, self.delimiter, self.sheet, self.header)

    @property
    def below(self) -> Fraction | None:
        """Which share of the detection limit a value below it counts as."""
        shares = {"half": Fraction(1, 2), "limit": Fraction(1), "zero": Fraction(0)}
        return shares[self.below_limit] if self.below_limit else None


class TimeSection(_Section):
    """``[time]``: where the label stands and what it means."""

    column: str | None = None
    columns: tuple[str, ...] = ()
    format: str | None = None
    zone: str = "Asia/Shanghai"
    seconds: int = Field(ge=0, le=366 * 86_400, strict=True)
    label: Label | None = None

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("没有这个时区，如 Asia/Shanghai、UTC") from error
        return zone

    @field_validator("format")
    @classmethod
    def _known_format(cls, form: str | None) -> str | None:
        try:
            if form is not None:
                datetime.strptime(datetime(2024, 2, 29, 13).strftime(form), form)
        except ValueError as error:
            raise ValueError("不是 strptime 的格式，如 %Y-%m-%d %H:%M") from error
        return form

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.column) == bool(self.columns):
            raise ValueError("column 与 columns 应写其中一个")
        if self.seconds and self.label is None:
            raise ValueError(_NO_LABEL)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        return (self.column,) if self.column else self.columns


class StationSection(_Section):
    """``[station]``: whose values they are; ``column`` or ``id``; the others fill the table of stations.

    ``kind``, ``region`` and ``attributes`` hold for the whole file; what ends in ``_column`` names where they stand.
    """

    column: str | None = None
    id: str | None = None
    prefix: str = ""
    name: str | None = None
    lon: str | None = None
    lat: str | None = None
    region: str | None = None
    region_column: str | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    attribute_columns: dict[str, str] = Field(default_factory=dict)
    medium: Literal["air", "surface_water", "groundwater", "sea", "soil", "noise", "waste_water", "waste_gas"]
    kind: str | None = None
    kind_column: str | None = None

    @field_validator("region")
    @classmethod
    def _known_region(cls, name: str | None) -> str | None:
        if name is not None and region_id(name) is None:
            raise ValueError(NO_REGION)
        return name

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if bool(self.column) == bool(self.id):
            raise ValueError("column（站点列）与 id（整个文件一个站点）应写其中一个")
        for key in ("region", "kind"):
            if getattr(self, key) and getattr(self, f"{key}_column"):
                raise ValueError(f"{key} 与 {key}_column 只能写其中一个")
        if twice := sorted(self.attributes.keys() & self.attribute_columns.keys()):
            raise ValueError(f"attributes 与 attribute_columns 都写了 {'、'.join(twice)}")
        return self

    def columns(self) -> Iterator[tuple[str, str]]:
        """What of a station stands in a column, each with the column; attributes as ``attribute_columns.NAME``."""
        for key in ("column", "name", "lon", "lat", "region_column", "kind_column"):
            if column := getattr(self, key):
                yield key, column
        for name, column in self.attribute_columns.items():
            yield f"{ATTRIBUTE}{name}", column


class Item(_Section):
    """What a column, or a name in a long table, measures."""

    parameter: str
    unit: str | None = None
    statistic: str | None = Field(None, pattern=_STATISTIC)
    seconds: int | None = Field(None, ge=0, le=366 * 86_400, strict=True)
    state: State | None = None

    @field_validator("parameter")
    @classmethod
    def _known(cls, called: str) -> str:
        found = parameter(called)
        if found is None:
            raise ValueError("参数表里没有这个名称或编码")
        return found.code

    @model_validator(mode="after")
    def _convertible(self) -> Self:
        if self.unit is not None:
            _factor(self.parameter, self.unit)
        return self


class ColumnItem(Item):
    """An item of a wide table has its unit in the mapping."""

    unit: str


class FlagSection(_Section):
    """``[flag]``: the column of the station's own marks, and what its words are called in the lake."""

    column: str
    marks: dict[str, str] = Field(default_factory=dict)


class LongSection(_Section):
    """``[long]``: a table with a row for each value."""

    parameter: str
    value: str
    unit_column: str | None = None
    unit: str | None = None
    items: dict[str, Item] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if self.unit_column and self.unit:
            raise ValueError("unit_column 与 unit 应写其中一个")
        return self


class Mapping(_Section):
    """The whole mapping: ``[values]`` for a wide table or ``[long]`` for a long one."""

    time: TimeSection
    station: StationSection
    file: FileSection = FileSection()
    values: dict[str, ColumnItem] | None = None
    long: LongSection | None = None
    flag: FlagSection | None = None
    statistic: str = Field("avg", pattern=_STATISTIC)
    state: State | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if (not self.values) == (self.long is None):
            raise ValueError("应有 [values]（宽表）或 [long]（长表）其中一个")
        return self

    @model_validator(mode="after")
    def _labelled(self) -> Self:
        if self.time.label is None and any(self.lengths()):
            raise ValueError(f"time.label：{_NO_LABEL}")
        return self

    def lengths(self) -> set[int]:
        """The seconds of the intervals that the file has; 0 for instants."""
        items = [*(self.values or {}).values(), *(self.long.items.values() if self.long else ())]
        said = {self.time.seconds if item.seconds is None else item.seconds for item in items}
        return said if self.values else said | {self.time.seconds}

    def columns(self) -> Iterator[tuple[str, str]]:
        """The keys that name a column, each with the column."""
        for name in self.time.names:
            yield "time.column" if self.time.column else "time.columns", name
        for key, name in self.station.columns():
            yield f"station.{key}", name
        for name in self.values or ():
            yield "values", name
        if self.long:
            for key in ("parameter", "value", "unit_column"):
                if name := getattr(self.long, key):
                    yield f"long.{key}", name
        if self.flag:
            yield "flag.column", self.flag.column
        for name in self.file.fill_down:
            yield "file.fill_down", name

    def measured(self, column: str, item: Item, unit: str | None = None) -> Measured:
        """How ``item`` is stored; raises UnitError where its unit cannot be converted, or none is said."""
        found = parameter(item.parameter)
        given = item.unit if item.unit is not None else unit
        if found is None or given is None:
            raise UnitError("没有说明单位" if found else "参数表里没有这个名称或编码")
        seconds = self.time.seconds if item.seconds is None else item.seconds
        return Measured(
            column=column,
            parameter=found.code,
            unit=found.unit,
            statistic=item.statistic or (self.statistic if seconds else "value"),
            seconds=seconds,
            factor=factor(given, found.unit),
            state=item.state or self.state,
        )


def read_mapping(path: Path) -> Mapping:
    """Return the mapping in the TOML file ``path``.

    Raises FileError where it cannot be read, MappingError with the first key that is wrong and what was expected.
    """
    raw = _read(path)
    try:
        return Mapping.model_validate(tomllib.loads(raw.decode("utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(f"{path}：不是 TOML（UTF-8）：{error}") from error
    except ValidationError as error:
        raise MappingError(f"{path}：{_first_of(error)}") from error


def mapping_digest(path: Path) -> str:
    """Return the first digits of the SHA-256 of the mapping ``path``; line ends do not count. Raises FileError."""
    return hashlib.sha256(_read(path).replace(b"\r\n", b"\n")).hexdigest()[:8]


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_MAPPING:
            raise MappingError(f"{path}：超过 {MAX_MAPPING >> 20} MiB，不像映射文件")
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"{path}：无法读取：{os_reason(error)}") from error


_EXPECTED = {
    "missing": "必填",
    "extra_forbidden": "不认识的键",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "string_type": "应为文字",
    "dict_type": "应为一节（表）",
    "model_type": "应为一节（表）",
    "tuple_type": "应为列表",
    "literal_error": "应为 {expected}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "string_too_long": "应为一个字符",
    "string_too_short": "应为一个字符",
    "string_pattern_mismatch": "应为小写英文，如 avg、max、value",
}


def _first_of(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(step) for step in first["loc"]) or "映射"
    context: dict[str, Any] = first.get("ctx", {})
    if first["type"] == "value_error":
        said = str(context["error"])
    else:
        said = _EXPECTED.get(first["type"], first["msg"]).format(**context).replace(" or ", " 或 ")
    given = first["input"]
    shown = f" = {given!r}" if isinstance(given, str | int | float) and first["type"] != "missing" else ""
    return f"{place}{shown}：{said}"


def _factor(code: str, unit: str) -> Fraction:
    found = parameter(code)
    try:
        return factor(unit, found.unit if found else "")
    except UnitError as error:
        raise ValueError(str(error)) from error
