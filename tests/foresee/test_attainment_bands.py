"""The band, against sums done by hand.

With one unknown (the other held at its start by a tiny deviation) the normal-inverse-gamma posterior is:
w = (f·w₀ + Σx̃ỹ) / (f + Σx̃²) with f = (spread / deviation)²,
spread² = (worth·spread² + f·w₀² + Σỹ² − w·(f·w₀ + Σx̃ỹ)) / freedom, freedom = worth + Σ(n − 1).
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee.bands import Band, Record, Start, fit

START = Start(persistence=0.5, persistence_deviation=0.25, trend_deviation=1e-9, spread=0.1, worth=4)


def test_climatology_alone() -> None:
    """Two years of 4.0 and 4.2 after equal parts so far: ỹ = ∓0.1, squares 4·0.01 + 0.02 = 0.06, freedom 5."""
    learned = fit(Record.of([(-2, 3.0, 4.0), (-1, 3.0, 4.2)]), [], START)
    band = learned.band(0, 3.0)
    assert learned.freedom == 5
    assert learned.spread**2 == pytest.approx(0.06 / 5)
    assert band.centre == pytest.approx(4.1)
    assert band.scale == pytest.approx(math.sqrt(0.06 / 5 * (1 + 1 / 2)))


def test_persistence_is_learned() -> None:
    """x̃ = ỹ = ∓0.1: f = 0.16, w = (0.08 + 0.02) / (0.16 + 0.02); squares 0.04 + 0.04 + 0.02 − w·0.1."""
    learned = fit(Record.of([(-2, 3.9, 3.9), (-1, 4.1, 4.1)]), [], START)
    assert learned.persistence == pytest.approx(0.1 / 0.18)
    assert learned.spread**2 == pytest.approx((0.1 - 0.1 / 0.18 * 0.1) / 5)
    band = learned.band(0, 4.3)
    assert band.centre == pytest.approx(4.0 + 0.3 * 0.1 / 0.18)
    assert band.scale == pytest.approx(learned.spread * math.sqrt(1 + 1 / 2 + 0.3**2 / 0.18))


def test_a_neighbour_teaches_at_half_weight_and_keeps_its_level() -> None:
    """The neighbour's x̃ = ∓0.1, ỹ = 0 at quite another level: w = (0.08 + 0.02) / (0.18 + 0.01), freedom 5.5."""
    own = Record.of([(-2, 3.9, 3.9), (-1, 4.1, 4.1)])
    learned = fit(own, [Record.of([(-3, 7.0, 9.0), (-1, 7.2, 9.0)])], START)
    assert learned.persistence == pytest.approx(0.1 / 0.19)
    assert learned.freedom == 5.5
    assert learned.band(0, 4.0).centre == pytest.approx(4.0)


def test_a_neighbour_of_one_year_teaches_nothing() -> None:
    own = Record.of([(-2, 3.9, 3.9), (-1, 4.1, 4.1)])
    alone, beside = fit(own, [], START), fit(own, [Record.of([(-1, 7.0, 9.0)]), Record.of([])], START)
    assert alone.band(0, 4.3) == beside.band(0, 4.3)


def test_a_trend_is_learned() -> None:
    """t̃ = −1, 0, 1, ỹ = 0.2, 0, −0.2, f = (0.1/0.05)² = 4: trend −0.4 / (4 + 2), two years on from the middle."""
    start = replace(START, persistence=0.0, persistence_deviation=1e-9, trend_deviation=0.05)
    learned = fit(Record.of([(-3, 3.0, 4.2), (-2, 3.0, 4.0), (-1, 3.0, 3.8)]), [], start)
    assert learned.trend == pytest.approx(-0.4 / 6)
    band = learned.band(0, 3.0)
    assert band.centre == pytest.approx(4.0 - 2 * 0.4 / 6)
    assert band.scale == pytest.approx(learned.spread * math.sqrt(1 + 1 / 3 + 2**2 / 6))


def test_the_trend_of_a_neighbour_is_its_own() -> None:
    start = replace(START, trend_deviation=0.05)
    own = Record.of([(-2, 3.0, 4.0), (-1, 3.0, 4.0)])
    falling = Record.of([(-4, 3.0, 4.6), (-3, 3.0, 4.4), (-2, 3.0, 4.2), (-1, 3.0, 4.0)])
    assert fit(own, [falling], start).trend == pytest.approx(0.0, abs=1e-12)


def test_without_a_year_there_is_no_level() -> None:
    with pytest.raises(ValueError, match="at least one training year"):
        fit(Record.of([]), [Record.of([(-1, 3.0, 4.0), (-2, 3.0, 4.0)])], START)


@given(st.floats(-5, 5), st.floats(0.01, 2), st.floats(1, 50), st.floats(0.01, 0.99))
def test_a_band_inverts_itself(centre: float, scale: float, freedom: float, probability: float) -> None:
    band = Band(centre, scale, freedom)
    assert band.below(band.quantile(probability)) == pytest.approx(probability, abs=1e-6)


@given(st.lists(st.tuples(st.floats(2, 5), st.floats(2, 5)), min_size=1, max_size=8), st.floats(-3, 3))
def test_a_shift_of_all_levels_shifts_the_band(levels: list[tuple[float, float]], shift: float) -> None:
    start = replace(START, trend_deviation=0.05)
    one = fit(Record.of([(-n, x, y) for n, (x, y) in enumerate(levels, 1)]), [], start).band(0, 3.0)
    other = fit(Record.of([(-n, x + shift, y + shift) for n, (x, y) in enumerate(levels, 1)]), [], start)
    moved = other.band(0, 3.0 + shift)
    assert moved.centre == pytest.approx(one.centre + shift, abs=1e-6)
    assert moved.scale == pytest.approx(one.scale, rel=1e-6)
