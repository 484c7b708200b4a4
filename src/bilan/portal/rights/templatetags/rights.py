"""Offering only what a person may do: ``{% may "create" "plan" as yes %}{% if yes %} … {% endif %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from bilan.portal.rights.reach import allowed

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: Any, action: str, object_: str, row: Model | None = None) -> bool:
    """Whether the reader of the page may do ``action`` with ``row``, or with any row of ``object_``."""
    request = context.get("request")
    return allowed(request.user if request is not None else AnonymousUser(), object_, action, row)
