"""Words about units and users in templates: ``{% load people %}``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from bilan.board.model import Row
from bilan.portal.core.speech import language
from bilan.portal.core.templatetags import parts
from bilan.portal.core.templatetags.words import day
from bilan.portal.people.forms_units import department_name
from bilan.portal.people.models import Unit, UnitName

register = template.Library()

_ROLES_IN_PLAN = {
    "lead": pgettext_lazy("role", "牵头"),
    "shared": _("按职责分工"),
    "support": pgettext_lazy("role", "配合"),
    "implementer": _("落实"),
}


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


@register.filter
def in_use(name: UnitName) -> SafeString:
    """From when to when a unit has had a name, in words: a day that nobody knows is not told as a dash."""
    begun = gettext("{day}起用") if name.valid_from else gettext("何时起用没有登记")
    told = [format_html(begun, day=day(name.valid_from))]
    if name.valid_to:
        told.append(format_html(gettext("{day}起不再用"), day=day(name.valid_to)))
    elif not name.unit.ended:
        told.insert(0, format_html("{}", gettext("现用名")))
    return format_html_join("，" if language() == "zh" else ", ", "{}", ((one,) for one in told))


@dataclass(frozen=True)
class Line:
    """A target of a unit with what is said of its distance and its probability; each may be nothing."""

    row: Row
    gap: SafeString
    chance: SafeString

    @property
    def in_words(self) -> bool:
        """Whether there is no number at all: how it stands is a sentence, often somebody's judgement."""
        return self.row.figure is None and not self.gap and not self.chance


@dataclass(frozen=True)
class Targets:
    """The targets of a unit; a column that says nothing in any line is left out."""

    lines: list[Line]

    @property
    def gaps(self) -> bool:
        return any(line.gap for line in self.lines)

    @property
    def chances(self) -> bool:
        return any(line.chance for line in self.lines)

    @property
    def measured(self) -> int:
        """How many columns tell how a target stands."""
        return 1 + self.gaps + self.chances


@register.simple_tag
def table_of(rows: Iterable[Row], status: str = "") -> Targets:
    """The targets as lines of a table, all of them or those with an answer."""
    asked = (row for row in rows if not status or row.status == status)
    return Targets([Line(row, parts.gap(row), parts.chance(row)) for row in asked])
