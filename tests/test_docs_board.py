"""The pages about the board say what it does: every field, option, answer and reason; their example can be read."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bilan import cli
from bilan.board import model
from bilan.board.entries import COLUMNS, OPTIONAL, What, read_entries
from bilan.board.looks import status_looks
from bilan.board.texts import board_texts, phrase
from bilan.cli import board_render

from .test_docs import parameters, read

GUIDE, JSON = read("guide/board.md"), read("board-json.md")
PARTS = [part for part in vars(model).values() if isinstance(part, type) and issubclass(part, BaseModel)]
BASES = (BaseModel, model._Part)


@pytest.mark.parametrize("part", [part for part in PARTS if part not in BASES], ids=lambda part: part.__name__)
def test_every_field_is_documented_and_no_other(part: type[BaseModel]) -> None:
    sections = re.split(r"^## ", JSON, flags=re.MULTILINE)
    section = next(text for text in sections if text.startswith(f"{part.__name__}\n"))
    first_cells = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(first_cells))) == set(part.model_fields)


@pytest.mark.parametrize(("part", "field"), [("Row", "status"), ("Row", "source"), ("Link", "step")])
def test_closed_words_are_listed(part: str, field: str) -> None:
    words = closed_words(getattr(model, part).model_fields[field].annotation)
    assert words
    assert words - set(re.findall(r"`(\w+)`", JSON)) == set()


def closed_words(annotation: Any) -> set[str]:
    """Those of a literal, or of what an optional one holds."""
    if isinstance(annotation, str):
        return {annotation}
    return {word for part in get_args(annotation) for word in closed_words(part)}


def test_every_option_is_in_the_guide_with_its_default() -> None:
    found = cli.command().commands["board"].make_context("board", [], resilient_parsing=True).command
    options = {parameter.opts[0] for parameter in parameters(found) if parameter.name != "help"} - {"plan"}
    first_cells = re.findall(r"^\| (`-[^|]+)\|", GUIDE, re.MULTILINE)
    rows = set(re.findall(r"`(-[\w-]+)", " ".join(first_cells)))
    assert rows == options | {"--no-districts"}


def test_every_answer_is_explained_as_the_board_shows_it() -> None:
    for status, look in status_looks().items():
        assert f"| {look.symbol} {phrase(f'status.{status}', 'zh')} | `{status}` |" in GUIDE


@pytest.mark.parametrize("family", ["missing", "chance"])
def test_every_reason_is_in_the_guide(family: str) -> None:
    reasons = {code.partition(".")[2] for code in board_texts() if code.startswith(f"{family}.")}
    reasons = {"by_person" if reason == "judged_so" else reason for reason in reasons}
    assert reasons - set(re.findall(r"`(\w+)`", GUIDE)) == set()


def test_how_many_rows_and_columns_a_terminal_shows() -> None:
    assert f"每种状态最多列 {board_render.MOST_ROWS} 项" in GUIDE
    assert f"终端不足 {board_render.NARROWEST_TABLE} 列时" in GUIDE


def test_the_example_of_entries_can_be_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```csv\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    (tmp_path / "填报.csv").write_text(example, encoding="utf-8")
    entries = list(read_entries(tmp_path / "填报.csv"))
    assert {entry.what for entry in entries} == set(get_args(What))
    assert entries[0].value == Decimal(31)
    assert entries[-1].status is None  # withdrawn


def test_every_column_of_entries_is_explained() -> None:
    assert set(COLUMNS) | set(OPTIONAL) <= set(re.findall(r"`(\w+)`", GUIDE.partition("{#entries}")[2]))
