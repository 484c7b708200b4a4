"""What a person may mean and probably does not: a deadline before the plan, a unit nobody knows, a negative figure."""

from __future__ import annotations

from bilan.periods import Period
from bilan.plan.amounts import is_known_unit
from bilan.plan.model import CompiledPlan

_FIGURES = ("value", "value_max", "baseline_value")


def doubt_of(field: str, value: object, plan: CompiledPlan) -> str | None:
    """Return, in Chinese, why the value of a field filled in by hand looks wrong; None when it does not."""
    if field in _FIGURES and isinstance(value, float | int) and value < 0:
        return "是负数，请核对"
    if field == "unit" and isinstance(value, str) and not is_known_unit(value):
        return "单位表中没有这个单位，已照收，请核对写法"
    if field == "due" and isinstance(value, str):
        issued = plan.plan.issued_from
        if issued is not None and Period.parse(value).last < issued:
            return f"早于印发日期 {plan.plan.issued}，请核对"
    return None
