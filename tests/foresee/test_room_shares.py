"""Room of shares of days and of numbers of days: hand-computed, at the corners, and applied."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee.room import Room
from bilan.foresee.room_limits import Limit, Side
from bilan.foresee.room_rest import Rest
from bilan.foresee.room_shares import DaysSoFar, room_of_days, room_of_share


def days(counted: int, valid: int, left: int, share: Fraction | int = 1) -> DaysSoFar:
    return DaysSoFar(counted, valid, Rest(left, share))


def at_least(share: str, strict: bool = False) -> Limit:
    return Limit("at_least", Decimal(share), 1, strict)


def at_most(share: str, strict: bool = False) -> Limit:
    return Limit("at_most", Decimal(share), 1, strict)


def said(room: Room) -> tuple[str, int | Decimal | None]:
    return room.state, room.amount


class TestShareAtLeast:
    def test_by_hand(self) -> None:
        """87.65 % of 365 are 319.9, so 320 good days; 240 + 92 - 320 = 12 are spare."""
        room = room_of_share(at_least("87.7"), days(240, 273, 92))
        assert said(room) == ("open", 12)
        assert (room.kind, room.code, room.unit, room.per, room.per_unit) == (
            "share",
            "share.at_least.open",
            "day",
            92,
            "day",
        )

    @pytest.mark.parametrize(("valid", "spare"), [(365, 73), (366, 73), (364, 72)])
    def test_a_leap_day_is_a_day(self, valid: int, spare: int) -> None:
        """79.95 % of 365 are 291.8, of 366 292.6, of 364 291.02: 292, 293 and 292 good days."""
        assert said(room_of_share(at_least("80"), days(0, 0, valid))) == ("open", spare)

    def test_a_tie_published_upwards_counts(self) -> None:
        """391 of 400 are 97.75 %, published 97.8: the even neighbour."""
        assert said(room_of_share(at_least("97.8"), days(302, 310, 90))) == ("open", 1)
        assert said(room_of_share(at_least("97.8"), days(301, 310, 90))) == ("exhausted", 0)
        assert said(room_of_share(at_least("97.8"), days(300, 310, 90))) == ("impossible", None)

    def test_a_tie_published_downwards_does_not(self) -> None:
        """1953 of 2000 are 97.65 %, published 97.6; so 1954."""
        assert said(room_of_share(at_least("97.7"), days(1000, 1000, 1000))) == ("open", 46)

    def test_strict(self) -> None:
        """Above 97.8 is 97.9, from 97.85 % of 400 = 391.4 on: 392."""
        assert said(room_of_share(at_least("97.8", strict=True), days(302, 310, 90))) == ("exhausted", 0)

    def test_only_valid_days_change_it(self) -> None:
        """84 of 92 days expected: 89.95 % of 284 are 255.5; 185 + 84 - 256 = 13. With all 92: 263 of 292."""
        assert said(room_of_share(at_least("90"), days(185, 200, 92, Fraction(200, 220)))) == ("open", 13)
        assert said(room_of_share(at_least("90"), days(185, 200, 92))) == ("open", 14)

    def test_safe(self) -> None:
        """190 of 210 are 90.48 % though none of the last ten is good."""
        room = room_of_share(at_least("90"), days(190, 200, 10))
        assert said(room) == ("safe", 10)
        assert room.safe
        assert dict(room.numbers)["worst"] == Decimal("90.5")

    def test_impossible(self) -> None:
        """160 + 10 of 210 are 80.95 %."""
        room = room_of_share(at_least("90"), days(160, 200, 10))
        assert said(room) == ("impossible", None)
        assert room.impossible
        assert dict(room.numbers)["best"] == Decimal("81.0")

    def test_a_fraction_is_said_with_decimals(self) -> None:
        room = room_of_share(Limit("at_least", Fraction(200, 3), 1), days(200, 273, 92))
        assert dict(room.numbers)["target"] == Decimal("66.67")

    def test_every_day(self) -> None:
        assert said(room_of_share(at_least("100"), days(200, 200, 165))) == ("exhausted", 0)
        assert said(room_of_share(at_least("100"), days(199, 200, 165))) == ("impossible", None)

    def test_a_goal_of_zero_is_safe(self) -> None:
        assert said(room_of_share(at_least("0"), days(0, 0, 365))) == ("safe", 365)

    @pytest.mark.parametrize(("counted", "state"), [(359, "met"), (358, "met"), (357, "missed"), (356, "missed")])
    def test_nothing_left(self, counted: int, state: str) -> None:
        """358 of 366 are 97.81 %, 357 are 97.54 %."""
        assert said(room_of_share(at_least("97.8"), days(counted, 366, 0))) == (state, None)

    def test_no_valid_day_and_none_left(self) -> None:
        assert said(room_of_share(at_least("80"), days(0, 0, 0))) == ("unknown", None)


class TestShareAtMost:
    def test_by_hand(self) -> None:
        """0.85 % of 365 are 3.1: three heavily polluted days, one of them gone."""
        room = room_of_share(at_most("0.8"), days(1, 100, 265), "heavy_day")
        assert said(room) == ("open", 2)
        assert room.code == "share.at_most.open"

    def test_a_goal_of_zero_forgives_what_is_published_as_zero(self) -> None:
        """1 of 2000 is 0.05 %, published 0.0."""
        assert said(room_of_share(at_most("0"), days(0, 0, 2000))) == ("open", 1)
        assert said(room_of_share(at_most("0"), days(0, 0, 365))) == ("exhausted", 0)
        assert said(room_of_share(at_most("0"), days(1, 1, 364))) == ("impossible", None)

    def test_strict(self) -> None:
        """Below 0.8 is 0.7, less than 0.75 % of 400 = 3: two; 0.75 itself is published 0.8."""
        assert said(room_of_share(at_most("0.8", strict=True), days(0, 0, 400))) == ("open", 2)

    def test_safe(self) -> None:
        assert said(room_of_share(at_most("50"), days(0, 300, 10))) == ("safe", 10)


class TestDays:
    @pytest.mark.parametrize(
        ("limit", "so_far", "expected"),
        [
            (Limit("at_most", 3), days(1, 200, 165), ("open", 2)),
            (Limit("at_most", 3, strict=True), days(1, 200, 165), ("open", 1)),
            (Limit("at_most", 3), days(3, 200, 165), ("exhausted", 0)),
            (Limit("at_most", 3), days(4, 200, 165), ("impossible", None)),
            (Limit("at_most", 3), days(1, 363, 2), ("safe", 2)),
            (Limit("at_most", 3), days(3, 365, 0), ("met", None)),
            (Limit("at_most", 3), days(4, 365, 0), ("missed", None)),
            (Limit("at_most", 0), days(0, 0, 365), ("exhausted", 0)),
            (Limit("at_most", 0), days(1, 1, 364), ("impossible", None)),
            (Limit("at_most", 0), days(0, 0, 0), ("unknown", None)),
            (Limit("at_least", 330), days(200, 210, 155), ("open", 25)),  # 130 of the 155 must be good
            (Limit("at_least", 330, strict=True), days(200, 210, 155), ("open", 24)),
            (Limit("at_least", 330), days(175, 210, 155), ("exhausted", 0)),
            (Limit("at_least", 330), days(174, 210, 155), ("impossible", None)),
            (Limit("at_least", 330), days(330, 340, 25), ("safe", 25)),
            (Limit("at_least", Decimal("329.5")), days(200, 210, 155), ("open", 25)),
            (Limit("at_least", 330), days(200, 210, 155, Fraction(9, 10)), ("open", 10)),  # 139.5 -> 140 days expected
        ],
    )
    def test_by_hand(self, limit: Limit, so_far: DaysSoFar, expected: tuple[str, int | None]) -> None:
        assert said(room_of_days(limit, so_far)) == expected

    def test_code(self) -> None:
        assert room_of_days(Limit("at_most", 3), days(1, 200, 165)).code == "days.at_most.open"


@pytest.mark.parametrize(("counted", "valid"), [(-1, 5), (6, 5)])
def test_refuses_what_cannot_be(counted: int, valid: int) -> None:
    with pytest.raises(ValueError, match="valid ones"):
        DaysSoFar(counted, valid, Rest(3))


@given(
    st.integers(0, 330).flatmap(lambda valid: st.tuples(st.integers(0, valid), st.just(valid))),
    st.integers(0, 366),
    st.sampled_from(["at_most", "at_least"]),
    st.integers(0, 1000),
    st.booleans(),
    st.booleans(),
)
def test_the_goal_is_met_at_the_room_and_not_one_day_beyond(
    so_far: tuple[int, int], left: int, side: Side, tenths: int, strict: bool, as_share: bool
) -> None:
    counted, valid = so_far
    limit = Limit(side, Decimal(tenths).scaleb(-1), 1, strict) if as_share else Limit(side, tenths // 3, None, strict)
    room = (room_of_share if as_share else room_of_days)(limit, days(counted, valid, left))

    def meets(wrong: int) -> bool:
        total = counted + (wrong if side == "at_most" else left - wrong)
        return limit.met_by(Fraction(100 * total, valid + left) if as_share else total)

    if valid + left == 0:
        assert room.state == "unknown"
    elif not left:
        assert room.state == ("met" if meets(0) else "missed")
    elif room.state == "impossible":
        assert not meets(0)
    else:
        assert isinstance(room.amount, int)
        assert meets(room.amount)
        assert room.state == ("safe" if meets(left) else "open" if room.amount else "exhausted")
        assert room.state == "safe" or not meets(room.amount + 1)


@pytest.mark.parametrize(
    ("counted", "valid", "left", "goal", "never"),
    [
        (31, 31, 59, "99", True),  # 89 of 90 are 98.9 %: there never was any room
        (30, 31, 334, "99.7", False),  # 364 of 365 are 99.7 %: the one is used up
        (31, 31, 334, "99.7", False),
    ],
)
def test_whether_there_ever_was_any_room(counted: int, valid: int, left: int, goal: str, never: bool) -> None:
    assert room_of_share(at_least(goal), days(counted, valid, left)).never_any is never
