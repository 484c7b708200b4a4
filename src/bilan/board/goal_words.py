"""What a target asks, as one phrase for people."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bilan.board.decimals import computed, level_of
from bilan.board.goal import Ask, Goal, Unjudged, counts_work, measures_decline, unit_of
from bilan.board.model import Said
from bilan.board.spans import every
from bilan.board.texts import Value, said
from bilan.foresee.room_limits import SIGNS, Side, plain
from bilan.foresee.room_words import room_texts

if TYPE_CHECKING:
    from bilan.board.question import Question
    from bilan.plan.model import Target
    from bilan.policy import Indicator

_OTHER: dict[Side, Side] = {"at_least": "at_most", "at_most": "at_least"}
_WAYS = {True: "increase", False: "decrease"}
_UNSAID = ("by_reference", "standard_reference")


def form_of(target: Target, indicator: Indicator | None, goal: Goal | Unjudged) -> str:
    """Return the form of the ``goal`` of ``target``: as the plan gives its number, else what the number counts.

    ``level``, ``percent``, ``points``, ``amount``, ``count``, ``range``, ``implied``, ``class``, ``by_reference``,
    ``standard_reference``, ``qualitative``, ``no_value``.
    """
    if target.value_kind != "number":
        return target.value_kind
    if counts_work(target, indicator):
        return "count"
    if isinstance(goal, Unjudged):
        return goal.why if goal.why == "no_value" else "level"
    return goal.basis


def goal_words(
    target: Target,
    indicator: Indicator | None,
    goal: Goal | Unjudged,
    year: int | None,
    question: Question | None = None,
    figure: Decimal | None = None,
) -> Said:
    """Return what is asked: ``goal`` as the plan says it; with a ``question`` the number that was entered for it, too.

    ``year`` is that of the baseline; the level that follows from it is printed as beside ``figure``. Of an indicator
    that measures a decline it says what is to fall and by how much; what is asked every year, quarter or month is said
    to be.
    """
    if question is not None:
        goal = question.goal
    if isinstance(goal, Unjudged):
        return _unsaid(target)
    words = _said(target, indicator, goal, year)
    if question is not None and goal.change is not None and len(question.limits) == 1:
        limit = question.limits[0]
        level = computed(level_of(limit.value), figure)  # any other number is the plan's own and shown as printed
        unit = indicator.unit if indicator is not None else target.unit or ""
        words = said("goal.with_level", goal=words, sign=limit.sign, value=level, unit=unit)
    words = said("goal.soft", goal=words) if target.soft else words
    if goal.vague and target.operator != "approx":
        words = said("goal.vague", goal=words)
    again = every(target)
    if again is not None:
        return said(f"goal.every.{again}", goal=words)
    return said("goal.each_year", goal=words) if goal.yearly else words


def _unsaid(target: Target) -> Said:
    if target.value_kind == "qualitative":
        return said("goal.qualitative")
    if target.value_kind in _UNSAID:
        unnamed = "" if target.reference else ".unnamed"
        return said(f"goal.{target.value_kind}{unnamed}", reference=target.reference or "")
    if target.value is None:
        return said("goal.no_value")
    return said("goal.level", sign="", value=plain(Decimal(repr(target.value))), unit=target.unit or "")


def _said(target: Target, indicator: Indicator | None, goal: Goal, year: int | None) -> Said:
    unit = indicator.unit if indicator is not None and indicator.unit else target.unit or ""
    first = goal.asks[0]
    if goal.change is not None or (measures_decline(indicator) and len(goal.asks) == 1):
        return _change(goal, year, target.unit or unit)
    if target.value_kind == "class":
        word = room_texts()[f"word.class_{int(first.value)}"]
        return said("goal.class", grade=Said(zh=word["zh"], en=word["en"]))
    if len(goal.asks) > 1:
        low, high = sorted(plain(ask.value) for ask in goal.asks)
        if low != high:
            return said("goal.range", low=low, high=high, unit=unit)
        return said("goal.about" if goal.vague else "goal.exact", value=low, unit=unit)
    numbers: dict[str, Value] = {"value": plain(first.value), "unit": unit}
    if counts_work(target, indicator) and first.side == "at_least":
        return said("goal.count", **numbers | {"unit": unit_of(target, indicator)})
    code = "goal.about" if target.operator == "approx" else "goal.level"
    return said(code, sign=SIGNS[first.side, goal.strict], **numbers)


def _change(goal: Goal, year: int | None, unit: str) -> Said:
    """What is to rise or fall, from when and by how much; a decline that is a figure of its own falls in per cent."""
    ask, code = goal.asks[0], f"goal.{goal.basis}.{goal.change}"
    if goal.change is None:
        rises = ask.value < 0  # a decline of at least -2 % is a rise of at most 2 %
        ask, code = (Ask(_OTHER[ask.side], -ask.value) if rises else ask), f"goal.percent.{_WAYS[rises]}"
    base = said("base.unsaid") if year is None else said("base.year", year=year)
    base = said("base.year_before") if goal.yearly else base
    bound = said("word.about") if goal.vague else said(f"word.{ask.side}")
    return said(code, base=base, bound=bound, value=plain(ask.value), unit=unit)
