"""Goals against a baseline as levels: percent, percentage points, baselines of zero and below."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee.room_levels import level_after_percent, level_after_points
from bilan.foresee.room_limits import Limit


class TestLevels:
    def test_percent_of_the_baseline(self) -> None:
        assert str(level_after_percent(38, 10, "decrease")) == "34.2"
        assert str(level_after_percent(Decimal("12.5"), 20, "increase")) == "15"
        assert str(level_after_percent(40, Decimal("2.5"), "decrease", decimals=0)) == "39"
        assert str(level_after_percent(41, 50, "decrease", decimals=0)) == "20"  # 20.5, to the even neighbour
        assert str(level_after_percent(40, 0, "decrease")) == "40"  # not to rise
        assert str(level_after_percent(40, 100, "decrease")) == "0"

    def test_nothing_is_a_percentage_of_zero(self) -> None:
        assert level_after_percent(0, 10, "decrease") is None
        assert level_after_percent(Decimal("0.0"), 10, "increase") is None

    def test_a_negative_baseline_moves_by_its_size(self) -> None:
        assert level_after_percent(-5, 10, "decrease") == Decimal("-5.5")
        assert level_after_percent(-5, 10, "increase") == Decimal("-4.5")

    def test_percentage_points(self) -> None:
        assert str(level_after_points(Decimal("85.2"), Decimal("1.5"), "increase")) == "86.7"
        assert str(level_after_points(0, 2, "increase")) == "2"
        assert str(level_after_points(Decimal("0.8"), Decimal("0.8"), "decrease")) == "0"

    def test_the_direction_is_no_sign(self) -> None:
        with pytest.raises(ValueError, match="direction"):
            level_after_points(3, -1, "increase")

    @given(st.integers(1, 300), st.integers(0, 300), st.integers(0, 99))
    def test_the_exact_level_judges_the_change_of_published_figures(self, base: int, now: int, percent: int) -> None:
        level = level_after_percent(base, percent, "decrease")
        assert level is not None
        assert Limit("at_most", level, 0).met_by(now) == (Fraction(100 * (base - now), base) >= percent)
