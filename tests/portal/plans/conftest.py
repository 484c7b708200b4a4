"""A small plan of our own words, uploaded and read, with a draft under review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

TEXT = """清河市碧水蓝天行动计划（2026—2028年）
一、总体要求
（一）主要目标
到2028年，全市PM2.5年均浓度控制在31微克/立方米以下，优良天数比率达到86%以上，国考断面水质优良比例达到90%以上。
二、重点任务
（一）治理入河排口。完成60个入河排污口整治，建设清河湿地工程。（市生态环境局牵头，市水务局配合）
（二）推进清洁取暖。到2027年底，完成清洁取暖改造2万户。（市住房城乡建设局牵头，市财政局配合）
（三）加强扬尘管控。持续开展道路洒水，降低扬尘。
"""


@pytest.fixture
def upload(client_of: Callable[[str], Client], django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """Upload a text as somebody; the job runs at once. Returns the answer of the site."""

    def run(
        text: str = TEXT, who: str = "plan_office", to: str = "/plans/upload/", name: str = "行动计划.txt", **more: str
    ) -> Any:
        file = SimpleUploadedFile(name, text.encode())
        data = {"document": file, **({"region": "990100"} if to == "/plans/upload/" else {}), **more}
        with django_capture_on_commit_callbacks(execute=True):
            return client_of(who).post(to, data)

    return run


@pytest.fixture
def draft(upload: Callable[..., Any]) -> Any:
    """The draft of the plan, nothing reviewed."""
    from bilan.portal.plans.models import Draft

    upload()
    return Draft.objects.select_related("plan", "document", "region").get()


@pytest.fixture
def office(client_of: Callable[[str], Client]) -> Client:
    """Somebody of the plan office."""
    return client_of("plan_office")


@pytest.fixture
def plan(draft: Any) -> Any:
    """The draft's plan as the compiler read it."""
    from bilan.portal.plans.state import review_of

    return review_of(draft).plan
