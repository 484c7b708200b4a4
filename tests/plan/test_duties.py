"""One entry per unit and role, with everything it answers for."""

from __future__ import annotations

import pytest

from bilan.plan.duties import normal_unit

from .plans import TITLE, compiled

TEXT = "\n".join(
    [
        TITLE.replace("青屿市", "清河市"),
        "一、任务",
        "1.治理河道。疏浚河道(市水利局牵头,生态环境局、各县(市、区)人民政府配合)。",
        "2.治理扬尘。喷淋降尘(市生态环境局牵头,市水利局配合)。",
        "3.服务园区。联网监测(高新区经济发展局(发改、工信)负责)。",
    ]
)
PLAN = compiled(TEXT)


@pytest.mark.parametrize(
    ("written", "level", "unit"),
    [
        ("财政局", "市", "市财政局"),
        ("市财政局", "市", "市财政局"),
        ("财政局", "区", "区财政局"),
        ("财政局", None, "财政局"),
        ("省财政厅", "市", "省财政厅"),
        ("各县(市、区)人民政府", "市", "各县(市、区)人民政府"),
        ("国家金融监管总局青屿监管分局", "市", "国家金融监管总局青屿监管分局"),
        ("有关部门", "市", "有关部门"),
        ("临江区财政局", "市", "临江区财政局"),
    ],
)
def test_one_spelling(written: str, level: str | None, unit: str) -> None:
    assert normal_unit(written, level) == unit


def test_abbreviations_are_one_unit() -> None:
    assert normal_unit("市发改委", "市") == normal_unit("市发展改革委", "市")


def by(unit: str, role: str) -> list[str]:
    return [i for d in PLAN.duties if (d.unit, d.role) == (unit, role) for i in d.items]


def test_units_answer_for_tasks_and_measures_by_role() -> None:
    river, dust, _ = (t.id for t in PLAN.tasks)
    assert river in by("市水利局", "lead")
    assert dust in by("市水利局", "support")
    assert dust in by("市生态环境局", "lead")
    assert {m.id for m in PLAN.measures if m.task == river} <= set(by("市水利局", "lead"))


def test_an_elided_prefix_makes_no_second_unit() -> None:
    (held,) = [d for d in PLAN.duties if d.unit == "市生态环境局" and d.role == "support"]
    assert held.written == ["生态环境局"]
    assert not [d for d in PLAN.duties if d.unit == "生态环境局"]


def test_departments_are_known() -> None:
    known = {d.unit: d.department for d in PLAN.duties}
    assert (known["市水利局"], known["市生态环境局"]) == ("water", "ecology")


def test_functions_in_brackets_lead_to_departments() -> None:
    (held,) = [d for d in PLAN.duties if d.unit == "高新区经济发展局"]
    assert held.functions == ["发改", "工信"]
    assert held.function_departments == ["development_reform", "industry_it"]
    assert held.written == ["高新区经济发展局(发改、工信)"]


def test_unit_and_role_are_unique_and_items_exist() -> None:
    keys = [(d.unit, d.role) for d in PLAN.duties]
    assert len(keys) == len(set(keys))
    known = {i.id for i in (*PLAN.tasks, *PLAN.measures)}
    assert all(d.items and set(d.items) <= known and len(d.items) == len(set(d.items)) for d in PLAN.duties)
