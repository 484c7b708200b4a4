"""Looks, at every start, whether models and the rights table fit together."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from bilan.errors import BilanError
from bilan.portal.rights.subject import Subject
from bilan.portal.rights.table import grants
from bilan.portal.rights.words import OBJECTS


@register()
def rights_fit(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """Every model of ours says how its rows are found, and can tell them by every scope the table gives."""
    try:
        given = grants()
    except BilanError as error:
        return [Error(str(error), id="rights.E001")]
    found: list[CheckMessage] = []
    for model in apps.get_models():
        if not model.__module__.startswith("bilan.portal."):
            continue
        subject = getattr(model, "rights", "")
        if subject is None:  # it says that nobody sees its rows
            continue
        if not isinstance(subject, Subject) or subject.object not in OBJECTS:
            found.append(Error(f"{model.__name__} 没有说明它的行怎样按权限查找（rights）", obj=model, id="rights.E002"))
            continue
        needed = {one.scope for one in given if one.object == subject.object}
        found += [
            Error(f"{model.__name__} 的行无法按范围 {scope} 查找", obj=model, id="rights.E003")
            for scope in sorted(needed)
            if not subject.serves(scope)
        ]
    return found
