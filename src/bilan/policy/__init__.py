"""Dated content as data: indicators, regions and the bodies that plans name (see ``SOURCES.md`` in this folder)."""

from bilan.policy.lookup import department_for, region_by_name
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

__all__ = [
    "Department",
    "Indicator",
    "Region",
    "Unit",
    "department_for",
    "departments",
    "indicators",
    "region_by_name",
    "regions",
    "resource_version",
    "units",
]
