"""What a row of the lake is, and the door that every incoming row passes.

A row's label ``time`` is the end of its interval; day, hour and year belong to the start side and are derived here,
once, so that no engine that reads the lake needs to know a time zone.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from bilan.errors import BilanError

ZONE = "Asia/Shanghai"
_INSTANT = pa.timestamp("us", "UTC")

PARTITION = ("parameter", "year")
KEY = ("station", "parameter", "statistic", "seconds", "time")
CONTENT = ("value", "unit", "flag", "state")

# Data marks of HJ 212-2017 that leave a value as good as any: none, normal, and, of laboratories, below the detection
# limit (the value is then the share of the limit that the rules of the network put in its place).
USABLE = ("", "N", "L")

INCOMING = pa.schema(
    [
        ("station", pa.string()),
        ("parameter", pa.string()),
        ("statistic", pa.string()),
        ("seconds", pa.int32()),
        ("time", _INSTANT),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("flag", pa.string()),
        ("state", pa.string()),
        ("source", pa.string()),
        ("source_ref", pa.string()),
        ("source_line", pa.int64()),
    ]
)

# Columns with statistics in the log come first: some writers give statistics only to the first 32 columns.
OBSERVATIONS = pa.schema(
    [
        ("station", pa.string()),
        ("parameter", pa.string()),
        ("statistic", pa.string()),
        ("seconds", pa.int32()),
        ("time", _INSTANT),
        ("day", pa.date32()),
        ("hour", pa.int16()),
        ("year", pa.int32()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("flag", pa.string()),
        ("state", pa.string()),
        ("source", pa.string()),
        ("batch", pa.string()),
        ("source_ref", pa.string()),
        ("source_line", pa.int64()),
        ("received_at", _INSTANT),
        ("superseded_at", _INSTANT),
    ]
)

STATIONS = pa.schema(
    [
        ("id", pa.string()),
        ("name", pa.string()),
        ("medium", pa.string()),
        ("kind", pa.string()),
        ("region", pa.string()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        (
            "external_ids",
            pa.list_(
                pa.struct(
                    [
                        ("scheme", pa.string()),
                        ("id", pa.string()),
                        ("valid_from", pa.date32()),
                        ("valid_to", pa.date32()),
                    ]
                )
            ),
        ),
        ("attributes", pa.map_(pa.string(), pa.string())),
    ]
)

WORD = pa.dictionary(pa.int32(), pa.string())  # few words on many rows, as rows are held on their way in

_KEY_WORDS = ("station", "statistic", "source", "source_ref")
_REQUIRED = ("station", "parameter", "statistic", "seconds", "time", "source", "source_ref", "source_line")
_PARAMETER = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"  # a partition value becomes the name of a folder


class LakeError(BilanError):
    """The lake, or rows handed to it, are not what they must be."""


def conform(rows: pa.Table) -> pa.Table:
    """The rows with the columns of :data:`INCOMING`, words as dictionaries, and day, hour and year; one Arrow chunk.

    ``day`` (date), ``hour`` (1 to 24) and ``year`` are those of the start side: of (``time`` - 1 µs) in Asia/Shanghai.
    Raises LakeError, which names the column and the source's line, where a column is missing or of another type, a key
    or source is null, ``time`` is no whole second, ``value`` is no finite number (a missing value is null).

    >>> from datetime import UTC, datetime
    >>> row = {"station": "s1", "parameter": "a34004", "statistic": "avg", "seconds": 3600, "value": 35.0,
    ...        "time": datetime(2021, 12, 31, 16, tzinfo=UTC), "source": "table", "source_ref": "f", "source_line": 2,
    ...        "unit": "ug/m3", "flag": None, "state": None}
    >>> conform(pa.Table.from_pylist([row])).select(["day", "hour", "year"]).to_pylist()
    [{'day': datetime.date(2021, 12, 31), 'hour': 24, 'year': 2021}]
    """
    taken = pa.table({field.name: _column(rows, field) for field in INCOMING}).unify_dictionaries().combine_chunks()
    for name in _REQUIRED:
        _refuse(taken, pc.is_null(taken[name]), name, "不能为空")
    for name in _KEY_WORDS:
        _refuse_words(taken, name, r"\S", "不能为空")
    _refuse_words(taken, "parameter", _PARAMETER, "应为参数编码")
    _refuse(taken, pc.less(taken["seconds"], 0), "seconds", "不能为负")
    micros = taken["time"].cast(pa.int64())
    whole = pc.multiply(pc.divide(micros, 1_000_000), 1_000_000)
    _refuse(taken, pc.not_equal(micros, whole), "time", "应为整秒")
    _refuse(taken, pc.invert(pc.is_finite(taken["value"])), "value", "应为有限的数，缺测用空值")
    return _with_days(taken)


def _column(rows: pa.Table, field: pa.Field) -> pa.ChunkedArray:
    if field.name not in rows.column_names:
        raise LakeError(f"入湖的数据缺少列 {field.name}")
    column = rows[field.name]
    if field.type == _INSTANT and getattr(column.type, "tz", None) is None:
        raise LakeError(f"入湖的列 {field.name}：应为带时区的时间，是 {column.type}")
    try:
        if field.type == pa.string():
            return column if column.type == WORD else column.cast(pa.string()).dictionary_encode()
        return column.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise LakeError(f"入湖的列 {field.name}：应为 {field.type}，是 {column.type}：{error}") from error


def _refuse(rows: pa.Table, wrong: Any, name: str, expected: str) -> None:
    """Raise where ``wrong`` holds, naming the first such row."""
    at = pc.index(wrong, True).as_py()
    if at < 0:
        return
    row = rows.slice(at, 1).to_pylist()[0]
    raise LakeError(f"{row['source_ref']} 第 {row['source_line']} 行，列 {name}：{row[name]!r}：{expected}")


def _refuse_words(rows: pa.Table, name: str, pattern: str, expected: str) -> None:
    """Raise where a word does not match; the few different ones are looked at, not every row."""
    different = rows[name].unique().cast(pa.string())
    if not pc.all(pc.match_substring_regex(different, pattern)).as_py():
        matches = pc.match_substring_regex(rows[name].cast(pa.string()), pattern)
        _refuse(rows, pc.invert(matches), name, expected)


def start_side(labels: Any) -> Any:
    """The wall clock in Asia/Shanghai a microsecond before each of ``labels``, an array of instants.

    The label of an interval is its end, which may be the midnight after its day: day, hour and year are those of its
    start side.

    >>> start_side(pa.array(["2021-12-31T16:00:00Z"]).cast(_INSTANT)).cast(pa.date32()).to_pylist()
    [datetime.date(2021, 12, 31)]
    """
    before = pc.subtract(labels, pa.scalar(1, pa.duration("us")))
    return pc.local_timestamp(before.cast(pa.timestamp("us", ZONE)))


def _with_days(rows: pa.Table) -> pa.Table:
    local = start_side(rows["time"])
    rows = rows.append_column("day", local.cast(pa.date32()))
    rows = rows.append_column("hour", pc.add(pc.hour(local), 1).cast(pa.int16()))
    return rows.append_column("year", pc.year(local).cast(pa.int32()))
