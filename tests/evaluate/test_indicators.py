"""Readings: the official value with its proof, or why it cannot be judged."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bilan import cli
from bilan.evaluate import places
from bilan.evaluate.air.indicators import AIR
from bilan.evaluate.engine import connect
from bilan.evaluate.indicators import READERS, IndicatorError, reading
from bilan.observe import Lake
from bilan.periods import Period
from bilan.policy import indicators

from ..policy.english import chinese
from .air.lakes import CITY, DISTRICT, OTHER_DISTRICT, add_values, days_between, hours_of, make_lake

YEAR = days_between(date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One clean year of two stations: PM2.5 30 and 31, on ten days 300 at both; the other items far from a limit."""
    path = tmp_path_factory.mktemp("indicators") / "lake"
    values = []
    for station, usual in (("s1", 30), ("s2", 31)):
        values += hours_of(
            station,
            YEAR,
            {
                "pm2_5": lambda day, hour, usual=usual: 300 if day.month == 1 and day.day <= 10 else usual,
                "pm10": 50,
                "so2": 10,
                "no2": 20,
                "co": 0.5,
                "o3": 90,
            },
        )
    make_lake(path, {"s1": DISTRICT, "s2": OTHER_DISTRICT}, values)
    return path


@pytest.fixture(scope="module")
def lake(folder: Path) -> Lake:
    return Lake(folder)


def read(lake: Lake, code: str, region: str = CITY, period: str = "2025", **options: object):  # type: ignore[no-untyped-def]
    return reading(code, lake, connect(), places.region(region), Period.parse(period), **options)  # type: ignore[arg-type]


def test_an_annual_mean_opens_to_its_days(lake: Lake) -> None:
    found = read(lake, "air.pm25.annual")
    # 30.5 of the two stations is published as 30 (half to even): 355 days of 30 and 10 of 300
    assert found.value == Decimal(37)  # 13650 / 365 = 37.397
    assert found.used[0].count == 365
    assert not found.mixed
    text = found.explained()
    assert "365 个日均值之和 13650" in text
    assert "13650 ÷ 365 = 37.3973" in text
    assert "HJ 663-2013" in text
    assert "未核实：" in text  # the share of stations is a rule of practice


def test_shares_and_days(lake: Lake) -> None:
    assert read(lake, "air.heavy_days").value == Decimal(10)  # IAQI of PM2.5 300 is 350
    assert read(lake, "air.aqi.good_days_ratio").value == Decimal("97.3")  # 355 / 365 = 97.26
    assert read(lake, "air.heavy_days_ratio").value == Decimal("2.7")


def test_the_percentile_shows_its_two_neighbours(lake: Lake) -> None:
    found = read(lake, "air.o3.p90")
    assert found.value == Decimal(90)
    assert any("k = 1 + (365 - 1) × 90%" in step for step in found.steps)


def test_the_composite_index_adds_its_parts(lake: Lake) -> None:
    # 10/60 = 0.17, 20/40 = 0.50, 50/70 = 0.71, 37/35 = 1.06, 0.5/4 = 0.12, 90/160 = 0.56
    found = read(lake, "air.composite_index")
    assert found.value == Decimal("3.12")
    assert "PM2.5 均值：37 ÷ 35 = 1.06" in found.steps
    assert "O3 第90百分位数：90 ÷ 160 = 0.56" in found.steps
    assert "NO2 均值：20 ÷ 40 = 0.50" in found.steps


def test_a_district_is_judged_by_its_own_stations(lake: Lake) -> None:
    assert read(lake, "air.pm25.annual", DISTRICT).value == Decimal(37)
    assert read(lake, "air.pm25.annual", OTHER_DISTRICT).value == Decimal(38)  # (31 x 355 + 3000) / 365 = 38.37


def test_too_few_days_cannot_be_judged(tmp_path: Path) -> None:
    lake = make_lake(tmp_path / "lake", {"s1": CITY}, hours_of("s1", YEAR[:320], {"pm2_5": 30}))
    found = read(lake, "air.pm25.annual")
    assert not found.judged
    assert found.provisional == Decimal(30)
    assert "有效日数不足" in found.reason
    assert "无法判定" in found.explained()


def test_a_mixed_year_gives_either_regime(tmp_path: Path) -> None:
    year = days_between(date(2026, 1, 1), date(2026, 12, 31))
    lake = make_lake(tmp_path / "lake", {"s1": CITY}, hours_of("s1", year, {"pm2_5": 30.4}))
    found = read(lake, "air.pm25.annual", period="2026")
    assert found.mixed
    assert found.regime.startswith("GB 3095-2026")
    assert [name.split("、")[0] for name, _ in found.under] == ["GB 3095-2012", "GB 3095-2026"]
    assert "本期跨两套标准" in found.explained()
    assert [name.split(", ")[0] for name, _ in found.as_dict("en")["under"]] == ["GB 3095-2012", "GB 3095-2026"]


def test_no_stations_and_no_data_say_so(lake: Lake) -> None:
    assert not read(lake, "air.pm25.annual", "安平县").judged
    assert "没有" in read(lake, "air.pm25.annual", period="2019").reason


def test_codes_without_a_monitor_and_without_an_indicator(lake: Lake) -> None:
    with pytest.raises(IndicatorError, match=r"没有 air\.nothing"):
        read(lake, "air.nothing")
    assert read(lake, "air.boiler.small_phaseout").reason == "未报送统计数"


def test_every_reader_is_an_indicator() -> None:
    assert set(READERS) <= {indicator.code for indicator in indicators()}


@pytest.mark.parametrize("code", sorted(AIR))
def test_every_reader_of_air_reads(lake: Lake, code: str) -> None:
    found = read(lake, code)
    assert found.judged
    assert found.steps
    assert found.explained()
    assert set(chinese(found.explained("en"))) == {"清河市"}
    assert set(chinese(str(found.as_dict("en")))) == {"清河市"}


def test_a_mean_is_explained_in_english(lake: Lake) -> None:
    found = read(lake, "air.pm25.annual")
    lines = [line.strip() for line in found.explained("en").splitlines()]
    assert lines[0] == "清河市 2025 PM2.5 annual mean concentration: 37 µg/m³"
    assert "method: arithmetic mean of the valid daily means" in lines
    assert "used: valid days 365" in lines
    assert "completeness: 365 of 365 days are valid; every month and the whole period have enough valid days" in lines
    assert "1. sum of 365 daily means: 13650" in lines
    assert "3. rounded by GB/T 8170: 37" in lines
    assert found.as_dict()["steps"][0] == "365 个日均值之和 13650"
    assert found.as_dict("en")["steps"][0] == "sum of 365 daily means: 13650"


def test_days_of_a_mixed_quarter_are_one_figure(tmp_path: Path) -> None:
    """Every day keeps its own regime, so there is nothing to give under either; the tables of both are named."""
    days = days_between(date(2026, 1, 1), date(2026, 3, 31))
    clean = {"pm10": 30, "pm2_5": 10, "so2": 5, "no2": 10, "co": 0.4, "o3": 50}
    found = read(
        make_lake(tmp_path / "lake", {"s1": CITY}, hours_of("s1", days, clean)), "air.heavy_days", CITY, "2026Q1"
    )
    assert (found.value, found.mixed, found.under) == (Decimal(0), True, ())
    assert any("HJ 633-2012" in line for line in found.standards)
    assert any("HJ 633-2026" in line for line in found.standards)
    assert "每天按当天有效的标准" in found.method


def test_new_year_2031_keeps_its_two_regimes_apart(tmp_path: Path) -> None:
    """PM2.5 of 30: 1.00 of the limit until 2030, 1.20 of it afterwards, both by GB 3095-2026."""
    days = days_between(date(2030, 12, 1), date(2031, 1, 31))
    clean = {"pm10": 30, "pm2_5": 30, "so2": 6, "no2": 12, "co": 0.4, "o3": 48}
    lake = make_lake(tmp_path / "lake", {"s1": CITY}, hours_of("s1", days, clean))
    found = read(lake, "air.composite_index", CITY, "2030-12/2031-01")
    # 6/60 + 12/40 + 30/60 + 30/30 + 0.4/4 + 48/160 = 2.30; 6/20 + 12/30 + 30/50 + 30/25 + 0.1 + 0.3 = 2.90
    assert [value for _, value in found.under] == [Decimal("2.30"), Decimal("2.90")]
    assert found.value == Decimal("2.90")
    assert found.regime.endswith("（2031-01-01 起）")


def test_years_before_the_standard_are_judged_in_retrospect(tmp_path: Path) -> None:
    days = days_between(date(2011, 1, 1), date(2011, 12, 31))
    lake = make_lake(tmp_path / "lake", {"s1": CITY}, hours_of("s1", days, {"pm2_5": 30}))
    found = read(lake, "air.pm25.annual", period="2011")
    assert (found.value, found.mixed) == (Decimal(30), False)
    days_of_aqi = read(lake, "air.aqi.good_days_ratio", period="2011")
    assert not days_of_aqi.judged


def test_gases_in_two_states_are_not_mixed_in_silence(tmp_path: Path) -> None:
    august, september = (days_between(date(2018, m, 1), date(2018, m, 30)) for m in (8, 9))
    values = [hours_of("s1", days, {"o3": 80, "pm2_5": 30}) for days in (august, september)]
    lake = make_lake(tmp_path / "lake", {"s1": CITY}, [])
    for state, part in zip(("273K", "298K"), values, strict=True):
        add_values(lake, part, ref=state, state=state)
    assert any("两种状态" in line for line in read(lake, "air.o3.p90", period="2018").unverified)
    assert not any("两种状态" in line for line in read(lake, "air.pm25.annual", period="2018").unverified)
    assert not any("两种状态" in line for line in read(lake, "air.o3.p90", period="2018-09").unverified)


def test_a_silent_city_of_a_province_is_named(tmp_path: Path) -> None:
    """Three cities with stations, one of them without a value in March."""
    march = days_between(date(2025, 3, 1), date(2025, 3, 31))
    values = hours_of("s1", march, {"pm2_5": 30}) + hours_of("s2", march, {"pm2_5": 41})
    values += hours_of("s3", march[:1], {"o3": 41})
    homes = {"s1": "130100", "s2": "130200", "s3": "130300"}
    whole = make_lake(tmp_path / "two", {"s1": "130100", "s2": "130200"}, values)
    found = read(whole, "air.pm25.annual", "130000", "2025-03")
    assert found.value == Decimal(36)  # 71 / 2 = 35.5, half to even
    assert found.steps[-2:] == ("71 ÷ 2 = 35.5000", "按 GB/T 8170 修约为 36")
    assert not any("130100" in step for step in found.steps)
    silent = make_lake(tmp_path / "three", homes, values[: 2 * 31 * 24])
    found = read(silent, "air.pm25.annual", "130000", "2025-03")
    assert (found.value, found.provisional) == (None, Decimal(36))
    assert "有站点而没有数据" in found.reason
    assert "62 / 93 天有效" in found.completeness


def test_the_command_explains_and_gives_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["evaluate", "indicator", "air.pm25.annual", "--lake", str(folder)]
    asked += ["--region", "清河市", "--period", "2025"]
    assert cli.main(asked) == 0
    assert capsys.readouterr().out == "清河市 2025 细颗粒物(PM2.5)年均浓度：37 µg/m3\n"
    assert cli.main([*asked, "--explain"]) == 0
    assert "13650 ÷ 365" in capsys.readouterr().out
    assert cli.main([*asked, "--explain", "--language", "en"]) == 0
    assert "method: arithmetic mean of the valid daily means" in capsys.readouterr().out
    assert cli.main([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["value"] == "37"
    assert cli.main([*asked, "--json", "--language", "en"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "PM2.5 annual mean concentration"


def test_the_command_refuses_a_wrong_period_and_region(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["evaluate", "indicator", "air.pm25.annual", "--lake", str(folder)]
    assert cli.main([*asked, "--region", "清河市", "--period", "2025-13"]) == 2
    assert "2025-13" in capsys.readouterr().err
    assert cli.main([*asked, "--region", "没有市", "--period", "2025"]) == 1
    assert "没有市" in capsys.readouterr().err
