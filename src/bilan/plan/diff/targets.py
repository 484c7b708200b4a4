"""What a change of a target means: does the figure go up or down, and is more demanded or less."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bilan.plan.amounts import amount
from bilan.plan.diff.likeness import plain_name
from bilan.plan.diff.match import end_of
from bilan.plan.diff.words import closed, or_none, tell
from bilan.plan.ids import squeeze
from bilan.plan.model import Target
from bilan.plan.wording import KIND, OPERATOR, VALUE_KIND, number_text
from bilan.policy.texts import Language
from bilan.policy.told import Joined, Measured, Told, in_language

Movement = Literal["raised", "lowered"]
Effect = Literal["stricter", "looser"]


class FieldChange(BaseModel):
    """One field of an item before and after, as shown to a person; ``text`` says what that means.

    Words are Chinese and know their English.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    field: str
    old: Told | str | None
    new: Told | str | None
    text: Told
    movement: Movement | None = None
    effect: Effect | None = None

    def spoken(self, language: Language) -> FieldChange:
        """Return the change with its words in one language."""
        told = {"old": self.old, "new": self.new, "text": self.text}
        return self.model_copy(
            update={name: in_language(words, language) for name, words in told.items() if words is not None}
        )


def target_changes(old: Target, new: Target) -> list[FieldChange]:
    """Return what changed between two editions of one target, the figure first."""
    return [*_value(old, new), *_unit(old, new), *_due(old, new), *_flags(old, new), *_words(old, new)]


def figure(target: Target) -> Told:
    """Return the demand of a target in words: ``不高于 28 µg/m3``, ``等于 65家``; at most 28 µg/m³, exactly 65."""
    if target.value is None:
        if target.reference:
            return Joined(target.reference)
        plain = target.value_kind == "qualitative"
        return tell("figure.qualitative") if plain else closed(VALUE_KIND[target.value_kind])
    number = number_text(target.value)
    if target.value_max is not None:
        number += f"～{number_text(target.value_max)}"
    unit = target.unit or ""
    blank = " " if unit[:1].isalpha() and unit[0] < "\u2e80" else ""  # before mg/L, not before 家 or %
    amount_told = Measured(f"{number}{blank}{unit}", number.replace("～", " to "), unit)
    return tell("figure.of", operator=closed(OPERATOR[target.operator]), amount=amount_told)


def _value(old: Target, new: Target) -> Iterator[FieldChange]:
    if old.operator != new.operator:
        yield _change("operator", closed(OPERATOR[old.operator]), closed(OPERATOR[new.operator]))
    if old.bound != new.bound:
        was, now = (closed(OPERATOR[one]) if one else None for one in (old.bound, new.bound))
        yield _change("bound", was, now)
    if old.value is None or new.value is None:
        if figure(old) != figure(new):
            yield _change("value", figure(old), figure(new))
        return
    steps = [_compare(old.value, old.unit, new.value, new.unit)]
    if old.value_max is not None and new.value_max is not None:
        steps.append(_compare(old.value_max, old.unit, new.value_max, new.unit))
    elif old.value_max != new.value_max:
        yield _change("value_max", figure(old), figure(new))
    if None in steps:
        if old.unit == new.unit or not math.isclose(old.value, new.value):
            yield _change("value", figure(old), figure(new), "value_incomparable")
        return
    moved = next((step for step in steps if step), 0)
    if moved:
        movement: Movement = "raised" if moved > 0 else "lowered"
        effect = _effect(moved, old, new)
        meaning = tell(f"movement.{movement}")
        if effect is not None:
            meaning = tell("meaning.both", movement=meaning, effect=tell(f"effect.{effect}"))
        yield FieldChange(
            field="value",
            old=figure(old),
            new=figure(new),
            text=tell("change.figure", old=figure(old), new=figure(new), meaning=meaning),
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
    code = "change.unit"
    if old.value is not None and new.value is not None:
        compared = _compare(old.value, old.unit, new.value, new.unit)
        if compared == 0:
            code = "change.unit_only"
        elif compared is None:
            code = "change.unit_incomparable"
    before, after = (or_none(Measured(one.unit or "", "", one.unit or "")) for one in (old, new))
    text = tell(code, old=before, new=after, before=figure(old), after=figure(new))
    yield FieldChange(field="unit", old=old.unit, new=new.unit, text=text)


def _due(old: Target, new: Target) -> Iterator[FieldChange]:
    before, after = end_of(old.due), end_of(new.due)
    if before == after:
        return
    effect: Effect | None = None
    if before and after:
        effect = "stricter" if after < before else "looser"
        word = "due_earlier" if after < before else "due_later"
    elif after is None:
        effect, word = "looser", "due_dropped"
    else:
        effect, word = "stricter", "due_set"
    yield _change("due", old.due, new.due, word, effect)


# field -> what its coming does to the demand
_FLAGS: dict[str, Effect] = {"soft": "looser", "strict": "stricter", "approx": "looser"}


def _flags(old: Target, new: Target) -> Iterator[FieldChange]:
    for field, effect in _FLAGS.items():
        before, after = getattr(old, field), getattr(new, field)
        if before == after:
            continue
        opposite: Effect = "looser" if effect == "stricter" else "stricter"
        yield FieldChange(
            field=field,
            old=closed("是" if before else "否"),
            new=closed("是" if after else "否"),
            text=tell(f"flag.{field}.{'comes' if after else 'goes'}"),
            effect=effect if after else opposite,
        )
    if old.nature != new.nature:
        effects: dict[str | None, Effect] = {"约束性": "stricter", "预期性": "looser"}
        known = old.nature and new.nature
        before, after = (closed(one) if one else None for one in (old.nature, new.nature))
        yield _change("nature", before, after, effect=effects[new.nature] if known else None)


def _words(old: Target, new: Target) -> Iterator[FieldChange]:
    if plain_name(old.name) != plain_name(new.name):
        yield _change("name", old.name, new.name)
    for field in ("indicator", "baseline_year", "season", "recurrence"):
        before, after = getattr(old, field), getattr(new, field)
        if squeeze(before or "") != squeeze(after or ""):
            yield _change(field, before, after)
    if old.baseline_value != new.baseline_value:
        yield _change("baseline_value", _number(old.baseline_value), _number(new.baseline_value))
    for field, table in (("kind", KIND), ("value_kind", VALUE_KIND)):
        told = field == "value_kind" and (old.value is None) != (new.value is None)
        if getattr(old, field) != getattr(new, field) and not told:
            yield _change(field, closed(table[getattr(old, field)]), closed(table[getattr(new, field)]))


def _number(value: float | None) -> str | None:
    return None if value is None else number_text(value)


def _change(
    field: str, old: str | None, new: str | None, word: str | None = None, effect: Effect | None = None
) -> FieldChange:
    told = {"word": tell(f"word.{word or field}"), "old": or_none(old), "new": or_none(new)}
    if effect is None:
        text = tell("change.of", **told)
    else:
        text = tell("change.meant", **told, meaning=tell(f"effect.{effect}"))
    return FieldChange(field=field, old=old, new=new, text=text, effect=effect)
