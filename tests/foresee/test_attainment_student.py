"""Student's t: the printed table, the closed forms of few degrees of freedom, and what every distribution keeps."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee.attainment_student import below, quantile

freedoms = st.floats(0.5, 200)


@pytest.mark.parametrize(
    ("freedom", "probability", "t"),
    [
        (1, 0.95, 6.314),
        (2, 0.95, 2.920),
        (3, 0.95, 2.353),
        (4, 0.975, 2.776),
        (5, 0.95, 2.015),
        (10, 0.99, 2.764),
        (11, 0.95, 1.796),
        (30, 0.95, 1.697),
        (120, 0.975, 1.980),
    ],
)
def test_quantiles_of_the_printed_table(freedom: int, probability: float, t: float) -> None:
    assert round(quantile(probability, freedom), 3) == t
    assert round(quantile(1 - probability, freedom), 3) == -t


@pytest.mark.parametrize("t", [-40.0, -2.0, -0.3, -1e-9, 0.0, 0.7, 1.0, 3.0, 1000.0])
def test_closed_forms(t: float) -> None:
    root = math.sqrt(2 + t * t)
    assert below(t, 1) == pytest.approx(0.5 + math.atan(t) / math.pi, rel=1e-12)
    assert below(t, 2) == pytest.approx(0.5 + t / (2 * root), rel=1e-9)
    angle = t / math.sqrt(3)
    three = 0.5 + (angle / (1 + angle * angle) + math.atan(angle)) / math.pi
    assert below(t, 3) == pytest.approx(three, rel=1e-9)


def test_many_degrees_of_freedom_are_the_normal_distribution() -> None:
    for t in (-3.0, -1.0, 0.5, 2.0):
        assert below(t, 1e6) == pytest.approx(0.5 * math.erfc(-t / math.sqrt(2)), rel=1e-4)


def test_far_tails_keep_their_digits() -> None:
    assert below(-1e8, 1) == pytest.approx(1 / (math.pi * 1e8), rel=1e-9)
    assert below(math.inf, 3) == 1.0
    assert below(-math.inf, 3) == 0.0


@given(st.floats(-50, 50), freedoms)
def test_what_lies_below_and_above_is_all(t: float, freedom: float) -> None:
    assert below(t, freedom) + below(-t, freedom) == pytest.approx(1, abs=1e-12)


@given(st.floats(0.001, 0.999), freedoms)
def test_a_quantile_has_its_probability_below(probability: float, freedom: float) -> None:
    assert below(quantile(probability, freedom), freedom) == pytest.approx(probability, rel=1e-9)


@pytest.mark.parametrize(("probability", "freedom"), [(1 - 1e-10, 1.0), (1e-9, 0.5), (1 - 1e-12, 200.0), (0.5, 3.0)])
def test_a_quantile_is_found_far_out(probability: float, freedom: float) -> None:
    tail = min(probability, 1 - probability)
    assert below(-abs(quantile(probability, freedom)), freedom) == pytest.approx(tail, rel=1e-4)


@given(st.floats(0.1, 20), freedoms)
def test_more_freedom_has_lighter_tails(t: float, freedom: float) -> None:
    assert below(-t, freedom + 1) < below(-t, freedom)


def test_what_is_no_distribution_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0, not 0"):
        below(1.0, 0)
    with pytest.raises(ValueError, match="between 0 and 1 was expected, not 1"):
        quantile(1, 3)
