"""Goals are judged by the figure as published: GB/T 8170, the digit before an exact half goes to the even neighbour."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bilan.foresee import Goal
from bilan.foresee.attainment_goal import Comparison

COMPARISONS: tuple[Comparison, ...] = ("<=", "<", ">=", ">")


@pytest.mark.parametrize(
    ("comparison", "target", "decimals", "figure", "met"),
    [
        ("<=", "35", 0, 35.49, True),
        ("<=", "35", 0, 35.5, False),  # to 36, the even one
        ("<=", "34", 0, 34.5, True),  # to 34
        ("<=", "34", 0, 34.500001, False),
        ("<", "35", 0, 34.5, True),
        ("<", "34", 0, 33.5, False),  # to 34
        (">=", "82.5", 1, 82.45, False),  # to 82.4
        (">=", "82.4", 1, 82.35, True),  # to 82.4
        (">", "82.4", 1, 82.45, False),
        (">", "82.4", 1, 82.4500001, True),
        ("<=", "35", None, 35.0000001, False),
        ("<", "35", None, 35.0, False),
        (">=", "35", None, 35.0, True),
        ("<=", "35.4", 0, 35.4, True),  # a target between the published figures
        ("<=", "35.4", 0, 35.6, False),
        ("<=", "0", 0, 0.5, True),
        ("<=", "0.3", 1, 0.1 + 0.2, True),  # 0.30000000000000004
        ("<=", "0.3", None, 0.1 + 0.2, True),
    ],
)
def test_the_published_figure_is_compared(
    comparison: Comparison, target: str, decimals: int | None, figure: float, met: bool
) -> None:
    assert Goal(comparison, Decimal(target), decimals).met(figure) is met


@pytest.mark.parametrize(
    ("comparison", "target", "decimals", "edge"),
    [
        ("<=", "35", 0, 35.5),
        ("<", "35", 0, 34.5),
        (">=", "35", 0, 34.5),
        (">", "35", 0, 35.5),
        ("<=", "35.4", 0, 35.5),
        ("<", "35.4", 0, 35.5),
        (">=", "35.4", 0, 35.5),
        (">", "35.4", 0, 35.5),
        (">=", "0.85", 3, 0.8495),
        ("<=", "35", -1, 35.0),  # published in tens: 30 meets, 40 does not
        ("<=", "35.25", None, 35.25),
    ],
)
def test_the_edge_lies_half_a_digit_from_the_target(
    comparison: Comparison, target: str, decimals: int | None, edge: float
) -> None:
    assert Goal(comparison, Decimal(target), decimals).edge == edge


@given(
    st.sampled_from(COMPARISONS),
    st.decimals(-500, 500, places=2),
    st.sampled_from([None, 0, 1, 2]),
    st.floats(-600, 600),
)
def test_the_edge_parts_meeting_from_missing(
    comparison: Comparison, target: Decimal, decimals: int | None, figure: float
) -> None:
    goal = Goal(comparison, target, decimals)
    assume(abs(figure - goal.edge) > 1e-9)
    assert goal.met(figure) is ((figure < goal.edge) is goal.lower_is_better)


def test_what_is_no_goal_is_refused() -> None:
    with pytest.raises(ValueError, match="expected <=, <, >= or >, not '='"):
        Goal("=", Decimal(35))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="finite target, not NaN"):
        Goal("<=", Decimal("nan"))
