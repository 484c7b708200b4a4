"""Every word of the workspace has its English, those of the workbook's columns included."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from bilan.plan import wording
from bilan.plan.corrections import editable
from bilan.plan.workbook.sheets import SHEETS

from ..test_english import BLOCK, CHINESE, PORTAL, texts
from .test_decisions import correct


def test_every_text_has_its_english() -> None:
    found = texts("plans")
    assert len(found) > 150
    with translation.override("en"):
        assert sorted(text for text in found if CHINESE.search(translation.gettext(text))) == []


def test_templates_say_nothing_in_chinese_past_the_translation() -> None:
    for path in (PORTAL / "plans").rglob("*.html"):
        bare = re.sub(r"{%.*?%}|{#.*?#}", "", BLOCK.sub("", path.read_text(encoding="utf-8")))
        assert CHINESE.findall(bare) == [], path.name


def test_columns_and_closed_words_have_their_english() -> None:
    words = [column.heading for sheet in SHEETS for column in editable(sheet)]
    for table in (wording.OPERATOR, wording.KIND, wording.VALUE_KIND, wording.DUE_SOURCE, wording.NATURE, wording.ROLE):
        words += table.values()
    words += wording.GAP_KIND.values()
    with translation.override("en"):
        assert [word for word in words if CHINESE.search(translation.gettext(word))] == []


@pytest.fixture
def english(office: Client) -> Client:
    office.cookies["bilan-language"] = "en"
    return office


def test_a_page_in_english_says_nothing_in_chinese_but_the_plan(
    draft: Any, plan: Any, english: Client, client_of: Callable[[str], Client]
) -> None:
    said = plan.source.file + draft.document.text + "清河市中文碧蓝"
    said += "至"  # as in 2026-10至2027-03
    said += "".join(task.title for task in plan.tasks) + "".join(target.name for target in plan.targets)
    lists = [f"?list={name}" for name in ("targets", "tasks", "gaps")]
    for page in (*lists, "history/", "publish/", "import/", "add/?list=targets", "add/?list=projects"):
        shown = english.get(f"{draft.get_absolute_url()}{page}").content.decode()
        text = re.sub(r"<datalist.*?</datalist>|<[^>]*>", "", shown)
        assert set(CHINESE.findall(text)) <= set(said), page


@pytest.mark.django_db
def test_a_title_with_quotation_marks_is_quoted_with_single_ones(
    draft: Any, client_of: Callable[[str], Client]
) -> None:
    draft.plan.title = "清河市“无废城市”建设方案"
    draft.plan.save()
    client, address = client_of("plan_office"), f"{draft.plan.get_absolute_url()}upload/"
    assert "作为“清河市‘无废城市’建设方案”的新文件来读" in client.get(address).content.decode()
    client.cookies["bilan-language"] = "en"
    assert "another document of “清河市‘无废城市’建设方案”" in client.get(address).content.decode()


def test_what_a_target_asks_for_is_english_whole(plan: Any) -> None:
    from bilan.portal.plans.naming import about

    wish = plan.targets[0].model_copy(update={"value": None, "value_kind": "qualitative", "nature": "约束性"})
    with translation.override("en"):
        assert about(wish)[0] == "qualitative" and "binding" in about(wish)
        assert about(plan.targets[0])[0] == "at most 31 µg/m³"


def test_closed_words_in_a_history_are_english(draft: Any, plan: Any, english: Client) -> None:
    correct(english, draft, plan.targets[0].id, nature="约束性", soft="是")
    correct(english, draft, plan.targets[1].id, value="88")
    english.post(f"{draft.get_absolute_url()}undo/")
    page = english.get(f"{draft.get_absolute_url()}history/").content.decode()
    assert "<ins>binding</ins>" in page and "<ins>yes</ins>" in page
    assert '<span class="tag">undone</span>' in page


def test_lists_of_a_plan_are_headed_in_the_plural(draft: Any, english: Client) -> None:
    english.post(f"{draft.get_absolute_url()}publish/", {"seen": "0", "over": "0", "unreviewed_known": "on"})
    page = english.get(draft.plan.get_absolute_url()).content.decode()
    headings = re.findall(r"<h2>([^<]*)</h2>", page)
    assert headings[:1] + headings[-1:] == ["Published versions", "Uploaded files"], headings


def test_a_word_of_the_workspace_does_not_stand_in_for_one_of_the_units() -> None:
    from bilan.portal.core.catalogue import catalogues, read

    plans = next(read(path) for path in catalogues() if "plans" in path.parts)
    assert "已撤销" not in plans  # a unit has ended, a step was undone: the first catalogue would say both


def test_no_line_of_a_template_is_longer_than_a_window() -> None:
    lines = {(path.name, line) for path in (PORTAL / "plans").rglob("*.html") for line in path.read_text().splitlines()}
    assert [name for name, line in lines if len(line) > 350] == []
