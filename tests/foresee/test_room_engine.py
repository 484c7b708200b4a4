"""The rounding and the percentile of rooms are those of the official figures, computed there by an engine."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import ibis
import pytest

from bilan.evaluate.air.periods import percentile
from bilan.evaluate.engine import connect
from bilan.evaluate.exact import half_even
from bilan.foresee.room_limits import Limit, published
from bilan.foresee.room_means import SoFar, room_of_mean
from bilan.foresee.room_percentiles import room_of_percentile
from bilan.foresee.room_rest import Rest
from bilan.foresee.room_shares import DaysSoFar, room_of_share


def rounded(ratios: list[Fraction]) -> list[int]:
    """Each ratio as a whole number, by the engine."""
    table = ibis.memtable(
        {"k": range(len(ratios)), "n": [r.numerator for r in ratios], "d": [r.denominator for r in ratios]}
    )
    found = connect().to_pyarrow(table.select("k", v=half_even(table.n, table.d)).order_by("k"))
    return [int(value) for value in found["v"].to_pylist()]


def test_published_rounds_as_the_engine_does() -> None:
    ratios = [Fraction(n, d) for n in range(60) for d in (1, 2, 3, 4, 8, 20)]
    assert [int(published(ratio, 0)) for ratio in ratios] == rounded(ratios)


def test_the_engine_finds_a_mean_within_at_the_room_and_beyond_it_one_step_later() -> None:
    years = [
        (total, limit, left) for total in range(2000, 9000, 611) for limit in (30, 34, 35) for left in (31, 92, 184)
    ]
    at, beyond, limits = [], [], []
    for total, limit, left in years:
        room = room_of_mean(Limit("at_most", limit, 0), SoFar(total, 365 - left, Rest(left)))
        if isinstance(room.amount, Decimal):
            at.append((total + Fraction(room.amount) * left) / 365)
            beyond.append((total + (Fraction(room.amount) + Fraction(1, 10)) * left) / 365)
            limits.append(limit)
    assert len(limits) > 50
    assert all(mean <= limit for mean, limit in zip(rounded(at), limits, strict=True))
    assert all(mean > limit for mean, limit in zip(rounded(beyond), limits, strict=True))


def test_the_engine_finds_a_share_within_at_the_room_and_beyond_it_one_day_later() -> None:
    goals = [Decimal(tenths).scaleb(-1) for tenths in range(700, 1000, 7)]
    at, beyond = [], []
    for goal in goals:
        amount = room_of_share(Limit("at_least", goal, 1), DaysSoFar(0, 0, Rest(366))).amount
        assert isinstance(amount, int)
        at.append(Fraction(1000 * (366 - amount), 366))
        beyond.append(Fraction(1000 * (365 - amount), 366))
    assert all(share >= 10 * goal for share, goal in zip(rounded(at), goals, strict=True))
    assert all(share < 10 * goal for share, goal in zip(rounded(beyond), goals, strict=True))


@pytest.mark.parametrize(("percent", "limit"), [(90, 160), (95, 60), (98, 150)])
def test_the_engine_finds_a_percentile_within_at_the_room_and_beyond_it_one_day_later(percent: int, limit: int) -> None:
    names, values = [], []
    for days in (361, 364, 365, 366):
        amount = room_of_percentile(Limit("at_most", limit, 0), percent, DaysSoFar(0, 0, Rest(days))).amount
        assert isinstance(amount, int)
        for name, above in ((f"{days} at", amount), (f"{days} beyond", amount + 1)):
            names += [name] * days
            values += [limit] * (days - above) + [10_000] * above
    found = connect().to_pyarrow(percentile(ibis.memtable({"name": names, "value": values}), ["name"], percent, 100))
    of = {row["name"]: row["numerator"] / 100 for row in found.to_pylist()}
    assert len(of) == 8
    assert all((value == limit) == name.endswith("at") for name, value in of.items())
