"""Exact arithmetic on whole numbers, as Ibis expressions that every engine computes alike.

Sums of floats depend on the order in which an engine adds them, and ``round()`` goes away from zero at ties. So a value
becomes a whole number of its smallest step once (:func:`scaled`), everything after it is integer arithmetic, and
rounding by GB/T 8170 (half to even) stands here and nowhere else.

Ibis writes successive projections as one and repeats an expression wherever its column is used, so a chain of formulas
grows exponentially: end each step of such a chain with :func:`stage`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import ibis
import ibis.expr.types as ir

Whole: TypeAlias = "ir.IntegerValue | int"


@ibis.udf.scalar.builtin(name="round")  # type: ignore[untyped-decorator]
def _rounded(value: float) -> float:  # type: ignore[empty-body]
    """The whole number nearest to ``value``, a tie away from zero.

    Ibis writes ``round(value, 0)``, for which DuckDB multiplies and divides by a power of ten: three times the cost.
    """


def scaled(value: ir.NumericValue, digits: int) -> ir.IntegerColumn:
    """Return ``value`` in steps of ``10**-digits`` as int64, null for what is not finite.

    >>> _show(scaled(ibis.literal(0.29), 4))
    2900
    """
    dtype = value.type()
    if dtype.is_integer() and 2 ** (8 * dtype.nbytes) * 10**digits < 2**63:  # cannot overflow
        return value.cast("int64") * 10**digits
    steps = value.cast("float64") * float(10**digits)
    return _nearest(ibis.cases((steps.abs() < 9e18, steps), else_=None))


def floordiv(n: Whole, d: Whole) -> ir.IntegerColumn:
    """Return the whole part of ``n / d`` for ``n >= 0``, ``d > 0`` while it is below ``2**51``.

    The remainder is taken out first: what is left divides without a fraction, so the floating quotient, off by less
    than a half, rounds to the true one.

    >>> _show(floordiv(ibis.literal(9_000_000_000_000_000_001), ibis.literal(9000)))
    1000000000000000
    """
    n = _value(n)
    return _nearest((n - n % d) / d)


def ceildiv(n: Whole, d: Whole) -> ir.IntegerColumn:
    """Return ``n / d`` rounded up to a whole number, ``n >= 0``, ``d > 0``.

    >>> _show(ceildiv(ibis.literal(7), ibis.literal(7))), _show(ceildiv(ibis.literal(8), ibis.literal(7)))
    (1, 2)
    """
    return floordiv(_value(n) + (d - 1), d)


def half_even(n: Whole, d: Whole) -> ir.IntegerColumn:
    """Return ``n / d`` rounded to a whole number by GB/T 8170, a tie to the even neighbour; ``n >= 0``, ``d > 0``.

    >>> [_show(half_even(ibis.literal(n), ibis.literal(2))) for n in (1, 3, 5)]
    [0, 2, 2]
    """
    twice = d * 2  # in Python for a constant: an engine would multiply two 32-bit literals
    doubled = _value(n) * 2 + d
    half_up = floordiv(doubled, twice)
    tie_to_odd = (doubled % twice == 0) & (half_up % 2 == 1)
    return half_up - ibis.cases((tie_to_odd, 1), else_=0).cast("int64")


def half_even_signed(n: Whole, d: Whole) -> ir.IntegerColumn:
    """Return :func:`half_even` of the size of ``n / d`` with the sign of ``n``.

    >>> [_show(half_even_signed(ibis.literal(n), ibis.literal(2))) for n in (-1, -3, 3)]
    [0, -2, 2]
    """
    n = _value(n)
    return half_even(n.abs(), d) * ibis.cases((n < 0, -1), else_=1).cast("int64")


def half_even_small(n: Whole, d: int) -> ir.IntegerColumn:
    """Return :func:`half_even` where ``n`` is below ``2**52``, at a third of the cost.

    Down there only a true tie has a float quotient that ends in .5, and its even neighbour is twice the nearest half.

    >>> [_show(half_even_small(ibis.literal(n), 10)) for n in (5, 15, 25, 26)]
    [0, 2, 2, 3]
    """
    quotient = _value(n) / d
    nearest = _nearest(quotient)
    tie = nearest - quotient == 0.5
    return ibis.cases((tie, _nearest(quotient * 0.5) * 2), else_=nearest).cast("int64")


def published(n: Whole, digits: int) -> ir.FloatingColumn:
    """Return the whole number ``n`` of steps of ``10**-digits`` as the float nearest to it: the last step of all.

    >>> _show(published(ibis.literal(351), 1))
    35.1
    """
    return _value(n).cast("float64") / float(10**digits)


def stage(table: ir.Table, **columns: ir.Value) -> ir.Table:
    """Return ``table`` with ``columns``, computed once and from here on read by name.

    >>> step = stage(ibis.memtable({"a": [3]}), b=ibis._.a * 2)
    >>> ibis.duckdb.connect().to_pyarrow(step.select(c=step.b * step.b)).to_pylist()
    [{'c': 36}]
    """
    return shared(table.mutate(**columns))


def shared(table: ir.Table) -> ir.Table:
    """Return ``table`` as a named part of the query, written once however often it is used.

    >>> named = shared(ibis.memtable({"a": [3]}))
    >>> ibis.to_sql(named.union(named)).count("FROM")
    3
    """
    return table.alias(ibis.util.gen_name("step"))


def _nearest(value: ir.FloatingValue) -> ir.IntegerColumn:
    return _rounded(value).cast("int64")


def _value(n: Whole) -> Any:
    return ibis.literal(n, type="int64") if isinstance(n, int) else n


def _show(value: ir.Value) -> Any:
    """For the examples above: the value that DuckDB computes."""
    return ibis.duckdb.connect().to_pyarrow(value).as_py()
