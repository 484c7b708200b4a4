"""Limits of published figures: rounding by GB/T 8170, strictness, the bound of the exact figure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee.room_limits import Bound, Limit, Side, as_decimal, in_steps, places, published


def half_even(n: int, d: int) -> int:
    """n / d by the text of GB/T 8170, with whole numbers only."""
    whole, rest = divmod(n, d)
    up = 2 * rest > d or (2 * rest == d and whole % 2 == 1)
    return whole + up


SIDES: st.SearchStrategy[Side] = st.sampled_from(["at_most", "at_least"])


class TestPublished:
    @pytest.mark.parametrize(
        ("figure", "decimals", "shown"),
        [
            ("35.4999", 0, "35"),
            ("35.5", 0, "36"),
            ("34.5", 0, "34"),
            ("34.5001", 0, "35"),
            ("97.75", 1, "97.8"),
            ("97.65", 1, "97.6"),
            ("0.005", 2, "0.00"),
            ("-2.5", 0, "-2"),
        ],
    )
    def test_a_tie_goes_to_the_even_neighbour(self, figure: str, decimals: int, shown: str) -> None:
        assert str(published(Decimal(figure), decimals)) == shown

    @given(st.integers(0, 10**9), st.integers(1, 10**4), st.integers(0, 3))
    def test_is_the_rule_on_every_fraction(self, n: int, d: int, decimals: int) -> None:
        assert published(Fraction(n, d), decimals) == Decimal(half_even(n * 10**decimals, d)).scaleb(-decimals)

    def test_steps_and_places(self) -> None:
        assert places(Decimal("1.5"), Decimal("1.25"), Decimal("3.0")) == 2
        assert str(in_steps(355, 1)) == "35.5"
        assert (places(35), places(Decimal("97.80")), places(Decimal("1E+2")), places(2, Decimal("0.125"))) == (
            0,
            2,
            0,
            3,
        )
        assert as_decimal(35, 1) == 35
        assert str(as_decimal(Fraction(2, 3), 1)) == "0.7"


class TestLimit:
    @pytest.mark.parametrize(
        ("limit", "bound"),
        [
            (Limit("at_most", 35, 0), ("35.5", False)),  # 35.5 is published 36
            (Limit("at_most", 34, 0), ("34.5", True)),  # 34.5 is published 34
            (Limit("at_most", 35, 0, strict=True), ("34.5", True)),  # the published figure is 34 at most
            (Limit("at_most", 34, 0, strict=True), ("33.5", False)),
            (Limit("at_most", Decimal("34.2"), 0), ("34.5", True)),  # 34 is the last whole number
            (Limit("at_most", Decimal("34.2"), 0, strict=True), ("34.5", True)),
            (Limit("at_most", Decimal("34.2"), 1), ("34.25", True)),
            (Limit("at_most", 0, 0), ("0.5", True)),
            (Limit("at_most", 0, 0, strict=True), ("-0.5", False)),
            (Limit("at_most", 35), ("35", True)),
            (Limit("at_most", 35, strict=True), ("35", False)),
            (Limit("at_least", Decimal("97.8"), 1), ("97.75", True)),
            (Limit("at_least", Decimal("97.7"), 1), ("97.65", False)),
            (Limit("at_least", Decimal("97.8"), 1, strict=True), ("97.85", False)),
            (Limit("at_least", 85), ("85", True)),
        ],
    )
    def test_the_exact_figure_may_go_to(self, limit: Limit, bound: tuple[str, bool]) -> None:
        assert limit.bound() == Bound(limit.side, Fraction(bound[0]), bound[1])

    @given(
        SIDES,
        st.integers(0, 400),
        st.integers(0, 2),
        st.sampled_from([None, 0, 1, 2]),
        st.booleans(),
        st.integers(-9, 9),
    )
    def test_the_bound_says_the_same_as_rounding(
        self, side: Side, value: int, places: int, decimals: int | None, strict: bool, away: int
    ) -> None:
        limit = Limit(side, Decimal(value).scaleb(-places), decimals, strict)
        for figure in (limit.bound().value, limit.bound().value + Fraction(away, 1000)):
            assert limit.bound().admits(figure) == limit.met_by(figure)

    @pytest.mark.parametrize(
        ("side", "strict", "met"),
        [
            ("at_most", False, [True, True, False]),
            ("at_most", True, [True, False, False]),
            ("at_least", False, [False, True, True]),
            ("at_least", True, [False, False, True]),
        ],
    )
    def test_exactly_on_the_limit(self, side: Side, strict: bool, met: list[bool]) -> None:
        limit = Limit(side, 35, 0, strict)
        assert [limit.met_by(Decimal(figure)) for figure in ("34.4", "35.4", "35.6")] == met
        assert limit.sign == {"at_most": "≤<", "at_least": "≥>"}[side][strict]


class TestFurthest:
    @pytest.mark.parametrize(
        ("side", "value", "closed", "steps"),
        [
            ("at_most", "35.5", True, 355),
            ("at_most", "35.5", False, 354),
            ("at_most", "35.55", False, 355),
            ("at_least", "35.5", True, 355),
            ("at_least", "35.5", False, 356),
            ("at_least", "35.45", False, 355),
            ("at_most", "-0.05", True, -1),
        ],
    )
    def test_to_the_safe_side(self, side: Side, value: str, closed: bool, steps: int) -> None:
        assert Bound(side, Fraction(value), closed).furthest(Fraction(1, 10)) == steps

    @given(SIDES, st.fractions(-100, 100, max_denominator=50), st.booleans(), st.fractions(Fraction(1, 9), 9))
    def test_is_within_and_one_more_is_not(self, side: Side, value: Fraction, closed: bool, step: Fraction) -> None:
        bound = Bound(side, value, closed)
        last = bound.furthest(step)
        assert bound.admits(last * step)
        assert not bound.admits((last + (1 if side == "at_most" else -1)) * step)
