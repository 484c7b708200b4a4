"""Files of reported statistics: headings, sheets, bad cells told one by one, and the rest taken."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bilan.observe import Lake, LakeError
from bilan.observe.importers.base import OptionError, Options
from bilan.observe.ingest import Ingested, IngestedFile
from bilan.observe.lake_classify import Added
from bilan.observe.quarantine import read_quarantine
from bilan.observe.statistics import Statistics
from bilan.observe.statistics_ingest import ingest_statistics
from bilan.observe.statistics_report import Report

from .statistics_tables import HEAD, USUAL, line, moment, table, workbook

NOW = moment("2026-06-01")
HEADINGS = HEAD.split(",")
ROW = list(USUAL.values())


def take(lake: Path, *files: Path, received_at: datetime = NOW) -> Ingested:
    return ingest_statistics(lake, files, received_at=received_at)


def taken(lake: Path) -> tuple[Report, ...]:
    return Statistics(lake).reports().rows


def places(file: IngestedFile, lake: Path) -> list[tuple[int, str, str]]:
    assert file.quarantine is not None
    return [(row["line"], row["column"], row["value"]) for row in read_quarantine(lake)]


def test_a_row_becomes_a_report(tmp_path: Path) -> None:
    lake = tmp_path / "湖"
    path = table(tmp_path / "a.csv", line(填报日期="2026-05-10", 备注="含四旁树"))
    done = take(lake, path)
    assert done.added == Added(new=1)
    (found,) = taken(lake)
    assert found == Report(
        indicator="eco.forest.cover",
        region="990100",
        period="2025",
        first=date(2025, 1, 1),
        last=date(2025, 12, 31),
        value=Decimal("42.3"),
        step=Decimal("0.1"),
        unit="%",
        given="42.3",
        given_unit="%",
        source="森林资源清查",
        status="final",
        reported_by="林业局",
        reported_on=date(2026, 5, 10),
        note="含四旁树",
        file="a.csv",
        source_ref=done.files[0].sha256,
        sheet="",
        source_line=2,
        received_at=NOW,
    )


def test_english_headings_and_no_optional_columns(tmp_path: Path) -> None:
    head = "indicator,region,period,value,unit,source,status,reported_by"
    path = table(tmp_path / "a.csv", "eco.forest.cover,990100,2025,42.3,%,survey,final,forestry\n", head=head)
    take(tmp_path / "湖", path)
    (found,) = taken(tmp_path / "湖")
    assert (found.value, found.reported_on, found.note) == (Decimal("42.3"), None, "")


def test_the_unit_becomes_that_of_the_indicator(tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.csv",
        line(指标="氮氧化物排放量", 数值="1.25", 单位="万吨"),  # kept in t
        line(指标="part.straw.used", 数值="450000", 单位="吨"),  # kept in 万吨
    )
    take(tmp_path / "湖", path)
    emission, straw = taken(tmp_path / "湖")
    assert (emission.value, emission.unit, emission.step) == (Decimal(12500), "t", Decimal(100))
    assert (emission.given, emission.given_unit) == ("1.25", "万吨")
    assert (straw.value, straw.unit, straw.step) == (Decimal("45.0000"), "万吨", Decimal("0.0001"))


def test_bad_cells_are_told_one_by_one_and_the_rest_goes_on(tmp_path: Path) -> None:
    lake = tmp_path / "湖"
    path = table(
        tmp_path / "a.csv",
        line(),
        line(指标="幸福指数"),
        line(地区="乌有县"),
        line(期间="2025年5季度"),
        line(数值="约42"),
        line(单位="吨"),
        line(单位=""),
        line(来源=""),
        line(状态="待定"),
        line(填报单位=""),
        line(填报日期="2099-01-01"),
        line(地区="乌有县", 状态="待定", 数值="约42"),
        line(期间="2024年"),
    )
    done = take(lake, path)
    assert done.added == Added(new=2)
    (file,) = done.files
    assert (file.rows, file.observations, file.refused) == (13, 2, 13)
    assert places(file, lake) == [
        (3, "指标", "幸福指数"),
        (4, "地区", "乌有县"),
        (5, "期间", "2025年5季度"),
        (6, "数值", "约42"),
        (7, "单位", "吨"),
        (8, "单位", ""),
        (9, "来源", ""),
        (10, "状态", "待定"),
        (11, "填报单位", ""),
        (12, "填报日期", "2099-01-01"),
        (13, "地区", "乌有县"),
        (13, "数值", "约42"),
        (13, "状态", "待定"),
    ]
    reasons = {row["line"]: row["reason"] for row in read_quarantine(lake)}
    assert reasons[7] == "单位 '吨' 不能换算为 %，应为 % 或可换算的单位"
    assert reasons[8] == "没有单位，应为 % 或可换算的单位"
    assert {row["format"] for row in read_quarantine(lake)} == {"statistics"}


def test_rows_with_too_many_cells_are_refused(tmp_path: Path) -> None:
    done = take(tmp_path / "湖", table(tmp_path / "a.csv", line().rstrip("\n") + ",多\n", line(期间="2024")))
    assert done.added == Added(new=1)
    assert done.files[0].first[0].reason == "应有 10 列，实有 11 列"


def test_a_row_without_a_value_is_empty_and_no_zero(tmp_path: Path) -> None:
    done = take(tmp_path / "湖", table(tmp_path / "a.csv", line(数值=""), line(数值="—"), line(数值="0", 期间="2024")))
    assert (done.files[0].empty, done.files[0].refused) == (2, 0)
    assert [report.value for report in taken(tmp_path / "湖")] == [0]


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    lake, path = tmp_path / "湖", table(tmp_path / "a.csv", line(), line(), line(期间="2024"), line(地区="乌有县"))
    assert take(lake, path).added == Added(new=2, same=1)
    version = Statistics(lake).version
    again = take(lake, path, received_at=moment("2026-07-01"))
    assert again.added == Added(same=3)
    assert Statistics(lake).version == version
    assert len(list((lake / "quarantine").iterdir())) == 1


def test_a_later_report_supersedes_and_the_earlier_stays(tmp_path: Path) -> None:
    lake = tmp_path / "湖"
    take(lake, table(tmp_path / "a.csv", line(状态="初步", 数值="42.1")), received_at=moment("2026-02-01"))
    done = take(lake, table(tmp_path / "b.csv", line(数值="42.3")), received_at=moment("2026-06-01"))
    assert done.added == Added(corrected=1)
    straggler = table(tmp_path / "c.csv", line(状态="初步", 数值="42.2"))
    assert take(lake, straggler, received_at=moment("2026-07-01")).added == Added(outranked=1)
    reports = Statistics(lake).reports()
    key = ("eco.forest.cover", "990100")
    period = reports.rows[0]
    from bilan.periods import Period

    assert [str(one.value) for one in reports.of(*key, Period.parse("2025"))] == ["42.3", "42.2", "42.1"]
    assert reports.of(*key, Period.parse("2025"), moment("2026-03-01")) == [period]
    assert reports.of(*key, Period.parse("2025-01/2025-12")) == reports.of(*key, Period.parse("2025"))
    assert reports.of(*key, Period.parse("2024")) == []


def test_two_values_of_one_figure_in_a_file_are_told(tmp_path: Path) -> None:
    done = take(tmp_path / "湖", table(tmp_path / "a.csv", line(数值="41"), line(数值="42")))
    assert done.added == Added(new=1, corrected=1)
    assert done.files[0].assumptions == ("第 2、3 行是同一指标、地区、期间而数值不同，以后一行为准",)
    silent = table(tmp_path / "b.csv", line(数值="41", 状态="初步", 期间="2024"), line(数值="42", 期间="2024"))
    assert take(tmp_path / "湖", silent).files[0].assumptions == ()


def test_code_and_name_may_both_stand_there_if_they_mean_the_same(tmp_path: Path) -> None:
    head = "指标代码,指标名称,地区代码,地区,期间,数值,单位,来源,状态,填报单位"
    rest = "2025,42.3,%,调查,最终,林业局\n"
    path = table(
        tmp_path / "a.csv",
        f"eco.forest.cover,森林覆盖率,990100,清河市,{rest}",
        f",森林覆盖率,,临江区,{rest}",
        f"eco.forest.cover,湿地保护率,990103,东湖区,{rest}",  # another district is called so, too
        f"eco.forest.cover,森林覆盖率,220104,朝阳区,{rest}",  # several are
        f"eco.forest.cover,森林覆盖率,990100,临江区,{rest}",
        head=head,
    )
    done = take(tmp_path / "湖", path)
    assert [report.region for report in taken(tmp_path / "湖")] == ["990100", "990102", "220104"]
    indicator, region = done.files[0].first
    assert (indicator.line, indicator.column) == (4, "指标名称")
    assert indicator.reason == "与列 指标代码 的 'eco.forest.cover' 不是一回事"
    assert (region.line, region.column) == (6, "地区")


def test_the_code_decides_whatever_column_comes_first(tmp_path: Path) -> None:
    head = "地区,地区代码,指标,期间,数值,单位,来源,状态,填报单位"
    take(tmp_path / "湖", table(tmp_path / "a.csv", "东湖区,990103,森林覆盖率,2025,42,%,调查,最终,林业局\n", head=head))
    assert [report.region for report in taken(tmp_path / "湖")] == ["990103"]


def test_a_workbook_with_sheets_titles_and_per_cent(tmp_path: Path) -> None:
    lake = tmp_path / "湖"
    path = workbook(
        tmp_path / "a.xlsx",
        {
            "空": [],
            "填表说明": [["请按下列要求填写"]],
            "2025": [
                ["清河市统计报送表"],
                HEADINGS,
                [*ROW[:3], (0.953, "0.0%"), "%", *ROW[5:]],  # shown as 95.3%
                [*ROW[:2], (datetime(2025, 3, 1), "yyyy-mm"), 95.30000000000001, *ROW[4:]],
                [*ROW[:2], 2024, (1, "0%"), "", *ROW[5:]],
                [*ROW[:2], 2023, ("42.5", "0%"), *ROW[4:]],  # text, which a format does not change
            ],
            "2024": [HEADINGS, ["森林覆盖率", "乌有县", *ROW[2:]]],
        },
    )
    done = take(lake, path)
    assert done.added == Added(new=4)
    found = {report.period: report for report in taken(lake)}
    assert {period: str(report.value) for period, report in found.items()} == {
        "2025": "95.3",
        "2025-03": "95.3",
        "2024": "100",
        "2023": "42.5",
    }
    assert found["2024"].step == 1
    assert (found["2025"].sheet, found["2025"].source_line) == ("2025", 3)
    assert done.files[0].assumptions == (
        "工作表“空”没有统计报送数的表头，不读",
        "工作表“填表说明”没有统计报送数的表头，不读",
    )
    (reject,) = done.files[0].first
    assert (reject.line, reject.column) == (2, "地区")
    assert reject.reason.startswith("工作表“2024”：行政区表里没有这个地区")


def test_a_gb18030_file_with_tabs(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"{HEAD}\n{line()}".replace(",", "\t").encode("gb18030"))
    assert take(tmp_path / "湖", path).added == Added(new=1)


def test_a_file_of_another_kind_leaves_nothing_and_stops_no_other(tmp_path: Path) -> None:
    lake = tmp_path / "湖"
    other = tmp_path / "b.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    good = table(tmp_path / "a.csv", line())
    done = take(lake, other, tmp_path / "没有.csv", good)
    assert done.added == Added(new=1)
    assert "不是 statistics 格式：缺少列 指标、地区、期间、数值、单位、来源、状态、填报单位" in (
        done.files[0].failure or ""
    )
    assert "没有这个文件" in (done.files[1].failure or "")
    assert done.files[2].failure is None


def test_a_workbook_that_is_none_or_has_no_table(tmp_path: Path) -> None:
    empty = workbook(tmp_path / "a.xlsx", {"空": []})
    (tmp_path / "b.xlsx").write_bytes(empty.read_bytes()[:-300])
    with zipfile.ZipFile(tmp_path / "c.xlsx", "w") as archive:
        archive.writestr("a.txt", "x")
    done = take(tmp_path / "湖", *sorted(tmp_path.glob("*.xlsx")))
    said = [file.failure or "" for file in done.files]
    assert "缺少列 指标、地区" in said[0]
    assert "不是" in said[1]
    assert "不是完好的 xlsx 文件" in said[2]


def test_only_what_is_missing_is_said_to_be_missing(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "1,2\n", head="指标,地区")
    done = take(tmp_path / "湖", path)
    assert "缺少列 期间、数值、单位、来源、状态、填报单位（" in (done.files[0].failure or "")
    assert not (tmp_path / "湖").exists()


def test_without_a_single_report_no_lake_is_made(tmp_path: Path) -> None:
    done = take(tmp_path / "湖", table(tmp_path / "a.csv", line(数值="约")))
    assert done.files[0].refused == 1
    with pytest.raises(LakeError, match="没有数据湖"):
        Lake(tmp_path / "湖", create=False)


def test_statistics_alone_make_a_lake_that_can_be_asked(tmp_path: Path) -> None:
    take(tmp_path / "湖", table(tmp_path / "a.csv", line()))
    lake = Lake(tmp_path / "湖", create=False)
    assert len(Statistics.of(lake).reports().rows) == 1


def test_options_of_other_formats_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="--label：格式 statistics 没有这个选项"):
        ingest_statistics(tmp_path / "湖", [], Options(label="end"))


def test_progress_goes_up_to_the_end(tmp_path: Path) -> None:
    files = [table(tmp_path / f"{name}.csv", line(期间=f"20{name}")) for name in (21, 22)]
    told: list[tuple[str, float]] = []
    ingest_statistics(tmp_path / "湖", files, received_at=NOW, progress=lambda name, done: told.append((name, done)))
    assert told == [("21.csv", 0.5), ("22.csv", 1.0)]
