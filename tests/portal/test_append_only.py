"""Rows that are only ever added: neither the models nor the database let anybody change or delete them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from bilan.portal.audit import guards
from bilan.portal.audit.append_only import AppendOnly, AppendOnlyError

pytestmark = pytest.mark.django_db

REFUSED = "neither changed nor deleted"
NAMES = {"audit.entry", "plans.correction", "plans.version", "board.entry", "board.note", "board.closing"}


@pytest.fixture
def rows(people: Any) -> dict[str, AppendOnly]:
    """A row of each kind."""
    from bilan.portal.audit.record import record
    from bilan.portal.board.models import Closing, Entry, Note
    from bilan.portal.files.models import StoredFile
    from bilan.portal.plans.models import Correction, Document, Draft, Plan, Version

    user, region = people.users["plan_office"], people.regions["990100"]
    plan = Plan.objects.create(slug="one", title="规划", region=region)
    here = {"plan": plan, "region": region}
    file = StoredFile.objects.create(name="a", kind="text", size=1, sha256="0" * 64, owner=user, region=region)
    document = Document.objects.create(**here, file=file, uploaded_by=user)
    draft = Draft.objects.create(**here, document=document, compiled="{}", started_by=user)
    version = Version.objects.create(
        **here, number=1, draft=draft, document=document, compiled="{}", digest="0", published_by=user
    )
    frozen = {"plan_version": "0", "policy_version": "0", "software_version": "0", "known_at": timezone.now()}
    made = [
        record("test.made"),
        Correction.objects.create(**here, draft=draft, number=1, step=1, kind="confirm", version="0", by=user),
        version,
        Entry.objects.create(**here, target="t", what="figure", reason="因", by="某", on=date.today(), author=user),
        Note.objects.create(**here, target="t", text="注", author=user),
        Closing.objects.create(
            **{**here, **frozen, "target": "t", "period": "2025", "as_of": date(2026, 1, 1), "version": version},
            **{"lake_version": 1, "statistics_version": 1, "status": "met", "approved_by": user},
        ),
    ]
    return {row._meta.label_lower: row for row in made}


def raw(statement: str, *values: Any) -> None:
    """Do what somebody does who has the database before him."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_every_such_model_is_tried_here() -> None:
    assert {one._meta.label_lower for one in apps.get_models() if issubclass(one, AppendOnly)} == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_models_refuse(rows: dict[str, Any], name: str) -> None:
    row = rows[name]
    every = type(row).objects.filter(pk=row.pk)
    for attempt in (row.save, row.delete, lambda: every.update(region=None), every.delete):
        with pytest.raises(AppendOnlyError):
            attempt()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_database_refuses(rows: dict[str, AppendOnly], name: str) -> None:
    row = rows[name]
    table, key = row._meta.db_table, row._meta.pk.column
    for field in row._meta.local_concrete_fields:
        with pytest.raises(DatabaseError, match=REFUSED):
            raw(f'UPDATE {table} SET "{field.column}" = "{field.column}" WHERE "{key}" = %s', row.pk)
    with pytest.raises(DatabaseError, match=REFUSED):
        raw(f'DELETE FROM {table} WHERE "{key}" = %s', row.pk)
    assert models.QuerySet(type(row)).filter(pk=row.pk).exists()


def test_a_closing_is_reopened_once_and_nothing_else_of_it_changes(rows: dict[str, Any], people: Any) -> None:
    closing, user = rows["board.closing"], people.users["plan_office"]
    reopening = "UPDATE board_closing SET reopened_at = %s, reopened_by_id = %s, reopened_reason = %s"
    now = timezone.now()
    for more in (
        ", figure = '99'",
        ", status = 'missed'",
        ", approved_by_id = 1 + approved_by_id",
        ", period = '2024'",
    ):
        with pytest.raises(DatabaseError, match=REFUSED):
            raw(reopening + more, now, user.pk, "因")
    with pytest.raises(DatabaseError, match=REFUSED):
        raw("UPDATE board_closing SET reopened_reason = 'before anybody reopened it'")
    assert closing.reopen(user, "复核")
    assert closing.reopened_reason == "复核"
    assert not closing.reopen(user, "又一次")
    with pytest.raises(DatabaseError, match=REFUSED):
        raw("UPDATE board_closing SET reopened_at = NULL")
    with pytest.raises(DatabaseError, match=REFUSED):
        raw("UPDATE board_closing SET reopened_reason = 'x'")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite knows REPLACE")
@pytest.mark.optional
@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_database_refuses_to_overwrite_a_row(rows: dict[str, AppendOnly], name: str) -> None:
    table = rows[name]._meta.db_table
    with pytest.raises(DatabaseError, match=REFUSED):
        raw(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL knows TRUNCATE")
@pytest.mark.optional
@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_database_refuses_to_empty_the_table(rows: dict[str, AppendOnly], name: str) -> None:
    raw("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match=REFUSED):
        raw(f"TRUNCATE {rows[name]._meta.db_table} CASCADE")


def test_guards_that_were_lost_are_put_back(rows: dict[str, AppendOnly]) -> None:
    guards.remove()
    raw("UPDATE board_note SET text = 'x'")
    guards.install()
    guards.install()  # every migration does it
    with pytest.raises(DatabaseError, match=REFUSED):
        raw("UPDATE board_note SET text = 'y'")
