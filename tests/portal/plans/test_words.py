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

from ..test_english import APPS as PORTAL
from ..test_english import BLOCK, CHINESE, texts


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
