"""Change between two periods and trend over years: 环办〔2011〕22号, part three."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa
import pytest

from bilan.evaluate.water.change import river_changes, section_changes, trends

from .sections import rows_of


def numbers(good: int, inferior: int, judged: int) -> Any:
    return ibis.memtable(pa.table({"river": ["清河"], "good": [good], "inferior": [inferior], "judged": [judged]}))


def river(before: tuple[int, int, int], after: tuple[int, int, int]) -> Any:
    found = river_changes(numbers(*before), numbers(*after), ["river"])
    return rows_of(found, "good_change", "inferior_change", "net_change", "change", order=None)[0]


def sections(**classes: int | None) -> Any:
    table = {"section": list(classes), "class_number": pa.array(list(classes.values()), pa.int64())}
    return ibis.memtable(pa.table(table))


def trend(values: list[int], years: list[int] | None = None, **options: Any) -> Any:
    years = years or list(range(2000, 2000 + len(values)))
    series = ibis.memtable(pa.table({"section": ["甲"] * len(values), "year": years, "value": values}))
    return rows_of(trends(series, ["section"], **options), "rs", "trend", "meaning", "reason", order=None)[0]


@pytest.mark.figure("water.change", "worked")
def test_the_whole_country_from_2017_to_2018() -> None:
    """2018 年公报 (page hhtoyota WJ8ozpMB): 71.0 % good, up by 3.1 points; 6.7 % worse than Ⅴ, down by 1.6 points."""
    assert river((679, 83, 1000), (710, 67, 1000)) == (3.1, -1.6, 4.7, "无明显变化")


@pytest.mark.figure("water.change", "worked")
def test_a_weekly_report_names_the_sections_that_got_worse() -> None:
    """2007 年第 2 周 (gov.cn 502095): a section that went from Ⅲ to Ⅳ is listed as 有所下降."""
    found = section_changes(sections(肇源=3), sections(肇源=4), ["section"])
    assert rows_of(found, "steps", "change", order=None) == [(-1, "有所下降")]


@pytest.mark.figure("water.trend", "worked")
def test_spearman_of_a_textbook() -> None:
    """The ten pairs of the usual example (intelligence and hours of television): Σd² = 194, rs = −29/165."""
    measured = {86: 2, 97: 20, 99: 28, 100: 27, 101: 50, 103: 29, 106: 7, 110: 17, 112: 6, 113: 12}
    rs, found, meaning, reason = trend(list(measured.values()), list(measured))
    assert rs == pytest.approx(-29 / 165, abs=1e-6)
    assert (found, meaning, reason) == ("无显著变化", "无显著变化", None)


@pytest.mark.figure("water.change", "corner")
@pytest.mark.parametrize(
    ("after", "word"),
    [
        ((60, 10, 100), "无明显变化"),  # exactly +10
        ((61, 10, 100), "有所好转"),
        ((70, 10, 100), "有所好转"),  # exactly +20
        ((71, 10, 100), "明显好转"),
        ((50, 20, 100), "无明显变化"),  # exactly −10
        ((50, 21, 100), "有所下降"),
        ((50, 31, 100), "明显下降"),
        ((60, 20, 100), "无明显变化"),  # more of both: ΔG − ΔD = 0
    ],
)
def test_steps_of_a_river(after: tuple[int, int, int], word: str) -> None:
    assert river((50, 10, 100), after)[3] == word


@pytest.mark.figure("water.change", "corner")
def test_a_river_is_compared_exactly_and_not_as_published() -> None:
    """2 of 3 sections against 23 of 30: 10.0 points as published, exactly 10; a hair more is more."""
    assert river((2, 0, 3), (23, 0, 30))[2:] == (10.0, "无明显变化")
    assert river((2, 0, 3), (2310, 0, 3010))[2:] == (10.1, "有所好转")
    assert river((200, 0, 300), (23001, 0, 30000))[2:] == (10.0, "有所好转")


@pytest.mark.figure("water.change", "corner")
@pytest.mark.parametrize(
    ("before", "after", "steps", "word"),
    [
        (3, 3, 0, "无明显变化"),
        (1, 2, 0, "无明显变化"),  # both 优
        (2, 1, 0, "无明显变化"),
        (1, 3, -1, "有所下降"),  # 优 to 良好, though two classes
        (3, 1, 1, "有所好转"),
        (3, 4, -1, "有所下降"),
        (4, 3, 1, "有所好转"),
        (3, 5, -2, "明显下降"),
        (2, 6, -4, "明显下降"),
        (4, 2, 2, "明显好转"),
        (4, 1, 2, "明显好转"),
    ],
)
def test_a_section_changes_by_the_rank_of_its_status(before: int, after: int, steps: int, word: str) -> None:
    """按水质状况等级变化评价 (page doczj 0715722137): 优, 良好, 轻度, 中度, 重度污染, not the six classes."""
    found = section_changes(sections(甲=before), sections(甲=after), ["section"])
    assert rows_of(found, "class_before", "class_after", "steps", "change", order=None) == [
        (before, after, steps, word)
    ]


@pytest.mark.figure("water.change", "missing")
def test_sections_and_rivers_without_a_class_on_one_side() -> None:
    found = section_changes(sections(甲=None, 乙=2), sections(甲=3, 丙=2), ["section"])
    reasons = dict(rows_of(found, "section", "reason", order=None))
    assert reasons == {"甲": "前一时段没有类别", "乙": "后一时段没有类别", "丙": "前一时段没有类别"}
    assert rows_of(found, "change", order=None) == [None, None, None]
    assert river((0, 0, 0), (1, 0, 2)) == (None, None, None, None)


@pytest.mark.figure("water.trend", "corner")
def test_trends_at_the_critical_value() -> None:
    """Five years need 0.900: Σd² = 2 gives exactly 0.9, Σd² = 4 gives 0.8."""
    assert trend([1, 2, 3, 5, 4])[:3] == (0.9, "上升", "显著变差")
    assert trend([1, 3, 2, 5, 4])[:2] == (0.8, "无显著变化")
    assert trend([5, 4, 3, 2, 1])[:3] == (-1.0, "下降", "显著好转")
    assert trend([5, 4, 3, 2, 1], lower_is_better=False)[2] == "显著变差"


@pytest.mark.figure("water.trend", "missing")
def test_trends_need_five_years_of_one_value() -> None:
    assert trend([1, 2, 3, 4])[1:] == (None, None, "4 年，至少要 5 年")
    assert trend([1, 2, 3, 4, 5], [2001, 2002, 2003, 2004, 2004])[1:] == (None, None, "同一年有几个值")
