"""The chain of an explanation proves the figure that is shown: of its own period, from each of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bilan.board.boards import Making
from bilan.board.entries import Entries
from bilan.board.explain import NoSuchTargetError, explain
from bilan.board.model import Explanation
from bilan.evaluate.engine import connect
from bilan.evaluate.kept import Kept
from bilan.observe import Lake
from bilan.observe.statistics_report import Report

from ..evaluate.statistics.reported import report
from ..policy.english import chinese
from .reference.written import compiled, target_of, write_lake
from .small import DISTRICT, OTHER, entry, making, target

VILLAGES, FOREST, ENERGY = "rural.env.village_count", "eco.forest.cover", "energy.intensity.decline"


PROVED = ("method", "data", "figure", "room", "chance", "status")
NAMES = {
    "清河市",
    "统计局",
    "统计年鉴",
    "东湖区",
    "临江区",
    "北山区",
    "安平县",
    "规划科",
    "站",
}  # 站: of stations called “A站”


def chain(found: Explanation) -> Mapping[str, list[str]]:
    """The Chinese chain; in English what is proved is Chinese only in names."""
    english = [line.en for link in found.chain if link.step in PROVED for line in link.lines]
    words = (word for line in english for word in chinese(line) if not word.endswith("断面"))  # names of sections
    assert [word for word in words if word not in NAMES] == []
    return {link.step: [line.zh for line in link.lines] for link in found.chain}


def explained(made: Making) -> Mapping[str, list[str]]:
    asked: dict[str, Any] = {"as_of": made.as_of, "entries": made.taken, "kept": made.kept, "region": made.region}
    return chain(explain(made.plan, made.lake, made.backend, "t1", **asked))


# --- what is reported ---


def reported(folder: Path, code: str, day: str, *reports: Report, **change: Any) -> Mapping[str, list[str]]:
    return explained(making(folder, [target(code, **change)], day, reports))


def test_a_part_of_the_year_is_proved_by_its_own_report(folder: Path) -> None:
    told = reported(folder, FOREST, "2026-11-15", report(FOREST, "2026年1-9月", "43.1"), value=43.0)
    assert told["method"][0] == "方法：统计报送值，按报送采用"
    assert told["data"][0] == "采用：统计报送 1"
    assert told["figure"][0].startswith("统计局 2026-03-01 报送 43.1")
    assert told["figure"][1:3] == ["2026-01 至 2026-09：43.1%", "比目标有余 0.1 个百分点"]


def test_each_report_of_a_sum_is_proved(folder: Path) -> None:
    """20 of a year and 4 of a quarter are 24; the 12 of half of that year are in the 20."""
    told = reported(
        folder, VILLAGES, "2027-05-31",
        report(VILLAGES, "2026", "20"), report(VILLAGES, "2026年上半年", "12"), report(VILLAGES, "2027Q1", "4"),
        kind="task_quantity", value=60.0,
    )  # fmt: skip
    assert [line for line in told["data"] if "采用" in line] == ["采用：2026 统计报送 1", "采用：2027Q1 统计报送 1"]
    first, second, total, figure, *_ = told["figure"]
    assert first.startswith("2026：统计局 2026-03-01 报送 20")
    assert second.startswith("2027Q1：统计局 2026-03-01 报送 4")
    assert (total, figure) == ("20 + 4 = 24", "2026-01 至 2027-03：24 个")
    assert told["method"].count("方法：统计报送值，按报送采用") == 1


def test_one_report_is_no_sum(folder: Path) -> None:
    one = report(VILLAGES, "2026", "20")
    told = reported(folder, VILLAGES, "2027-05-31", one, kind="task_quantity", value=60.0)
    assert [line for line in told["figure"] if "=" in line] == []


def test_years_of_a_decline_are_proved_together(folder: Path) -> None:
    told = reported(folder, ENERGY, "2028-05-31", report(ENERGY, "2026", "3"), report(ENERGY, "2027", "2"), value=8.0)
    assert "2026 至 2027：4.94%" in told["figure"]
    assert [line for line in told["figure"] if "报送 3 %" in line or "报送 2 %" in line] == told["figure"][:2]


def test_what_was_entered_has_no_reading(folder: Path) -> None:
    made = making(folder, [target(FOREST, value=43.0)], "2026-11-15", [report(FOREST, "2026年1-9月", "43.1")],
                  [entry("figure", "42", on="2026-10-31")])  # fmt: skip
    told = explained(made)
    assert told["method"] == ["数是人填的，没有计算方法"]
    assert told["figure"][0] == "2026-01 至 2026-10：42%"


@pytest.mark.parametrize("region", [None, "990100"])
def test_a_baseline_that_was_entered_is_told_as_such_under_either_name(folder: Path, region: str | None) -> None:
    told = explained(
        making(folder, [target(FOREST, value=43.0)], "2027-05-31", [report(FOREST, "2026", "42.5")],
               [entry("baseline", "42", region=region)])
    )  # fmt: skip
    assert "基准：2025 年 42%（规划科 2026-01-05 填入：有文）" in told["target"]


def test_where_a_baseline_comes_from(folder: Path) -> None:
    reports = [report(FOREST, "2025", "42"), report(FOREST, "2026", "42.5")]
    by_data = explained(making(folder, [target(FOREST, value=43.0)], "2027-05-31", reports))
    assert "基准：2025 年 42%（按数据）" in by_data["target"]
    printed = target(FOREST, value=43.0, baseline_value=42.1)
    assert "基准：2025 年 42.1%（计划写明）" in explained(making(folder, [printed], "2027-05-31", reports))["target"]
    late = [entry("baseline", "42", "2028")]  # of no use, and not what was taken
    told = explained(making(folder, [target(FOREST, value=43.0)], "2027-05-31", reports, late))
    assert "基准：2025 年 42%（按数据）" in told["target"]


def test_a_name_with_quotation_marks_is_quoted_with_single_ones_in_chinese(folder: Path) -> None:
    made = making(folder, [target(None, name="“散乱污”企业整治", quote="“散乱污”企业整治完成")], "2027-05-31")
    told = explain(made.plan, made.lake, made.backend, "t1", as_of=made.as_of)
    assert told.row.reason_text.zh.startswith("没有与“‘散乱污’企业整治”对应的指标")
    assert told.row.reason_text.en.startswith("No indicator corresponds to “散乱污”企业整治:")
    lines = [line.zh for link in told.chain for line in link.lines]
    assert "““散乱污”企业整治完成”" in lines  # the clause, as it is printed
    assert "指标：“‘散乱污’企业整治”没有对应的指标代码" in lines


def test_a_target_of_another_district_is_said_to_be_one(folder: Path) -> None:
    one = target(FOREST, value=43.0, region=OTHER)
    with pytest.raises(NoSuchTargetError, match="别的行政区"):
        explained(making(folder, [one], "2027-05-31", region=DISTRICT))


# --- what is monitored ---


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return write_lake(tmp_path_factory.mktemp("lake"), since=date(2023, 1, 1))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("kept"))


def monitored(lake: Lake, kept: Kept, sentence: str, day: str, **change: Any) -> Mapping[str, list[str]]:
    one = target_of(sentence).model_copy(update={"id": "t1", "task": None} | change)
    plan = compiled(sentence).model_copy(update={"targets": [one]})
    made = Making(plan, lake, connect(), date.fromisoformat(day), None, None, Entries(), kept)
    return explained(made)


def test_a_decline_is_proved_by_both_years_up_to_the_day(lake: Lake, kept: Kept) -> None:
    told = monitored(lake, kept, "到2024年，PM2.5浓度下降率达到16%。", "2024-02-29", baseline_year="2023")
    (last,) = [line for line in told["figure"] if line.startswith("100 ×")]
    periods = {line.partition("：")[0] for line in told["figure"] if line.startswith("20")}
    assert {"2023-01 至 2023-02", "2024-01 至 2024-02"} <= periods
    # 3 414 over 59 days of 2023 are 57.9, and 3 100 over 60 days of 2024 are 51.7
    assert last == "100 ×（1 − 52 ÷ 58）= 10.3"
    assert any(line.endswith("10.3%（暂，不是公布值）") for line in told["figure"])
    assert not any("2024-12" in line for line in told["figure"])


def test_air_is_proved_up_to_its_last_day_though_others_are_on_their_way(lake: Lake, kept: Kept) -> None:
    told = monitored(lake, kept, "到2025年，PM2.5年均浓度不高于31微克/立方米。", "2024-12-31")
    assert any("2024：31 µg/m³" in line for line in told["figure"])
    beyond = monitored(lake, kept, "到2025年，PM2.5年均浓度不高于31微克/立方米。", "2024-10-15")
    assert any("2024-01-01 至 2024-10-15" in line for line in beyond["figure"])


def test_water_is_proved_by_the_months_that_have_results(lake: Lake, kept: Kept) -> None:
    told = monitored(lake, kept, "到2024年，地表水国考断面水质优良比例达到80%以上。", "2024-12-30")
    assert "采用：断面 8" in told["data"]
    assert any(line.startswith("2024-01 至 2024-11：62.5%") for line in told["figure"])


def test_sections_that_the_target_names_are_those_of_the_proof(lake: Lake, kept: Kept) -> None:
    told = monitored(lake, kept, "到2024年，清河流域国考断面优良比例达到80%。", "2024-12-31")
    assert "采用：断面 5" in told["data"]
    assert told["figure"][:5] == [
        "临江大桥断面：Ⅳ类", "清河入湖口断面：Ⅳ类", "青石渡断面：Ⅱ类", "白沙断面：Ⅱ类", "柳林断面：Ⅲ类",
    ]  # fmt: skip
    assert told["figure"][5] == "100 × 3 ÷ 5 = 60.0"
    one = monitored(lake, kept, "到2024年，清河入湖口断面水质达到或优于Ⅲ类。", "2024-12-31")
    assert (one["figure"][0], "采用：断面 1" in one["data"]) == ("清河入湖口断面：Ⅳ类", True)
    mean = monitored(lake, kept, "到2024年，临江大桥断面总磷浓度不高于0.2毫克/升。", "2024-12-31")
    assert mean["figure"][0].startswith("临江大桥断面：0.205")
