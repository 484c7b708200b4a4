"""Months, quarters and years: means, percentiles, validity, attainment, composite index, shares, dust, regimes."""

from __future__ import annotations

import calendar
import random
import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bilan.evaluate.air import periods
from bilan.evaluate.air.lake import _shown
from bilan.evaluate.air.periods import evaluate_periods, percentile, rank
from bilan.evaluate.air.pollutants import BY_NAME
from bilan.evaluate.engine import connect
from bilan.periods import Period
from bilan.policy.standards import folder as standards
from bilan.policy.standards import regimes, standard_on, using_folder

from .compiled import Compiled
from .lakes import days_between
from .reference import INDEX_LIMITS, PERCENTS, YEAR_LIMITS, composite_index, half_even, mean
from .reference import percentile as by_the_text

DAILY = {"so2": "so2", "no2": "no2", "pm10": "pm10", "pm2_5": "pm2_5", "co": "co", "o3": "o3_8h"}
CLEAN: dict[str, float] = {"so2": 10, "no2": 20, "pm10": 40, "pm2_5": 20, "co": 0.5, "o3": 90}
Values = Mapping[str, float | Callable[[date], float | None]]
SCHEMA = pa.schema(
    [("region", pa.string()), ("day", pa.date32()), ("aqi", pa.int64())]
    + [(name, pa.int64()) for name in ("so2", "no2", "pm10", "pm2_5", "co", "o3_8h", "o3_1h")]
)


def days_of(region: str, days: Iterable[date], values: Values = CLEAN, aqi: Any = 50) -> list[dict[str, Any]]:
    """City days: each value a constant or what a function makes of the day (None: no valid value)."""
    rows = []
    for day in days:
        row: dict[str, Any] = {"region": region, "day": day, "aqi": aqi(day) if callable(aqi) else aqi, "o3_1h": None}
        for name, value in (CLEAN | dict(values)).items():
            found = value(day) if callable(value) else value
            row[DAILY[name]] = None if found is None else round(found * 10_000)
        rows.append(row)
    return rows


def year(number: int) -> list[date]:
    return days_between(date(number, 1, 1), date(number, 12, 31))


def evaluate(
    rows: list[dict[str, Any]], *texts: str, dust: list[tuple[str, date]] | None = None
) -> dict[Any, dict[str, Any]]:
    """The published figures by (region, period) where one regime judges, else by (region, period, applies)."""
    table = ibis.memtable(pa.Table.from_pylist(rows, schema=SCHEMA))
    dusty = None
    if dust is not None:
        regions, dust_days = zip(*dust, strict=True)
        dusty = ibis.memtable(pa.table({"region": list(regions), "day": list(dust_days)}))
    found = rank(evaluate_periods(table, "region", [Period.parse(text) for text in texts], dusty), "index")
    listed = connect().to_pyarrow(_shown(found)).to_pylist()
    return {
        (row["region"], row["period"], row["applies"]) if row["mixed"] else (row["region"], row["period"]): row
        for row in listed
    }


class TestPercentile:
    schema = pa.schema([("city", pa.string()), ("value", pa.int64())])
    tenths = Compiled(schema, lambda t: percentile(t, ["city"], 90, 100))
    ninety_fifth = Compiled(schema, lambda t: percentile(t, ["city"], 95, 100))

    def of(self, values: list[int], share: int = 90) -> Fraction:
        (row,) = (self.tenths if share == 90 else self.ninety_fifth)({"city": "a", "value": v} for v in values)
        assert (row["total"], row["count"]) == (sum(values), len(values))
        return Fraction(row["numerator"], 100)

    @pytest.mark.figure("air.percentile", "worked")
    def test_the_example_of_annex_a(self) -> None:
        """{3, 4, 8, 2, 5, 4}, p = 0.9: k = 5.5, m = 6.5."""
        assert self.of([3, 4, 8, 2, 5, 4]) == Fraction("6.5")

    @pytest.mark.figure("air.percentile", "corner")
    def test_few_values_and_ties(self) -> None:
        assert self.of([7]) == 7
        assert self.of([10, 20]) == 19  # k = 1.9
        assert self.of([5, 5, 5, 5]) == 5
        assert self.of([1, 9, 9, 9]) == 9
        assert self.of(list(range(11))) == 9  # k = 10, no fraction

    @pytest.mark.figure("air.percentile", "missing")
    def test_days_without_a_value_do_not_count(self) -> None:
        rows = days_of("a", year(2025), {"o3": lambda day: None if day.month == 7 else 100 + day.month})
        found = evaluate(rows, "2025")["a", "2025"]
        assert found["n_o3"] == 334
        assert (
            found["o3_p90"] == by_the_text([Fraction(r["o3_8h"]) for r in rows if r["o3_8h"]], Fraction(9, 10)) / 10_000
        )

    @settings(deadline=None, max_examples=40)
    @given(st.lists(st.integers(0, 400), min_size=1, max_size=60), st.sampled_from([90, 95]))
    @example([0], 95)
    @example([1, 2], 95)
    def test_follows_the_formula(self, values: list[int], share: int) -> None:
        assert self.of(values, share) == by_the_text([Fraction(v) for v in values], Fraction(share, 100))


class TestMeansAndRounding:
    @pytest.mark.figure("air.period_mean", "worked")
    @pytest.mark.figure("air.period_mean", "corner")
    def test_ties_go_to_the_even_neighbour(self) -> None:
        """Two halves of a period: 34 and 35, 35 and 36."""
        june = days_between(date(2025, 6, 1), date(2025, 6, 30))
        rows = days_of("a", june, {"pm2_5": lambda day: 34 + day.day % 2, "pm10": lambda day: 35 + day.day % 2})
        rows += days_of("b", june, {"co": lambda day: 0.4 + day.day % 2 / 10})
        found = evaluate(rows, "2025-06")
        assert (found["a", "2025-06"]["pm2_5_mean"], found["a", "2025-06"]["pm10_mean"]) == (34, 36)
        assert found["b", "2025-06"]["co_p95"] == 0.5

    def test_from_2026_pm2_5_has_one_decimal(self) -> None:
        june = days_between(date(2026, 6, 1), date(2026, 6, 30))
        found = evaluate(days_of("a", june, {"pm2_5": lambda day: 34 + day.day % 2, "pm10": 41.2}), "2026-06")
        assert (found["a", "2026-06"]["pm2_5_mean"], found["a", "2026-06"]["pm10_mean"]) == (34.5, 41)

    @pytest.mark.figure("air.period_mean", "corner")
    def test_a_quarter_is_the_mean_of_its_days_not_of_its_months(self) -> None:
        days = days_between(date(2025, 1, 1), date(2025, 3, 31))
        march = {31: 100}
        rows = days_of("a", days, {"so2": lambda day: {1: 10, 2: 20}.get(day.month, march.get(day.day))})
        found = evaluate(rows, "2025Q1", "2025-01", "2025-03")
        assert found["a", "2025Q1"]["so2_mean"] == 16  # (31 x 10 + 28 x 20 + 100) / 60 = 16.17
        assert (found["a", "2025Q1"]["n_so2"], found["a", "2025Q1"]["lacking"]) == (60, "SO2")
        assert found["a", "2025-01"]["so2_mean"] == 10
        assert found["a", "2025-03"]["so2_mean"] == 100
        assert found["a", "2025Q1"]["attained"] is None  # a quarter is not judged by the limits of a year

    @pytest.mark.figure("air.period_mean", "missing")
    def test_a_period_without_a_value_has_no_mean_and_no_index(self) -> None:
        rows = days_of("a", year(2025), {"co": lambda _: None})
        found = evaluate(rows, "2025")["a", "2025"]
        assert (found["co_p95"], found["n_co"], found["index"], found["rank"]) == (None, None, None, None)
        assert found["complete"] is False
        assert found["attained"] is None


def skipping(number: int, month: int, keep: int) -> Callable[[date], float | None]:
    """A value only on the first ``keep`` days of the month."""
    return lambda day: None if (day.year, day.month) == (number, month) and day.day > keep else 20


class TestCompleteness:
    @pytest.mark.figure("air.completeness", "worked")
    @pytest.mark.figure("air.completeness", "corner")
    def test_27_days_in_a_month_25_in_february(self) -> None:
        cases = {
            "jan27": (2025, 1, 27, True), "jan26": (2025, 1, 26, False), "feb25": (2025, 2, 25, True),
            "feb24": (2025, 2, 24, False), "leap25": (2024, 2, 25, True), "leap24": (2024, 2, 24, False),
            "apr27": (2025, 4, 27, True), "apr26": (2025, 4, 26, False),
        }  # fmt: skip
        rows = []
        for name, (number, month, keep, _) in cases.items():
            rows += days_of(name, year(number), {"no2": skipping(number, month, keep)})
        months = sorted({f"{number}-{month:02}" for number, month, _, _ in cases.values()})
        found = evaluate(rows, "2024", "2025", *months)
        for name, (number, month, _, complete) in cases.items():
            for period in (f"{number}", f"{number}-{month:02}"):
                assert found[name, period]["complete"] is complete, (name, period)
                assert found[name, period]["lacking"] == ("" if complete else "NO2")
        assert found["jan27", "2025"]["attained"] is True
        assert found["jan26", "2025"]["attained"] is None

    @pytest.mark.figure("air.completeness", "corner")
    def test_324_days_in_the_year_and_both_must_hold(self) -> None:
        """27 days in every month and 25 in February make 322: every month is full, the year is not."""

        def kept(extra: int) -> Callable[[date], float | None]:
            def value(day: date) -> float | None:
                last = 25 if day.month == 2 else 27
                more = extra if day.month == 3 else 0
                return 20 if day.day <= last + more else None

            return value

        rows = days_of("d322", year(2025), {"pm2_5": kept(0)}) + days_of("d323", year(2025), {"pm2_5": kept(1)})
        rows += days_of("d324", year(2025), {"pm2_5": kept(2)})
        found = evaluate(rows, "2025", "2025-02", "2025-05")
        assert [found[name, "2025"]["n_pm2_5"] for name in ("d322", "d323", "d324")] == [322, 323, 324]
        assert [found[name, "2025"]["complete"] for name in ("d322", "d323", "d324")] == [False, False, True]
        assert found["d322", "2025-02"]["complete"] is True
        assert found["d322", "2025-05"]["complete"] is True
        assert found["d322", "2025"]["lacking"] == "PM2.5"

    def test_a_month_with_no_day_at_all_is_lacking(self) -> None:
        rows = days_of("a", [day for day in year(2025) if day.month != 9])
        found = evaluate(rows, "2025")["a", "2025"]
        assert found["n_so2"] == 335
        assert found["complete"] is False


class TestAttainment:
    @pytest.mark.figure("air.attainment", "worked")
    @pytest.mark.figure("air.attainment", "corner")
    def test_mean_and_percentile_must_both_hold(self) -> None:
        cases: dict[str, tuple[Values, str]] = {
            "at": ({"pm2_5": 35, "pm10": 70, "so2": 60, "no2": 40, "co": 4, "o3": 160}, ""),
            "mean": ({"pm2_5": 36}, "PM2.5 均值"),
            "percentile": ({"pm2_5": lambda day: 80 if day.day <= 2 else 10}, "PM2.5 第95百分位数"),
            "both": ({"no2": 90}, "NO2 均值、NO2 第98百分位数"),
            "co": ({"co": lambda day: 4.1 if day.day <= 3 else 0.1}, "CO 第95百分位数"),
            "o3": ({"o3": lambda day: 161 if day.day <= 5 else 10}, "O3 第90百分位数"),
            "o3mean": ({"o3": lambda day: 300 if day.day <= 2 else 155}, ""),  # the mean of O3 is not judged
        }
        rows = [row for name, (values, _) in cases.items() for row in days_of(name, year(2025), values)]
        found = evaluate(rows, "2025")
        for name, (_, exceeding) in cases.items():
            row = found[name, "2025"]
            assert (row["exceeding"], row["attained"]) == (exceeding, exceeding == ""), name

    @pytest.mark.figure("air.attainment", "missing")
    def test_too_few_days_cannot_be_judged(self) -> None:
        rows = days_of("a", year(2025), {"so2": skipping(2025, 5, 20)})
        assert evaluate(rows, "2025")["a", "2025"]["attained"] is None

    @pytest.mark.figure("air.attainment", "corner")
    @pytest.mark.parametrize(
        ("number", "regime"), [(2025, "2012"), (2027, "2026"), (2031, "2031")], ids=["2012", "transition", "2031"]
    )
    def test_at_and_above_every_limit(self, number: int, regime: str) -> None:
        rows, wanted = [], {}
        for name, (annual, daily) in YEAR_LIMITS[regime].items():
            step = 0.1 if name == "co" else 1
            low: dict[str, float] = dict.fromkeys(CLEAN, 1) | {"co": 0.1}
            levels = {f"{name} at": annual or daily, f"{name} above": (annual or daily) + step}
            for region, level in levels.items():
                rows += days_of(region, year(number), low | {name: level})
                wanted[region] = region.endswith("at")
            if annual is not None:  # the percentile alone, the mean far below: a tenth of the days
                for region, level in ((f"{name} p at", daily), (f"{name} p above", daily + step)):

                    def peaks(day: date, level: float = level) -> float:
                        return level if day.day <= 3 else 0

                    rows += days_of(region, year(number), low | {name: peaks})
                    wanted[region] = region.endswith("at")
        found = evaluate(rows, str(number))
        assert {region: found[region, str(number)]["attained"] for region in wanted} == wanted

    @pytest.mark.figure("air.attainment", "corner")
    def test_is_rounded_once_from_the_exact_mean(self) -> None:
        """PM2.5 30.54 is 31 and exceeds 30; rounded to 30.5 on the way it would be 30. 25.46 is 25, not 25.5 and 26."""

        def about(low: int, share: Fraction) -> Callable[[date], float]:
            """``low`` and ``low + 1`` so that the mean of 365 days is nearest to ``low + share``."""
            more = round(365 * share)
            return lambda day: low + (day.timetuple().tm_yday <= more)

        rows = days_of("30.54", year(2027), {"pm2_5": about(30, Fraction(54, 100))})
        rows += days_of("25.46", year(2031), {"so2": 10, "no2": 10, "pm2_5": about(25, Fraction(46, 100))})
        found = evaluate(rows, "2027", "2031")
        assert found["30.54", "2027"]["pm2_5_mean"] == 30.5
        assert found["30.54", "2027"]["attained"] is False
        assert found["25.46", "2031"]["attained"] is True


@pytest.fixture(scope="module")
def mixed() -> dict[Any, dict[str, Any]]:
    values: Values = {"pm2_5": 32, "pm10": lambda day: 30 if day.month > 2 else 60}
    rows = days_of("a", year(2026), values, aqi=lambda day: 92 if day.month < 3 else 107)
    rows += days_of("b", year(2026), {"pm2_5": 40}) + days_of("c", year(2026), {"pm2_5": 10})
    return evaluate(rows, "2026", "2026Q1", "2026-02", "2026-03")


class TestMixedYear:
    """2026: two months by the old standards, ten by the new ones."""

    def test_is_given_under_either_regime_and_says_which_applies(self, mixed: dict[Any, dict[str, Any]]) -> None:
        old, new = mixed["a", "2026", False], mixed["a", "2026", True]
        assert "GB 3095-2012" in old["regime"]
        assert "GB 3095-2026" in new["regime"]
        assert (old["mixed"], new["mixed"]) == (True, True)
        assert (old["attained"], new["attained"]) == (True, False)  # 32 is within 35 and not within 30
        assert (new["exceeding"], old["exceeding"]) == ("PM2.5 均值", "")
        assert old["n_pm2_5"] == new["n_pm2_5"] == 365  # the whole year under either

    def test_each_day_keeps_the_index_of_its_own_regime(self, mixed: dict[Any, dict[str, Any]]) -> None:
        for applies in (False, True):
            row = mixed["a", "2026", applies]
            assert (row["aqi_days"], row["good_days"]) == (365, 59)

    def test_the_composite_index_is_that_of_each_regime(self, mixed: dict[Any, dict[str, Any]]) -> None:
        old, new = mixed["a", "2026", False], mixed["a", "2026", True]
        assert (old["i_pm2_5"], new["i_pm2_5"]) == (0.91, 1.07)  # 32 / 35, 32 / 30
        assert [mixed[r, "2026", True]["rank"] for r in "abc"] == [2, 3, 1]
        assert [mixed[r, "2026", False]["rank"] for r in "abc"] == [2, 3, 1]

    def test_months_are_not_mixed_and_the_quarter_is(self, mixed: dict[Any, dict[str, Any]]) -> None:
        assert "GB 3095-2012" in mixed["a", "2026-02"]["regime"]
        assert "GB 3095-2026" in mixed["a", "2026-03"]["regime"]
        assert mixed["a", "2026-02"]["applies"] is True
        assert {("a", "2026Q1", True), ("a", "2026Q1", False)} <= mixed.keys()

    @pytest.mark.figure("air.attainment", "corner")
    def test_a_run_across_new_year_2031(self) -> None:
        days = days_between(date(2030, 12, 1), date(2031, 1, 31))
        found = evaluate(days_of("a", days, {"pm2_5": 28}), "2030-12/2031-01", "2030-12", "2031-01")
        run = "2030-12/2031-01"
        assert [found["a", run, applies]["exceeding"] for applies in (False, True)] == ["", "PM2.5 均值"]
        assert found["a", "2030-12"]["exceeding"] == ""
        assert found["a", "2031-01"]["exceeding"] == "PM2.5 均值"
        assert found["a", "2031-01"]["mixed"] is False


def _nine_tenths(row: dict[str, str], columns: Iterable[str]) -> dict[str, str]:
    return row | {name: str(Decimal(row[name]) * 9 / 10) for name in columns}


def _one_decimal_more(row: dict[str, str]) -> dict[str, str]:
    return row | {name: str(int(row[name]) + 1) for name in ("statistic", "attainment")}


def _more_days(row: dict[str, str]) -> dict[str, str]:
    fewest = {("month_days", ""): "28", ("month_days", "02"): "26", ("year_days", ""): "336"}
    return row | {"minimum": fewest.get((row["rule"], row["scope"]), row["minimum"])}


def _succeeded(folder: Path, name: str, start: date, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    """Close the table ``name`` on ``start``; from then on every row is as ``change`` makes it."""
    lines = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#") and not line.startswith("# valid_")]
    valid_from = next(line for line in lines if line.startswith("# valid_from"))
    columns, *cells = [line for line in lines if not line.startswith("#")]
    names = columns.split(",")
    rows = [",".join(change(dict(zip(names, row.split(","), strict=True))).values()) for row in cells]
    earlier = [*head, valid_from, f"# valid_to: {start}", columns, *cells]
    later = [*head, f"# valid_from: {start}", "# valid_to:", columns, *rows]
    (folder / f"{name}.csv").write_text("\n".join(earlier) + "\n", encoding="utf-8")
    (folder / f"{name}-next.csv").write_text("\n".join(later) + "\n", encoding="utf-8")


START = date(2035, 7, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Standards that change on ``START``: limits nine tenths, one decimal more, more days needed."""
    folder = tmp_path_factory.mktemp("next") / "standards"
    shutil.copytree(standards(), folder)
    _succeeded(folder, "air-limits-2031", START, lambda row: _nine_tenths(row, ("class1", "class2")))
    _succeeded(folder, "air-index-2031", START, lambda row: _nine_tenths(row, ("limit",)))
    _succeeded(folder, "air-rounding-2026", START, _one_decimal_more)
    _succeeded(folder, "air-completeness-2026", START, _more_days)
    return folder


class TestRegimesThatDifferInNumbers:
    """One query judges both; 2035 is touched by either, so every number of the one could be taken for the other."""

    def between_the_limits(self) -> dict[tuple[str, str, str], float]:
        """By column of the result, pollutant and statistic: a level within the old limit and above the new one."""
        limits = {(r["pollutant"], r["statistic"]): r for r in standard_on("air.limits", START).rows}
        statistics = standard_on("air.statistics", START).rows
        return {
            (result, row["pollutant"], row["statistic"]): float(limits[row["pollutant"], row["limit"]][column]) * 0.95
            for row in statistics
            for result, column in (("exceeding", "class2"), ("exceeding_class1", "class1"))
        }

    def found(self, rows: list[dict[str, Any]], folder: Path, *texts: str) -> dict[Any, dict[str, Any]]:
        with using_folder(folder):
            return evaluate(rows, *texts)

    def test_they_are_one_group(self, folder: Path) -> None:
        with using_folder(folder):
            groups = periods._groups(regimes(periods.KINDS, START - timedelta(1), START))
        assert [len(group) for group in groups] == [2]

    def test_limits(self, folder: Path) -> None:
        levels = self.between_the_limits()
        rows = [row for key, level in levels.items() for row in days_of("/".join(key), year(2035), {key[1]: level})]
        found = self.found(rows, folder, "2035")
        for key in levels:
            result, pollutant, statistic = key
            old, new = (found["/".join(key), "2035", applies][result] for applies in (False, True))
            said = f"{BY_NAME[pollutant].formula} " + (
                "均值" if statistic == "mean" else f"第{PERCENTS[pollutant]}百分位数"
            )
            assert [said in text.split("、") for text in (old, new)] == [False, True], (key, old, new)

    def test_index(self, folder: Path) -> None:
        """SO2 12 / 20 and / 18, NO2 24 / 30 and / 27, PM10 42 / 50 and / 45, PM2.5 21 / 25 and / 22.5 and so on."""
        values: Values = {"so2": 12, "no2": 24, "pm10": 42, "pm2_5": 21, "co": 2, "o3": 80}
        found = self.found(days_of("a", year(2035), values), folder, "2035")
        names = [f"i_{name}" for name in ("so2", "no2", "pm10", "pm2_5", "co", "o3")]
        assert [found["a", "2035", False][name] for name in names] == [0.6, 0.8, 0.84, 0.84, 0.5, 0.5]
        assert [found["a", "2035", True][name] for name in names] == [0.67, 0.89, 0.93, 0.93, 0.56, 0.56]
        assert [found["a", "2035", applies]["index"] for applies in (False, True)] == [4.08, 4.54]

    def test_decimals(self, folder: Path) -> None:
        """25.4 is 25 and within 25; 22.54 is 22.5 and within 22.5, where whole it would be 23 and above."""
        rows = days_of("25.4", year(2035), {"pm2_5": 25.4, "so2": 10.46, "co": 0.44})
        rows += days_of("22.54", year(2035), {"pm2_5": 22.54})
        found = self.found(rows, folder, "2035")
        old, new = (found["25.4", "2035", applies] for applies in (False, True))
        assert [(row["pm2_5_mean"], row["so2_p98"], row["co_p95"]) for row in (old, new)] == [
            (25.4, 10, 0.4),
            (25.4, 10.5, 0.44),
        ]
        assert "PM2.5" not in old["exceeding"]
        assert "PM2.5" not in found["22.54", "2035", True]["exceeding"]
        assert [found["22.54", "2035", applies]["pm2_5_mean"] for applies in (False, True)] == [22.5, 22.54]

    def test_fewest_days(self, folder: Path) -> None:
        kept: dict[str, Callable[[date], float | None]] = {
            "month": lambda day: None if day.month == 1 and day.day > 27 else 10,
            "february": lambda day: None if day.month == 2 and day.day > 25 else 10,
            "year": lambda day: None if day.day > 28 or (day.month, day.day) == (2, 27) else 10,  # 335 days
        }
        rows = [row for name, value in kept.items() for row in days_of(name, year(2035), {"no2": value})]
        found = self.found(rows, folder, "2035")
        assert {name: [found[name, "2035", a]["lacking"] for a in (False, True)] for name in kept} == {
            name: ["", "NO2"] for name in kept
        }

    def test_is_what_a_query_for_each_says(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        levels = self.between_the_limits()
        days = days_between(date(2034, 11, 1), date(2036, 12, 31))
        rows = [row for key, level in levels.items() for row in days_of("/".join(key), days, {key[1]: level})]
        texts = ("2035", "2036", "2034-11/2034-12", "2035-06", "2035-07", "2035-06/2035-07")
        together = self.found(rows, folder, *texts)
        monkeypatch.setattr(periods, "_groups", lambda found: [(regime,) for regime in found])
        assert self.found(rows, folder, *texts) == together
        assert len(together) == len(levels) * (len(texts) + 2)  # two of them touch both regimes


SPELL = days_between(date(2025, 4, 10), date(2025, 4, 12))


@pytest.fixture(scope="module")
def april() -> dict[Any, dict[str, Any]]:
    """Two cities in the same storm, declared for ``a`` only; one day of it is named twice."""

    def storm(day: date) -> float:
        return 600 if day in SPELL else 50

    def index(day: date) -> int:
        return 500 if day in SPELL else 60

    days = days_between(date(2025, 4, 1), date(2025, 4, 30))
    rows = days_of("a", days, {"pm10": storm, "pm2_5": storm, "o3": storm}, index)
    rows += days_of("b", days, {"pm10": storm, "pm2_5": storm}, index)
    return evaluate(rows, "2025-04", dust=[("a", day) for day in [*SPELL, SPELL[0]]])


class TestDust:
    """环办监测〔2016〕120号: particles of dust days leave means, percentiles and index, not the shares of days."""

    @pytest.mark.figure("air.dust", "worked")
    def test_particles_leave_mean_percentile_and_index(self, april: dict[Any, dict[str, Any]]) -> None:
        row = april["a", "2025-04"]
        assert (row["pm10_mean"], row["pm2_5_mean"], row["pm10_p95"]) == (50, 50, 50)
        assert (row["i_pm10"], row["i_pm2_5"]) == (0.71, 1.43)
        assert (row["n_pm10"], row["n_o3"]) == (27, 30)
        assert row["o3_p90"] == by_the_text([Fraction(600)] * 3 + [Fraction(50)] * 27, Fraction(9, 10))

    @pytest.mark.figure("air.dust", "corner")
    def test_the_shares_of_days_keep_them(self, april: dict[Any, dict[str, Any]]) -> None:
        row = april["a", "2025-04"]
        assert (row["aqi_days"], row["heavy_days"], row["good_days"]) == (30, 3, 27)
        assert (row["good_ratio"], row["heavy_ratio"]) == (90.0, 10.0)

    @pytest.mark.figure("air.dust", "missing")
    def test_only_where_it_was_declared(self, april: dict[Any, dict[str, Any]]) -> None:
        row = april["b", "2025-04"]
        assert (row["n_pm10"], row["pm10_mean"]) == (30, 105)  # (3 x 600 + 27 x 50) / 30

    @pytest.mark.figure("air.dust", "corner")
    def test_the_days_without_dust_still_make_a_month(self) -> None:
        """A spell of six days does not turn a fully monitored month into one with too few days."""
        days = days_between(date(2025, 4, 1), date(2025, 4, 30))
        spell = days_between(date(2025, 4, 10), date(2025, 4, 15))
        found = evaluate(days_of("a", days), "2025-04", dust=[("a", day) for day in spell])
        assert (found["a", "2025-04"]["n_pm10"], found["a", "2025-04"]["complete"]) == (24, True)


class TestShares:
    @pytest.mark.figure("air.good_days_ratio", "worked")
    @pytest.mark.figure("air.heavy_days", "worked")
    @pytest.mark.figure("air.good_days_ratio", "corner")
    @pytest.mark.figure("air.heavy_days", "corner")
    def test_at_the_bounds_with_one_decimal(self) -> None:
        """AQI 50, 51, 100, 101, 200, 201, 500, then clean days to 31: 27 of 31 good is 87.1 %, 2 heavy is 6.5 %."""
        index = [50, 51, 100, 101, 200, 201, 500]
        days = days_between(date(2025, 5, 1), date(2025, 5, 31))
        rows = days_of("a", days, aqi=lambda day: index[day.day - 1] if day.day <= 7 else 40)
        row = evaluate(rows, "2025-05")["a", "2025-05"]
        assert (row["aqi_days"], row["excellent_days"], row["good_days"], row["heavy_days"]) == (31, 25, 27, 2)
        assert (row["good_ratio"], row["heavy_ratio"], row["excellent_ratio"]) == (87.1, 6.5, 80.6)

    @pytest.mark.figure("air.good_days_ratio", "missing")
    @pytest.mark.figure("air.heavy_days", "missing")
    def test_days_without_an_index_are_in_no_part(self) -> None:
        days = days_between(date(2025, 5, 1), date(2025, 5, 31))
        rows = days_of("a", days, aqi=lambda day: None if day.day > 8 else 201 if day.day == 1 else 30)
        rows += days_of("none", days, aqi=None)
        found = evaluate(rows, "2025-05")
        row = found["a", "2025-05"]
        assert (row["aqi_days"], row["good_days"], row["good_ratio"], row["heavy_ratio"]) == (8, 7, 87.5, 12.5)
        assert (found["none", "2025-05"]["aqi_days"], found["none", "2025-05"]["good_ratio"]) == (0, None)

    def test_a_tie_of_the_share_goes_to_the_even_tenth(self) -> None:
        """1 of 16 is 6.25 %, 3 of 16 is 18.75 %."""
        days = days_between(date(2025, 5, 1), date(2025, 5, 16))
        rows = days_of("one", days, aqi=lambda day: 250 if day.day <= 1 else 20)
        rows += days_of("three", days, aqi=lambda day: 250 if day.day <= 3 else 20)
        found = evaluate(rows, "2025-05")
        assert [found[r, "2025-05"]["heavy_ratio"] for r in ("one", "three")] == [6.2, 18.8]


# PM10, PM2.5, SO2, NO2, CO, O3 and the index, as published: Ningxia, November 2022 (省生态环境厅, sthjt.nx.gov.cn,
# t20230111_3910841), and Naiman town, first quarter (swgk.naimanyun.cn, 157729).
PUBLISHED_INDICES = {
    "银川": (89, 42, 16, 44, 1.2, 80, 4.64),
    "石嘴山": (94, 42, 22, 39, 1.4, 81, 4.75),
    "吴忠": (96, 41, 16, 31, 1.0, 85, 4.37),
    "固原": (72, 28, 6, 22, 0.9, 77, 3.18),
    "中卫": (112, 41, 10, 29, 0.6, 82, 4.32),
    "宁东": (89, 28, 19, 37, 1.0, 96, 4.16),
    "全区": (93, 39, 14, 33, 1.0, 81, 4.25),
    "奈曼": (77, 23, 9, 14, 1.1, 96, 3.14),
}
ORDER = ("pm10", "pm2_5", "so2", "no2", "co", "o3")


class TestCompositeIndex:
    @pytest.mark.figure("air.composite_index", "worked")
    def test_eight_published_values(self) -> None:
        """A period whose days all have the published statistic has the published index."""
        days = days_between(date(2022, 11, 1), date(2022, 11, 30))
        rows = []
        for place, values in PUBLISHED_INDICES.items():
            rows += days_of(place, days, dict(zip(ORDER, values[:6], strict=True)))
        found = evaluate(rows, "2022-11")
        assert {place: found[place, "2022-11"]["index"] for place in PUBLISHED_INDICES} == {
            place: values[6] for place, values in PUBLISHED_INDICES.items()
        }

    @pytest.mark.figure("air.composite_index", "missing")
    def test_all_six_are_needed(self) -> None:
        days = days_between(date(2022, 11, 1), date(2022, 11, 30))
        rows = [row for n in CLEAN for row in days_of(n, days, {n: lambda _: None})] + days_of("all", days)
        found = evaluate(rows, "2022-11")
        assert {found[name, "2022-11"]["index"] for name in CLEAN} == {None}
        assert found["all", "2022-11"]["index"] == 2.49  # .17 + .5 + .57 + .57 + .12 + .56

    @pytest.mark.figure("air.composite_index", "corner")
    def test_singles_are_rounded_half_to_even_before_the_sum(self) -> None:
        """CO 0.5 / 4 = 0.125 is 0.12, O3 90 / 160 = 0.5625 is 0.56, NO2 21 / 40 = 0.525 is 0.52."""
        days = days_between(date(2022, 11, 1), date(2022, 11, 30))
        row = evaluate(days_of("a", days, {"no2": 21}), "2022-11")["a", "2022-11"]
        assert (row["i_co"], row["i_o3"], row["i_no2"]) == (0.12, 0.56, 0.52)

    @pytest.mark.figure("air.composite_index", "corner")
    def test_limits_of_each_regime(self) -> None:
        rows = []
        for number in (2025, 2027, 2031):
            june = days_between(date(number, 6, 1), date(number, 6, 30))
            rows += days_of("a", june, {"so2": 12, "no2": 24, "pm10": 42, "pm2_5": 21, "co": 2, "o3": 80})
        found = evaluate(rows, "2025-06", "2027-06", "2031-06")
        # 12/60 + 24/40 + 42/70 + 21/35, then /60 /40 /60 /30, then /20 /30 /50 /25; CO and O3 0.5 each
        assert [found["a", f"{n}-06"]["index"] for n in (2025, 2027, 2031)] == [3.0, 3.2, 4.08]


@pytest.mark.figure("air.ranking", "worked")
def test_the_ranking_of_guangdong_in_august_2017() -> None:
    """河源 and 江门 2.88 both have rank 10 and 深圳 2.93 has 12 (hnltkj.com.cn News-382026); nine before."""
    index = [200 + k for k in range(9)] + [288, 288, 293]
    table = ibis.memtable({"k": range(12), "period": ["2017-08"] * 12, "regime": [""] * 12, "index": index})
    found = connect().to_pyarrow(rank(table, "index").order_by("k"))["rank"].to_pylist()
    assert found == [*range(1, 10), 10, 10, 12]


@pytest.mark.figure("air.ranking", "missing")
@pytest.mark.figure("air.ranking", "corner")
def test_who_has_no_index_has_no_rank_and_pushes_nobody() -> None:
    rows = {
        "period": ["a"] * 5 + ["b"] * 2,
        "regime": [""] * 7,
        "index": pa.array([300, None, 100, 100, None, None, 5], pa.int64()),
        "k": list(range(7)),
    }
    found = connect().to_pyarrow(rank(ibis.memtable(pa.table(rows)), "index").order_by("k"))["rank"].to_pylist()
    assert found == [3, None, 1, 1, None, None, 1]


@settings(deadline=None, max_examples=2)
@given(st.integers(0, 2**32))
def test_random_years_follow_the_text(seed: int) -> None:
    chance = random.Random(seed)
    rows, wanted = [], {}
    for number, regime in ((2024, "2012"), (2027, "2026")):
        values = {
            name: {
                day: chance.randint(0, 60 if name == "co" else 190) for day in year(number) if chance.random() > 0.08
            }
            for name in CLEAN
        }

        rows += days_of("a", year(number), {name: _looked_up(by_day, name) for name, by_day in values.items()})
        wanted[number] = _expected(values, number, regime)
    found = evaluate(rows, "2024", "2027")
    for number, figures in wanted.items():
        got = found["a", str(number)]
        assert {name: got[name] for name in figures} == figures


def _looked_up(by_day: Mapping[date, int], name: str) -> Callable[[date], float | None]:
    return lambda day: None if day not in by_day else by_day[day] / (10 if name == "co" else 1)


def _expected(values: Mapping[str, Mapping[date, int]], number: int, regime: str) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    statistics, exceeds, complete = {}, False, True
    for name, by_day in values.items():
        exact = [Fraction(v, 10 if name == "co" else 1) for v in by_day.values()]
        annual, daily = YEAR_LIMITS[regime][name]
        digits = 1 if name == "co" or (name == "pm2_5" and regime == "2026") else 0
        whole = 1 if name == "co" else 0
        quantile = by_the_text(exact, Fraction(PERCENTS[name], 100))
        figures[f"{name}_p{PERCENTS[name]}"] = float(half_even(quantile, digits))
        exceeds |= half_even(quantile, whole) > daily
        statistics[name] = half_even(quantile, digits)
        if annual is not None:
            figures[f"{name}_mean"] = float(half_even(mean(exact), digits))
            exceeds |= half_even(mean(exact), whole) > annual
            statistics[name] = half_even(mean(exact), digits)
        figures[f"n_{name}"] = len(exact)
        for month in range(1, 13):
            assert calendar.monthrange(number, month)[1] >= 28
            complete &= sum(day.month == month for day in by_day) >= (25 if month == 2 else 27)
        complete &= len(exact) >= 324
    limits = INDEX_LIMITS if regime == "2012" else INDEX_LIMITS | {"pm10": 60, "pm2_5": 30}
    return figures | {
        "complete": complete,
        "attained": not exceeds if complete else None,
        "index": float(composite_index(statistics, limits)),
    }


def test_the_year_of_a_leap_day() -> None:
    days = days_between(date(2024, 2, 1), date(2024, 2, 29))
    found = evaluate(days_of("a", days, {"so2": lambda day: 39 if day.day == 29 else 10}), "2024-02")["a", "2024-02"]
    assert (found["n_so2"], found["so2_mean"]) == (29, 11)
    assert timedelta(days=29) == days[-1] - days[0] + timedelta(days=1)
