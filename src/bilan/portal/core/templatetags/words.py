"""Filters that put what the library knows into words of the page's language. Each gives '' for nothing.

``{% load words %}``, then ``{{ row|subject:head }}``, ``{{ row.goal|said }}``, ``{{ head.as_of|day }}``.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from bilan.board import phrases
from bilan.board.model import Head, Row, Said
from bilan.board.texts import spoken
from bilan.policy.quotation import within_quotes
from bilan.policy.texts import unit_printed
from bilan.portal.core.speech import day_words, language, moment_words

register = template.Library()
_HASH, _SHORT = re.compile(r"[0-9a-f]{12,}"), 7  # characters that people set beside each other


@register.filter
def said(words: Said | None) -> str:
    """What the library says, in the language of the page."""
    return spoken(words, language()) if words else ""


@register.filter
def day(value: date | None) -> SafeString | str:
    """A day, in an element that machines can read."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), day_words(value)) if value else ""


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A moment to the minute, in the time of the site."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), moment_words(value)) if value else ""


@register.filter
def subject(row: Row, head: Head) -> str:
    """What the row is about, its place where that is not the board's own."""
    return phrases.subject(row, head, language())


@register.filter
def period(row: Row) -> str:
    """The period that the figure is of."""
    return phrases.period(row, language())


@register.filter
def amount_of(row: Row) -> str:
    """The figure with its unit."""
    return phrases.figure(row, language())


@register.filter
def unit(code: str) -> str:
    """A unit as it is printed."""
    return unit_printed(code, language())


@register.filter
def in_quotes(words: object) -> str:
    """A name as it stands between “ and ”."""
    return within_quotes(str(words))


@register.filter
def dragging(row: Row) -> str:
    """The districts that fall short."""
    return phrases.dragging(row, language())


@register.filter
def answering(row: Row) -> str:
    """The units that lead, or those among whom the work is divided."""
    return phrases.answering(row, language())


@register.filter
def versions(head: Head) -> str:
    """The versions of everything that the board was made from."""
    return phrases.versions(head, language())


@register.filter
def versions_in_short(head: Head) -> str:
    """The same, of hashes as much as tells them apart."""
    cut = {"plan_version": _cut(head.plan_version), "policy_version": _cut(head.policy_version)}
    return phrases.versions(head.model_copy(update=cut), language())


def _cut(version: str) -> str:
    """The first characters of a hash; any other name whole.

    >>> _cut("f7ba81bfbd37"), _cut("2026-09-30")
    ('f7ba81b', '2026-09-30')
    """
    return version[:_SHORT] if _HASH.fullmatch(version) else version
