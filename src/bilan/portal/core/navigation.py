"""The entries of the main navigation. An entry is shown to those who may do what it asks, once its address exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bilan.portal.rights.reach import allowed


@dataclass(frozen=True, slots=True)
class Entry:
    """``name`` is that of the address, ``guards`` what one must be allowed to do there: object and action."""

    label: Promise | str
    name: str
    guards: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as a page shows it; ``current`` where the page stands below it."""

    label: Promise | str
    url: str
    current: bool = False


ENTRIES = (
    Entry(_("首页"), "home", ("site", "read")),
    Entry(_("规划"), "plans:list", ("plan", "read")),
    Entry(_("目标"), "board:targets", ("target", "read")),
    Entry(_("单位"), "people:units", ("unit", "read")),
    Entry(_("管理"), "people:administration", ("user", "read")),
)


def links(request: HttpRequest) -> list[Link]:
    """Return the entries that the reader may follow; of those that fit the address the longest is current."""
    found = [(entry, address) for entry in ENTRIES if (address := _address(entry)) and _shown(request, entry)]
    fitting = [address for _entry, address in found if _stands_below(request.path, address)]
    current = max(fitting, key=len, default=None)
    return [Link(entry.label, address, address == current) for entry, address in found]


def _shown(request: HttpRequest, entry: Entry) -> bool:
    user = getattr(request, "user", None)
    return user is not None and allowed(user, *entry.guards)


def _address(entry: Entry) -> str | None:
    try:
        return reverse(entry.name)
    except NoReverseMatch:
        return None


def _stands_below(path: str, address: str) -> bool:
    return path == address if address == "/" else path.startswith(address)


def way(*parts: tuple[Any, str]) -> list[dict[str, str]]:
    """Return the way to a page as labels with addresses; the last part is the page itself.

    >>> way(("单位", "/units/"), ("市局", ""))
    [{'label': '单位', 'url': '/units/'}, {'label': '市局', 'url': ''}]
    """
    last = len(parts) - 1
    return [{"label": str(label), "url": "" if at == last else url} for at, (label, url) in enumerate(parts)]
