"""The guide's examples run as they stand, and its tables say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bilan import publish
from bilan.board.looks import status_looks
from bilan.board.texts import phrase
from bilan.publish.charts_file import FONTS_VARIABLE

from .chart_boards import board, row, share

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "charts.md").read_text(encoding="utf-8")


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one = row(districts=[share("东湖区", "35.1", "4.1")])
    Path("board.json").write_text(board([one]).model_dump_json(), encoding="utf-8")
    Path("日报.csv").write_text(
        "region,day,aqi\n990100,2025-01-01,45\n990100,2025-01-02,\n990200,2025-01-01,99\n", encoding="utf-8"
    )
    names: dict[str, object] = {}
    examples = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    for example in examples:
        exec(compile(example, "charts.md", "exec"), names)
    assert len(examples) == 4
    assert {path.name for path in tmp_path.iterdir()} >= {"日历.html", "一览.html", "轨迹.json"}


def test_every_function_is_in_the_guide() -> None:
    assert [name for name in publish.__all__ if name != "ChartError" and f"`{name}(" not in GUIDE] == []


def test_the_answers_have_their_signs_and_words() -> None:
    for status, look in status_looks().items():
        assert f"| {look.symbol} | {phrase(f'status.{status}', 'zh')} | `{status}` |" in GUIDE


def test_how_to_give_fonts_is_in_the_guide() -> None:
    assert f"`{FONTS_VARIABLE}`" in GUIDE
