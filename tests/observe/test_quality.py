"""The rules of doubt, each at its limit, beside it, and where it must be silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest

from bilan.observe.quality import JUDGES, QualityRule, quality_flags, quality_rules

START = datetime(2024, 5, 1, tzinfo=UTC)
PM25, PM10, SO2, PH, NH3N, TN = "a34004", "a34002", "a21026", "w01001", "w21003", "w21001"


def hour(number: float, value: float | None, **changes: Any) -> dict[str, Any]:
    """An hourly PM2.5 value, ``number`` hours after the beginning."""
    usual = {
        "station": "s1",
        "parameter": PM25,
        "statistic": "avg",
        "seconds": 3600,
        "time": START + timedelta(hours=number),
        "value": value,
        "flag": None,
        "source": "cnemc",
    }
    return usual | changes


def sample(number: float, value: float, parameter: str, **changes: Any) -> dict[str, Any]:
    """A four-hourly sample of water."""
    of_water = {"parameter": parameter, "statistic": "value", "seconds": 0, "source": "water-4h"}
    return hour(4 * number, value, **of_water) | changes


SCHEMA = pa.schema(
    [
        ("station", pa.string()),
        ("parameter", pa.string()),
        ("statistic", pa.string()),
        ("seconds", pa.int32()),
        ("time", pa.timestamp("us", "UTC")),
        ("value", pa.float64()),
        ("flag", pa.string()),
        ("source", pa.string()),
        ("superseded_at", pa.timestamp("us", "UTC")),
    ]
)


ENGINE = ibis.duckdb.connect()


def flags(*rows: dict[str, Any], rule: str | None = None) -> list[dict[str, Any]]:
    """The flags by the rules called ``rule``, or by all, in the order of rule and time."""
    table = ibis.memtable(pa.Table.from_pylist(list(rows), schema=SCHEMA))
    rules = [row for row in quality_rules() if rule in (None, row.rule)]
    found = ENGINE.to_pyarrow(quality_flags(table, rules)).to_pylist()
    return sorted(found, key=lambda row: (row["rule"], row["time"]))


def hours_of(found: list[dict[str, Any]]) -> list[float]:
    return [(row["time"] - START) / timedelta(hours=1) for row in found]


# --- range ---


@pytest.mark.parametrize(
    ("value", "bound"), [(0.0, None), (1000.0, None), (-0.001, 0.0), (1000.001, 1000.0), (-999.0, 0.0), (5e12, 1000.0)]
)
def test_range_counts_its_bounds_in(value: float, bound: float | None) -> None:
    found = flags(hour(0, value), rule="range")
    assert [row["compared"] for row in found] == ([] if bound is None else [bound])


def test_a_flag_tells_the_observation_the_rule_and_its_source() -> None:
    (found,) = flags(sample(0, 14.2, PH))
    expected = {"station": "s1", "parameter": PH, "seconds": 0, "rule": "range", "value": 14.2, "compared": 14.0}
    assert {name: found[name] for name in expected} == expected
    assert (found["source"], found["verified"], found["count"]) == ("pH 的定义域（水溶液）", True, None)


def test_a_parameter_without_a_rule_is_not_judged() -> None:
    assert flags(hour(0, -5.0, parameter="a99999", source="table")) == []


# --- jump ---


@pytest.mark.parametrize(("after", "doubted"), [(360.0, []), (360.001, [1]), (400.0, [1])])
def test_jump_is_more_than_the_step(after: float, doubted: list[float]) -> None:
    found = flags(hour(0, 10.0), hour(1, after), rule="jump")
    assert hours_of(found) == doubted
    assert all(row["compared"] == 10.0 for row in found)


def test_jump_goes_both_ways_and_says_nothing_over_a_gap() -> None:
    rows = [hour(0, 10), hour(1, 900), hour(2, 10), hour(4, 900)]
    assert hours_of(flags(*rows, rule="jump")) == [1, 2]


def test_jump_of_samples_is_over_four_hours() -> None:
    assert hours_of(flags(sample(0, 7.0, PH), sample(1, 8.4, PH), sample(3, 7.0, PH), rule="jump")) == [4]


def test_jump_keeps_stations_and_statistics_apart() -> None:
    rows = [hour(0, 10), hour(1, 900, station="s2"), hour(1, 900, seconds=86_400), hour(1, 900, statistic="max")]
    assert flags(*rows, rule="jump") == []


# --- constant ---


@pytest.mark.parametrize(("length", "doubted"), [(5, 0), (6, 6), (9, 9)])
def test_constant_begins_with_the_run_of_the_rule(length: int, doubted: int) -> None:
    rows = [hour(n, 35.0) for n in range(length)] + [hour(length, 36.0)]
    found = flags(*rows, rule="constant")
    assert len(found) == doubted
    assert {row["count"] for row in found} <= {length}


def test_constant_is_broken_by_another_value_and_by_a_gap() -> None:
    values = [35.0] * 5 + [36.0] + [35.0] * 5
    assert flags(*(hour(n, value) for n, value in enumerate(values)), rule="constant") == []
    assert flags(*(hour(n if n < 5 else n + 1, 35.0) for n in range(10)), rule="constant") == []


def test_constant_leaves_low_values_alone() -> None:
    assert flags(*(hour(n, 20.0) for n in range(30)), rule="constant") == []
    assert len(flags(*(hour(n, 20.1) for n in range(30)), rule="constant")) == 30


def test_constant_leaves_half_of_the_detection_limit_alone() -> None:
    assert flags(*(sample(n, 0.025, NH3N) for n in range(12)), rule="constant") == []
    assert len(flags(*(sample(n, 0.026, NH3N) for n in range(12)), rule="constant")) == 12


# --- gap ---


def test_gap_counts_the_missing_intervals_of_its_feed() -> None:
    found = flags(hour(0, 1), hour(1, 2), hour(5, 3), rule="gap")
    assert [(hours, row["count"]) for hours, row in zip(hours_of(found), found, strict=True)] == [(5, 3)]


def test_gap_of_samples_and_of_days_allows_for_their_hour() -> None:
    assert hours_of(flags(sample(0, 7, PH), sample(1, 7.1, PH), sample(3, 7.2, PH), rule="gap")) == [12]
    daily = [sample(0, 7, PH, source="water-daily"), sample(6.75, 7.1, PH, source="water-daily")]  # 27 hours later
    assert flags(*daily, rule="gap") == []


def test_gap_is_not_looked_for_where_no_rhythm_is_known() -> None:
    assert flags(hour(0, 1, source="table"), hour(900, 2, source="table"), rule="gap") == []
    assert flags(hour(0, 1, seconds=86_400), hour(900, 2, seconds=86_400), rule="gap") == []


def test_a_marked_value_is_no_gap() -> None:
    assert flags(hour(0, 1), hour(1, 2, flag="M"), hour(2, 3), rule="gap") == []
    assert hours_of(flags(hour(0, 1), hour(1, None), hour(2, 3), rule="gap")) == [2]


# --- duplicate ---


def test_duplicate_is_one_key_with_two_values() -> None:
    (found,) = flags(hour(0, 5), hour(0, 7), hour(1, 5), rule="duplicate")
    assert (found["value"], found["compared"], found["count"]) == (7.0, 5.0, 2)


def test_the_same_value_sent_again_is_no_doubt() -> None:
    assert flags(hour(0, 5), hour(0, 5), rule="duplicate") == []


def test_duplicate_looks_at_what_was_superseded_and_nothing_else_does() -> None:
    closed = {"superseded_at": START + timedelta(days=1)}
    found = flags(hour(0, -5, **closed), hour(0, 7))
    assert [row["rule"] for row in found] == ["duplicate"]


# --- cross ---


def test_cross_is_the_part_above_the_whole() -> None:
    rows = [hour(0, 50), hour(0, 49.9, parameter=PM10), hour(1, 50), hour(1, 50, parameter=PM10), hour(2, 50)]
    (found,) = flags(*rows, rule="cross")
    assert (found["parameter"], found["value"], found["compared"]) == (PM25, 50.0, 49.9)


def test_cross_of_water_and_never_between_places_or_times() -> None:
    rows = [sample(0, 3.0, NH3N), sample(0, 2.0, TN), sample(1, 9.0, NH3N), sample(2, 1.0, TN)]
    assert hours_of(flags(*rows, sample(0, 0.5, TN, station="s2"), rule="cross")) == [0]


# --- all of them ---


@pytest.mark.parametrize("mark", ["M", "F", "D", "C", "调试"])
def test_what_its_station_marks_is_not_judged_again(mark: str) -> None:
    rows = [hour(n, 5000.0, flag=mark) for n in range(8)] + [hour(0, 1.0, parameter=PM10, flag=mark)]
    assert flags(*rows) == []


@pytest.mark.parametrize("mark", [None, "", "N", "L"])
def test_a_normal_mark_does_not_protect(mark: str | None) -> None:
    assert len(flags(hour(0, 5000.0, flag=mark), rule="range")) == 1


def test_no_observation_is_changed_or_left_out() -> None:
    table = pa.Table.from_pylist([hour(0, -1), hour(0, 2)], schema=SCHEMA)
    rows = ibis.memtable(table)
    quality_flags(rows)
    assert ENGINE.to_pyarrow(rows).equals(table)


def test_one_rule_of_ones_own() -> None:
    own = QualityRule("range", "x00001", "", None, None, Decimal("0.5"), None, None, (), "自定", False)
    table = pa.Table.from_pylist([hour(0, 0.6, parameter="x00001"), hour(0, 5000.0)], schema=SCHEMA)
    (found,) = ENGINE.to_pyarrow(quality_flags(ibis.memtable(table), [own])).to_pylist()
    assert (found["parameter"], found["compared"], found["source"]) == ("x00001", 0.5, "自定")


def test_no_rule_no_doubt() -> None:
    rows = ibis.memtable(pa.Table.from_pylist([hour(0, -1)], schema=SCHEMA))
    none, some = (ENGINE.to_pyarrow(quality_flags(rows, rules)) for rules in ([], None))
    assert none.num_rows == 0
    assert none.schema.names == some.schema.names
    assert none.schema.types == some.schema.types


def test_a_bound_that_is_cited_at_second_hand_is_not_verified() -> None:
    (ozone,) = (rule for rule in quality_rules() if (rule.rule, rule.parameter) == ("range", "a05024"))
    assert not ozone.verified


def test_every_kind_of_rule_is_in_the_table_with_its_source() -> None:
    assert {rule.rule for rule in quality_rules()} == set(JUDGES)
    assert [rule for rule in quality_rules() if not rule.source] == []


def test_every_parameter_of_a_rule_is_known() -> None:
    from bilan.policy.parameters import parameters

    codes = {row.code for row in parameters()}
    named = {rule.parameter for rule in quality_rules()} | {r.other for r in quality_rules() if r.rule == "cross"}
    assert named - codes == {""}
