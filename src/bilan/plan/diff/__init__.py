"""What changed between two editions or versions of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.plan.diff.compare import PlanDiff, diff_plans

_HOMES = {"PlanDiff": "compare", "diff_plans": "compare"}
__all__ = ["PlanDiff", "diff_plans"]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
