"""What is put together from parts fits where it is kept when every part is as long as it may be.

SQLite keeps what is too long, PostgreSQL refuses it: the fixture of the tests refuses it on both.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DataError
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.django_db

LONG_UNIT, LONG_NAME, LONG_USERNAME = "局" * 80, "名" * 40, "u" * 64


@pytest.fixture
def somebody(people: Any) -> Any:
    """An officer, his unit and a plan of his region, every name as long as the forms permit."""
    from bilan.portal.people.models import Membership, Unit, User
    from bilan.portal.plans.models import Plan

    region = people.regions["990102"]
    unit = Unit.objects.create(name=LONG_UNIT, region=region)
    user = User.objects.create_user(LONG_USERNAME, "x", name=LONG_NAME, region=region, unit=unit)
    Membership.objects.create(user=user, role="officer", region=region, unit=unit)
    plan = Plan.objects.create(slug="p" * 40, title="题" * 200, region=region)
    return SimpleNamespace(user=user, unit=unit, region=region, plan=plan)


def test_what_is_too_long_is_refused_on_every_database(people: Any) -> None:
    from bilan.portal.people.models import Unit

    with pytest.raises(DataError):
        Unit.objects.create(name="局" * 81, region=people.regions["990102"])


def test_an_entry_names_unit_and_person(somebody: Any) -> None:
    from bilan.board.entries import Entry as Decision
    from bilan.portal.board.deciding import enter, name_of

    by = name_of(somebody.user, somebody.unit)
    value = Decimal("-123456789012345.123456789012345")
    told = Decision("t" * 80, "figure", 2026, value, None, "因" * 500, by, date(2026, 5, 8), month=5)
    row = enter(told, somebody.plan, somebody.region, somebody.unit, somebody.user, "标" * 300)
    row.refresh_from_db()
    assert (row.by, row.decision().value) == (f"{LONG_UNIT} {LONG_NAME}", value)


def test_the_log_names_who_it_was(somebody: Any) -> None:
    from bilan.portal.audit.record import record

    entry = record("a" * 60, row=somebody.plan, actor=somebody.user, plan="p" * 40)
    assert entry.actor_name == f"{LONG_NAME}（{LONG_USERNAME}）"


def test_a_closing_keeps_figure_and_unit_in_full(somebody: Any) -> None:
    from bilan.portal.board.closings import close
    from bilan.portal.plans.models import Document, Draft, Version

    plan, region, user = somebody.plan, somebody.region, somebody.user
    file = _file(somebody)
    document = Document.objects.create(plan=plan, region=region, file=file, uploaded_by=user)
    draft = Draft.objects.create(plan=plan, region=region, document=document, compiled="{}", started_by=user)
    common = {"plan": plan, "region": region, "draft": draft, "document": document, "published_by": user}
    version = Version.objects.create(**common, number=1, compiled="{}", digest="0" * 12)
    head = SimpleNamespace(
        plan_version="0" * 12, policy_version="0" * 12, bilan_version="0.6.0", lake_version=1, statistics_version=1
    )
    figure = Decimal(1) / Decimal(7) * Decimal("1e-20")
    row = SimpleNamespace(
        target="t",
        name="标" * 300,
        period="2025-01-01/2025-12-31",
        span="2025",
        status="cannot_be_judged",
        figure=figure,
        gap=figure,
    )
    row.unit = "微克/立方米（" + "标" * 90 + "）"
    asked = SimpleNamespace(version=version, as_of=date(2026, 1, 1))
    closing = close(
        asked,
        SimpleNamespace(board=SimpleNamespace(head=head), known_at=timezone.now()),
        row,
        region,
        somebody.unit,
        user,
        "注" * 500,
    )  # type: ignore[arg-type]
    closing.refresh_from_db()
    assert (Decimal(closing.figure), closing.figure_unit) == (figure, row.unit)


def _file(somebody: Any) -> Any:
    from bilan.portal.files.models import StoredFile

    return StoredFile.objects.create(
        name="文" * 200, kind="docx", size=1, sha256="0" * 64, owner=somebody.user, region=somebody.region
    )


def test_a_unit_may_be_written_at_any_length(somebody: Any) -> None:
    from bilan.portal.people.models import UnitName

    name = "市生态环境局会同" + "有关单位" * 60
    UnitName.objects.create(unit=somebody.unit, name=name, written=True)
    assert somebody.unit.names.get(written=True).name == name


def test_regions_lie_in_one_another_until_their_line_is_full(people: Any, client_of: Callable[[str], Client]) -> None:
    from bilan.portal.people.models import Region

    client, above = client_of("administrator"), "990102"
    for number in range(60):
        told = {"name": "园" * 80, "short_name": "园" * 40, "code": f"r{number:011}", "kind": "functional_zone"}
        answer = client.post(f"/administration/regions/{above}/add/", told)
        if answer.status_code == 200:
            break
        above = f"own.r{number:011}"
    assert "层" in str(answer.context["form"].errors)
    assert Region.objects.filter(path__startswith=Region.objects.get(pk="990102").path).count() > 10
