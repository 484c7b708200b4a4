"""Figures of sections: of those named, of the months with results, and what their room says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bilan.board.facts import Figure
from bilan.board.facts_water import CLASS, WaterFacts
from bilan.foresee.room_limits import Limit

from .sections import EAST, PROVINCE, SOURCE, matter, target, waters

ALL = "abcde"
TP = "water.section.tp"


def figure(name: str, day: str, *, until: int = 9, region: str = "990100", **more: Any) -> Figure:
    """Of sections with results from January 2026 to the month ``until``."""
    facts = WaterFacts(waters(dict.fromkeys(ALL, range(1, until + 1))))
    period, due = more.pop("period", "2026"), more.pop("due", date(2028, 12, 31))
    return facts.figure(matter(target(name, **more), day, period, region=region, due=due))


class TestNamed:
    def test_a_region_answers_with_the_named_sections_that_lie_in_it(self) -> None:
        found = {
            place: figure("清河入湖口断面水质", "2026-09-30", region=place, indicator=CLASS) for place in (EAST, SOURCE)
        }
        assert (found[EAST].value, found[EAST].lack) == (Decimal(3), None)
        assert found[EAST].completeness.zh == "1 / 1 个断面有类别"
        assert (found[SOURCE].value, found[SOURCE].lack) == (None, "no_stations")

    def test_an_outer_region_answers_with_the_same_sections(self) -> None:
        assert figure("清河干流断面优良比例", "2026-09-30", region=PROVINCE).completeness.zh == "2 / 2 个断面有类别"

    def test_a_region_that_names_none_answers_with_all(self) -> None:
        assert figure("清河市地表水优良比例", "2026-09-30").completeness.zh == "5 / 5 个断面有类别"
        assert figure("清河市地表水优良比例", "2026-09-30", region=SOURCE).completeness.zh == "2 / 2 个断面有类别"

    def test_fewer_than_the_target_counts_are_not_judged(self) -> None:
        found = figure("北山河等3条支流优良比例", "2026-09-30")
        assert (found.value, found.lack, found.detail) == (Decimal(100), "incomplete", "目标说 3 条，只认出 1 条")
        assert not found.final


class TestMonths:
    @pytest.mark.parametrize(
        ("day", "period", "lack"),
        [
            ("2026-09-30", "2026-01/2026-09", None),
            ("2026-10-31", "2026-01/2026-09", None),  # October's come in November
            ("2026-11-30", "2026-01/2026-09", None),  # two months behind
            ("2026-12-01", "2026-01/2026-11", "incomplete"),  # October and November are late
        ],
    )
    def test_the_last_month_with_results_bounds_a_period_that_runs(
        self, day: str, period: str, lack: str | None
    ) -> None:
        found = figure("地表水优良比例", day)
        assert (str(found.period), found.lack, found.value) == (period, lack, None if lack else Decimal(100))
        assert ("9 个，至少 11 个" in found.detail) == (lack is not None)

    def test_once_due_only_the_whole_period_answers(self) -> None:
        found = figure("地表水优良比例", "2026-12-31", until=11, due=date(2026, 12, 31))
        assert (str(found.period), found.lack) == ("2026", "incomplete")
        found = figure("地表水优良比例", "2026-12-31", until=12, due=date(2026, 12, 31))
        assert (str(found.period), found.lack, found.final) == ("2026", None, True)

    def test_a_month_that_few_sections_have_is_not_yet_there(self) -> None:
        """Two of five in October are less than three quarters; four are enough, and leave one without a class."""
        few = waters(dict.fromkeys("abc", range(1, 10)) | dict.fromkeys("de", range(1, 11)))
        most = waters({"a": range(1, 10)} | dict.fromkeys("bcde", range(1, 11)))
        asked = matter(target("地表水优良比例"), "2026-11-05")
        assert [str(WaterFacts(found).figure(asked).period) for found in (few, most)] == [
            "2026-01/2026-09",
            "2026-01/2026-10",
        ]

    @pytest.mark.parametrize(
        ("day", "until", "lack"),
        [
            ("2025-12-31", 0, "period_not_begun"),
            ("2026-01-05", 0, "no_whole_month"),
            ("2026-03-31", 0, "no_whole_month"),  # January is two months behind
            ("2026-04-01", 0, "no_data"),
            ("2026-02-10", 1, None),
        ],
    )
    def test_at_the_beginning(self, day: str, until: int, lack: str | None) -> None:
        assert figure("地表水优良比例", day, until=until).lack == lack


class TestRoom:
    def test_the_months_without_results_are_left(self) -> None:
        """Nine months of 0.1; (0.2005 x 12 - 0.9) / 3 = 0.502: three months are left in November, too."""
        facts = WaterFacts(waters(dict.fromkeys(ALL, range(1, 10))))
        limit = Limit("at_most", Decimal("0.2"), decimals=3)
        room = facts.room(matter(target("清河干流断面总磷", indicator=TP), "2026-11-05"), limit)
        assert room is not None
        assert (room.code, room.amount, room.per) == ("mean_of_sections.open", Decimal("0.5020"), 3)
        assert room.sentence().startswith("2 个断面其余时间均值不超过 0.5020 mg/L，即达到要求（≤0.2 mg/L）")

    def test_one_section_has_a_mean_of_its_own(self) -> None:
        facts = WaterFacts(waters(dict.fromkeys(ALL, range(1, 10))))
        limit = Limit("at_most", Decimal("0.2"), decimals=3)
        room = facts.room(matter(target("清河源头断面总磷", indicator=TP), "2026-09-30"), limit)
        assert room is not None and room.code == "mean.open"

    def test_a_class_allows_an_item_as_many_decimals_as_it_has_and_one(self) -> None:
        """Class Ⅲ of rivers: 0.2; (0.2 x 12 - 0.1 x 9) / 3 = 0.5."""
        facts = WaterFacts(waters(dict.fromkeys(ALL, range(1, 10))))
        asked = matter(target("清河源头断面水质", indicator=CLASS), "2026-09-30")
        room = facts.room(asked, Limit("at_most", Decimal(3), decimals=0))
        assert room is not None
        assert str(dict(room.numbers)["allowed"]) == "0.5000"
