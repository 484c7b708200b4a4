"""Decisions of people: the latest counts, the earlier ones stay, and what is wrong is named by its place."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bilan.board.entries import Entries, EntriesError, Entry, read_entries
from bilan.plan.model import CompiledPlan

from ..plan.samples import sample_plan

HEAD = "target,what,year,value,reason,by,on\n"
ROWS = """\
t1,reference,,13.5,省下达〔2026〕8号,规划科,2026-05-08
t1,reference,,14,省下达〔2026〕21号,规划科,2026-09-01
t1,milestone,2027,33,年度计划,规划科,2026-04-01
t1,milestone,2026,34.5,年度计划,规划科,2026-04-01
t2,judgement,,met,现场核查通过,督察科,2026-06-30
t2,judgement,,withdrawn,复核发现反弹,督察科,2026-08-15
t2,judgement,2026,at_risk,进展慢,督察科,2026-08-16
t3,baseline,,33.6,2025 年公报,监测站,2026-03-01
t3,baseline,,33.7,公报更正,监测站,2026-03-01
"""


def read(folder: Path, text: str) -> Entries:
    path = folder / "entries.csv"
    path.write_text(text, encoding="utf-8")
    return read_entries(path)


def value(entries: Entries, target: str, what: str, day: str) -> object:
    found = entries.latest(target, what, date.fromisoformat(day))  # type: ignore[arg-type]
    return None if found is None else found.value if found.value is not None else found.status


def levels(entries: Entries, day: str, region: str | None = None) -> list[tuple[str, Decimal]]:
    found = entries.milestones("t1", date.fromisoformat(day), region)
    return [(str(period), level) for period, level in found.items()]


def test_the_latest_decision_counts_on_each_day(tmp_path: Path) -> None:
    entries = read(tmp_path, HEAD + ROWS)
    days = ("2026-05-07", "2026-05-08", "2026-08-31", "2026-09-01")
    assert [value(entries, "t1", "reference", day) for day in days] == [None, Decimal("13.5"), Decimal("13.5"), 14]
    assert [value(entries, "t2", "judgement", day) for day in ("2026-06-30", "2026-08-15")] == ["met", None]
    assert entries.latest("t2", "judgement", date(2026, 12, 31), 2026).status == "at_risk"  # type: ignore[union-attr]
    assert [entry.reason for entry in entries.history("t2", "judgement", date(2026, 12, 31))] == [
        "现场核查通过",
        "复核发现反弹",
    ]
    assert value(entries, "t3", "baseline", "2026-03-01") == Decimal("33.7")  # of one day the later line
    assert len(list(entries)) == 9


def test_milestones_are_a_table_by_year(tmp_path: Path) -> None:
    entries = read(tmp_path, HEAD + ROWS)
    assert levels(entries, "2026-04-01") == [("2026", Decimal("34.5")), ("2027", Decimal(33))]
    assert entries.milestones("t1", date(2026, 3, 31)) == {}
    more = HEAD + ROWS + "t1,milestone,2027,withdrawn,不再分年,规划科,2026-05-01\n"
    assert levels(read(tmp_path, more), "2026-05-01") == [("2026", Decimal("34.5"))]


def test_a_milestone_may_be_of_a_month(tmp_path: Path) -> None:
    more = "t1,milestone,2026-06,10,按月,规划科,2026-04-02\nt1,milestone,2026-09,20,按月,规划科,2026-04-02\n"
    found = levels(read(tmp_path, HEAD + ROWS + more), "2026-04-02")
    assert [told for told, _ in found] == ["2026-06", "2026-09", "2026", "2027"]
    withdrawn = more + "t1,milestone,2026-06,withdrawn,改按季,规划科,2026-04-03\n"
    assert levels(read(tmp_path, HEAD + withdrawn), "2026-04-03") == [("2026-09", Decimal(20))]


REGIONAL = """\
target,what,region,year,value,reason,by,on
t1,goal,清河市,,90,下达文,规划科,2026-03-01
t1,goal,990102,,88,下达文,规划科,2026-03-01
t1,goal,990102,,89,调整,规划科,2026-06-01
t1,goal,990103,,80,下达文,规划科,2026-03-01
t1,goal,990103,,withdrawn,不再分解,规划科,2026-07-01
t1,milestone,990102,2027,85,分年,规划科,2026-03-01
t1,baseline,990102,,70,公报,规划科,2026-03-01
t1,baseline,,,75,公报,规划科,2026-03-01
"""


def test_a_decision_is_for_its_region_and_no_other(tmp_path: Path) -> None:
    entries = read(tmp_path, REGIONAL)
    may, july = date(2026, 5, 31), date(2026, 7, 1)
    told = [entries.latest("t1", "goal", day, region="990102") for day in (may, july)]
    assert [entry and entry.value for entry in told] == [Decimal(88), Decimal(89)]
    assert entries.latest("t1", "goal", may, region="990100").value == Decimal(90)  # type: ignore[union-attr]
    assert entries.latest("t1", "goal", may) is None
    assert levels(entries, "2026-05-31") == []
    assert levels(entries, "2026-05-31", "990102") == [("2027", Decimal(85))]
    assert [entries.latest("t1", "baseline", may, region=one).value for one in (None, "990102")] == [75, 70]  # type: ignore[union-attr]
    assert [entry.value for entry in entries.history("t1", "goal", july, region="990103")] == [Decimal(80), None]


def test_the_regions_with_a_goal_of_their_own_on_a_day(tmp_path: Path) -> None:
    entries = read(tmp_path, REGIONAL)
    assert entries.regions("t1", as_of=date(2026, 2, 28)) == ()
    assert entries.regions("t1", as_of=date(2026, 3, 1)) == ("990100", "990102", "990103")
    assert entries.regions("t1", "goal", date(2026, 7, 1)) == ("990100", "990102")
    assert entries.regions("t1", "milestone", date(2026, 7, 1)) == ("990102",)
    assert entries.regions("t2", as_of=date(2026, 7, 1)) == ()


def test_the_digest_says_what_was_decided_and_not_where_it_stands(tmp_path: Path) -> None:
    first = read(tmp_path, HEAD + ROWS)
    assert first.digest == read(tmp_path, HEAD + "\n" + ROWS).digest
    assert len(first.digest) == 64
    others = [ROWS.replace("13.5", "13.6"), ROWS.replace("t3", "t4"), ROWS.replace("2026-05-08", "2026-05-09"), ""]
    assert len({read(tmp_path, HEAD + rows).digest for rows in (ROWS, *others)}) == 5
    regional = [REGIONAL, REGIONAL.replace("990103", "990104")]
    assert len({read(tmp_path, text).digest for text in regional}) == 2


def test_many_targets_and_districts_are_looked_up_without_a_scan() -> None:
    made = [
        Entry(f"t{target}", "goal", None, Decimal(1), None, "有", "甲", date(2026, 1, 1), region=f"r{region}")
        for target in range(300)
        for region in range(20)
    ]
    entries = Entries(made)
    begun = time.perf_counter()
    for entry in made:
        assert entries.latest(entry.target, "goal", date(2026, 1, 1), region=entry.region) is entry
    assert time.perf_counter() - begun < 1  # 6 000 scans of 6 000 rows take far longer


def test_chinese_headings_and_words_are_understood(tmp_path: Path) -> None:
    text = "﻿目标,事项,年份,内容,理由,填写人,日期\nt1,判定,,已达到,核查通过,督察科,2026-06-30\n\n"
    entry = next(iter(read(tmp_path, text)))
    assert (entry.what, entry.status, entry.line) == ("judgement", "met", 2)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("t1,reference,,13.5,,规划科,2026-05-08", "第 2 行 reason 列：不能为空"),
        (",reference,,13.5,有,规划科,2026-05-08", "第 2 行 target 列：不能为空"),
        ("t1,refer,,13.5,有,规划科,2026-05-08", "第 2 行 what 列：'refer' 应为 reference、baseline"),
        ("t1,reference,,很多,有,规划科,2026-05-08", "第 2 行 value 列：'很多' 应为数"),
        ("t1,reference,,NaN,有,规划科,2026-05-08", "第 2 行 value 列：'NaN' 应为数"),
        ("t1,judgement,,好,有,规划科,2026-05-08", "第 2 行 value 列：'好' 应为 met、on_course"),
        ("t1,milestone,,33,有,规划科,2026-05-08", "第 2 行 year 列：'' 应为四位年份"),
        ("t1,milestone,27,33,有,规划科,2026-05-08", "第 2 行 year 列：'27' 应为四位年份"),
        ("t1,baseline,0001,33,有,规划科,2026-05-08", "第 2 行 year 列：'0001' 应为四位年份"),
        ("t1,figure,2200,33,有,规划科,2026-05-08", "第 2 行 year 列：'2200' 应为四位年份"),
        (
            "t1,milestone,2026-13,33,有,规划科,2026-05-08",
            "第 2 行 year 列：'2026-13' 应为四位年份或 2026-06 这样的月份",
        ),
        ("t1,milestone,2026Q1,33,有,规划科,2026-05-08", "第 2 行 year 列：'2026Q1' 应为四位年份"),
        ("t1,judgement,2026-06,met,有,规划科,2026-05-08", "第 2 行 year 列：只有分年度目标和现状值可以按月填写"),
        ("t1,goal,,33,有,规划科,2026-05-08", "第 2 行 region 列：分解目标须写明行政区"),
        ("t1,reference,,13.5,有,规划科,5月8日", "第 2 行 on 列：'5月8日' 应为 2026-05-08 这样的日期"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_column(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(EntriesError, match=said):
        read(tmp_path, HEAD + row + "\n")


@pytest.mark.parametrize("number", ["1e999999999", "1e15", "-1e15", "1e-16", "0e999999", "0.1234567890123456"])
def test_a_number_that_nobody_means_is_refused(tmp_path: Path, number: str) -> None:
    with pytest.raises(EntriesError, match=r"第 2 行 value 列：.*应为小数点前后各不超过 15 位的数"):
        read(tmp_path, HEAD + f"t1,reference,,{number},有,规划科,2026-05-08\n")


def test_a_large_and_a_small_number_are_numbers(tmp_path: Path) -> None:
    rows = "".join(f"t1,reference,,{number},有,规划科,2026-05-08\n" for number in ("999999999999999", "1e-15", "0"))
    assert [entry.value for entry in read(tmp_path, HEAD + rows)] == [10**15 - 1, Decimal("1e-15"), 0]


def test_a_cell_that_never_ends_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(EntriesError, match="第 2 行：不是 CSV"):
        read(tmp_path, HEAD + "t1,reference,,1," + "长" * 200_000 + ",规划科,2026-05-08\n")


def test_what_was_decided_later_was_not_known(tmp_path: Path) -> None:
    entries = read(tmp_path, HEAD + ROWS)
    known = entries.known(date(2026, 5, 8))
    assert value(known, "t1", "reference", "2026-12-31") == Decimal("13.5")
    assert value(known, "t2", "judgement", "2026-12-31") is None
    assert (len(list(known)), known.digest == entries.digest) == (5, False)
    assert len(list(entries.known(date(2026, 5, 7)))) == 4


# --- regions of a plan ---

PLACES = "target,what,region,year,value,reason,by,on\n"


def place_of(folder: Path, called: str, plan: CompiledPlan | None, target: str = "t1") -> str | None:
    path = folder / "entries.csv"
    path.write_text(f"{PLACES}{target},goal,{called},,9,下达文,规划科,2026-05-08\n", encoding="utf-8")
    return next(iter(read_entries(path, plan))).region


@pytest.mark.parametrize(
    ("called", "id_"),
    [
        ("东湖区", "990103"),  # there is one in 南昌市, too
        ("安平县", "990121"),  # and one in 衡水市
        ("清河市东湖区", "990103"),
        ("990103", "990103"),
        ("清河市", "990100"),
        ("云江省", "990000"),  # around the plan's region
        ("清河流域", "basin.qinghe"),
        ("临江大桥断面", "section.qinghe.linjiang_bridge"),
    ],
)
def test_a_name_is_that_of_a_region_of_the_plan(tmp_path: Path, called: str, id_: str) -> None:
    assert place_of(tmp_path, called, plan_of("990100")) == id_


def test_the_city_before_it_tells_a_district_apart_without_a_plan_and_in_a_province(tmp_path: Path) -> None:
    assert place_of(tmp_path, "清河市东湖区", None) == "990103"
    assert place_of(tmp_path, "长春市朝阳区", plan_of("220000")) == "220104"
    assert place_of(tmp_path, "朝阳区", plan_of("220000")) == "220104"  # there is one in 北京市, too


@pytest.mark.parametrize("called", ["南昌市", "360102", "南昌市东湖区", "长江流域"])
def test_a_region_that_has_nothing_to_do_with_the_plan_is_refused(tmp_path: Path, called: str) -> None:
    with pytest.raises(EntriesError, match=f"第 2 行 region 列：'{called}'（编号 .*）应在计划的行政区清河市之内"):
        place_of(tmp_path, called, plan_of("990100"))


def test_a_target_may_be_about_a_region_of_its_own(tmp_path: Path) -> None:
    plan = plan_of("990100", "360100")
    assert place_of(tmp_path, "360102", plan, "t0") == "360102"
    with pytest.raises(EntriesError, match="应在计划的行政区清河市之内"):
        place_of(tmp_path, "360102", plan, "t1")


def test_a_plan_of_nowhere_takes_any_region(tmp_path: Path) -> None:
    assert place_of(tmp_path, "南昌市", plan_of(None)) == "360100"


def plan_of(region: str | None, *regions: str) -> CompiledPlan:
    """A plan of ``region``; target ``t0`` and so on are about ``regions``, all others about its own."""
    plan = sample_plan()
    targets = [plan.targets[0].model_copy(update={"id": f"t{n}", "region": one}) for n, one in enumerate(regions)]
    info = plan.plan.model_copy(update={"region": region})
    return plan.model_copy(update={"plan": info, "targets": targets})


def test_an_unknown_region_is_named_by_line_and_column(tmp_path: Path) -> None:
    text = "目标,事项,年份,内容,理由,填写人,日期,行政区\nt1,分解目标,,9,有,规划科,2026-05-08,990102\n"
    assert next(iter(read(tmp_path, text))).region == "990102"
    with pytest.raises(EntriesError, match=r"第 3 行 region 列：.*没有“无此区”"):
        read(tmp_path, text + "t1,分解目标,,9,有,规划科,2026-05-08,无此区\n")


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EntriesError, match="没有这个文件"):
        read_entries(tmp_path / "none.csv")
    with pytest.raises(EntriesError, match="第 1 行缺少列 what、year、value、reason、by、on"):
        read(tmp_path, "target\nt1\n")
    (tmp_path / "entries.csv").write_bytes(HEAD.encode() + "t1,基准".encode("gbk"))
    with pytest.raises(EntriesError, match=r"字节不是 UTF-8"):
        read_entries(tmp_path / "entries.csv")
