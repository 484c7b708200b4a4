"""A closing freezes the judgement that the person saw, with the moment of the answer; another one is shown first."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

pytestmark = pytest.mark.django_db

DAY = "2026-03-31"


@pytest.fixture
def due() -> str:
    return "2026-03"


def page(site: Any, number: int = 4) -> str:
    return str(site.text("plan_office", site.target(number), as_of=DAY))


def seen(told: str) -> str:
    """What the form of the page carries of the judgement."""
    found = re.search(r'name="closing-seen" value="([^"]*)"', told)
    assert found is not None
    return html.unescape(found[1])


def approve(site: Any, carried: str | None, number: int = 4) -> Any:
    data = {"closing-remark": "局务会"} | ({} if carried is None else {"closing-seen": carried})
    return site.client_of("plan_office").post(f"{site.target(number, 'close/')}?region=990100&as_of={DAY}", data)


@pytest.fixture
def figure(site: Any) -> Any:
    def entered(value: int) -> Any:
        return site.decide(target="t4", what="figure", value=value, shown=str(value), on=DAY)

    entered(90)
    return entered


def test_what_was_seen_is_what_is_frozen(site: Any, figure: Any) -> None:
    from bilan.portal.board.models import Closing

    assert approve(site, seen(page(site))).status_code == 302
    closing = Closing.objects.get()
    assert (closing.figure, closing.figure_unit, closing.remark) == ("90", "公里", "局务会")


def test_what_moved_on_is_shown_before_it_is_approved(site: Any, figure: Any) -> None:
    from bilan.portal.board.models import Closing

    carried = seen(page(site))
    figure(80)
    answer = approve(site, carried)
    told = answer.content.decode()
    assert answer.status_code == 200
    assert not Closing.objects.exists()
    assert "数值：90 → 80" in told
    assert "局务会" in told  # what was written is not lost
    assert approve(site, seen(told)).status_code == 302  # the fresh form is about what is now
    assert Closing.objects.get().figure == "80"


def test_what_somebody_entered_a_moment_ago_counts(site: Any, figure: Any) -> None:
    from bilan.portal.board.models import Closing

    carried = seen(page(site))
    site.written(target="t4", what="figure", value=80, shown="80", on=DAY)
    assert "数值：90 → 80" in approve(site, carried).content.decode()
    assert not Closing.objects.exists()


@pytest.mark.parametrize("carried", [None, "", "[]", '{"status": {}}', "nonsense"])
def test_without_what_was_seen_nothing_is_frozen(site: Any, figure: Any, carried: str | None) -> None:
    from bilan.portal.board.models import Closing

    assert approve(site, carried).status_code == 200
    assert not Closing.objects.exists()


def test_what_changed_is_said_in_english(site: Any, figure: Any) -> None:
    carried = seen(page(site))
    figure(200)
    client = site.client_of("plan_office")
    client.cookies["bilan-language"] = "en"
    address = f"{site.target(4, 'close/')}?region=990100&as_of={DAY}"
    told = client.post(address, {"closing-seen": carried}).content.decode()
    assert "Not closed" in told
    assert "90 → 200" in told
    assert "没有结账" not in told


def test_the_moment_is_that_of_the_answer(site: Any, figure: Any) -> None:
    from django.utils import timezone

    from bilan.portal.board.models import Closing

    carried, answered = seen(page(site)), timezone.now()
    assert approve(site, carried).status_code == 302
    closing = Closing.objects.get()
    assert closing.known_at < answered < closing.approved_at


def test_the_period_has_the_same_name_on_every_day(site: Any, figure: Any) -> None:
    from bilan.portal.board.models import Closing

    assert approve(site, seen(page(site))).status_code == 302
    assert Closing.objects.get().period == "2026-01/2026-03"
    later = site.text("plan_office", site.target(4), as_of="2026-04-20")
    assert "这个时段已经结账" not in later
    assert "closing-seen" not in later  # it is closed, on whatever day one looks
    assert "then-now" not in later
    assert "2026-01 至 2026-03</a>" in later
    assert "closed-mark" in site.text("plan_office", "/", as_of="2026-04-20")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_what_runs_or_is_awaited_cannot_be_closed(site: Any, number: int) -> None:
    """Figures up to the day, a report of the year before, and what has no figure at all."""
    from bilan.portal.board.models import Closing

    told = page(site, number)
    assert "这个时段还没有结束" in told
    assert "closing-seen" not in told
    approve(site, "{}", number)
    assert not Closing.objects.exists()


def test_what_was_due_without_a_figure_is_closed(site: Any) -> None:
    from bilan.portal.board.models import Closing

    site.decide(target="t4", status="missed", on="2026-03-31")
    assert approve(site, seen(page(site))).status_code == 302
    closing = Closing.objects.get()
    assert (closing.period, closing.status, closing.figure) == ("2026-01/2026-03", "missed", "")


def test_an_answer_of_another_day_is_no_correction(site: Any, figure: Any) -> None:
    """What was at risk on the day of the closing may be met or missed on another; the closing is right all the same."""
    from bilan.portal.board.boards import board_of
    from bilan.portal.board.closings import closed_rows
    from bilan.portal.board.models import Closing
    from bilan.portal.board.sources import Asked

    assert approve(site, seen(page(site))).status_code == 302
    closing = Closing.objects.get()
    asked = Asked(site.plan.current, closing.as_of + timedelta(days=20), "990100")
    answer = board_of(replace(asked, as_of=closing.as_of))
    assert answer is not None
    (row,) = [one for one in answer.value.rows if one.target == "t4"]
    moved_on = row.model_copy(update={"status": "at_risk"})
    assert not closed_rows(asked, [moved_on])["t4"].differs
    assert closed_rows(asked, [row.model_copy(update={"figure": Decimal(91)})])["t4"].differs
