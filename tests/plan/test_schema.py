"""The published schema is that of the model, and of what the compiler writes."""

from __future__ import annotations

import json

import pytest

from bilan.cli import main
from bilan.plan import model
from bilan.plan.model import SCHEMA_VERSION, CompiledPlan
from bilan.plan.schema import json_schema

from .plans import plan_with

PLAN = plan_with("到2028年,优良水体比例达到92%。", "疏浚河道(市水务局牵头)。")


def test_it_is_plain_json_and_names_its_draft() -> None:
    schema = json_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["title"].endswith(SCHEMA_VERSION)


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json_schema()


def test_every_part_has_its_definition() -> None:
    parts = {
        "PlanInfo",
        "Section",
        "Task",
        "Target",
        "Measure",
        "Project",
        "Duty",
        "Gap",
        "Source",
        "Repair",
        "Change",
        "Place",
    }
    assert parts == set(json_schema()["$defs"])


def test_what_is_written_has_the_fields_of_the_schema_and_no_other() -> None:
    written = json.loads(PLAN.model_dump_json())
    schema = json_schema()
    assert set(written) == set(schema["properties"])
    for name in ("targets", "tasks", "measures", "duties", "sections"):
        item = schema["$defs"][schema["properties"][name]["items"]["$ref"].rsplit("/", 1)[1]]
        assert set(written[name][0]) == set(item["properties"])
        assert item["additionalProperties"] is False


def test_what_is_written_reads_back() -> None:
    assert CompiledPlan.model_validate_json(PLAN.model_dump_json()) == PLAN


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValueError, match="Extra inputs"):
        model.Gap.model_validate({"id": "x", "kind": "contradiction", "message": "", "severity": 1})
