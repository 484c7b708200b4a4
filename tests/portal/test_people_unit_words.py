"""The page of a unit: columns that say something, sentences that have room, since when it has its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override

from bilan.board.model import Row
from bilan.portal.core.styleguide_sample import sample_board

BOARD = sample_board()
ROWS = {row.status: row for row in BOARD.rows if not row.district}


class _Standing:
    head = BOARD.head
    query = "region=990100"
    plan = type("plan", (), {"slug": "qinghe"})


def table(*rows: Row, status: str = "") -> str:
    context = {"rows": rows, "status": status, "caption": "牵头的目标", "one": _Standing}
    return render_to_string("people/parts/targets.html", context)


def judged(words: str) -> Row:
    said = ROWS["missed"].reason_text.model_copy(update={"zh": words})
    left = {"figure": None, "gap": None, "room": None, "chance": None, "baseline": None, "reason_text": said}
    return ROWS["missed"].model_copy(update=left)


def columns(html: str) -> list[str]:
    return re.findall(r'scope="col">([^<]*)<', html)


def test_a_column_that_says_nothing_is_left_out() -> None:
    certain = ROWS["on_course"]
    assert certain.chance is None
    assert columns(table(certain)) == ["状态", "目标", "现状", "差距与余量"]
    assert columns(table(certain, ROWS["at_risk"])) == ["状态", "目标", "现状", "差距与余量", "可能性"]
    assert columns(table(certain, ROWS["at_risk"], status="on_course")) == ["状态", "目标", "现状", "差距与余量"]
    assert columns(table(judged("市水利局判定"))) == ["状态", "目标", "现状"]


def test_a_row_has_a_cell_for_every_column() -> None:
    for rows in ((ROWS["on_course"],), (ROWS["on_course"], ROWS["at_risk"]), (judged("好"), ROWS["at_risk"])):
        html = table(*rows)
        body = html.partition("<tbody")[2]
        for line in body.split("</tr>")[:-1]:
            wide = sum(int(one or 1) for one in re.findall(r'<t[dh] role="[a-z]*"(?: colspan="(\d)")?', line))
            assert wide == len(columns(html))


def test_what_somebody_judged_has_the_room_of_all_figures() -> None:
    html = table(judged("由市生态环境局于 2026-09-16 判定：2 处水源地调整"), ROWS["at_risk"])
    assert 'colspan="3" data-label="现状"><span class="muted small">由市生态环境局于' in html
    assert html.count("colspan") == 1
    zero = ROWS["missed"].model_copy(update={"figure": Decimal(0)})
    assert "colspan" not in table(zero)


def test_without_a_row_of_the_answer_there_is_no_table() -> None:
    assert table(ROWS["on_course"], status="missed").strip() == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "zh", "en"),
    [
        ({}, "现用名，何时起用没有登记", "its name now, since when is not on record"),
        ({"valid_from": date(2024, 1, 1)}, "现用名，2024年1月1日起用", "its name now, used from 1 Jan 2024"),
        (
            {"valid_from": date(2024, 1, 1), "valid_to": date(2025, 3, 1)},
            "2024年1月1日起用，2025年3月1日起不再用",
            "used from 1 Jan 2024, no longer from 1 Mar 2025",
        ),
        (
            {"valid_to": date(2025, 3, 1)},
            "何时起用没有登记，2025年3月1日起不再用",
            "since when is not on record, no longer from 1 Mar 2025",
        ),
    ],
)
def test_since_when_a_name_is_used_is_said_in_words(people: Any, told: dict[str, date], zh: str, en: str) -> None:
    from bilan.portal.people.models import UnitName
    from bilan.portal.people.templatetags.people import in_use

    name = UnitName(unit=people.units["市局"], name="市局", **told)
    for language, words in (("zh-hans", zh), ("en", en)):
        with override(language):
            assert re.sub(r"<[^>]*>", "", in_use(name)) == words


@pytest.mark.django_db
def test_a_unit_that_ended_has_no_name_in_use(people: Any, client_of: Callable[[str], Client]) -> None:
    unit = people.units["东湖分局"]
    page = client_of("plan_office").get(f"/units/{unit.pk}/").content.decode()
    assert "现用名，何时起用没有登记" in page
    assert "—今" not in page
    unit.valid_to = date(2026, 1, 1)
    unit.save()
    page = client_of("plan_office").get(f"/units/{unit.pk}/").content.decode()
    assert "何时起用没有登记" in page
    assert "现用名" not in page
