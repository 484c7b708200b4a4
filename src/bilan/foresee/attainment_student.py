"""Student's t distribution for any number of degrees of freedom, whole or not, in plain numbers.

Through the regularised incomplete beta function, as its continued fraction: NIST Digital Library of Mathematical
Functions, 8.17.22, evaluated by the modified Lentz algorithm.
"""

from __future__ import annotations

import math
from functools import lru_cache

_TINY = 1e-300
_CLOSE = 1e-15


@lru_cache(maxsize=4096)
def below(t: float, freedom: float) -> float:
    """Return the probability that a t variable with ``freedom`` degrees of freedom is at most ``t``.

    >>> round(below(2.353363, 3), 6), below(0.0, 1.5)
    (0.95, 0.5)
    """
    if not freedom > 0:
        raise ValueError(f"degrees of freedom must be above 0, not {freedom}")
    if math.isinf(t):
        return 1.0 if t > 0 else 0.0
    share = t * t / (freedom + t * t)
    tail = 0.5 * _beta_share(freedom / 2, 0.5, freedom / (freedom + t * t), share)
    return 1.0 - tail if t > 0 else tail


@lru_cache(maxsize=4096)
def quantile(probability: float, freedom: float) -> float:
    """Return the t that a variable with ``freedom`` degrees of freedom stays below with ``probability``.

    >>> round(quantile(0.95, 3), 4), round(quantile(0.05, 10), 4)
    (2.3534, -1.8125)
    """
    if not 0 < probability < 1:
        raise ValueError(f"a probability between 0 and 1 was expected, not {probability}")
    if probability < 0.5:
        return -quantile(1 - probability, freedom)
    t = 0.0  # above 0 the distribution function is concave, so that Newton's steps never lead beyond what is looked for
    while (further := t + (probability - below(t, freedom)) / _density(t, freedom)) > t:
        t = further
    return t


def _density(t: float, freedom: float) -> float:
    head = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)
    return math.exp(head - (freedom + 1) / 2 * math.log1p(t * t / freedom))


def _beta_share(a: float, b: float, x: float, rest: float) -> float:
    """The regularised incomplete beta function I_x(a, b); ``rest`` is 1 − x with all its digits."""
    if x <= 0 or rest <= 0:
        return float(x > 0)
    if x > (a + 1) / (a + b + 2):  # where the fraction converges fast
        return 1 - _beta_share(b, a, rest, x)
    head = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * _log(x, rest) + b * _log(rest, x)
    return math.exp(head) / (a * _fraction(a, b, x))


def _log(x: float, rest: float) -> float:
    return math.log(x) if x < rest else math.log1p(-rest)


def _fraction(a: float, b: float, x: float) -> float:
    """The denominator 1 + d₁/(1 + d₂/(1 + …)) of the continued fraction."""
    value = front = 1.0
    back = 0.0
    for step in range(1, 10_000):
        m = step // 2
        if step % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        back = 1 / ((1 + term * back) or _TINY)
        front = (1 + term / front) or _TINY
        value *= front * back
        if abs(front * back - 1) < _CLOSE:
            return value
    raise ArithmeticError(f"the continued fraction does not settle for a={a}, b={b}, x={x}")
