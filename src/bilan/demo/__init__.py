"""A fictional city: its plan, and a seeded simulator of what it measures and reports, written to files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.demo.city import write_city
    from bilan.demo.delivery import Delivery
    from bilan.demo.intake import take_in
    from bilan.demo.people import write_entries

_HOMES = {"Delivery": "delivery", "take_in": "intake", "write_city": "city", "write_entries": "people"}
__all__ = ["Delivery", "take_in", "write_city", "write_entries"]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
