"""Means from real-time values, by the text of the rules; stations and values are invented."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from bilan.observe.hj212.loading.means import Outlet, OutletError, means, reach
from bilan.observe.lake_schema import INCOMING, conform

NOON = datetime(2024, 5, 1, 4, tzinfo=UTC)  # 12:00 in Beijing
HOUR = timedelta(hours=1)
GAS = Outlet("s1", "31", minute_seconds=60)
WATER = Outlet("s1", "32", minute_seconds=60)

Row = dict[str, Any]


def instant(at: datetime, value: float | None = 10.0, parameter: str = "a19001", **changes: Any) -> Row:
    usual = {
        "station": "s1",
        "parameter": parameter,
        "statistic": "rtd",
        "seconds": 0,
        "time": at,
        "value": value,
        "unit": "%",
        "flag": "N",
        "state": None,
        "source": "hj212",
        "source_ref": "frames",
        "source_line": 1,
    }
    assert changes.keys() <= usual.keys()
    return usual | changes


def every_minute(count: int, start: datetime = NOON, value: float | None = 10.0, **changes: Any) -> list[Row]:
    return [instant(start + timedelta(minutes=minute), value, **changes) for minute in range(count)]


def made(rows: Sequence[Row], outlet: Outlet, first: datetime = NOON, last: datetime | None = None) -> list[Row]:
    table = pa.Table.from_pylist(list(rows), INCOMING)
    found = means(table, [outlet], first, last or first + HOUR, source_ref="run", source_line=7)
    assert found.schema == INCOMING
    conform(found)
    return found.to_pylist()


def one(rows: Sequence[Row], statistic: str = "avg", seconds: int = 3600, **wanted: Any) -> tuple[Any, Any]:
    """Value and flag of the only row with these properties."""
    wanted = {"statistic": statistic, "seconds": seconds, **wanted}
    (row,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return row["value"], row["flag"]


def none(rows: Sequence[Row], **wanted: Any) -> bool:
    return not any(all(row[name] == value for name, value in wanted.items()) for row in rows)


# --- intervals ---


def test_an_hour_has_mean_minimum_and_maximum_labelled_by_its_end() -> None:
    rows = made([instant(NOON + timedelta(minutes=minute), float(minute)) for minute in range(60)], GAS)
    assert [one(rows, name) for name in ("avg", "min", "max")] == [(29.5, "N"), (0.0, "N"), (59.0, "N")]
    assert {row["time"] for row in rows if row["seconds"] == 3600} == {NOON + HOUR}
    assert {(row["source"], row["source_ref"], row["source_line"]) for row in rows} == {("hj212-computed", "run", 7)}


def test_an_instant_on_a_boundary_belongs_to_the_interval_that_begins() -> None:
    rows = made([*every_minute(60), instant(NOON + HOUR, 1000.0)], GAS, last=NOON + HOUR + timedelta(minutes=1))
    assert one(rows, "max") == (10.0, "N")
    assert one(rows, seconds=60, time=NOON + HOUR + timedelta(minutes=1)) == (1000.0, "N")


def test_only_intervals_that_end_in_the_range_are_made() -> None:
    rows = made(every_minute(90), GAS, NOON + timedelta(minutes=57), NOON + HOUR)
    assert sorted((row["seconds"], row["time"]) for row in rows if row["statistic"] == "avg") == [
        (60, NOON + timedelta(minutes=58)),
        (60, NOON + timedelta(minutes=59)),
        (60, NOON + HOUR),
        (3600, NOON + HOUR),
    ]


def test_an_interval_without_any_instant_has_no_row() -> None:
    rows = made(every_minute(60), GAS, NOON, NOON + 3 * HOUR)
    assert {row["time"] for row in rows if row["seconds"] == 3600} == {NOON + HOUR}


def test_minute_data_of_ten_minutes() -> None:
    rows = made(every_minute(60), Outlet("s1", "31"))
    assert sum(row["seconds"] == 600 and row["statistic"] == "avg" for row in rows) == 6
    assert one(rows) == (10.0, "N")


def days(start: datetime, hours: int, wrong: int = 0) -> list[Row]:
    """Hourly instants, the last ``wrong`` of them faulty."""
    return [instant(start + HOUR * hour, 10.0, flag="D" if hour >= hours - wrong else "N") for hour in range(hours)]


SLOW = Outlet("s1", "31", every=3600)
MIDNIGHT = datetime(2024, 4, 30, 16, tzinfo=UTC)  # of 1 May in Beijing


def test_a_day_is_that_of_beijing() -> None:
    before = instant(MIDNIGHT - timedelta(seconds=1), 999.0)
    rows = made(
        [before, *days(MIDNIGHT, 24), instant(MIDNIGHT + 24 * HOUR, 999.0)], SLOW, MIDNIGHT, MIDNIGHT + 24 * HOUR
    )
    assert one(rows, "max", 86400) == (10.0, "N")
    assert {row["time"] for row in rows if row["seconds"] == 86400} == {MIDNIGHT + 24 * HOUR}
    kept = conform(pa.Table.from_pylist([row for row in rows if row["seconds"] == 86400], INCOMING))
    assert {str(day) for day in kept["day"].to_pylist()} == {"2024-05-01"}


def test_a_leap_day_is_a_day() -> None:
    start = datetime(2024, 2, 28, 16, tzinfo=UTC)
    rows = made(days(start, 24), SLOW, start, start + 24 * HOUR)
    assert one(rows, seconds=86400, time=datetime(2024, 2, 29, 16, tzinfo=UTC)) == (10.0, "N")


def test_from_where_instants_are_needed() -> None:
    assert reach(NOON + timedelta(minutes=5), NOON + timedelta(minutes=50)) == NOON
    assert reach(NOON, NOON + 12 * HOUR) == MIDNIGHT
    assert reach(MIDNIGHT, MIDNIGHT + HOUR) == MIDNIGHT


# --- how many are needed ---


@pytest.mark.parametrize(("minutes", "expected"), [(45, (10.0, "N")), (44, (None, "B"))])
def test_an_hour_of_flue_gas_needs_45_valid_minutes(minutes: int, expected: tuple[Any, Any]) -> None:
    assert one(made(every_minute(minutes), GAS)) == expected


@pytest.mark.parametrize(("tens", "expected"), [(5, (10.0, "N")), (4, (None, "B"))])
def test_ten_minute_data_count_as_ten_minutes(tens: int, expected: tuple[Any, Any]) -> None:
    assert one(made(every_minute(tens * 10), Outlet("s1", "31"))) == expected


@pytest.mark.parametrize(("hours", "expected"), [(20, (10.0, "N")), (19, (None, "B"))])
def test_a_day_of_flue_gas_needs_20_valid_hours(hours: int, expected: tuple[Any, Any]) -> None:
    assert one(made(days(MIDNIGHT, hours), SLOW, MIDNIGHT, MIDNIGHT + 24 * HOUR), seconds=86400) == expected


@pytest.mark.parametrize(("samples", "expected"), [(12, (10.0, "N")), (11, (None, "B"))])
def test_a_minute_sampled_every_five_seconds_needs_12(samples: int, expected: tuple[Any, Any]) -> None:
    rows = [instant(NOON + timedelta(seconds=5 * number)) for number in range(samples)]
    found = made(rows, Outlet("s1", "31", minute_seconds=60, every=5), last=NOON + timedelta(minutes=1))
    assert one(found, seconds=60) == expected


def test_a_minute_sampled_every_second_needs_12_too() -> None:
    rows = [instant(NOON + timedelta(seconds=number)) for number in range(12)]
    assert one(made(rows, Outlet("s1", "31", minute_seconds=60, every=1)), seconds=60) == (10.0, "N")


def every_five_seconds(minutes: int, wrong: Sequence[int] = (), lost: Sequence[int] = ()) -> list[Row]:
    """Instants, of which those numbered ``wrong`` bear a D and those ``lost`` did not come."""
    return [
        instant(NOON + timedelta(seconds=5 * number), flag="D" if number in wrong else "N")
        for number in range(12 * minutes)
        if number not in lost
    ]


FAST = Outlet("s1", "31", every=5)


@pytest.mark.parametrize(
    ("wrong", "lost", "expected"),
    [
        ([7], [], (10.0, "N")),  # present, and 119 of 120 are normal
        (range(0, 120, 4), [], (10.0, "N")),
        (range(31), [], (None, "D")),
        ([], [0, 12], (10.0, "N")),  # eight minutes are left with twelve
        ([], [0, 12, 24], (None, "B")),
    ],
)
def test_twelve_of_a_minute_must_be_present_and_three_quarters_normal(
    wrong: Sequence[int], lost: Sequence[int], expected: tuple[Any, Any]
) -> None:
    found = made(every_five_seconds(10, wrong, lost), FAST, last=NOON + timedelta(minutes=10))
    assert one(found, seconds=600) == expected


@pytest.mark.parametrize(("missing", "expected"), [(1, (10.0, "N")), (2, (None, "B"))])
def test_an_hour_counts_its_valid_minutes_whatever_the_minute_data(missing: int, expected: tuple[Any, Any]) -> None:
    """Five of six times ten minutes came, each less ``missing`` minutes: 45 or 40 valid minutes."""
    rows = [row for row in every_minute(50) if row["time"].minute % 10 >= missing]
    found = made(rows, Outlet("s1", "31"))
    assert sum(row["flag"] == "N" for row in found if (row["seconds"], row["statistic"]) == (600, "avg")) == 5
    assert one(found) == expected


@pytest.mark.parametrize(("every", "count"), [(5, 45 * 12), (20, 45 * 3), (90, 30), (600, 5), (2000, 1)])
def test_45_minutes_of_instants_are_enough_however_often_they_come(every: int, count: int) -> None:
    rows = [instant(NOON + timedelta(seconds=every * number)) for number in range(count)]
    minutes = Outlet("s1", "31", minute_seconds=60, every=every)
    assert one(made(rows, minutes)) == (10.0, "N")
    if count > 1:
        assert one(made(rows[:-1] if every > 60 else rows[: -60 // every], minutes)) == (None, "B")


def test_a_factor_that_comes_rarely_is_not_missed_in_between() -> None:
    outlet = Outlet("s1", "32", slow={"w01018": 3600})
    assert one(made([instant(NOON, 30.0, "w01018", unit="mg/L")], outlet)) == (30.0, "N")
    assert one(made([instant(NOON, 30.0, "w01018", unit="mg/L")], Outlet("s1", "32"))) == (None, "B")


def test_a_missing_value_is_no_zero() -> None:
    rows = made([*every_minute(50), *every_minute(10, NOON + timedelta(minutes=50), None)], GAS)
    assert one(rows) == (10.0, "N")
    assert one(rows, seconds=60, time=NOON + HOUR) == (None, "B")


# --- flags ---


@pytest.mark.parametrize(("wrong", "expected"), [(15, (10.0, "N")), (16, (None, "D"))])
def test_flue_gas_with_75_percent_normal_keeps_n(wrong: int, expected: tuple[Any, Any]) -> None:
    bad = every_minute(wrong, NOON + timedelta(minutes=60 - wrong), 500.0, flag="C")
    assert one(made([*every_minute(60 - wrong), *bad], GAS)) == expected


def test_exactly_75_percent_of_the_instants_of_a_minute() -> None:
    rows = [instant(NOON + timedelta(seconds=15 * number), flag="M" if number == 3 else "N") for number in range(4)]
    outlet = Outlet("s1", "31", minute_seconds=60, every=15)
    assert one(made(rows, outlet), seconds=60) == (10.0, "N")
    rows[2]["flag"] = "M"
    assert one(made(rows, outlet), seconds=60) == (None, "D")


def test_one_abnormal_value_makes_a_mean_of_waste_water_abnormal() -> None:
    rows = made(
        [*every_minute(59, parameter="w01010"), instant(NOON + timedelta(minutes=59), 900.0, "w01010", flag="M")], WATER
    )
    assert one(rows) == (10.0, "M")
    assert one(rows, "max") == (10.0, "M")


def test_what_is_missing_is_not_abnormal() -> None:
    """Three instants of ten minutes do not arrive: these ten are too few, the hour has fifty others."""
    rows = [row for row in every_minute(60, parameter="w01010") if not 10 <= row["time"].minute < 13]
    found = made(rows, Outlet("s1", "32"))
    assert one(found, seconds=600, time=NOON + timedelta(minutes=20)) == (None, "B")
    assert one(found) == (10.0, "N")


def test_of_several_abnormal_flags_the_gravest_is_told_in_any_order() -> None:
    bad = [
        instant(NOON + timedelta(minutes=57 + number), 900.0, "w01010", flag=flag) for number, flag in enumerate("CDM")
    ]
    rows = [*every_minute(57, parameter="w01010"), *bad]
    for _ in range(3):
        random.shuffle(rows)
        assert one(made(rows, WATER)) == (10.0, "D")


def test_a_flag_nobody_knows_is_abnormal() -> None:
    rows = [*every_minute(59, parameter="w01010"), instant(NOON + timedelta(minutes=59), 1.0, "w01010", flag="x7")]
    assert one(made(rows, WATER)) == (10.0, "D")


def test_an_empty_flag_is_normal() -> None:
    assert one(made(every_minute(60, flag=None), GAS)) == (10.0, "N")


def test_a_bad_value_beyond_all_measure_does_not_count() -> None:
    rows = made([*every_minute(59), instant(NOON + timedelta(minutes=59), 1e300)], GAS)
    assert [one(rows), one(rows, "max")] == [(10.0, "N"), (10.0, "N")]


@pytest.mark.parametrize("value", [1e308, -1e308, 8.9e9, -8.9e9, 25.0, -400.0, 0.0, 5e-324])
@pytest.mark.parametrize(
    ("st", "factor"), [("31", "a21026"), ("32", "w01018"), ("21", "w01001"), ("22", "a01008"), ("23", "LA")]
)
def test_no_value_stops_the_computing(st: str, factor: str, value: float) -> None:
    rows = every_minute(60, value=value, parameter=factor, unit="mg/L")
    for flow in ("w00000", "a00000", "a19001"):
        rows += every_minute(60, value=value, parameter=flow, unit="m3/s")
    outlet = Outlet("s1", st, minute_seconds=60, reference_oxygen=6.0 if st == "31" else None)
    assert one(made(rows, outlet), parameter=factor)[1] in {"N", "D"}


# --- kinds of mean ---


def flowing(values: Sequence[tuple[float, float | None]], factor: str = "w01018", **changes: Any) -> list[Row]:
    """A concentration and a flow (None: no row) every minute."""
    rows = []
    for minute, (value, flow) in enumerate(values):
        at = NOON + timedelta(minutes=minute)
        rows.append(instant(at, value, factor, **({"unit": "mg/L"} | changes)))
        if flow is not None:
            rows.append(instant(at, flow, "w00000", unit="L/s"))
    return rows


def test_waste_water_is_weighted_by_its_flow() -> None:
    rows = made(flowing([(10.0, 1.0)] * 30 + [(40.0, 3.0)] * 30), WATER)
    assert one(rows, parameter="w01018") == (32.5, "N")
    assert one(rows, parameter="w00000") == (2.0, "N")


def test_without_a_flow_the_mean_is_arithmetic() -> None:
    assert one(made(flowing([(10.0, None)] * 30 + [(40.0, None)] * 30), WATER)) == (25.0, "N")


def test_where_the_flow_is_missing_the_mean_flow_stands_in() -> None:
    values = [(10.0, 1.0)] * 20 + [(40.0, 3.0)] * 20 + [(100.0, None)] * 20
    value, flag = one(made(flowing(values), WATER), parameter="w01018")
    assert (round(value, 9), flag) == (round((10 * 20 + 40 * 60 + 100 * 40) / 120, 9), "N")


def test_where_nothing_flowed_there_is_no_weighted_mean_and_an_amount_of_zero() -> None:
    rows = made(flowing([(10.0, 0.0)] * 60), WATER)
    assert one(rows, parameter="w01018") == (None, "N")
    assert one(rows, "min", parameter="w01018") == (10.0, "N")
    assert one(rows, "cou", parameter="w01018") == (0.0, "N")
    assert one(rows, "cou", parameter="w00000") == (0.0, "N")


def test_what_was_measured_while_nothing_flowed_weighs_nothing() -> None:
    assert one(made(flowing([(10.0, 2.0)] * 30 + [(90.0, 0.0)] * 30), WATER), parameter="w01018") == (10.0, "N")


def test_ph_of_waste_water_is_not_weighted_and_that_of_surface_water_is_of_ions() -> None:
    values = [(6.0, 1.0)] * 30 + [(8.0, 3.0)] * 30
    assert one(made(flowing(values, "w01001", unit=None), WATER), parameter="w01001") == (7.0, "N")
    river = Outlet("s1", "21", minute_seconds=60)
    value, _ = one(made(flowing(values, "w01001", unit=None), river), parameter="w01001")
    assert value == pytest.approx(6.296708622)


def test_wind_comes_from_the_mean_vector_and_has_no_extremes() -> None:
    outlet = Outlet("s1", "22", minute_seconds=60)
    rows = made(
        every_minute(30, value=350.0, parameter="a01008") + every_minute(30, NOON + HOUR / 2, 20.0, parameter="a01008"),
        outlet,
    )
    assert one(rows) == (5.0, "N")
    assert none(rows, statistic="min") and none(rows, statistic="max")
    north_and_south = every_minute(30, value=0.0, parameter="a01008") + every_minute(
        30, NOON + HOUR / 2, 180.0, parameter="a01008"
    )
    assert one(made(north_and_south, outlet)) == (None, "N")


def test_noise_is_averaged_by_its_energy() -> None:
    rows = every_minute(30, value=50.0, parameter="LA") + every_minute(30, NOON + HOUR / 2, 70.0, parameter="LA")
    assert one(made(rows, Outlet("s1", "23", minute_seconds=60)))[0] == pytest.approx(67.032914, abs=1e-5)


def test_different_units_are_not_averaged() -> None:
    rows = every_minute(30, unit="mg/m3") + every_minute(30, NOON + HOUR / 2, 10_000.0, unit="µg/m3")
    assert one(made(rows, GAS)) == (None, "D")


# --- reference oxygen ---


def burning(oxygen: Sequence[float | None], value: float = 30.0) -> list[Row]:
    rows = []
    for minute, o2 in enumerate(oxygen):
        at = NOON + timedelta(minutes=minute)
        rows.append(instant(at, value, "a21026", unit="mg/m3"))
        if o2 is not None:
            rows.append(instant(at, o2, "a19001"))
    return rows


BOILER = Outlet("s1", "31", minute_seconds=60, reference_oxygen=6.0)


def test_a_concentration_is_converted_to_the_reference_oxygen() -> None:
    rows = made(burning([11.0] * 60), BOILER)
    assert one(rows, "zsavg") == (45.0, "N")
    assert [one(rows, name, parameter="a21026") for name in ("zsmin", "zsmax", "avg")] == [(45.0, "N")] * 2 + [
        (30.0, "N")
    ]
    assert none(rows, statistic="zsavg", parameter="a19001")


@pytest.mark.parametrize("oxygen", [21.0, 25.0, None])
def test_with_the_oxygen_of_air_or_none_there_is_no_converted_value(oxygen: float | None) -> None:
    rows = made(burning([oxygen] * 60), BOILER)
    assert one(rows, "zsavg")[0] is None
    assert one(rows, parameter="a21026") == (30.0, "N")


def test_some_instants_without_a_converted_value_do_not_count() -> None:
    assert one(made(burning([11.0] * 45 + [21.0] * 15), BOILER), "zsavg") == (45.0, "N")
    assert one(made(burning([11.0] * 44 + [21.0] * 16), BOILER), "zsavg") == (None, "D")


def test_nothing_is_converted_without_a_reference() -> None:
    assert none(made(burning([11.0] * 60), GAS), statistic="zsavg")


def test_what_the_device_converted_itself_prevails() -> None:
    own = every_minute(60, value=44.0, parameter="a21026", unit="mg/m3", statistic="zsrtd")
    assert one(made(burning([11.0] * 60) + own, BOILER), "zsavg") == (44.0, "N")


# --- amounts ---


def test_amounts_of_waste_water() -> None:
    rows = made(flowing([(10.0, 1.0)] * 30 + [(40.0, 3.0)] * 30), WATER)
    assert one(rows, "cou", parameter="w00000") == (pytest.approx(7.2), "N")  # 2 L/s for an hour
    assert one(rows, "cou", parameter="w01018") == (pytest.approx(0.234), "N")  # 32.5 g/m³ of them
    assert {row["unit"] for row in rows if row["statistic"] == "cou"} == {"m3", "kg"}


@pytest.mark.parametrize(("unit", "value"), [("mg/m3", 30.0), ("µg/m3", 30_000.0)])
def test_amounts_of_flue_gas(unit: str, value: float) -> None:
    rows = every_minute(60, value=value, parameter="a21026", unit=unit)
    rows += every_minute(60, value=100.0, parameter="a00000", unit="m3/s")
    found = made(rows, GAS)
    assert one(found, "cou", parameter="a00000") == (pytest.approx(360_000), "N")
    assert one(found, "cou", parameter="a21026") == (pytest.approx(10.8), "N")


def test_a_day_sums_its_hours() -> None:
    hours = range(24)
    rows = [instant(MIDNIGHT + HOUR * hour, float(hour), "a21026", unit="mg/m3") for hour in hours]
    rows += [instant(MIDNIGHT + HOUR * hour, 1.0 + hour % 2, "a00000", unit="m3/s") for hour in hours]
    found = made(rows, SLOW, MIDNIGHT, MIDNIGHT + 24 * HOUR)
    kilograms = sum(hour * (1 + hour % 2) * 3600 / 1e6 for hour in hours)
    assert one(found, "cou", 86400, parameter="a21026") == (pytest.approx(kilograms, abs=1e-8), "N")


def test_no_amount_of_unknown_units_or_without_flow() -> None:
    assert none(made(every_minute(60, parameter="a21026", unit="mg/m3"), GAS), statistic="cou")
    rows = every_minute(60, parameter="a21026", unit="ppm") + every_minute(60, parameter="a00000", unit="m3/s")
    assert none(made(rows, GAS), statistic="cou", parameter="a21026")
    assert none(made(every_minute(60, parameter="a00000", unit="m3/s"), Outlet("s1", "22")), statistic="cou")


def test_an_amount_with_a_bad_flow_has_no_value_and_says_why() -> None:
    rows = every_minute(60, parameter="a21026", unit="mg/m3")
    rows += every_minute(60, parameter="a00000", unit="m3/s", flag="F")
    found = made(rows, GAS)
    assert one(found, "cou", parameter="a21026") == (None, "D")
    assert one(found, parameter="a21026") == (10.0, "N")


# --- what the device sends itself ---


def sent(end: datetime, seconds: int, value: float, statistic: str = "avg", **changes: Any) -> Row:
    return instant(end, value, statistic=statistic, seconds=seconds, **changes)


def test_what_the_device_sent_is_not_made_again_but_used() -> None:
    own = [sent(NOON + timedelta(minutes=minute + 1), 60, 20.0) for minute in range(30)]
    rows = made([*every_minute(60), *own], GAS)
    assert one(rows) == (15.0, "N")
    assert sum(row["seconds"] == 60 and row["statistic"] == "avg" for row in rows) == 30
    assert none(made([*every_minute(60), sent(NOON + HOUR, 3600, 1.0)], GAS), seconds=3600)


def test_an_amount_that_is_sent_alone_leaves_the_computed_means() -> None:
    rows = flowing([(10.0, 1.0)] * 60)
    rows += [
        sent(NOON + timedelta(minutes=10 * part), 600, 5.5, "cou", parameter="w00000", unit="m3")
        for part in range(1, 7)
    ]
    found = made(rows, Outlet("s1", "32"))
    assert one(found, parameter="w00000") == (1.0, "N")
    assert one(found, "max", parameter="w00000") == (1.0, "N")
    assert sum(row["seconds"] == 600 and row["parameter"] == "w00000" for row in found) == 3 * 6  # no amounts again
    assert one(found, "cou", parameter="w01018") == (pytest.approx(0.036), "N")


def test_an_amount_sent_for_an_hour_goes_into_that_of_the_day() -> None:
    rows = [instant(MIDNIGHT + HOUR * hour, 1.0, "w00000", unit="m3/s") for hour in range(24)]
    rows += [sent(MIDNIGHT + HOUR * hour, 3600, 5.0, "cou", parameter="w00000", unit="m3") for hour in range(1, 25)]
    found = made(rows, Outlet("s1", "32", every=3600), MIDNIGHT, MIDNIGHT + 24 * HOUR)
    assert one(found, "cou", 86400) == (pytest.approx(120.0), "N")
    assert one(found, seconds=86400) == (1.0, "N")


def test_an_hour_follows_from_minutes_alone() -> None:
    own = [sent(NOON + timedelta(minutes=10 * part), 600, 20.0) for part in range(1, 7)]
    assert one(made(own, Outlet("s1", "31"))) == (20.0, "N")


def test_a_flagged_minute_of_the_device_is_one_that_is_not_normal() -> None:
    own = [sent(NOON + timedelta(minutes=10), 600, 20.0, flag="M", parameter="w01010")]
    rows = made([*every_minute(60, parameter="w01010"), *own], Outlet("s1", "32"))
    assert one(rows) == (10.0, "M")


# --- always the same ---


def test_the_order_of_the_rows_does_not_matter() -> None:
    rng = random.Random(5)
    rows = flowing([(rng.uniform(0, 100), rng.uniform(0, 3)) for _ in range(60)])
    first = made(rows, WATER)
    for _ in range(5):
        rng.shuffle(rows)
        assert made(rows, WATER) == first


def test_other_stations_are_passed_over_and_outlets_do_not_mix() -> None:
    rows = [*every_minute(60), *every_minute(60, value=50.0, station="s2"), *every_minute(60, value=1.0, station="s3")]
    table = pa.Table.from_pylist(rows, INCOMING)
    outlets = [GAS, Outlet("s2", "22", minute_seconds=60)]
    found = means(table, outlets, NOON, NOON + HOUR, source_ref="run", source_line=7).to_pylist()
    assert [one(found, station=name) for name in ("s1", "s2")] == [(10.0, "N"), (50.0, "N")]
    assert none(found, station="s3")


def test_a_reader_is_read_once() -> None:
    table = pa.Table.from_pylist(every_minute(60), INCOMING)
    reader = pa.RecordBatchReader.from_batches(INCOMING, table.to_batches(max_chunksize=7))
    assert means(reader, [GAS], NOON, NOON + HOUR, source_ref="run", source_line=7).equals(
        means(table, [GAS], NOON, NOON + HOUR, source_ref="run", source_line=7)
    )


def test_rules_change_with_the_day_and_stay_the_same_in_their_content() -> None:
    for year in (2015, 2025, 2026, 2027):
        start = datetime(year, 12, 31, 15, tzinfo=UTC)  # the last hour of the year in Beijing
        assert one(made(every_minute(60, start), GAS, start, start + HOUR)) == (10.0, "N")


@pytest.mark.parametrize("wrong", [{"minute_seconds": 420}, {"every": 0}, {"slow": {"a": 0}}, {"reference_oxygen": 21}])
def test_an_outlet_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(OutletError, match="s1"):
        Outlet("s1", "31", **wrong)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        reach(datetime(2024, 5, 1), NOON)
