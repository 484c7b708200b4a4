"""National standards as dated tables, one file each: what the next standard needs is a file here, not code.

A file opens with lines ``# key: value`` and goes on as CSV. ``table`` is the name by which the methods ask for it;
``valid_from`` and ``valid_to`` bound the days whose data it judges (half open, days of the START side of a value,
Asia/Shanghai). A row may carry its own ``source``, ``agreed`` and ``status``.
"""

from __future__ import annotations

from bilan.policy.standards.tables import (
    Regime,
    StandardError,
    StandardTable,
    folder,
    regimes,
    standard_on,
    standard_tables,
    using_folder,
)

__all__ = [
    "Regime",
    "StandardError",
    "StandardTable",
    "folder",
    "regimes",
    "standard_on",
    "standard_tables",
    "using_folder",
]
