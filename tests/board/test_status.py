"""The table of rules: what each situation is called, and that there is an answer for every one."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from bilan.board.status import STATUSES, Path, Situation, Status, decide, status_rules
from bilan.foresee.room import State


@pytest.mark.parametrize(
    ("situation", "status", "rule"),
    [
        (Situation(ended=True, meets=True), "met", "kept"),
        (Situation(ended=True, meets=False), "missed", "broken"),
        (Situation(ended=True, meets=None), "cannot_be_judged", "kept_roughly"),
        # a goal that is over is judged by its figure alone
        (Situation(ended=True, meets=False, chance=0.99, path="ahead"), "missed", "broken"),
        # certain before it is over
        (Situation(ended=False, meets=True, room="safe", chance=0.1), "met", "safe"),
        (Situation(ended=False, meets=True, room="impossible", chance=0.9), "missed", "lost"),
        # the probability before the course, the course before the figure of the day
        (Situation(ended=False, meets=False, room="open", chance=0.6, path="behind"), "on_course", "likely"),
        (Situation(ended=False, meets=True, room="open", chance=0.599, path="ahead"), "at_risk", "unlikely"),
        (Situation(ended=False, meets=False, path="ahead"), "on_course", "ahead"),
        (Situation(ended=False, meets=True, path="behind"), "at_risk", "behind"),
        # met early, and it can be lost again: never met before it is due
        (Situation(ended=False, meets=True), "on_course", "meets_now"),
        (Situation(ended=False, meets=None), "on_course", "roughly_now"),
        (Situation(ended=False, meets=False), "at_risk", "short_now"),
        # nothing more may go wrong
        (Situation(ended=False, meets=True, room="exhausted"), "at_risk", "no_slack"),
        (Situation(ended=False, meets=True, room="behind"), "at_risk", "must_improve"),
        (Situation(ended=False, meets=False, room="behind"), "at_risk", "must_improve"),
        (Situation(ended=False, meets=True, room="exhausted", chance=0.7), "on_course", "likely"),
        (Situation(ended=False, meets=True, room="open"), "on_course", "meets_now"),
        (Situation(ended=False, meets=True, room="reached"), "on_course", "meets_now"),
    ],
)
def test_a_situation_has_this_status(situation: Situation, status: Status, rule: str) -> None:
    assert (decide(situation).status, decide(situation).rule) == (status, rule)


# What each rule is called by the five answers.
STATUS_OF = {
    "two_readings": "cannot_be_judged",
    "kept": "met",
    "broken": "missed",
    "kept_roughly": "cannot_be_judged",
    "safe": "met",
    "lost": "missed",
    "likely": "on_course",
    "unlikely": "at_risk",
    "ahead": "on_course",
    "behind": "at_risk",
    "no_slack": "at_risk",
    "must_improve": "at_risk",
    "meets_now": "on_course",
    "roughly_now": "on_course",
    "short_now": "at_risk",
}
OVER = {True: "kept", False: "broken", None: "kept_roughly"}
CERTAIN = {"safe": "safe", "met": "safe", "impossible": "lost", "missed": "lost"}
NOW = {True: "meets_now", False: "short_now", None: "roughly_now"}


def expected(situation: Situation) -> str:
    """What is surer comes first: the end, then certainty, probability, course, room, and last the figure of the day."""
    likely = None if situation.chance is None else "likely" if situation.chance >= 0.6 else "unlikely"
    surest_first = (
        None if situation.agree else "two_readings",
        OVER[situation.meets] if situation.ended else None,
        CERTAIN.get(situation.room or ""),
        likely,
        situation.path,
        {"exhausted": "no_slack", "behind": "must_improve"}.get(situation.room or ""),
        NOW[situation.meets],
    )
    return next(rule for rule in surest_first if rule is not None)


ROOMS = (*get_args(State), None)
CHANCES = (None, 0.0, 0.5999, 0.6, 0.6001, 1.0)
PATHS = (*get_args(Path), None)
SITUATIONS = [
    Situation(*told) for told in product((True, False), (True, False, None), ROOMS, CHANCES, PATHS, (True, False))
]


@pytest.mark.parametrize("rule", STATUS_OF)
def test_a_rule_decides_its_own_situations_and_no_others(rule: str) -> None:
    own = [situation for situation in SITUATIONS if expected(situation) == rule]
    assert own
    assert {(decide(situation).rule, decide(situation).status) for situation in own} == {(rule, STATUS_OF[rule])}


def test_no_rule_is_left_over() -> None:
    assert [rule.rule for rule in status_rules()] == list(STATUS_OF)
    assert len(SITUATIONS) == 2 * 3 * 10 * 6 * 3 * 2


def test_what_has_to_improve_is_not_said_to_have_used_up_its_room() -> None:
    words = {rule.rule: rule.zh for rule in status_rules()}
    assert "余量已用完" in words["no_slack"]
    assert words["must_improve"] == "现在未达到，其余时段须改善"


def test_rules_name_states_that_rooms_have_and_words_in_two_languages() -> None:
    for rule in status_rules():
        assert set(rule.room) <= set(get_args(State))
        assert rule.status in STATUSES
        assert rule.zh
        assert rule.en
