"""Room of a class goal (达到或优于Ⅲ类): which items are beyond their limits, and what the worst of them must come to.

A class is that of the worst item (GB 3838), so every item must keep its own limit, and the item that asks most of the
rest decides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bilan.foresee.room import Room, State
from bilan.foresee.room_limits import Bound, Limit, in_steps, published
from bilan.foresee.room_means import Scale, SoFar, bound_of_rest, room_of_mean
from bilan.foresee.room_words import Value

FACTOR_DIGITS = 2
MONTHLY = Scale("mg/L", "month")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a class: its name for people, its limit in that class, what is known of its mean."""

    name: str
    limit: Limit
    so_far: SoFar
    scale: Scale = MONTHLY

    def __post_init__(self) -> None:
        if self.limit.value <= 0:
            raise ValueError(f"{self.name}: a class has no limit of {self.limit.value}")

    @property
    def over(self) -> bool:
        """Whether the mean so far is beyond the limit."""
        return self.so_far.mean is not None and not self.limit.met_by(self.so_far.mean)


def room_of_class(items: Sequence[Item], goal: str) -> Room:
    """Return by what factor of its mean so far the most demanding item may, or must, stand in the rest.

    ``goal`` is a word of the texts (``class_3``) or any name. ``amount``: factor of two decimals, safely rounded; 0.80
    says that the rest must average 80 % of the mean so far (for dissolved oxygen, which must be high: 1.25 says 125 %).
    ``behind`` where an item is beyond its limit, which ``over`` in ``numbers`` lists with mean / limit; else ``open``.
    An item without a valid value is counted in ``unjudged`` and decides nothing.

    >>> from bilan.foresee.room_rest import Rest
    >>> nitrogen = Item("氨氮", Limit("at_most", 1, decimals=2), SoFar(Decimal("10.8"), 9, Rest(3)))
    >>> room = room_of_class([nitrogen], "class_3")
    >>> room.state, room.amount  # (1.005 * 12 - 10.8) / 3 = 0.42, of a mean of 1.2: 0.35
    ('behind', Decimal('0.35'))
    """
    known = [item for item in items if item.so_far.mean is not None]
    rooms = {item.name: room_of_mean(item.limit, item.so_far, item.scale) for item in known}
    lost = [item for item in known if rooms[item.name].impossible]
    running = [item for item in known if not rooms[item.name].ended]
    worst = min(lost or running, key=_ease, default=None)
    state = _state(known, lost, running)
    amount = _factor(worst) if worst and state in {"open", "behind"} else None
    numbers: tuple[tuple[str, Value], ...] = (
        ("goal", goal),
        ("over", tuple((item.name, _ratio(item)) for item in known if item.over)),
        ("worst", worst.name if worst else None),
        ("lost", "、".join(item.name for item in lost) or None),
        ("allowed", rooms[worst.name].amount if worst else None),
        ("limit_unit", worst.scale.unit if worst else ""),
        ("bound", worst.limit.side if worst else None),
        ("items", len(known)),
        ("unjudged", len(items) - len(known)),
    )
    left = max((item.so_far.rest.left for item in items), default=0)
    each = worst.scale.each if worst else "month"
    return Room("class", f"class.{state}", state, amount, "", left, each, numbers)


def _state(known: Sequence[Item], lost: Sequence[Item], running: Sequence[Item]) -> State:
    if not known:
        return "unknown"
    if lost:
        return "impossible" if running else "missed"
    if not running:
        return "met"
    return "behind" if any(item.over for item in running) else "open"


def _bound_of_factor(item: Item) -> Bound | None:
    """How far the rest may go as a multiple of the mean so far; None where that is zero or nothing is left."""
    bound = bound_of_rest(item.limit, [item.so_far])
    return bound.of_part(0, item.so_far.mean) if bound and item.so_far.mean else None


def _ease(item: Item) -> float:
    """What the item asks of the rest, for comparison only: below one it must improve, and the lower, the more."""
    bound = _bound_of_factor(item)
    if bound is None:
        return -math.inf if item.over else math.inf
    if bound.side == "at_most":
        return float(bound.value)
    return float(1 / bound.value) if bound.value > 0 else math.inf


def _factor(item: Item) -> Decimal | None:
    bound = _bound_of_factor(item)
    return None if bound is None else in_steps(max(bound.furthest(Fraction(1, 10**FACTOR_DIGITS)), 0), FACTOR_DIGITS)


def _ratio(item: Item) -> Decimal:
    """Mean so far / limit, which is below one for an item that must be high."""
    return published((item.so_far.mean or Fraction()) / Fraction(item.limit.value), FACTOR_DIGITS)
