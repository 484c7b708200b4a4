"""Boards, histories and explanations for pages: out of memory, else out of what is kept on disk, else computed."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TypeAlias, TypeVar

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString
from pydantic import TypeAdapter

from bilan.board.boards import Making
from bilan.board.cases import Case
from bilan.board.entries import Entries
from bilan.board.explain import explain, explained
from bilan.board.model import Board, Explanation, Row
from bilan.evaluate.engine import building, connect
from bilan.evaluate.kept import Kept
from bilan.observe import Lake
from bilan.portal.board.clauses import apart
from bilan.portal.board.history import History, history
from bilan.portal.board.lake import state
from bilan.portal.board.public import for_all
from bilan.portal.board.sources import Asked
from bilan.portal.board.store import PATIENCE, PUBLIC_POOL, RENEWED_EVERY, Answer, NotMadeError, Store
from bilan.portal.core.alone import alone

_HISTORIES: TypeAlias = dict[str, list[tuple[str, Decimal | None]]]
_AS_JSON = TypeAdapter(_HISTORIES)
_MOST_BOARDS, _MOST_EXPLANATIONS = 48, 400
_PUBLIC_WAITING = 16
_WORTH_A_WORD = 2 * RENEWED_EVERY  # seconds


class NoLakeError(Exception):
    """Nothing was ever taken in, so there is nothing to judge by."""


@dataclass(frozen=True)
class Sheet:
    """A board with what pages look up in it; ``known_at`` is when its data were what they are in it.

    ``key`` is all that it was made from: data that arrive elsewhere change the state of the lake, but not the key.
    ``apart`` tells namesakes by their clauses, ``drawn`` holds what was drawn before.
    """

    board: Board
    known_at: datetime = field(default_factory=timezone.now, compare=False)
    key: tuple[str, ...] = ()
    apart: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    drawn: dict[Hashable, SafeString] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def rows(self) -> Sequence[Row]:
        """The targets; their districts stand in them."""
        return [row for row in self.board.rows if not row.district]

    @cached_property
    def by_target(self) -> Mapping[str, Row]:
        """The rows by their target."""
        return {row.target: row for row in self.rows}

    @cached_property
    def districts(self) -> Mapping[tuple[str, str | None], Row]:
        """The rows of districts with goals of their own."""
        return {(row.target, row.region): row for row in self.board.rows if row.district}


@dataclass(frozen=True)
class Past:
    """The figures of earlier periods by target; ``key`` is all that they were made from."""

    by_target: Mapping[str, History] = field(default_factory=dict, compare=False)
    key: tuple[str, ...] = ()


T = TypeVar("T")


def _stores(most: int) -> dict[bool, Store[T]]:
    """One for the office and one for the public, which pushes nothing of the office aside."""
    return {False: Store(most), True: Store(most, PUBLIC_POOL, _PUBLIC_WAITING)}


_boards: dict[bool, Store[Sheet]] = _stores(_MOST_BOARDS)
_histories: dict[bool, Store[Past]] = _stores(_MOST_BOARDS)
_explanations: dict[bool, Store[Explanation]] = _stores(_MOST_EXPLANATIONS)


def board_of(asked: Asked, patience: float = PATIENCE, *, fresh: bool = False) -> Answer[Sheet] | None:
    """Return the board, None while it is still being made. Raises :class:`NoLakeError`, NotMadeError.

    It may be that of a moment ago, before the last data and entries, but where it is to be ``fresh``.
    """
    return _boards[asked.public].ask(asked.key, _made_from(asked), _Making(asked).sheet, patience, fresh=fresh)


def board_at_hand(asked: Asked) -> Answer[Sheet] | None:
    """Return the board if it is there; else it is made for the next time. Raises NoLakeError, NotMadeError."""
    return _boards[asked.public].ready(asked.key, _made_from(asked), _Making(asked).sheet)


def is_behind(asked: Asked, answer: Answer[Sheet]) -> bool:
    """Whether readers should know that ``answer`` is renewed: something was decided since, or renewing takes long.

    Data arrive all the time; that they are looked at every few seconds, mostly to find the same, is worth no word.
    """
    if answer.current:
        return False
    decided = isinstance(answer.state, _Basis) and answer.state.decided != asked.entries.digest
    return decided or answer.age > _WORTH_A_WORD


def try_again(asked: Asked, target: str = "") -> None:
    """Forget that the board, or how the row of a target came about, could not be made."""
    _boards[asked.public].again(asked.key)
    _explanations[asked.public].again((asked.key, target))


def past_at_hand(asked: Asked) -> Past:
    """Return the figures of earlier periods; none where they are not there. Raises NoLakeError."""
    return past_of(asked, 0.0) or Past()


def past_of(asked: Asked, patience: float = PATIENCE) -> Past | None:
    """Return the figures of earlier periods, None while they are being made. Raises NoLakeError."""
    try:
        found = _histories[asked.public].ask(asked.month, _data(), _Making(asked).past, patience)
    except NotMadeError:
        return Past()  # pages are whole without them
    return None if found is None else found.value


def explanation_of(asked: Asked, sheet: Sheet, target: str, patience: float = PATIENCE) -> Answer[Explanation] | None:
    """Return how the row of a target in this very ``sheet`` came about, None while it is being made.

    Raises NotMadeError.
    """
    made, question, store = _Making(asked), (asked.key, target), _explanations[asked.public]
    return store.ask(question, sheet.key, lambda: made.explanation(sheet.key, target), patience, fresh=True)


def explained_ahead(asked: Asked, sheet: Sheet) -> Iterator[str]:
    """Keep on disk how the rows of ``sheet`` came about; yield each target whose row was explained now.

    Of a board that is not that of now any more nothing is kept.
    """
    return _Making(asked).explanations(sheet.key)


def forget() -> None:
    """Forget what is in memory; what is kept on disk stays."""
    for stores in (_boards, _histories, _explanations):
        for store in stores.values():
            store.forget()


def kept() -> Kept:
    """Return where results are kept on disk."""
    return Kept(Path(settings.BILAN_KEPT))


def _data() -> Hashable:
    now = state()
    if now is None:
        raise NoLakeError
    return now


@dataclass(frozen=True)
class _Basis:
    """What changes while the question stays the same: the data, and what people decided."""

    data: Hashable
    decided: str


def _made_from(asked: Asked) -> _Basis:
    return _Basis(_data(), asked.entries.digest)


def _explanation_key(board: Sequence[str], target: str) -> list[str]:
    return [*board, "explanation", target]


class _Making:
    """The work itself. All rows of the database are read here, before a thread takes over with a lake of its own."""

    def __init__(self, asked: Asked) -> None:
        self._plan, self._entries = asked.plan, asked.entries
        self._as_of, self._region = asked.as_of, asked.region
        self._public, self._place = asked.public, Path(settings.BILAN_LAKE)
        self._locks, self._question, self._month = Path(settings.BILAN_KEPT) / "locks", asked.key, asked.month

    def sheet(self) -> Sheet:
        with alone(self._locks, self._question):
            return self._sheet()

    def past(self) -> Past:
        with alone(self._locks, ("histories", self._month)):
            return self._past()

    def explanation(self, key: Sequence[str], target: str) -> Explanation:
        with alone(self._locks, (target, self._question)):
            return self._explanation(key, target)

    def explanations(self, key: Sequence[str]) -> Iterator[str]:
        made = self._making()
        if tuple(made.key) != tuple(key):
            return
        first: dict[str, Case] = {}
        for case in made.cases:  # the whole region comes before its districts
            first.setdefault(case.target.id, case)
        for target, case in first.items():
            about = _explanation_key(key, target)
            if made.kept.get(about) is None:
                made.kept.put(about, explained(made, case).model_dump_json().encode())
                yield target

    def _sheet(self) -> Sheet:
        now = timezone.now()  # what comes from now on is not in it
        made, last = self._making(), _boards[self._public].last(self._question)
        if last is not None and last.key == tuple(made.key):
            return replace(last, board=made.with_versions(last.board), known_at=now)
        board = made.kept_board()
        shown = for_all(board) if self._public else board
        return Sheet(shown, now, tuple(made.key), apart(self._plan, shown.rows))

    def _past(self) -> Past:
        made = self._making(Entries())  # what people decide now changes nothing of earlier periods
        codes = {target.indicator for target in self._plan.targets if target.indicator}
        about = ["histories", self._plan.plan.version, str(self._region), f"{self._as_of:%Y-%m}"]
        key = [*about, *made.evidence.identity(codes, self._as_of.replace(month=1, day=1))]
        data = made.kept.get(key)
        if data is not None:
            return Past(_AS_JSON.validate_json(data), tuple(key))
        with building():
            found = {case.target.id: list(one) for case, one in history(made)}
        made.kept.put(key, _AS_JSON.dump_json(found))
        return Past(found, tuple(key))

    def _explanation(self, key: Sequence[str], target: str) -> Explanation:
        data = kept().get(_explanation_key(key, target))
        if data is not None:
            return Explanation.model_validate_json(data)
        made = self._making()
        found = explain(
            self._plan,
            made.lake,
            made.backend,
            target,
            as_of=self._as_of,
            region=self._region,
            entries=self._entries,
            kept=made.kept,
        )
        made.kept.put(_explanation_key(made.key, target), found.model_dump_json().encode())
        return found

    def _making(self, entries: Entries | None = None) -> Making:
        lake, taken = Lake(self._place, create=False), self._entries if entries is None else entries
        return Making(self._plan, lake, connect(), self._as_of, None, self._region, taken, kept())
