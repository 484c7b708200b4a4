"""Chapters, sections and tasks, with line breaks and without."""

from __future__ import annotations

import pytest

from bilan.plan.grammar.structure import Part, parts


def tasks(text: str) -> list[tuple[str | None, str]]:
    return [(p.number, p.title) for p in parts(text) if p.is_task]


def sections(text: str) -> list[tuple[str | None, str]]:
    return [(p.number, p.title) for p in parts(text) if not p.is_task]


BODY = "完善设施,健全机制,加强日常巡查。"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(f"第三章 治水\n第一节 疏浚河道\n{BODY}", [("第一节", "疏浚河道")], id="chapter and section"),
        pytest.param(f"二、任务\n(三)疏浚河道\n{BODY}", [("(三)", "疏浚河道")], id="bracketed Chinese number"),
        pytest.param(f"二、任务\n1.疏浚河道。{BODY}", [("1", "疏浚河道")], id="run-in Arabic number"),
        pytest.param(f"二、任务\n12、疏浚河道。{BODY}", [("12", "疏浚河道")], id="Arabic number with 、"),
        pytest.param(f"二、任务\n3 .疏浚河道。{BODY}", [("3", "疏浚河道")], id="space before the mark"),
        pytest.param(f"第四部分 保障措施\n{BODY}", [("第四部分", "保障措施")], id="part"),
        pytest.param(f"四、疏浚河道\n{BODY}", [("四", "疏浚河道")], id="a chapter with text of its own is a task"),
        pytest.param(
            f"二、任务\n6.每年清淤两次。\n7.疏浚河道。{BODY}", [("6", "每年清淤两次"), ("7", "疏浚河道")], id="sentence"
        ),
    ],
)
def test_number_styles(text: str, found: list[tuple[str, str]]) -> None:
    assert tasks(text) == found


@pytest.mark.parametrize(
    "line",
    [
        "27.5%的断面达标",
        "三、四类断面全部消除",
        "2027年完成清淤",
        "3、5、8号断面完成整治",
        "(2)完善管网;",
    ],
)
def test_a_number_at_the_head_of_a_line_is_not_always_a_heading(line: str) -> None:
    assert tasks(f"二、任务\n(一)疏浚河道\n{BODY}\n{line}") == [("(一)", "疏浚河道")]


@pytest.mark.parametrize(
    "title",
    [
        "总体要求",
        "指导思想",
        "基本原则",
        "主要目标",
        "工作目标",
        "目标指标",
        "编制依据",
        "适用范围",
        "面临形势",
        "发展基础",
    ],
)
def test_general_parts_are_no_tasks(title: str) -> None:
    text = f"一、{title}\n{BODY}\n二、疏浚河道\n{BODY}"
    assert tasks(text) == [("二", "疏浚河道")]
    assert (("一", title)) in sections(text)


def test_what_stands_under_a_general_part_is_general() -> None:
    general = f"一、总体要求\n(一)坚持系统治理\n{BODY}\n(二)坚持依法治污\n{BODY}\n"
    text = f"{general}二、任务\n(一)定期清淤\n{BODY}\n(二)疏浚河道\n{BODY}"
    assert tasks(text) == [("(一)", "定期清淤"), ("(二)", "疏浚河道")]


@pytest.mark.parametrize("title", ["主要目标", "总体要求和目标", "规划目标"])
def test_goals_are_told_from_the_past(title: str) -> None:
    past, goal = parts(f"一、工作基础\n成效明显,问题犹存。\n二、{title}\n到2027年改善。")
    assert (past.is_past, past.is_goals) == (True, False)
    assert (goal.is_past, goal.is_goals) == (False, True)


def test_levels_follow_the_styles_in_use() -> None:
    chapter, section, task = parts(f"一、任务\n(一)治水行动\n1.疏浚河道。{BODY}")
    assert (chapter.parent, section.parent, task.parent) == (None, chapter, section)
    assert list(task.above()) == [section, chapter]
    assert [p.is_task for p in (chapter, section, task)] == [False, False, True]


def test_a_section_ends_where_one_of_its_rank_or_above_begins() -> None:
    text = f"一、任务\n(一)疏浚河道\n{BODY}\n二、保障\n{BODY}"
    chapter, task, after = parts(text)
    assert text[task.start : task.end] == "(一)疏浚河道"
    assert text[task.body_start : task.body_end].strip() == BODY
    assert task.body_end == after.start
    assert after.parent is None
    assert chapter.children == [task]


def test_list_items_stay_in_their_task() -> None:
    text = f"二、任务\n(一)疏浚河道\n重点做好以下工作:\n①摸清底数;\n②分段施工;\n③验收移交。\n(二)整治排口\n{BODY}"
    assert tasks(text) == [("(一)", "疏浚河道"), ("(二)", "整治排口")]


def test_a_validity_clause_is_no_task() -> None:
    text = f"二、任务\n1.疏浚河道。{BODY}\n2.本方案自印发之日起施行,有效期至2029年6月30日。"
    assert tasks(text) == [("1", "疏浚河道")]


def test_bold_lines_are_headings() -> None:
    text = f"青屿市方案\n二、任务\n疏浚河道。{BODY}\n整治排口。{BODY}"
    bold = [(text.index(w), text.index(w) + 5, None) for w in ("疏浚河道。", "整治排口。")]
    assert [p.title for p in parts(text, bold) if p.is_task] == ["疏浚河道", "整治排口"]


def test_run_in_headings_without_boldness() -> None:
    paragraph = "{}。完善设施,健全长效管护机制,加强日常巡查维护和资金保障(市水务局负责)。\n"
    text = "二、任务\n" + "".join(map(paragraph.format, ("疏浚主干河道", "整治入河排口", "修复滨岸湿地")))
    assert [p.title for p in parts(text) if p.is_task] == ["疏浚主干河道", "整治入河排口", "修复滨岸湿地"]


def test_paragraphs_that_open_with_a_short_sentence_are_no_headings_without_a_duty() -> None:
    paragraph = "{}。完善设施,健全长效管护机制,加强日常巡查维护和资金保障。\n"
    text = "二、疏浚全市河道\n" + "".join(map(paragraph.format, ("疏浚主干河道", "整治入河排口", "修复滨岸湿地")))
    assert [p.title for p in parts(text) if p.is_task] == ["疏浚全市河道"]


# --- documents whose line breaks are lost -----------------------------------------------------------------------------

FILLER = "坚持系统观念,统筹推进山水林田湖草沙一体化保护,完善现代环境治理体系,健全责任落实机制。" * 6


def glued() -> str:
    marks = ["1.", "2 .", "3,", "", "5."]
    numbered = ["1", "2", "3", "4", "5"]
    verbs = ["推进河道疏浚", "实施湿地修复", "整治入河排口", "加强水源保护", "开展农田退水治理"]
    body = "".join(f"{m or n}{v}。{FILLER}责任单位:市水务局。" for m, n, v in zip(marks, numbered, verbs, strict=True))
    return (
        f"青屿市净水方案。一、总体要求{FILLER}二、主要任务(一)加快河湖修复{body}三、保障措施(一)强化组织领导。{FILLER}"
    )


def test_glued_headings_follow_their_sequence() -> None:
    found = [p.title for p in parts(glued()) if p.is_task]
    assert found[:5] == ["推进河道疏浚", "实施湿地修复", "整治入河排口", "加强水源保护", "开展农田退水治理"]
    assert "强化组织领导" in found


def test_glued_chapters_end_where_the_next_number_starts() -> None:
    found = {(p.number, p.title) for p in parts(glued()) if not p.is_task}
    assert {("一", "总体要求"), ("二", "主要任务"), ("(一)", "加快河湖修复"), ("三", "保障措施")} <= found


def test_a_number_out_of_sequence_is_no_glued_heading() -> None:
    text = glued().replace("健全责任落实机制。责任", "健全责任落实机制,完成9.整治断面。责任", 1)
    assert len([p for p in parts(text) if p.is_task]) == len([p for p in parts(glued()) if p.is_task])


def test_every_body_is_inside_the_text_and_in_order() -> None:
    text = glued()
    found: list[Part] = parts(text)
    assert all(0 <= p.start < p.end <= p.body_start <= p.body_end <= len(text) for p in found)
    assert [p.start for p in found] == sorted(p.start for p in found)
