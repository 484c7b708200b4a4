"""Compiled plans from the rows that keep them, each parsed once in a while."""

from __future__ import annotations

from functools import lru_cache

from bilan.plan.model import CompiledPlan


@lru_cache(maxsize=32)
def parsed(digest: str, compiled: str) -> CompiledPlan:
    """Return the plan in the JSON ``compiled``; ``digest`` tells it from others quickly. Not to be changed."""
    return CompiledPlan.model_validate_json(compiled)
