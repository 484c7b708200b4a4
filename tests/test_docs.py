"""The manual says what the code does: every field, every option, every verb, every kind of gap."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bilan import cli
from bilan.plan import model
from bilan.plan.wording import GAP_KIND

DOCS = Path(__file__).parents[1] / "docs"
PARTS = [part for part in vars(model).values() if isinstance(part, type) and issubclass(part, BaseModel)]
BASES = (BaseModel, model.Item, model.Spanned)


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("part", [part for part in PARTS if part not in BASES], ids=lambda part: part.__name__)
def test_every_field_is_documented_and_no_other(part: type[BaseModel]) -> None:
    sections = re.split(r"^## ", read("plan-json.md"), flags=re.MULTILINE)
    section = next(text for text in sections if text.startswith(f"{part.__name__}\n"))
    first_cells = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(first_cells))) == set(part.model_fields)


def test_every_kind_of_gap_is_documented() -> None:
    assert set(get_args(model.GapKind)) <= set(re.findall(r"`(\w+)`", read("plan-json.md")))
    assert [label for label in GAP_KIND.values() if label not in read("guide/compile.md")] == []


GUIDES = {
    "compile": ["compile"],
    "plan": ["compile"],
    "workbook": ["compile"],
    "ingest": ["ingest"],
    "quality": ["ingest"],
    "lake": ["lake"],
    "evaluate": ["evaluate"],
    "hj212": ["hj212", "gateway"],
    "gateway": ["gateway"],
    "board": ["board"],
    "demo": ["demo"],
    "serve": ["portal"],
    "worker": ["portal"],
    "audit": ["portal"],
}


def parameters(command: Any) -> list[Any]:
    """Those of the command or, where it has commands below it, of all of them."""
    below = getattr(command, "commands", {}).values()
    return [parameter for one in below for parameter in parameters(one)] if below else list(command.params)


@pytest.mark.parametrize("verb", GUIDES)
def test_every_option_is_in_the_guide(verb: str) -> None:
    found = cli.command().commands[verb].make_context(verb, [], resilient_parsing=True).command
    options = {parameter.opts[0] for parameter in parameters(found) if parameter.name != "help"}
    guide = "".join(read(f"guide/{page}.md") for page in GUIDES[verb])
    assert [
        name for name in options if name.startswith("-") and f"{name} " not in guide and f"{name}`" not in guide
    ] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_shows_commands_that_exist(name: str) -> None:
    text = (DOCS.parent / name).read_text(encoding="utf-8")
    verbs = set(re.findall(r"^\$ bilan (\w+)", text, re.MULTILINE))
    assert verbs <= set(cli.VERBS)
    targets = set(re.findall(r"^\$ make (\w+)", text, re.MULTILINE))
    assert targets <= set(re.findall(r"^(\w+):", (DOCS.parent / "Makefile").read_text(), re.MULTILINE))
