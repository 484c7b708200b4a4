"""Entries of the log in templates: ``{% load audit %}``."""

from __future__ import annotations

from django import template

from bilan.portal.audit import told as words
from bilan.portal.audit.models import Entry

register = template.Library()


@register.filter
def told(entry: Entry) -> list[words.Told]:
    """Old and new values, field by field."""
    return words.told(entry)
