"""The published JSON schema of the compiled plan."""

from __future__ import annotations

from typing import Any

from bilan.plan.model import SCHEMA_VERSION, CompiledPlan


def json_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of what ``bilan compile`` writes.

    >>> json_schema()["title"], json_schema()["properties"]["plan"]
    ('bilan plan 1', {'$ref': '#/$defs/PlanInfo'})
    """
    schema = CompiledPlan.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": f"bilan plan {SCHEMA_VERSION}",
    }
