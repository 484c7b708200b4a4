"""What will become of it: the room that is left, the probability of attainment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.foresee.attainment import Outlook, outlook
    from bilan.foresee.attainment_years import Series
    from bilan.foresee.room import Room
    from bilan.foresee.room_limits import Limit

_HOMES = {
    "Limit": "room_limits",
    "Outlook": "attainment",
    "Room": "room",
    "Series": "attainment_years",
    "outlook": "attainment",
}
__all__ = ["Limit", "Outlook", "Room", "Series", "outlook"]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
