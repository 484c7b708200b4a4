"""``{% icon "download" %}``: a small drawing in the colour of the text; words stand beside it, as it says nothing."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# paths on a square of 24, drawn with a line of 2
_ICONS = {
    "menu": "M4 6h16M4 12h16M4 18h16",
    "sun": (
        "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2"
        "M5 5l1.4 1.4M17.6 17.6 19 19M19 5l-1.4 1.4M6.4 17.6 5 19"
    ),
    "moon": "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
    "screen": "M3 5h18v11H3zM9 20h6M12 16v4",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c0-4 3.6-6 8-6s8 2 8 6",
    "down": "m6 9 6 6 6-6",
    "download": "M12 4v11M7 10.5l5 5 5-5M4 20h16",
    "upload": "M12 16V5M7 9.5l5-5 5 5M4 20h16",
    "print": "M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z",
    "check": "m5 12.5 5 5L19.5 7",
    "cross": "M6 6l12 12M18 6 6 18",
    "undo": "M4 9h10a6 6 0 0 1 0 12H8M4 9l5-5M4 9l5 5",
    "table": "M3 5h18v14H3zM3 10h18M9 10v9",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """The drawing of that name, hidden from readers of the screen. Raises KeyError for one that there is not.

    >>> "aria-hidden" in icon("menu")
    True
    """
    return mark_safe(  # only what stands above is put in
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f'<path d="{_ICONS[name]}"/></svg>'
    )
