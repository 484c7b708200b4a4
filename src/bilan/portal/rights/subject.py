"""How the rows of a model are found by region, unit, owner and publication."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

SELF = "self"  # the lookup from a row to itself


@dataclass(frozen=True)
class Subject:
    """What a model says about itself, as its attribute ``rights``.

    ``object`` is the word of the rights table. ``region``, ``unit`` and ``owner`` are the lookups that lead to a
    Region, to Units (any of them counts) and to the User whose row it is; ``public`` finds the rows that everybody may
    see. The lookup ``self`` is the row itself. A lookup that leads to many rows makes the model ``many``. A scope
    without its lookup reaches no row.
    """

    object: str
    region: str = ""
    unit: tuple[str, ...] = ()
    owner: str = ""
    public: Q | None = None
    many: bool = False

    def serves(self, scope: str) -> bool:
        """Whether rows can be told by ``scope``."""
        lookups = {"region": self.region, "unit": self.unit, "own": self.owner}
        return scope == "all" or (self.public is not None if scope == "public" else bool(lookups[scope]))
