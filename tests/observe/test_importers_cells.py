"""Text to numbers, instants and units."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pyarrow as pa
import pytest

from bilan.observe.importers.cells import limits, numbers, parse_time
from bilan.observe.importers.units import UnitError, factor


def local(text: str) -> str:
    return parse_time(text).astimezone(UTC).isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-10T14:00:00",
        "2026-04-10T1400",
        "2026-04-10 14:00",
        "2026-04-10 14",
        "2026-4-10 14:00",
        "2026/04/10 14:00:00",
        "2026年4月10日14时",
        "2026年04月10日 14时00分",
        "2026.04.10 14:00",
        "20260410T14",
        "2026041014",
        "20260410140000",
        "2026-04-10T14:00:00.000000",
        "2026-04-10T14:00:00+08:00",
        "2026-04-10T06:00:00Z",
        " 2026-04-10 14:00 ",
    ],
)
def test_one_hour_however_it_is_written(text: str) -> None:
    assert parse_time(text) == datetime(2026, 4, 10, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2023-12-31 24:00", "2023-12-31T16:00:00+00:00"),
        ("2024-01-01 00:00", "2023-12-31T16:00:00+00:00"),
        ("2024-02-28T24:00:00", "2024-02-28T16:00:00+00:00"),
        ("2024-02-29T24:00:00", "2024-02-29T16:00:00+00:00"),
    ],
)
def test_24_is_the_midnight_that_ends_the_day(text: str, utc: str) -> None:
    assert local(text) == utc


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2023-02-29 08:00", "没有 2023-02-29 这一天"),
        ("2024-04-31 08:00", "没有 2024-04-31 这一天"),
        ("2024-01-01 24:30", "没有 24:30:00 这个钟点"),
        ("2024-01-01 25:00", "没有 25:00:00 这个钟点"),
        ("2024-01-01", "没有钟点"),
        ("0024-01-01 08:00", "年份"),
        ("2024-01-01 08:00:00.5", "整秒"),
        ("45292.5", "不是认识的时间写法"),
        ("", "不是认识的时间写法"),
        ("2024-1-112", "不是认识的时间写法"),
        ("2024-01-0112:00", "不是认识的时间写法"),
        ("2024-01-01TTT5", "不是认识的时间写法"),
        ("2024-01-01T140", "不是认识的时间写法"),
        ("2024-01-01T08:00+08:60", r"没有 \+08:60 这个时区"),
        ("2024-01-01T08:00+99:00", r"没有 \+99:00 这个时区"),
    ],
)
def test_what_is_no_hour_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_time(text)


def test_a_day_alone_will_do_where_no_hour_is_asked() -> None:
    assert parse_time("2024-02-29", with_hour=False) == datetime(2024, 2, 28, 16, tzinfo=UTC)


@pytest.mark.parametrize("mark", ["", " ", "NA", "-;", "—", "--", "/", "*", "&mdash;", "NaN", "null"])
def test_missing_marks_are_neither_values_nor_errors(mark: str) -> None:
    read = numbers(pa.array([mark, "0"]))
    assert read.values.to_pylist() == [None, 0.0]
    assert read.empty.to_pylist() == [True, False]
    assert read.bad.to_pylist() == [False, False]


def test_a_mark_that_is_a_number_is_compared_as_a_number() -> None:
    read = numbers(pa.array(["0", "0.0", "-999", "-999.00", "1"]), {"0", "-999"})
    assert read.empty.to_pylist() == [True, True, True, True, False]
    assert read.values.to_pylist() == [None, None, None, None, 1.0]


@pytest.mark.parametrize("text", ["1,234", "１２", "inf", "-inf", "0x10", "1 2", "12a", "1e400", "3.5 mg/L"])
def test_what_is_no_number_is_bad(text: str) -> None:
    read = numbers(pa.array([text, "3"]))
    assert read.bad.to_pylist() == [True, False]
    assert read.values.to_pylist() == [None, 3.0]


@pytest.mark.parametrize(
    ("text", "by", "exact"),
    [
        ("0.3", Fraction(1000), 300.0),
        ("1.1", Fraction(1000), 1100.0),
        ("2300", Fraction(1, 1000), 2.3),
        ("0.07", Fraction(1, 1000), 0.00007),
        ("-0.29", Fraction(100), -29.0),
        ("1.491644E+07", Fraction(1, 1000), 14916.44),
        ("0.12345678901234567", Fraction(1000), 123.45678901234567),
        ("123456789012345678901234567890", Fraction(1, 1000), 123456789012345678901234567.890),
    ],
)
def test_a_conversion_gives_the_float_of_the_exact_decimal(text: str, by: Fraction, exact: float) -> None:
    assert numbers(pa.array([text, "NA"]), factor=by).values.to_pylist() == [exact, None]


def test_below_the_detection_limit_half_of_it() -> None:
    text, below = limits(pa.array(["0.05L", "< 0.3", "＜0.02l", "5L", "L", "0.1"]), Fraction(1, 2))
    assert numbers(text).values.to_pylist() == [0.025, 0.15, 0.01, 2.5, None, 0.1]
    assert below.to_pylist() == [True, True, True, True, False, False]


@pytest.mark.parametrize(
    ("unit", "into", "by"),
    [
        ("ug/m3", "µg/m3", Fraction(1)),
        ("μg/m³", "mg/m3", Fraction(1, 1000)),
        ("微克/立方米", "µg/m3", Fraction(1)),
        ("mg/m^3", "µg/m3", Fraction(1000)),
        ("ng/m3", "µg/m3", Fraction(1, 1000)),
        ("mg/l", "mg/L", Fraction(1)),
        ("毫克/升", "µg/L", Fraction(1000)),
        ("µg/L", "mg/L", Fraction(1, 1000)),
        ("hPa", "kPa", Fraction(1, 10)),
        ("mS/m", "µS/cm", Fraction(10)),
        ("mS/cm", "μS/cm", Fraction(1000)),
        ("个/L", "cells/L", Fraction(1)),
        ("万个/L", "cells/L", Fraction(10000)),
        ("无量纲", "", Fraction(1)),
        ("°C", "℃", Fraction(1)),
        ("cm", "m", Fraction(1, 100)),
    ],
)
def test_units_however_they_are_written(unit: str, into: str, by: Fraction) -> None:
    assert factor(unit, into) == by


@pytest.mark.parametrize(("unit", "into"), [("ppb", "µg/m3"), ("mg/m3", "kPa"), ("", "mg/L"), ("°F", "℃")])
def test_what_has_no_factor_is_refused(unit: str, into: str) -> None:
    with pytest.raises(UnitError, match="不能换算"):
        factor(unit, into)
