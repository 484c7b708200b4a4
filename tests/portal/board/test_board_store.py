"""Answers in memory: given at once, renewed behind the reader's back, made once at a time."""

from __future__ import annotations

import threading
import time

import pytest

from bilan.errors import BilanError
from bilan.portal.board import store
from bilan.portal.board.store import Store


def test_one_question_is_answered_once() -> None:
    made: list[int] = []
    begin = threading.Event()

    def make() -> int:
        begin.wait(5)
        made.append(1)
        return 7

    answers = Store[int](3)
    found: list[int] = []
    asking = [threading.Thread(target=lambda: found.append(answers.ask("a", 1, make).value)) for _ in range(5)]  # type: ignore[union-attr]
    for one in asking:
        one.start()
    begin.set()
    for one in asking:
        one.join()
    assert (found, made) == ([7] * 5, [1])


def test_an_old_answer_is_given_while_the_new_one_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "RENEWED_EVERY", 0.0)
    answers, free = Store[int](3), threading.Event()
    answers.ask("a", 1, lambda: 1)
    old = answers.ask("a", 2, lambda: (free.wait(5), 2)[1])
    assert old is not None
    assert (old.value, old.current) == (1, False)
    free.set()
    for _ in range(50):
        new = answers.ready("a", 2, lambda: 2)
        if new is not None and new.current:
            break
        time.sleep(0.05)
    assert new is not None
    assert (new.value, new.current) == (2, True)


def test_who_asks_for_a_fresh_answer_waits_for_it() -> None:
    answers, free = Store[int](3), threading.Event()
    answers.ask("a", 1, lambda: 1)
    old = answers.ask("a", 2, lambda: 2)
    assert old is not None
    assert (old.value, old.current) == (1, False)
    assert answers.ask("a", 2, lambda: (free.wait(5), 2)[1], patience=0.01, fresh=True) is None
    free.set()
    for state in (2, 3):  # the second while nothing is being made
        new = answers.ask("a", state, lambda: 2, fresh=True)
        assert new is not None
        assert (new.value, new.state, new.current) == (2, state, True)


def test_a_fresh_answer_is_not_one_that_was_being_made_before() -> None:
    answers, free = Store[int](3), threading.Event()
    assert answers.ask("a", 1, lambda: (free.wait(5), 1)[1], patience=0.01) is None
    threading.Timer(0.1, free.set).start()
    new = answers.ask("a", 2, lambda: 2, fresh=True)
    assert new is not None
    assert (new.value, new.state) == (2, 2)


def test_who_is_impatient_gets_nothing_yet() -> None:
    free = threading.Event()
    answers = Store[int](3)
    assert answers.ask("a", 1, lambda: (free.wait(5), 1)[1], patience=0.01) is None
    free.set()
    answer = answers.ask("a", 1, lambda: 9)
    assert answer is not None
    assert answer.value == 1


def test_what_goes_wrong_is_remembered_for_a_while_and_then_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, tried = Store[int](3), []

    def fails() -> int:
        tried.append(1)
        raise BilanError("no")

    for state in (1, 1, 2):  # data that arrive meanwhile do not start it again
        with pytest.raises(store.NotMadeError, match="no") as told:
            answers.ask("a", state, fails)
        assert 0 < told.value.wait <= store.FAILED_FOR
    with pytest.raises(store.NotMadeError):
        answers.ready("a", 1, fails)
    assert len(tried) == 1
    answers.again("a")
    with pytest.raises(store.NotMadeError):
        answers.ask("a", 1, fails)
    assert len(tried) == 2
    now = time.monotonic()
    monkeypatch.setattr(store.time, "monotonic", lambda: now + store.FAILED_FOR + 1)
    answer = answers.ask("a", 1, lambda: 3)
    assert answer is not None
    assert answer.value == 3


def test_an_answer_outlives_a_failure_to_renew_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "RENEWED_EVERY", 0.0)
    answers, tried = Store[int](3), []
    answers.ask("a", 1, lambda: 1)
    for _ in range(20):
        old = answers.ask("a", 2, lambda: tried.append(1) or 1 // 0)
        assert old is not None
        assert (old.value, old.current) == (1, False)
        time.sleep(0.01)
    assert len(tried) == 1


def test_the_oldest_is_forgotten() -> None:
    answers = Store[int](2)
    for name in "abc":
        answers.ask(name, 1, lambda: 1)
    assert answers.ask("a", 1, lambda: 2).value == 2  # type: ignore[union-attr]
    assert answers.ask("c", 1, lambda: 2).value == 1  # type: ignore[union-attr]


def test_every_reader_gets_an_error_of_his_own() -> None:
    """One that is raised again and again would keep what each of those readers asked with."""
    answers, found = Store[int](3), []

    def fails() -> int:
        raise BilanError("no")

    for _reader in range(5):
        with pytest.raises(store.NotMadeError) as told:
            answers.ask("a", 1, fails)
        found.append(told.value)
    assert len({id(one) for one in found}) == 5
    assert {str(one) for one in found} == {"no"}
