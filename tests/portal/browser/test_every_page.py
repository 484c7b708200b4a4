"""Every page of the site as those who may open it: silent, whole, readable, not wider than a phone, from one host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import DESK, PHONE, Site
from .looking import below, drawn, faint, missing, nameless, wider

# who -> at least so many pages, so that a refused log-in does not pass
MANY = {
    "administrator": 25,
    "plan_office": 35,
    "officer": 12,
    "analyst": 12,
    "leader": 12,
    "newcomer": 3,
    "public": 7,
}
PLACES = {"officer": "990102"}  # whose targets one has, where it is not the city
OUTSIDE = ("newcomer", "public")  # who sees no raw values


@pytest.mark.parametrize("who", MANY)
def test_every_page(city: Site, reader: Callable[..., Any], who: str) -> None:
    one = reader(city, who)
    one.goes("/")
    place = f"region={PLACES.get(who, '990100')}"
    own = {name: address.replace("region=990100", place) for name, address in city.addresses.items()}
    pages = {name: address for name, address in own.items() if _is_page(one, address)}
    found = [f"{name}: {complaint}" for name, address in pages.items() for complaint in _looked_at(one, address)]
    assert not found, "\n".join(found)
    assert ("board:value" in pages) == (who not in OUTSIDE)
    assert len(pages) >= MANY[who]


def _is_page(one: Any, address: str) -> bool:
    """Whether there is a whole page at the address, neither a file nor a part of a page."""
    if "." in address.rpartition("/")[2]:
        return False
    answer = one.context.request.get(address, max_redirects=0)
    is_part = "<html" not in answer.text()[:200] if answer.ok else True
    return answer.status == 200 and answer.headers["content-type"].startswith("text/html") and not is_part


def _looked_at(one: Any, address: str) -> list[str]:
    """What is wrong with a page, on a desk and on a phone, in light and in dark."""
    page, found = one.page, []
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    one.goes(address)
    drawn(page)
    found += nameless(page) + missing(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme} {words}" for words in faint(page)]
    for view in (DESK, PHONE):
        page.set_viewport_size(view)
        found += [f"{view['width']} {words}" for words in wider(page)]
    return found + below(page) + one.complaints()
