"""The five answers of the board, decided by a table of rules: ``policy/status_rules.csv``, the first that fits counts.

Lateness changes no due date: a goal that is over is judged by its figure, whenever that came.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, cast

from bilan.foresee.room import State

Status = Literal["met", "on_course", "at_risk", "missed", "cannot_be_judged"]
Path = Literal["ahead", "behind"]

STATUSES: tuple[Status, ...] = ("met", "on_course", "at_risk", "missed", "cannot_be_judged")
_MEETS = {True: "yes", False: "no", None: "unclear"}


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a goal on a day.

    ``ended``: its period is over; ``meets``: whether the figure at hand meets it, None where only a person can say;
    ``room`` and ``chance`` (probability, 0 to 1) of the rest of the period, and ``path``, how the figure stands to the
    planned course: None where there is none. ``agree``: whether the readings that the words of the goal allow give the
    same answer.
    """

    ended: bool
    meets: bool | None
    room: State | None = None
    chance: float | None = None
    path: Path | None = None
    agree: bool = True


@dataclass(frozen=True, slots=True)
class StatusRule:
    """One row of the table; what is empty or None asks nothing."""

    rule: str
    status: Status
    ended: str
    meets: str
    room: tuple[str, ...]
    chance_from: float | None
    chance_below: float | None
    path: str
    readings: str
    zh: str
    en: str

    def fits(self, situation: Situation) -> bool:
        """Return whether everything holds that the rule asks."""
        return (
            self.ended in ("", "yes" if situation.ended else "no")
            and self.meets in ("", _MEETS[situation.meets])
            and (not self.room or situation.room in self.room)
            and self.path in ("", situation.path)
            and self.readings in ("", "agree" if situation.agree else "differ")
            and self._holds_chance(situation.chance)
        )

    def _holds_chance(self, chance: float | None) -> bool:
        if self.chance_from is None and self.chance_below is None:
            return True
        if chance is None:
            return False
        enough = self.chance_from is None or chance >= self.chance_from
        return enough and (self.chance_below is None or chance < self.chance_below)


def status_rule(code: str) -> StatusRule:
    """Return the rule called ``code``.

    >>> status_rule("lost").status
    'missed'
    """
    return _by_code()[code]


@cache
def _by_code() -> dict[str, StatusRule]:
    return {rule.rule: rule for rule in status_rules()}


@cache
def status_rules() -> tuple[StatusRule, ...]:
    """Return the rules in the order in which they are asked.

    >>> [rule.rule for rule in status_rules() if rule.status == "missed"]
    ['broken', 'lost']
    """
    text = (resources.files("bilan.policy") / "status_rules.csv").read_text(encoding="utf-8")
    return tuple(_rule(row) for row in csv.DictReader(text.splitlines(), strict=True))


def likely_from() -> float:
    """Return the probability from which a goal counts as on course.

    >>> likely_from()
    0.6
    """
    return min(rule.chance_from for rule in status_rules() if rule.status == "on_course" and rule.chance_from)


def decide(situation: Situation) -> StatusRule:
    """Return the first rule that fits; there is one for every situation.

    >>> decide(Situation(ended=False, meets=True, chance=0.35)).status
    'at_risk'
    """
    return next(rule for rule in status_rules() if rule.fits(situation))


def _rule(row: dict[str, str]) -> StatusRule:
    return StatusRule(
        rule=row["rule"],
        status=cast(Status, row["status"]),
        ended=row["ended"],
        meets=row["meets"],
        room=tuple(row["room"].split("|")) if row["room"] else (),
        chance_from=float(row["chance_from"]) if row["chance_from"] else None,
        chance_below=float(row["chance_below"]) if row["chance_below"] else None,
        path=row["path"],
        readings=row["readings"],
        zh=row["zh"],
        en=row["en"],
    )
