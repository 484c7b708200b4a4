"""Standards as dated data: what is in force when, what a malformed file says, and the next regime as files alone."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import ibis
import pytest

from bilan.evaluate.air.aqi import air_quality_index
from bilan.evaluate.air.days import station_days
from bilan.evaluate.air.periods import evaluate_periods
from bilan.periods import Period
from bilan.policy.standards import StandardError, regimes, standard_on, standard_tables, using_folder
from bilan.policy.standards.tables import FOLDER

AIR = (
    "air.iaqi",
    "air.report",
    "air.rules",
    "air.categories",
    "air.rounding",
    "air.completeness",
    "air.limits",
    "air.statistics",
    "air.index",
    "air.shares",
)
GOOD = """\
# table: test.limits
# title: 试验
# standard: GB 0000-2030
# clause: 表1
# valid_from: 2030-01-01
# valid_to:
# unit: mg/L
# source: 虚构
# second_source: no
# status: unverified
item,limit
a,1
b,2
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the standards, to be changed."""
    copied = tmp_path / "standards"
    shutil.copytree(FOLDER, copied, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copied


class TestInForce:
    def test_the_air_standards_change_with_march_2026_and_the_limits_again_in_2031(self) -> None:
        before, after = date(2026, 2, 28), date(2026, 3, 1)
        assert [standard_on("air.iaqi", day).standard for day in (before, after)] == ["HJ 633-2012", "HJ 633-2026"]
        assert [standard_on("air.limits", day).standard for day in (before, after)] == ["GB 3095-2012", "GB 3095-2026"]
        assert [standard_on("air.statistics", day).standard for day in (before, after)] == [
            "HJ 663-2013",
            "HJ 663-2026",
        ]
        limits = [standard_on("air.limits", day).name for day in (date(2030, 12, 31), date(2031, 1, 1))]
        assert limits[0] != limits[1]

    @pytest.mark.parametrize("kind", AIR)
    def test_there_is_one_table_for_every_day(self, kind: str) -> None:
        tables = standard_tables(kind)
        for earlier, later in pairwise(tables):
            assert earlier.valid_to == later.valid_from
        assert tables[-1].valid_to is None
        for table in tables:
            assert standard_on(kind, table.valid_from or date(2012, 3, 1)) is table

    def test_before_the_first_standard_there_is_none(self) -> None:
        with pytest.raises(StandardError, match="2012-02-28"):
            standard_on("air.iaqi", date(2012, 2, 28))
        assert standard_on("air.iaqi", date(2012, 2, 29)).standard == "HJ 633-2012"

    def test_regimes_of_a_span(self) -> None:
        found = regimes(("air.iaqi", "air.limits"), date(2020, 1, 1), date(2031, 12, 31))
        ends = [date(2026, 3, 1), date(2031, 1, 1), None]
        assert [regime.end for regime in found] == ends
        assert [regime.first for regime in found] == [date(2012, 2, 29), *ends[:2]]
        assert regimes(("air.iaqi",), date(2000, 1, 1), date(2000, 12, 31)) == ()

    def test_an_unknown_kind_says_so(self) -> None:
        with pytest.raises(StandardError, match=r"air\.nothing"):
            standard_tables("air.nothing")


class TestLimits:
    """Class II of GB 3095, typed over once more: year, day (O3: largest 8 hours)."""

    @pytest.mark.parametrize(
        ("day", "pm2_5", "pm10", "so2", "no2"),
        [
            (date(2025, 12, 31), (35, 75), (70, 150), (60, 150), (40, 80)),
            (date(2026, 3, 1), (30, 60), (60, 120), (60, 150), (40, 80)),
            (date(2030, 12, 31), (30, 60), (60, 120), (60, 150), (40, 80)),
            (date(2031, 1, 1), (25, 50), (50, 100), (20, 50), (30, 50)),
        ],
    )
    def test_of_a_day(
        self, day: date, pm2_5: tuple[int, int], pm10: tuple[int, int], so2: tuple[int, int], no2: tuple[int, int]
    ) -> None:
        rows = {(r["pollutant"], r["statistic"]): int(r["class2"]) for r in standard_on("air.limits", day).rows}
        for pollutant, (year, daily) in {"pm2_5": pm2_5, "pm10": pm10, "so2": so2, "no2": no2}.items():
            assert (rows[pollutant, "year"], rows[pollutant, "day"]) == (year, daily)
        assert (rows["co", "day"], rows["o3", "max8h"], rows["o3", "hour"]) == (4, 160, 200)


class TestUnverified:
    def test_what_nobody_could_verify_is_marked(self) -> None:
        unverified = {table.name for kind in AIR for table in standard_tables(kind) if table.unverified}
        assert {"air-index-2026", "air-index-2031", "air-statistics-2026", "air-rounding-2026"} <= unverified
        assert "air-iaqi-2026" not in unverified
        assert "未核实" in standard_on("air.index", date(2026, 3, 1)).citation
        assert "未核实" not in standard_on("air.index", date(2026, 2, 28)).citation

    def test_a_row_can_be_unverified_alone(self) -> None:
        rows = {row["rule"]: row["status"] for row in standard_on("air.completeness", date(2025, 1, 1)).rows}
        assert rows["city_stations_percent"] == "unverified"
        assert rows["day_hours"] == ""
        doubts = standard_on("air.completeness", date(2025, 1, 1)).doubts
        assert any("有值的站点不少于城市站点的 75%" in line for line in doubts)
        assert any("浓度低于 −20 µg/m³ 的不算测到" in line for line in doubts)
        assert not any("小时数" in line for line in doubts)

    def test_a_table_in_doubt_says_so_once(self) -> None:
        (doubt,) = standard_on("air.index", date(2026, 3, 1)).doubts
        assert "综合" in doubt or "指数" in doubt

    def test_every_table_names_its_source(self) -> None:
        for path in sorted(FOLDER.glob("*.csv")):
            head = dict(
                line[1:].strip().partition(":")[::2]
                for line in path.read_text(encoding="utf-8").splitlines()
                if line.startswith("#")
            )
            assert head["source"].strip(), path.name
            assert head["standard"].strip(), path.name


def broken(folder: Path, text: str) -> str:
    """What the loader says of a folder that holds ``text`` as ``test-limits.csv``."""
    folder.mkdir(exist_ok=True)
    (folder / "test-limits.csv").write_text(text, encoding="utf-8")
    with using_folder(folder), pytest.raises(StandardError) as error:
        standard_tables("test.limits")
    return str(error.value)


class TestMalformed:
    def test_a_good_file_is_good(self, tmp_path: Path) -> None:
        (tmp_path / "test-limits.csv").write_text(GOOD, encoding="utf-8")
        with using_folder(tmp_path):
            table = standard_on("test.limits", date(2030, 1, 1))
        assert (table.unit, table.unverified, table.rows) == (
            "mg/L",
            True,
            ({"item": "a", "limit": "1"}, {"item": "b", "limit": "2"}),
        )

    def test_an_unknown_key(self, tmp_path: Path) -> None:
        said = broken(tmp_path, GOOD.replace("# unit:", "# units:"))
        assert "test-limits.csv 第 7 行" in said

    def test_a_missing_key(self, tmp_path: Path) -> None:
        said = broken(tmp_path, GOOD.replace("# clause: 表1\n", ""))
        assert "test-limits.csv" in said
        assert "clause" in said

    def test_a_row_with_a_cell_too_many(self, tmp_path: Path) -> None:
        assert "test-limits.csv 第 14 行" in broken(tmp_path, GOOD + "c,3,4\n")

    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ("2030-01-01", "2030-1-1"),
            ("second_source: no", "second_source: maybe"),
            ("status: unverified", "status: fine"),
        ],
    )
    def test_a_value_that_is_none(self, tmp_path: Path, right: str, wrong: str) -> None:
        assert "test-limits.csv" in broken(tmp_path, GOOD.replace(right, wrong))

    def test_two_tables_for_one_day(self, tmp_path: Path) -> None:
        (tmp_path / "test-earlier.csv").write_text(
            GOOD.replace("valid_from: 2030-01-01", "valid_from: 2020-01-01").replace(
                "valid_to:", "valid_to: 2030-01-02"
            ),
            encoding="utf-8",
        )
        said = broken(tmp_path, GOOD)
        assert "test-limits.csv" in said
        assert "test-earlier.csv" in said

    def test_a_day_without_a_table_between_two(self, tmp_path: Path) -> None:
        earlier = GOOD.replace("valid_from: 2030-01-01", "valid_from: 2020-01-01")
        earlier = earlier.replace("valid_to:", "valid_to: 2029-12-31")
        (tmp_path / "test-earlier.csv").write_text(earlier, encoding="utf-8")
        assert "空档" in broken(tmp_path, GOOD)

    def test_a_quote_that_is_never_closed(self, tmp_path: Path) -> None:
        assert "test-limits.csv" in broken(tmp_path, GOOD + '"c,3\n')

    def test_bytes_that_are_no_utf8(self, tmp_path: Path) -> None:
        (tmp_path / "test-limits.csv").write_bytes(GOOD.encode("gbk"))
        with using_folder(tmp_path), pytest.raises(StandardError, match=r"test-limits\.csv"):
            standard_tables("test.limits")

    def test_a_table_without_its_columns(self, tmp_path: Path) -> None:
        said = broken(tmp_path, "".join(GOOD.splitlines(keepends=True)[:10]))
        assert "test-limits.csv" in said

    def test_a_validity_that_ends_before_it_begins(self, tmp_path: Path) -> None:
        assert "test-limits.csv" in broken(tmp_path, GOOD.replace("valid_to:", "valid_to: 2029-01-01"))

    def test_a_column_named_twice(self, tmp_path: Path) -> None:
        assert "test-limits.csv" in broken(tmp_path, GOOD.replace("item,limit", "item,item"))

    def test_a_breakpoint_that_is_no_number(self, folder: Path) -> None:
        path = folder / "air-iaqi-2026.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("co_1h,0,5,", "co_1h,0,five,"), encoding="utf-8")
        day = date(2026, 6, 1)
        with using_folder(folder), pytest.raises(StandardError, match=r"air-iaqi-2026\.csv"):
            air_quality_index(ibis.memtable({"day": [day], "co": [10_000]}), "hour", "strict", day, day)


def successor(folder: Path, name: str, new: str, start: date, **changed: str) -> None:
    """Close the table ``name`` on ``start``, write ``new``, the same with rows changed: what a new standard takes."""
    old = (folder / f"{name}.csv").read_text(encoding="utf-8")
    closed = "\n".join(f"# valid_to: {start}" if line.startswith("# valid_to:") else line for line in old.splitlines())
    (folder / f"{name}.csv").write_text(closed + "\n", encoding="utf-8")
    lines = []
    for line in old.splitlines():
        key = line.removeprefix("# ").partition(":")[0] if line.startswith("#") else line.partition(",")[0]
        made = changed.get(key, line)
        made = f"# valid_from: {start}" if key == "valid_from" else "# valid_to:" if key == "valid_to" else made
        lines.append(made)
    (folder / f"{new}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


class TestNextRegime:
    """A standard of the future needs files and no code."""

    START = date(2035, 7, 1)

    def test_breakpoints(self, folder: Path) -> None:
        row = "pm2_5_24h,0,15,35,115,150,250,350,500,500"
        successor(
            folder, "air-iaqi-2026", "air-iaqi-2035", self.START, pm2_5_24h=row, standard="# standard: HJ 633-2035"
        )
        before = self.START - timedelta(days=1)
        table = ibis.memtable({"day": [before, self.START], "pm2_5": [350_000, 360_000], "k": [0, 1]})
        with using_folder(folder):
            judged = air_quality_index(table, "hour", "strict", before, self.START).select("k", "iaqi_pm2_5", "reason")
        found = ibis.duckdb.connect().to_pyarrow(judged.order_by("k")).to_pylist()
        assert [row["iaqi_pm2_5"] for row in found] == [50, 101]

    def test_weights_that_are_no_whole_numbers_and_another_percentile(self, folder: Path) -> None:
        successor(folder, "air-index-2031", "air-index-2035", self.START, pm2_5="pm2_5,mean,25,1.5")
        statistics = folder / "air-statistics-2026.csv"
        text = statistics.read_text(encoding="utf-8").replace("o3,percentile,90,max8h", "o3,percentile,93,max8h")
        statistics.write_text(text, encoding="utf-8")
        clean = {"so2": 6, "no2": 12, "pm10": 30, "pm2_5": 30, "co": 1, "o3_8h": 90, "o3_1h": 100}
        days = [self.START + timedelta(n) for n in range(31)]
        table = ibis.memtable(
            {"region": ["r"] * len(days), "day": days, "aqi": [50] * len(days)}
            | {name: [value * 10_000] * len(days) for name, value in clean.items()}
        )
        with using_folder(folder):
            (found,) = (
                ibis.duckdb.connect()
                .to_pyarrow(evaluate_periods(table, "region", [Period.parse("2035-07")]))
                .to_pylist()
            )
        assert found["i_pm2_5"] == 180  # 30 / 25 = 1.20, times 1.5
        assert found["o3_p93"] == 900_000

    def test_fewer_hours_make_a_day(self, folder: Path) -> None:
        """A standard that asks for 18 hours: the mean of 18 hours is their sum / 18, not nearly that."""
        name = "air-completeness-2026"
        successor(folder, name, "air-completeness-2035", self.START, day_hours="day_hours,,18,,")
        hours = [
            {"station": "s", "parameter": "a34004", "statistic": "avg", "seconds": 3600, "day": self.START, "hour": h,
             "value": 101.0 + (h == 1) * 9.0}
            for h in range(1, 19)
        ]  # fmt: skip
        rows = {key: [row[key] for row in hours] for key in hours[0]}
        with using_folder(folder):
            days = station_days(ibis.memtable(rows), self.START, self.START)
        (found,) = ibis.duckdb.connect().to_pyarrow(days).to_pylist()
        assert found["pm2_5"] == 1_020_000  # 1827 / 18 = 101.5 exactly, half to even

    def test_five_hours_make_a_window(self, folder: Path) -> None:
        successor(folder, "air-completeness-2026", "air-completeness-2035", self.START, o3_8h_hours="o3_8h_hours,,5,,")
        hours = [h for h in range(1, 25) if h not in (1, 2, 3)]
        table = ibis.memtable(
            {
                "station": ["s"] * 21, "parameter": ["a05024"] * 21, "statistic": ["avg"] * 21, "seconds": [3600] * 21,
                "day": [self.START] * 21, "hour": hours, "value": [106.0 if h <= 8 else 100.0 for h in hours],
            }
        )  # fmt: skip
        with using_folder(folder):
            found = ibis.duckdb.connect().to_pyarrow(station_days(table, self.START, self.START)).to_pylist()
        assert found[0]["o3_8h"] == 1_060_000

    def test_limits(self, folder: Path) -> None:
        """Only the limits change: a year of 24 and one of 26 µg/m3 PM2.5 by a limit of 20."""
        start = date(2036, 1, 1)
        successor(folder, "air-limits-2031", "air-limits-2036", start, standard="# standard: GB 3095-2036")
        path = folder / "air-limits-2036.csv"
        path.write_text(
            path.read_text(encoding="utf-8").replace("pm2_5,year,10,25", "pm2_5,year,10,20"), encoding="utf-8"
        )
        days = [date(year, 1, 1) + timedelta(n) for year in (2035, 2036) for n in range(365)]
        clean = {"so2": 10, "no2": 10, "pm10": 20, "pm2_5": 22, "co": 1, "o3_8h": 90, "o3_1h": 100}
        table = ibis.memtable(
            {"region": ["r"] * len(days), "day": days, "aqi": [50] * len(days)}
            | {name: [value * 10_000] * len(days) for name, value in clean.items()}
        )
        with using_folder(folder):
            found = evaluate_periods(table, "region", [Period.parse("2035"), Period.parse("2036")])
        years = ibis.duckdb.connect().to_pyarrow(found.order_by("period")).to_pylist()
        assert [(y["period"], y["attained"], y["exceeding"]) for y in years] == [
            ("2035", True, ""),
            ("2036", False, "PM2.5 均值"),
        ]
        assert "GB 3095-2036" in years[1]["regime"]
