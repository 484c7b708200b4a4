"""Daily values of a station and of a city, against fractions: validity, 8-hour windows, ties, the mean of stations."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.evaluate.air.cities import city_days
from bilan.evaluate.air.days import VALUES, station_days
from bilan.evaluate.places import MEMBERS

from .compiled import Compiled
from .lakes import CODES
from .reference import daily_mean, half_even, largest_8h, mean, pollutant_of

SCHEMA = pa.schema(
    [
        ("station", pa.string()),
        ("parameter", pa.string()),
        ("statistic", pa.string()),
        ("seconds", pa.int32()),
        ("day", pa.date32()),
        ("hour", pa.int16()),
        ("value", pa.float64()),
    ]
)
FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)
DAY, NEW_DAY = date(2025, 6, 1), date(2026, 6, 1)
MEMBERSHIP = [
    # Region c has four stations, of which d joins in July 2025; p has stations with a name of their own.
    ("a", "c", None, None),
    ("b", "c", None, None),
    ("e", "c", None, None),
    ("d", "c", date(2025, 7, 1), None),
    ("gone", "c", None, date(2025, 6, 1)),
    ("silent", "c", None, None),
    *((f"r{k}", "random", None, None) for k in range(5)),
    *((f"t{k}", "ties", None, None) for k in range(3)),
]

stations = Compiled(SCHEMA, lambda t: station_days(t, FIRST, LAST).order_by("station", "day"))


def _cities(table: ibis.Table) -> ibis.Table:
    names = ("station", "region", "valid_from", "valid_to")
    rows = [dict(zip(names, row, strict=True)) for row in MEMBERSHIP]
    members = ibis.memtable(pa.Table.from_pylist(rows, schema=MEMBERS))
    return city_days(station_days(table, FIRST, LAST), members, FIRST, LAST).order_by("region", "day")


cities = Compiled(SCHEMA, _cities)

Day = Mapping[str, Mapping[int, Fraction]]  # by pollutant, by label


def rows_of(station: str, day: date, values: Day) -> list[dict[str, Any]]:
    usual = {"station": station, "statistic": "avg", "seconds": 3600, "day": day}
    return [
        usual | {"parameter": CODES[name], "hour": hour, "value": float(value)}
        for name, hours in values.items()
        for hour, value in hours.items()
    ]


def constant(value: float | str, hours: Iterable[int] = range(1, 25)) -> dict[int, Fraction]:
    return {hour: Fraction(str(value)) for hour in hours}


def of(station: str, values: Day, day: date = DAY) -> dict[str, Any]:
    (row,) = stations(rows_of(station, day, values))
    return row


def shown(steps: int | None) -> Fraction | None:
    return None if steps is None else Fraction(steps, 10_000)


def expected(values: Day) -> dict[str, Fraction | None]:
    """The daily values by the text, unrounded."""
    found = {name: daily_mean(values.get(name, {})) for name in CODES if name != "o3"}
    ozone = values.get("o3", {})
    return found | {"o3_8h": largest_8h(ozone), "o3_1h": max(ozone.values(), default=None)}


def rounded(name: str, value: Fraction | None) -> Fraction | None:
    return None if value is None else half_even(value, 1 if pollutant_of(name) == "co" else 0)


class TestDailyMean:
    @pytest.mark.figure("air.station_day", "missing")
    @pytest.mark.figure("air.completeness", "missing")
    def test_needs_20_hours(self) -> None:
        """GB 3095 table 4."""
        for day in (DAY, NEW_DAY):
            row = of("s", {"so2": constant(7, range(1, 20)), "no2": constant(7, range(5, 25)), "co": {}}, day)
            assert (row["so2"], row["n_so2"]) == (None, 19)
            assert (row["no2"], row["n_no2"]) == (70_000, 20)
            assert row["pm10"] is None

    @pytest.mark.figure("air.station_day", "corner")
    def test_ties_go_to_the_even_neighbour(self) -> None:
        half = {h: Fraction(34 + h % 2) for h in range(1, 25)}
        row = of(
            "s", {"so2": half, "no2": {h: v + 1 for h, v in half.items()}, "co": {h: v / 10 for h, v in half.items()}}
        )
        assert (row["so2"], row["no2"]) == (340_000, 360_000)  # 34.5 and 35.5
        assert row["co"] == 34_000  # 3.45 is 3.4

    def test_an_hour_below_zero_counts_and_the_mean_is_never_below_zero(self) -> None:
        row = of("s", {"so2": constant(-2), "no2": constant(10) | {1: Fraction(-14)}})
        assert (row["so2"], row["no2"]) == (0, 90_000)

    def test_other_statistics_and_lengths_are_no_hours(self) -> None:
        good = rows_of("s", DAY, {"so2": constant(10)})
        other = [row | {"value": 500.0, "statistic": "max"} for row in good]
        other += [row | {"value": 500.0, "seconds": 600} for row in good] + [good[0] | {"hour": 3, "value": None}]
        (row,) = stations(good + other)
        assert (row["so2"], row["n_so2"]) == (100_000, 24)


class TestEightHours:
    @pytest.mark.figure("air.o3_8h", "corner")
    def test_hours_before_eight_o_clock_only_count_within_their_day(self) -> None:
        """Labels 8 to 24: the first window is 1 to 8, nothing is taken from the day before."""
        yesterday = rows_of("s", date(2025, 5, 31), {"o3": constant(300)})
        today = rows_of("s", DAY, {"o3": constant(100) | {h: Fraction(180) for h in range(1, 9)}})
        rows = stations(yesterday + today)
        assert [row["o3_8h"] for row in rows] == [3_000_000, 1_800_000]

    @pytest.mark.figure("air.o3_8h", "corner")
    def test_the_last_window_ends_at_midnight(self) -> None:
        values = constant(100) | {h: Fraction(150) for h in range(17, 25)}
        row = of("s", {"o3": values})
        assert (row["o3_8h"], row["o3_1h"]) == (1_500_000, 1_500_000)

    @pytest.mark.figure("air.o3_8h", "missing")
    @pytest.mark.figure("air.completeness", "missing")
    def test_a_window_needs_6_hours_and_a_day_14_windows(self) -> None:
        # Without 1 to 5 the windows to 8, 9, 10 have 3, 4, 5 hours: 14 are left. Without 1 to 6: 13.
        rows = rows_of("five", DAY, {"o3": constant(150, range(6, 25))})
        rows += rows_of("four", DAY, {"o3": constant(150, range(7, 25))})
        rows += rows_of("over", DAY, {"o3": constant("160.5", range(7, 25))})
        rows += rows_of("at", DAY, {"o3": constant(160, range(7, 25))})
        rows += rows_of("none", DAY, {"o3": constant(300, range(1, 25, 2))})
        found = {row["station"]: row for row in stations(rows)}
        assert found["five"]["o3_8h"] == 1_500_000
        assert found["four"]["o3_8h"] is None
        assert found["over"]["o3_8h"] == 1_600_000  # above the limit: valid all the same
        assert found["at"]["o3_8h"] is None  # at the limit is not above it
        assert found["none"]["o3_8h"] is None  # four hours of eight, never six
        assert found["none"]["n_o3"] == 12
        assert found["none"]["o3_1h"] == 3_000_000

    @pytest.mark.figure("air.o3_8h", "corner")
    def test_windows_of_different_counts_compare_exactly(self) -> None:
        """Six hours with 1000 in all are more than eight with 1333, seven with 1166 less: 166.67, 166.63, 166.57."""
        values = constant(0)
        values |= {h: Fraction(1000, 6).limit_denominator(10) for h in range(1, 9)}
        del values[3], values[4]
        ozone = {h: v if v else Fraction("166.6") for h, v in values.items()}
        assert shown(of("s", {"o3": ozone})["o3_8h"]) == half_even(largest_8h(ozone) or Fraction(0))


@pytest.mark.figure("air.o3_8h", "worked")
@pytest.mark.figure("air.station_day", "worked")
def test_a_day_worked_by_hand() -> None:
    """A day of hours typed here with its means added up by hand: 24 hours of a ramp and a plateau."""
    ozone = {h: Fraction(v) for h, v in enumerate(
        (40, 38, 36, 35, 33, 30, 32, 40, 55, 75, 98, 120, 141, 158, 170, 176, 175, 166, 150, 130, 108, 90, 76, 66), 1
    )}  # fmt: skip
    row = of("s", {"o3": ozone, "pm2_5": constant(35, range(1, 13)) | constant(60, range(13, 24))})
    # labels 13 to 20: 141+158+170+176+175+166+150+130 = 1266, / 8 = 158.25; 12 to 19: 1256, 14 to 21: 1233
    assert (row["o3_8h"], row["o3_1h"]) == (1_580_000, 1_760_000)
    # 12 x 35 + 11 x 60 = 1080, / 23 = 46.96
    assert (row["pm2_5"], row["n_pm2_5"]) == (470_000, 23)


def random_day(chance: random.Random) -> Day:
    """Hours with gaps as days have them: none, a few, or just too many; values with up to three decimals."""

    def hours(pollutant: str) -> dict[int, Fraction]:
        gaps = chance.choice([0, 0.05, 0.17, 0.3])
        steps = 1000 if pollutant == "co" else chance.choice([1, 1, 10, 100])
        top = chance.choice([1, 5, 60] if pollutant == "co" else [40, 220, 900])
        return {h: Fraction(chance.randint(0, top * steps), steps) for h in range(1, 25) if chance.random() >= gaps}

    return {pollutant: hours(pollutant) for pollutant in CODES}


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 2**32))
def test_random_days_follow_the_text(seed: int) -> None:
    chance = random.Random(seed)
    days = [(random_day(chance), chance.choice([DAY, NEW_DAY])) for _ in range(12)]
    rows = [row for k, (values, day) in enumerate(days) for row in rows_of(f"s{k}", day, values)]
    found = {row["station"]: row for row in stations(rows)}
    for k, (values, _) in enumerate(days):
        for name, value in expected(values).items():
            assert shown(found[f"s{k}"][name]) == rounded(name, value), (name, values)


class TestCity:
    def day_of(self, values: Mapping[str, float | str | None], day: date = DAY) -> dict[str, Any]:
        """The city day of stations with constant SO2, None for 19 hours only; every station reported once before."""
        rows = rows_of("a", date(2025, 1, 1), {"no2": constant(1, [1])})
        for station in ("b", "e", "d"):
            rows += rows_of(station, date(day.year, 1, 1), {"no2": constant(1, [1])})
        for station, value in values.items():
            few = value is None
            rows += rows_of(station, day, {"so2": constant(5 if few else value or 0, range(1, 20 if few else 25))})
        (found,) = (row for row in cities(rows) if row["day"] == day)
        return found

    @pytest.mark.figure("air.city_day", "missing")
    @pytest.mark.figure("air.completeness", "missing")
    def test_needs_three_quarters_of_its_stations(self) -> None:
        july = date(2025, 7, 2)
        found = self.day_of({"a": 10, "b": 20, "e": 30, "d": None}, july)
        assert (found["so2"], found["s_so2"], found["stations"]) == (200_000, 3, 4)
        found = self.day_of({"a": 10, "b": 20, "e": None, "d": None}, july)
        assert (found["so2"], found["s_so2"], found["stations"]) == (None, 2, 4)
        found = self.day_of({"a": 10, "b": 20, "e": None})  # in June there are three: two are 67 %
        assert (found["so2"], found["s_so2"], found["stations"]) == (None, 2, 3)

    @pytest.mark.figure("air.city_day", "corner")
    def test_only_stations_that_belong_to_it_on_the_day(self) -> None:
        found = self.day_of({"a": 10, "b": 20, "e": 30, "d": 1000, "gone": 1000, "stranger": 1000})
        assert (found["so2"], found["stations"]) == (200_000, 3)

    @pytest.mark.figure("air.city_day", "worked")
    @pytest.mark.figure("air.city_day", "corner")
    def test_is_the_mean_of_unrounded_station_means(self) -> None:
        """34.4, 34.4 and 34.9: 34.57 is 35. Rounded first they were 34, 34, 35 and gave 34."""
        rows = []
        for station, value in (("t0", "34.4"), ("t1", "34.4"), ("t2", "34.9")):
            rows += rows_of(station, DAY, {"so2": constant(value), "o3": constant(value)})
        (found,) = cities(rows)
        assert (found["so2"], found["o3_8h"], found["o3_1h"]) == (350_000, 350_000, 350_000)

    def test_every_value_has_its_own_stations(self) -> None:
        rows = rows_of("t0", DAY, {"so2": constant(10), "co": constant(1)})
        rows += rows_of("t1", DAY, {"so2": constant(20), "co": constant("1.1")}) + rows_of(
            "t2", DAY, {"so2": constant(31)}
        )
        (found,) = cities(rows)
        assert (found["so2"], found["s_so2"], found["s_co"], found["co"]) == (200_000, 3, 2, None)

    def test_random_cities_follow_the_text(self) -> None:
        chance = random.Random(663)
        rows, wanted = [], {}
        for n in range(20):
            day = (date(2025, 3, 1 + n), date(2026, 3, 1 + n))[n % 2]
            exact: dict[str, list[Fraction]] = {name: [] for name in VALUES}
            for k in range(5):
                values = {
                    name: {
                        h: Fraction(chance.randint(0, 300), 10 if name == "co" else 1)
                        for h in range(1, 25)
                        if chance.random() > (0.05, 0.17)[k % 2]
                    }
                    for name in CODES
                }
                rows += rows_of(f"r{k}", day, values)
                for name, value in expected(values).items():
                    exact[name] += [value] if value is not None else []
            for name, means in exact.items():
                wanted[day, name] = rounded(name, mean(means)) if len(means) >= 4 else None
        found = {(row["day"], name): shown(row[name]) for row in cities(rows) for name in VALUES}
        assert found == wanted
        assert sum(value is None for value in wanted.values()) > 5
