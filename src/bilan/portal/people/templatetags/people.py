"""Words about units and users in templates: ``{% load people %}``."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bilan.portal.people.forms_units import department_name
from bilan.portal.people.models import Unit

register = template.Library()

_ROLES_IN_PLAN = {"lead": _("牵头"), "support": _("配合"), "implementer": _("落实")}


@register.filter
def department(code: str) -> str:
    """A department in words."""
    return department_name(code) if code else ""


@register.filter
def called_at(unit: Unit, moment: datetime) -> str:
    """What a unit was called at a moment."""
    return unit.name_on(timezone.localdate(moment))


@register.filter
def part_taken(role: str) -> str:
    """As what a unit takes part in a task."""
    return str(_ROLES_IN_PLAN.get(role, role))
