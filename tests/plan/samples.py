"""Small compiled plans of an invented city, built by hand: no reader and no compiler has a part in them."""

from __future__ import annotations

from typing import Any

from bilan.plan.ids import IdMaker, content_version
from bilan.plan.model import (
    CompiledPlan,
    Duty,
    Gap,
    Measure,
    PlanInfo,
    Project,
    Section,
    Source,
    Target,
    Task,
)

TEXT = (
    "青屿市清水蓝天三年方案\n"
    "一、主要目标\n"
    "到2027年，全市细颗粒物年均浓度不高于29微克/立方米，白鹭湖水质优良比例达到88%以上，墨溪水质优良比例达到75%以上。"
    "力争修复湿地1.2万亩。\n"
    "二、重点任务\n"
    "1.治理扬尘污染。工地全部安装喷淋。(牵头单位:市住建局；配合单位:市城管局)渣土车密闭运输。(牵头单位:市交通局)\n"
    "2.修复白鹭湖湿地。新建生态驳岸，建设白鹭湖湿地公园。(牵头单位:云岭区科技局(发改、科技))\n"
)


def span(words: str) -> dict[str, int]:
    """Where the words stand in :data:`TEXT`."""
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words)}


def make_target(ids: IdMaker, quote: str, **fields: Any) -> Target:
    defaults: dict[str, Any] = {
        "kind": "target",
        "indicator": None,
        "operator": ">=",
        "value": None,
        "unit": "%",
        "value_kind": "number",
        "due": "2027",
        "due_source": "section",
        "confidence": 0.8,
        "quote": quote,
    }
    place = span(quote) if quote in TEXT else {"start": 0, "end": len(quote)}
    return Target(id=ids.make("target", quote), **(defaults | place | fields))


def make_task(ids: IdMaker, title: str, **fields: Any) -> Task:
    defaults: dict[str, Any] = {
        "number": "1",
        "parent": None,
        "leads": [],
        "supports": [],
        "implementers": [],
        "open_ended": False,
        "due": None,
        "body_start": 0,
        "body_end": 0,
    }
    place = span(title) if title in TEXT else {"start": 0, "end": len(title)}
    return Task(id=ids.make("task", title), title=title, **(defaults | place | fields))


def assemble(plan_id: str = "p00c0ffee", **lists: Any) -> CompiledPlan:
    """A plan of the given lists with duties and version to match."""
    text = lists.pop("text", None)
    plan = CompiledPlan(
        compiler="bilan 0",
        plan=PlanInfo(
            id=plan_id,
            version="",
            title="青屿市清水蓝天三年方案",
            region=None,
            region_name="青屿市",
            issuer="青屿市人民政府",
            document_number="青政发〔2025〕7号",
            issued="2025-03-01",
            period="2025/2027",
            superior=[],
        ),
        source=Source(
            file="plan.txt",
            media_type="text/plain",
            sha256="00c0ffee",
            encoding="utf-8",
            characters=len(TEXT),
            text=text,
            repairs=[],
        ),
        **(
            {"sections": [], "tasks": [], "targets": [], "measures": [], "projects": [], "duties": [], "gaps": []}
            | lists
        ),
    )
    return relink(plan)


def relink(plan: CompiledPlan) -> CompiledPlan:
    """Duties by the letter, one for each unit as written, and the version; stands in for the compiler."""
    answers: dict[tuple[str, str], list[str]] = {}
    for item in (*plan.tasks, *plan.measures):
        for role, units in (("lead", item.leads), ("support", item.supports)):
            for unit in units:
                answers.setdefault((unit, role), []).append(item.id)
    ids = IdMaker(plan.plan.id)
    duties = [
        Duty(
            id=ids.make("duty", f"{role} {unit}"),
            unit=unit,
            written=[unit],
            functions=[],
            department=None,
            role=role,
            items=items,
        )
        for (unit, role), items in answers.items()
    ]
    linked = plan.model_copy(update={"duties": duties})
    info = linked.plan.model_copy(update={"version": content_version(linked)})
    return linked.model_copy(update={"plan": info})


def sample_plan(plan_id: str = "p00c0ffee", *, text: str | None = TEXT) -> CompiledPlan:
    """Four targets, two tasks, three measures, one project, one gap."""
    ids = IdMaker(plan_id)
    goals, work = (
        Section(
            id=ids.make("section", title),
            number=number,
            title=title,
            parent=None,
            level=1,
            body_start=0,
            body_end=0,
            **span(title),
        )
        for number, title in (("一", "主要目标"), ("二", "重点任务"))
    )
    dust = make_task(
        ids,
        "治理扬尘污染",
        parent=work.id,
        leads=["市住建局", "市交通局"],
        supports=["市城管局"],
        body_end=TEXT.index("2.修复"),
    )
    lake = make_task(
        ids, "修复白鹭湖湿地", number="2", parent=work.id, leads=["云岭区科技局(发改、科技)"], body_end=len(TEXT)
    )
    targets = [
        make_target(
            ids,
            "细颗粒物年均浓度不高于29微克/立方米",
            name="细颗粒物年均浓度",
            indicator="air.pm25.annual",
            operator="<=",
            value=29,
            unit="微克/立方米",
        ),
        make_target(
            ids,
            "白鹭湖水质优良比例达到88%以上",
            name="水质优良比例",
            indicator="water.surface.good_ratio",
            value=88,
            scope="白鹭湖",
        ),
        make_target(
            ids,
            "墨溪水质优良比例达到75%以上",
            name="水质优良比例",
            indicator="water.surface.good_ratio",
            value=75,
            scope="墨溪",
        ),
        make_target(
            ids,
            "力争修复湿地1.2万亩",
            name="修复湿地",
            kind="task_quantity",
            operator="=",
            value=1.2,
            unit="万亩",
            soft=True,
            task=lake.id,
        ),
    ]
    measures = [
        Measure(id=ids.make("measure", words), task=task.id, text=words, leads=leads, supports=supports, **span(words))
        for words, task, leads, supports in (
            ("工地全部安装喷淋。", dust, ["市住建局"], ["市城管局"]),
            ("渣土车密闭运输。", dust, ["市交通局"], []),
            ("新建生态驳岸，建设白鹭湖湿地公园。", lake, ["云岭区科技局(发改、科技)"], []),
        )
    ]
    name = "白鹭湖湿地公园"
    return assemble(
        plan_id,
        text=text,
        sections=[goals, work],
        tasks=[dust, lake],
        targets=targets,
        measures=measures,
        projects=[Project(id=ids.make("project", name), name=name, place="白鹭湖", task=lake.id, **span(name))],
        gaps=[
            Gap(
                id=ids.make("gap", "墨溪"),
                kind="target_without_unit",
                message="“墨溪水质优良比例”没有责任单位",
                items=[targets[2].id],
            )
        ],
    )
