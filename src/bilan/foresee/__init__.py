"""What will become of it: the room that is left, the probability of attainment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.foresee.attainment import Outlook, outlook
    from bilan.foresee.attainment_goal import Goal
    from bilan.foresee.attainment_years import Series

_HOMES = {"Goal": "attainment_goal", "Outlook": "attainment", "Series": "attainment_years", "outlook": "attainment"}
__all__ = ["Goal", "Outlook", "Series", "outlook"]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
