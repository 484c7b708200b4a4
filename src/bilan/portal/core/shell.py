"""What the frame of every page asks for: the context processor :func:`shell`."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from bilan import __version__
from bilan.portal.core.navigation import links

THEME_COOKIE: Final = "bilan-theme"
THEMES: Final = ("light", "dark", "auto")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the theme that the reader chose, the navigation, the address of log-in and the version.

    ``simulated`` and ``as_of``, for the banner and the foot of a page, come from the view that shows figures.
    """
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "theme": theme if theme in THEMES else "auto",
        "nav": SimpleLazyObject(lambda: links(request)),  # asks for rights only where a page shows it
        "login_url": reverse("people:login"),
        "software_version": __version__,
    }
