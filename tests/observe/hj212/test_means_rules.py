"""The tables of means are whole: whatever is asked has one rule on every day, and every row says where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import product

import pytest

from bilan.policy.hj212 import mean_rules as rules

DAYS = [date(2006, 1, 1), date(2017, 5, 1), *rules.turning_days(), date(2030, 1, 1)]
CODES = ["21", "22", "23", "27", "31", "32", "36", "39", "44", "45", "51", "52", "99"]


@pytest.mark.parametrize("day", DAYS)
def test_whatever_is_asked_has_a_rule(day: date) -> None:
    for st, level, every in product(CODES, ("sample", *rules.LEVELS), (1, 5, 6, 30, 60, 3600)):
        count = rules.count_rule(st, level, every, day)
        assert 0 < count.least <= count.of
        assert 0 < rules.mark_rule(st, day).share <= 100
    for st, factor in product(CODES, ("a21026", "w01018", "LA", "d20105", "p99101", "a01008", "x")):
        assert rules.kind_rule(st, factor, day).mean


@pytest.mark.parametrize("table", [rules.count_rules(), rules.mark_rules(), rules.kind_rules(), rules.amount_rules()])
def test_every_row_says_where_it_stands(table: Sequence[rules.Dated]) -> None:
    assert all(rule.source for rule in table)
    assert all(rule.valid_from is None or rule.valid_to is None or rule.valid_from < rule.valid_to for rule in table)


def test_no_two_rules_say_the_same_on_one_day() -> None:
    for day in DAYS:
        counts = [(rule.st, rule.level, rule.every) for rule in rules.count_rules() if rule.holds_on(day)]
        kinds = [(rule.st, rule.factor) for rule in rules.kind_rules() if rule.holds_on(day)]
        marks = [rule.st for rule in rules.mark_rules() if rule.holds_on(day)]
        amounts = [(rule.st, rule.level) for rule in rules.amount_rules() if rule.holds_on(day)]
        assert all(len(keys) == len(set(keys)) for keys in (counts, kinds, marks, amounts))


@pytest.mark.parametrize(
    ("every", "due", "least"),
    [(60, 60, 45), (60, 6, 5), (60, 4, 3), (60, 1, 1), (60, 7, 6)],
)
def test_shares_of_an_hour_are_rounded_up(every: int, due: int, least: int) -> None:
    assert rules.count_rule("31", "hour", every, date(2024, 5, 1)).needed(due) == least


def test_what_was_read_in_the_standard_is_told_from_what_was_not() -> None:
    day = date(2024, 5, 1)
    assert rules.count_rule("31", "hour", 60, day).verified
    assert rules.mark_rule("31", day).verified
    assert not rules.count_rule("32", "day", 60, day).verified
    assert not rules.kind_rule("32", "w01018", day).verified
    assert not rules.mark_rule("31", date(2026, 1, 1)).verified
