"""A goal as the grammar finds it in one clause, before it has a place in the plan."""

from __future__ import annotations

from dataclasses import dataclass

from bilan.plan.grammar.dates import DateRef
from bilan.plan.model import Operator, TargetKind, ValueKind


@dataclass(slots=True)
class Found:
    """A goal in a clause; ``start:end`` in the clause's text."""

    start: int
    end: int
    name: str
    kind: TargetKind
    operator: Operator
    value: float | None
    unit: str | None
    value_kind: ValueKind
    value_max: float | None = None
    strict: bool = False
    soft: bool = False
    approx: bool = False
    bound: Operator | None = None
    base: str | None = None
    reference: str | None = None
    date: DateRef | None = None  # a date of its own, nearer than the clause's
    ordered: bool = False  # the output of an action, whatever kind it became
    confidence: float = 0.9
