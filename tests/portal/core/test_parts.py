"""The parts of pages as a template calls them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from bilan.board.looks import status_looks
from bilan.portal.core.styleguide_sample import sample_board

ROWS = {row.status: row for row in sample_board().rows}


def made(source: str, address: str = "/", language: str = "zh-hans", **values: Any) -> str:
    request = RequestFactory().get(address)
    with translation.override(language):
        return Template("{% load parts words sparkline %}" + source).render(Context({"request": request, **values}))


@pytest.mark.parametrize("status", status_looks())
def test_an_answer_is_a_sign_and_a_word(status: str) -> None:
    page = made("{% status code %}", code=status)
    assert status_looks()[status].symbol in page
    assert "".join(page.split(">")[-2].split("<")[:1])  # the word after the sign
    assert made("{% status code %}", language="en", code=status) != page


def test_counts_say_nothing_of_changes_that_are_not_known_yet() -> None:
    assert "没有变化" in made("{% counts many since=since %}", many={"met": 3}, since={})
    assert "没有变化" not in made("{% counts many since=since %}", many={"met": 3})


def test_counts_filter_the_page_and_keep_other_filters() -> None:
    page = made(
        '{% counts many since 7 "#list" %}',
        "/?area=air&page=3",
        many={"met": 3, "missed": 1},
        since={"met": 2, "missed": -1},
    )
    assert 'href="?area=air&amp;status=missed#list"' in page
    assert "比 7 天前多 2" in page
    assert "比 7 天前少 1" in page
    assert 'width="75.000%"' in page


def test_the_chosen_count_leads_back_to_all() -> None:
    page = made("{% counts many %}", "/?status=met", many={"met": 3})
    assert 'href="?" aria-current="true"' in page


def test_a_board_without_targets_has_no_bar() -> None:
    assert "<svg" not in made("{% counts many %}", many={})


def test_a_figure_with_unit_and_marks() -> None:
    page = made("{% figure row %}", row=ROWS["at_risk"])
    assert "33.4" in page
    assert "µg/m³" in page
    assert "暂" in page
    assert "模拟" in page
    assert "没有数" in made("{% figure row %}", row=ROWS["cannot_be_judged"])


def test_a_gap_in_words_and_an_empty_one() -> None:
    assert "超 2.4 µg/m³" in made("{% gap row %}", row=ROWS["at_risk"])
    assert 'class="spare"' in made("{% gap row %}", row=ROWS["met"])
    assert made("{% chance row %}", row=ROWS["met"]) == ""


def test_a_probability_has_its_bar_or_its_reason() -> None:
    page = made("{% chance row %}", row=ROWS["at_risk"])
    assert 'width="67.2"' in page  # 42 % of 160
    assert "42%" in page
    assert "90% 区间" in page
    assert "<svg" not in made("{% chance row %}", row=ROWS["cannot_be_judged"])


def test_pages_keep_filters() -> None:
    page = made("{% pages page %}", "/?q=%E6%B0%B4&page=2", page=Paginator(range(45), 20).page(2))
    assert "第 21～40 项，共 45 项" in page
    assert 'href="?q=%E6%B0%B4&amp;page=3"' in page
    assert 'aria-current="page">2<' in page


def test_a_filter_in_force_can_be_lifted() -> None:
    names = {"area": "领域：大气", "unit": "单位"}
    page = made("{% chosen names %}", "/?area=air", names=names)
    assert 'href="?"' in page
    assert "单位" not in page
    assert made("{% chosen names %}", names=names).strip() == ""


class _Form(forms.Form):
    name = forms.CharField(label="名称", help_text="照原文")
    note = forms.CharField(label="说明", required=False)


def test_errors_lead_to_their_fields() -> None:
    form = _Form({"name": ""})
    page = made("{% errors form %}{% for bound in form %}{% field bound %}{% endfor %}", form=form)
    assert 'href="#id_name"' in page
    assert 'aria-describedby="id_name_helptext' in page
    assert 'aria-invalid="true"' in page
    assert "（可不填）" in page
    assert made("{% errors form %}", form=_Form()).strip() == ""


def test_progress_says_how_far_it_is_where_it_knows() -> None:
    running = made('{% progress "识别目标" share=0.42 %}')
    assert 'value="42"' in running and "42%" in running
    assert "value=" not in made('{% progress "排队" %}')


def test_what_people_wrote_is_escaped() -> None:
    page = made(
        "{% empty title %}{% sparkline values label=title %}{% dialog 'd' title %}{% enddialog %}",
        title="<b>",
        values=[1, 2],
    )
    assert "<b>" not in page
    assert page.count("&lt;b&gt;") == 3


def test_words_follow_the_language() -> None:
    row, head = ROWS["at_risk"], sample_board().head
    source = "{{ row|subject:head }} {{ row.goal|said }} {{ row.due|day }} {{ row|answering }} {{ none|day }}"
    assert "2026年12月31日" in made(source, row=row, head=head, none=None)
    assert "31 Dec 2026" in made(source, language="en", row=row, head=head, none=None)
