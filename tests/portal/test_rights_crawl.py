"""Every address as every role: what the table refuses is refused, and nothing shows a row that may not be seen."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import pytest
from crawled import (  # type: ignore[import-not-found]
    CHOICES,
    PARAMETERS,
    QUERIES,
    ROWS,
    VALUES,
    WHILE_DEBUGGING,
)
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bilan.portal.rights.reach import allowed
from bilan.portal.rights.words import OBJECTS
from conftest import CAST  # type: ignore[import-not-found]

WHO = [*CAST, "newcomer", "public"]
MARKER = re.compile(r"marker-[a-z]+-\d+")


def addresses(patterns: Any = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site with its full name."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)
        else:
            yield f"{space}{one.name}", one


ADDRESSES = dict(addresses())


def guards_of(pattern: URLPattern) -> Any:
    return getattr(getattr(pattern.callback, "view_class", pattern.callback), "guards", None)


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_address_names_its_object_and_action(name: str) -> None:
    guards = guards_of(ADDRESSES[name])
    assert guards, f"{name} answers everybody"
    assert guards[1] in OBJECTS[guards[0]][1]


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_address_can_be_tried(name: str) -> None:
    needed = set(ADDRESSES[name].pattern.converters)
    assert given_for(name) == needed, f"no tests/portal/crawled*.py has the parameters of {name}"


def given_for(name: str) -> set[str]:
    return set(PARAMETERS[name][1]) if name in PARAMETERS else set(VALUES.get(name, ()))


@pytest.fixture
def rows(people: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    from bilan.portal.board import boards, views, views_target

    for one in (views, views_target):
        monkeypatch.setattr(one, "WAIT", 120.0)  # a page that only says that it is computing would prove nothing
    monkeypatch.setattr(views_target, "_AT_ONCE", 120.0)
    monkeypatch.setattr(views, "board_at_hand", boards.board_of)
    return [row for make in ROWS for row in make(people)]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", WHO)
def test_nothing_answers_what_a_person_may_not_see(
    people: Any, rows: list[Any], client_of: Callable[[str], Client], settings: Any, who: str, method: str
) -> None:
    tried, client = 0, client_of(who)
    for name, pattern in ADDRESSES.items():
        if given_for(name) != set(pattern.pattern.converters) or not guards_of(pattern):
            continue  # the tests above say so
        settings.DEBUG = name in WHILE_DEBUGGING
        for row, choice in itertools.product(rows_for(name, rows), choices_for(name)):
            user = AnonymousUser() if who == "public" else getattr(people, who)
            parameters = parameters_of(name, row) | choice
            may = allowed(user, *guards_of(pattern))
            reaches = may and (row is None or allowed(user, *guards_of(pattern), row))
            hidden = markers_hidden_from(user, rows)
            if user.is_authenticated and "_auth_user_id" not in client.session:  # the address before logged him out
                client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            address = reverse(name, kwargs=parameters) + getattr(row, QUERIES.get(name, "query"), "")
            answer = getattr(client, method)(address)
            place = (who, method, name, getattr(row, "pk", None), answer.status_code, parameters)
            if not may:
                refused = answer.status_code == 403 or answer.headers.get("Location", "").startswith("/account/login/?")
                assert refused, place
            elif answer.status_code == 405:  # an address for the other method
                assert client.options(address).status_code == 200, place
            elif not reaches:
                assert answer.status_code == 404, place
            else:
                assert answer.status_code in (200, 302), place
                assert not answer.headers.get("Location", "").startswith("/account/login/?"), place
            assert set(MARKER.findall(shown_in(answer))) & hidden == set(), place
            tried += 1
    assert tried >= sum(given_for(name) == set(one.pattern.converters) for name, one in ADDRESSES.items())


@pytest.mark.parametrize("name", sorted(WHILE_DEBUGGING))
def test_pages_for_looking_for_faults_are_not_there_otherwise(client_of: Callable[[str], Client], name: str) -> None:
    assert client_of("administrator").get(reverse(name, kwargs=VALUES.get(name, {}))).status_code == 404


def shown_in(answer: Any) -> str:
    """All text of an answer, of a workbook that of its parts, which are packed."""
    content = b"".join(answer) if answer.streaming else answer.content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"\n".join(packed.read(part) for part in packed.namelist())
    return content.decode(errors="replace")


def choices_for(name: str) -> list[dict[str, str]]:
    """The parameters of which every value is tried, once for each combination of them."""
    choices = CHOICES.get(name, {})
    return [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]


def parameters_of(name: str, row: Any) -> dict[str, Any]:
    if row is None:
        return VALUES.get(name, {})
    return {parameter: attrgetter(attribute)(row) for parameter, attribute in PARAMETERS[name][1].items()}


def rows_for(name: str, rows: list[Any]) -> list[Any]:
    if name not in PARAMETERS:
        return [None]
    found = [row for row in rows if row._meta.model_name == PARAMETERS[name][0]]
    assert found, f"tests/portal/crawled.py makes no {PARAMETERS[name][0]}"
    return found


def markers_hidden_from(user: Any, rows: list[Any]) -> set[str]:
    """The markers of rows that the person may not read; an entry of the log may name a row that it tells of."""
    told = {mark for row in rows if seen(user, row) for mark in MARKER.findall(marks(row))}
    return {mark for row in rows for mark in MARKER.findall(marks(row))} - told


def seen(user: Any, row: Any) -> bool:
    return allowed(user, type(row).rights.object, "read", row)


def marks(row: Any) -> str:
    return f"{row} {getattr(row, 'label', '')}"


def test_the_crawl_would_notice_a_leak(
    people: Any, rows: list[Any], client_of: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the filter out of order the list of jobs shows what it must not, and the markers tell."""
    from bilan.portal.rights import views

    monkeypatch.setattr(views, "visible", lambda queryset, *_: queryset)
    shown = shown_in(client_of("officer").get("/jobs/"))
    assert set(MARKER.findall(shown)) & markers_hidden_from(people.officer, rows)


@pytest.mark.parametrize("format", CHOICES["people:users_file"]["format"])
def test_the_crawl_would_notice_a_leak_in_a_file(
    people: Any, rows: list[Any], client_of: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    from bilan.portal.rights import views

    monkeypatch.setattr(views, "visible", lambda queryset, *_: queryset)
    shown = shown_in(client_of("city_administrator").get(reverse("people:users_file", kwargs={"format": format})))
    assert set(MARKER.findall(shown)) & markers_hidden_from(people.city_administrator, rows)
