"""Dated content as data: indicators, regions and the bodies that plans name (see ``SOURCES.md`` in this folder)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.policy.lookup import department_for, inner_region, region_by_name
    from bilan.policy.tables import (
        Department,
        Indicator,
        Region,
        Unit,
        departments,
        indicators,
        regions,
        resource_version,
        units,
    )

_HOMES = {
    "Department": "tables",
    "Indicator": "tables",
    "Region": "tables",
    "Unit": "tables",
    "department_for": "lookup",
    "departments": "tables",
    "indicators": "tables",
    "inner_region": "lookup",
    "region_by_name": "lookup",
    "regions": "tables",
    "resource_version": "tables",
    "units": "tables",
}
__all__ = [
    "Department",
    "Indicator",
    "Region",
    "Unit",
    "department_for",
    "departments",
    "indicators",
    "inner_region",
    "region_by_name",
    "regions",
    "resource_version",
    "units",
]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
