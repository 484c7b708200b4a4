"""Room of means: hand-computed, at the corners, and applied to what it was made from."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee.room import Room
from bilan.foresee.room_limits import Limit, Side
from bilan.foresee.room_means import CONCENTRATION, Scale, SoFar, bound_of_rest, room_of_mean, room_of_mean_of_cities
from bilan.foresee.room_rest import Rest

LIMIT = Limit("at_most", 35, decimals=0)
PERCENT = Scale("%", highest=100)


def so_far(mean: str | int, count: int, left: int, share: Fraction | int = 1) -> SoFar:
    return SoFar(Decimal(mean) * count, count, Rest(left, share))


def said(room: Room) -> tuple[str, str | None]:
    return room.state, None if room.amount is None else str(room.amount)


class TestRest:
    @pytest.mark.parametrize(
        ("left", "share", "expected"),
        [
            (92, Fraction(200, 220), 84),
            (5, Fraction(1, 2), 2),
            (7, Fraction(1, 2), 4),
            (92, 0, 1),  # as long as a day is left
            (0, 1, 0),
            (92, 1, 92),
        ],
    )
    def test_valid_days_are_whole(self, left: int, share: Fraction, expected: int) -> None:
        assert Rest(left, share).expected == expected

    @pytest.mark.parametrize(("left", "share"), [(-1, 1), (1, Fraction(11, 10)), (1, Decimal("-0.1"))])
    def test_refuses_what_cannot_be(self, left: int, share: Fraction) -> None:
        with pytest.raises(ValueError, match="rest of"):
            Rest(left, share)

    def test_no_sum_without_days(self) -> None:
        with pytest.raises(ValueError, match="sum of 3"):
            SoFar(3, 0, Rest(1))


class TestAtMost:
    def test_by_hand(self) -> None:
        """(35.5 x 365 - 30 x 273) / 92 = 4767.5 / 92 = 51.82; published 35 up to, not including, 35.5."""
        room = room_of_mean(LIMIT, so_far(30, 273, 92))
        assert said(room) == ("open", "51.8")
        assert (room.kind, room.code, room.unit, room.per, room.per_unit) == ("mean", "mean.open", "µg/m3", 92, "day")
        assert not (room.exhausted or room.impossible or room.safe or room.ended)

    def test_a_leap_day_is_a_day(self) -> None:
        """By 1 March at 50: (35.5 x 366 - 50 x 60) / 306 = 32.66; (35.5 x 365 - 50 x 59) / 306 = 32.70."""
        assert said(room_of_mean(LIMIT, so_far(50, 60, 306))) == ("open", "32.6")
        assert said(room_of_mean(LIMIT, so_far(50, 59, 306))) == ("open", "32.7")

    def test_on_a_tie_the_even_figure_is_published(self) -> None:
        """Half of the days at 34: 34 is kept by 34.5, so by a rest of 35; 35 by less than 35.5, so of less than 37."""
        assert said(room_of_mean(Limit("at_most", 34, 0), so_far(34, 10, 10))) == ("open", "35.0")
        assert said(room_of_mean(LIMIT, so_far(34, 10, 10))) == ("open", "36.9")

    def test_strict(self) -> None:
        """Below 35 is 34 or less, kept by 34.5."""
        assert said(room_of_mean(Limit("at_most", 35, 0, strict=True), so_far(34, 10, 10))) == ("open", "35.0")

    def test_a_limit_between_two_published_figures(self) -> None:
        assert said(room_of_mean(Limit("at_most", Decimal("34.2"), 0), so_far(34, 10, 10))) == ("open", "35.0")

    def test_unrounded(self) -> None:
        assert said(room_of_mean(Limit("at_most", 35), so_far(34, 10, 10))) == ("open", "36.0")
        assert said(room_of_mean(Limit("at_most", 35, strict=True), so_far(34, 10, 10))) == ("open", "35.9")

    def test_only_valid_days_weigh(self) -> None:
        """84 of 92 days expected: (35.5 x 284 - 30 x 200) / 84 = 48.595; with all 92 it would be 47.46."""
        assert said(room_of_mean(LIMIT, so_far(30, 200, 92, Fraction(200, 220)))) == ("open", "48.5")
        assert said(room_of_mean(LIMIT, so_far(30, 200, 92))) == ("open", "47.4")

    def test_nothing_measured_yet(self) -> None:
        room = room_of_mean(LIMIT, SoFar(0, 0, Rest(365)))
        assert said(room) == ("open", "35.4")
        assert dict(room.numbers)["so_far"] is None
        assert "—" in room.sentence()

    @pytest.mark.parametrize(
        ("total", "limit", "state"),
        [(71, 35, "missed"), (71, 36, "met"), (69, 34, "met"), (69, 35, "met")],  # 35.5 -> 36, 34.5 -> 34
    )
    def test_nothing_left(self, total: int, limit: int, state: str) -> None:
        room = room_of_mean(Limit("at_most", limit, 0), SoFar(total, 2, Rest(0)))
        assert said(room) == (state, None)
        assert room.ended
        assert room.safe == (state == "met")
        assert room.impossible == (state == "missed")

    def test_no_valid_day_and_none_left(self) -> None:
        room = room_of_mean(LIMIT, SoFar(0, 0, Rest(0)))
        assert said(room) == ("unknown", None)
        assert not (room.safe or room.impossible)

    def test_impossible(self) -> None:
        """100 days of 80 leave 40 for the year half over, even with nothing after it."""
        room = room_of_mean(LIMIT, so_far(80, 100, 100))
        assert said(room) == ("impossible", None)
        assert room.impossible
        assert dict(room.numbers)["best"] == 40

    def test_the_last_drop(self) -> None:
        """71 / 2 is 35.5, published 36; 73 / 2 is 36.5, published 36 as well."""
        assert said(room_of_mean(LIMIT, so_far(71, 100, 100))) == ("impossible", None)
        room = room_of_mean(Limit("at_most", 36, 0), so_far(73, 100, 100))
        assert said(room) == ("exhausted", "0.0")
        assert room.exhausted

    def test_a_goal_of_zero(self) -> None:
        assert said(room_of_mean(Limit("at_most", 0, 0), so_far(0, 10, 10))) == ("open", "1.0")  # 0.5 is published 0
        assert said(room_of_mean(Limit("at_most", 0), so_far(0, 10, 10))) == ("exhausted", "0.0")
        assert said(room_of_mean(Limit("at_most", 0), so_far(1, 10, 10))) == ("impossible", None)
        assert said(room_of_mean(Limit("at_most", 0, 0, strict=True), so_far(0, 10, 10))) == ("impossible", None)

    def test_is_never_safe_without_a_highest_value(self) -> None:
        assert room_of_mean(LIMIT, so_far(0, 364, 1)).state == "open"

    def test_is_safe_below_a_highest_value(self) -> None:
        """(10 x 10 + 5 x 100) / 15 = 40."""
        room = room_of_mean(Limit("at_most", 60, 0), so_far(10, 10, 5), PERCENT)
        assert said(room) == ("safe", "100.0")
        assert dict(room.numbers)["worst"] == 40

    def test_more_digits(self) -> None:
        scale = Scale("mg/L", "month", digits=3)
        assert said(room_of_mean(LIMIT, so_far(30, 273, 92), scale)) == ("open", "51.820")

    def test_no_lowest_value(self) -> None:
        """(0.5 x 20 - 3 x 10) / 10 = -2."""
        assert said(room_of_mean(Limit("at_most", 0, 0), so_far(3, 10, 10), Scale(lowest=None))) == ("open", "-2.0")


class TestAtLeast:
    LIMIT = Limit("at_least", 6, decimals=1)  # published 6.0 from 5.95 on

    def test_by_hand(self) -> None:
        """(5.95 x 12 - 5.2 x 8) / 4 = 7.45."""
        assert said(room_of_mean(self.LIMIT, so_far("5.2", 8, 4), Scale("mg/L", "month"))) == ("open", "7.45")

    def test_rounds_upwards(self) -> None:
        """(5.95 x 10 - 5 x 7) / 3 = 8.1667."""
        assert said(room_of_mean(self.LIMIT, so_far(5, 7, 3), Scale("mg/L", "month"))) == ("open", "8.17")

    def test_safe_even_with_nothing_more(self) -> None:
        room = room_of_mean(self.LIMIT, so_far(10, 8, 4), Scale("mg/L", "month"))
        assert said(room) == ("safe", "0.00")
        assert room.safe
        assert dict(room.numbers)["worst"] == Decimal("6.67")

    def test_impossible_above_the_highest_value(self) -> None:
        """(900 + 500) / 15 = 93.33."""
        room = room_of_mean(Limit("at_least", 98, 1), so_far(90, 10, 5), PERCENT)
        assert said(room) == ("impossible", None)
        assert dict(room.numbers)["best"] == Decimal("93.33")

    def test_exhausted_at_the_highest_value(self) -> None:
        assert said(room_of_mean(Limit("at_least", 95), so_far(90, 10, 10), PERCENT)) == ("exhausted", "100.0")

    def test_a_goal_of_zero_is_safe(self) -> None:
        assert said(room_of_mean(Limit("at_least", 0, 0), SoFar(0, 0, Rest(12)))) == ("safe", "0.0")


class TestCities:
    def test_by_hand(self) -> None:
        """(35.5 x 365 - 35 x 273) / 92 = 36.98, the two cities being as long."""
        room = room_of_mean_of_cities(LIMIT, [so_far(30, 273, 92), so_far(40, 273, 92)])
        assert said(room) == ("open", "36.9")
        assert dict(room.numbers)["so_far"] == 35
        assert dict(room.numbers)["parts"] == 2

    def test_a_city_counts_once_however_many_days_it_has(self) -> None:
        """15 + x / 2 and 15 + x / 4 average 20 at x = 13.33; pooled days would allow 15."""
        cities = [so_far(30, 10, 10), so_far(20, 30, 10)]
        assert said(room_of_mean_of_cities(Limit("at_most", 20), cities)) == ("open", "13.3")

    def test_a_city_without_data_is_left_out(self) -> None:
        room = room_of_mean_of_cities(LIMIT, [so_far(30, 273, 92), SoFar(0, 0, Rest(0))])
        assert said(room) == ("open", "51.8")
        assert dict(room.numbers)["parts"] == 1

    def test_no_city(self) -> None:
        assert said(room_of_mean_of_cities(LIMIT, [])) == ("unknown", None)

    def test_one_city_that_has_ended_still_counts(self) -> None:
        """20 and 10 + x / 2 average 20 at x = 20."""
        room = room_of_mean_of_cities(Limit("at_most", 20), [so_far(20, 10, 0), so_far(20, 10, 10)])
        assert said(room) == ("open", "20.0")
        assert room.per == 10


PARTS = st.builds(
    SoFar,
    total=st.integers(0, 20_000),
    count=st.integers(1, 330),
    rest=st.builds(Rest, st.integers(0, 200), st.sampled_from([1, Fraction(9, 10), Decimal("0.5"), 0])),
)


@given(
    st.lists(PARTS, min_size=1, max_size=3),
    st.sampled_from(["at_most", "at_least"]),
    st.integers(0, 600),
    st.sampled_from([None, 0, 1]),
    st.booleans(),
)
def test_the_goal_is_met_at_the_room_and_not_one_step_beyond(
    cities: list[SoFar], side: Side, tenths: int, decimals: int | None, strict: bool
) -> None:
    limit = Limit(side, Decimal(tenths).scaleb(-1), decimals, strict)

    def meets(rest: Decimal | int) -> bool:
        means = [(Fraction(city.total) + Fraction(rest) * city.rest.expected) / Fraction(city.final) for city in cities]
        return limit.met_by(sum(means, Fraction()) / len(means))

    room = room_of_mean_of_cities(limit, cities, CONCENTRATION)
    step = Decimal(10) ** -((1 if decimals is None else decimals) + 1)
    beyond = step if side == "at_most" else -step
    if room.ended:
        assert bound_of_rest(limit, cities) is None
        assert room.safe == meets(0)
    elif room.state in {"impossible", "behind"}:
        assert side == "at_most"
        assert not meets(0)
    elif room.state == "safe":
        assert side == "at_least"
        assert meets(0)
    else:
        assert room.amount is not None
        assert meets(room.amount)
        if side == "at_least" and not room.amount:  # the expected days may be as bad as can be, more of them may not
            assert room.state == "open"
        else:
            assert room.state == ("open" if room.amount else "exhausted")
            assert not meets(room.amount + beyond)
