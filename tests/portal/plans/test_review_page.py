"""The page of the review: spans and lists, filters, and how heavy and slow it may be."""

from __future__ import annotations

import gzip
import html
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bilan.portal.plans.spans import Span, marked, pieces
from bilan.portal.plans.state import review_of

from .conftest import TEXT
from .test_decisions import correct
from .test_exchange import changed, download, send

SEEDS = Path(__file__).parents[4] / "shared/seeds"
HTMX = {"HX-Request": "true"}


def source_of(page: str) -> str:
    """The HTML of the source pane."""
    return page.partition('id="source-text">')[2].partition("</div>\n  </section>")[0]


def test_the_text_between_the_tags_is_the_source(draft: Any, office: Client) -> None:
    shown = source_of(office.get(draft.get_absolute_url()).content.decode())
    assert html.unescape(re.sub(r"<[^>]*>", "", shown)) == TEXT


def test_every_item_has_a_place_in_the_text_and_a_row(draft: Any, plan: Any, office: Client) -> None:
    source = source_of(office.get(draft.get_absolute_url()).content.decode())
    for name in ("targets", "tasks", "measures", "projects"):
        page = office.get(f"{draft.get_absolute_url()}?list={name}").content.decode()
        for item in getattr(plan, name):
            assert f'id="at-{item.id}"' in source, (name, item)
            assert f'id="{item.id}"' in page and f'href="#at-{item.id}"' in page
    ids = re.findall(r'id="(at-[^"]+)"', source)
    assert len(ids) == len(set(ids))
    assert plan.duties and all(f'data-item="{duty.id}"' in source for duty in plan.duties)


def test_the_tab_key_passes_the_text_in_one_step(draft: Any, office: Client) -> None:
    page = office.get(draft.get_absolute_url()).content.decode()
    links = re.findall(r'<a class="span [^>]*>', source_of(page))
    assert len(links) > 10
    assert [link for link in links if 'tabindex="-1"' not in link] == links[:1]
    assert 'href="#lists">跳到清单</a>' in page.partition('id="source-text"')[0]


def test_each_table_of_changes_says_which_it_is(draft: Any, plan: Any, office: Client) -> None:
    workbook = changed(download(office, draft), {("目标清单", 2, "数值"): 29, ("目标清单", 3, "数值"): 91})
    correct(office, draft, plan.targets[0].id, value="30")
    page = send(office, draft, workbook).content.decode()
    captions = re.findall(r"<caption[^>]*>([^<]*)</caption>", page)
    assert captions == re.findall(r"<h2>([^<]*)</h2>(?=\s*<div class=\"table-panel)", page)
    assert captions == ["会改的", "网页上已另改过、没有采用的"]


def test_the_lists_stand_alone_for_htmx(draft: Any, office: Client) -> None:
    part = office.get(f"{draft.get_absolute_url()}?list=tasks", headers=HTMX).content.decode()
    assert part.lstrip().startswith("<section") and "source-text" not in part


def test_gaps_lead_to_their_items(draft: Any, plan: Any, office: Client) -> None:
    page = office.get(f"{draft.get_absolute_url()}?list=gaps").content.decode()
    gap = next(gap for gap in plan.gaps if gap.kind == "task_without_lead")
    assert html.escape(gap.message) in page and f"?list=tasks&amp;item={gap.items[0]}#{gap.items[0]}" in page


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("state=unreviewed", lambda t, gaps: True),
        ("state=confirmed", lambda t, gaps: False),
        ("confidence=high", lambda t, gaps: t.confidence >= 0.9),
        ("confidence=low", lambda t, gaps: t.confidence < 0.7),
        ("gap=any", lambda t, gaps: t.id in gaps),
        ("q=优良天数", lambda t, gaps: "优良天数" in t.quote + t.name),
        ("state=nonsense", lambda t, gaps: True),
    ],
)
def test_filters(draft: Any, plan: Any, office: Client, query: str, fits: Callable[..., bool]) -> None:
    gaps = {item for gap in plan.gaps for item in gap.items}
    answer = office.get(f"{draft.get_absolute_url()}?list=targets&{query}")
    assert [row.id for row in answer.context["rows"]] == [t.id for t in plan.targets if fits(t, gaps)]
    if not answer.context["rows"]:
        assert "没有符合条件的条目" in answer.content.decode()


def test_an_empty_list_says_what_to_do(upload: Callable[..., Any], office: Client) -> None:
    from bilan.portal.plans.models import Draft

    upload("清河市工作要点\n一、治水\n（一）治理河道。整治河道。（市水务局牵头）\n")
    draft = Draft.objects.get()
    assert review_of(draft).plan.projects == []
    assert "这张清单是空的" in office.get(f"{draft.get_absolute_url()}?list=projects").content.decode()


def test_pieces_of_overlapping_spans_lose_no_character() -> None:
    spans = [
        Span("long", "measure", 0, 10, list_name="measures"),
        Span("cross", "target", 5, 15, list_name="targets"),
        Span("same", "project", 5, 15, list_name="projects"),
        Span("empty", "target", 7, 7, list_name="targets"),
        Span("beyond", "target", 12, 99, list_name="targets"),
    ]
    found = list(pieces(20, spans))
    assert [(piece.start, piece.end) for piece in found] == [(0, 5), (5, 10), (10, 15), (15, 20)]
    assert {span.item for span in found[1].spans} == {"long", "cross", "same"}
    text = "abcde<&>\"'\r\n🌊\x00klmnopq"
    shown = marked(text[:20], spans)
    plain = html.unescape(re.sub(r"<[^>]*>", "", shown))
    assert plain == text[:20].replace("\0", "\N{REPLACEMENT CHARACTER}")
    assert sorted(re.findall(r'id="at-(\w+)"', shown)) == ["cross", "long", "same"]


def long_text(characters: int) -> str:
    """A document of many sections, tasks and goals, in words of our own."""
    parts = ["清河市碧水蓝天行动计划（2026—2028年）"]
    for section in range(1, 100):
        parts.append(f"{'一二三四五六七八九十'[section % 10]}、第{section}类重点工作")
        for task in range(1, 7):
            goal = f"到2028年，第{section}类第{task}项指标达到{60 + task}%以上，完成{section * task}个排污口整治"
            words = "加强巡查，完善台账，落实整改，及时公开。" * 14
            units = "（市生态环境局牵头，市水务局、市发展改革委配合）"
            parts.append(f"（{'一二三四五六'[task - 1]}）第{section}类任务{task}。{goal}。{words}{units}")
        if sum(map(len, parts)) > characters:
            break
    return "\n".join(parts)[:characters]


def test_a_long_document_is_quick_and_light(upload: Callable[..., Any], office: Client) -> None:
    from bilan.portal.plans.models import Draft

    upload(long_text(60_000))
    draft = Draft.objects.get()
    assert len(draft.document.text) == 60_000
    review = review_of(draft)
    assert len(review.plan.targets) > 200 and len(review.plan.measures) > 500  # as dense as plans are
    office.get(draft.get_absolute_url())
    times, page = [], b""
    for _ in range(5):
        begun = time.process_time()
        page = office.get(draft.get_absolute_url()).content
        times.append(time.process_time() - begun)
    assert len(gzip.compress(page, 6)) < 300_000
    assert min(times) < 0.3, times


@pytest.mark.optional
@pytest.mark.parametrize("seed", sorted(SEEDS.glob("*.txt"))[:5] or [None], ids=lambda p: p.stem if p else "none")
def test_real_plans_are_shown_whole(upload: Callable[..., Any], office: Client, seed: Path | None) -> None:
    from bilan.portal.plans.models import Draft

    if seed is None:
        pytest.skip("no seeds: the folder shared/seeds beside the project is not there")
    upload(seed.read_text(encoding="utf-8"), name="seed.txt")
    draft = Draft.objects.get()
    shown = source_of(office.get(draft.get_absolute_url()).content.decode())
    assert html.unescape(re.sub(r"<[^>]*>", "", shown)) == draft.document.text
    for name in ("targets", "tasks", "measures", "projects", "duties", "gaps"):
        assert office.get(f"{draft.get_absolute_url()}?list={name}").status_code == 200


def test_an_id_is_no_markup() -> None:
    spans = [
        Span('"><script>', "target", 0, 2, list_name="targets"),
        Span("'&<b>", "measure", 0, 3, list_name="measures"),
    ]
    shown = marked("到2028年", spans)
    assert "<script>" not in shown and "<b>" not in shown
    assert 'item=%22%3E%3Cscript%3E#%22%3E%3Cscript%3E"' in shown and 'data-in="&#x27;&amp;&lt;b&gt;"' in shown
