"""Room of a mean: what the rest of a period may have, or must have, so that the published mean meets the goal.

Only valid days weigh (HJ 663, GB 3095 table 4). With sum S of n valid days and m more expected, the mean is
(S + m x) / (n + m), and the room is the x at which it stands on the bound of the published figure. What is safe or
impossible holds for every number of valid days (:mod:`bilan.foresee.room_rest`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bilan.foresee.room import Room, State
from bilan.foresee.room_limits import Bound, Exact, Limit, Side, as_decimal, in_steps, places, published
from bilan.foresee.room_rest import Rest
from bilan.foresee.room_words import Value


@dataclass(frozen=True, slots=True)
class SoFar:
    """What a mean is made of: ``total`` of ``count`` valid days (or samples), and the rest."""

    total: Decimal | int
    count: int
    rest: Rest

    def __post_init__(self) -> None:
        if self.count < 0 or (not self.count and self.total):
            raise ValueError(f"a sum of {self.total} over {self.count} days")

    @property
    def final(self) -> int:
        """The valid days of the whole period."""
        return self.count + self.rest.expected

    @property
    def mean(self) -> Fraction | None:
        """The mean so far, None without a valid day."""
        return Fraction(self.total) / self.count if self.count else None

    @property
    def all_valid(self) -> SoFar:
        """The same if every day to come turns out valid."""
        return SoFar(self.total, self.count, self.rest.all_valid)


@dataclass(frozen=True, slots=True)
class Scale:
    """What the figure can be at all: ``lowest`` and ``highest``, None without an end; its ``unit``; days or samples.

    ``digits`` is the number of decimals that the room is given with, by default one more than the figure's.
    """

    unit: str = ""
    each: str = "day"
    lowest: Exact | None = 0
    highest: Exact | None = None
    digits: int | None = None


CONCENTRATION = Scale("µg/m3")


def room_of_mean(limit: Limit, so_far: SoFar, scale: Scale = CONCENTRATION) -> Room:
    """Return the mean that the rest may have (``at_most``) or must have (``at_least``) to meet ``limit``.

    ``amount`` is in the unit of ``scale`` and for the valid days expected, rounded to the safe side: that many days
    exactly at it meet the goal, one step of its last decimal beyond they do not. ``behind``: the expected days do not
    suffice even at their best, which ``amount`` then is, but more of them would. Without a highest value, ``at_most``
    is never safe while something is left.

    >>> limit = Limit("at_most", 35, decimals=0)
    >>> room = room_of_mean(limit, SoFar(total=30 * 273, count=273, rest=Rest(92)))
    >>> room.amount  # (35.5 * 365 - 30 * 273) / 92 = 51.82, downwards
    Decimal('51.8')
    >>> room.sentence()
    '其余时间（预计有效 92 天）均值不超过 51.8 µg/m³，即达到要求（≤35 µg/m³）；迄今有效 273 天，均值 30.0 µg/m³。'
    """
    return _room(limit, [so_far], scale, "mean")


def room_of_mean_of_cities(limit: Limit, cities: Sequence[SoFar], scale: Scale = CONCENTRATION) -> Room:
    """Return the mean that the rest may or must have in every city, where the figure is the mean of the cities' means.

    Every city counts once, with its exact mean; a city without a valid day and without one to come is left out.

    >>> cities = [SoFar(total=30 * 273, count=273, rest=Rest(92)), SoFar(total=40 * 273, count=273, rest=Rest(92))]
    >>> room_of_mean_of_cities(Limit("at_most", 35, decimals=0), cities).amount
    Decimal('36.9')
    """
    return _room(limit, cities, scale, "mean_of_cities")


def room_of_mean_of_sections(limit: Limit, sections: Sequence[SoFar], scale: Scale) -> Room:
    """Return the same for the mean of the means of sections of water; of a single one that is its own.

    >>> sections = [SoFar(Decimal("0.9"), 9, Rest(3)), SoFar(Decimal("1.8"), 9, Rest(3))]
    >>> room = room_of_mean_of_sections(Limit("at_most", Decimal("0.2"), decimals=3), sections, Scale("mg/L", "month"))
    >>> room.amount  # the sections have 0.1 and 0.2: (0.2005 * 12 - 0.15 * 9) / 3, as 0.2005 is published as 0.200
    Decimal('0.3520')
    >>> room.sentence()
    '2 个断面其余时间均值不超过 0.3520 mg/L，即达到要求（≤0.2 mg/L）；迄今各断面均值的平均为 0.1500 mg/L。'
    """
    return _room(limit, sections, scale, "mean_of_sections" if len(sections) > 1 else "mean")


def bound_of_rest(limit: Limit, parts: Sequence[SoFar]) -> Bound | None:
    """Return how far the mean of the rest may go, exactly; None where the rest has no weight.

    >>> bound_of_rest(Limit("at_most", 10), [SoFar(total=8, count=1, rest=Rest(1))])
    Bound(side='at_most', value=Fraction(12, 1), closed=True)
    """
    fixed, weight = _made_of(parts)
    return limit.bound().of_part(fixed, weight) if weight else None


def _made_of(parts: Sequence[SoFar]) -> tuple[Fraction, Fraction]:
    """What is known of the final figure, and the weight with which the rest enters it."""
    weighing = [part for part in parts if part.final]
    shares = [(Fraction(part.total) / part.final, Fraction(part.rest.expected, part.final)) for part in weighing]
    cities = len(shares) or 1
    return sum((known for known, _ in shares), Fraction()) / cities, sum((w for _, w in shares), Fraction()) / cities


def _room(limit: Limit, parts: Sequence[SoFar], scale: Scale, family: str) -> Room:
    state, amount = _standing(limit, parts, scale)
    left = max((part.rest.left for part in parts), default=0)
    return Room("mean", f"{family}.{state}", state, amount, scale.unit, left, scale.each, _numbers(limit, parts, scale))


def _standing(limit: Limit, parts: Sequence[SoFar], scale: Scale) -> tuple[State, Decimal | None]:
    if not any(part.final for part in parts):
        return "unknown", None
    bound = bound_of_rest(limit, parts)
    if bound is None:
        return ("met" if limit.met_by(_made_of(parts)[0]) else "missed"), None
    best, worst = _figures(limit, parts, scale)
    if best is not None and not limit.met_by(best):
        return "impossible", None
    state, amount = _reach(bound, scale, _digits(limit, scale))
    return ("safe" if worst is not None and limit.met_by(worst) else state), amount


def _reach(bound: Bound, scale: Scale, digits: int) -> tuple[State, Decimal]:
    """The state and the amount from how far the rest expected may go and from what it can be at all."""
    best, worst = _ends(bound.side, scale)
    if best is not None and not bound.admits(best):
        return "behind", published(best, digits)
    if worst is not None and bound.admits(worst):
        return "open", published(worst, digits)
    amount = in_steps(bound.furthest(Fraction(1, 10**digits)), digits)
    if best is not None and (amount <= best if bound.side == "at_most" else amount >= best):
        return "exhausted", published(best, digits)
    return "open", amount


def _ends(side: Side, scale: Scale) -> tuple[Exact | None, Exact | None]:
    """The best and the worst that a day can be."""
    return (scale.lowest, scale.highest) if side == "at_most" else (scale.highest, scale.lowest)


def _figures(limit: Limit, parts: Sequence[SoFar], scale: Scale) -> tuple[Fraction | None, Fraction | None]:
    """The best and the worst figure that can come, None without an end: all days left are valid, and all are such."""
    fixed, weight = _made_of([part.all_valid for part in parts])
    best, worst = (None if end is None else fixed + weight * Fraction(end) for end in _ends(limit.side, scale))
    return best, worst


def _digits(limit: Limit, scale: Scale) -> int:
    if scale.digits is not None:
        return scale.digits
    return (places(limit.value) if limit.decimals is None else limit.decimals) + 1


def _numbers(limit: Limit, parts: Sequence[SoFar], scale: Scale) -> tuple[tuple[str, Value], ...]:
    digits = _digits(limit, scale)
    means = [mean for part in parts if (mean := part.mean) is not None]
    best, worst = (None if end is None else published(end, digits) for end in _figures(limit, parts, scale))
    return (
        ("bound", limit.side),
        ("sign", limit.sign),
        ("target", as_decimal(limit.value, digits)),
        ("so_far", published(sum(means, Fraction()) / len(means), digits) if means else None),
        ("figure", published(_made_of(parts)[0], digits if limit.decimals is None else limit.decimals)),
        ("rest", sum(part.rest.expected for part in parts)),
        ("valid", sum(part.count for part in parts)),
        ("parts", sum(1 for part in parts if part.final)),
        ("best", best),
        ("worst", worst),
    )
