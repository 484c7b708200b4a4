"""However many plans there are, their names are read with as many queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

pytestmark = pytest.mark.django_db

Browser = Callable[[str], Client]
TEXT = """{name}攻坚行动计划（2026—2028年）

一、主要目标

到2027年，市区PM2.5年均浓度降到34微克/立方米以下。（市局牵头，市水务局配合）

二、重点任务

（一）治理扬尘。加强工地管理。（责任单位：市局，各县区政府）
"""


def publish_one(people: Any, client: Client, name: str, at_once: Any) -> None:
    from bilan.portal.plans.models import Draft
    from bilan.portal.plans.publish import publish
    from bilan.portal.plans.state import review_of

    file = SimpleUploadedFile(f"{name}.txt", TEXT.format(name=name).encode())
    with at_once(execute=True):
        client.post("/plans/upload/", {"document": file, "region": "990100"})
    draft = Draft.objects.latest("pk")
    publish(draft, people.plan_office, "", review_of(draft).number)


@pytest.mark.parametrize("page", ["/administration/", "/units/names/"])
def test_more_plans_cost_no_more_queries(
    people: Any, client_of: Browser, django_capture_on_commit_callbacks: Any, page: str
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bilan.portal.plans.models import Plan

    office, client, asked = client_of("plan_office"), client_of("administrator"), []
    for names in (("清河市大气",), ("清河市水", "清河市土壤")):
        for name in names:
            publish_one(people, office, name, django_capture_on_commit_callbacks)
        client.get(page)  # the texts of the plans are read once
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        asked.append(len(queries))
    assert Plan.objects.count() == 3
    assert asked[0] == asked[1]
