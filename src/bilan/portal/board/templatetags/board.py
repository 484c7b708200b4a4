"""Addresses and numbers of the pages of boards and targets: ``{% load board %}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from bilan.board.model import Row, Share
from bilan.board.phrases import how_far, of_district
from bilan.board.texts import amount, spoken
from bilan.evaluate.told import span_told
from bilan.policy.told import in_language
from bilan.portal.board.choosing import Chosen
from bilan.portal.board.public import without_advice
from bilan.portal.core.speech import language, listed

if TYPE_CHECKING:
    from bilan.portal.plans.models import Version

register = template.Library()


@register.simple_tag
def chart_urls(chosen: Chosen, row: Row, kind: str, public: bool) -> dict[str, str]:
    """The addresses of a chart as specification and as pictures."""
    name = "board:public_chart" if public else "board:chart"
    place = [chosen.plan.slug, row.target, kind]
    return {one: f"{reverse(name, args=[*place, one])}?{chosen.query}" for one in ("json", "svg", "png")}


@register.simple_tag
def in_document(version: Version, target: str) -> str:
    """The address of a target's clause in the text of the plan."""
    return f"{version.get_absolute_url()}#{target}"


@register.simple_tag(takes_context=True)
def query_without(context: Context, *names: str) -> str:
    """The address of this page without some of what its query says."""
    query = context["request"].GET.copy()
    for name in names:
        query.pop(name, None)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def query_with(context: Context, name: str, value: str) -> str:
    """The address of this page with one more thing in its query, from its first page on."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag
def number(value: Decimal | str | None, unit: str = "") -> str:
    """A figure with its unit, a dash without one."""
    return "—" if value in (None, "") else amount(Decimal(str(value)), unit, language())


register.filter(listed)


@register.filter
def any_judged(districts: Iterable[Share]) -> bool:
    """Whether any of the districts has an answer of its own."""
    return any(one.status for one in districts)


@register.filter
def span_words(text: str) -> str:
    """A period as plans write it, in words: one from a day or a month to another."""
    return in_language(span_told(text), language())


@register.simple_tag
def short(share: Share, row: Row) -> str:
    """By how much a district of ``row`` falls short, or what it has to spare; a dash where nobody knows."""
    if share.gap is None:
        return "—"
    if not share.gap:
        return _("恰好达到")
    words = _("差 %s") if share.gap > 0 else _("余 %s")
    return words % format(how_far(share.gap, of_district(row, share), row.limits), "f")


@register.filter
def reason_without_advice(row: Row) -> str:
    """Why the row is judged so, without what to enter."""
    return spoken(without_advice(row), language())


@register.filter
def has_raw_data(row: Row) -> bool:
    """Whether observations or reports may stand behind the figure; nothing of what people said."""
    return row.source in ("monitored", "reported")


@register.simple_tag
def named(names: Mapping[str, Any], code: str) -> str:
    """What a code is called."""
    return str(names.get(code, code))
