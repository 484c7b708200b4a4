"""Entries of the log in templates: ``{% load audit %}``."""

from __future__ import annotations

from django import template

from bilan.portal.audit import differences as words
from bilan.portal.audit.models import Entry

register = template.Library()


@register.filter
def differences(entry: Entry) -> list[words.Difference]:
    """Old and new values, field by field."""
    return words.differences(entry)
