"""The board of a past day is made with the plan and the data of now; where that tells another story it says so."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone


@pytest.fixture
def second(site: Any) -> Any:
    """A second version, published half an hour after the midnight that ends this day here."""
    from bilan.portal.plans.models import Draft, Version

    first = site.plan.current
    told = {name: getattr(first, name) for name in ("plan", "region", "document", "compiled")}
    draft = Draft.objects.create(started_by=first.published_by, **told)
    midnight = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), datetime.min.time()))
    version = Version.objects.create(
        number=2,
        digest="v-of-tomorrow",
        draft=draft,
        published_by=first.published_by,
        published_at=midnight + timedelta(minutes=30),
        **told,
    )
    site.plan.current = version
    site.plan.save(update_fields=["current"])
    site.logged()
    return version


def words(site: Any, day: date) -> str:
    from bilan.portal.board.hindsight import hindsight
    from bilan.portal.board.sources import Asked

    return hindsight(Asked(site.plan.current, day))


def test_a_day_before_the_version_names_the_one_that_was_in_force(second: Any, site: Any) -> None:
    today = timezone.localdate()
    assert "第 2 版规划" in words(site, today) and "有效的是第 1 版" in words(site, today)
    assert words(site, today + timedelta(days=1)) == ""  # by the days here, not those of UTC
    for address in ("/board/", site.target(1), "/public/", site.target(1, public=True)):
        assert "有效的是第 1 版" in site.text("plan_office", address, as_of=today.isoformat())


def test_a_site_that_came_later_than_the_plan_says_nothing(second: Any, site: Any) -> None:
    assert words(site, date(2026, 3, 31)) == ""


def test_before_the_issue_of_the_plan_it_is_only_reckoned(site: Any) -> None:
    assert "还没有印发" in words(site, date(2026, 1, 1)) and words(site, date(2026, 1, 2)) == ""
    assert "还没有印发" in site.text("plan_office", "/board/", as_of="2026-01-01")


@pytest.mark.parametrize(
    ("issued", "first"), [("2026-03", date(2026, 3, 1)), ("2026", date(2026, 1, 1)), (None, None), ("春天", None)]
)
def test_issue_of_a_coarser_period(plan: Any, issued: str | None, first: date | None) -> None:
    assert plan.plan.model_copy(update={"issued": issued}).issued_from == first
