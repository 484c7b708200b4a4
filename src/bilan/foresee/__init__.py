"""What will become of it: the room that is left, the probability of attainment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.foresee.attainment import Learned, Outlook, learn, outlook
    from bilan.foresee.attainment_years import Series
    from bilan.foresee.room import Room
    from bilan.foresee.room_limits import Limit

_HOMES = {
    "Learned": "attainment",
    "Limit": "room_limits",
    "Outlook": "attainment",
    "Room": "room",
    "Series": "attainment_years",
    "learn": "attainment",
    "outlook": "attainment",
}
__all__ = ["Learned", "Limit", "Outlook", "Room", "Series", "learn", "outlook"]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
