"""``safe`` and ``impossible`` are for certain: tried with every number of valid days that the rest can have, 0 to all.

Every way in which the days can fall is gone through, and nothing here knows of an expected number of valid days, on
which only the amounts rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee.room import Room
from bilan.foresee.room_limits import Limit, Side
from bilan.foresee.room_means import Scale, SoFar, room_of_mean, room_of_mean_of_cities
from bilan.foresee.room_percentiles import Known, room_of_percentile
from bilan.foresee.room_rest import Rest
from bilan.foresee.room_shares import DaysSoFar, room_of_days, room_of_share

SHARES = [0, Fraction(1, 4), Fraction(1, 2), Fraction(9, 10), 1]
rests = st.builds(Rest, st.integers(0, 6), st.sampled_from(SHARES))
sides: st.SearchStrategy[Side] = st.sampled_from(["at_most", "at_least"])
days_so_far = st.integers(0, 20).flatmap(
    lambda valid: st.builds(DaysSoFar, st.integers(0, valid), st.just(valid), rests)
)


def agrees(room: Room, left: int, outcomes: Sequence[bool]) -> None:
    """``outcomes``: whether the goal is met, for everything that can come."""
    if not outcomes:
        assert room.state == "unknown"
    elif not left:
        assert room.state == ("met" if outcomes[0] else "missed")
    else:
        assert not room.ended
        assert room.state != "unknown"
        assert room.safe == all(outcomes)
        assert room.impossible == (not any(outcomes))


class TestShares:
    def test_more_valid_days_than_expected_may_save_it(self) -> None:
        """46 of 92 expected: 286 of 319 are 89.66 %, published 89.7; all 92: 332 of 365, 91.0 %; one day less, 90.7."""
        limit = Limit("at_least", Decimal("90.9"), 1)
        room = room_of_share(limit, DaysSoFar(240, 273, Rest(92, Fraction(1, 2))))
        assert (room.state, room.amount, room.code) == ("behind", 0, "share.at_least.behind")
        assert dict(room.numbers)["best"] == Decimal("91.0")
        assert room_of_share(limit, DaysSoFar(239, 273, Rest(92, Fraction(1, 2)))).state == "impossible"

    def test_more_valid_days_than_expected_may_lose_it(self) -> None:
        """46 of 92 expected: at worst 240 of 319 are 75.2 %, but 240 of 365 are 65.8 %."""
        limit = Limit("at_least", 70, 1)
        room = room_of_share(limit, DaysSoFar(240, 273, Rest(92, Fraction(1, 2))))
        assert (room.state, room.amount) == ("open", 46)
        assert dict(room.numbers)["worst"] == Decimal("65.8")
        assert room_of_share(limit, DaysSoFar(256, 273, Rest(92, 0))).state == "safe"  # 256 of 365: 70.1 %

    def test_no_valid_day_expected_is_not_the_end(self) -> None:
        """None of the days so far was valid, or none of many lately: one is expected, and nothing is decided."""
        room = room_of_share(Limit("at_least", 80, 1), DaysSoFar(0, 0, Rest(30, 0)))
        assert (room.state, room.amount) == ("exhausted", 0)  # one day that must be good

    def test_a_number_of_days(self) -> None:
        """Of 155 days 77.5, so 78, are expected: 200 + 78 of 280 is behind; 200 + 155 of 356 is impossible."""
        days = DaysSoFar(200, 210, Rest(155, Fraction(1, 2)))
        assert room_of_days(Limit("at_least", 280), days).state == "behind"
        assert room_of_days(Limit("at_least", 355), days).state == "behind"
        assert room_of_days(Limit("at_least", 356), days).state == "impossible"
        assert room_of_days(Limit("at_most", 300), days).state == "open"
        assert room_of_days(Limit("at_most", 355), days).state == "safe"

    @given(days_so_far, sides, st.integers(0, 110), st.sampled_from([None, 0, 1]), st.booleans(), st.booleans())
    def test_against_everything_that_can_come(
        self, days: DaysSoFar, side: Side, value: int, decimals: int | None, strict: bool, as_share: bool
    ) -> None:
        limit = Limit(side, value if as_share else value // 4, decimals, strict)
        left = days.rest.left
        outcomes = [
            limit.met_by(Fraction(100 * (days.counted + more), days.valid + valid) if as_share else days.counted + more)
            for valid in range(left + 1)
            for more in range(valid + 1)
            if days.valid + valid
        ]
        agrees((room_of_share if as_share else room_of_days)(limit, days), left, outcomes)


class TestMeans:
    def test_more_valid_days_than_expected_may_save_it(self) -> None:
        """100 days of 80, 10 of 100 expected: 8000 / 110 = 72.7 at best, yet all 100 at nothing leave 40."""
        limit = Limit("at_most", 40, 0)
        room = room_of_mean(limit, SoFar(8000, 100, Rest(100, Fraction(1, 10))))
        assert (room.state, str(room.amount), room.code) == ("behind", "0.0", "mean.behind")
        assert dict(room.numbers)["best"] == 40
        assert room_of_mean(limit, SoFar(8101, 100, Rest(100, Fraction(1, 10)))).state == "impossible"  # 40.505

    def test_more_valid_days_than_expected_may_lose_it(self) -> None:
        """10 of 10 % and 5 of 10 days expected at 100 %: 600 / 15 = 40; all ten: 1100 / 20 = 55."""
        percent = Scale("%", highest=100)
        so_far = SoFar(100, 10, Rest(10, Fraction(1, 2)))
        room = room_of_mean(Limit("at_most", 50, 0), so_far, percent)
        assert (room.state, str(room.amount)) == ("open", "100.0")  # 131.4 without the highest value
        assert dict(room.numbers)["worst"] == 55
        assert room_of_mean(Limit("at_most", 55, 0), so_far, percent).state == "safe"

    def test_no_valid_day_expected_is_not_the_end(self) -> None:
        """One day is expected: (35.5 x 11 - 35 x 10) / 1 = 40.5, itself published 36."""
        room = room_of_mean(Limit("at_most", 35, 0), SoFar(350, 10, Rest(100, 0)))
        assert (room.state, str(room.amount)) == ("open", "40.4")
        assert room_of_mean(Limit("at_most", 35, 0), SoFar(0, 0, Rest(100, 0))).state == "open"

    @given(
        st.lists(
            st.integers(0, 5).flatmap(lambda n: st.builds(SoFar, st.integers(0, 4 * n), st.just(n), rests)),
            min_size=1,
            max_size=2,
        ),
        sides,
        st.integers(-1, 21),
        st.sampled_from([None, 0]),
        st.booleans(),
    )
    def test_against_everything_that_can_come(
        self, cities: list[SoFar], side: Side, fifths: int, decimals: int | None, strict: bool
    ) -> None:
        """Days of 0 to 4; of a city without a valid day there is no mean, and it does not count."""

        def means(city: SoFar) -> Iterator[Fraction | None]:
            for valid in range(city.rest.left + 1):
                for more in {0, 1, 2 * valid, 4 * valid}:
                    if more <= 4 * valid:
                        final = city.count + valid
                        yield Fraction(city.total + more) / final if final else None

        limit = Limit(side, Fraction(fifths, 5), decimals, strict)
        outcomes = []
        for found in product(*map(means, cities)):
            known = [mean for mean in found if mean is not None]
            if known:
                outcomes.append(limit.met_by(sum(known, Fraction()) / len(known)))
        room = room_of_mean_of_cities(limit, cities, Scale("", highest=4))
        agrees(room, max(city.rest.left for city in cities), outcomes)


class TestPercentiles:
    OZONE = Limit("at_most", 160, 0)

    def test_more_valid_days_than_expected_may_save_it(self) -> None:
        """37 of 273 and 46 expected: N = 319 bears 32; all 92: N = 365 bears 37 at most."""
        room = room_of_percentile(self.OZONE, 90, DaysSoFar(37, 273, Rest(92, Fraction(1, 2))))
        assert (room.state, room.amount) == ("behind", 0)
        assert room_of_percentile(self.OZONE, 90, DaysSoFar(38, 273, Rest(92, Fraction(1, 2)))).state == "impossible"

    def test_more_valid_days_than_expected_may_lose_it(self) -> None:
        """5 of 300 and 20 of 40 expected: N = 320 bears 31, all of them; N = 340, k = 306.1, bears 33, not 45."""
        room = room_of_percentile(self.OZONE, 90, DaysSoFar(5, 300, Rest(40, Fraction(1, 2))))
        assert (room.state, room.amount) == ("open", 20)

    @staticmethod
    def percentile(values: list[int], percent: int) -> Fraction:
        ordered = sorted(values)
        k = 1 + Fraction((len(ordered) - 1) * percent, 100)
        s = int(k)
        return ordered[s - 1] + (k - s) * (ordered[min(s, len(ordered) - 1)] - ordered[s - 1])

    @given(
        st.lists(st.sampled_from([0, 100, 159, 160, 161, 170, 220]), max_size=40), st.sampled_from([50, 80, 90]), rests
    )
    def test_against_everything_that_can_come(self, values: list[int], percent: int, rest: Rest) -> None:
        """Days within the limit as low and as high as can be, days above it just above and beyond all measure."""
        above = [value for value in values if value > 160]
        known = Known(max((v for v in values if v <= 160), default=None), min(above, default=None))
        outcomes = [
            self.OZONE.met_by(self.percentile([*values, *[low] * (valid - more), *[high] * more], percent))
            for valid in range(rest.left + 1)
            for more in range(valid + 1)
            for low in (0, 160)
            for high in (161, 10**6)
            if values or valid
        ]
        room = room_of_percentile(self.OZONE, percent, DaysSoFar(len(above), len(values), rest), known)
        agrees(room, rest.left, outcomes)


@pytest.mark.parametrize(("left", "share", "expected"), [(92, 0, 1), (1, Fraction(1, 3), 1), (0, 1, 0), (0, 0, 0)])
def test_while_a_day_is_left_one_is_expected(left: int, share: Fraction | int, expected: int) -> None:
    assert Rest(left, share).expected == expected
