"""Every row of the site carries its plan and its region, by itself or by the row that it belongs to."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models

# The rows that have them through another row, and the way there.
THROUGH = {
    ("people.Contact", "region"): "unit__region",
    ("people.UnitName", "region"): "unit__region",
}
# The rows that have none, and why.
_OF_NO_PLAN = "people and places answer for targets of every plan"
WITHOUT = {
    ("people.Region", "plan"): _OF_NO_PLAN,
    ("people.Region", "region"): "it is one",
    ("people.Unit", "plan"): _OF_NO_PLAN,
    ("people.UnitName", "plan"): _OF_NO_PLAN,
    ("people.Contact", "plan"): _OF_NO_PLAN,
    ("people.User", "plan"): _OF_NO_PLAN,
    ("people.Membership", "plan"): "a role is one in a place, for every plan there",
    ("plans.Plan", "plan"): "it is one",
    ("audit.Head", "plan"): "the end of the one chain of the log, of all plans and places",
    ("audit.Head", "region"): "the end of the one chain of the log, of all plans and places",
}
# The rows whose field may be empty, and when.
EMPTY = {
    ("people.User", "region"): "of nowhere: whoever has no place, as the administrator of the site",
    ("people.Membership", "region"): "of everywhere: a role in all places",
    ("audit.Entry", "plan"): "what was done to no plan, as a log-in",
    ("audit.Entry", "region"): "what was done in no place, as a setting of the site",
    ("jobs.Job", "plan"): "the reading of a document, before there is its plan",
    ("jobs.Job", "region"): "a job of the site, of no place",
    ("files.StoredFile", "plan"): "a file that was sent, before there is its plan",
}


def own() -> list[type[models.Model]]:
    """The models of the portal's own apps."""
    return [one for one in apps.get_models() if one.__module__.startswith("bilan.portal.")]


CASES = [pytest.param(one, what, id=f"{one._meta.label}-{what}") for one in own() for what in ("plan", "region")]


def at_end(model: type[models.Model], way: str) -> Any:
    """The last field of a way through rows."""
    found: Any = None
    for name in way.split("__"):
        found = model._meta.get_field(name)
        model = found.related_model
    return found


def may_be_empty(field: Any) -> bool:
    return bool(field.null or field.blank)


@pytest.mark.parametrize(("model", "what"), CASES)
def test_a_row_carries_its_plan_and_its_region(model: type[models.Model], what: str) -> None:
    key = (model._meta.label, what)
    fields = {one.name: one for one in model._meta.get_fields() if isinstance(one, models.Field)}
    if key in WITHOUT:
        assert what not in fields, "it has one by now"
        return
    field = fields[what] if key not in THROUGH else at_end(model, THROUGH[key])
    place = "people.Region" if what == "region" else "plans.Plan"
    assert isinstance(field, models.CharField) or field.related_model._meta.label == place
    assert may_be_empty(field) is (key in EMPTY)


def test_a_way_to_another_row_is_never_broken() -> None:
    """Each row on the way is always there."""
    for (label, _what), way in THROUGH.items():
        model = apps.get_model(label)
        names = way.split("__")
        steps = ["__".join(names[:end]) for end in range(1, len(names) + 1)]
        assert [one for one in steps if may_be_empty(at_end(model, one))] == [], label


def test_no_exception_outlives_its_model() -> None:
    known = {(one._meta.label, what) for one in own() for what in ("plan", "region")}
    assert len(known) == 2 * 18
    assert {*WITHOUT, *THROUGH, *EMPTY} <= known
