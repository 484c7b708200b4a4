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
        (Situation(ended=False, meets=True, room="behind"), "at_risk", "no_slack"),
        (Situation(ended=False, meets=True, room="exhausted", chance=0.7), "on_course", "likely"),
        (Situation(ended=False, meets=True, room="open"), "on_course", "meets_now"),
        (Situation(ended=False, meets=True, room="reached"), "on_course", "meets_now"),
    ],
)
def test_a_situation_has_this_status(situation: Situation, status: Status, rule: str) -> None:
    assert (decide(situation).status, decide(situation).rule) == (status, rule)


def test_every_situation_has_an_answer_and_every_rule_a_situation() -> None:
    rooms = (*get_args(State), None)
    chances = (None, 0.0, 0.3, 0.6, 1.0)
    paths = (*get_args(Path), None)
    situations = [Situation(*told) for told in product((True, False), (True, False, None), rooms, chances, paths)]
    assert {decide(situation).rule for situation in situations} == {rule.rule for rule in status_rules()}


def test_rules_name_states_that_rooms_have_and_words_in_two_languages() -> None:
    for rule in status_rules():
        assert set(rule.room) <= set(get_args(State))
        assert rule.status in STATUSES
        assert rule.zh
        assert rule.en
