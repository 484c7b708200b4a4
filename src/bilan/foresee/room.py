"""The room that is left: what the rest of a period may still bring before a goal is lost, or must bring to reach it.

The functions beside this module compute it in closed form from plain numbers; none of them forecasts anything. What a
room says to people is made from its code and its numbers by :mod:`bilan.foresee.room_words`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bilan.foresee.room_words import Value, sentence
from bilan.policy.texts import Language

Kind = Literal["mean", "share", "days", "percentile", "sections", "count", "rate", "class"]
State = Literal["open", "exhausted", "behind", "reached", "safe", "impossible", "met", "missed", "unknown"]


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of a goal, and for how long.

    ``state``:

    - ``open``: there is room, ``amount`` of it; ``exhausted``: none, yet a perfect rest still meets the goal;
    - ``behind``: below zero, the goal is lost unless something improves, or more days are valid than expected;
      ``reached``: met today, but it can be lost;
    - ``safe``: met whatever the rest brings; ``impossible``: lost whatever the rest brings, however many of its days
      turn out valid;
    - ``met``, ``missed``: nothing is left of the period that could change the figure;
    - ``unknown``: no valid data, and none to come.

    ``amount`` is None where no number says anything; its meaning stands at the function that gives the room. Where only
    valid days weigh, it rests on the expected number of them, the state on none. ``per`` is how much is left that the
    amount is for, in ``per_unit`` (day, month, year). ``code`` is a row of ``room_texts.csv``.
    ``never_any``: nothing was lost so far, and yet nothing is left: no number but the full one meets the goal.
    """

    kind: Kind
    code: str
    state: State
    amount: Decimal | int | None = None
    unit: str = ""
    per: Decimal | int | None = None
    per_unit: str = ""
    numbers: tuple[tuple[str, Value], ...] = ()
    never_any: bool = False

    @property
    def exhausted(self) -> bool:
        """Whether nothing is left, so that only a perfect rest or an improvement meets the goal."""
        return self.state in {"exhausted", "behind"}

    @property
    def impossible(self) -> bool:
        """Whether the goal is lost whatever comes."""
        return self.state in {"impossible", "missed"}

    @property
    def safe(self) -> bool:
        """Whether the goal is met whatever comes."""
        return self.state in {"safe", "met"}

    @property
    def ended(self) -> bool:
        """Whether nothing can change the figure any more."""
        return self.state in {"met", "missed"}

    def sentence(self, language: Language = "zh") -> str:
        """Return the room in one sentence.

        >>> numbers = (("what", "good_day"), ("rest", 92), ("sign", "≥"), ("target", Decimal("87.7")))
        >>> room = Room("share", "share.at_least.exhausted", "exhausted", 0, "day", 92, "day", numbers)
        >>> room.sentence()
        '其余预计 92 个有效日须全部是优良天，才能达到要求（≥87.7%）。'
        """
        said = {"amount": self.amount, "unit": self.unit, "per": self.per, "each": self.per_unit}
        return sentence(self.code, said | dict(self.numbers), language)
