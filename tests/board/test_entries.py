"""Decisions of people: the latest counts, the earlier ones stay, and what is wrong is named by its place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bilan.board.entries import Entries, EntriesError, read_entries

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
    assert entries.milestones("t1", date(2026, 4, 1)) == {2026: Decimal("34.5"), 2027: Decimal(33)}
    assert entries.milestones("t1", date(2026, 3, 31)) == {}
    more = HEAD + ROWS + "t1,milestone,2027,withdrawn,不再分年,规划科,2026-05-01\n"
    assert read(tmp_path, more).milestones("t1", date(2026, 5, 1)) == {2026: Decimal("34.5")}


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
        ("t1,reference,,13.5,有,规划科,5月8日", "第 2 行 on 列：'5月8日' 应为 2026-05-08 这样的日期"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_column(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(EntriesError, match=said):
        read(tmp_path, HEAD + row + "\n")


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EntriesError, match="没有这个文件"):
        read_entries(tmp_path / "none.csv")
    with pytest.raises(EntriesError, match="第 1 行缺少列 what、year、value、reason、by、on"):
        read(tmp_path, "target\nt1\n")
    (tmp_path / "entries.csv").write_bytes(HEAD.encode() + "t1,基准".encode("gbk"))
    with pytest.raises(EntriesError, match=r"字节不是 UTF-8"):
        read_entries(tmp_path / "entries.csv")
