"""With how many decimals levels and distances are printed beside a figure.

What the plan or a person wrote keeps all of its decimals; what was computed has one more than the figure
at most, unless it were rounded onto the figure or to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from bilan.foresee.room_limits import Exact, as_decimal, places, plain

_DIGITS = 4  # of a level that no decimal writes


def level_of(value: Exact) -> Decimal:
    """Return a level as the board keeps it, without zeros at its end.

    >>> from fractions import Fraction
    >>> level_of(Fraction(100, 3)), level_of(Decimal("31.0"))
    (Decimal('33.3333'), Decimal('31'))
    """
    return plain(Decimal(as_decimal(value, _DIGITS)))


def computed(level: Decimal, figure: Decimal | None) -> Decimal:
    """Return a computed level as it is printed beside ``figure``; as it is where there is none to go by.

    It is never rounded onto the figure, from which it differs, nor to nothing.

    >>> computed(Decimal("32.7333"), Decimal(36)), computed(Decimal("32.7333"), None)
    (Decimal('32.7'), Decimal('32.7333'))
    >>> computed(Decimal("32.9600"), Decimal(33))
    Decimal('32.96')
    """
    if figure is None:
        return level
    for digits in range(places(figure) + 1, places(level)):
        shown = plain(round(level, digits))
        if shown not in (figure, 0):
            return shown
    return plain(level)


def apart(gap: Decimal, figure: Decimal | None, levels: Iterable[Decimal]) -> Decimal:
    """Return how far ``figure`` is from one of ``levels``, without a sign, as it is printed beside them.

    It has the decimals of the figure at least, and at most one more or those of a level. What is not nothing is never
    rounded to nothing.

    >>> apart(Decimal("-3.8667"), Decimal("36.6"), [Decimal("32.73")]), apart(Decimal("0.0001"), Decimal(33), [])
    (Decimal('3.87'), Decimal('0.0001'))
    """
    gap, least = abs(gap), 0 if figure is None else places(figure)
    most = max([least + 1, *map(places, levels)])
    shown = gap if figure is None or places(gap) <= most else round(gap, most) or gap
    return plain(shown) if places(plain(shown)) > least else round(shown, least)
