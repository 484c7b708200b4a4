"""Room of percentiles: the text of HJ 663 annex A by hand, and against every way in which the days can fall."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee.room import Room
from bilan.foresee.room_limits import Limit
from bilan.foresee.room_percentiles import NOTHING, Known, days_above, room_of_percentile
from bilan.foresee.room_rest import Rest
from bilan.foresee.room_shares import DaysSoFar

OZONE = Limit("at_most", 160, decimals=0)


def percentile(values: Sequence[int], percent: int) -> Fraction:
    """HJ 663 annex A: k = 1 + (n - 1) p, between X(s) and X(s + 1) by the fraction of k."""
    ordered = sorted(values)
    k = 1 + Fraction((len(ordered) - 1) * percent, 100)
    s = int(k)
    return ordered[s - 1] + (k - s) * (ordered[min(s, len(ordered) - 1)] - ordered[s - 1])


def room(above: int, valid: int, left: int, known: Known = NOTHING, limit: Limit = OZONE, percent: int = 90) -> Room:
    return room_of_percentile(limit, percent, DaysSoFar(above, valid, Rest(left)), known, "µg/m3")


def said(found: Room) -> tuple[str, int | Decimal | None, object]:
    return found.state, found.amount, dict(found.numbers)["most"]


def test_the_reference_gives_the_example_of_the_annex() -> None:
    assert percentile([3, 4, 8, 2, 5, 4], 90) == Fraction(13, 2)


@pytest.mark.parametrize(
    ("count", "percent", "safe", "most"),
    [
        (365, 90, 36, 37),  # k = 328.6
        (366, 90, 36, 37),  # k = 329.5
        (361, 90, 36, 36),  # k = 325
        (365, 95, 18, 19),  # k = 346.8
        (365, 98, 7, 8),  # k = 357.72
        (11, 90, 1, 1),  # k = 10
        (10, 90, 0, 1),  # k = 9.1
        (1, 90, 0, 0),  # k = 1
        (7, 100, 0, 0),  # the highest value
    ],
)
def test_days_above_by_hand(count: int, percent: int, safe: int, most: int) -> None:
    assert days_above(count, percent) == (safe, most)


class TestRoom:
    @pytest.mark.parametrize(
        ("above", "valid", "left", "expected"),
        [
            (30, 273, 92, ("open", 6, 7)),
            (0, 0, 365, ("open", 36, 37)),  # nothing measured yet
            (36, 273, 92, ("exhausted", 0, 1)),
            (37, 273, 92, ("behind", 0, 0)),
            (38, 273, 92, ("impossible", None, -1)),
            (36, 361 - 92, 92, ("exhausted", 0, 0)),
            (37, 361 - 92, 92, ("impossible", None, -1)),
            (10, 300, 20, ("safe", 20, 20)),  # N = 320, k = 288.1: 31 are safe
            (11, 300, 20, ("safe", 20, 20)),
            (12, 300, 20, ("open", 19, 20)),
            (36, 365, 0, ("met", None, 0)),
            (38, 365, 0, ("missed", None, -1)),
            (0, 0, 0, ("unknown", None, 0)),
        ],
    )
    def test_by_hand(self, above: int, valid: int, left: int, expected: tuple[str, int | None, int]) -> None:
        assert said(room(above, valid, left)) == expected

    def test_what_it_says_of_itself(self) -> None:
        found = room(30, 273, 92)
        assert (found.kind, found.code, found.unit, found.per, found.per_unit) == (
            "percentile",
            "percentile.open",
            "day",
            92,
            "day",
        )
        assert found.sentence().startswith("最多还可有 6 天超过限值，第 90 百分位数一定达到要求（≤160 µg/m³）；")
        assert found.sentence().endswith("全期约 365 个有效日可有 36 天，已有 30 天。")

    def test_only_valid_days_count(self) -> None:
        """Half of 92: N = 319, k = 287.2, 31 are safe."""
        found = room_of_percentile(OZONE, 90, DaysSoFar(30, 273, Rest(92, Fraction(1, 2))))
        assert said(found) == ("open", 1, 2)

    def test_at_least_is_no_goal_of_a_percentile(self) -> None:
        with pytest.raises(ValueError, match="below a limit"):
            room(0, 0, 365, limit=Limit("at_least", 160, 0))


class TestTheDayBetween:
    """One day more than the safe number passes where the percentile, rounded, is still within the limit."""

    @pytest.mark.parametrize(
        ("within", "above", "state"),
        [
            (159, 161, "met"),  # k = 328.6: 159 + 0.6 x 2 = 160.2
            (160, 161, "missed"),  # 160.6 is published 161
            (100, 201, "missed"),  # 160.6
            (100, 200, "met"),  # 160
        ],
    )
    def test_nothing_left_and_both_values_known(self, within: int, above: int, state: str) -> None:
        assert room(37, 365, 0, Known(within, above)).state == state

    def test_nothing_left_and_the_number_of_days_alone(self) -> None:
        found = room(37, 365, 0)
        assert (found.state, found.code, found.amount) == ("unknown", "percentile.undecided", None)

    @pytest.mark.parametrize(("limit", "state"), [(160, "met"), (161, "missed")])
    def test_a_tie_goes_to_the_even_neighbour(self, limit: int, state: str) -> None:
        """366 days, k = 329.5: 160.5 is published 160, 161.5 is published 162."""
        assert room(37, 366, 0, Known(limit, limit + 1), Limit("at_most", limit, 0)).state == state

    def test_a_value_known_to_be_too_high(self) -> None:
        """150 + 0.6 x (200 - 150) = 180; a further day above the limit could only come as a 38th."""
        assert room(37, 273, 92, Known(150, 200)).state == "impossible"
        assert room(37, 273, 92, Known(150, 165)).state == "behind"

    def test_a_value_known_to_be_low_is_safe(self) -> None:
        """366 days, k = 329.5: at worst 160 + 0.5 x (161 - 160) = 160.5, published 160; with 162 it would be 161."""
        assert said(room(37, 274, 92, Known(150, 161))) == ("exhausted", 0, 0)
        assert said(room(37, 274, 92, Known(150, 162))) == ("behind", 0, 0)

    def test_where_every_day_to_come_is_above(self) -> None:
        """All 7 above make 37 of 365: 150 + 0.6 x 11 = 156.6 at worst, as no further day within the limit comes."""
        assert said(room(30, 358, 7, Known(150, 161))) == ("safe", 7, 7)
        assert said(room(30, 358, 7, Known(160, 161))) == ("open", 6, 6)  # 160.6

    def test_a_day_to_come_may_be_just_above(self) -> None:
        """With 36 so far the 37th may be 161: 150 + 0.6 x 11 = 156.6."""
        assert said(room(36, 273, 92, Known(150, 200))) == ("exhausted", 0, 1)

    def test_a_limit_of_zero(self) -> None:
        """0.6 x 1 is published 1, 0.5 x 1 is published 0."""
        zero = Limit("at_most", 0, 0)
        assert said(room(0, 0, 365, limit=zero)) == ("open", 36, 36)
        assert said(room(0, 0, 366, limit=zero)) == ("open", 36, 37)

    @pytest.mark.parametrize(("decimals", "most"), [(None, 19), (1, 19), (0, 18)])
    def test_the_next_value_above_rests_on_the_decimals_of_a_day(self, decimals: int | None, most: int) -> None:
        """CO, 363 days, k = 344.9: 3.5 + 0.9 x (4.1 - 3.5) = 4.04, but 3.5 + 0.9 x (5 - 3.5) = 4.85."""
        found = room(0, 0, 363, Known(Decimal("3.5"), None, decimals), Limit("at_most", 4, 1), 95)
        assert said(found) == ("open", 18, most)


LIMITS = st.builds(Limit, st.just("at_most"), st.integers(0, 40), st.just(0), st.booleans())


@given(LIMITS, st.sampled_from([50, 90, 95, 98, 100]), st.integers(1, 130))
def test_against_every_number_of_days_above(limit: Limit, percent: int, count: int) -> None:
    """The safe number passes however high the days are, one more does not; the most passes at best, one more never."""
    highest = limit.bound().furthest()
    if highest < 0:  # nothing is below zero
        return

    def at_worst(above: int) -> bool:
        return limit.met_by(percentile([highest] * (count - above) + [10**6] * above, percent))

    def at_best(above: int) -> bool:
        return limit.met_by(percentile([0] * (count - above) + [highest + 1] * above, percent))

    found = room_of_percentile(limit, percent, DaysSoFar(0, 0, Rest(count)))
    assert found.amount == max(above for above in range(count + 1) if at_worst(above))
    assert dict(found.numbers)["most"] == max(above for above in range(count + 1) if at_best(above))
    assert all(at_worst(above) for above in range(int(found.amount or 0) + 1))


@given(
    st.lists(st.sampled_from([0, 100, 158, 159, 160, 161, 162, 170, 220]), min_size=1, max_size=60),
    st.sampled_from([80, 90, 95]),
    st.integers(0, 40),
)
def test_from_the_values_so_far(values: list[int], percent: int, left: int) -> None:
    above = [value for value in values if value > 160]
    known = Known(max((v for v in values if v <= 160), default=None), min(above, default=None))
    found = room_of_percentile(OZONE, percent, DaysSoFar(len(above), len(values), Rest(left)), known)

    def passes(more: int, each: int, others: int) -> bool:
        return OZONE.met_by(percentile([*values, *[each] * more, *[others] * (left - more)], percent))

    can = [more for more in range(left + 1) if passes(more, 161, 0)]
    must = [more for more in range(left + 1) if passes(more, 10**6, 160)]
    assert found.impossible == (not can)
    if not left:
        assert found.state == ("met" if can else "missed")
    elif can:
        assert dict(found.numbers)["most"] == max(can)
        assert found.amount == max(must, default=0)
        assert (found.state == "behind") == (not must)
