"""Boards of real plans on a lake without a fact: nothing can be judged, and every row says what is missing."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest

pytest.importorskip("deltalake", reason="the lake extra is not installed")
pytest.importorskip("ibis", reason="the lake extra is not installed")

from bilan.board.boards import make_board
from bilan.board.explain import explain
from bilan.board.model import Board, Row, json_schema
from bilan.evaluate.engine import connect
from bilan.observe import Lake
from bilan.plan import compile_file
from bilan.plan.model import CompiledPlan
from bilan.policy import Indicator, indicators
from bilan.policy.quotation import within_quotes

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
NUMBERS = ("000", "001", "002", "003", "004")
CITY = "990100"  # for a plan that names no region
DAYS = {
    "long before": date(2010, 6, 15),
    "a leap day": date(2020, 2, 29),
    "a day within": date(2023, 9, 17),
    "the end of a year": date(2025, 12, 31),
    "long after": date(2040, 1, 1),
}
# Goals that no indicator could answer: their number stands elsewhere, or they have none.
WITHOUT_A_NUMBER = {"qualitative", "by_reference", "standard_reference", "no_value"}
CHAIN = ["clause", "target", "method", "data", "figure", "room", "chance", "status", "units"]

pytestmark = [
    pytest.mark.skipif(not SEEDS.is_dir(), reason="needs the reference data in ../shared"),
    pytest.mark.optional,
]


def source(seed: str) -> Path:
    (path,) = SEEDS.glob(f"{seed}_*.txt")
    return path


@cache
def compiled(seed: str) -> CompiledPlan:
    return compile_file(source(seed))


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(tmp_path_factory.mktemp("empty") / "lake")


@cache
def known() -> dict[str, Indicator]:
    return {indicator.code: indicator for indicator in indicators()}


def regions_of(plan: CompiledPlan) -> list[str | None]:
    """As the plan says it; where it says none, also a region that was named for it."""
    return [None] if plan.plan.region else [None, CITY]


@cache
def board_of(seed: str, lake: Lake, day: date, region: str | None) -> Board:
    return make_board(compiled(seed), lake, connect(), as_of=day, region=region)


def names_what_is_missing(row: Row) -> bool:
    """Whether both languages name the indicator, or, where the plan has none for it, the words of the plan."""
    indicator = known().get(row.indicator or "")
    zh, en = (within_quotes(row.name), row.name) if indicator is None else (indicator.name, indicator.name_en)
    return zh in row.reason_text.zh and en in row.reason_text.en


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
@pytest.mark.parametrize("seed", NUMBERS)
class TestBoards:
    def test_nothing_can_be_judged(self, seed: str, day: date, lake: Lake) -> None:
        for region in regions_of(compiled(seed)):
            board = board_of(seed, lake, day, region)
            assert [row.target for row in board.rows] == [target.id for target in compiled(seed).targets]
            assert {row.status for row in board.rows} <= {"cannot_be_judged"}
            assert board.head.counts["cannot_be_judged"] == len(board.rows)
            assert sum(board.head.counts.values()) == len(board.rows)
            assert not board.head.simulated
            for row in board.rows:
                assert row.figure is None, row.quote
                assert row.gap is None and row.room is None and row.chance is None and not row.districts, row.quote

    def test_a_number_lacks_its_indicator(self, seed: str, day: date, lake: Lake) -> None:
        for region in regions_of(compiled(seed)):
            rows = board_of(seed, lake, day, region).rows
            assert [row.reason_text for row in rows if row.form == "qualitative" and row.limits] == []
            numeric = [row for row in rows if row.reason not in WITHOUT_A_NUMBER and row.form != "qualitative"]
            assert [(row.quote, row.reason_text.zh) for row in numeric if not names_what_is_missing(row)] == []

    def test_no_text_has_a_hole(self, seed: str, day: date, lake: Lake) -> None:
        for region in regions_of(compiled(seed)):
            for row in board_of(seed, lake, day, region).rows:
                for words in (row.reason_text, row.goal):
                    assert words.zh and words.en
                    assert not any(mark in text for text in (words.zh, words.en) for mark in ("{", "}", "None"))


@pytest.mark.parametrize("seed", NUMBERS)
class TestWholePlan:
    def test_has_the_numbers_that_it_was_chosen_for(self, seed: str) -> None:
        assert len(compiled(seed).targets) > (0 if seed == "004" else 10)

    def test_json_reads_back(self, seed: str, lake: Lake) -> None:
        board = board_of(seed, lake, DAYS["a leap day"], None)
        assert Board.model_validate_json(board.model_dump_json()) == board

    def test_json_keeps_the_schema(self, seed: str, lake: Lake) -> None:
        jsonschema = pytest.importorskip("jsonschema")
        schema = json_schema()
        jsonschema.Draft202012Validator.check_schema(schema)
        written = json.loads(board_of(seed, lake, DAYS["a leap day"], None).model_dump_json())
        jsonschema.Draft202012Validator(schema).validate(written)
        written["rows"][0]["status"] = "kept"
        assert not jsonschema.Draft202012Validator(schema).is_valid(written)

    def test_every_target_is_explained_from_its_clause_on(self, seed: str, lake: Lake) -> None:
        text = source(seed).read_bytes().decode("utf-8")
        plan, backend, day = compiled(seed), connect(), DAYS["a day within"]
        rows = {row.target: row for row in make_board(plan, lake, backend, as_of=day).rows}
        for target in plan.targets:
            found = explain(plan, lake, backend, target.id, as_of=day)
            assert found.row == rows[target.id]
            assert [link.step for link in found.chain] == CHAIN
            quote, place = found.chain[0].lines[:2]
            assert text[target.start : target.end] == target.quote
            assert target.quote in quote.zh and target.quote in quote.en
            for words in (place.zh, place.en):
                assert str(target.start) in words and str(target.end) in words and source(seed).name in words
            assert all(line.zh and line.en for link in found.chain for line in link.lines)
            assert all(link.lines for link in found.chain if link.step != "method"), target.quote

    def test_targets_are_explained_on_any_day(self, seed: str, lake: Lake) -> None:
        plan, backend = compiled(seed), connect()
        for day in (DAYS["long before"], DAYS["long after"]):
            for target in plan.targets[::7]:
                found = explain(plan, lake, backend, target.id, as_of=day, region=CITY)
                assert found.row.status == "cannot_be_judged"
