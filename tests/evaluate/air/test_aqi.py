"""IAQI, AQI, primary pollutants and category of HJ 633-2012 and HJ 633-2026, against the text as fractions."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.evaluate.air.aqi import Mode, Report, air_quality_index
from bilan.policy.standards import StandardError, using_folder
from bilan.policy.standards.tables import FOLDER

from .compiled import Compiled
from .reference import LEVELS, NEW, OLD, REPORTS, TABLE, Index, category, pollutant_of, single_index
from .reference import air_quality_index as by_the_text

ITEMS = ("so2", "no2", "pm10", "pm2_5", "co", "o3", "pm10_24h", "pm2_5_24h", "so2_24h", "o3_8h", "o3_1h")
SCHEMA = pa.schema(
    [("row", pa.int64()), ("day", pa.date32())]
    + [(item, pa.int64()) for item in ITEMS]
    + [(f"{item}_off", pa.bool_()) for item in ITEMS]
)
OLD_DAY, NEW_DAY = date(2026, 2, 28), date(2026, 3, 1)
DAYS = {OLD: OLD_DAY, NEW: NEW_DAY}
CASES: list[tuple[Report, Mode]] = [
    ("hour", "strict"),
    ("hour", "published"),
    ("day", "strict"),
    ("day", "published"),
]


@cache
def compiled(report: Report, mode: Mode) -> Compiled:
    def build(table: ibis.Table) -> ibis.Table:
        judged = air_quality_index(table, report, mode, date(2011, 1, 1), date(2030, 12, 31))
        return judged.drop("day", *ITEMS, *(f"{item}_off" for item in ITEMS)).order_by("row")

    return Compiled(SCHEMA, build)


Row = tuple[str, Mapping[str, Fraction | str | None]]  # regime, concentration by item; "/" is not monitored


def evaluate(report: Report, mode: Mode, rows: list[Row]) -> list[dict[str, Any]]:
    prepared = []
    for number, (regime, values) in enumerate(rows):
        row: dict[str, Any] = dict.fromkeys(ITEMS) | {f"{item}_off": values.get(item) == "/" for item in ITEMS}
        for item, value in values.items():
            if isinstance(value, Fraction):
                assert (value * 10**4).denominator == 1
                row[item] = int(value * 10**4)
        prepared.append(row | {"row": number, "day": DAYS[regime]})
    found = compiled(report, mode)(prepared)
    assert len(found) == len(rows)
    return found


def expected(report: Report, mode: Mode, row: Row) -> Index:
    regime, values = row
    numbers = {item: value for item, value in values.items() if isinstance(value, Fraction)}
    return by_the_text(report, mode, regime, numbers, [item for item, value in values.items() if value == "/"])


def check(report: Report, mode: Mode, rows: list[Row]) -> None:
    for row, found in zip(rows, evaluate(report, mode, rows), strict=True):
        wanted = expected(report, mode, row)
        assert {name: found[f"iaqi_{name}"] for name in wanted.iaqi} == wanted.iaqi, (report, mode, row)
        assert (found["aqi"], found["primary"], found["category"]) == (wanted.aqi, wanted.primary, wanted.category), row


def one(report: Report, mode: Mode, regime: str, **values: float | str | None) -> dict[str, Any]:
    return evaluate(report, mode, [(regime, numbers(**values))])[0]


def numbers(**values: float | str | None) -> dict[str, Fraction | str | None]:
    return {item: Fraction(str(v)) if isinstance(v, int | float) else v for item, v in values.items()}


HOUR: dict[str, float] = {"so2": 2, "no2": 20, "pm10": 40, "pm2_5": 20, "co": 0.5, "o3": 60}
DAY: dict[str, float] = {"so2": 2, "no2": 20, "pm10": 40, "pm2_5": 20, "co": 0.5, "o3_8h": 60}
CLEAN: dict[str, dict[str, float]] = {"hour": HOUR, "day": DAY}


def every_concentration(report: Report, mode: Mode) -> Iterator[Row]:
    """Every whole concentration up to beyond the last breakpoint, for CO every tenth."""
    for regime in (OLD, NEW):
        for item, line in REPORTS[report, regime, mode].items():
            steps = 10 if pollutant_of(item) == "co" else 1
            for tenth in range((TABLE[regime][line][-1] + 25) * steps + 1):
                yield regime, {item: Fraction(tenth, steps)}


class TestEveryConcentration:
    @pytest.mark.figure("air.iaqi", "corner")
    @pytest.mark.parametrize(("report", "mode"), CASES)
    def test_in_whole_micrograms_and_tenths_of_co(self, report: Report, mode: Mode) -> None:
        check(report, mode, list(every_concentration(report, mode)))

    @pytest.mark.parametrize(("report", "mode"), CASES)
    def test_just_around_every_breakpoint(self, report: Report, mode: Mode) -> None:
        """0.1, 0.5 and 0.0001 beside it: HJ 633-2026 rounds first, HJ 633-2012 does not."""
        near = [Fraction(n, 10_000) for n in (-10_000, -5_001, -5_000, -4_999, -1, 0, 1, 499, 500, 501, 5_000, 5_001)]
        rows: list[Row] = [
            (regime, {**numbers(**CLEAN[report]), item: point + shift})
            for regime in (OLD, NEW)
            for item, line in REPORTS[report, regime, mode].items()
            for point in TABLE[regime][line]
            for shift in near
        ]
        check(report, mode, rows)

    @pytest.mark.figure("air.iaqi", "missing")
    def test_no_concentration_no_index(self) -> None:
        found = one("hour", "published", OLD, **HOUR | {"so2": None})
        assert found["iaqi_so2"] is None
        assert found["aqi"] == 40

    def test_a_breakpoint_has_the_index_of_its_level(self) -> None:
        rows: list[Row] = [(regime, {"pm10": Fraction(c)}) for regime in (OLD, NEW) for c in TABLE[regime]["pm10_24h"]]
        found = evaluate("hour", "published", rows)
        assert [row["iaqi_pm10"] for row in found] == [*LEVELS, *LEVELS]


class TestBeyondTheTable:
    """Branches that no data at hand reaches, from the text."""

    @pytest.mark.figure("air.iaqi", "corner")
    def test_sulphur_dioxide_above_800_in_an_hour(self) -> None:
        rows: list[Row] = [
            (regime, numbers(**HOUR | {"so2": so2}, pm10_24h=40, pm2_5_24h=20, o3_8h=60, so2_24h=day))
            for regime in (OLD, NEW)
            for so2 in (800, 801, 5000)
            for day in (None, 300, 475, 2620, 3000)
        ]
        for mode in ("strict", "published"):
            check("hour", mode, rows)
        found = evaluate("hour", "published", rows)
        assert [row["iaqi_so2"] for row in found[:5]] == [200] * 5  # at 800 the hour still counts
        # 2012: the index of the 24-hour mean instead; 300: 100 + 50 x 150 / 325 = 123.08
        assert [row["iaqi_so2"] for row in found[5:10]] == [None, 124, 150, 500, 500]
        assert [row["iaqi_so2"] for row in found[20:25]] == [200] * 5  # 2026: 200

    @pytest.mark.figure("air.o3_8h", "corner")
    def test_ozone_above_800_in_eight_hours(self) -> None:
        rows: list[Row] = [
            (regime, numbers(**DAY | {"o3_8h": mean}, o3_1h=hour))
            for regime in (OLD, NEW)
            for mean in (800, 801, 1500)
            for hour in (None, 850, 1000, 1200, 1300)
        ]
        for mode in ("strict", "published"):
            check("day", mode, rows)
        found = evaluate("day", "published", rows)
        assert [row["iaqi_o3"] for row in found[:5]] == [300] * 5
        assert [row["iaqi_o3"] for row in found[5:10]] == [None, 325, 400, 500, 500]
        assert [row["iaqi_o3"] for row in found[20:25]] == [300] * 5
        assert found[5]["reason"] == "缺 O3 1h（O3 8h 高于 800），不报 AQI"

    @pytest.mark.figure("air.aqi", "missing")
    def test_above_the_last_breakpoint_without_the_item_that_stands_in(self) -> None:
        """Never clean air because the largest index is not known; unless another one is at the end of the scale."""
        ozone, sulphur = {**DAY, "o3_8h": 820}, {**HOUR, "so2": 1500}
        for mode in ("strict", "published"):
            found = one("day", mode, OLD, **ozone)
            assert (found["aqi"], found["primary"], found["category"], found["iaqi_o3"]) == (None,) * 4
            assert found["reason"] == "缺 O3 1h（O3 8h 高于 800），不报 AQI"
            for pm2_5, aqi in ((260, None), (400, None), (500, 500)):
                assert one("day", mode, OLD, **ozone | {"pm2_5": pm2_5})["aqi"] == aqi
            assert one("day", mode, OLD, **ozone | {"o3_1h": 850})["aqi"] == 325
        found = one("hour", "published", OLD, **sulphur)
        assert (found["aqi"], found["primary"], found["category"]) == (None, None, None)
        assert found["reason"] == "缺 SO2 24h（SO2 高于 800），不报 AQI"
        for pm2_5, aqi in ((400, None), (500, 500)):
            assert one("hour", "published", OLD, **sulphur | {"pm2_5": pm2_5})["aqi"] == aqi
        assert one("day", "strict", OLD, o3_8h=820)["reason"].startswith("缺 SO2、NO2、PM10、PM2.5、CO、O3 1h（")
        assert one("day", "strict", NEW, **ozone)["aqi"] == 300  # HJ 633-2026 names the index itself

    @pytest.mark.figure("air.aqi", "corner")
    def test_the_index_ends_at_500(self) -> None:
        for regime in (OLD, NEW):
            for report in ("hour", "day"):
                found = one(report, "published", regime, **CLEAN[report] | {"pm2_5": 999, "pm10": 2000})
                assert (found["aqi"], found["primary"], found["category"]) == (500, "PM10,PM2.5", "严重污染")

    @pytest.mark.figure("air.aqi", "corner")
    def test_clean_air_is_0_in_2012_and_1_in_2026(self) -> None:
        nothing = dict.fromkeys(HOUR, 0)
        assert one("hour", "published", OLD, **nothing)["aqi"] == 0
        found = one("hour", "published", NEW, **nothing)
        assert (found["aqi"], found["iaqi_so2"], found["primary"], found["category"]) == (1, 0, None, "优")

    def test_an_instrument_below_zero_counts_as_zero(self) -> None:
        found = one("hour", "published", OLD, **HOUR | {"so2": -1})
        assert (found["iaqi_so2"], found["aqi"]) == (0, 40)


class TestRealTimeReport:
    def test_2012_asks_for_sliding_means_and_the_feed_takes_the_hour(self) -> None:
        values = HOUR | {"pm10_24h": 150, "pm2_5_24h": 75, "o3_8h": 215}
        found = one("hour", "strict", OLD, **values)
        assert (found["aqi"], found["primary"], found["iaqi_pm10"], found["iaqi_pm2_5"]) == (150, "O3", 100, 100)
        assert one("hour", "published", OLD, **values)["aqi"] == 40

    @pytest.mark.parametrize("mode", ["strict", "published"])
    def test_2026_takes_the_hour_in_either_mode(self, mode: Mode) -> None:
        values = HOUR | {"pm10_24h": 500, "pm2_5_24h": 500, "o3_8h": 700}
        assert one("hour", mode, NEW, **values)["aqi"] == 40

    def test_2012_daily_report_has_the_largest_hour_of_ozone_as_a_seventh_item(self) -> None:
        values = DAY | {"o3_8h": 100, "o3_1h": 300}
        assert one("day", "strict", OLD, **values)["iaqi_o3"] == 150
        assert one("day", "published", OLD, **values)["iaqi_o3"] == 50  # as the ministry's own days do
        assert one("day", "strict", NEW, **values)["iaqi_o3"] == 50  # no longer an item


class TestMissing:
    @pytest.mark.figure("air.aqi", "missing")
    def test_2026_withholds_the_index_unless_the_others_exceed_100(self) -> None:
        """HJ 633-2026 5.3.1; single indices stay."""
        for item in HOUR:
            found = one("hour", "strict", NEW, **HOUR | {item: None})
            assert (found["aqi"], found["primary"], found["category"]) == (None, None, None), item
            assert found[f"iaqi_{'no2' if item == 'so2' else 'so2'}"] is not None
            assert "5.3.1" in found["reason"]
        at_100 = one("hour", "strict", NEW, **HOUR | {"so2": None, "pm2_5": 60})
        above = one("hour", "strict", NEW, **HOUR | {"so2": None, "pm2_5": 61})
        assert (at_100["aqi"], above["aqi"], above["primary"]) == (None, 101, "PM2.5")
        assert "SO2" in above["reason"]

    @pytest.mark.figure("air.aqi", "missing")
    def test_the_feed_publishes_without_pm10(self) -> None:
        assert one("hour", "published", NEW, **HOUR | {"pm10": None})["aqi"] == 29
        assert one("hour", "published", NEW, **HOUR | {"no2": None})["aqi"] is None
        assert one("hour", "published", NEW, **HOUR | {"pm10": None, "pm2_5": None})["aqi"] is None

    @pytest.mark.figure("air.aqi", "missing")
    def test_what_is_not_monitored_does_not_withhold(self) -> None:
        """HJ 633-2026 5.3.2."""
        found = one("hour", "strict", NEW, **HOUR | {"so2": "/"})
        assert (found["aqi"], found["iaqi_so2"]) == (40, None)
        assert found["reason"] == "SO2 未监测（5.3.2，未核实三年历史）"  # on which the clause depends
        found = one("hour", "strict", NEW, **HOUR | {"so2": "/", "no2": None, "co": "/"})
        assert found["aqi"] is None
        assert found["reason"] == (
            "缺 NO2，其余项目的 AQI 不大于 100，按 HJ 633-2026 5.3.1 不报 AQI；SO2、CO 未监测（5.3.2，未核实三年历史）"
        )
        assert (
            one("hour", "strict", OLD, **HOUR | {"so2": "/", "pm10_24h": 40, "pm2_5_24h": 20, "o3_8h": 60})["reason"]
            is None
        )

    def test_2012_publishes_from_what_is_there_and_names_the_rest(self) -> None:
        found = one("day", "strict", OLD, so2=2, pm2_5=20)
        assert (found["aqi"], found["category"]) == (29, "优")
        assert all(name in found["reason"] for name in ("NO2", "PM10", "CO", "O3"))

    @pytest.mark.figure("air.primary", "missing")
    @pytest.mark.figure("air.category", "missing")
    def test_nothing_at_all(self) -> None:
        for regime in (OLD, NEW):
            found = one("day", "strict", regime)
            assert (found["aqi"], found["primary"], found["category"]) == (None, None, None)
            assert found["reason"]

    def test_a_complete_row_needs_no_reason(self) -> None:
        for regime in (OLD, NEW):
            assert one("hour", "published", regime, **HOUR)["reason"] is None
            assert one("day", "strict", regime, **DAY)["reason"] is None


class TestRules:
    """What the standard says of reporting is data."""

    def judged(self, folder: Path, old: str, new: str, **values: int) -> dict[str, Any]:
        copied = folder / "standards"
        shutil.copytree(FOLDER, copied, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        draft = copied / "air-rules-2026.csv"
        text = draft.read_text(encoding="utf-8")
        assert text.count(old) == 1
        draft.write_text(text.replace(old, new), encoding="utf-8")
        rows = ibis.memtable({"day": [NEW_DAY]} | {name: [value * 10_000] for name, value in values.items()})
        with using_folder(copied):
            judged = air_quality_index(rows, "hour", "strict", NEW_DAY, NEW_DAY)
        found: dict[str, Any] = ibis.duckdb.connect().to_pyarrow(judged).to_pylist()[0]
        return found

    def test_the_index_up_to_which_a_missing_item_withholds(self, tmp_path: Path) -> None:
        found = self.judged(tmp_path, "withhold_up_to,100,5.3.1", "withhold_up_to,150,7.7.7", pm2_5=80, pm10=40)
        assert found["aqi"] is None
        assert "不大于 150，按 HJ 633-2026 7.7.7 不报" in found["reason"]

    def test_the_index_above_which_there_is_a_primary_pollutant(self, tmp_path: Path) -> None:
        values = dict.fromkeys(HOUR, 1) | {"pm10": 70}  # 65
        assert one("hour", "strict", NEW, **values)["primary"] == "PM10"
        assert self.judged(tmp_path, "primary_above,50", "primary_above,70", **values)["primary"] is None

    def test_the_clause_of_what_is_not_monitored(self, tmp_path: Path) -> None:
        with pytest.raises(StandardError, match=r"air-rules-2026\.csv：没有 not_monitored"):
            self.judged(tmp_path, "\nnot_monitored,", "\nsomething_else,", pm2_5=80)


class TestPrimary:
    @pytest.mark.figure("air.primary", "corner")
    def test_ties_are_listed_together_in_the_order_of_the_table(self) -> None:
        values = HOUR | {"pm2_5": 75, "pm10": 150, "o3": 200}
        assert one("hour", "published", OLD, **values)["primary"] == "PM10,PM2.5,O3"
        everything = {"so2": 500, "no2": 200, "pm10": 150, "pm2_5": 75, "co": 10, "o3": 200}
        assert one("hour", "published", OLD, **everything)["primary"] == "SO2,NO2,PM10,PM2.5,CO,O3"

    @pytest.mark.figure("air.primary", "corner")
    def test_none_up_to_50(self) -> None:
        assert one("hour", "published", OLD, **HOUR | {"pm10": 50})["primary"] is None
        assert one("hour", "published", OLD, **HOUR | {"pm10": 51})["primary"] == "PM10"


class TestCategory:
    @pytest.mark.figure("air.category", "corner")
    def test_changes_after_50_100_150_200_300(self) -> None:
        index = {50: 50, 51: 51, 100: 150, 101: 151, 150: 250, 151: 251, 200: 350, 201: 351, 300: 420, 301: 421}
        rows: list[Row] = [(OLD, numbers(**HOUR | {"pm10": c, "pm2_5": 0})) for c in index.values()]
        found = evaluate("hour", "published", rows)
        assert [(row["aqi"], row["category"]) for row in found if row["aqi"] in index] != []
        for row in found:
            assert row["category"] == category(row["aqi"])
        assert [row["category"] for row in found] == [
            "优", "良", "良", "轻度污染", "轻度污染", "中度污染", "中度污染", "重度污染", "重度污染", "严重污染",
        ]  # fmt: skip


class TestRegime:
    @pytest.mark.figure("air.iaqi", "corner")
    def test_is_that_of_the_day_of_the_hour(self) -> None:
        """pm2_5 = 60: 82 by the old table, 100 by the new one."""
        assert one("hour", "published", OLD, **HOUR | {"pm2_5": 60})["aqi"] == 82
        assert one("hour", "published", NEW, **HOUR | {"pm2_5": 60})["aqi"] == 100

    def test_before_any_standard_there_is_no_index(self) -> None:
        row = dict.fromkeys(ITEMS) | {f"{item}_off": False for item in ITEMS}
        days = (date(2012, 2, 28), date(2012, 2, 29), date(2016, 2, 29))
        found = compiled("day", "strict")(row | {"row": k, "day": d, "pm2_5": 350_000} for k, d in enumerate(days))
        assert [r["aqi"] for r in found] == [None, 50, 50]
        assert "没有生效的标准" in found[0]["reason"]

    @pytest.mark.figure("air.iaqi", "corner")
    def test_only_2026_rounds_before_the_index_and_half_to_even(self) -> None:
        for value, old, new in (("60.5", 82, 100), ("61.5", 84, 102), ("35.4", 51, 50), ("35.5", 51, 52)):
            concentration = {**numbers(**HOUR), "pm2_5": Fraction(value)}
            found = evaluate("hour", "published", [(OLD, concentration), (NEW, concentration)])
            assert [row["iaqi_pm2_5"] for row in found] == [old, new], value
        assert one("hour", "published", NEW, **HOUR | {"co": 5.05})["iaqi_co"] == 50  # 5.0
        assert one("hour", "published", NEW, **HOUR | {"co": 5.15})["iaqi_co"] == 52  # 5.2
        assert one("hour", "published", OLD, **HOUR | {"co": 5.05})["iaqi_co"] == 51


@pytest.mark.figure("air.iaqi", "worked")
@pytest.mark.figure("air.aqi", "worked")
@pytest.mark.figure("air.primary", "worked")
@pytest.mark.figure("air.category", "worked")
class TestPublishedExamples:
    """Station hours as the national centre published them, one each side of the change of 2026-03-01."""

    @pytest.mark.parametrize(
        ("regime", "values", "aqi", "primary", "category"),
        [
            # The last hour of the old standard (label 2026-03-01 00:00), the first of the new one: 55 is 75, then 90.
            (OLD, {"pm2_5": 55, "pm10": 76, "so2": 2, "no2": 22, "co": 0.8, "o3": 37}, 75, "PM2.5", "良"),
            (NEW, {"pm2_5": 55, "pm10": 79, "so2": 5, "no2": 24, "co": 0.7, "o3": 33}, 90, "PM2.5", "良"),
            (NEW, {"pm2_5": 15, "pm10": 22, "so2": 3, "no2": 11, "co": 0.4, "o3": 107}, 34, None, "优"),
            (OLD, {"pm2_5": 34, "pm10": 45, "so2": 1, "no2": 13, "co": 0.8, "o3": 164}, 55, "O3", "良"),
        ],
    )
    def test_station_hour(
        self, regime: str, values: dict[str, float], aqi: int, primary: str | None, category: str
    ) -> None:
        found = one("hour", "published", regime, **values)
        assert (found["aqi"], found["primary"], found["category"]) == (aqi, primary, category)


def concentrations() -> st.SearchStrategy[Fraction | str | None]:
    near_a_point = st.sampled_from(sorted({p for table in TABLE.values() for line in table.values() for p in line}))
    return st.one_of(
        st.none(),
        st.just("/"),
        st.integers(0, 45_000_000).map(lambda n: Fraction(n, 10_000)),
        st.integers(0, 1500).map(lambda n: Fraction(n, 10)),
        st.tuples(near_a_point, st.integers(-30, 30)).map(lambda p: max(Fraction(0), p[0] + Fraction(p[1], 20))),
    )


@pytest.mark.parametrize(("report", "mode"), CASES)
@settings(deadline=None, max_examples=8)
@given(
    st.lists(
        st.tuples(st.sampled_from([OLD, NEW]), st.fixed_dictionaries(dict.fromkeys(ITEMS, concentrations()))),
        min_size=1,
        max_size=40,
    )
)
def test_random_rows_follow_the_text(report: Report, mode: Mode, rows: list[Row]) -> None:
    names = REPORTS[report, OLD, mode].keys() | REPORTS[report, NEW, mode].keys() | {"so2_24h", "o3_1h"}
    if report == "day":
        names -= {"so2_24h"}
    else:
        names -= {"o3_1h"}
    check(report, mode, [(regime, {i: v for i, v in values.items() if i in names}) for regime, values in rows])


def test_the_reference_itself_against_the_formula() -> None:
    """PM2.5 100 by the old table: (150 - 100) / (115 - 75) x (100 - 75) + 100 = 131.25, up to 132."""
    assert single_index("pm2_5_24h", Fraction(100), OLD) == 132
    assert single_index("pm2_5_24h", Fraction(100), NEW) == 137  # 50 / 55 x 40 + 100 = 136.36
