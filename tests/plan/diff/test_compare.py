"""Two editions of a plan: the right items side by side, and what their changes mean."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bilan.plan.amounts import amount, is_known_unit
from bilan.plan.diff.compare import ItemChange, PlanDiff, diff_plans
from bilan.plan.diff.likeness import best_pairs, renamed
from bilan.plan.ids import IdMaker
from bilan.plan.model import CompiledPlan, Measure, Target

from ...policy.english import chinese
from ..samples import assemble, make_target, make_task, sample_plan


def editions(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> tuple[CompiledPlan, CompiledPlan]:
    """Two plans with one target for each set of fields."""

    def targets(ids: IdMaker, fields: list[dict[str, Any]]) -> list[Target]:
        return [make_target(ids, f"{f['name']}{f.get('scope')}{f.get('value')}{f.get('due')}", **f) for f in fields]

    old_plan, new_plan = ("p0000aaaa", IdMaker("p0000aaaa"), old), ("p0000bbbb", IdMaker("p0000bbbb"), new)
    first, second = (assemble(name, targets=targets(ids, fields)) for name, ids, fields in (old_plan, new_plan))
    return first, second


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    """The changes of the one target: field, movement, effect."""
    difference = diff_plans(*editions([old], [new]))
    assert not difference.targets.dropped and not difference.targets.added
    return [(c.field, c.movement, c.effect) for item in difference.targets.changed for c in item.changes]


PM25 = {"name": "细颗粒物年均浓度", "indicator": "air.pm25.annual", "operator": "<=", "unit": "µg/m3", "value": 30}
RIVERS = {"name": "水质优良比例", "indicator": "water.surface.good_ratio", "value": 80}
WETLAND = {"name": "修复湿地", "kind": "task_quantity", "operator": "=", "value": 1.5, "unit": "万亩"}


def test_a_plan_does_not_differ_from_itself_or_its_twin() -> None:
    assert diff_plans(sample_plan(), sample_plan()).is_empty
    twin = diff_plans(sample_plan(), sample_plan("pdeadbeef"))
    assert twin.is_empty and twin.lines() == ["两个版本没有差别。"]


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [
        (PM25, 28, ("value", "lowered", "stricter")),
        (PM25, 33, ("value", "raised", "looser")),
        (RIVERS, 85, ("value", "raised", "stricter")),
        (RIVERS, 75, ("value", "lowered", "looser")),
        (RIVERS | {"operator": "="}, 85, ("value", "raised", "stricter")),
        (PM25 | {"operator": "approx"}, 33, ("value", "raised", "looser")),
        (PM25 | {"operator": "decrease_by", "unit": "%", "value": 10}, 15, ("value", "raised", "stricter")),
        (WETLAND, 2, ("value", "raised", "stricter")),
        ({"name": "某项水平", "operator": "=", "value": 1}, 2, ("value", "raised", None)),
    ],
)
def test_a_moved_figure_says_its_way_and_its_demand(
    target: dict[str, Any], value: float, expected: tuple[str, str, str]
) -> None:
    assert compare(target, target | {"value": value}) == [expected]


def test_the_line_says_both_figures() -> None:
    difference = diff_plans(*editions([PM25], [PM25 | {"value": 28}]))
    (line,) = [line for line in difference.lines() if line.startswith("~")]
    assert "不高于 30 µg/m3 → 不高于 28 µg/m3（数值调低，要求收紧）" in line
    (line,) = [line for line in difference.lines("en") if line.startswith("~")]
    assert line.endswith("at most 30 µg/m³ → at most 28 µg/m³ (figure lowered, demand tightened)")


@pytest.mark.parametrize(
    ("change", "expected", "words"),
    [
        ({"unit": "亩", "value": 15000}, [("unit", None, None)], "数量未变，仅单位改变"),
        ({"unit": "公顷", "value": 2000}, [("value", "raised", "stricter"), ("unit", None, None)], "数值调高"),
        ({"unit": "处", "value": 3}, [("value", None, None), ("unit", None, None)], "不能换算"),
    ],
)
def test_units_are_compared_after_conversion(
    change: dict[str, Any], expected: list[tuple[str, str | None, str | None]], words: str
) -> None:
    assert compare(WETLAND, WETLAND | change) == expected
    assert words in "\n".join(diff_plans(*editions([WETLAND], [WETLAND | change])).lines())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"due": "2026"}, ("due", None, "stricter")),
        ({"due": "2030"}, ("due", None, "looser")),
        ({"soft": True}, ("soft", None, "looser")),
        ({"strict": True}, ("strict", None, "stricter")),
        ({"operator": "="}, ("operator", None, None)),
        ({"value": None, "value_kind": "by_reference", "reference": "省下达目标"}, ("value", None, None)),
        ({"nature": "约束性"}, ("nature", None, None)),
    ],
)
def test_other_changes_of_a_target(change: dict[str, Any], expected: tuple[str, None, str | None]) -> None:
    assert compare(RIVERS, RIVERS | change) == [expected]


def test_two_ways_to_write_one_end_are_no_change() -> None:
    assert compare(RIVERS, RIVERS | {"due": "2027-12"}) == []
    assert compare(RIVERS, RIVERS | {"scope": "全市"}) == []


def test_reordered_renamed_and_doubled_targets_find_their_own_partner() -> None:
    lake, brook = RIVERS | {"scope": "白鹭湖", "value": 88}, RIVERS | {"scope": "墨溪", "value": 75}
    straw = {"name": "秸秆综合利用率", "value": 90}
    step, goal = PM25 | {"due": "2025", "value": 31}, PM25 | {"due": "2027", "value": 29}
    old, new = editions(
        [lake, brook, straw, step, goal],
        [
            goal | {"value": 28},
            straw | {"name": "农作物秸秆综合利用率"},
            brook | {"value": 80},
            step,
            lake | {"value": 90},
        ],
    )
    difference = diff_plans(old, new)
    assert difference.targets.dropped == difference.targets.added == []
    assert {(item.name.split("，")[0], c.field, c.old, c.new) for item, c in flat(difference)} == {
        ("细颗粒物年均浓度", "value", "不高于 29 µg/m3", "不高于 28 µg/m3"),
        ("农作物秸秆综合利用率", "name", "秸秆综合利用率", "农作物秸秆综合利用率"),
        ("水质优良比例（墨溪）", "value", "不低于 75%", "不低于 80%"),
        ("水质优良比例（白鹭湖）", "value", "不低于 88%", "不低于 90%"),
    }


def flat(difference: PlanDiff) -> list[tuple[ItemChange, Any]]:
    return [(item, change) for item in difference.targets.changed for change in item.changes]


def test_equal_words_at_two_scopes_are_not_confused_by_equal_ids() -> None:
    def plan(name: str, *scopes: tuple[str, float]) -> CompiledPlan:
        ids = IdMaker(name)
        return assemble(
            name, targets=[make_target(ids, "水质优良", **RIVERS | {"scope": s, "value": v}) for s, v in scopes]
        )

    old, new = plan("p0000aaaa", ("白鹭湖", 88), ("墨溪", 75)), plan("p0000bbbb", ("墨溪", 75), ("白鹭湖", 88))
    assert old.targets[0].id.split("-")[2] == new.targets[0].id.split("-")[2]
    assert diff_plans(old, new).is_empty


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("国控断面水质优良比例", "省控断面水质优良比例"),
        ("化石能源占比", "非化石能源占比"),
        ("城市生活污水处理率", "农村生活污水处理率"),
        ("PM2.5浓度", "PM10浓度"),
        ("森林覆盖率", "森林蓄积量"),
        ("生活污水处理率", "农村生活污水处理率"),
    ],
)
def test_similar_names_of_different_things_are_no_pair(old: str, new: str) -> None:
    assert renamed(old, new) == 0
    difference = diff_plans(*editions([{"name": old, "value": 50}], [{"name": new, "value": 50}]))
    assert (len(difference.targets.dropped), len(difference.targets.added)) == (1, 1)


def test_a_step_that_goes_and_a_step_that_comes_are_not_one_that_moved() -> None:
    steps = [PM25 | {"due": due, "value": value} for due, value in (("2023", 33), ("2025", 31), ("2027", 29))]
    difference = diff_plans(*editions(steps[:2], steps[1:]))
    assert [item.name for item in difference.targets.dropped] == ["细颗粒物年均浓度，2023"]
    assert [item.name for item in difference.targets.added] == ["细颗粒物年均浓度，2027"]
    assert difference.targets.changed == []


def test_dropped_and_added_are_counted() -> None:
    difference = diff_plans(*editions([PM25, RIVERS], [RIVERS | {"value": 85}, WETLAND]))
    counts = difference.counts()
    assert (counts["dropped"], counts["added"], counts["raised"], counts["stricter"]) == (1, 1, 1, 1)
    assert json.loads(difference.render("json"))["counts"] == counts
    assert difference.render("text").splitlines()[0].startswith("目标：数值调高 1，调低 0；要求收紧 1")


def test_changed_units_of_a_task_change_the_duties() -> None:
    old = sample_plan()
    task = old.tasks[0].model_copy(update={"leads": ["市住建局", "市城管局"], "title": "治理工地扬尘污染"})
    new = assemble("p0000bbbb", tasks=[task, old.tasks[1]], measures=old.measures, sections=old.sections)
    difference = diff_plans(old, new)
    (change,) = difference.tasks.changed
    assert [c.text for c in change.changes] == [
        "改名：治理扬尘污染 → 治理工地扬尘污染",
        "牵头单位：去掉 市交通局，增加 市城管局",
    ]
    assert [item.name for item in difference.duties.added] == ["市城管局（牵头）"]
    assert [item.name for item in difference.projects.dropped] == ["白鹭湖湿地公园"]


def test_tasks_with_one_title_in_two_chapters_stay_apart() -> None:
    def plan(name: str, *leads: str) -> CompiledPlan:
        ids = IdMaker(name)
        base = sample_plan(name)
        tasks = [
            make_task(ids, "加强监管", parent=section.id, leads=[lead])
            for section, lead in zip(base.sections, leads, strict=True)
        ]
        return assemble(name, sections=base.sections, tasks=tasks)

    (change,) = diff_plans(plan("p0000aaaa", "甲局", "乙局"), plan("p0000bbbb", "甲局", "丙局")).tasks.changed
    assert change.changes[0].text == "牵头单位：去掉 乙局，增加 丙局"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((1.5, "万亩"), (1000, "公顷")),
        ((2, "万千瓦"), (20, "兆瓦")),
        ((3, "万户"), (30000, "户")),
        ((0.03, "毫克/立方米"), (30, "ug/m3")),
    ],
)
def test_equal_amounts(left: tuple[float, str], right: tuple[float, str]) -> None:
    assert amount(*left)[0] == pytest.approx(amount(*right)[0])
    assert amount(*left)[1] == amount(*right)[1]


@pytest.mark.parametrize(("left", "right"), [("%", "个百分点"), ("吨", "吨标准煤"), ("立方米/万元", "立方米")])
def test_units_that_do_not_compare(left: str, right: str) -> None:
    assert amount(1, left)[1] != amount(1, right)[1]


@pytest.mark.parametrize(("unit", "known"), [("万亩", True), ("µg/m³", True), ("亿千瓦时", True), ("筐", False)])
def test_a_known_unit_is_known_by_its_thousands_too(unit: str, known: bool) -> None:
    assert is_known_unit(unit) == known


def test_an_id_makes_a_pair_whatever_else_changed() -> None:
    old = sample_plan()
    changed = old.targets[1].model_copy(
        update={"indicator": "air.aqi.good_days_ratio", "name": "别的名称", "due": "2030", "kind": "milestone"}
    )
    new = old.model_copy(update={"targets": [old.targets[0], changed, *old.targets[2:]]})
    (item,) = diff_plans(old, new).targets.changed
    assert (item.old_id, item.new_id) == (changed.id, changed.id)
    assert "指标代码改变：water.surface.good_ratio → air.aqi.good_days_ratio" in [c.text for c in item.changes]


def test_the_same_words_make_a_pair_in_another_edition_too() -> None:
    old, new = sample_plan(), sample_plan("p0000bbbb")
    new.targets[1].indicator = "air.aqi.good_days_ratio"
    difference = diff_plans(old, new)
    assert [c.field for _, c in flat(difference)] == ["indicator"]


def test_dropped_and_added_targets_show_their_figure() -> None:
    firms = {"name": "信用良好企业", "operator": "=", "value": 65, "unit": "家", "due": "2028"}
    vague = {"name": "生态环境持续改善", "value": None, "value_kind": "qualitative", "unit": None, "due": None}
    lines = diff_plans(*editions([vague], [firms])).lines()
    assert "+ 信用良好企业 等于 65家，2028" in lines
    assert "- 生态环境持续改善 定性要求" in lines


def test_a_tie_pairs_nothing_and_the_best_wins() -> None:
    def pairs(olds: list[str], news: list[str]) -> list[tuple[str, str]]:
        ids = IdMaker("p0000aaaa")
        lists = [[make_task(ids, title) for title in titles] for titles in (olds, news)]
        return [(old.title, new.title) for old, new in best_pairs(*lists, lambda task: task.title, 60)]

    assert pairs(["治理入河排口甲"], ["治理入河排口乙", "治理入河排口丙"]) == []
    assert pairs(["治理入河排口", "整治入河排口吧"], ["治理入河排口吧"]) == [("治理入河排口", "治理入河排口吧")]


def test_a_plan_with_thousands_of_changed_items_is_compared() -> None:
    """Every title, text and name changed: with each pair compared in Python this takes minutes."""

    def plan(name: str, verb: str) -> CompiledPlan:
        ids = IdMaker(name)
        rivers = [
            f"{a}{b}{c}{d}河"
            for a in "东西南北上下"
            for b in "清白青墨玉金银"
            for c in "石溪湖泉"
            for d in "一二三四五"
        ]
        tasks = [make_task(ids, f"{verb}{river}河道整治与生态修复") for river in rivers[:800]]
        measures = [
            Measure(
                id=ids.make("measure", f"{verb}{task.title}{n}"), task=task.id, leads=[], supports=[], start=0, end=9,
                text=f"{verb}对{task.title}第{n}段岸线清理，完成护岸和水生植物种植",
            )
            for task in tasks
            for n in range(2)
        ]  # fmt: skip
        names = [f"{river}排口整治完成率" for river in rivers[:600]]
        targets = [make_target(ids, f"{verb}{river}", name=f"{verb}{river}", value=80) for river in names]
        return assemble(name, tasks=tasks, measures=measures, targets=targets)

    old, new = plan("p0000aaaa", "推进"), plan("p0000bbbb", "加快")
    assert sum(map(len, (old.tasks, old.measures, old.targets))) == 3000
    difference = diff_plans(old, new)
    assert len(difference.tasks.changed) + len(difference.tasks.dropped) == 800
    assert not difference.is_empty


OTHERWISE = {
    "operator": ">=", "unit": "mg/m3", "due": "2026", "soft": True, "strict": True, "approx": True, "season": "Q1",
    "nature": "约束性", "baseline_year": "2020", "baseline_value": 35.0, "kind": "milestone", "name": "Ozone",
    "indicator": "air.o3.p90", "value_max": 40.0, "value_kind": "range", "recurrence": "yearly", "bound": ">=",
}  # fmt: skip


@pytest.mark.parametrize(("field", "value"), OTHERWISE.items())
def test_every_change_of_a_target_is_told_in_english(field: str, value: Any) -> None:
    old = PM25 | {"name": "PM2.5", "due": "2027"}
    for before, after in ((old, old | {field: value}), (old | {field: value}, old)):
        difference = diff_plans(*editions([before], [after]))
        assert not difference.is_empty
        english = "\n".join(difference.lines("en"))
        assert chinese(english) == []
        (item, *_) = difference.targets.spoken("en").changed or [None]
        assert item is None or all(change.text in english for change in item.changes)
        assert chinese(str(difference.to_dict("en")["targets"])) == []


def test_lists_of_the_plan_are_told_in_english_with_its_own_words() -> None:
    new = sample_plan("pdeadbeef")
    new = new.model_copy(
        update={"tasks": [task.model_copy(update={"leads": ["A"], "due": "2027"}) for task in new.tasks]}
    )
    difference = diff_plans(sample_plan(), new)
    english = difference.lines("en")
    assert "Tasks: dropped 0, added 0, changed 2" in english
    assert "~ 治理扬尘污染: lead units: removed 市住建局, 市交通局, added A" in english
    assert "~ 治理扬尘污染: due: (none) → 2027" in english
    told = json.loads(difference.render("json", "en"))
    assert [change["text"] for change in told["tasks"]["changed"][0]["changes"]] == [
        "lead units: removed 市住建局, 市交通局, added A",
        "due: (none) → 2027",
    ]


def test_twins_do_not_differ_in_english_either() -> None:
    assert diff_plans(sample_plan(), sample_plan()).lines("en") == ["The two versions do not differ."]
