"""Who answers, in every form a plan writes it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bilan.plan.grammar.responsibility import answers, charged

from ..plans import TITLE, compiled, task

Roles = tuple[Sequence[str], Sequence[str]]


def roles(text: str) -> list[Roles]:
    """Leads and supports of each statement of responsibility."""
    return [
        ([text[u.start : u.end] for u in a.of("lead")], [text[u.start : u.end] for u in a.of("support")])
        for a in answers(text, 0, len(text))
    ]


FORMS: dict[str, tuple[str, Roles]] = {
    "牵头 alone": ("疏浚河道(市水务局牵头)。", (["市水务局"], [])),
    "牵头 and 配合": ("疏浚河道(市水务局牵头,市财政局、农业农村局配合)。", (["市水务局"], ["市财政局", "农业农村局"])),
    "牵头 and 参与": ("疏浚河道(市水务局牵头,市财政局等参与)。", (["市水务局"], ["市财政局"])),
    "two leads": ("疏浚河道(市水务局、市生态环境局牵头)。", (["市水务局", "市生态环境局"], [])),
    "one unit with 负责": ("疏浚河道(市水务局负责)。", (["市水务局"], [])),
    "a list with 负责": ("疏浚河道(市水务局、市住建局负责)。", ([], ["市水务局", "市住建局"])),
    "按职责分工负责": ("疏浚河道(市水务局、市住建局按职责分工负责)。", ([], ["市水务局", "市住建局"])),
    "按照各自职责": ("疏浚河道(市水务局、市住建局按照各自职责分工负责)。", ([], ["市水务局", "市住建局"])),
    "等按职责分工": ("疏浚河道(市水务局、市住建局等按职责分工负责)。", ([], ["市水务局", "市住建局"])),
    "labels": (
        "疏浚河道(牵头单位:市水务局;配合单位:市财政局、市住建局)。",
        (["市水务局"], ["市财政局", "市住建局"]),
    ),
    "责任单位 in brackets": ("疏浚河道(责任单位:市水务局、市住建局)。", ([], ["市水务局", "市住建局"])),
    "责任单位 on a line": ("疏浚河道。\n责任单位:市水务局、市住建局。", ([], ["市水务局", "市住建局"])),
    "牵头 and 配合 on a line": (
        "疏浚河道。\n牵头单位:市水务局;配合单位:市财政局,临江区、东湖区人民政府。",
        (["市水务局"], ["市财政局", "临江区", "东湖区人民政府"]),
    ),
    "lead then others": (
        "疏浚河道(市水务局牵头,市发改委、财政局按职责分工负责)。",
        (["市水务局"], ["市发改委", "财政局"]),
    ),
    "after the full stop": ("疏浚河道。(市水务局牵头)", (["市水务局"], [])),
    "full stop on both sides": ("疏浚河道。(市水务局牵头)。", (["市水务局"], [])),
    "full stop inside": ("疏浚河道。(市水务局牵头。)", (["市水务局"], [])),
    "space before the bracket": ("疏浚河道 (市水务局牵头)。", (["市水务局"], [])),
    "bare units at the end": ("疏浚河道。(市水务局、市住建局)", ([], ["市水务局", "市住建局"])),
    "functions in brackets": (
        "疏浚河道(经开区经济发展局(发改、科技、统计)、规划建设局(住建、水务)按职责分工负责)。",
        ([], ["经开区经济发展局(发改、科技、统计)", "规划建设局(住建、水务)"]),
    ),
    "levels in brackets": (
        "疏浚河道(市水务局牵头,各县(市、区)人民政府配合)。",
        (["市水务局"], ["各县(市、区)人民政府"]),
    ),
    "two organs of one body": (
        "疏浚河道(市水务局牵头,各乡镇党委、政府配合)。",
        (["市水务局"], ["各乡镇党委、政府"]),
    ),
    "和 between bodies": ("疏浚河道(市水务局和市住建局按职责分工负责)。", ([], ["市水务局", "市住建局"])),
    "和 within a name": ("疏浚河道(市发展和改革委员会牵头)。", (["市发展和改革委员会"], [])),
    "与 within a name": ("疏浚河道(经开区财政金融与国资局牵头)。", (["经开区财政金融与国资局"], [])),
    "a branch of a national body": (
        "发放绿色贷款(市财政局牵头,国家金融监管总局青屿监管分局配合)。",
        (["市财政局"], ["国家金融监管总局青屿监管分局"]),
    ),
    "a full stop read as a quotation mark": (
        "疏浚河道,落实要求。责任单位:市水务局、市住建局",
        ([], ["市水务局", "市住建局"]),
    ),
}


@pytest.mark.parametrize(("text", "expected"), FORMS.values(), ids=FORMS.keys())
def test_form(text: str, expected: Roles) -> None:
    assert roles(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "发展清洁能源(含生物质能)。",
        "探索导向开发(EOD)模式。",
        "农村生活污水治理(管控)率。",
        "落实管理办法(试行)。",
        "细颗粒物(PM2.5)浓度。",
        "各县(市、区)建立台账。",
        "国考断面(含湖库)水质。",
        "完成改造(详见附件2)。",
        "重点企业(石化、化工、焦化)监管。",
        "落实《青屿市责任清单(市水务局负责部分)》。",
        "(二)疏浚河道。",
    ],
)
def test_bracket_that_is_no_responsibility(text: str) -> None:
    assert answers(text, 0, len(text)) == []


@pytest.mark.parametrize(
    ("text", "open_ended"),
    [
        ("疏浚(市水务局、市住建局等按职责分工负责)。", True),
        ("疏浚(市水务局牵头,市住建局等部门配合)。", True),
        ("疏浚(市水务局牵头,市住建局配合)。", False),
    ],
)
def test_a_list_that_ends_in_deng_is_open(text: str, open_ended: bool) -> None:
    (answer,) = answers(text, 0, len(text))
    assert answer.open_ended is open_ended


def test_several_leads_in_one_sentence() -> None:
    text = "将用能权(牵头单位:市发改委)、用水权(牵头单位:市水务局)、排污权(牵头单位:市生态环境局)等纳入交易。"
    assert roles(text) == [(["市发改委"], []), (["市水务局"], []), (["市生态环境局"], [])]


def test_spans_are_those_of_the_units() -> None:
    text = "疏浚河道(牵头单位:市水务局;配合单位:市财政局)。"
    (answer,) = answers(text, 0, len(text))
    assert text[answer.start : answer.end] == "(牵头单位:市水务局;配合单位:市财政局)"
    assert [text[u.start : u.end] for u in answer.units] == ["市水务局", "市财政局"]


# --- through the compiler ---------------------------------------------------------------------------------------------


def test_units_are_quoted_as_printed() -> None:
    found = task("疏浚河道（经开区建设局（住建、水务）牵头，财政局配合）。")
    assert (found.leads, found.supports) == (["经开区建设局（住建、水务）"], ["财政局"])


def test_a_task_without_words_on_responsibility_has_no_unit() -> None:
    found = task("疏浚河道,改善水质。")
    assert (found.leads, found.supports, found.implementers) == ([], [], [])


def test_the_leads_of_a_task_are_those_of_its_measures_in_order() -> None:
    found = task("疏浚河道(市水务局牵头)。修建管网(市住建局牵头,市水务局配合)。巡查河道(市水务局牵头)。")
    assert (found.leads, found.supports) == (["市水务局", "市住建局"], ["市水务局"])


FOLLOWING = ["治理扬尘", "清运垃圾"]


@pytest.mark.parametrize(
    ("first", "leads", "supports", "implementers"),
    [
        pytest.param(
            "疏浚河道。责任单位:市水务局、市住建局。以下均需各镇党委和人民政府落实,不再列出。",
            [],
            ["市水务局", "市住建局"],
            ["各镇党委和人民政府"],
            id="以下均需…落实,不再列出",
        ),
        pytest.param(
            "疏浚河道。(市水务局牵头,市住建局配合。以下均需各县(市、区)人民政府落实,不再列出)",
            ["市水务局"],
            ["市住建局"],
            ["各县(市、区)人民政府"],
            id="within a bracket",
        ),
        pytest.param(
            "疏浚河道(牵头单位:市水务局;各县(市、区)人民政府负责落实,下同,不再列出)。",
            ["市水务局"],
            [],
            ["各县(市、区)人民政府"],
            id="下同,不再列出",
        ),
    ],
)
def test_a_scope_sentence_holds_for_what_follows(
    first: str, leads: list[str], supports: list[str], implementers: list[str]
) -> None:
    more = [f"{n}.{title}行动。加强{title}(市城管局牵头)。" for n, title in enumerate(FOLLOWING, 2)]
    found = compiled("\n".join([TITLE, "一、重点任务", f"1.治理河道。{first}", *more])).tasks
    assert (found[0].leads, found[0].supports, found[0].implementers) == (leads, supports, implementers)
    assert [(t.leads, t.supports, t.implementers) for t in found[1:]] == [(["市城管局"], [], implementers)] * 2


def test_it_does_not_hold_for_what_stands_before() -> None:
    text = (
        f"{TITLE}\n一、任务\n1.治理河道。疏浚(市水务局负责)。\n2.治理扬尘。喷淋(牵头单位:市住建局;各区政府落实,下同)。"
    )
    assert [t.implementers for t in compiled(text).tasks] == [[], ["各区政府"]]


@pytest.mark.parametrize("helped", ["市级", "市直有关部门"])
def test_helping_another_level_gives_the_task_no_lead(helped: str) -> None:
    assert task(f"配合{helped}疏浚河道,开展巡查。").leads == []


def test_running_text_charges_bodies() -> None:
    text = "各区政府要压实责任。由市水务局牵头疏浚。配合农业农村部门清查退水。"
    assert [(text[u.start : u.end], u.role) for u in charged(text, 0, len(text))] == [
        ("各区政府", "support"),
        ("市水务局", "lead"),
        ("农业农村部门", "support"),
    ]


def test_a_bracket_that_never_closes_ends_with_its_line() -> None:
    text = f"{TITLE}\n一、任务\n1.治理河道。疏浚(市水务局牵头。\n2.治理扬尘。喷淋(市住建局牵头)。"
    assert [t.leads for t in compiled(text).tasks][1:] == [["市住建局"]]
