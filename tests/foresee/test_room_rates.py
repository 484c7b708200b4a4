"""Room of cumulated rates: the product of the years, never their sum."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee.room import Room
from bilan.foresee.room_limits import Limit
from bilan.foresee.room_rates import cumulated, room_of_rate


def goal(value: str, decimals: int | None = None, strict: bool = False) -> Limit:
    return Limit("at_least", Decimal(value), decimals, strict)


def said(room: Room) -> tuple[str, str | None]:
    return room.state, None if room.amount is None else str(room.amount)


class TestCumulated:
    def test_is_a_product(self) -> None:
        """1 - 0.9 x 0.8 = 0.28, not 0.30; five years of 3 % are 14.13 %."""
        assert cumulated([10, 20]) == 28
        assert round(float(cumulated([3] * 5)), 2) == 14.13

    def test_a_rise_takes_away(self) -> None:
        """1 - 0.9 x 1.1 = 0.01."""
        assert cumulated([10, -10]) == 1

    def test_no_year_yet(self) -> None:
        assert cumulated([]) == 0


class TestRoom:
    @pytest.mark.parametrize(
        ("limit", "rates", "years", "expected"),
        [
            (goal("19"), [10], 1, ("open", "10.0")),  # 0.81 / 0.9
            (goal("27.1"), [], 3, ("open", "10.0")),  # 0.9 cubed is 0.729
            (goal("27.2"), [], 3, ("open", "10.05")),  # 0.728, third root 0.89959
            (goal("28"), [10], 1, ("open", "20.0")),  # the sum would ask for 18
            (goal("10"), [10], 1, ("reached", "0.0")),
            (goal("10"), [19], 1, ("reached", "-11.1")),  # 0.9 / 0.81 = 1.1111
            (goal("10"), [-20], 1, ("open", "25.0")),  # 0.9 / 1.2
            (goal("0"), [], 5, ("reached", "0.0")),
            (goal("100"), [50], 2, ("exhausted", "100.0")),
            (goal("101"), [50], 2, ("impossible", None)),
            (goal("100", strict=True), [50], 2, ("impossible", None)),
            (goal("20"), [100], 2, ("safe", None)),
            (goal("10"), [5, 6], 0, ("met", None)),  # 10.7
            (goal("10.8"), [5, 6], 0, ("missed", None)),
            (goal("10.7"), [5, 6], 0, ("met", None)),
            (goal("10.7", strict=True), [5, 6], 0, ("missed", None)),
        ],
    )
    def test_by_hand(self, limit: Limit, rates: list[int], years: int, expected: tuple[str, str | None]) -> None:
        digits = 2 if limit.value == Decimal("27.2") else 1
        assert said(room_of_rate(limit, rates, years, digits)) == expected

    def test_five_years(self) -> None:
        """13.5 % as published holds above 13.45: 0.8655 / (0.975 x 0.969) = 0.91609, third root 0.97121."""
        room = room_of_rate(goal("13.5", 1), [Decimal("2.5"), Decimal("3.1")], 3)
        assert said(room) == ("open", "2.88")
        assert (room.kind, room.code, room.unit, room.per, room.per_unit) == ("rate", "rate.open", "%", 3, "year")
        assert dict(room.numbers)["so_far"] == Decimal("5.5")  # 5.52, not 5.6

    def test_rounding_at_the_end(self) -> None:
        """10.45 % is published 10.4, the even neighbour, 10.55 % is published 10.6."""
        assert room_of_rate(goal("10.5", 1), [Decimal("10.45")], 0).state == "missed"
        assert room_of_rate(goal("10.6", 1), [Decimal("10.55")], 0).state == "met"

    def test_the_rise_that_a_reached_goal_bears(self) -> None:
        room = room_of_rate(goal("10"), [19], 1)
        assert dict(room.numbers)["rise"] == Decimal("11.1")
        assert not room.safe

    def test_only_declines(self) -> None:
        with pytest.raises(ValueError, match="decline"):
            room_of_rate(Limit("at_most", 10), [], 5)
        with pytest.raises(ValueError, match="decline"):
            room_of_rate(goal("10"), [], -1)


@given(
    st.lists(st.integers(-200, 400), max_size=5),
    st.integers(1, 5),
    st.integers(0, 400),
    st.sampled_from([None, 0, 1]),
    st.booleans(),
)
def test_the_goal_is_met_at_the_rate_and_not_one_step_below(
    tenths: list[int], years: int, target: int, decimals: int | None, strict: bool
) -> None:
    limit = Limit("at_least", Decimal(target).scaleb(-1), decimals, strict)
    rates = [Fraction(rate, 10) for rate in tenths]
    room = room_of_rate(limit, rates, years, digits=2)
    assert room.amount is not None
    assert limit.met_by(cumulated([*rates, *[room.amount] * years]))
    assert not limit.met_by(cumulated([*rates, *[room.amount - Decimal("0.01")] * years]))
    assert (room.state == "reached") == limit.met_by(cumulated(rates))
