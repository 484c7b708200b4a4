"""The components of pages as tags: ``{% load parts %}``. The style page shows each with the line that calls it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from bilan.board import phrases
from bilan.board.looks import ATTENTION, status_looks
from bilan.board.model import Row
from bilan.board.status import likely_from
from bilan.board.texts import phrase
from bilan.policy.texts import after_number, unit_printed
from bilan.portal.core.speech import language

register = template.Library()

_ALARMING = ("missed", "at_risk")  # with them the distance to the goal is one, too
_BAR = 160  # the width in which a probability is drawn; the stylesheet stretches it


@register.simple_tag
def status(code: str, size: str = "") -> SafeString:
    """One of the five answers: sign and word, in its colours. ``size="large"`` for the head of a page."""
    look = status_looks()[code]
    return format_html(
        '<span class="status {} {}"><span class="sign" aria-hidden="true">{}</span>{}</span>',
        code,
        size,
        look.symbol,
        phrase(f"status.{code}", language()),
    )


@register.inclusion_tag("core/parts/counts.html", takes_context=True)
def counts(
    context: Context,
    many: Mapping[str, int],
    since: Mapping[str, int] | None = None,
    days: int | None = None,
    place: str = "",
) -> dict[str, Any]:
    """How many targets have each answer, a tile each that filters the page by it, and the bar of their proportions.

    ``since``: by how many each count changed within ``days``. The answer chosen in the address (``?status=``) is
    marked, and its tile leads back to all. ``place`` is where on the page the targets stand, ``#list``.
    """
    whole = sum(many.values())
    query = context["request"].GET
    tiles, start = [], 0.0
    for code in ATTENTION:
        count = many.get(code, 0)
        width = 100 * count / whole if whole else 0.0
        chosen = query.get("status") == code
        tiles.append(
            {
                "code": code,
                "sign": status_looks()[code].symbol,
                "word": phrase(f"status.{code}", language()),
                "count": count,
                "change": abs((since or {}).get(code, 0)),
                "more": (since or {}).get(code, 0) > 0,
                "chosen": chosen,
                "address": _with(query, status=None if chosen else code, page=None) + place,
                "start": f"{start:.3f}%",
                "width": f"{width:.3f}%",
            }
        )
        start += width
    compared = isinstance(since, Mapping)  # a name without a value is "" here
    return {"tiles": tiles, "whole": whole, "compared": compared, "days": days}


@register.inclusion_tag("core/parts/figure.html")
def figure(row: Row, size: str = "") -> dict[str, Any]:
    """The figure of a row with its unit and what must be known of it; a dash where there is none."""
    value = None if row.figure is None else format(row.figure, "f").replace("-", "\N{MINUS SIGN}")
    marks = phrases.marks(row, language())
    return {
        "value": value,
        "unit": unit_printed(row.unit, language()),
        "joined": row.unit in ("%", "‰"),  # no space before these
        "marks": [{"word": mark, "simulated": mark == phrase("show.simulated", language())} for mark in marks],
        "size": size,
    }


@register.simple_tag
def gap(row: Row) -> SafeString:
    """By how much the figure misses the goal or what it has to spare, and the sentence of the room that is left."""
    short = row.gap is not None and row.gap > 0
    words = {
        "gap": phrases.gap(row, language()),
        "kind": "spare" if not short else "over" if row.status in _ALARMING else "short",
        "step": phrases.step_gap(row, language()),
        "room": phrases.room(row, language()),
    }
    return _made("gap", words)


@register.simple_tag
def chance(row: Row) -> SafeString:
    """The probability as a bar with the threshold of the answers, the interval of the figure, how often such held."""
    known = row.chance
    share = known.probability if known else None
    between = phrases.interval(row, language())
    words = {
        "asked": known is not None,
        "percent": phrases.probability(known) if known else "",
        "width": f"{_BAR * share:.1f}" if share is not None else None,
        "whole": _BAR,
        "threshold": f"{_BAR * likely_from():.1f}",
        "interval": between and between + after_number(row.unit, language()),
        "level": round(100 * known.level) if known else None,
        "unreliable": known is not None and phrases.is_unreliable(known),
        "held": phrases.coverage(known, language()) if known else "",
        "of": phrases.chance_of(row, language()),
        "why_none": phrases.no_chance(known, language()) if known else "",
    }
    return _made("chance", words)


@register.inclusion_tag("core/parts/tabs.html")
def tabs(label: str, items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Tabs that are links. An item has ``label`` and ``url``, and may have ``count`` and ``current``."""
    return {"label": label, "items": items}


@register.inclusion_tag("core/parts/pages.html", takes_context=True)
def pages(context: Context, page: Page[Any], place: str = "") -> dict[str, Any]:
    """Links to the pages of a list; filters in the address stay. ``place`` is where on the page the list begins."""
    query = context["request"].GET
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [
        {"number": number, "address": _with(query, page=number) + place if isinstance(number, int) else None}
        for number in numbers
    ]
    return {"page": page, "links": links}


@register.inclusion_tag("core/parts/chosen.html", takes_context=True)
def chosen(context: Context, names: Mapping[str, str], place: str = "") -> dict[str, Any]:
    """The filters in force, each with a link that lifts it. ``names``: from a name in the address to what to show.

    ``place`` is where on the page the list begins.
    """
    query = context["request"].GET
    in_force = [
        {"shown": shown, "address": _with(query, **{name: None}, page=None) + place}
        for name, shown in names.items()
        if query.get(name)
    ]
    everything = _with(query, **dict.fromkeys(names), page=None) + place
    return {"in_force": in_force, "everything": everything}


@register.inclusion_tag("core/parts/empty.html")
def empty(title: str, text: str = "", action: str = "", url: str = "") -> dict[str, Any]:
    """What stands where there is nothing: that it is so, why, and what to do next."""
    return {"title": title, "text": text, "action": action, "url": url}


@register.inclusion_tag("core/parts/errors.html")
def errors(form: BaseForm) -> dict[str, Any]:
    """What is wrong with a form, above it, each line a link to its field; nothing where nothing is wrong."""
    wrong: Sequence[BoundField] = [bound for bound in form if bound.errors] if form.is_bound else []
    return {"form": form, "wrong": wrong}


@register.inclusion_tag("core/parts/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A field with label, hint, control and errors, tied together for readers of the screen."""
    if bound.form.is_bound:  # what is wrong takes the focus
        bound.field.widget.attrs.pop("autofocus", None)
    return {"bound": bound, "check": getattr(bound.field.widget, "input_type", "") == "checkbox"}


@register.inclusion_tag("core/parts/upload.html")
def upload(bound: BoundField, hint: str = "") -> dict[str, Any]:
    """A field for a file: a button without script, a place to drop files on with it."""
    return {"bound": bound, "hint": hint}


@register.inclusion_tag("core/parts/progress.html")
def progress(words: str, share: float | None = None) -> dict[str, Any]:
    """The progress of something that takes long; ``share`` is 0 to 1, None where it is not known."""
    return {"words": words, "percent": None if share is None else round(100 * share)}


@register.inclusion_tag("core/parts/chart.html")
def chart(url: str, alt: str, title: str = "", svg: str = "", png: str = "", least: int = 0) -> dict[str, Any]:
    """A chart, drawn when it comes into view from the specification that ``url`` answers with.

    ``alt`` says what it shows; ``svg`` and ``png`` are addresses of it as a file; below ``least`` pixels it scrolls.
    The page puts ``{% include "core/parts/chart_scripts.html" %}`` into its block ``scripts``.
    """
    return {"url": url, "alt": alt, "title": title, "svg": svg, "png": png, "least": least}


@register.simple_block_tag
def dialog(content: str, name: str, title: str) -> SafeString:
    """``{% dialog "id" "title" %}…{% enddialog %}``, opened by a button or link with ``data-opens="id"``."""
    return format_html(
        '<dialog id="{}" aria-labelledby="{}-title"><div><h2 id="{}-title">{}</h2>{}</div></dialog>',
        name,
        name,
        name,
        title,
        content,
    )


def _made(part: str, words: dict[str, Any]) -> SafeString:
    """A part without space around it: where it is empty its cell is, too, and cards leave such a cell out."""
    return mark_safe(render_to_string(f"core/parts/{part}.html", words).strip())  # what the template made is escaped


def _with(query: QueryDict, **changes: str | int | None) -> str:
    """The address of this page with other values in its query; None takes one out."""
    changed = query.copy()
    for name, value in changes.items():
        if value is None:
            changed.pop(name, None)
        else:
            changed[name] = str(value)
    return f"?{changed.urlencode()}"
