"""Room of counts: what is still to do or still allowed, and the pace."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee.room import Room
from bilan.foresee.room_counts import room_of_count
from bilan.foresee.room_limits import Limit


def said(room: Room) -> tuple[str, str, str]:
    return room.state, str(room.amount), str(dict(room.numbers)["pace"])


class TestToDo:
    @pytest.mark.parametrize(
        ("target", "done", "left", "expected"),
        [
            (120, 85, 3, ("open", "35", "11.7")),  # 11.67, upwards
            (120, 0, 12, ("open", "120", "10.0")),
            (120, 119, 12, ("open", "1", "0.1")),  # 0.08
            (120, 120, 3, ("reached", "0", "0.0")),
            (120, 130, 3, ("reached", "0", "0.0")),
            (0, 0, 3, ("reached", "0", "0.0")),
            (120, 120, 0, ("met", "None", "None")),
            (120, 119, 0, ("missed", "None", "None")),
            (Decimal("12.5"), Decimal("4.25"), 3, ("open", "8.25", "2.8")),  # km
            (Decimal("12.5"), 4, Decimal("2.5"), ("open", "8.5", "3.4")),
            (Decimal("120.5"), 85, 3, ("open", "35.5", "11.9")),
            (Decimal("100.25"), 85, 3, ("open", "15.25", "5.1")),
        ],
    )
    def test_by_hand(
        self, target: Decimal | int, done: Decimal | int, left: Decimal | int, expected: tuple[str, str, str]
    ) -> None:
        assert said(room_of_count(Limit("at_least", target), done, left)) == expected

    @pytest.mark.parametrize("decimals", [None, 0, 1, 2])
    def test_the_decimals_of_today_say_nothing(self, decimals: int | None) -> None:
        limit = Limit("at_least", Decimal("120.5"), decimals)
        assert said(room_of_count(limit, 85, 3)) == ("open", "35.5", "11.9")
        assert said(room_of_count(Limit("at_most", Decimal("120.5"), decimals), 120, 1)) == ("open", "0.5", "0.5")

    def test_strict(self) -> None:
        assert said(room_of_count(Limit("at_least", 120, strict=True), 85, 3)) == ("open", "36", "12.0")
        assert said(room_of_count(Limit("at_least", 120, strict=True), 120, 3)) == ("open", "1", "0.4")

    def test_by_quarters(self) -> None:
        room = room_of_count(Limit("at_least", 120), 85, 2, per="quarter", unit="辆")
        assert said(room) == ("open", "35", "17.5")
        assert (room.kind, room.code, room.unit, room.per, room.per_unit) == (
            "count",
            "count.at_least.open",
            "辆",
            2,
            "quarter",
        )
        assert room.sentence() == "还须完成 35 辆（已完成 85，要求 ≥120 辆）；剩 2 个季度，每个季度须完成 17.5。"

    def test_what_is_reached_can_be_lost(self) -> None:
        room = room_of_count(Limit("at_least", 120), 130, 3)
        assert not (room.safe or room.exhausted or room.impossible)


class TestAllowed:
    @pytest.mark.parametrize(
        ("target", "done", "left", "expected"),
        [
            (10, 3, 4, ("open", "7", "1.7")),  # 1.75, downwards
            (10, 10, 4, ("exhausted", "0", "0.0")),
            (10, 11, 4, ("impossible", "None", "None")),
            (0, 0, 4, ("exhausted", "0", "0.0")),
            (10, 10, 0, ("met", "None", "None")),
            (10, 11, 0, ("missed", "None", "None")),
        ],
    )
    def test_by_hand(self, target: int, done: int, left: int, expected: tuple[str, str, str]) -> None:
        assert said(room_of_count(Limit("at_most", target), done, left)) == expected


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(1, 60), st.booleans())
def test_the_pace_meets_the_goal_and_a_slower_one_does_not(target: int, done: int, left: int, strict: bool) -> None:
    limit = Limit("at_least", target, strict=strict)
    room = room_of_count(limit, done, left)
    pace = dict(room.numbers)["pace"]
    assert isinstance(room.amount, int)
    assert isinstance(pace, Decimal)
    assert limit.met_by(done + room.amount)
    assert limit.met_by(done) or not limit.met_by(done + room.amount - 1)
    assert pace * left >= room.amount
    assert (pace - Decimal("0.1")) * left < room.amount or not room.amount
