"""What the board says: every code has its words, in both languages alike, and no code is said that has none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import bilan
from bilan.board.goal import Why
from bilan.board.looks import ATTENTION, status_looks
from bilan.board.model import Link
from bilan.board.status import STATUSES
from bilan.board.texts import amount, board_texts, phrase, said, spoken
from bilan.evaluate.told import tell
from bilan.foresee.attainment import Reason

SOURCE = Path(bilan.__file__).parent
FAMILIES = {code.partition(".")[0] for code in board_texts()}
CODE = re.compile(rf"(?:{'|'.join(sorted(FAMILIES))})(?:\.[a-z_0-9]+)+")
SPEAKERS = {"said", "phrase"}


def places(words: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def speaking_files() -> list[Path]:
    """Those that make words by this table: the ones that import the module of it, and its own room."""
    return [path for path in sorted(SOURCE.rglob("*.py")) if "bilan.board.texts" in path.read_text(encoding="utf-8")]


def codes_said(path: Path) -> Iterator[str]:
    """Each code in ``path`` as a pattern: what is put into an f-string may be any word."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    pieces = {id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SPEAKERS and node.args:
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.JoinedStr):
                    yield "".join(
                        re.escape(str(piece.value)) if isinstance(piece, ast.Constant) else r"\w+"
                        for piece in part.values
                    )
        words = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if id(node) not in pieces and CODE.fullmatch(words):
            yield re.escape(words)


@pytest.mark.parametrize("path", speaking_files(), ids=lambda path: path.name)
def test_every_code_that_is_said_has_words(path: Path) -> None:
    assert [code for code in codes_said(path) if not any(re.fullmatch(code, known) for known in board_texts())] == []


def test_the_search_for_codes_finds_them() -> None:
    found = {code.replace("\\", "") for path in speaking_files() for code in codes_said(path)}
    assert {"column.target", "head.versions", "note.simulated"} <= found
    assert r"status.w+" in found  # the pattern of an f-string


@pytest.mark.parametrize("code", board_texts())
def test_both_languages_have_words_with_the_same_places(code: str) -> None:
    words = board_texts()[code]
    assert words.zh.strip() == words.zh != ""
    assert words.en.strip() == words.en != ""
    assert places(words.zh) == places(words.en)


def test_no_code_stands_twice() -> None:
    lines = (SOURCE / "policy" / "board_texts.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) - 1 == len(board_texts())


def test_whatever_can_be_missing_has_words() -> None:
    steps = get_args(Link.model_fields["step"].annotation)
    wanted = {f"missing.{why}" for why in get_args(Why)} | {f"chance.{reason}" for reason in get_args(Reason)}
    wanted |= {f"step.{step}" for step in steps}
    wanted |= {code for status in STATUSES for code in (f"status.{status}", f"status.{status}.means")}
    assert wanted - board_texts().keys() == set()


def test_the_answers_are_called_as_in_the_form_that_people_fill_in(tmp_path: Path) -> None:
    from bilan.board.entries import read_entries

    lines = ["目标,事项,年份,内容,理由,填写人,日期"]
    lines += [f"t{number},判定,,{phrase(f'status.{status}', 'zh')},有据,某科,2026-05-08" for number, status in
              enumerate(STATUSES)]  # fmt: skip
    (tmp_path / "填报.csv").write_text("\n".join(lines), encoding="utf-8")
    assert [entry.status for entry in read_entries(tmp_path / "填报.csv")] == list(STATUSES)


def test_every_answer_has_a_look_of_its_own() -> None:
    looks = status_looks()
    assert set(looks) == set(STATUSES) == set(ATTENTION)
    assert len({look.symbol for look in looks.values()}) == len({look.fill for look in looks.values()}) == 5


def test_symbols_are_one_column_wide_also_where_ambiguous_ones_are_two() -> None:
    from unicodedata import east_asian_width

    assert [look.symbol for look in status_looks().values() if east_asian_width(look.symbol) not in ("N", "Na")] == []


def test_a_unit_follows_its_number_as_people_write_it() -> None:
    assert said("goal.count", value=Decimal("1.2E+2"), unit="个").zh == "完成 120 个"
    assert said("goal.level", sign="≥", value=Decimal("87.0"), unit="%").en == "≥87.0%"
    assert said("goal.level", sign="≤", value=Decimal("3.5"), unit="1").zh == "≤3.5"
    assert said("goal.level", sign="≤", value=Decimal(2), unit=None).zh == "≤2"
    assert amount(Decimal("34"), "µg/m3") == "34 µg/m³"


def test_values_are_put_in_by_language() -> None:
    words = said("goal.with_level", goal=said("goal.percent.decrease", base=said("base.year", year=2020),
                 bound=said("word.at_least"), value=18), sign="≤", value=Decimal("34.44"), unit="µg/m3")  # fmt: skip
    assert words.zh == "较2020年下降不少于 18%，即 ≤34.44 µg/m³"
    assert words.en == "down by at least 18% from 2020, which is ≤34.44 µg/m³"
    assert spoken(said("line.leads", units=["甲局", said("status.met")]), "zh") == "牵头：甲局、已达到"
    assert spoken(said("line.leads", units=["甲局", said("status.met")]), "en") == "Leads: 甲局, met"
    assert said("line.leads", units=[]).zh == "牵头：—"


def test_moments_are_in_beijing_time_and_nothing_is_a_dash() -> None:
    assert (
        phrase("head.known_at", "en", moment=datetime(2026, 9, 30, 20, 5, tzinfo=UTC)) == "as known at 2026-10-01 04:05"
    )
    assert phrase("head.as_of", "zh", day=date(2026, 9, 30)) == "截至 2026-09-30"
    assert phrase("line.due", "zh", due=None) == "期限：—"


def test_a_place_without_a_value_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        said("goal.level", sign="≤", value=1)
    with pytest.raises(KeyError):
        said("no.such.code")


def test_braces_in_what_a_plan_says_stay_as_they_are() -> None:
    assert said("line.quote", quote="达到 {sign} {0}").zh == "“达到 {sign} {0}”"


def test_what_a_figure_lacks_is_said_in_english_as_far_as_it_is_known() -> None:
    lacks = "目标说 3 条，只认出 1 条；有类别的断面不足全部断面的 75%（没有参评项目的数据）"
    words = said("missing.incomplete", indicator="X", detail=lacks)
    assert words.zh == f"X的数据不够，不作评价：{lacks}"
    assert words.en.endswith(
        "the goal speaks of 3 rivers, and 1 are known; fewer than 75% of all sections have a class (no data of the "
        "items that are judged)"
    )
    assert said("missing.incomplete", indicator="X", detail=tell("reason.no_day_values")).en.endswith(
        "no valid daily values"
    )
    assert said("missing.incomplete", indicator="X", detail="清河市").en.endswith("清河市")
