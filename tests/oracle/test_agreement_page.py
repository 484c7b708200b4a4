"""The page of agreement: what is left out is counted, and no miss goes unlisted."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "agreement.py"


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("agreement_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # dataclasses look their module up
    monkeypatch.setattr(sys, "path", [*sys.path])
    spec.loader.exec_module(module)
    return module


def test_rows_that_are_not_compared_are_counted(tool: ModuleType) -> None:
    line = tool.Line("file", "class", compared=8, same=6, left_out=3)
    assert str(line) == "| `file` | class | 8 | 6 | 75.000 % | 3 |"
    assert tool.HEAD.splitlines()[0].count("|") == str(line).count("|")


@pytest.mark.parametrize("count", [0, 1, 30, 31, 100])
def test_every_miss_is_listed(tool: ModuleType, count: int) -> None:
    misses = tuple(f"row <{n}>" for n in range(count))
    listed = list(tool.Line("file", "class", 100, 100 - count, misses).listed())
    assert sum(text.startswith(("- row", "<li>row")) for text in listed) == count
    assert ("</details>" in listed) == (count > 30)
