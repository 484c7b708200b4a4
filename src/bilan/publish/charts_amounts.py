"""What kind of number a figure is, and the axis that fits it: things are counted whole and from nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bilan.board.goal import measures_decline
from bilan.policy import indicators, units

if TYPE_CHECKING:
    from bilan.board.model import Row

_DAYS = ("d", "天")  # a number of days is a count, too, and no duration


def counts_things(unit: str) -> bool:
    """Return whether figures in ``unit`` count things.

    >>> counts_things("户"), counts_things("d"), counts_things("km"), counts_things("%")
    (True, True, False, False)
    """
    known = units().get(unit)
    return unit in _DAYS or (known is not None and known.kind == "counted")


def never_negative(row: Row) -> bool:
    """Return whether the figure of ``row`` is a count or a share, of which there is no less than nothing."""
    if counts_things(row.unit):
        return True
    known = next((one for one in indicators() if one.code == row.indicator), None)
    return row.unit == "%" and known is not None and not measures_decline(known)


def scale_of(unit: str, padding: int) -> dict[str, Any]:
    """Return the scale of figures in ``unit``: of counts from 0 on, of others around what is drawn.

    ``padding`` is in pixels and would have an axis of counts begin below nothing.

    >>> scale_of("户", 12), scale_of("%", 12)
    ({'zero': True, 'nice': True}, {'zero': False, 'nice': True, 'padding': 12})
    """
    return {"zero": True, "nice": True} if counts_things(unit) else {"zero": False, "nice": True, "padding": padding}


def steps_of(unit: str) -> dict[str, Any]:
    """Return how an axis of ``unit`` is divided: of counts into whole steps.

    >>> steps_of("户"), steps_of("%")
    ({'tickMinStep': 1}, {})
    """
    return {"tickMinStep": 1} if counts_things(unit) else {}
