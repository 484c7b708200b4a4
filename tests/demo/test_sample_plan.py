"""The packaged sample is what its maker makes, and its gold speaks about it."""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from docx import Document

from bilan.policy import department_for, indicators, region_by_name

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "tests" / "plan" / "gold"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    path = ROOT / "tools" / "make_sample_plan.py"
    if not path.exists():
        pytest.skip("needs tools/, which only a checkout has")
    spec = importlib.util.spec_from_file_location("make_sample_plan", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def gold(what: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLD / f"qinghe.{what}.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_same_text_gives_the_same_bytes(maker: ModuleType) -> None:
    text = maker.SOURCE.read_text(encoding="utf-8")
    assert maker.sample(text) == maker.sample(text)


def test_the_packaged_file_is_up_to_date(maker: ModuleType) -> None:
    made = zipfile.ZipFile(io.BytesIO(maker.sample(maker.SOURCE.read_text(encoding="utf-8"))))
    packaged = zipfile.ZipFile(maker.SAMPLE)
    for member in ("word/document.xml", "word/numbering.xml"):
        assert packaged.read(member) == made.read(member), "run python tools/make_sample_plan.py"


@pytest.mark.parametrize("what", ["targets", "tasks", "projects"])
def test_every_quote_stands_in_the_sample(maker: ModuleType, what: str) -> None:
    document = Document(str(maker.SAMPLE))
    body = "\n".join(paragraph.text for paragraph in document.paragraphs)
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    lines = gold(what)
    assert lines
    assert [g["quote"] for g in lines if g["quote"] not in (cells if g.get("table") else body)] == []


def test_gold_names_known_indicators() -> None:
    known = {indicator.code for indicator in indicators()} | {None}
    assert [g["id"] for g in gold("targets") if g["indicator_code_suggestion"] not in known] == []


def test_every_unit_is_a_known_body_or_names_functions() -> None:
    units = {u for g in gold("tasks") for u in (*g["lead_units"], *g["co_units"], *g["implementers"])}
    unknown = {unit for unit in units if department_for(unit) is None}
    # two zone bureaus with functions in brackets; two districts that share the word 人民政府 with the next unit
    assert unknown == {"高新区经济发展局（发改、工信）", "高新区规划建设局（资源规划、住建）", "临江区", "东湖区"}


def test_places_of_projects_lie_in_the_demo_city() -> None:
    places = {g["place"]: region_by_name(g["place"], within="990100") for g in gold("projects")}
    assert [place for place, region in places.items() if region is None] == []
