"""The board against a plain reckoning: every form of goal, all five answers, from raw numbers written into a lake."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from bilan.board.boards import Making
from bilan.board.entries import Entries, Entry
from bilan.board.evidence import Evidence
from bilan.board.model import Row
from bilan.board.rows import row_of
from bilan.board.status import STATUSES
from bilan.evaluate.engine import connect
from bilan.evaluate.kept import Kept
from bilan.observe import Lake

from .reference.answers import Known, judged, standing
from .reference.cases import CASES, Case
from .reference.reckon import meets
from .reference.written import TITLE, compiled, target_of, write_lake

BY_NAME = {case.name: case for case in CASES}
ALL = CASES
HERE = Path(__file__).parent


NO_EVIDENCE = ("incomplete", "not_reported")  # there may be a figure, and nothing is judged by it


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return write_lake(tmp_path_factory.mktemp("lake"))


@dataclass
class Boards:
    """Rows of all cases; the evidence of one moment of knowledge is read once for all its days."""

    lake: Lake
    kept: Kept
    evidences: dict[str | None, Evidence] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[str, Row]]:
        groups: dict[tuple[str | None, str], list[Case]] = defaultdict(list)
        for case in ALL:
            groups[case.known_at, case.day].append(case)
        makings = {key: self.making(*key, group) for key, group in groups.items()}
        self._prepare(makings)
        for key, making in makings.items():
            found = {(case.target.id, case.district): row_of(case, making.judge, making.units) for case in making.cases}
            for case in groups[key]:
                yield case.name, found[id_of(case), case.region]

    def making(self, known_at: str | None, day: str, group: list[Case]) -> Making:
        targets = [
            target_of(case.sentence, case.title or TITLE).model_copy(
                update={"id": id_of(case), "task": None} | case.change
            )
            for case in group
        ]
        plan = compiled(group[0].sentence).model_copy(update={"targets": targets})
        moment = None if known_at is None else datetime.fromisoformat(known_at).replace(tzinfo=UTC)
        entries = Entries(entry for case in group for entry in entries_of(case))
        return Making(plan, self.lake, BACKEND, date.fromisoformat(day), moment, None, entries, self.kept)

    def _prepare(self, makings: dict[tuple[str | None, str], Making]) -> None:
        """Read all days and periods of a moment of knowledge at once."""
        homes = {target.id: target.region for making in makings.values() for target in making.plan.targets}
        own = {id_: region for id_, region in homes.items() if region is not None}
        entries = Entries((entry for case in ALL for entry in entries_of(case)), own)
        for known_at in {key[0] for key in makings}:
            some = [making for key, making in makings.items() if key[0] == known_at]
            regions = {region.id: region for making in some for region in making.cases.regions}
            shared = Evidence(self.lake, BACKEND, list(regions.values()), entries, some[0].known_at, self.kept)
            for making in some:
                making.__dict__["evidence"] = shared
            periods = {
                str(period): period
                for making in some
                for case in making.cases
                if case.indicator is not None and shared.rests_on_air(case.indicator)
                for period in making.judge.periods(case)
            }
            shared.air.prepare(periods.values())


BACKEND = connect()


@pytest.fixture(scope="module")
def rows(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    return dict(Boards(lake, Kept(tmp_path_factory.mktemp("kept"))).rows())


def id_of(case: Case) -> str:
    return f"t{ALL.index(case):03}"


def entries_of(case: Case) -> Iterator[Entry]:
    for line, (what, value, day, *more) in enumerate(case.entries, 2):
        region, year = (*more, "", "")[:2]
        is_judgement = what == "judgement"
        yield Entry(
            target=id_of(case),
            what=what,  # type: ignore[arg-type]
            year=int(year[:4]) if year else None,
            month=int(year[5:]) if year[5:] else None,
            value=None if is_judgement or value == "withdrawn" else Decimal(value),
            status=value if is_judgement and value != "withdrawn" else None,  # type: ignore[arg-type]
            reason="下达文",
            by="规划科",
            on=date.fromisoformat(day),
            line=line,
            region=region or None,
        )


@pytest.mark.parametrize("name", BY_NAME)
def test_the_board_has_the_answer_of_the_reference(name: str, rows: dict[str, Row]) -> None:
    case, row = BY_NAME[name], rows[name]
    assert (row.status, row.reason) == (case.status, case.reason)


@pytest.mark.parametrize("name", [name for name, case in BY_NAME.items() if case.figure is not None])
def test_the_board_has_the_figure_of_the_reference(name: str, rows: dict[str, Row]) -> None:
    case, row = BY_NAME[name], rows[name]
    assert (row.figure, row.period if case.period else "") == (case.figure, case.period)


@pytest.mark.parametrize("name", [name for name, case in BY_NAME.items() if case.limit is not None])
def test_the_board_asks_what_the_reference_asks(name: str, rows: dict[str, Row]) -> None:
    case, row = BY_NAME[name], rows[name]
    sign, level = case.level
    (asked,) = row.limits
    assert (asked.sign, abs(Fraction(asked.value) - level) < Fraction(1, 10**4)) == (sign, True)
    if case.step is not None:
        (step,) = row.step
        assert (step.sign, abs(Fraction(step.value) - case.step) < Fraction(1, 10**4)) == (sign, True)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_board_says_when_the_goal_is_due_and_leaves_no_room_after_it(name: str, rows: dict[str, Row]) -> None:
    case, row = BY_NAME[name], rows[name]
    assert str(row.due) == case.due
    if case.due is not None and case.day >= case.due:
        assert (row.room, row.chance) == (None, None)
        assert row.every or row.next_due is None
    else:
        assert row.next_due == row.due


@pytest.mark.parametrize("name", [name for name, case in BY_NAME.items() if case.limit and case.figure is not None])
def test_the_board_has_the_gap_of_the_reference(name: str, rows: dict[str, Row]) -> None:
    case, row = BY_NAME[name], rows[name]
    if row.gap is None:
        assert case.reason in NO_EVIDENCE
        return
    figure = case.figure or Decimal(0)
    _, gap = standing(figure, *case.level)
    assert abs(Fraction(row.gap) - gap) < Fraction(1, 100)
    if case.step is not None:
        assert row.step_gap is not None
        assert abs(Fraction(row.step_gap) - standing(figure, case.level[0], case.step)[1]) < Fraction(1, 100)


@pytest.mark.parametrize("name", [name for name, case in BY_NAME.items() if case.room is not None])
def test_the_board_has_the_room_of_the_reference(name: str, rows: dict[str, Row]) -> None:
    case, row = BY_NAME[name], rows[name]
    assert case.room is not None and row.room is not None
    state, amount = case.room
    assert row.room.state == state
    if amount is not None:
        assert row.room.amount == amount


@pytest.mark.parametrize("name", BY_NAME)
def test_the_rules_read_aloud_give_the_answer(name: str) -> None:
    case = BY_NAME[name]
    if case.figure is None or case.limit is None or case.reason in ("two_readings", *NO_EVIDENCE):
        assert case.status == "cannot_be_judged" or case.reason in ("two_readings", "by_person", *NO_EVIDENCE)
        return
    sign, level = case.level
    ended = case.due is not None and case.day >= case.due
    met, _ = standing(case.figure, sign, level, case.vague)
    ahead = None if case.step is None else meets(case.figure, sign, case.step)
    room = case.room[0] if case.room and case.step is None else None
    if case.form == "projects" and met:
        room = "safe"
    if case.form == "implied" and room == "exhausted":
        room = None
    assert judged(Known(ended, met, room, case.likely, ahead)) == (case.status, case.reason)


def test_every_answer_and_every_form_is_asked_often_enough() -> None:
    assert len(BY_NAME) == len(CASES) >= 66
    answers, forms = Counter(case.status for case in CASES), Counter(case.form for case in CASES)
    assert {status: answers[status] >= 8 for status in STATUSES} == dict.fromkeys(STATUSES, True)
    assert min(forms.values()) >= 3, forms


def test_the_reference_knows_nothing_of_bilan() -> None:
    for name in ("raw", "reckon", "answers", "cases"):
        tree = ast.parse((HERE / "reference" / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom | ast.Import):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
                assert not any(one.startswith("bilan") for one in names)


def test_the_room_of_a_reported_decline_is_that_of_the_goal(rows: dict[str, Row]) -> None:
    """It speaks of all years to come, and so it must not be told as that of the year's step."""
    found = [rows[name].room for name, case in BY_NAME.items() if case.form == "cumulated" and rows[name].room]
    assert found
    assert {room.asked for room in found if room is not None} == {"goal"}


def test_the_room_of_a_year_on_the_way_is_that_of_its_step(rows: dict[str, Row]) -> None:
    monitored = [rows[name] for name, case in BY_NAME.items() if case.step is not None]
    asked = {row.room.asked for row in monitored if row.source == "monitored" and row.room is not None}
    assert asked == {"step"}
