"""What a change of a target means: does the figure go up or down, and is more demanded or less."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Literal

from pydantic import BaseModel

from bilan.plan.amounts import amount
from bilan.plan.diff.likeness import plain_name
from bilan.plan.diff.match import end_of
from bilan.plan.ids import squeeze
from bilan.plan.model import Target
from bilan.plan.wording import KIND, OPERATOR, VALUE_KIND, number_text

Movement = Literal["raised", "lowered"]
Effect = Literal["stricter", "looser"]

_MOVEMENT = {"raised": "数值调高", "lowered": "数值调低"}
_EFFECT = {"stricter": "要求收紧", "looser": "要求放宽"}


class FieldChange(BaseModel):
    """One field of an item before and after, as shown to a person; ``text`` says what that means."""

    field: str
    old: str | None
    new: str | None
    text: str
    movement: Movement | None = None
    effect: Effect | None = None


def target_changes(old: Target, new: Target) -> list[FieldChange]:
    """Return what changed between two editions of one target, the figure first."""
    return [*_value(old, new), *_unit(old, new), *_due(old, new), *_flags(old, new), *_words(old, new)]


def figure(target: Target) -> str:
    """Return the demand of a target in words: ``不高于 28 µg/m3``, ``等于 65家``."""
    if target.value is None:
        return target.reference or {"qualitative": "定性要求"}.get(target.value_kind, VALUE_KIND[target.value_kind])
    number = number_text(target.value)
    if target.value_max is not None:
        number += f"～{number_text(target.value_max)}"
    unit = target.unit or ""
    blank = " " if unit[:1].isalpha() and unit[0] < "\u2e80" else ""  # before mg/L, not before 家 or %
    return f"{OPERATOR[target.operator]} {number}{blank}{unit}"


def _value(old: Target, new: Target) -> Iterator[FieldChange]:
    if old.operator != new.operator:
        yield _change("operator", OPERATOR[old.operator], OPERATOR[new.operator], "比较方式")
    if old.bound != new.bound:
        yield _change("bound", OPERATOR.get(old.bound or ""), OPERATOR.get(new.bound or ""), "幅度界限")
    if old.value is None or new.value is None:
        if figure(old) != figure(new):
            yield _change("value", figure(old), figure(new), "要求")
        return
    steps = [_compare(old.value, old.unit, new.value, new.unit)]
    if old.value_max is not None and new.value_max is not None:
        steps.append(_compare(old.value_max, old.unit, new.value_max, new.unit))
    elif old.value_max != new.value_max:
        yield _change("value_max", figure(old), figure(new), "区间")
    if None in steps:
        if old.unit == new.unit or not math.isclose(old.value, new.value):
            yield _change("value", figure(old), figure(new), "数值（单位不能换算，无法比较）")
        return
    moved = next((step for step in steps if step), 0)
    if moved:
        movement: Movement = "raised" if moved > 0 else "lowered"
        effect = _effect(moved, old, new)
        meaning = "，".join(filter(None, (_MOVEMENT[movement], _EFFECT.get(effect or ""))))
        yield FieldChange(
            field="value",
            old=figure(old),
            new=figure(new),
            text=f"{figure(old)} → {figure(new)}（{meaning}）",
            movement=movement,
            effect=effect,
        )


def _compare(old: float, old_unit: str | None, new: float, new_unit: str | None) -> int | None:
    """Return 1 where the amount grew, -1 where it shrank, 0 where it is the same, None where units do not compare."""
    (before, unit), (after, other) = amount(old, old_unit), amount(new, new_unit)
    if unit != other:
        return None
    if math.isclose(before, after, rel_tol=1e-9, abs_tol=1e-12):
        return 0
    return 1 if after > before else -1


def _effect(moved: int, old: Target, new: Target) -> Effect | None:
    """Return whether the moved figure demands more or less; None where the comparison itself turned round."""
    ways = {_stricter_way(old), _stricter_way(new)}
    if len(ways) > 1 or 0 in ways:
        return None
    return "stricter" if moved == ways.pop() else "looser"


def _stricter_way(target: Target) -> int:
    """Return 1 where a larger figure demands more, -1 where a smaller one does, 0 where that is not known."""
    better = _directions().get(target.indicator or "", "none")
    operator = target.operator
    if operator in ("increase_by", "decrease_by") and target.bound in (">=", "<="):
        operator = target.bound
    if operator in (">=", "decrease_by"):
        return 1
    if operator == "<=":
        return -1
    if target.kind == "task_quantity":  # so much work: more of it is more, whatever it serves
        return 1
    return {"higher": 1, "lower": -1}.get(better, 1 if operator == "increase_by" else 0)


@cache
def _directions() -> dict[str, str]:
    from bilan import policy

    return {entry.code: entry.direction for entry in policy.indicators()}


def _unit(old: Target, new: Target) -> Iterator[FieldChange]:
    if squeeze(old.unit or "") == squeeze(new.unit or ""):
        return
    note = ""
    if old.value is not None and new.value is not None:
        compared = _compare(old.value, old.unit, new.value, new.unit)
        if compared == 0:
            note = f"：数量未变，仅单位改变（{figure(old)} → {figure(new)}）"
        elif compared is None:
            note = f"：不能换算（{figure(old)} → {figure(new)}）"
    yield FieldChange(
        field="unit",
        old=old.unit,
        new=new.unit,
        text=f"单位：{old.unit or '（无）'} → {new.unit or '（无）'}{note}",
    )


def _due(old: Target, new: Target) -> Iterator[FieldChange]:
    before, after = end_of(old.due), end_of(new.due)
    if before == after:
        return
    effect: Effect | None = None
    word = "时限"
    if before and after:
        effect = "stricter" if after < before else "looser"
        word = "时限提前" if after < before else "时限推迟"
    elif after is None:
        effect, word = "looser", "取消时限"
    else:
        effect, word = "stricter", "明确时限"
    yield _change("due", old.due, new.due, word, effect)


# field -> words when it comes, words when it goes, what its coming does to the demand
_FLAGS: dict[str, tuple[str, str, Effect | None]] = {
    "soft": ("由硬性要求改为力争", "由力争改为硬性要求", "looser"),
    "strict": ("改为须严于该值", "不再要求严于该值", "stricter"),
    "approx": ("加上基本、左右", "去掉基本、左右", "looser"),
}


def _flags(old: Target, new: Target) -> Iterator[FieldChange]:
    for field, (comes, goes, effect) in _FLAGS.items():
        before, after = getattr(old, field), getattr(new, field)
        if before == after:
            continue
        opposite: Effect = "looser" if effect == "stricter" else "stricter"
        yield FieldChange(
            field=field,
            old="是" if before else "否",
            new="是" if after else "否",
            text=comes if after else goes,
            effect=effect if after else opposite,
        )
    if old.nature != new.nature:
        effects: dict[str | None, Effect] = {"约束性": "stricter", "预期性": "looser"}
        known = old.nature and new.nature
        yield _change("nature", old.nature, new.nature, "指标属性", effects[new.nature] if known else None)


def _words(old: Target, new: Target) -> Iterator[FieldChange]:
    if plain_name(old.name) != plain_name(new.name):
        yield _change("name", old.name, new.name, "改名")
    plain = (("indicator", "指标代码改变"), ("baseline_year", "基准年"), ("season", "时段"), ("recurrence", "频次"))
    for field, word in plain:
        before, after = getattr(old, field), getattr(new, field)
        if squeeze(before or "") != squeeze(after or ""):
            yield _change(field, before, after, word)
    if old.baseline_value != new.baseline_value:
        yield _change("baseline_value", _number(old.baseline_value), _number(new.baseline_value), "基准值")
    for field, word, table in (("kind", "类型", KIND), ("value_kind", "数值类型", VALUE_KIND)):
        told = field == "value_kind" and (old.value is None) != (new.value is None)
        if getattr(old, field) != getattr(new, field) and not told:
            yield _change(field, table[getattr(old, field)], table[getattr(new, field)], word)


def _number(value: float | None) -> str | None:
    return None if value is None else number_text(value)


def _change(field: str, old: str | None, new: str | None, word: str, effect: Effect | None = None) -> FieldChange:
    meaning = f"（{_EFFECT[effect]}）" if effect else ""
    return FieldChange(
        field=field, old=old, new=new, text=f"{word}：{old or '（无）'} → {new or '（无）'}{meaning}", effect=effect
    )
