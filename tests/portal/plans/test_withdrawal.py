"""A published plan is taken back and put there again; one whose period is over does not come first."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from bilan.portal.audit.models import Entry
from bilan.portal.board.choosing import published_plans
from bilan.portal.plans.doubts import doubts, is_over
from bilan.portal.plans.models import Draft, Plan, Version

from .test_versions import publish

OLD = """示例市2020年生态环境工作要点

一、主要目标

到2020年，全市细颗粒物（PM2.5）年均浓度控制在35微克/立方米以下。
"""


@pytest.fixture
def version(draft: Any, office: Client) -> Any:
    publish(office, draft)
    return Version.objects.select_related("plan").get()


def withdraw(client: Client, plan: Plan, reason: str = "地区选错了") -> Any:
    return client.post(f"{plan.get_absolute_url()}withdraw/", {"reason": reason}, follow=True)


def test_a_withdrawn_plan_is_on_no_board_and_not_public(version: Any, office: Client, client: Client) -> None:
    plan = version.plan
    assert client.get(plan.get_absolute_url()).status_code == 200
    page = withdraw(office, plan).content.decode()
    assert "已撤回。看板和公开页面不再有这份规划" in page and "withdraw-dialog" not in page
    assert not published_plans().exists()
    for address in (plan.get_absolute_url(), version.get_absolute_url(), f"{version.get_absolute_url()}plan.json"):
        assert client.get(address).status_code in (302, 404), address
        assert office.get(address).status_code == 200, address
    assert str(plan) not in client.get("/plans/").content.decode()
    assert "已撤回" in office.get("/plans/").content.decode()
    entry = Entry.objects.get(action="plan.withdraw")
    assert json.loads(entry.new) == {"number": 1, "reason": "地区选错了"}


def test_it_is_put_back(version: Any, office: Client, client: Client) -> None:
    plan = version.plan
    withdraw(office, plan)
    page = office.post(f"{plan.get_absolute_url()}put-back/", follow=True).content.decode()
    assert "已恢复，看板和公开页面又有这份规划" in page
    assert published_plans().get() == plan
    assert client.get(version.get_absolute_url()).status_code == 200
    again = office.post(f"{plan.get_absolute_url()}put-back/", follow=True).content.decode()
    assert "这份规划没有撤回" in again
    assert Entry.objects.filter(action="plan.put_back").count() == 1


def test_a_reason_is_asked_for_and_nothing_is_withdrawn_twice(version: Any, office: Client) -> None:
    assert "请写明撤回的理由" in withdraw(office, version.plan, " ").content.decode()
    assert published_plans().exists()
    withdraw(office, version.plan)
    assert "或已经撤回" in withdraw(office, version.plan).content.decode()
    assert Entry.objects.filter(action="plan.withdraw").count() == 1


def test_only_who_publishes_withdraws(version: Any, client_of: Callable[[str], Client]) -> None:
    for who in ("analyst", "officer", "leader"):
        assert withdraw(client_of(who), version.plan).status_code == 403
    assert published_plans().exists()


def test_nothing_is_published_for_a_withdrawn_plan(version: Any, office: Client) -> None:
    office.post(f"{version.get_absolute_url()}revise/")
    withdraw(office, version.plan)
    draft = version.plan.drafts.get(state="reviewing")
    page = office.get(f"{draft.get_absolute_url()}publish/").content.decode()
    assert "先恢复才能发布新的一版" in page and re.search(r"<button[^>]* disabled>发布</button>", page)
    assert "先恢复才能发布新的一版" in publish(office, draft).content.decode()
    assert Version.objects.count() == 1


def test_what_speaks_against_publishing_is_said(draft: Any, plan: Any, office: Client) -> None:
    region = draft.plan.region
    own = plan.model_copy(update={"plan": plan.plan.model_copy(update={"issuer": None, "period": None})})
    assert doubts(own, region) == []

    def told(**info: str) -> list[str]:
        return doubts(plan.model_copy(update={"plan": own.plan.model_copy(update=info)}), region)

    assert told(issuer=f"{region.name}人民政府", period="2026/9999") == []
    assert told(period="2020") == ["这份规划的时段（2020）已经结束。"]
    (issuer,) = told(issuer="外省生态环境厅")
    assert "外省生态环境厅" in issuer and region.name in issuer
    assert told(period="近几年") == []


@pytest.mark.parametrize(
    ("period", "day", "over"),
    [
        ("2026/2028", date(2028, 12, 31), False),
        ("2026/2028", date(2029, 1, 1), True),
        ("2020", date(2026, 1, 1), True),
        (None, date(2026, 1, 1), False),
    ],
)
def test_a_plan_is_over_after_the_last_day_of_its_period(plan: Any, period: str, day: date, over: bool) -> None:
    changed = plan.model_copy(update={"plan": plan.plan.model_copy(update={"period": period})})
    assert is_over(changed, day) is over


def test_a_plan_in_force_stands_before_a_later_one_that_is_over(
    version: Any, upload: Callable[..., Any], office: Client, client: Client
) -> None:
    upload(OLD, name="工作要点.txt")
    draft = Draft.objects.exclude(plan=version.plan).get()
    page = office.get(f"{draft.get_absolute_url()}publish/").content.decode()
    assert "这份规划的时段（2020）已经结束" in page
    publish(office, draft)
    assert [plan.pk for plan in published_plans()] == [draft.plan_id, version.plan_id]  # as they were made
    shown = client.get("/public/").context["chosen"]
    assert [plan.pk for plan in shown.plans] == [version.plan_id, draft.plan_id]
    assert shown.plan == version.plan


def test_an_empty_plan_is_not_called_reviewed(upload: Callable[..., Any], office: Client) -> None:
    upload("今天天气很好。")
    draft = Draft.objects.get()
    page = office.get(f"{draft.get_absolute_url()}publish/").content.decode()
    assert "计划里没有目标也没有任务，不能发布" in page and "全部条目都核对过了" not in page
    assert 'class="button main" disabled' in page
