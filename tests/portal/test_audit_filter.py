"""The filter of the log asks for times, which an index knows; the entries of a row have an index of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("since=2026-03-02", 2),
        ("until=2026-03-01", 1),
        ("since=2026-03-02&until=2026-03-02", 1),
        ("until=9999-12-31", 3),
        ("since=0001-01-01", 3),
        ("since=9999-12-31", 0),
    ],
)
def test_days_are_those_of_the_site(people: Any, monkeypatch: pytest.MonkeyPatch, asked: str, found: int) -> None:
    from django.http import QueryDict
    from django.utils import timezone

    from bilan.portal.audit.models import Entry
    from bilan.portal.audit.record import record
    from bilan.portal.audit.views import Filter

    # the last second of 1 March in Shanghai, the first and the one after the last of 2 March
    for at in ((2026, 3, 1, 15, 59, 59), (2026, 3, 1, 16), (2026, 3, 2, 16)):
        moment = datetime(*at, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        record("site.read")
    rows = Filter(QueryDict(asked)).rows(Entry.objects.filter(action="site.read"))
    assert rows.count() == found
    assert "django_datetime" not in str(rows.query)


def test_entries_of_a_row_are_found_by_an_index(people: Any) -> None:
    from bilan.portal.audit.models import Entry

    if connection.vendor == "postgresql":  # which reads a table of a few rows as a whole
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "entries_of_a_row" in Entry.objects.filter(object="unit", object_id="1").explain()


def test_the_page_of_the_log_is_filtered_by_days(people: Any, client_of: Callable[[str], Client]) -> None:
    assert client_of("administrator").get("/audit/?since=2026-01-01&until=2026-12-31").status_code == 200
