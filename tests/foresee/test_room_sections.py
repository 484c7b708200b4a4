"""Room of shares of sections: hand-computed, at the corners, and applied."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee.room_limits import Limit, Side
from bilan.foresee.room_sections import room_of_sections


def limit(side: Side, value: str, strict: bool = False) -> Limit:
    return Limit(side, Decimal(value), 1, strict)


@pytest.mark.parametrize(
    ("goal", "counted", "judged", "expected"),
    [
        (limit("at_least", "85"), 18, 20, ("open", 1)),  # 84.95 % of 20 are 16.99: 17
        (limit("at_least", "85"), 17, 20, ("exhausted", 0)),
        (limit("at_least", "85"), 15, 20, ("behind", -2)),
        (limit("at_least", "85", strict=True), 18, 20, ("exhausted", 0)),  # 17 of 20 are 85.0
        (limit("at_least", "59.0"), 49, 83, ("exhausted", 0)),  # 59.04 %
        (limit("at_least", "59.1"), 49, 83, ("behind", -1)),
        (limit("at_least", "100"), 20, 20, ("exhausted", 0)),
        (limit("at_least", "100"), 19, 20, ("behind", -1)),
        (limit("at_least", "100", strict=True), 20, 20, ("impossible", None)),
        (limit("at_least", "0"), 3, 20, ("safe", 3)),
        (limit("at_most", "0"), 0, 20, ("exhausted", 0)),
        (limit("at_most", "0"), 2, 20, ("behind", -2)),
        (limit("at_most", "0"), 0, 2000, ("open", 1)),  # 0.05 % is published 0.0
        (limit("at_most", "0", strict=True), 0, 20, ("impossible", None)),
        (limit("at_most", "10"), 1, 20, ("open", 1)),
        (limit("at_most", "10", strict=True), 1, 20, ("exhausted", 0)),
        (limit("at_most", "100"), 3, 20, ("safe", 17)),
        (limit("at_least", "85"), 0, 0, ("unknown", None)),
    ],
)
def test_by_hand(goal: Limit, counted: int, judged: int, expected: tuple[str, int | None]) -> None:
    room = room_of_sections(goal, counted, judged)
    assert (room.state, room.amount) == expected
    assert (room.kind, room.unit, room.per) == ("sections", "section", None)


@pytest.mark.parametrize(
    ("goal", "counted", "judged", "never"),
    [
        (limit("at_least", "90"), 5, 5, True),  # four of five are 80 %: there never was any room
        (limit("at_least", "90"), 9, 10, False),  # there was, and it is used up
        (limit("at_least", "90"), 10, 10, False),
        (limit("at_least", "90"), 4, 5, False),
        (limit("at_most", "10"), 0, 5, True),
        (limit("at_most", "10"), 1, 10, False),
        (limit("at_most", "0"), 0, 5, True),
    ],
)
def test_whether_there_ever_was_any_room(goal: Limit, counted: int, judged: int, never: bool) -> None:
    assert room_of_sections(goal, counted, judged).never_any is never


def test_what_is_behind_counts_as_exhausted_and_not_as_lost() -> None:
    room = room_of_sections(limit("at_least", "85"), 15, 20)
    assert room.exhausted
    assert not (room.impossible or room.safe)
    assert dict(room.numbers)["lacking"] == 2


@pytest.mark.parametrize(("counted", "state"), [(17, "met"), (16, "missed")])
def test_ended(counted: int, state: str) -> None:
    room = room_of_sections(limit("at_least", "85"), counted, 20, ended=True)
    assert (room.state, room.amount, room.ended) == (state, None, True)


def test_says_by_what_the_sections_are_judged() -> None:
    mean, latest = (room_of_sections(limit("at_least", "85"), 18, 20, basis=basis) for basis in ("mean", "latest"))
    assert "期内均值" in mean.sentence()
    assert "最近一次" in latest.sentence()


@pytest.mark.parametrize(("counted", "judged"), [(21, 20), (-1, 20)])
def test_refuses_what_cannot_be(counted: int, judged: int) -> None:
    with pytest.raises(ValueError, match="sections among"):
        room_of_sections(limit("at_least", "85"), counted, judged)


@given(
    st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.sampled_from(["at_most", "at_least"]),
    st.integers(0, 1000),
    st.booleans(),
)
def test_the_goal_is_met_at_the_room_and_not_one_section_beyond(
    sections: tuple[int, int], side: Side, tenths: int, strict: bool
) -> None:
    counted, judged = sections
    goal = Limit(side, Decimal(tenths).scaleb(-1), 1, strict)
    worse = 1 if side == "at_most" else -1
    room = room_of_sections(goal, counted, judged)
    meeting = [n for n in range(judged + 1) if goal.met_by(Fraction(100 * n, judged))]
    assert room.impossible == (not meeting)
    assert room.safe == (len(meeting) == judged + 1)
    if isinstance(room.amount, int) and not room.safe:
        assert counted + worse * room.amount in meeting
        assert counted + worse * (room.amount + 1) not in meeting
