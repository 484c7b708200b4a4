"""Integer arithmetic as Ibis expressions, against Python's own whole numbers and fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.evaluate.exact import (
    ceildiv,
    floordiv,
    half_even,
    half_even_signed,
    half_even_small,
    published,
    scaled,
    shared,
    stage,
)

from .air.compiled import Compiled

WHOLE = pa.schema([("row", pa.int64()), ("n", pa.int64()), ("d", pa.int64())])


def _divided(t: ibis.Table) -> ibis.Table:
    return t.select(
        "row",
        floor=floordiv(t.n, t.d),
        ceil=ceildiv(t.n, t.d),
        even=half_even(t.n, t.d),
        signed=half_even_signed(-t.n, t.d),
        thirds=half_even(t.n, 3),
        small=half_even_small(t.n % 2**52, 1000),
    ).order_by("row")


divided = Compiled(WHOLE, _divided)


def expected(n: int, d: int) -> dict[str, int]:
    return {
        "floor": n // d,
        "ceil": -(-n // d),
        "even": round(Fraction(n, d)),
        "signed": -round(Fraction(n, d)),
        "thirds": round(Fraction(n, 3)),
        "small": round(Fraction(n % 2**52, 1000)),
    }


def check(pairs: list[tuple[int, int]]) -> None:
    found = divided({"row": k, "n": n, "d": d} for k, (n, d) in enumerate(pairs))
    for (n, d), row in zip(pairs, found, strict=True):
        row.pop("row")
        assert row == expected(n, d), (n, d)


def test_every_small_quotient() -> None:
    check([(n, d) for n in range(200) for d in range(1, 41)])


def test_ties_go_to_the_even_neighbour() -> None:
    check([(d * k + d // 2, d) for d in range(2, 400, 2) for k in (0, 1, 2, 3, 250, 251, 10**9, 10**9 + 1)])


def test_ties_and_their_neighbours_below_two_to_the_52() -> None:
    ends = [k * 1000 + 500 for k in (0, 1, 2, 10**9, 2**52 // 1000 - 2, 2**52 // 1000 - 1)]
    check([(end + beside, 7) for end in ends for beside in (-1, 0, 1)])


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 2**51 - 2), st.integers(1, 2**20)).map(lambda p: (p[0] * min(p[1], 1000), p[1])),
        min_size=1,
        max_size=40,
    )
)
def test_quotients_below_two_to_the_51(pairs: list[tuple[int, int]]) -> None:
    check([(n, d) for n, d in pairs if n < 2**61 and n // 3 < 2**51])


def test_nothing_stays_nothing() -> None:
    (row,) = divided([{"row": 0, "n": None, "d": 7}])
    assert {value for name, value in row.items() if name != "row"} == {None}


def test_a_value_becomes_whole_steps() -> None:
    cells = [0.29, 1.005, 0.0, -3.4, 999.9999, 35.04995, math.nan, math.inf, None, 1e300]
    t = ibis.memtable(pa.table({"k": range(len(cells)), "v": pa.array(cells, pa.float64())}))
    expression = t.select("k", tenths=scaled(t.v, 1), four=scaled(t.v, 4)).order_by("k")
    found = ibis.duckdb.connect().to_pyarrow(expression)
    assert found["four"].to_pylist() == [2900, 10050, 0, -34000, 9999999, 350500, None, None, None, None]
    assert found["tenths"].to_pylist() == [3, 10, 0, -34, 10000, 350, None, None, None, None]


def test_a_whole_number_becomes_whole_steps_by_itself() -> None:
    cells = pa.array([0, -3, 32767, None], pa.int16())
    for kind in (pa.int16(), pa.int32(), pa.int64()):
        t = ibis.memtable(pa.table({"k": range(4), "v": cells.cast(kind)}))
        steps = ibis.duckdb.connect().to_pyarrow(t.select("k", s=scaled(t.v, 4)).order_by("k"))
        assert steps["s"].to_pylist() == [0, -30_000, 327_670_000, None]
    huge = ibis.memtable(pa.table({"v": pa.array([2**62], pa.int64())}))
    assert ibis.duckdb.connect().to_pyarrow(huge.select(s=scaled(huge.v, 4)))["s"].to_pylist() == [None]


def test_a_published_value_is_the_float_nearest_to_the_decimal() -> None:
    t = ibis.memtable({"n": [351, 29, 10, 0, 1_234_567]})
    found = ibis.duckdb.connect().to_pyarrow(t.select(p=published(t.n, 1), q=published(t.n, 4)))
    assert found["p"].to_pylist() == [35.1, 2.9, 1.0, 0.0, 123456.7]
    assert found["q"].to_pylist() == [0.0351, 0.0029, 0.001, 0.0, 123.4567]


def test_a_staged_column_is_computed_once() -> None:
    step = stage(ibis.memtable({"a": [3]}), b=ibis._.a * 2)
    sql = ibis.to_sql(stage(step, c=step.b + step.b).select("c"), dialect="duckdb")
    assert sql.count("* 2") == 1
    named = shared(ibis.memtable({"a": [3]}))
    assert ibis.to_sql(named.union(named)).count("FROM") == 3
